"""Random networks, through PyTorch and ONNX Runtime."""

"""Random networks on PyTorch and ONNX Runtime."""

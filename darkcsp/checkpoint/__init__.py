"""Read a network's parameters from any supported file: `.weights`, PyTorch checkpoints, safetensors.

Libraries are imported only when a file needs them: PyTorch for `.pt` and `.pth`, safetensors for `.safetensors`.
"""

from darkcsp.checkpoint.reading import CHECKPOINTS, read_parameters

__all__ = ["CHECKPOINTS", "read_parameters"]

"""Parameters of a network from any file that holds them: `.weights`, PyTorch's checkpoints, safetensors.

Nothing here is imported before a file needs it: PyTorch for `.pt` and `.pth`, safetensors for `.safetensors`.
"""

from darkcsp.checkpoint.reading import CHECKPOINTS, read_parameters

__all__ = ["CHECKPOINTS", "read_parameters"]

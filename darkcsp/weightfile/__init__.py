"""Read `.weights` files into named arrays, and write them back. NumPy only."""

from darkcsp.weightfile.header import Header
from darkcsp.weightfile.reader import parse_weights, read_weights
from darkcsp.weightfile.weights import Weights
from darkcsp.weightfile.writer import write_weights

__all__ = ["Header", "Weights", "parse_weights", "read_weights", "write_weights"]

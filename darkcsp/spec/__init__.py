"""What a layer is before any backend sees it, and how its options are read; no layer. Standard library only."""

from darkcsp.spec.blob import Blob, StateSpec
from darkcsp.spec.position import Position
from darkcsp.spec.program import Program
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec

__all__ = ["Blob", "Position", "Program", "Shape", "Spec", "StateSpec"]

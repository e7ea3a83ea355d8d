"""Backend-independent descriptions of layers, and how their options are read; no layers. Standard library only."""

from darkcsp.spec.blob import Blob, StateSpec
from darkcsp.spec.position import Position
from darkcsp.spec.program import Program
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec

__all__ = ["Blob", "Position", "Program", "Shape", "Spec", "StateSpec"]

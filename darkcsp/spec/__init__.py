"""What a layer is before any backend sees it, and how its options are read; no layer. Standard library only."""

from darkcsp.spec.spec import Blob, Position, Shape, Spec, StateSpec, layer, registered

__all__ = ["Blob", "Position", "Shape", "Spec", "StateSpec", "layer", "registered"]

"""Which layers output plain vectors, and which cannot read them (the out_h, out_w, out_c that make_*_layer sets).

After [softmax] and a few others Darknet only knows the number of values: height, width and channels are 0. A layer that
needs them stops the program ("Layer before ... must output image"), or silently has no outputs and no parameters.
[cost] has no buffer at all: a layer that reads it reads foreign memory.
"""

from __future__ import annotations

from darkcsp.errors import GraphError
from darkcsp.spec.spec import Spec


def is_vector(spec: Spec, vectors: set[int]) -> bool:
    """Return whether the layer's output has no height, width and channels in Darknet.

    `vectors` are the numbers of such layers above it; -1 is the network's input.
    """
    return spec.makes_vector or (spec.vectors == "keeps" and not vectors.isdisjoint(spec.sources))


def check_sources(spec: Spec, layers: list[Spec], vectors: set[int]) -> None:
    """Raise GraphError if the layer reads a layer without output, or a vector that it cannot read."""
    for source in spec.sources:
        if source >= 0 and not layers[source].has_output:
            type = layers[source].type
            raise GraphError(
                spec.place, f"reads layer {source}, a [{type}], which has no output in Darknet; put [{type}] at the end"
            )
        if source in vectors and spec.vectors == "refuses":
            name = f"layer {source}, [{layers[source].type}]," if source >= 0 else "the input, given only by inputs=,"
            raise GraphError(spec.place, f"needs height, width and channels, but {name} is a plain vector in Darknet")

"""How large what stands in an ONNX file may be: far above what darkcsp writes, far below what hurts."""

from __future__ import annotations

MOST_BYTES = 2**31 - 1
"""Of a file: protobuf readers take no more."""

MOST_FIELDS = 500_000
"""Fields of protobuf that are looked at in one file; about a second's work."""

MOST_FRAME = 64 << 20
"""Bytes of a file without the values of its large tensors."""

LARGE = 4096
"""Bytes of values above which a tensor is large: they are stepped over."""

MOST_NESTED = 64
"""Messages of a node within one another."""

MOST_DIMENSIONS = 16
"""Of a tensor, input or output."""

MOST_VALUES = 2**28
"""Of an input or output: 1 GiB of floats."""

MOST_TEXT = 4 << 20
"""Bytes of one property: all names of classes."""

MOST_JSON = 256 << 10
"""Characters of a property that holds neither names nor classes."""

MOST_LABEL = 1000
"""Characters of a name, a kind, a version."""

MOST_NAMES = 1_000_000
"""Classes, and names of classes."""

MOST_HEADS = 1000
"""Detection heads, and numbers of layers in their description."""

MOST_DEPTH = 8
"""Lists and objects within one another in what a head says of its decoding."""

MOST_DIGITS = 20
"""Digits of a whole number."""

"""Limits on the contents of ONNX files: far above what darkcsp writes, far below what causes harm."""

from __future__ import annotations

MOST_BYTES = 2**31 - 1
"""Size of a file; protobuf readers accept no more."""

MOST_FIELDS = 500_000
"""Protobuf fields that are read in one file; about a second's work."""

MOST_FRAME = 64 << 20
"""Bytes of a file without the values of its large tensors."""

LARGE = 4096
"""Bytes of values above which a tensor is large, and its values are skipped."""

MOST_NESTED = 64
"""Nesting depth of messages."""

MOST_DIMENSIONS = 16
"""Dimensions of a tensor, input or output."""

MOST_VALUES = 2**28
"""Values of an input or output: 1 GiB of floats."""

MOST_TEXT = 4 << 20
"""Bytes of one property, such as all class names."""

MOST_JSON = 256 << 10
"""Characters of a property other than the class names and the tree of classes."""

MOST_LABEL = 1000
"""Characters of a name, a kind, a version."""

MOST_NAMES = 1_000_000
"""Classes, and class names."""

MOST_HEADS = 1000
"""Detection heads, and layer numbers in their descriptions."""

MOST_DEPTH = 8
"""Nesting depth of lists and objects in a head's decoding values."""

MOST_DIGITS = 20
"""Digits of an integer."""

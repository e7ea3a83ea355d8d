"""The contract of the ONNX files that darkcsp writes and reads: what they can contain, and what everything is called.

Importing this room needs the standard library alone; `index` needs onnx, `writing` NumPy and onnx.
"""

from darkcsp.modelfile.forms import HeadForm, InputType, Precision
from darkcsp.modelfile.metadata import HeadInfo, Metadata
from darkcsp.modelfile.options import ExportChanges, ExportOptions, Suppression, export_options
from darkcsp.modelfile.reading import OnnxFile, read_onnx_file
from darkcsp.modelfile.targets import TARGETS, Target, target_for

__all__ = [
    "TARGETS",
    "ExportChanges",
    "ExportOptions",
    "HeadForm",
    "HeadInfo",
    "InputType",
    "Metadata",
    "OnnxFile",
    "Precision",
    "Suppression",
    "Target",
    "export_options",
    "read_onnx_file",
    "target_for",
]

"""The contract of the ONNX files that darkcsp writes and reads: their possible contents and the names in them.

Names are imported on first use, so the forms and targets listed in help texts cost nothing. Most modules need only the
standard library; `index` needs onnx, and `writing` NumPy and onnx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkcsp.lazy import lazy_names

if TYPE_CHECKING:
    from darkcsp.modelfile.forms import HeadForm, InputType, Precision
    from darkcsp.modelfile.metadata import HeadInfo, Metadata
    from darkcsp.modelfile.options import ExportChanges, ExportOptions, Suppression, export_options
    from darkcsp.modelfile.reading import OnnxFile, read_onnx_file
    from darkcsp.modelfile.targets import TARGETS, Target, target_for

_HOMES = {
    "TARGETS": "darkcsp.modelfile.targets",
    "ExportChanges": "darkcsp.modelfile.options",
    "ExportOptions": "darkcsp.modelfile.options",
    "HeadForm": "darkcsp.modelfile.forms",
    "HeadInfo": "darkcsp.modelfile.metadata",
    "InputType": "darkcsp.modelfile.forms",
    "Metadata": "darkcsp.modelfile.metadata",
    "OnnxFile": "darkcsp.modelfile.reading",
    "Precision": "darkcsp.modelfile.forms",
    "Suppression": "darkcsp.modelfile.options",
    "Target": "darkcsp.modelfile.targets",
    "export_options": "darkcsp.modelfile.options",
    "read_onnx_file": "darkcsp.modelfile.reading",
    "target_for": "darkcsp.modelfile.targets",
}

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

if not TYPE_CHECKING:  # a type checker should report misspelt names
    __getattr__, __dir__ = lazy_names(__name__, _HOMES)

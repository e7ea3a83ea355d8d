"""How a cfg is read: the options of every command that reads one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from darkcsp.limits import DEFAULT_LIMITS, NO_LIMITS
from darkcsp.spec.net import RESIZE_NAMES
from darkcsp.spec.program import DEFAULT_SEMANTICS, DIALECTS, SEMANTICS

Command = Callable[..., Any]

_DIALECT = click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    default="auto",
    show_default=True,
    help="Program that the cfg is written for: Darknet (alexeyab, pjreddie), or WongKinYiu's PyTorch repositories "
    "(PyTorch_YOLOv4, ScaledYOLOv4, yolor; -u3 is PyTorch_YOLOv4's older branch).",
)
_SEMANTICS = click.option(
    "--semantics",
    type=click.Choice(SEMANTICS),
    default=DEFAULT_SEMANTICS,
    show_default=True,
    help="What layers compute: the same as when the network was trained, or the same as Darknet on a CPU.",
)
_PERMISSIVE = click.option(
    "--permissive", is_flag=True, help="Read activations that Darknet does not know as relu, as Darknet does."
)
_LIMITS = click.option(
    "--no-limits",
    "limits",
    is_flag=True,
    callback=lambda ctx, parameter, value: NO_LIMITS if value else DEFAULT_LIMITS,
    help="Accept cfgs of any size and networks that need any amount of work; see darkcsp.Limits.",
)

resize_option = click.option(
    "--resize",
    type=click.Choice(tuple(RESIZE_NAMES)),
    help="How pictures are resized to the network's input; by default, as the cfg's program does it. stretch or "
    "darkcsp: Darknet's interpolation; opencv: cv2.resize's, as in cv2.dnn scripts; letter_box: with grey bars; "
    "wongkinyiu: as in WongKinYiu's repositories.",
)
"""--resize, for commands that prepare pictures or record how to prepare them."""

trust_option = click.option(
    "--trust",
    is_flag=True,
    help="Skip the trial in a separate process for ONNX files that are not as this darkcsp wrote them.",
)
"""--trust, for commands that open ONNX files."""


def reading_options(command: Command) -> Command:
    """Add the options that say how a cfg is read; they have the names of `build_graph`'s arguments."""
    return _SEMANTICS(_DIALECT(_PERMISSIVE(_LIMITS(command))))

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
    help="Whose program the cfg is for: Darknet's (alexeyab, pjreddie), or WongKinYiu's PyTorch repositories "
    "(PyTorch_YOLOv4, ScaledYOLOv4, yolor; -u3 is PyTorch_YOLOv4's older branch).",
)
_SEMANTICS = click.option(
    "--semantics",
    type=click.Choice(SEMANTICS),
    default=DEFAULT_SEMANTICS,
    show_default=True,
    help="What layers compute: what they did when the network was trained, or what Darknet does on a CPU.",
)
_PERMISSIVE = click.option(
    "--permissive", is_flag=True, help="Take an activation that Darknet does not know for relu, as Darknet does."
)
_LIMITS = click.option(
    "--no-limits",
    "limits",
    is_flag=True,
    callback=lambda ctx, parameter, value: NO_LIMITS if value else DEFAULT_LIMITS,
    help="Read cfgs of any size, and networks that ask for any amount of work; see darkcsp.Limits.",
)

resize_option = click.option(
    "--resize",
    type=click.Choice(tuple(RESIZE_NAMES)),
    help="How pictures become the network's size; what the cfg's program does by default. stretch or darkcsp: "
    "Darknet's interpolation; opencv: cv2.resize's, as in scripts around cv2.dnn; letter_box: with grey bars; "
    "wongkinyiu: his.",
)
"""--resize, for commands that prepare pictures or say how to."""

trust_option = click.option(
    "--trust",
    is_flag=True,
    help="Open an ONNX file that is not as this darkcsp wrote it without trying it in another process first.",
)
"""--trust, for commands that open ONNX files."""


def reading_options(command: Command) -> Command:
    """Add the options that say how a cfg is read; they have the names of `build_graph`'s arguments."""
    return _SEMANTICS(_DIALECT(_PERMISSIVE(_LIMITS(command))))

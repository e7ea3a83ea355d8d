"""`darkcsp convert`: converts cfg and weights to an ONNX file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import click

from darkcsp.cli.files import ReadFile, WriteFile, claim_files_of_cfg, claim_files_of_data, claim_inputs, claim_output
from darkcsp.cli.notes import notes_on_stderr
from darkcsp.cli.reading import reading_options, resize_option
from darkcsp.cli.status import status_line
from darkcsp.cli.telling import tell
from darkcsp.cli.types import PICTURES, Fraction, Size, read_names
from darkcsp.limits import Limits
from darkcsp.modelfile.forms import HEAD_FORMS, INPUT_TYPES, PRECISIONS, Precision
from darkcsp.modelfile.options import DYNAMIC, Dynamic, ExportOptions, Suppression, default_path
from darkcsp.modelfile.targets import TARGETS
from darkcsp.text import printable

if TYPE_CHECKING:
    from darkcsp.precision.ranges import Method

    BatchType = click.ParamType[int | Dynamic]
    OpenSizeType = click.ParamType[tuple[int, int] | Dynamic]
else:
    BatchType = OpenSizeType = click.ParamType  # in older versions, generic only for type checkers


class Batch(BatchType):
    """A number, or "dynamic"."""

    name = "N|dynamic"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | Dynamic:
        """Return the number, or "dynamic"."""
        if isinstance(value, int):
            return value
        if value == DYNAMIC:
            return DYNAMIC
        if re.fullmatch("[0-9]+", str(value)) is None:
            self.fail(f"{value!r} is neither a positive number nor 'dynamic'", param, ctx)
        return int(PICTURES.convert(str(value), param, ctx))  # type: ignore[arg-type]  # it takes any


class OpenSize(OpenSizeType):
    """WIDTHxHEIGHT, one number for both, or "dynamic"."""

    name = "WxH|dynamic"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int] | Dynamic:
        """Return (width, height), or "dynamic"."""
        return DYNAMIC if value == DYNAMIC else Size().convert(value, param, ctx)


@click.command()
@click.argument("cfg", type=ReadFile())
@click.argument("weights", type=ReadFile())
@click.option("-o", "--output", type=WriteFile(), help="ONNX file to write; WEIGHTS with the ending .onnx by default.")
@click.option("--head", type=click.Choice(HEAD_FORMS), default="decoded", show_default=True,
              help="Form of the output. decoded: one output named detections; raw: the tensor that enters each head; "
              "opencv4: what OpenCV 4's readNetFromDarknet returned; nms: final boxes.")  # fmt: skip
@click.option("--target", type=click.Choice(list(TARGETS)), default="portable", show_default=True,
              help="Engine that the file is optimised for.")  # fmt: skip
@click.option("--precision", type=click.Choice(PRECISIONS), default="fp32", show_default=True,
              help="fp16: float16 weights; int8: quantised with --calibration. Both report their cost.")  # fmt: skip
@click.option("--calibration", multiple=True, type=ReadFile(), metavar="FOLDER|FILE",
              help="Pictures of the kind the model is for: int8 requires them, fp16 is compared on them.")  # fmt: skip
@click.option("--ranges", type=click.Choice(["minmax", "percentile", "entropy"]), default="minmax", show_default=True,
              help="How int8 derives the range of a tensor from the pictures.")  # fmt: skip
@click.option("--report", type=WriteFile(), help="Write what the precision costs to a JSON file.")
@click.option("--input", "input", type=click.Choice(INPUT_TYPES), default="float32", show_default=True,
              help="Input of the model. float32: RGB planes, 0..1; uint8: the bytes of a BGR picture.")  # fmt: skip
@click.option("--threshold", type=Fraction(), default=Suppression().threshold, show_default=True,
              help="Minimum confidence, with --head nms.")  # fmt: skip
@click.option("--nms", type=Fraction(), default=Suppression().nms, show_default=True,
              help="Overlap above which the less confident of two boxes of a class is dropped, with --head nms; "
              "0 keeps all.")  # fmt: skip
@click.option("--max-detections", type=click.IntRange(0), default=Suppression().max_detections, show_default=True,
              help="Maximum number of boxes per class and picture, with --head nms; 0 for no limit.")  # fmt: skip
@click.option("--agnostic", is_flag=True, help="Let boxes of different classes suppress each other, with --head nms.")
@click.option("--one-class-per-box", is_flag=True,
              help="Report a box only as its most probable class, with --head nms.")  # fmt: skip
@click.option("--without", multiple=True, metavar="PASS", help="Optimisation to leave out; 'all' leaves out every one.")
@click.option("--size", type=OpenSize(), help="Input size instead of the cfg's; dynamic for any size.")
@click.option("--batch", type=Batch(), default=1, show_default=True, help="Pictures per run; dynamic for any number.")
@click.option("--names", type=ReadFile(), help="File of class names, one per line, for the model's metadata.")
@click.option("--data", type=ReadFile(), help="Darknet .data file that names the file of class names.")
@click.option("--taps", help='Layers to add as outputs: "all", or numbers such as 3,17.')
@click.option("--strict", is_flag=True, help="Treat anything that Darknet silently ignores or replaces as an error.")
@click.option("-q", "--quiet", is_flag=True, help="Do not show progress.")
@resize_option
@reading_options
def convert(
    cfg: str,
    weights: str,
    output: str | None,
    calibration: tuple[str, ...],
    ranges: Method,
    report: str | None,
    names: str | None,
    data: str | None,
    taps: str | None,
    limits: Limits,
    quiet: bool,
    **options: Any,
) -> None:
    """Convert CFG and WEIGHTS to an ONNX file."""
    from darkcsp.to_onnx import convert as write
    from darkcsp.to_onnx.passes import chosen_passes

    wanted = ExportOptions(taps=_taps(taps), names=read_names(names, data, limits), limits=limits, **options)
    chosen_passes(wanted)  # reports unknown names in --without
    _claim(cfg, weights, data, output, wanted.precision, calibration)
    if wanted.precision != "fp32":
        return _lower(cfg, weights, output, wanted, calibration, ranges, report, quiet)
    if calibration or report:
        raise click.UsageError("--calibration and --report need --precision fp16 or int8")
    with status_line(quiet), notes_on_stderr():
        path = write(cfg, weights, output, wanted)
    click.echo(f"{printable(str(path))}: {path.stat().st_size / 1e6:.1f} MB")


def _claim(
    cfg: str, weights: str, data: str | None, output: str | None, precision: Precision, calibration: tuple[str, ...]
) -> None:
    """Claim the files that no argument names."""
    if output is None:
        claim_output(None, default_path(weights, precision), "the output")
    claim_files_of_cfg(cfg)
    if data is not None:
        claim_files_of_data(data)
    if calibration:
        from darkcsp.media.paths import find_pictures

        claim_inputs((picture.path for picture in find_pictures(calibration)), "--calibration")


def _lower(
    cfg: str,
    weights: str,
    output: str | None,
    options: ExportOptions,
    calibration: tuple[str, ...],
    ranges: Method,
    report: str | None,
    quiet: bool,
) -> None:
    """Write a file of lower precision and print what it costs."""
    from darkcsp.precision import convert_precision

    with status_line(quiet), notes_on_stderr():
        found = convert_precision(cfg, weights, output, options, calibration, ranges)
    if report is not None:
        found.write(report)  # before anything is printed, which may fail
    for line in found.unreadable:
        tell(line)
    for line in found.lines():
        click.echo(printable(line))


def _taps(text: str | None) -> list[int] | Literal["all"]:
    if text is None:
        return []
    if text == "all":
        return "all"
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is neither 'all' nor a list of layer numbers such as 3,17", param_hint="--taps"
        ) from None

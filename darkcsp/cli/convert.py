"""`darkcsp convert`: cfg and weights to an ONNX file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

import click

from darkcsp.cli.types import Size, read_names

if TYPE_CHECKING:
    from darkcsp.precision.report import Precision
    from darkcsp.to_onnx.emitter import Target
    from darkcsp.to_onnx.outputs import Head
    from darkcsp.to_onnx.picture import InputType
    from darkcsp.to_onnx.suppression import Suppression

    BatchType = click.ParamType[int]
else:
    BatchType = click.ParamType  # generic for type checkers alone in older versions


class Options(TypedDict):
    """What files of every precision are written with; see `darkcsp.convert`."""

    head: Head
    target: Target
    size: tuple[int, int] | None
    batch: int | None
    taps: list[int] | Literal["all"]
    names: Sequence[str]
    input: InputType
    passes: Sequence[str]
    suppression: Suppression


class Batch(BatchType):
    """A number, or "dynamic"."""

    name = "N|dynamic"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number, 0 for dynamic."""
        if isinstance(value, int):
            return value
        if value == "dynamic":
            return 0
        if not str(value).isdigit() or int(str(value)) < 1:
            self.fail(f"{value!r} is neither a number from 1 up nor 'dynamic'", param, ctx)
        return int(str(value))


@click.command()
@click.argument("cfg", type=click.Path())
@click.argument("weights", type=click.Path())
@click.option("-o", "--output", type=click.Path(), help="The ONNX file; WEIGHTS with .onnx by default.")
@click.option("--head", type=click.Choice(["decoded", "raw", "opencv4", "nms"]), default="decoded", show_default=True,
              help="decoded: one output `detections`; raw: what heads are given; "
              "opencv4: what readNetFromDarknet gave; nms: final boxes.")  # fmt: skip
@click.option("--target", type=click.Choice(["portable", "opencv", "opencv-classic", "onnxruntime", "openvino"]),
              default="portable", show_default=True, help="The engine to write for.")  # fmt: skip
@click.option("--precision", type=click.Choice(["fp32", "fp16", "int8"]), default="fp32", show_default=True,
              help="fp16: float16 weights; int8: quantised by --calibration. Each tells what it costs.")  # fmt: skip
@click.option("--calibration", multiple=True, type=click.Path(), metavar="FOLDER|FILE",
              help="Pictures of the model's kind: int8 needs them, fp16 is compared on them.")  # fmt: skip
@click.option("--ranges", type=click.Choice(["minmax", "percentile", "entropy"]), default="minmax", show_default=True,
              help="How int8 chooses the range of a tensor from the pictures.")  # fmt: skip
@click.option("--report", type=click.Path(), help="Write what the precision costs as JSON.")
@click.option("--input", "pixels", type=click.Choice(["float32", "uint8"]), default="float32", show_default=True,
              help="What the model takes: float32, RGB planes, 0..1; uint8: a picture's bytes, BGR.")  # fmt: skip
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.25, show_default=True,
              help="Least confidence of --head nms.")  # fmt: skip
@click.option("--nms", type=click.FloatRange(0, 1), default=0.45, show_default=True,
              help="Overlap above which boxes of a class count as one, with --head nms; 0 keeps all.")  # fmt: skip
@click.option("--without", multiple=True, metavar="PASS", help="Leave out an optimisation; 'all' leaves out every one.")
@click.option("--size", type=Size(), help="Input size in place of the cfg's own.")
@click.option("--batch", type=Batch(), default=1, show_default=True, help="Pictures per run.")
@click.option("--names", type=click.Path(), help="Class names, one per line, for the model's metadata.")
@click.option("--taps", help='Add layer outputs: "all" or numbers such as 3,17.')
@click.option("--strict", is_flag=True, help="Take what Darknet silently ignores or replaces as an error.")
def convert(
    cfg: str,
    weights: str,
    output: str | None,
    head: Literal["decoded", "raw", "opencv4", "nms"],
    target: Literal["portable", "opencv", "opencv-classic", "onnxruntime", "openvino"],
    precision: Literal["fp32", "fp16", "int8"],
    calibration: tuple[str, ...],
    ranges: Literal["minmax", "percentile", "entropy"],
    report: str | None,
    pixels: Literal["float32", "uint8"],
    threshold: float,
    nms: float,
    without: tuple[str, ...],
    size: tuple[int, int] | None,
    batch: int,
    names: str | None,
    taps: str | None,
    strict: bool,
) -> None:
    """Write CFG with WEIGHTS as an ONNX file."""
    from darkcsp.graph import build_graph
    from darkcsp.to_onnx import convert as write
    from darkcsp.to_onnx.suppression import Suppression

    if strict:
        build_graph(cfg, size, strict=True)
    options = Options(
        head=head,
        target=target,
        size=size,
        batch=batch or None,
        taps=_taps(taps),
        names=read_names(names),
        input=pixels,
        passes=_passes(target, precision, without),
        suppression=Suppression(threshold, nms),
    )
    if precision != "fp32":
        return _lower(cfg, weights, output, precision, calibration, ranges, report, options)
    if calibration or report:
        raise click.UsageError("--calibration and --report belong to --precision fp16 or int8")
    path = write(cfg, weights, output, **options)
    click.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def _lower(
    cfg: str,
    weights: str,
    output: str | None,
    precision: Literal["fp16", "int8"],
    calibration: tuple[str, ...],
    ranges: Literal["minmax", "percentile", "entropy"],
    report: str | None,
    options: Options,
) -> None:
    """Write a file of lower precision and tell what it costs."""
    from darkcsp.precision import convert_precision

    found = convert_precision(cfg, weights, output, precision, calibration, method=ranges, **options)
    for line in found.unreadable:
        click.echo(line, err=True)
    click.echo("\n".join(found.lines()))
    if report is not None:
        found.write(report)


def _passes(target: Target, precision: Precision, without: tuple[str, ...]) -> list[str]:
    from darkcsp.to_onnx.passes import NAMES, default_passes

    unknown = [name for name in without if name not in (*NAMES, "all")]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is none of {', '.join(NAMES)}, all", param_hint="--without")
    chosen = default_passes(target)
    if precision != "fp32":
        from darkcsp.precision import precision_passes

        chosen = precision_passes(target, precision)
    return [name for name in chosen if name not in without and "all" not in without]


def _taps(text: str | None) -> list[int] | Literal["all"]:
    if text is None:
        return []
    if text == "all":
        return "all"
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither 'all' nor numbers such as 3,17", param_hint="--taps") from None

"""`darkcsp convert`: cfg and weights to an ONNX file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from darkcsp.cli.types import Size, read_names

if TYPE_CHECKING:
    BatchType = click.ParamType[int]
else:
    BatchType = click.ParamType  # generic for type checkers alone in older versions


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
@click.option("--head", type=click.Choice(["decoded", "raw", "opencv4"]), default="decoded", show_default=True,
              help="decoded: one output `detections`; raw: what heads are given; "
              "opencv4: what readNetFromDarknet gave.")  # fmt: skip
@click.option("--target", type=click.Choice(["portable", "opencv", "onnxruntime", "openvino"]), default="portable",
              show_default=True, help="The engine to write for.")  # fmt: skip
@click.option("--size", type=Size(), help="Input size in place of the cfg's own.")
@click.option("--batch", type=Batch(), default=1, show_default=True, help="Pictures per run.")
@click.option("--names", type=click.Path(), help="Class names, one per line, for the model's metadata.")
@click.option("--taps", help='Add layer outputs: "all" or numbers such as 3,17.')
@click.option("--strict", is_flag=True, help="Take what Darknet silently ignores or replaces as an error.")
def convert(
    cfg: str,
    weights: str,
    output: str | None,
    head: Literal["decoded", "raw", "opencv4"],
    target: Literal["portable", "opencv", "onnxruntime", "openvino"],
    size: tuple[int, int] | None,
    batch: int,
    names: str | None,
    taps: str | None,
    strict: bool,
) -> None:
    """Write CFG with WEIGHTS as an ONNX file."""
    from darkcsp.graph import build_graph
    from darkcsp.to_onnx import convert as write

    if strict:
        build_graph(cfg, size, strict=True)
    path = write(
        cfg,
        weights,
        output,
        head=head,
        target=target,
        size=size,
        batch=batch or None,
        taps=_taps(taps),
        names=read_names(names),
    )
    click.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def _taps(text: str | None) -> list[int] | Literal["all"]:
    if text is None:
        return []
    if text == "all":
        return "all"
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither 'all' nor numbers such as 3,17", param_hint="--taps") from None

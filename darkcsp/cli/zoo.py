"""`darkcsp zoo`: lists the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from darkcsp.json_text import json_text

if TYPE_CHECKING:
    from darkcsp.zoo.listing import ListedModel


@click.command()
@click.argument("pattern", default="*")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def zoo(pattern: str, as_json: bool) -> None:
    """List the models that darkcsp has cfgs for: all of them, or those whose names match PATTERN.

    \b
    darkcsp zoo 'csp*'
    darkcsp zoo '*yolov3*'

    "parameters" counts all numbers in the weights file; BFLOPs are for one picture, counted as in Darknet.
    `darkcsp new NAME -o x.cfg` writes a model's cfg; `darkcsp paper models` shows where each cfg comes from.
    """  # noqa: D301  # \b keeps click from joining the lines
    from darkcsp.zoo import list_models
    from darkcsp.zoo.catalogue import unknown_model
    from darkcsp.zoo.listing import read_listing

    names = set(list_models(pattern))
    if not names:
        raise unknown_model(pattern)
    models = [model for model in read_listing() if model.name in names]
    if as_json:
        click.echo(json_text([_as_data(model) for model in models], indent=1))
    else:
        _print_table(models)


def _as_data(model: ListedModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "input": [3, model.height, model.width],
        "parameters": model.parameters,
        "bflops": model.operations / 1e9,
        "status": model.status,
    }


def _print_table(models: list[ListedModel]) -> None:
    from darkcsp.zoo.entry import STATUS_TEXT

    rows = [
        (
            model.name,
            f"{model.width}x{model.height}",
            f"{model.parameters / 1e6:.2f}",
            f"{model.operations / 1e9:.3f}",
            model.status,
        )
        for model in models
    ]
    columns = ("name", "input", "parameters, M", "BFLOPs", "status")
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    for name, *numbers, status in [columns, *rows]:
        cells = [cell.rjust(width) for cell, width in zip(numbers, widths[1:-1], strict=True)]
        click.echo("  ".join([name.ljust(widths[0]), *cells, status]))
    click.echo()
    for status in STATUS_TEXT:
        if any(model.status == status for model in models):
            click.echo(click.wrap_text(f"{status}: {STATUS_TEXT[status]}.", 80, subsequent_indent="  "))

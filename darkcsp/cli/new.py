"""`darkcsp new`: writes the cfg of a model, or of a network composed from a backbone and a head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from darkcsp.cli.files import WriteFile
from darkcsp.text import printable

if TYPE_CHECKING:
    from darkcsp.cfg import Cfg
    from darkcsp.zoo.csp import Fusion


ACTIVATIONS = ("leaky", "relu", "swish", "mish", "elu", "selu", "gelu", "logistic", "tanh")
"""Activations that Darknet supports in both convolutions and shortcuts."""


@click.command()
@click.argument("name", required=False)
@click.option("-o", "--output", type=WriteFile(), help="File to write; standard output by default.")
@click.option("--backbone", help="Backbone of a composed network: peleenet, darknet53, resnext50, ...")
@click.option("--csp", is_flag=True, help="Give the backbone cross stage partial (CSP) stages.")
@click.option("--gamma", type=click.FloatRange(0, 1, min_open=True, max_open=True), help="With --csp: share of a stage's channels that bypasses its blocks.  [default: 0.5]")  # noqa: E501  # fmt: skip
@click.option("--fusion", type=click.Choice(["both", "first", "last"]), help="With --csp: where the transition layers are.  [default: both]")  # noqa: E501  # fmt: skip
@click.option("--head", help="Detection head: yolov3, panet-spp, prn, efm-sam, ...; without one, a classifier.")
@click.option("--classes", type=click.IntRange(1, 1_000_000), help="Number of classes.")
@click.option("--size", type=click.IntRange(32, 1_000_000), help="Input width and height, a multiple of 32.")
@click.option("--activation", type=click.Choice(ACTIVATIONS), help="Activation of the whole composed network.")
def new(
    name: str | None,
    output: str | None,
    backbone: str | None,
    csp: bool,
    gamma: float | None,
    fusion: Fusion | None,
    head: str | None,
    classes: int | None,
    size: int | None,
    activation: str | None,
) -> None:
    """Write the cfg of the model NAME, or of a network composed from --backbone and --head.

    \b
    darkcsp new csppeleenet-efm-sam -o x.cfg
    darkcsp new --backbone peleenet --csp --gamma 0.25 --fusion last --head efm-sam --classes 20 --size 416 -o x.cfg

    `darkcsp zoo` lists the models.
    """  # noqa: D301  # \b keeps click from joining the lines
    from darkcsp import zoo
    from darkcsp.zoo.custom import Stages, compose_custom

    if size is not None and size % 32:
        raise click.BadParameter(f"{size} is not a multiple of 32", param_hint="--size")
    if not csp and (gamma is not None or fusion is not None):
        raise click.UsageError("--gamma and --fusion need --csp")
    if name is not None and backbone is None:
        if csp or head or activation:
            raise click.UsageError("--csp, --head and --activation need --backbone; a named model has its own")
        cfg = zoo.cfg(name, size=size, classes=classes)
    elif backbone is not None and name is None:
        stages = Stages(gamma or 0.5, fusion or "both") if csp else None
        cfg = compose_custom(backbone, head, stages=stages, classes=classes, size=size, activation=activation)
    else:
        raise click.UsageError("pass either the NAME of a model or --backbone")
    _write(cfg, output)


def _write(cfg: Cfg, output: str | None) -> None:
    """Write a cfg if it builds, and print a description unless the cfg itself is printed."""
    from darkcsp.cfg import write_cfg
    from darkcsp.graph import build_graph

    graph = build_graph(cfg)
    if output is None:
        click.echo(str(cfg), nl=False)
        return
    write_cfg(cfg, output)
    _, h, w = graph.input
    click.echo(
        f"{printable(output)}: {len(graph.layers)} layers, {graph.parameters / 1e6:.4f} million parameters, "
        f"{graph.flops / 1e9:.4f} BFLOPs at {w}x{h}"
    )

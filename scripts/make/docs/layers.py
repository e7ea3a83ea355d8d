"""The page of layers."""

from __future__ import annotations

import inspect

from darkcsp.cfg import Options, parse_cfg
from darkcsp.layers import Spec, registered
from darkcsp.spec.activation_functions import CHANNELS, PLAIN, RELU6, SPECIAL
from darkcsp.spec.net import TRAINING, read_net
from darkcsp.spec.sample import NET
from darkcsp.to_onnx.registry import LOWERINGS
from darkcsp.to_torch.registry import BUILDERS
from scripts.make.docs.options import asked, meaning


def page() -> str:
    """The whole page of layers."""
    specs = sorted(set(registered().values()), key=lambda spec: spec.sections[0].lower())
    parts = [
        "# Layers and options",
        "",
        "Written by `scripts/make_docs` from the specs in `darkcsp/layers`. "
        "Every option that Darknet reads for inference",
        "is listed with its default; options that matter to training alone are accepted and not used. "
        "The column of programs",
        "says who knows the layer: AlexeyAB's fork, pjreddie's Darknet, or both.",
        "",
        *support_table(specs),
        "",
        "Which networks OpenCV DNN runs is measured in [golden.md](golden.md).",
        "",
        *activations(),
        "",
        *net_section(),
    ]
    for spec in specs:
        parts += ["", *layer_section(spec)]
    return "\n".join(parts) + "\n"


def support_table(specs: list[type[Spec]]) -> list[str]:
    """One row for each layer."""
    in_torch, in_onnx = BUILDERS.specs, LOWERINGS.specs
    rows = ["| layer | other names | programs | PyTorch | ONNX |", "| --- | --- | --- | --- | --- |"]
    for spec in specs:
        name, *others = spec.sections
        rows.append(
            f"| [{name}](#{name.lower()}) | {', '.join(others)} | {', '.join(spec.authors)} "
            f"| {'yes' if spec in in_torch else 'no'} | {'yes' if spec in in_onnx else 'no'} |"
        )
    return rows


def activations() -> list[str]:
    """What names there are."""
    return [
        "## Activations",
        "",
        f"In every layer with an activation: {', '.join(sorted(PLAIN | {RELU6}))}.",
        "",
        f"In [convolutional] besides: {', '.join(sorted(SPECIAL))}; in [shortcut] mish and swish. "
        f"{', '.join(sorted(CHANNELS))} work over the channels of a position. "
        "A known name where it is not handled gives zeros, as relu6 does everywhere on Darknet's CPU "
        '(`semantics="cpu"`); an unknown name is relu.',
    ]


def net_section() -> list[str]:
    """The [net] section."""
    options = Options(parse_cfg(NET).sections[0], "")
    read_net(options)
    meanings = {
        "width": "width of the input in pixels", "height": "height of the input in pixels",
        "channels": "channels of the input", "inputs": "number of input values, for networks without pictures",
        "letter_box": "1 keeps a picture's proportions, with grey bars", "time_steps": "length of training sequences",
    }  # fmt: skip
    rows = [f"| `{key}` | {default} | {meanings[key]} |" for key, default in options.asked.items()]
    return ["## net", "", "What the network is given. Also `[network]`.", "", *table(rows), "", training(TRAINING)]


def layer_section(spec: type[Spec]) -> list[str]:
    """One layer: what it is, its options."""
    name = spec.sections[0]
    summary = (inspect.getdoc(spec) or "").split("\n\nAttributes:")[0]
    rows = []
    for key, default in sorted(asked(spec).items()):
        fork = " (AlexeyAB's fork)" if key in spec.fork_options and "pjreddie" in spec.authors else ""
        rows.append(f"| `{key}` | {show(default)} | {meaning(spec, key)}{fork} |")
    parts = [f"## {name}", "", summary]
    if rows:
        parts += ["", *table(rows)]
    if spec.training_options:
        parts += ["", training(spec.training_options)]
    return parts


def table(rows: list[str]) -> list[str]:
    """Rows under their heads."""
    return ["| option | default | meaning |", "| --- | --- | --- |", *rows]


def training(keys: frozenset[str]) -> str:
    """What is accepted and not used."""
    return f"Training alone: {', '.join(f'`{key}`' for key in sorted(keys))}."


def show(default: object) -> str:
    """A default as a cfg has it."""
    if default is None:
        return ""
    return f"{default:g}" if isinstance(default, float) else str(int(default) if isinstance(default, bool) else default)

"""The page docs/layers.md."""

from __future__ import annotations

import inspect
from typing import get_args

from darkcsp.cfg import Options, parse_cfg
from darkcsp.layers import Spec, registered
from darkcsp.spec.activation_functions import CHANNELS, PLAIN, RELU6, SPECIAL
from darkcsp.spec.net import TRAINING, read_net
from darkcsp.spec.program import WONGKINYIUS, Author
from darkcsp.spec.registry import find_reader, knows, names_of
from darkcsp.spec.sample import NET
from darkcsp.to_onnx.registry import LOWERINGS
from darkcsp.to_torch.registry import BUILDERS
from scripts.make.docs.options import asked, meaning


def page() -> str:
    """Return the whole page."""
    specs = sorted(set(registered().values()), key=lambda spec: spec.sections[0].lower())
    parts = [
        "# Layers and options",
        "",
        "Written by `scripts/make_docs` from the specs in `darkcsp/layers`. Every option that Darknet reads for",
        "inference is listed with its default. Options that matter only for training are accepted and ignored. The",
        "column of programs says who knows the layer: AlexeyAB's fork, pjreddie's Darknet, or WongKinYiu's PyTorch",
        "programs, whose way of reading cfgs is described [below](#wongkinyius-sections).",
        "",
        *support_table(specs),
        "",
        "[golden.md](golden.md) shows which networks OpenCV DNN runs.",
        "",
        *activations(),
        "",
        *net_section(),
    ]
    for spec in specs:
        parts += ["", *layer_section(spec)]
    return "\n".join([*parts, "", *pytorch_sections()]) + "\n"


def support_table(specs: list[type[Spec]]) -> list[str]:
    """Return the table of layers, with one row each."""
    in_torch, in_onnx = BUILDERS.specs, LOWERINGS.specs
    rows = ["| layer | other names | programs | PyTorch | ONNX |", "| --- | --- | --- | --- | --- |"]
    for spec in specs:
        name, *others = spec.sections
        rows.append(
            f"| [{name}](#{name.lower()}) | {', '.join(others)} | {', '.join(programs(spec))} "
            f"| {'yes' if spec in in_torch else 'no'} | {'yes' if spec in in_onnx else 'no'} |"
        )
    return rows


def programs(spec: type[Spec]) -> list[Author]:
    """Return the authors whose programs know the layer, under any of its names."""
    home = spec.__module__
    readers = {author: [find_reader(author, name) for name in names_of(author)] for author in get_args(Author)}
    return [author for author, known in readers.items() if any(item and item.spec.__module__ == home for item in known)]


def pytorch_sections() -> list[str]:
    """Describe how WongKinYiu's programs read each section."""
    rows = []
    for name in sorted({name for author in WONGKINYIUS for name in names_of(author)}, key=str.lower):
        newer = find_reader("WongKinYiu", name)
        assert newer is not None
        home = newer.spec.__module__.rsplit(".", 1)[1]
        about = (inspect.getdoc(newer.read) or "").partition("\n")[0]
        if inspect.ismethod(newer.read):
            about = (inspect.getdoc(newer.spec) or "").partition("\n")[0]
        older = "yes" if knows("WongKinYiu-u3", name) else "no"
        rows.append(f"| {name} | [{home}](#{home}) | {older} | {about} |")
    return [
        "## WongKinYiu's sections",
        "",
        'How `dialect="wongkinyiu"` reads sections; the column u3 says which of them `dialect="wongkinyiu-u3"` knows.',
        "The only options with defaults are batch_normalize=0 and groups=1. Sections that are not in the table pass",
        "their input on.",
        "",
        "| section | layer | u3 | |",
        "| --- | --- | --- | --- |",
        *rows,
    ]


def activations() -> list[str]:
    """List the names of activations."""
    return [
        "## Activations",
        "",
        f"Every layer with an activation supports {', '.join(sorted(PLAIN | {RELU6}))}.",
        "",
        f"[convolutional] also supports {', '.join(sorted(SPECIAL))}, and [shortcut] supports mish and swish. "
        f"{', '.join(sorted(CHANNELS))} work over the channels at a position. "
        "A known name in a layer that does not support it gives zeros, as does relu6 everywhere on Darknet's CPU "
        '(`semantics="cpu"`). An unknown name, which Darknet treats as relu, is an error unless `permissive=True`.',
    ]


def net_section() -> list[str]:
    """Describe the [net] section."""
    options = Options(parse_cfg(NET).sections[0], "")
    read_net(options)
    meanings = {
        "width": "width of the input in pixels", "height": "height of the input in pixels",
        "channels": "channels of the input", "inputs": "number of input values, for networks without pictures",
        "letter_box": "1 keeps a picture's proportions, with grey bars", "time_steps": "length of training sequences",
    }  # fmt: skip
    rows = [f"| `{key}` | {default} | {meanings[key]} |" for key, default in options.asked.items()]
    return [
        "## net",
        "",
        "The input of the network. Also called `[network]`.",
        "",
        *table(rows),
        "",
        training(TRAINING),
    ]


def layer_section(spec: type[Spec]) -> list[str]:
    """Describe one layer and its options."""
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
    """Return the rows of a table, with its header."""
    return ["| option | default | meaning |", "| --- | --- | --- |", *rows]


def training(keys: frozenset[str]) -> str:
    """List the options that are accepted and ignored."""
    return f"Only for training: {', '.join(f'`{key}`' for key in sorted(keys))}."


def show(default: object) -> str:
    """Format a default as in a cfg."""
    if default is None:
        return ""
    return f"{default:g}" if isinstance(default, float) else str(int(default) if isinstance(default, bool) else default)

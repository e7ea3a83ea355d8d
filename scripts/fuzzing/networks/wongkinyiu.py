"""Random sections as WongKinYiu's programs read them; see `sections` for Darknet's."""

from __future__ import annotations

from collections.abc import Mapping

from scripts.fuzzing.networks.sections import Above, Draw, section

ACTIVATIONS = ("leaky", "swish", "silu", "mish", "logistic", "linear", "relu")

LEARNED = {"shift": "add", "control": "mul", "select": "add", "alternate": "cat"}
"""Section that uses learned numbers -> the kind that it uses."""


def _convolutional(at: Above) -> str:
    groups = at.random.choice([n for n in (1, 2, 3) if at.shape.c % n == 0])
    known = {"filters": groups * at.random.randint(1, 4), "size": at.one(1, 2, 3), "stride": at.one(1, 1, 2)}
    more = at.maybe(batch_normalize=1, pad=1)
    return section("convolutional", **known, groups=groups, activation=at.one(*ACTIVATIONS), **more)


def _pool(name: str) -> Draw:
    return lambda at: section(name, size=at.random.randint(1, 5), stride=at.one(1, 1, 2))


def _reference(at: Above) -> int:
    """Choose a layer, counted from here or from the first."""
    relative = at.reference()
    return relative if at.random.random() < 0.5 else at.layers + relative


def _references(at: Above) -> str:
    return ",".join(str(_reference(at)) for _ in range(at.random.randint(1, 3)))


def _route(name: str) -> Draw:
    return lambda at: section(name, layers=_references(at))


def _shortcut(at: Above) -> str:
    more = at.maybe(weights_type="per_feature")
    return section("shortcut", **{"from": _references(at)}, activation="linear", **more)


def _guided(kind: str) -> Draw:
    """Draw learned numbers, a route back to the layer above, and a section that uses both."""

    def draw(at: Above) -> str:
        is_flat = at.shape.c % 2 == 0 and at.random.random() < 0.4
        suffix, atoms = ("_2d", {"atoms": 2}) if is_flat else ("", {})
        filters = at.shape.c // 2 if is_flat else at.shape.c
        learned = section(f"implicit_{LEARNED[kind]}{suffix}", filters=filters, **atoms)
        back = section("route", layers=at.one(-2, at.layers - 1))
        return learned + back + section(f"{kind}_channels{suffix}", **{"from": at.one(-2, at.layers)})

    return draw


def _squeeze(at: Above) -> str:
    """Draw factors of channels, from the mean of each."""
    return section("avgpool") + section("scale_channels", **{"from": at.one(-2, at.layers - 1)})


def _yolo(at: Above) -> str:
    head = section("convolutional", filters=14, size=1, stride=1, pad=1, activation="linear")
    return head + section("yolo", mask=at.one("0,2", "1,2"), anchors="4,6, 10,12, 20,24", classes=2, num=3)


SECTIONS: Mapping[str, Draw] = {
    "avgpool": _squeeze,
    "BatchNorm2d": lambda at: section("BatchNorm2d"),
    "convolutional": _convolutional,
    "local_avgpool": _pool("local_avgpool"),
    "maxpool": _pool("maxpool"),
    "reorg": lambda at: section("reorg"),
    "reorg3d": lambda at: section("reorg3d"),
    "route": _route("route"),
    "route_lhalf": _route("route_lhalf"),
    "shortcut": _shortcut,
    "silence": lambda at: section("silence"),
    "softmax": lambda at: section("softmax"),
    "upsample": lambda at: section("upsample", stride=2),
    "yolo": _yolo,
    **{f"{kind}_channels": _guided(kind) for kind in LEARNED},
}
"""Section -> the function that draws one, with the sections it needs above it."""

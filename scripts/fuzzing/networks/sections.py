"""Random sections: the options of each kind of layer, as Darknet's programs read them.

A section need not fit: if a program refuses it, it is drawn again, see `drawing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from darkcsp.spec.activation_functions import PLAIN, RELU6, SPECIAL
from darkcsp.spec.shape import Shape

ACTIVATIONS = tuple(sorted(PLAIN | SPECIAL | {RELU6, "leeky"}))
"""One of these is not known to any program."""

CLASSES = 2
"""The same for every head, since boxes with different numbers of classes have no common shape."""

ANCHORS = "1.1,1.2, 3.4,4.4, 6.6,11.4"


@dataclass(frozen=True)
class Above:
    """The place that a section is drawn for.

    Attributes:
        random: the random number generator.
        shape: output shape of the layer above.
        layers: number of layers so far.
        is_exact: whether all values so far are equal in all backends to the last bit, and so are their signs.
    """

    random: Random
    shape: Shape
    layers: int
    is_exact: bool

    def one(self, *choices: object) -> object:
        """Choose one."""
        return self.random.choice(choices)

    def maybe(self, **options: object) -> dict[str, object]:
        """Randomly include or omit each option."""
        return {key: value for key, value in options.items() if self.random.random() < 0.4}

    def reference(self) -> int:
        """Choose a layer above this one, usually a near one, or none."""
        return -self.random.choice([1, 1, 2, 2, 2, 3, 3, 4, 5, self.layers + 1])

    @property
    def activation(self) -> str:
        """Choose any activation."""
        return self.random.choice(ACTIVATIONS)


Draw = Callable[[Above], str]
"""Returns the text of a section, with the sections that must precede it."""


def section(name: str, /, **options: object) -> str:
    """Return a section's text."""
    return f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in options.items()) + "\n"


def convolution(filters: int, **options: object) -> str:
    """Return a linear convolution of single pixels, to change the number of channels."""
    return section("convolutional", **{"filters": filters, "size": 1, "activation": "linear", **options})


def _convolutional(at: Above) -> str:
    size = at.one(1, 1, 2, 3, 3, 5)
    signs = at.maybe(xnor=1, bin_output=1) if at.is_exact else {}
    more = at.maybe(
        stride=at.one(1, 2),
        stride_x=at.one(1, 2, 3),
        stride_y=at.one(1, 2),
        padding=at.one(0, 1, 2),
        groups=at.one(1, 2, 3, 4, at.shape.c),
        dilation=at.one(1, 2),
        batch_normalize=1,
        antialiasing=at.one(0, 1, 2),
        binary=1,
        flipped=1,
        dontloadscales=1,
        cbn=at.one(0, 1),
        share_index=at.reference() if at.random.random() < 0.2 else 0,
    )
    if "share_index" in more and not more["share_index"]:
        del more["share_index"]
    filters = at.one(2, 4, 6, 8, at.shape.c, 2 * at.shape.c)
    known = {"filters": filters, "size": size, "pad": at.one(0, 1, 1), "activation": at.activation}
    return section("convolutional", **known, **signs, **more)


def _local(at: Above) -> str:
    more = at.maybe(stride=at.one(1, 2), pad=at.one(0, 1))
    return section("local", filters=at.one(2, 3), size=at.one(1, 3), activation=at.activation, **more)


def _deconvolutional(at: Above) -> str:
    more = at.maybe(stride=at.one(1, 2), pad=1, padding=at.one(0, 1), batch_normalize=1)
    return section("deconvolutional", filters=at.one(2, 4), size=at.one(2, 3), activation=at.activation, **more)


def _connected(at: Above) -> str:
    return section("connected", output=at.one(3, 8), activation=at.activation, **at.maybe(batch_normalize=1))


def _maxpool(at: Above) -> str:
    size = at.random.choice([1, 2, 2, 3, 5, 9, 13])
    paddings = [padding for padding in (0, 1, 2, 4) if padding < 2 * size]  # no window is outside the picture
    more = at.maybe(
        stride=at.one(1, 2),
        stride_x=2,
        stride_y=at.one(1, 2),
        padding=at.one(*paddings),
        antialiasing=at.one(1, 2),
        maxpool_depth=1,
        out_channels=at.one(1, 2, 3),
    )
    return section("maxpool", size=size, **more)


def _local_avgpool(at: Above) -> str:
    more = at.maybe(stride=at.one(1, 2), stride_x=2, padding=at.one(0, 1, 2))
    return section("local_avgpool", size=at.one(2, 3), **more)


def _upsample(at: Above) -> str:
    return section("upsample", stride=at.one(2, 2, 3, -2), **at.maybe(scale=at.one(0.5, 2)))


def _reorg(at: Above) -> str:
    return section("reorg", **at.maybe(stride=at.one(1, 2, 3), reverse=1, flatten=1, extra=3))


def _reorg3d(at: Above) -> str:
    return section("reorg3d", **at.maybe(stride=at.one(1, 2), reverse=1))


def _route(at: Above) -> str:
    layers = ",".join(str(at.reference()) for _ in range(at.random.choice([1, 1, 2, 3])))
    return section("route", layers=layers, **at.maybe(groups=at.one(1, 2), group_id=at.one(0, 1)))


def _shortcut(at: Above) -> str:
    sources = ",".join(str(at.reference()) for _ in range(at.random.choice([1, 1, 1, 2])))
    more = at.maybe(alpha=0.5, beta=at.one(1, 2), activation=at.activation)
    if at.random.random() < 0.4:
        more["weights_type"] = at.one("per_feature", "per_channel")
        more["weights_normalization"] = at.one("relu", "softmax", "none")
    return section("shortcut", **{"from": sources}, **more)


def _scale_channels(at: Above) -> str:
    if at.random.random() < 0.5:
        factors = section("avgpool") + convolution(at.shape.c, activation="logistic")
        return factors + section("scale_channels", **{"from": -3}, **at.maybe(activation=at.activation))
    factors = convolution(1, activation="logistic")
    return factors + section("scale_channels", **{"from": -2}, scale_wh=1, **at.maybe(activation=at.activation))


def _sam(at: Above) -> str:
    factors = convolution(at.shape.c, activation="logistic")
    return factors + section("sam", **{"from": -2}, **at.maybe(activation=at.activation))


def _crop(at: Above) -> str:
    height, width = at.random.randint(1, at.shape.h), at.random.randint(1, at.shape.w)
    return section("crop", crop_height=height, crop_width=width, **at.maybe(noadjust=1))


def _softmax(at: Above) -> str:
    return section("softmax", **at.maybe(groups=at.one(1, 2), temperature=at.one(0.5, 2)))


def _rnn(at: Above) -> str:
    more = at.maybe(hidden=5, batch_normalize=1, logistic=at.one(1, 2), shortcut=1)
    return section("rnn", output=at.one(3, 5), activation=at.activation, **more)


def _gru(at: Above) -> str:
    return section("gru", output=at.one(3, 5), **at.maybe(batch_normalize=1, tanh=1))


def _lstm(at: Above) -> str:
    return section("lstm", output=at.one(3, 5), **at.maybe(batch_normalize=1))


def _crnn(at: Above) -> str:
    more = at.maybe(batch_normalize=1, shortcut=1, size=at.one(1, 3), groups=at.one(1, 2), dilation=at.one(1, 2))
    return section("crnn", output=4, hidden=at.one(2, 4), pad=1, activation=at.activation, **more)


def _conv_lstm(at: Above) -> str:
    more = at.maybe(batch_normalize=1, peephole=1, bottleneck=1, shortcut=1, state_constrain=at.one(0, 1, 32),
                    lstm_activation=at.one("tanh", "leaky", "linear", at.activation))  # fmt: skip
    return section("conv_lstm", output=at.one(2, at.shape.c), size=3, pad=1, activation=at.activation, **more)


def _implicit(at: Above) -> str:
    learned = section("implicit", filters=at.shape.c, **at.maybe(atoms=at.one(1, 2), mean=1, std=0.1))
    return convolution(at.shape.c) + learned + section("scale_channels", **{"from": -2})


def _yolo(at: Above) -> str:
    masks = at.random.randint(1, 3)
    more = at.maybe(scale_x_y=at.one(1.05, 2), new_coords=1, nms_kind="diounms", beta_nms=0.8)
    mask = ",".join(str(at.random.randrange(3)) for _ in range(masks))
    return convolution(masks * 7) + section("yolo", mask=mask, anchors=ANCHORS, num=3, classes=CLASSES, **more)


def _gaussian_yolo(at: Above) -> str:
    more = at.maybe(scale_x_y=1.1, yolo_point=at.one("left_top", "right_bottom", "center"))
    return convolution(11) + section("Gaussian_yolo", mask=0, anchors=ANCHORS, num=3, classes=CLASSES, **more)


def _region(at: Above) -> str:
    more = at.maybe(softmax=1, background=1)
    coords = at.random.choice([4, 4, 6])
    head = section("region", anchors=ANCHORS, num=3, classes=CLASSES, coords=coords, **more)
    return convolution(3 * (coords + 3)) + head


def _detection(at: Above) -> str:
    head = section("detection", side=2, num=2, classes=CLASSES, coords=4, **at.maybe(softmax=1, sqrt=1))
    return section("connected", output=4 * (2 + 2 * 5), activation="linear") + head


def _contrastive(at: Above) -> str:
    return _yolo(at) + convolution(4) + section("contrastive", yolo_layer=-2, classes=CLASSES)


def _normalization(at: Above) -> str:
    return section("normalization", size=at.one(3, 5), **at.maybe(alpha=0.5, beta=0.5, kappa=2))


def _plain(name: str, **options: object) -> Draw:
    return lambda at: section(name, **options)


SECTIONS: Mapping[str, Draw] = {
    "activation": lambda at: section("activation", activation=at.activation),
    "avgpool": _plain("avgpool"),
    "batchnorm": _plain("batchnorm"),
    "connected": _connected,
    "contrastive": _contrastive,
    "conv_lstm": _conv_lstm,
    "convolutional": _convolutional,
    "cost": _plain("cost"),
    "crnn": _crnn,
    "crop": _crop,
    "deconvolutional": _deconvolutional,
    "detection": _detection,
    "dropout": _plain("dropout", probability=0.3),
    "empty": _plain("empty"),
    "Gaussian_yolo": _gaussian_yolo,
    "gru": _gru,
    "history": lambda at: section("history", **at.maybe(history_size=2)),
    "implicit": _implicit,
    "l2norm": _plain("l2norm"),
    "local": _local,
    "local_avgpool": _local_avgpool,
    "logistic": _plain("logistic"),
    "lstm": _lstm,
    "maxpool": _maxpool,
    "normalization": _normalization,
    "region": _region,
    "reorg": _reorg,
    "reorg3d": _reorg3d,
    "rnn": _rnn,
    "route": _route,
    "sam": _sam,
    "scale_channels": _scale_channels,
    "shortcut": _shortcut,
    "softmax": _softmax,
    "upsample": _upsample,
    "yolo": _yolo,
}
"""Section -> the function that draws one. Other names of a layer are left to the reader."""

EXACT = frozenset("crop dropout empty maxpool reorg reorg3d route upsample".split())
"""Sections that only move values, so that they are exact if their input is."""

FREQUENT = ("convolutional", "convolutional", "convolutional", "maxpool", "route", "shortcut", "upsample")
"""Drawn more often than the rest."""

"""Random cfgs that WongKinYiu's reader accepts: every kind of section, with shapes that fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.single import section

Shape = tuple[int, int, int]
"""(c, h, w)."""

ACTIVATIONS = ("leaky", "swish", "silu", "mish", "logistic", "linear", "relu")


@dataclass
class Draft:
    """A cfg while it is written: its sections, and the shape of each one's output."""

    draw: st.DrawFn
    shapes: list[Shape]
    text: str = ""
    learned: list[int] = field(default_factory=list)

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    @property
    def above(self) -> Shape:
        return self.shapes[-1]

    def add(self, name: str, shape: Shape, **options: object) -> None:
        self.text += section(name, **{key.rstrip("_"): value for key, value in options.items()})
        self.shapes.append(shape)

    def layers_of_size(self) -> list[int]:
        """Numbers of layers with the height and width of the last one."""
        return [number for number, shape in enumerate(self.shapes[1:]) if shape[1:] == self.above[1:]]

    def reference(self, number: int) -> int:
        """A layer's number as a cfg may have it; 0 has another meaning in [route]."""
        relative = number - (len(self.shapes) - 1)
        return relative if number == 0 else self.draw(st.sampled_from([number, relative]))


def convolutional(draft: Draft) -> None:
    size, stride, pad = draft.integer(1, 3), draft.integer(1, 2), draft.integer(0, 1)
    c, h, w = draft.above
    margin = size // 2 * pad
    height, width = ((length + 2 * margin - size) // stride + 1 for length in (h, w))
    if min(height, width) < 2:
        size, stride, pad, height, width = 1, 1, 1, h, w
    groups = draft.draw(st.sampled_from([n for n in (1, 2, 3) if c % n == 0]))
    filters = groups * draft.integer(1, 4)
    draft.add(
        "convolutional", (filters, height, width), filters=filters, size=size, stride=stride, pad=pad, groups=groups,
        batch_normalize=draft.integer(0, 1), activation=draft.draw(st.sampled_from(ACTIVATIONS)),
    )  # fmt: skip


def pool(draft: Draft) -> None:
    c, h, w = draft.above
    size, stride = draft.integer(1, min(5, h, w)), draft.integer(1, 2)
    margin = 1 if (size, stride) == (2, 1) else (size - 1) // 2 * 2
    output = (c, (h + margin - size) // stride + 1, (w + margin - size) // stride + 1)
    name = draft.draw(st.sampled_from(["maxpool", "local_avgpool"]))
    draft.add(name, output, size=size, stride=stride)


def upsample(draft: Draft) -> None:
    c, h, w = draft.above
    if h * w < 200:
        draft.add("upsample", (c, 2 * h, 2 * w), stride=2)


def route(draft: Draft) -> None:
    several = st.lists(st.sampled_from(draft.layers_of_size()), min_size=1, max_size=3)
    chosen = draft.draw(several)
    _, h, w = draft.above
    name = draft.draw(st.sampled_from(["route", "route_lhalf"]))
    widths = [draft.shapes[number + 1][0] // (2 if name == "route_lhalf" else 1) for number in chosen]
    if min(widths) and sum(widths) < 40:
        layers = ",".join(str(draft.reference(number)) for number in chosen)
        draft.add(name, (sum(widths), h, w), layers=layers)


def shortcut(draft: Draft) -> None:
    here = draft.above[0]
    chosen = draft.draw(st.lists(st.sampled_from(draft.layers_of_size()), min_size=1, max_size=3))
    narrow = [draft.shapes[number + 1][0] < here for number in chosen]
    weighted = draft.draw(st.booleans())
    if narrow[0] and not weighted and not all(narrow):
        chosen = chosen[:1]
    above_is_part = draft.text.rsplit("[", 1)[1].startswith("route_lhalf")
    if narrow[0] and not weighted and above_is_part:
        return
    options = {"weights_type": "per_feature"} if weighted else {}
    sources = ",".join(str(draft.reference(number)) for number in chosen)
    draft.add("shortcut", draft.above, from_=sources, activation="linear", **options)


def reorg(draft: Draft) -> None:
    c, h, w = draft.above
    if h % 2 == w % 2 == 0 and c <= 8 and h > 2 < w:
        draft.add("reorg", (4 * c, h // 2, w // 2))


def guided(draft: Draft) -> None:
    """Learned numbers, back to the picture, and a section that takes both."""
    c, h, w = draft.above
    picture = len(draft.shapes) - 2
    flat = draft.draw(st.booleans()) and c % 2 == 0
    kind = draft.draw(st.sampled_from(["shift", "control", "select", "alternate"]))
    learned = {"shift": "add", "control": "mul", "select": "add", "alternate": "cat"}[kind]
    suffix = "_2d" if flat else ""
    if flat:
        draft.add(f"implicit_{learned}_2d", (2, c // 2, 1), filters=c // 2, atoms=2)
    else:
        draft.add(f"implicit_{learned}", (c, 1, 1), filters=c)
    draft.learned.append(len(draft.shapes) - 2)
    draft.add("route", (c, h, w), layers=draft.reference(picture))
    channels = 2 * c if kind == "alternate" else c
    if channels < 40:
        draft.add(f"{kind}_channels{suffix}", (channels, h, w), from_=draft.learned[-1])


def hand_on(draft: Draft) -> None:
    draft.add(draft.draw(st.sampled_from(["silence", "reorg3d", "softmax", "BatchNorm2d"])), draft.above)


def squeeze(draft: Draft) -> None:
    """Factors of channels, from the mean of each."""
    c, h, w = draft.above
    picture = len(draft.shapes) - 2
    draft.add("avgpool", (c, 1, 1))
    draft.add("scale_channels", (c, h, w), from_=draft.reference(picture))


SECTIONS: tuple[Callable[[Draft], None], ...] = (
    convolutional, convolutional, pool, upsample, route, shortcut, shortcut, reorg, guided, hand_on, squeeze,
)  # fmt: skip


@st.composite
def cfgs(draw: st.DrawFn, sections: int = 8) -> str:
    """Text of a cfg whose last sections are a head."""
    height, width = draw(st.integers(4, 12)), draw(st.integers(4, 12))
    draft = Draft(draw, [(3, height, width)])
    convolutional(draft)
    for _ in range(draw(st.integers(1, sections))):
        draw(st.sampled_from(SECTIONS))(draft)
    _, h, w = draft.above
    draft.add("convolutional", (14, h, w), filters=14, size=1, stride=1, pad=1, activation="linear")
    draft.add("yolo", draft.above, mask="0,2", anchors="4,6, 10,12, 20,24", classes=2, num=3)
    return f"[net]\nwidth={width}\nheight={height}\n\n{draft.text}"

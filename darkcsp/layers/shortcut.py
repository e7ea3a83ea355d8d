"""[shortcut]: parse_shortcut in src/parser.c, src/shortcut_layer.c and shortcut_multilayer_cpu in src/blas.c.

AlexeyAB's program rejects sources of a different width or height; for them, this follows pjreddie's (shortcut_cpu).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.activation_functions import read_activation
from darkcsp.spec.blob import Blob
from darkcsp.spec.parametric import Parametric
from darkcsp.spec.position import Position
from darkcsp.spec.program import Program
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.sample import CONVOLUTION, Sample
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained

_SPECIAL = frozenset(["swish", "mish"])
_WEIGHTS = {"none": "none", "per_feature": "per_layer", "per_layer": "per_layer", "per_channel": "per_channel"}
_NORMALIZATIONS = {"none": "none", "relu": "relu", "avg_relu": "relu", "softmax": "softmax"}


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Shortcut(Parametric):
    """The layer above plus earlier layers, then an activation.

    If a source has a different number of channels, only the channels that both have are added; if it has a different
    width or height, it is sampled or spread by the integer ratio.

    Attributes:
        activation: effective function.
        alpha, beta: factors of the layer above and of the source, at positions that both have (pjreddie's program).
        weights_type: "none", "per_layer" (one factor for each source) or "per_channel".
        weights_normalization: "none"; "relu" (at least 0.001) or "softmax" over the sources, with 1e-4 added to the
            sum; "logistic", each times 2 / number of sources (WongKinYiu's program).
        writes_above: whether the sum overwrites the output of the layer above (WongKinYiu's program).
    """

    sections = ("shortcut",)
    option_attributes = {"from": "sources"}
    adds_sources = True
    sample = Sample(2 * CONVOLUTION, "from=-2\n")

    fork_options = frozenset(["weights_type", "weights_normalization"])

    activation: str
    alpha: float = 1.0
    beta: float = 1.0
    weights_type: str = "none"
    weights_normalization: str = "none"
    writes_above: bool = False

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [shortcut] section."""
        references = at.resolve_all(options, "from")
        alpha = beta = 1.0
        if at.program.author == "pjreddie":
            references = references[:1]
            alpha, beta = options.number("alpha", 1), options.number("beta", 1)
        weights_type = _choice(options, "weights_type", _WEIGHTS)
        spec = cls(
            **chained(at, *references),
            activation=read_activation(options, "linear", at.program, _SPECIAL),
            alpha=alpha,
            beta=beta,
            weights_type=weights_type,
            weights_normalization=_read_normalization(options, weights_type),
            loads=not options.flag("dontload"),
        )
        for reference, shape in zip(references, spec.inputs[1:], strict=True):
            _check(spec, reference, shape, at.program, options)
        return spec

    @property
    def keeps_activation_of(self) -> tuple[int, ...]:
        """The first two sources (calculate_binary_weights in src/network.c)."""
        return self.sources[:2]

    @property
    def output(self) -> Shape:
        """The shape of the layer above."""
        return self.input

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """The factors, one row for each source (the layer above first)."""
        if self.weights_type == "none":
            return ()
        width = self.input.c if self.weights_type == "per_channel" else 1
        return (Blob("weights", (len(self.sources), width)),)

    @property
    def initial_values(self) -> Mapping[str, float | tuple[float, ...]]:
        """0 for factors that are in no file; its logistic function gives a factor of 1 / n for n sources."""
        return {"weights": 0.0} if self.weights_normalization == "logistic" else {}

    @property
    def checkpoint_names(self) -> Mapping[str, str]:
        """The name of the factors."""
        return {"weights": "w"} if self.blobs else {}

    def checkpoint_shape(self, blob: Blob) -> tuple[int, ...]:
        """One factor for each source."""
        return (len(self.sources),)

    @property
    def constants(self) -> int:
        """A mask of the output if a source is scaled, or of its height and width if one is spread."""
        if (self.alpha, self.beta) != (1.0, 1.0):
            return self.output.size
        here = self.input.h, self.input.w
        return sum(here[0] * here[1] for shape in self.inputs[1:] if (shape.h, shape.w) != here)

    @property
    def steps(self) -> int:
        """Up to four for each source."""
        return 4 * len(self.sources)

    @property
    def changes_input(self) -> bool:
        """Same as `writes_above`."""
        return self.writes_above

    @property
    def flops(self) -> float:
        """One per value and source, or two with factors."""
        count = float(self.output.size * (len(self.sources) - 1))
        return count if self.weights_type == "none" else 2 * count


@reads(Shortcut, "shortcut", ignored="weights_normalization")
def read_for_pytorch(options: Options, at: Position) -> Shortcut:
    """Read a [shortcut] section as WongKinYiu's readers do.

    They apply no activation. Any `weights_type` means one learned factor for each source, which is in no `.weights`
    file. A source with fewer channels is added to the first channels of the layer above in place, unless a factor or
    an earlier source has already created a new tensor.
    """
    activation = options.text("activation", "linear")
    if activation != "linear":
        options.notice("activation", "WongKinYiu's reader ignores it in [shortcut]")
    weighted = options.has("weights_type")
    spec = Shortcut(
        **chained(at, *at.resolve_all(options, "from")),
        activation="linear",
        weights_type="per_layer" if weighted else "none",
        weights_normalization="logistic" if weighted else "none",
        writes_above=not weighted and _begins_narrow(at, options),
        loads=False,
    )
    for reference, shape in zip(spec.sources[1:], spec.inputs[1:], strict=True):
        _check(spec, reference, shape, at.program, options)
    return spec


def _begins_narrow(at: Position, options: Options) -> bool:
    """Return whether the first source has fewer channels than the layer above.

    Raises GraphError if that is true and a later source does not: the layer above would then keep a part of the sum.
    """
    shapes = [at.shape_of(index) for index in at.resolve_all(options, "from")]
    narrow = [shape.c < at.input.c for shape in shapes]
    if narrow[0] and not all(narrow):
        raise options.misfit(
            "from",
            f"the first source has fewer channels than the layer above, {at.input}, but another does not, so a part of "
            "the sum would stay in that layer, which darkcsp does not support; list sources with fewer channels last",
        )
    return narrow[0]


def _choice(options: Options, key: str, allowed: dict[str, str]) -> str:
    value = options.text(key, "none")
    if value not in allowed:
        raise options.error(key, f"must be one of {', '.join(allowed)}")
    return allowed[value]


def _read_normalization(options: Options, weights_type: str) -> str:
    """Read weights_normalization. Without weights it has no effect; with weights Darknet requires it."""
    if weights_type == "none":
        options.optional_text("weights_normalization")
        return "none"
    normalization = _choice(options, "weights_normalization", _NORMALIZATIONS)
    if normalization == "none":
        options.notice("weights_normalization", f"Darknet rejects weights_type={weights_type} without relu or softmax")
    return normalization


def _check(spec: Shortcut, reference: int, shape: Shape, program: Program, options: Options) -> None:
    here = spec.input
    if (shape.h, shape.w) == (here.h, here.w):
        return
    if program.author != "pjreddie":
        raise GraphError(
            options.place_of("from"),
            f"from={reference - spec.index}: layer {spec.sources[0]} is {here}, layer {reference} is {shape}; "
            "height and width must be equal",
        )
    shrinks = shape.h // here.h == shape.w // here.w
    grows = here.h // shape.h == here.w // shape.w
    if not (shrinks and grows):
        raise GraphError(
            options.place_of("from"),
            f"from={reference - spec.index}: layer {spec.sources[0]} is {here}, layer {reference} is {shape}; "
            "height and width must be equal, or both must be integer multiples of the other's",
        )

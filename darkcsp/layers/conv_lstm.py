"""[conv_lstm]: parse_conv_lstm in src/parser.c, src/conv_lstm_layer.c.

Shi et al., "Convolutional LSTM Network", 2015, with convolutions for the peepholes. `bottleneck=1` is as in Liu and
Zhu, "Mobile Video Object Detection with Temporally-Aware Feature Maps", 2018; AlexeyAB's CPU program crashes on it, so
this follows his GPU code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from darkcsp.cfg.options import Options
from darkcsp.layers.convolutional import Convolutional
from darkcsp.spec.activation_functions import SPECIAL, read_activation
from darkcsp.spec.batch_normalization import normalizing
from darkcsp.spec.blob import StateSpec
from darkcsp.spec.parametric import read_loading
from darkcsp.spec.position import Position
from darkcsp.spec.program import Program
from darkcsp.spec.recurrent import Parts, RecurrentConvolutions, read_kernel
from darkcsp.spec.registry import layer
from darkcsp.spec.sample import Sample
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained

BOTTLENECK_ACTIVATIONS = ("tanh", "leaky", "linear")
"""Values of lstm_activation that Darknet's bottleneck accepts."""


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ConvLstm(RecurrentConvolutions):
    """A convolutional LSTM (long short-term memory).

    f = logistic(wf(h) + uf(x) + vf(c)), same for i, g = tanh(wg(h) + ug(x)); c' = f c + i g;
    o = logistic(wo(h) + uo(x) + vo(c')); h' = o tanh(c'). The output is h'. The v exist only with `peephole`.
    With `bottleneck` the gates read b = a(wf(h, x)) instead of both x and h, and `a` replaces tanh. NaN values are
    kept; Darknet replaces them with arbitrary ones.

    Attributes:
        filters: channels of output and state.
        peephole: whether the gates see the cell.
        bottleneck: whether one convolution combines input and state before the gates.
        cell_activation: effective function instead of tanh: that of lstm_activation, but always tanh on a CPU without
            `bottleneck`.
        state_constrain: maximum absolute value of the cell that is kept for the next call; 0 means no limit.
        shortcut: whether b is added to the first half of the output (with `bottleneck`).
    """

    sections = ("conv_lstm",)
    option_notes = {
        **RecurrentConvolutions.option_notes,
        "output": "channels of output and state",
        "lstm_activation": "the activation instead of tanh; with bottleneck one of tanh, leaky and linear",
    }
    sample = Sample(options="pad=1\n")
    training_options = frozenset(["time_normalizer"])
    authors = ("AlexeyAB",)

    filters: int
    peephole: bool
    bottleneck: bool
    cell_activation: str
    state_constrain: int
    shortcut: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [conv_lstm] section."""
        filters = options.integer("output", 1, least=1)
        bottleneck = options.flag("bottleneck")
        if bottleneck and filters != at.input.c:
            raise options.error("output", f"must equal the {at.input.c} channels of the input with bottleneck=1")
        return cls(
            **chained(at),
            filters=filters,
            kernel=read_kernel(options, at.input.c, filters),
            **normalizing(options.flag("batch_normalize"), at.program),
            activation=read_activation(options, "linear", at.program, SPECIAL),
            peephole=options.flag("peephole"),
            bottleneck=bottleneck,
            cell_activation=_read_cell_activation(options, bottleneck, at.program),
            # 32 per time step, and inference has only one.
            state_constrain=options.integer("state_constrain", 32, least=0),
            shortcut=options.flag("shortcut") and bottleneck,
            **read_loading(options),
        )

    @cached_property
    def parts(self) -> Parts:
        """vf, vi, vo from the cell, wf, wi, wg, wo from the state, uf, ui, ug, uo from the input."""
        given = {f"u{gate}": Convolutional.part_of(self, self.input, self.filters) for gate in "figo"}
        if self.bottleneck:
            joined = self.output._replace(c=2 * self.filters)
            state = {"wf": Convolutional.part_of(self, joined, self.filters)}
        else:
            state = {f"w{gate}": Convolutional.part_of(self, self.output, self.filters) for gate in "figo"}
        peepholes = {
            f"v{gate}": Convolutional.part_of(self, self.output, self.filters) for gate in "fio" if self.peephole
        }
        return {**peepholes, **state, **given}

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """hidden and cell."""
        return (StateSpec("hidden", self.output), StateSpec("cell", self.output))

    @property
    def output(self) -> Shape:
        """`filters` channels with the input's height and width."""
        return self.input._replace(c=self.filters)

    @property
    def flops(self) -> float:
        """The FLOPs of the convolutions, plus 9 for each output, or 12 with peepholes."""
        return super().flops + (12 if self.peephole else 9) * self.output.size

    @property
    def constants(self) -> int:
        """A mask of the half that the shortcut is added to, and the values used to build it."""
        return 3 * self.output.size if self.shortcut else 0


def _read_cell_activation(options: Options, bottleneck: bool, program: Program) -> str:
    if bottleneck:
        name = options.text("lstm_activation", "tanh")
        if name not in BOTTLENECK_ACTIVATIONS:
            raise options.error("lstm_activation", f"expected one of {', '.join(BOTTLENECK_ACTIVATIONS)}")
        return name
    if not program.on_cpu:
        return read_activation(options, "tanh", program, key="lstm_activation")
    if options.text("lstm_activation", "tanh") != "tanh":
        options.notice("lstm_activation", "Darknet's CPU program ignores it and applies tanh")
    return "tanh"

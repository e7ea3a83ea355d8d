"""Cross stage partial stages (section 3.1 and figure 3 of the CSPNet paper, https://arxiv.org/abs/1911.11929)."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import Literal

from darkcsp.zoo.blocks import Block
from darkcsp.zoo.composer import Composer, Feature

Fusion = Literal["last", "first", "both"]
"""Where a stage's transitions are.

"both" is the paper's CSP stage, figure 3 (b): transition, concatenation, transition. "first" is (c): concatenation,
transition. "last" is (d): transition, concatenation.
"""


@dataclass(frozen=True)
class Split:
    """How a stage's input is split in two.

    Attributes:
        bypass: channels of part 1, which bypasses the blocks.
        inner: channels of part 2, which goes through them.
        sliced: True if the parts are slices of the input's channels; False if each is a 1x1 convolution of all of
            them, as in the authors' published cfgs.
        activation: of those convolutions; None for the network's activation.
    """

    bypass: int
    inner: int
    sliced: bool = False
    activation: str | None = None

    @classmethod
    def by_share(
        cls, gamma: float, channels: int, *, multiple: int = 8, sliced: bool = False, activation: str | None = None
    ) -> Split:
        """Let the share `gamma` of the channels bypass the blocks (the paper's partial ratio).

        Both parts are multiples of `multiple` and not empty. Raises ValueError if gamma is not between 0 and 1.
        """
        if not 0 < gamma < 1:
            raise ValueError(f"gamma={gamma}: the share that bypasses the blocks must be between 0 and 1")
        bypass = min(max(round(gamma * channels / multiple), 1) * multiple, channels - multiple)
        return cls(bypass, channels - bypass, sliced, activation)


def part(net: Composer, x: Feature, split: Split) -> tuple[Feature, Feature]:
    """Add the two parts of x. Returns the bypass first."""
    if split.sliced:
        bypass = channel_slice(net, x, 0, split.bypass)
        return bypass, channel_slice(net, x, split.bypass, split.bypass + split.inner)
    bypass = net.conv(split.bypass, source=x, activation=split.activation)
    return bypass, net.conv(split.inner, source=x, activation=split.activation)


def channel_slice(net: Composer, x: Feature, start: int, stop: int) -> Feature:
    """Add routes that take channels [start, stop): equal groups, concatenated if one is not enough."""
    run = gcd(x.channels, start, stop)
    groups = x.channels // run
    if groups == 1:
        return net.at(x)
    runs = [net.group(x, groups, number) for number in range(start // run, stop // run)]
    return runs[0] if len(runs) == 1 else net.route(*runs)


def csp_stage(
    block: Block,
    *,
    split: float | Split = 0.5,
    fusion: Fusion = "both",
    transition: int | None = None,
    output: int | None = None,
) -> Block:
    """A stage in which one part of the input goes through `block` and the other bypasses it.

    Args:
        block: the path of part 2: any number of residual, dense or other blocks.
        split: the share that bypasses the block (gamma), or the exact split.
        fusion: where the transitions (1x1 convolutions) are.
        transition: channels of the transition before the concatenation; by default as many as the block gives.
        output: channels of the transition after the concatenation; by default as many as were concatenated.
    """

    def stage(net: Composer, x: Feature) -> Feature:
        joined = partial_block(block, split=split, fusion=fusion, transition=transition)(net, x)
        return joined if fusion == "last" else net.conv(output or joined.channels)

    return stage


def partial_block(
    block: Block, *, split: float | Split = 0.5, fusion: Fusion = "both", transition: int | None = None
) -> Block:
    """A stage up to its concatenation, for networks that pool before the last transition. Args as for `csp_stage`."""

    def stage(net: Composer, x: Feature) -> Feature:
        bypass, inner = part(net, x, split if isinstance(split, Split) else Split.by_share(split, x.channels))
        inner = block(net, inner)
        if fusion != "first":
            inner = net.conv(transition or inner.channels, source=inner)
        return net.route(inner, bypass)

    return stage

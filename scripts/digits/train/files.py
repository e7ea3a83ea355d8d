"""The files of a model."""

from __future__ import annotations

from pathlib import Path

from darkcsp import Network
from darkcsp.cfg import Cfg
from darkcsp.cfg.writer import write_cfg
from darkcsp.files import write_whole
from darkcsp.weightfile import Header


def write_weights_of(network: Network, path: Path, scenes: int) -> None:
    """Write a network's weights. The header has the number of scenes it has seen."""
    network.header = Header(seen=scenes)
    network.save_weights(path)


def write_model(cfg: Cfg, network: Network, scenes: int, into: Path) -> None:
    """Write the model to its place in the package."""
    for folder in ("cfgs", "weights"):
        (into / folder).mkdir(parents=True, exist_ok=True)
    write_cfg(cfg, into / "cfgs" / "digits.cfg")
    write_weights_of(network, into / "weights" / "digits.weights", scenes)
    with write_whole(into / "weights" / "digits.names") as file:
        file.write("".join(f"{digit}\n" for digit in range(10)).encode())

"""A network that learns from scenes, step by step."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import torch

from darkcsp import Network, build_graph
from darkcsp.cfg import Cfg
from darkcsp.zoo.digits import SIZE
from scripts.digits.batches import Batch, Scenes, training_batches
from scripts.digits.loss import Parts, YoloLoss
from scripts.digits.optimise import MovingAverage, make_optimiser, rate_factor, start_heads
from scripts.digits.train.speed import bfloat16_is_faster


class Training:
    """A training whose state can be saved and resumed.

    Attributes:
        step: number of steps so far.
        seconds: time they took, including everything between them.
    """

    def __init__(self, cfg: Cfg, options: argparse.Namespace) -> None:
        self.cfg, self.options = cfg, options
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = Network(build_graph(cfg))
        start_heads(network)
        network.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network = network.train()
        self.average = MovingAverage(self.network)
        self.losses = {size: YoloLoss(build_graph(cfg, (size, size))) for size in (options.small, SIZE)}
        self.optimiser = make_optimiser(self.network, options.rate, options.decay)
        self.step, self.seconds = 0, 0.0
        self.bfloat16 = options.precision == "bfloat16" or (
            options.precision == "auto" and bfloat16_is_faster(self.average.network, options.batch, self.device)
        )

    @property
    def scenes(self) -> int:
        """Number of scenes seen."""
        return self.step * int(self.options.batch)

    @property
    def progress(self) -> float:
        """Progress, 0..1, by steps or time, whichever is further."""
        by_steps, by_time = self.step / self.options.steps, self.seconds / 60 / self.options.minutes
        return min(float(max(by_steps, by_time)), 1.0)

    @property
    def size(self) -> int:
        """Current size of the scenes. At first, small scenes teach the same for less."""
        return int(self.options.small) if self.progress < self.options.small_share else SIZE

    def batches(self) -> Iterator[Batch]:
        """Yield scenes of the current size."""
        options = self.options
        while self.progress < 1:
            size = self.size
            numbers = range(self.step * options.batch, options.steps * options.batch)
            for batch in training_batches(Scenes(options.seed + size, numbers, size), options.batch, options.workers):
                yield batch
                if self.size != size:
                    break

    def train_step(self, batch: Batch) -> Parts:
        """Make one step of the optimiser."""
        factor = rate_factor(self.progress)
        for group in self.optimiser.param_groups:
            group["lr"] = self.options.rate * factor
        parts = self.forward(batch)
        self.optimiser.zero_grad(set_to_none=True)
        parts.total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimiser.step()
        self.average.update(self.network)
        self.step += 1
        return parts

    def forward(self, batch: Batch) -> Parts:
        """Return the loss of a batch."""
        images = batch.images.to(self.device, memory_format=torch.channels_last).float() / 255
        with self.casting():
            raw = self.network(images)
        return self.losses[images.shape[-1]](raw, batch.boxes.to(self.device), batch.classes.to(self.device))

    def casting(self) -> AbstractContextManager[None]:
        """Run convolutions in bfloat16 if that is enabled."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16)

    def state(self) -> dict[str, Any]:
        """Return the state that `load` needs."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.network.state_dict(),
            "updates": self.average.updates,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Load a state."""
        self.network.load_state_dict(state["network"])
        self.average.network.load_state_dict(state["average"])
        self.average.updates = state["updates"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]

"""[connected] as a module."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils import skip_init

from darkcsp.layers.connected import Connected
from darkcsp.to_torch.activation_functions import Activation
from darkcsp.to_torch.batch_normalization import batchnorm_blobs, make_batchnorm
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Connected)
class ConnectedModule(LayerModule):
    """Linear layer, batch normalisation where asked for, activation."""

    def __init__(self, spec: Connected) -> None:
        super().__init__()
        # Left uninitialised: the network fills it from a file, or calls reset_parameters.
        self.linear: nn.Linear = skip_init(  # type: ignore[no-untyped-call]
            nn.Linear, spec.input.size, spec.outputs, bias=not spec.batch_normalize
        )
        self.bn = make_batchnorm(spec.outputs, spec.normalization) if spec.batch_normalize else None
        self.activation = Activation(spec.activation)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, 1, 1)."""
        x = self.linear(x.flatten(1))[:, :, None, None]
        if self.bn is not None:
            x = self.bn(x)
        return self.activation(x)

    def reset_parameters(self) -> None:
        """Give the linear layer torch's usual random start."""
        self.linear.reset_parameters()

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """biases, weights[, scales, means, variances]."""
        if self.bn is None:
            return {"biases": self.linear.bias, "weights": self.linear.weight}
        return {**batchnorm_blobs(self.bn), "weights": self.linear.weight}

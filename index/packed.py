"""Linear layers in bfloat16 whose weights lie as oneDNN multiplies them.

`nn.Linear` has oneDNN bring its weights into that order at every call, which takes longer than the
product itself where there are few rows (a question); these bring them into it once. The operators
are those that PyTorch's compiler uses for frozen weights. Imports torch.
"""

from typing import cast

import torch
from torch import Tensor, nn

from index.bert import Bert, fill_up_to

ROWS = 128
"""What the order of the weights is chosen for, and how many rows of a long sum are multiplied at
once: few rows let oneDNN cut such a sum, and its last bits hang on how."""
LONG_SUM = 384
"""Terms; so many were never cut, 512 were."""


class PackedLinear(nn.Module):
    """A linear layer for use alone, not to be trained or saved.

    A row gives the same whatever other rows there are (bit for bit on AMX and on AVX-512, where it
    was measured).

    Args:
        linear: with weights in bfloat16; they are copied.
        activation: "gelu" applies the exact GELU to what comes out, before it is rounded.
    """

    def __init__(self, linear: nn.Linear, *, activation: str = "none") -> None:
        super().__init__()
        weight, bias = linear.weight.detach(), linear.bias.detach()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight, ROWS)
        self._bias = bias
        self._activation = activation
        self._long = linear.in_features > LONG_SUM

    def forward(self, rows: Tensor) -> Tensor:
        """Return (n, out_features) for (n, in_features)."""
        if not self._long:
            return self._multiply(rows)
        *whole, last = torch.split(rows, ROWS)
        blocks = [*whole, fill_up_to(last, ROWS)]
        return torch.cat([self._multiply(block) for block in blocks])[: len(rows)]

    def _multiply(self, rows: Tensor) -> Tensor:
        found = torch.ops.mkldnn._linear_pointwise(
            rows, self._weight, self._bias, self._activation, [], "none"
        )
        return cast(Tensor, found)


def pack(network: Bert) -> None:
    """Put packed layers in the place of the linear ones, so that the network can only be used.

    In another type than bfloat16 they would gain nothing, so such a network stays as it is.
    """
    for layer in network.layers:
        if isinstance(layer.intermediate, PackedLinear) or _type_of(layer) != torch.bfloat16:
            continue
        widening = cast(nn.Linear, layer.intermediate.dense)
        layer.intermediate = PackedLinear(widening, activation="gelu")
        for module in layer.modules():
            for name, inner in list(module.named_children()):
                if isinstance(inner, nn.Linear):
                    setattr(module, name, PackedLinear(inner))


def _type_of(layer: nn.Module) -> torch.dtype:
    return next(layer.parameters()).dtype

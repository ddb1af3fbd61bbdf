"""The parts of a transformer that the encoder and the decoder share."""

from __future__ import annotations

from dataclasses import dataclass

from export_whisper.checkpoint import Checkpoint
from export_whisper.graph import GraphBuilder
from export_whisper.precision import Precision


@dataclass
class Layers:
    """Adds layers to a graph, weights by their name in the checkpoint."""

    g: GraphBuilder
    checkpoint: Checkpoint
    precision: Precision

    def projection(self, x: str, name: str, inputs: int, outputs: int) -> str:
        """x @ weightᵀ + bias, [.., inputs] -> [.., outputs]; key projections have no bias."""
        weights = self.checkpoint.weights
        weight = weights.get(name + ".weight", outputs, inputs).T
        bias = None
        if name + ".bias" in weights:
            bias = self.g.constant(weights.get(name + ".bias", outputs), f"model.{name}.bias")
        return self.precision.linear(self.g, x, weight, f"model.{name}", bias)

    def square(self, x: str, name: str) -> str:
        """A projection that keeps the width."""
        return self.projection(x, name, self.checkpoint.config.width, self.checkpoint.config.width)

    def norm(self, x: str, name: str) -> str:
        return self.g.op("LayerNormalization", x, *self._norm_weights(name), axis=-1, epsilon=1e-5)

    def add_norm(self, y: str, x: str, name: str) -> tuple[str, str]:
        """
        norm(y + x) and y + x, by one fused operator.

        Fast for the few rows of a decoder step. For many rows it is about 10 times slower than Add and
        LayerNormalization, so the encoder spells them out.
        """
        outputs = self.g.ops(
            "SkipLayerNormalization",
            y,
            x,
            *self._norm_weights(name),
            outputs=[f"{name}.out", "", "", f"{name}.sum"],
            epsilon=1e-5,
        )
        return outputs[0], outputs[3]

    def feed_forward(self, x: str, layer: str) -> str:
        config = self.checkpoint.config
        hidden = config.encoder_ffn if layer.startswith("encoder.") else config.decoder_ffn
        inner = self.projection(x, f"{layer}fc1", config.width, hidden)
        return self.projection(self.g.op(config.activation, inner), f"{layer}fc2", hidden, config.width)

    def split_heads(self, x: str, heads: int, size: int) -> str:
        """[batch, positions, heads·size] -> [batch, heads, positions, size]"""
        return self.g.op("Transpose", self.g.op("Reshape", x, self.g.ints(0, 0, heads, size)), perm=[0, 2, 1, 3])

    def _norm_weights(self, name: str) -> tuple[str, str]:
        width = self.checkpoint.config.width
        weights = self.checkpoint.weights
        return (
            self.g.constant(weights.get(name + ".weight", width), f"model.{name}.g"),
            self.g.constant(weights.get(name + ".bias", width), f"model.{name}.b"),
        )

"""
Whisper in NumPy: a reference for small checkpoints where torch is not installed.

Written from the architecture (Radford et al. 2022, and the tensor names of transformers), not from the exporter's
graphs, and without a cache, so that it shares no mistake with them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from export_whisper.checkpoint import Checkpoint, FloatArray


class NumpyModel:
    name = "NumPy"

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.config = checkpoint.config
        weights = checkpoint.weights
        prefix = "model." if any(name.startswith("model.") for name in weights.names) else ""
        self.tensors = {
            name.removeprefix(prefix): weights.read(name) for name in weights.names if name != "proj_out.weight"
        }
        self.projection = self.tensors["decoder.embed_tokens.weight"]
        if not self.config.tied:
            self.projection = weights.read("proj_out.weight")

    def encode(self, features: FloatArray) -> NumpyEncoded:
        x = _gelu(self._conv(features, "encoder.conv1", 1))
        x = _gelu(self._conv(x, "encoder.conv2", 2)).T
        x = x + self.tensors["encoder.embed_positions.weight"][: len(x)]
        for i in range(self.config.encoder_layers):
            layer = f"encoder.layers.{i}."
            y = self._norm(x, layer + "self_attn_layer_norm")
            x = x + self._attention(y, y, layer + "self_attn", self.config.encoder_heads, causal=False)
            x = x + self._mlp(self._norm(x, layer + "final_layer_norm"), layer)
        return NumpyEncoded(self, self._norm(x, "encoder.layer_norm"))

    def decode(self, hidden: FloatArray, tokens: Sequence[int]) -> FloatArray:
        """Logits of all positions, [tokens, vocabulary]."""
        heads = self.config.decoder_heads
        x = self.tensors["decoder.embed_tokens.weight"][list(tokens)] * np.float32(self.config.embedding_scale)
        x = x + self.tensors["decoder.embed_positions.weight"][: len(tokens)]
        for i in range(self.config.decoder_layers):
            layer = f"decoder.layers.{i}."
            y = self._norm(x, layer + "self_attn_layer_norm")
            x = x + self._attention(y, y, layer + "self_attn", heads, causal=True)
            y = self._norm(x, layer + "encoder_attn_layer_norm")
            x = x + self._attention(y, hidden, layer + "encoder_attn", heads, causal=False)
            x = x + self._mlp(self._norm(x, layer + "final_layer_norm"), layer)
        logits: FloatArray = self._norm(x, "decoder.layer_norm") @ self.projection.T
        return logits

    def _conv(self, x: FloatArray, name: str, stride: int) -> FloatArray:
        padded = np.pad(x, ((0, 0), (1, 1)))
        columns = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1)[:, ::stride]
        weight, bias = self.tensors[name + ".weight"], self.tensors[name + ".bias"]
        y: FloatArray = np.einsum("ock,cfk->of", weight, columns, optimize=True) + bias[:, None]
        return y

    def _norm(self, x: FloatArray, name: str) -> FloatArray:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + np.float32(1e-5))
        y: FloatArray = scaled * self.tensors[name + ".weight"] + self.tensors[name + ".bias"]
        return y

    def _linear(self, x: FloatArray, name: str) -> FloatArray:
        y: FloatArray = x @ self.tensors[name + ".weight"].T
        return y + self.tensors[name + ".bias"] if name + ".bias" in self.tensors else y

    def _mlp(self, x: FloatArray, layer: str) -> FloatArray:
        inner = self._linear(x, layer + "fc1")
        active = _gelu(inner) if self.config.activation == "Gelu" else np.maximum(inner, 0)
        return self._linear(active, layer + "fc2")

    def _attention(self, x: FloatArray, source: FloatArray, name: str, heads: int, causal: bool) -> FloatArray:
        def split(value: FloatArray) -> FloatArray:
            return value.reshape(len(value), heads, -1).transpose(1, 0, 2)

        q = split(self._linear(x, name + ".q_proj"))
        k, v = split(self._linear(source, name + ".k_proj")), split(self._linear(source, name + ".v_proj"))
        scores = q @ k.transpose(0, 2, 1) / np.float32(q.shape[-1] ** 0.5)
        if causal:
            scores = np.where(np.tri(len(x), len(source), dtype=bool), scores, -np.inf)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        return self._linear((weights @ v).transpose(1, 0, 2).reshape(len(x), -1), name + ".out_proj")


class NumpyEncoded:
    def __init__(self, model: NumpyModel, hidden: FloatArray) -> None:
        self._model, self.hidden = model, hidden

    def start(self) -> NumpyDecoder:
        return NumpyDecoder(self._model, self.hidden)


class NumpyDecoder:
    def __init__(self, model: NumpyModel, hidden: FloatArray) -> None:
        self._model, self._hidden = model, hidden
        self._tokens: list[int] = []

    def append(self, tokens: Sequence[int]) -> FloatArray:
        self._tokens += tokens
        return self._model.decode(self._hidden, self._tokens)[-len(tokens) :]


def _gelu(x: FloatArray) -> FloatArray:
    half, root = np.float32(0.5), np.float32(2**0.5)
    return (x * half * (np.float32(1) + _erf(x / root))).astype(np.float32)


def _erf(x: FloatArray) -> FloatArray:
    """Error function to 1.5e-7 (Abramowitz and Stegun, 7.1.26)."""
    t = 1 / (1 + np.float32(0.3275911) * np.abs(x))
    series = np.zeros_like(t)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(factor)) * t
    return (np.sign(x) * (1 - series * np.exp(-(x**2)))).astype(np.float32)

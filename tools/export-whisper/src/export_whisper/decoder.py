"""The decoder graph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from onnx import TensorProto

from export_whisper.checkpoint import Checkpoint, FloatArray
from export_whisper.graph import GraphBuilder
from export_whisper.layers import Layers
from export_whisper.precision import Precision

#: (layer, head) pairs whose cross-attention follows the audio.
AlignmentHeads = Sequence[tuple[int, int]]


def build_decoder(checkpoint: Checkpoint, precision: Precision, alignment_heads: AlignmentHeads) -> GraphBuilder:
    """
    One graph without branches: the history may be empty (a prompt) or not (a step).

    Inputs: `input_ids` [rows, tokens], `logits_from` [1] (first position whose logits are wanted: 0 for all, -1 for the
    last), `past_key_values.{i}.decoder.{key,value}` [rows, heads, past, size] and
    `past_key_values.{i}.encoder.{key,value}` [batch, heads, frames, size].
    Outputs: `logits` [rows, scored, vocabulary], `present.{i}.decoder.{key,value}` and, with alignment heads,
    `alignment` [batch, heads, beams·tokens, frames]: the cross-attention probabilities of those heads.

    `rows` may be a multiple of `batch`: the beams of one window share its keys and values (row = window·beams + beam).
    """
    g, c, weights = GraphBuilder(), checkpoint.config, checkpoint.weights
    layers = Layers(g, checkpoint, precision)
    heads, size = c.decoder_heads, c.decoder_head_size

    ids = g.input("input_ids", ["rows", "tokens"], TensorProto.INT64)
    logits_from = g.input("logits_from", [1], TensorProto.INT64)
    past = {
        (i, side, kind): g.input(
            f"past_key_values.{i}.{side}.{kind}",
            ["rows", heads, "past", size] if side == "decoder" else ["batch", heads, "frames", size],
        )
        for i in range(c.decoder_layers)
        for side in ("decoder", "encoder")
        for kind in ("key", "value")
    }

    table = weights.get("decoder.embed_tokens.weight", c.vocabulary_size, c.width)
    x = precision.embed(g, ids, table)
    if c.embedding_scale != 1.0:
        x = g.op("Mul", x, g.constant(np.float32(c.embedding_scale)))
    start = g.slice(g.op("Shape", past[0, "decoder", "key"]), g.ints(2), g.ints(3), 0)
    end = g.op("Add", start, g.slice(g.op("Shape", ids), g.ints(1), g.ints(2), 0))
    positions = g.constant(weights.get("decoder.embed_positions.weight", c.max_tokens, c.width), "pos")
    x = g.op("Add", x, g.slice(positions, start, end, 0))
    mask = _causal_mask(g, c.max_tokens, start, end)

    # Rows of one window are folded into its positions for cross-attention, and unfolded after it.
    batch = g.slice(g.op("Shape", past[0, "encoder", "key"]), g.ints(0), g.ints(1), 0)
    folded = g.op("Concat", batch, g.ints(-1, c.width), axis=0)
    unfolded = g.op("Concat", g.op("Shape", ids), g.ints(c.width), axis=0)

    probabilities: list[str] = []
    y = layers.norm(x, "decoder.layers.0.self_attn_layer_norm")
    for i in range(c.decoder_layers):
        layer = f"decoder.layers.{i}."
        present = [f"present.{i}.decoder.{kind}" for kind in ("key", "value")]
        attended = g.ops(
            "MultiHeadAttention",
            *(layers.square(y, f"{layer}self_attn.{part}_proj") for part in "qkv"),
            "",
            "",
            mask,
            past[i, "decoder", "key"],
            past[i, "decoder", "value"],
            outputs=[f"{layer}self", *present],
            num_heads=heads,
        )[0]
        for name in present:
            g.output(name, ["rows", heads, "past+tokens", size])
        y, x = layers.add_norm(
            layers.square(attended, f"{layer}self_attn.out_proj"), x, f"{layer}encoder_attn_layer_norm"
        )

        query = g.op("Reshape", layers.square(y, f"{layer}encoder_attn.q_proj"), folded)
        key, value = past[i, "encoder", "key"], past[i, "encoder", "value"]
        read = [head for its_layer, head in alignment_heads if its_layer == i]
        if read:
            attended, probability = _readable_attention(layers, query, key, value, heads, size)
            probabilities.append(g.op("Gather", probability, g.ints(*read), axis=1))
        else:
            attended = g.op("MultiHeadAttention", query, key, value, num_heads=heads)
        attended = g.op("Reshape", attended, unfolded)
        y, x = layers.add_norm(layers.square(attended, f"{layer}encoder_attn.out_proj"), x, f"{layer}final_layer_norm")

        last = i + 1 == c.decoder_layers
        following = "decoder.layer_norm" if last else f"decoder.layers.{i + 1}.self_attn_layer_norm"
        y, x = layers.add_norm(layers.feed_forward(y, layer), x, following)

    y = g.slice(y, logits_from, g.ints(2**31 - 1), 1)
    g.output("logits", ["rows", "scored", c.vocabulary_size], _logits(layers, y, table))
    g.output_first("logits")
    if probabilities:
        joined = g.op("Concat", *probabilities, axis=1) if len(probabilities) > 1 else probabilities[0]
        g.output("alignment", ["batch", len(alignment_heads), "beams*tokens", "frames"], joined)
    return g


def _causal_mask(g: GraphBuilder, max_tokens: int, start: str, end: str) -> str:
    """Bias [1, 1, tokens, past + tokens]; an input and not `unidirectional`, which WebGPU's operator lacks."""
    at = np.arange(max_tokens, dtype=np.float32)
    rows = g.slice(g.constant(at[None, None, :, None], "rows"), start, end, 2)
    columns = g.slice(g.constant(at[None, None, None, :], "cols"), g.ints(0), end, 3)
    later = g.op("Greater", columns, rows)
    return g.op("Where", later, g.constant(np.float32(-1e9)), g.constant(np.float32(0)))


def _readable_attention(layers: Layers, query: str, key: str, value: str, heads: int, size: int) -> tuple[str, str]:
    """Attention spelled out, so that its probabilities can be an output; ONNX Runtime fuses the products."""
    g = layers.g
    scaled = g.op("Mul", layers.split_heads(query, heads, size), g.constant(np.float32(size**-0.5)))
    scores = g.op("MatMul", scaled, g.op("Transpose", key, perm=[0, 1, 3, 2]))
    probability = g.op("Softmax", scores, axis=-1)
    return g.op("Transpose", g.op("MatMul", probability, value), perm=[0, 2, 1, 3]), probability


def _logits(layers: Layers, y: str, table: FloatArray) -> str:
    c, weights = layers.checkpoint.config, layers.checkpoint.weights
    if c.tied:  # as transformers does, whatever proj_out.weight holds
        return layers.precision.logits(layers.g, y, table)
    projection = weights.get("proj_out.weight", c.vocabulary_size, c.width)
    return layers.precision.linear(layers.g, y, projection.T, "proj_out", None)

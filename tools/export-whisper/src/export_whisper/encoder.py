"""The encoder graph."""

from __future__ import annotations

from export_whisper.checkpoint import Checkpoint
from export_whisper.graph import GraphBuilder
from export_whisper.layers import Layers
from export_whisper.precision import Precision


def build_encoder(checkpoint: Checkpoint, precision: Precision) -> GraphBuilder:
    """
    `input_features` [batch, mels, frames2] -> `present.{i}.encoder.{key,value}` [batch, heads, frames, size] for every
    decoder layer i, `last_hidden_state` [batch, frames, width]; frames = ceil(frames2 / 2).

    The keys and values that the decoder attends to are computed here, once a window and not once a token. Fewer
    frames than 30 s are allowed.
    """
    g, c = GraphBuilder(), checkpoint.config
    layers = Layers(g, checkpoint, precision)

    x = g.input("input_features", ["batch", c.mel_bins, "frames2"])
    for i, channels in ((1, c.mel_bins), (2, c.width)):
        name = f"encoder.conv{i}"
        weight = g.constant(checkpoint.weights.get(name + ".weight", c.width, channels, 3), f"model.{name}.w")
        bias = g.constant(checkpoint.weights.get(name + ".bias", c.width), f"model.{name}.b")
        x = g.op("Gelu", g.op("Conv", x, weight, bias, kernel_shape=[3], pads=[1, 1], strides=[i]))
    x = g.op("Transpose", x, perm=[0, 2, 1])
    positions = g.constant(checkpoint.weights.get("encoder.embed_positions.weight", c.max_positions, c.width), "pos")
    frames = g.slice(g.op("Shape", x), g.ints(1), g.ints(2), 0)
    x = g.op("Add", x, g.slice(positions, g.ints(0), frames, 0))

    # From here on rows are [batch·frames, width]: on 2-D tensors ONNX Runtime does not fuse Add and
    # LayerNormalization into its SkipLayerNormalization, which is about 10 times slower on 1500 rows.
    whole, flat = g.op("Shape", x), g.ints(-1, c.width)
    x = g.op("Reshape", x, flat)
    y = layers.norm(x, "encoder.layers.0.self_attn_layer_norm")
    for i in range(c.encoder_layers):
        layer = f"encoder.layers.{i}."
        q, k, v = (g.op("Reshape", layers.square(y, f"{layer}self_attn.{part}_proj"), whole) for part in "qkv")
        attended = g.op("Reshape", g.op("MultiHeadAttention", q, k, v, num_heads=c.encoder_heads), flat)
        x = g.op("Add", layers.square(attended, f"{layer}self_attn.out_proj"), x)
        x = g.op("Add", layers.feed_forward(layers.norm(x, f"{layer}final_layer_norm"), layer), x)
        last = i + 1 == c.encoder_layers
        y = layers.norm(x, "encoder.layer_norm" if last else f"encoder.layers.{i + 1}.self_attn_layer_norm")

    heads, size = c.decoder_heads, c.decoder_head_size
    for i in range(c.decoder_layers):
        for part, kind in (("k", "key"), ("v", "value")):
            projected = g.op("Reshape", layers.square(y, f"decoder.layers.{i}.encoder_attn.{part}_proj"), whole)
            source = layers.split_heads(projected, heads, size)
            g.output(f"present.{i}.encoder.{kind}", ["batch", heads, "frames", size], source)
    g.output("last_hidden_state", ["batch", "frames", c.width], g.op("Reshape", y, whole))
    return g

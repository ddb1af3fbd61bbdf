"""The part of a checkpoint's `config.json` that shapes the graphs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from export_whisper.errors import ExportError

#: `activation_function` of config.json -> ONNX operator.
ACTIVATIONS = {"gelu": "Gelu", "relu": "Relu"}


@dataclass(frozen=True)
class WhisperConfig:
    width: int
    mel_bins: int
    vocabulary_size: int
    encoder_layers: int
    encoder_heads: int
    encoder_ffn: int
    decoder_layers: int
    decoder_heads: int
    decoder_ffn: int
    max_positions: int
    """Encoder positions (1500 for 30 s)."""
    max_tokens: int
    activation: str
    """ONNX operator."""
    embedding_scale: float
    tied: bool
    """Whether the output projection is the token embedding."""

    @property
    def decoder_head_size(self) -> int:
        return self.width // self.decoder_heads


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds an object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ExportError(f"{path}: not found") from None
    except ValueError as error:
        raise ExportError(f"{path}: not a JSON file ({error})") from error
    if not isinstance(value, dict):
        raise ExportError(f"{path}: expected a JSON object")
    return value


def parse_config(raw: dict[str, Any], origin: str = "config.json") -> WhisperConfig:
    """Check and name the values of `config.json`."""
    if raw.get("model_type", "whisper") != "whisper":
        raise ExportError(f"{origin}: model_type is {raw['model_type']!r}, this exporter knows 'whisper'")

    def size(key: str, default: int | None = None) -> int:
        value = raw.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ExportError(f"{origin}: {key!r} is {value!r}, expected a whole number above 0")
        return value

    activation = raw.get("activation_function", "gelu")
    if activation not in ACTIVATIONS:
        raise ExportError(f"{origin}: activation_function {activation!r}, expected one of {', '.join(ACTIVATIONS)}")
    width = size("d_model")
    for side in ("encoder", "decoder"):
        heads = size(f"{side}_attention_heads")
        if width % heads:
            raise ExportError(f"{origin}: d_model {width} does not divide by {side}_attention_heads {heads}")
    return WhisperConfig(
        width=width,
        mel_bins=size("num_mel_bins", 80),
        vocabulary_size=size("vocab_size"),
        encoder_layers=size("encoder_layers"),
        encoder_heads=size("encoder_attention_heads"),
        encoder_ffn=size("encoder_ffn_dim", 4 * width),
        decoder_layers=size("decoder_layers"),
        decoder_heads=size("decoder_attention_heads"),
        decoder_ffn=size("decoder_ffn_dim", 4 * width),
        max_positions=size("max_source_positions", 1500),
        max_tokens=size("max_target_positions", 448),
        activation=ACTIVATIONS[activation],
        embedding_scale=width**0.5 if raw.get("scale_embedding", False) else 1.0,
        tied=raw.get("tie_word_embeddings", True),
    )

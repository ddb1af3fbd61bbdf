"""A small Whisper checkpoint with random weights, in every form that checkpoints come in."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

CONFIG: dict[str, Any] = {
    "model_type": "whisper",
    "d_model": 64,
    "num_mel_bins": 80,
    "vocab_size": 300,
    "encoder_layers": 2,
    "encoder_attention_heads": 2,
    "encoder_ffn_dim": 96,
    "decoder_layers": 3,
    "decoder_attention_heads": 4,
    "decoder_ffn_dim": 160,
    "max_source_positions": 50,
    "max_target_positions": 24,
    "activation_function": "gelu",
    "pad_token_id": 256,
    "eos_token_id": 256,
    "decoder_start_token_id": 257,
}

#: Control tokens after the 256 bytes.
NAMES = ["endoftext", "startoftranscript", "en", "translate", "transcribe", "startofprev", "notimestamps"]


def tensors(config: dict[str, Any], seed: int = 2) -> dict[str, np.ndarray]:
    """Random weights under the names that transformers gives them."""
    random = np.random.default_rng(seed)
    width, state = config["d_model"], {}

    def put(name: str, *shape: int, scale: float = 0.15) -> None:
        state[f"model.{name}"] = (random.standard_normal(shape) * scale).astype(np.float32)

    def norm(name: str) -> None:
        put(name + ".weight", width)
        state[f"model.{name}.weight"] += 1
        put(name + ".bias", width)

    def linear(name: str, rows: int, columns: int, bias: bool = True) -> None:
        put(name + ".weight", rows, columns)
        if bias:
            put(name + ".bias", rows)

    for i, channels in ((1, config["num_mel_bins"]), (2, width)):
        put(f"encoder.conv{i}.weight", width, channels, 3)
        put(f"encoder.conv{i}.bias", width)
    put("encoder.embed_positions.weight", config["max_source_positions"], width)
    put("decoder.embed_positions.weight", config["max_target_positions"], width)
    put("decoder.embed_tokens.weight", config["vocab_size"], width, scale=0.4)
    for side in ("encoder", "decoder"):
        norm(f"{side}.layer_norm")
        for i in range(config[f"{side}_layers"]):
            layer = f"{side}.layers.{i}."
            kinds = ["self_attn"] + (["encoder_attn"] if side == "decoder" else [])
            for kind in kinds:
                norm(f"{layer}{kind}_layer_norm")
                for part in ("q", "k", "v", "out"):
                    linear(f"{layer}{kind}.{part}_proj", width, width, bias=part != "k")
            norm(layer + "final_layer_norm")
            linear(layer + "fc1", config[f"{side}_ffn_dim"], width)
            linear(layer + "fc2", width, config[f"{side}_ffn_dim"])
    state["proj_out.weight"] = state["model.decoder.embed_tokens.weight"].copy()
    return state


def write(
    folder: Path, state: dict[str, np.ndarray] | None = None, config: dict[str, Any] | None = None
) -> dict[str, np.ndarray]:
    """Write a whole checkpoint folder without generation_config.json; returns its tensors."""
    config = {**CONFIG, **(config or {})}
    folder.mkdir(parents=True, exist_ok=True)
    state = tensors(config) if state is None else state
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config))
    write_tokenizer(folder)
    return state


def write_tokenizer(folder: Path) -> None:
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    pieces = [*map(chr, printable), *(chr(256 + i) for i in range(len(others)))]
    added = [{"id": 256 + i, "content": f"<|{name}|>", "special": True} for i, name in enumerate(NAMES)]
    value = {
        "added_tokens": added,
        "model": {"type": "BPE", "vocab": {p: i for i, p in enumerate(pieces)}, "merges": []},
    }
    (folder / "tokenizer.json").write_text(json.dumps(value))


def write_wav(path: Path, seconds: float = 1.7, rate: int = 16000) -> Path:
    """Two gliding tones and some noise."""
    t = np.arange(int(seconds * rate)) / rate
    noise = np.random.default_rng(3).standard_normal(len(t))
    samples = 0.3 * np.sin(2 * np.pi * (300 + 200 * t) * t) + 0.2 * np.sin(2 * np.pi * 2100 * t) + 0.02 * noise
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path

"""The files that belong beside the graphs: configuration, tokenizer, and what was made how."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from export_whisper.checkpoint import Checkpoint
from export_whisper.config import read_json
from export_whisper.errors import ExportError

AlignmentHead = tuple[int, int]

#: Copied as they are where the checkpoint has them.
_COPIED = ("config.json", "preprocessor_config.json", "processor_config.json")
_TOKENIZER = "tokenizer.json"
_OLDER_TOKENIZER = ("vocab.json", "merges.txt", "added_tokens.json")


def _heads(text: str) -> tuple[AlignmentHead, ...]:
    pairs = (entry.split(",") for entry in text.split())
    return tuple((int(layer), int(head)) for layer, head in pairs)


#: Alignment heads of OpenAI's checkpoints by (decoder layers, decoder heads, English-only, mel bins).
#: Source: `_ALIGNMENT_HEADS` of openai/whisper `whisper/__init__.py`.
_KNOWN_HEADS: dict[tuple[int, int, bool, int], tuple[AlignmentHead, ...]] = {
    (4, 6, True, 80): _heads("1,0 2,0 2,5 3,0 3,1 3,2 3,3 3,4"),
    (4, 6, False, 80): _heads("2,2 3,0 3,2 3,3 3,4 3,5"),
    (6, 8, True, 80): _heads("3,3 4,7 5,1 5,5 5,7"),
    (6, 8, False, 80): _heads("3,1 4,2 4,3 4,7 5,1 5,2 5,4 5,6"),
    (12, 12, True, 80): _heads("6,6 7,0 7,3 7,8 8,2 8,5 8,7 9,0 9,4 9,8 9,10 10,0 10,1 10,2 10,3 10,6 10,11 11,2 11,4"),
    (12, 12, False, 80): _heads("5,3 5,9 8,0 8,4 8,7 8,8 9,0 9,7 9,9 10,5"),
    (24, 16, False, 80): _heads("13,15 15,4 15,15 16,1 20,0 23,4"),
    (32, 20, False, 128): _heads("7,0 10,17 12,18 13,12 16,1 17,14 19,11 21,4 24,1 25,6"),
    (4, 20, False, 128): _heads("2,4 2,11 3,3 3,6 3,11 3,14"),
}

#: What older config.json files say about generation.
_GENERATION_KEYS = (
    "bos_token_id",
    "eos_token_id",
    "pad_token_id",
    "decoder_start_token_id",
    "max_length",
    "suppress_tokens",
    "begin_suppress_tokens",
)

#: Vocabulary of OpenAI's English-only checkpoints.
_ENGLISH_ONLY = 51864


@dataclass(frozen=True)
class Generation:
    """What `generation_config.json` says, or what stands in for it."""

    values: dict[str, Any]
    alignment_heads: tuple[AlignmentHead, ...]
    notes: tuple[str, ...]
    """What was filled in, for the person who exports."""


def read_generation(checkpoint: Checkpoint, override: Path | None = None) -> Generation:
    """
    Read `generation_config.json` of the checkpoint, or the file given instead (of the model it was tuned from).

    Fine-tunes often lack the file or its alignment heads; then the heads of OpenAI's model of the same shape are
    taken, else all heads of the later half of the decoder, which is openai-whisper's own default.
    """
    path = override or checkpoint.folder / "generation_config.json"
    notes: list[str] = []
    if override is not None or path.is_file():
        values = read_json(path)
    else:
        raw = checkpoint.raw_config
        values = {key: raw[key] for key in _GENERATION_KEYS if raw.get(key) is not None}
        notes.append(f"{path.name} is missing: made one of config.json's token ids")
    heads, note = _alignment_heads(checkpoint, values.get("alignment_heads"))
    if note:
        notes.append(note)
        values = {**values, "alignment_heads": [list(head) for head in heads]}
    return Generation(values, heads, tuple(notes))


def _alignment_heads(checkpoint: Checkpoint, stated: object) -> tuple[tuple[AlignmentHead, ...], str]:
    c = checkpoint.config
    problem = "no alignment heads are stated"
    if stated:
        pairs = stated if isinstance(stated, list) else []
        valid = pairs and all(
            isinstance(pair, list)
            and len(pair) == 2
            and all(isinstance(value, int) and not isinstance(value, bool) for value in pair)
            for pair in pairs
        )
        if not valid:
            raise ExportError(f"generation_config.json: alignment_heads is {stated!r}, expected [[layer, head], …]")
        if all(0 <= layer < c.decoder_layers and 0 <= head < c.decoder_heads for layer, head in pairs):
            return tuple(sorted((layer, head) for layer, head in pairs)), ""
        problem = (
            f"alignment_heads name heads that the decoder ({c.decoder_layers} layers of {c.decoder_heads} heads) "
            "does not have, probably those of the model it was distilled from"
        )
    key = (c.decoder_layers, c.decoder_heads, c.vocabulary_size == _ENGLISH_ONLY, c.mel_bins)
    if key in _KNOWN_HEADS:
        return _KNOWN_HEADS[key], f"{problem}: took those of OpenAI's model of this shape"
    later = range(c.decoder_layers // 2, c.decoder_layers)
    return (
        tuple((layer, head) for layer in later for head in range(c.decoder_heads)),
        f"{problem}: took all heads of the later half of the decoder; word times may be less exact "
        "(--generation-config takes the file of the model this was tuned from)",
    )


def copy_companions(checkpoint: Checkpoint, generation: Generation, out: Path) -> list[Path]:
    """Copy configuration and tokenizer to `out`; returns the files written."""
    folder = checkpoint.folder
    if (folder / _TOKENIZER).is_file():
        names = [*_COPIED, _TOKENIZER]
    elif all((folder / name).is_file() for name in _OLDER_TOKENIZER[:2]):
        names = [*_COPIED, *_OLDER_TOKENIZER]
    else:
        raise ExportError(
            f"{folder}: expected tokenizer.json, or vocab.json and merges.txt. Copy them from the model this was "
            "tuned from, or save them with WhisperProcessor.from_pretrained(base).save_pretrained(folder)"
        )
    written = []
    for name in names:
        if (folder / name).is_file():
            written.append(Path(shutil.copyfile(folder / name, out / name)))
    if not any(path.name in ("preprocessor_config.json", "processor_config.json") for path in written):
        values = {"feature_extractor_type": "WhisperFeatureExtractor", "feature_size": checkpoint.config.mel_bins}
        values |= {"sampling_rate": 16000, "n_fft": 400, "hop_length": 160, "chunk_length": 30}
        written.append(write_json(out / "preprocessor_config.json", values))
    written.append(write_json(out / "generation_config.json", generation.values))
    return written


def write_json(path: Path, values: dict[str, Any]) -> Path:
    path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def write_manifest(out: Path, files: Sequence[Path], facts: dict[str, Any]) -> Path:
    """Write `export.json`: how the files were made, and their sizes and SHA-256."""
    listed = {path.name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for path in sorted(files)}
    return write_json(out / "export.json", {**facts, "files": listed})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

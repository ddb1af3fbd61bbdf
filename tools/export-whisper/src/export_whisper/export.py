"""Checkpoint folder in, model folder out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from export_whisper.checkpoint import Checkpoint, load_checkpoint
from export_whisper.companions import copy_companions, read_generation, write_manifest
from export_whisper.decoder import build_decoder
from export_whisper.encoder import build_encoder
from export_whisper.errors import ExportError
from export_whisper.precision import PRECISIONS, Precision
from export_whisper.version import __version__


@dataclass(frozen=True)
class ExportResult:
    folder: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    """What the checkpoint lacked and how it was filled in."""


def export_checkpoint(
    source: Path,
    out: Path,
    precision: str = "int8",
    *,
    decoder_precision: str | None = None,
    alignment: bool = True,
    generation_config: Path | None = None,
) -> ExportResult:
    """
    Write `encoder.onnx`, `decoder.onnx`, configuration, tokenizer and `export.json` of a Whisper checkpoint.

    :param source: Hugging Face checkpoint folder.
    :param out: Folder to write; made if it is not there, other files in it are left alone.
    :param precision: A name in `PRECISIONS`; `decoder_precision` may choose another for the decoder.
    :param alignment: Give the cross-attention of the alignment heads out (word times need it).
    :param generation_config: Taken instead of the checkpoint's own.
    :raises ExportError: The checkpoint is damaged or is not one this exporter knows.
    """
    if out.resolve() == source.resolve():
        raise ExportError(f"{out}: the output folder is the checkpoint's own")
    encoder_kind, decoder_kind = _precision(precision), _precision(decoder_precision or precision)
    checkpoint = load_checkpoint(source)
    generation = read_generation(checkpoint, generation_config)
    # All graphs are built before anything is written: a missing tensor leaves no half of a model behind.
    encoder = build_encoder(checkpoint, encoder_kind)
    decoder = build_decoder(checkpoint, decoder_kind, generation.alignment_heads if alignment else ())
    notes = (*generation.notes, *_projection_notes(checkpoint))
    out.mkdir(parents=True, exist_ok=True)
    files = copy_companions(checkpoint, generation, out)
    files += encoder.save(out / "encoder.onnx")
    files += decoder.save(out / "decoder.onnx")
    facts = {
        "exporter": f"export-whisper {__version__}",
        "source": source.resolve().name,
        "encoder": encoder_kind.name,
        "decoder": decoder_kind.name,
        "alignment_heads": [list(head) for head in generation.alignment_heads] if alignment else [],
    }
    files.append(write_manifest(out, files, facts))
    return ExportResult(out, tuple(files), notes)


def _projection_notes(checkpoint: Checkpoint) -> list[str]:
    config, weights = checkpoint.config, checkpoint.weights
    if not config.tied or "proj_out.weight" not in weights:
        return []
    shape = (config.vocabulary_size, config.width)
    same = np.array_equal(weights.get("proj_out.weight", *shape), weights.get("decoder.embed_tokens.weight", *shape))
    if same:
        return []
    return [
        "proj_out.weight differs from the token embedding, but config.json ties the two, so it was left out as "
        "transformers does; set tie_word_embeddings to false in config.json if it was trained"
    ]


def _precision(name: str) -> Precision:
    if name not in PRECISIONS:
        raise ExportError(f"precision {name!r}, expected one of {', '.join(PRECISIONS)}")
    return PRECISIONS[name]

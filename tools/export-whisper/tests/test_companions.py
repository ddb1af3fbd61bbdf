"""Configuration and tokenizer beside the graphs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import small_checkpoint

from export_whisper import ExportError, export_checkpoint
from export_whisper.checkpoint import load_checkpoint
from export_whisper.companions import read_generation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_checkpoint.write(tmp_path / "ckpt")
    return tmp_path / "ckpt"


def generation(folder: Path, values: dict[str, Any]) -> None:
    (folder / "generation_config.json").write_text(json.dumps(values))


def test_without_generation_config(folder: Path) -> None:
    result = export_checkpoint(folder, folder.parent / "out", "fp32")
    written = json.loads((result.folder / "generation_config.json").read_text())
    assert written["eos_token_id"] == 256
    # All heads of layer 1 and 2 of 3.
    assert written["alignment_heads"] == [[layer, head] for layer in (1, 2) for head in range(4)]
    assert len(result.notes) == 2


def test_heads_of_a_known_shape(folder: Path) -> None:
    checkpoint = load_checkpoint(folder)
    shape = {"decoder_layers": 6, "decoder_heads": 8, "vocabulary_size": 51865, "mel_bins": 80}
    object.__setattr__(checkpoint, "config", type(checkpoint.config)(**{**vars(checkpoint.config), **shape}))
    heads = read_generation(checkpoint).alignment_heads
    assert heads == ((3, 1), (4, 2), (4, 3), (4, 7), (5, 1), (5, 2), (5, 4), (5, 6))


def test_heads_of_the_teacher_are_not_taken(folder: Path) -> None:
    generation(folder, {"alignment_heads": [[25, 6]], "no_timestamps_token_id": 262})
    result = export_checkpoint(folder, folder.parent / "out", "fp32")
    assert "distilled" in result.notes[0]
    written = json.loads((result.folder / "generation_config.json").read_text())
    assert written["no_timestamps_token_id"] == 262
    assert [2, 3] in written["alignment_heads"]


def test_a_given_generation_config_wins(folder: Path, tmp_path: Path) -> None:
    generation(folder, {"alignment_heads": [[0, 0]]})
    (tmp_path / "base.json").write_text(json.dumps({"alignment_heads": [[2, 1], [1, 1]]}))
    result = export_checkpoint(folder, tmp_path / "out", "fp32", generation_config=tmp_path / "base.json")
    assert json.loads((result.folder / "export.json").read_text())["alignment_heads"] == [[1, 1], [2, 1]]
    assert result.notes == ()


@pytest.mark.parametrize("heads", [[1, 2], "all", [[1, "a"]], [[1, 2, 3]]])
def test_damaged_heads(folder: Path, heads: object) -> None:
    generation(folder, {"alignment_heads": heads})
    with pytest.raises(ExportError, match="alignment_heads"):
        export_checkpoint(folder, folder.parent / "out", "fp32")


def test_files_and_manifest(folder: Path) -> None:
    result = export_checkpoint(folder, folder.parent / "out", "int8")
    names = {path.name for path in result.folder.iterdir()}
    graphs = {"encoder.onnx", "decoder.onnx", "export.json"}
    assert names == graphs | {"config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json"}
    assert {path.name for path in result.files} == names
    assert json.loads((result.folder / "preprocessor_config.json").read_text())["feature_size"] == 80
    manifest = json.loads((result.folder / "export.json").read_text())
    assert set(manifest["files"]) == names - {"export.json"}
    encoder = (result.folder / "encoder.onnx").read_bytes()
    assert manifest["files"]["encoder.onnx"] == {
        "bytes": len(encoder),
        "sha256": hashlib.sha256(encoder).hexdigest(),
    }


def test_older_tokenizer_files(folder: Path) -> None:
    vocabulary = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    (folder / "added_tokens.json").write_text('{"<|endoftext|>": 256}')
    (folder / "tokenizer.json").unlink()
    result = export_checkpoint(folder, folder.parent / "out", "fp32")
    assert {"vocab.json", "merges.txt", "added_tokens.json"} <= {path.name for path in result.files}


def test_the_same_bytes_every_time(folder: Path) -> None:
    first = export_checkpoint(folder, folder.parent / "a", "int8")
    second = export_checkpoint(folder, folder.parent / "b", "int8")
    for a, b in zip(first.files, second.files, strict=True):
        assert a.read_bytes() == b.read_bytes(), a.name

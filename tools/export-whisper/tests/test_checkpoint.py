"""Every form a checkpoint comes in, and what is said of a damaged one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import small_checkpoint
from safetensors.numpy import save_file

from export_whisper import ExportError, export_checkpoint
from export_whisper.checkpoint import load_checkpoint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_checkpoint.write(tmp_path / "ckpt")
    return tmp_path / "ckpt"


def state_of(folder: Path) -> dict[str, np.ndarray]:
    return small_checkpoint.tensors(json.loads((folder / "config.json").read_text()))


def embedding(folder: Path) -> np.ndarray:
    return load_checkpoint(folder).weights.get("decoder.embed_tokens.weight", 300, 64)


def test_sharded(folder: Path) -> None:
    state = state_of(folder)
    names = sorted(state)
    shards = {"model-00001-of-00002.safetensors": names[:40], "model-00002-of-00002.safetensors": names[40:]}
    for file, part in shards.items():
        save_file({name: state[name] for name in part}, folder / file)
    index = {"weight_map": {name: file for file, part in shards.items() for name in part}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "model.safetensors").unlink()
    np.testing.assert_array_equal(embedding(folder), state["model.decoder.embed_tokens.weight"])
    export_checkpoint(folder, folder.parent / "out", "fp32")


def test_half_precision_and_names_without_prefix(folder: Path) -> None:
    state = state_of(folder)
    expected = state["model.decoder.embed_tokens.weight"]
    bare = {name.removeprefix("model."): value.astype(np.float16) for name, value in state.items()}
    save_file(bare, folder / "model.safetensors")
    np.testing.assert_array_equal(embedding(folder), expected.astype(np.float16).astype(np.float32))


def test_bfloat16(folder: Path) -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes")  # comes with onnx
    state = state_of(folder)
    expected = state["model.decoder.embed_tokens.weight"].astype(ml_dtypes.bfloat16)
    raw = {name: value.astype(ml_dtypes.bfloat16).view(np.uint16) for name, value in state.items()}
    save_file(raw, folder / "model.safetensors")
    # Rename the type in the header, and write the header's new length.
    data = (folder / "model.safetensors").read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    header = data[8:end].replace(b'"U16"', b'"BF16"')
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + data[end:])
    np.testing.assert_array_equal(embedding(folder), expected.astype(np.float32))


def test_torch_file(folder: Path) -> None:
    torch = pytest.importorskip("torch")
    state = state_of(folder)
    torch.save({name: torch.from_numpy(value).half() for name, value in state.items()}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    expected = state["model.decoder.embed_tokens.weight"].astype(np.float16).astype(np.float32)
    np.testing.assert_array_equal(embedding(folder), expected)


def test_torch_file_without_torch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    (folder / "pytorch_model.bin").write_bytes(b"")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ExportError, match="safe_serialization"):
        load_checkpoint(folder)


def drop(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        state = state_of(folder)
        del state[name]
        save_file(state, folder / "model.safetensors")

    return change


def put(name: str, value: np.ndarray) -> Callable[[Path], None]:
    return lambda folder: save_file({**state_of(folder), name: value}, folder / "model.safetensors")


def configure(**values: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**config, **values}))

    return change


def cut(folder: Path) -> None:
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[:-1000])


def adapter(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "adapter_config.json").write_text("{}")


BIAS = "model.decoder.layers.1.encoder_attn.q_proj.weight"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (drop(BIAS), rf"tensor '{BIAS}' is missing"),
        (put(BIAS, np.zeros((64, 32), np.float32)), r"shape \[64, 32\].*asks for \[64, 64\]"),
        (put(BIAS, np.full((64, 64), np.nan, np.float32)), "not finite"),
        (put(BIAS, np.zeros((64, 64), np.int32)), "I32, expected one of"),
        (cut, "cut short"),
        (adapter, "merge_and_unload"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"version https://git-lfs"), "not a readable"),
        (lambda folder: (folder / "model.safetensors").unlink(), "expected model.safetensors"),
        (lambda folder: (folder / "config.json").write_text("{"), "not a JSON file"),
        (lambda folder: (folder / "config.json").unlink(), "not found"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "expected tokenizer.json"),
        (configure(model_type="bart"), "model_type is 'bart'"),
        (configure(decoder_layers=0), "'decoder_layers' is 0"),
        (configure(decoder_attention_heads=5), "does not divide"),
        (configure(activation_function="silu"), "activation_function 'silu'"),
        (configure(tie_word_embeddings=False, vocab_size=301), r"asks for \[301, 64\]"),
    ],
)
def test_damage(folder: Path, change: Callable[[Path], object], said: str) -> None:
    change(folder)
    with pytest.raises(ExportError, match=said):
        export_checkpoint(folder, folder.parent / "out", "fp32")
    assert not (folder.parent / "out" / "decoder.onnx").exists()


def test_int4_needs_whole_blocks(folder: Path) -> None:
    small_checkpoint.write(folder, config={"decoder_ffn_dim": 80})
    with pytest.raises(ExportError, match=r"fc2.*has 80 inputs, int4 needs a multiple of 32"):
        export_checkpoint(folder, folder.parent / "out", "int4")


def test_wrong_arguments(folder: Path) -> None:
    with pytest.raises(ExportError, match="expected one of fp32"):
        export_checkpoint(folder, folder.parent / "out", "int3")
    with pytest.raises(ExportError, match="checkpoint's own"):
        export_checkpoint(folder, folder / ".", "fp32")
    with pytest.raises(ExportError, match="no such folder"):
        export_checkpoint(folder / "none", folder.parent / "out")

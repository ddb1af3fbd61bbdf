"""Reads the weights of a checkpoint folder, whatever they are stored in."""

from __future__ import annotations

import json
import math
import mmap
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export_whisper.config import WhisperConfig, parse_config, read_json
from export_whisper.errors import ExportError

FloatArray = NDArray[np.float32]

_SAFETENSORS = "model.safetensors"
_TORCH = "pytorch_model.bin"


@dataclass
class Weights:
    """The tensors of a checkpoint by name, read as float32 when they are asked for."""

    origin: str
    names: frozenset[str]
    _read: Callable[[str], FloatArray]
    _size: Callable[[str], int]
    _prefix: str = field(init=False)

    def __post_init__(self) -> None:
        # WhisperForConditionalGeneration writes "model.encoder…", WhisperModel "encoder…".
        self._prefix = "model." if any(name.startswith("model.") for name in self.names) else ""

    def __contains__(self, name: str) -> bool:
        return self._stored(name) in self.names

    def get(self, name: str, *shape: int) -> FloatArray:
        """Tensor `name` (`encoder.…`, `decoder.…` or `proj_out.weight`), which must have that shape."""
        stored = self._stored(name)
        if stored not in self.names:
            raise ExportError(
                f"{self.origin}: tensor {stored!r} is missing ({len(self.names)} tensors, "
                f"such as {', '.join(sorted(self.names)[:3])}). Is it a whole Whisper checkpoint with a decoder?"
            )
        value = self._read(stored)
        if value.shape != shape:
            raise ExportError(
                f"{self.origin}: tensor {stored!r} has shape {list(value.shape)}, "
                f"but config.json asks for {list(shape)}"
            )
        if not np.isfinite(value).all():
            raise ExportError(f"{self.origin}: tensor {stored!r} holds values that are not finite")
        return value

    def read(self, stored_name: str) -> FloatArray:
        """Any tensor, by the name it is stored under and in the shape it has."""
        return self._read(stored_name)

    def parameters(self) -> int:
        """Number of values in all tensors."""
        return sum(self._size(name) for name in self.names)

    def _stored(self, name: str) -> str:
        return name if name.startswith("proj_out.") else self._prefix + name


@dataclass
class Checkpoint:
    folder: Path
    raw_config: dict[str, Any]
    config: WhisperConfig
    weights: Weights


def load_checkpoint(folder: Path) -> Checkpoint:
    """
    Open a Hugging Face Whisper checkpoint folder.

    Takes `model.safetensors`, its sharded form (`model.safetensors.index.json`) or, where torch is installed,
    `pytorch_model.bin` and its sharded form.
    """
    if not folder.is_dir():
        raise ExportError(f"{folder}: no such folder")
    raw = read_json(folder / "config.json")
    return Checkpoint(folder, raw, parse_config(raw, str(folder / "config.json")), _open_weights(folder))


def _open_weights(folder: Path) -> Weights:
    for single, reader in ((_SAFETENSORS, _open_safetensors), (_TORCH, _open_torch)):
        index = folder / f"{single}.index.json"
        if (folder / single).is_file():
            return reader(str(folder / single), [folder / single])
        if index.is_file():
            shards = read_json(index).get("weight_map")
            if not isinstance(shards, dict):
                raise ExportError(f"{index}: expected an object 'weight_map'")
            return reader(str(index), [folder / name for name in sorted(set(shards.values()))])
    if (folder / "adapter_config.json").is_file():
        raise ExportError(
            f"{folder}: this is a LoRA adapter without the model. Merge it first: "
            "PeftModel.from_pretrained(base, folder).merge_and_unload().save_pretrained(merged)"
        )
    raise ExportError(f"{folder}: expected {_SAFETENSORS} or {_TORCH} (or their sharded form with .index.json)")


_DTYPES = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": np.uint16}


def _open_safetensors(origin: str, paths: Iterable[Path]) -> Weights:
    # The numpy side of the safetensors package knows no bfloat16, in which fine-tunes are often saved; so tensors are
    # sliced from the mapped file by its header (an 8-byte length, then JSON), and nothing is read twice.
    entries: dict[str, tuple[memoryview, dict[str, Any]]] = {}
    for path in paths:
        try:
            with path.open("rb") as file:
                data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            (length,) = struct.unpack_from("<Q", data)
            header = json.loads(bytes(data[8 : 8 + length]))
        except (OSError, ValueError, struct.error) as error:
            raise ExportError(f"{path}: not a readable safetensors file ({error})") from error
        for name, entry in header.items():
            if name != "__metadata__":
                entries[name] = (data[8 + length :], entry)

    def read(name: str) -> FloatArray:
        data, entry = entries[name]
        dtype = _DTYPES.get(entry["dtype"])
        if dtype is None:
            raise ExportError(f"{origin}: tensor {name!r} is {entry['dtype']}, expected one of {', '.join(_DTYPES)}")
        start, end = entry["data_offsets"]
        if end > len(data):
            raise ExportError(f"{origin}: the file ends inside tensor {name!r}; it was cut short")
        value = np.frombuffer(data[start:end], dtype)
        if entry["dtype"] == "BF16":
            value = (value.astype(np.uint32) << 16).view(np.float32)
        return value.astype(np.float32).reshape(entry["shape"])

    return Weights(origin, frozenset(entries), read, lambda name: math.prod(entries[name][1]["shape"]))


def _open_torch(origin: str, paths: Iterable[Path]) -> Weights:
    try:
        import torch
    except ImportError:
        raise ExportError(
            f"{origin}: reading a .bin checkpoint needs torch (pip install torch), or save it again with "
            "save_pretrained(folder, safe_serialization=True)"
        ) from None
    tensors: dict[str, Any] = {}
    for path in paths:
        tensors |= torch.load(path, map_location="cpu", weights_only=True)

    def read(name: str) -> FloatArray:
        value: FloatArray = tensors[name].to(torch.float32).numpy()
        return value

    return Weights(origin, frozenset(tensors), read, lambda name: int(tensors[name].numel()))

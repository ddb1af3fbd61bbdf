"""The exported graphs on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from export_whisper.checkpoint import FloatArray
from export_whisper.errors import ExportError


class OnnxModel:
    """`encoder.onnx` and `decoder.onnx` of a folder."""

    name = "exported"

    def __init__(self, folder: Path, threads: int) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise ExportError("--check runs the graphs: pip install onnxruntime") from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3

        def session(name: str) -> Any:
            return onnxruntime.InferenceSession(folder / name, options, providers=["CPUExecutionProvider"])

        self.encoder, self.decoder = session("encoder.onnx"), session("decoder.onnx")
        self.encoder_outputs = [output.name for output in self.encoder.get_outputs()]
        self.decoder_outputs = [output.name for output in self.decoder.get_outputs()]

    def encode(self, features: FloatArray) -> OnnxEncoded:
        values = self.encoder.run(None, {"input_features": features[None]})
        return OnnxEncoded(self, dict(zip(self.encoder_outputs, values, strict=True)))


class OnnxEncoded:
    def __init__(self, model: OnnxModel, outputs: dict[str, FloatArray]) -> None:
        self.hidden: FloatArray = outputs.pop("last_hidden_state")[0]
        self._model, self._outputs = model, outputs

    def start(self) -> OnnxDecoder:
        return OnnxDecoder(self._model, self._outputs)


class OnnxDecoder:
    def __init__(self, model: OnnxModel, cross: dict[str, FloatArray]) -> None:
        self._model = model
        self._feeds: dict[str, Any] = {"logits_from": np.array([0], np.int64)}
        self.alignment: FloatArray | None = None
        for name, value in cross.items():
            self._feeds[name.replace("present", "past_key_values")] = value
            _, heads, _, size = value.shape
            own = name.replace("present", "past_key_values").replace(".encoder.", ".decoder.")
            self._feeds[own] = np.zeros((1, heads, 0, size), np.float32)

    def append(self, tokens: Sequence[int]) -> FloatArray:
        feeds = {**self._feeds, "input_ids": np.array([tokens], np.int64)}
        values = self._model.decoder.run(None, feeds)
        outputs = dict(zip(self._model.decoder_outputs, values, strict=True))
        for name, value in outputs.items():
            if name.startswith("present."):
                self._feeds[name.replace("present", "past_key_values")] = value
        self.alignment = outputs.get("alignment")
        logits: FloatArray = outputs["logits"][0]
        return logits

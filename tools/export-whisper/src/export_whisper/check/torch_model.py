"""The checkpoint on transformers' own implementation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from export_whisper.checkpoint import FloatArray


def torch_is_installed() -> bool:
    try:
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError:
        return False
    return True


class TorchModel:
    name = "transformers"

    def __init__(self, folder: Path, threads: int) -> None:
        import torch
        from transformers import WhisperForConditionalGeneration

        self.torch: Any = torch
        torch.set_num_threads(threads)
        model = WhisperForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
        self.model: Any = model.eval()

    def encode(self, features: FloatArray) -> TorchEncoded:
        with self.torch.no_grad():
            return TorchEncoded(self, self.model.model.encoder(self.torch.from_numpy(features[None])))


class TorchEncoded:
    def __init__(self, model: TorchModel, encoded: Any) -> None:
        self._model, self._encoded = model, encoded

    @property
    def hidden(self) -> FloatArray:
        value: FloatArray = self._encoded.last_hidden_state[0].numpy()
        return value

    def start(self) -> TorchDecoder:
        return TorchDecoder(self._model, self._encoded)


class TorchDecoder:
    def __init__(self, model: TorchModel, encoded: Any) -> None:
        self._model, self._encoded = model, encoded
        self._cache: Any = None

    def append(self, tokens: Sequence[int]) -> FloatArray:
        torch = self._model.torch
        with torch.no_grad():
            out = self._model.model(
                encoder_outputs=self._encoded,
                decoder_input_ids=torch.tensor([list(tokens)]),
                past_key_values=self._cache,
                use_cache=True,
            )
        self._cache = out.past_key_values
        logits: FloatArray = out.logits[0].numpy()
        return logits

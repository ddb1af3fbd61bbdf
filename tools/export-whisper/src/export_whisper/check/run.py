"""Runs a checkpoint and its export on the same audio and compares them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np

from export_whisper.check.audio import HOP, SAMPLE_RATE, log_mel, read_wav, windows
from export_whisper.check.model import Encoded, Model
from export_whisper.check.numpy_model import NumpyModel
from export_whisper.check.onnx_model import OnnxModel
from export_whisper.check.report import Report, WindowResult
from export_whisper.check.tokens import Tokens
from export_whisper.check.torch_model import TorchModel, torch_is_installed
from export_whisper.checkpoint import Checkpoint, FloatArray, load_checkpoint
from export_whisper.config import read_json
from export_whisper.errors import ExportError

#: NumPy is the reference up to this size; a larger checkpoint would take minutes a window.
_NUMPY_PARAMETERS = 100_000_000


@dataclass
class _Runner:
    """A model with a clock."""

    model: Model
    encode_seconds: list[float] = field(default_factory=list)
    step_seconds: list[float] = field(default_factory=list)

    def encode(self, features: FloatArray) -> Encoded:
        start = time.perf_counter()
        encoded = self.model.encode(features)
        self.encode_seconds.append(time.perf_counter() - start)
        return encoded

    def greedy(self, encoded: Encoded, prompt: Sequence[int], end: int, limit: int) -> list[int]:
        """Most probable tokens one by one, without any of Whisper's rules."""
        decoder, fed, tokens = encoded.start(), list(prompt), list[int]()
        while len(tokens) < limit:
            start = time.perf_counter()
            token = int(decoder.append(fed)[-1].argmax())
            if tokens:  # the first run takes the whole prompt
                self.step_seconds.append(time.perf_counter() - start)
            if token == end:
                break
            tokens.append(token)
            fed = [token]
        return tokens

    def speed(self) -> tuple[float, float]:
        """Median milliseconds of an encoder run and of a decoder step."""
        return 1000 * median(self.encode_seconds), 1000 * median(self.step_seconds or [0.0])


def check_export(
    source: Path, out: Path, audio: Sequence[Path], *, language: str = "en", threads: int = 1, reference: str = "auto"
) -> Report:
    """
    Compare the export in `out` with the checkpoint in `source` on WAV files (16 kHz, 16 bits).

    :param reference: `transformers`, `numpy`, or `auto`: transformers where it is installed.
    """
    checkpoint, tokens = load_checkpoint(source), Tokens(out)
    frames = 2 * checkpoint.config.max_positions
    prompt = tokens.prompt(language, _is_multilingual(out, tokens))
    end = tokens.id("<|endoftext|>")
    limit = checkpoint.config.max_tokens // 2
    theirs = _Runner(_reference(checkpoint, reference, threads))
    ours = _Runner(OnnxModel(out, threads))
    manifest = read_json(out / "export.json")

    results = []
    for path in audio:
        for i, samples in enumerate(windows(read_wav(path), frames)):
            features = log_mel(samples, checkpoint.config.mel_bins)
            expected, got = theirs.encode(features), ours.encode(features)
            expected_tokens = theirs.greedy(expected, prompt, end, limit)
            history = [*prompt, *expected_tokens]
            results.append(
                WindowResult(
                    name=f"{path.name}, window {i + 1}",
                    expected_text=tokens.text(expected_tokens),
                    text=tokens.text(ours.greedy(got, prompt, end, limit)),
                    hidden_error=float(np.abs(expected.hidden - got.hidden).max()),
                    **_compare_logits(expected.start().append(history), got.start().append(history), len(prompt)),
                )
            )
    return Report(
        exact=manifest["encoder"] == manifest["decoder"] == "fp32",
        precision=f"encoder {manifest['encoder']}, decoder {manifest['decoder']}",
        reference=theirs.model.name,
        window_seconds=frames * HOP / SAMPLE_RATE,
        windows=tuple(results),
        reference_speed=theirs.speed(),
        speed=ours.speed(),
    )


def _compare_logits(expected: FloatArray, got: FloatArray, prompt: int) -> dict[str, float]:
    """Differences where text is predicted: from the end of the prompt on."""
    expected, got = expected[prompt - 1 :], got[prompt - 1 :]
    difference = np.abs(expected - got)
    return {
        "logits_error": float(difference.max()),
        "logits_mean_error": float(difference.mean()),
        "agreement": float((expected.argmax(-1) == got.argmax(-1)).mean()),
    }


def _is_multilingual(out: Path, tokens: Tokens) -> bool:
    stated = read_json(out / "generation_config.json").get("is_multilingual")
    # The English-only vocabulary is GPT-2's, in which the end of text is 50256.
    return bool(stated) if stated is not None else tokens.id("<|endoftext|>") != 50256


def _reference(checkpoint: Checkpoint, wanted: str, threads: int) -> Model:
    if wanted == "transformers" or (wanted == "auto" and torch_is_installed()):
        return TorchModel(checkpoint.folder, threads)
    size = checkpoint.weights.parameters()
    if size > _NUMPY_PARAMETERS:
        raise ExportError(
            f"a checkpoint of {size / 1e6:.0f} million parameters is compared on its own implementation: "
            "pip install torch transformers"
        )
    return NumpyModel(checkpoint)

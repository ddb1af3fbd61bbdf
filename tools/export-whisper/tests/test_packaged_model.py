"""The model that the npm package ships is what this exporter makes of OpenAI's tiny.en."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from export_whisper import export_checkpoint
from export_whisper.check.audio import log_mel, read_wav, windows
from export_whisper.check.onnx_model import OnnxModel

REPOSITORY = Path(__file__).parents[3]
PACKAGED = REPOSITORY / "packages" / "model-whisper-tiny-en" / "model"
CHECKPOINT = os.environ.get("WHISPER_TINY_EN", "")

pytestmark = pytest.mark.skipif(not CHECKPOINT, reason="WHISPER_TINY_EN names no checkpoint folder of tiny.en")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_checkpoint(Path(CHECKPOINT), tmp_path_factory.mktemp("tiny.en"), "int8").folder


@pytest.mark.parametrize("graph", ["encoder.onnx", "decoder.onnx"])
def test_same_weights(exported: Path, graph: str) -> None:
    ours, theirs = (
        {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(folder / graph).graph.initializer}
        for folder in (exported, PACKAGED)
    )
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        np.testing.assert_array_equal(value, theirs[name], strict=True, err_msg=name)


def test_same_numbers(exported: Path) -> None:
    features = log_mel(windows(read_wav(REPOSITORY / "tests" / "fixtures" / "audio" / "jfk.wav"), 3000)[0], 80)
    ours, theirs = (OnnxModel(folder, threads=1).encode(features) for folder in (exported, PACKAGED))
    np.testing.assert_array_equal(ours.hidden, theirs.hidden)
    one, other, tokens = ours.start(), theirs.start(), [50257, 50362]
    for _ in range(10):
        logits = one.append(tokens)
        np.testing.assert_array_equal(logits, other.append(tokens))
        np.testing.assert_array_equal(one.alignment, other.alignment)
        tokens = [int(logits[-1].argmax())]

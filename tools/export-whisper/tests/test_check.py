"""--check: the report, what fails it, and its parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import small_checkpoint
from onnx import numpy_helper

from export_whisper import export_checkpoint
from export_whisper.check.audio import log_mel, read_wav, windows
from export_whisper.check.run import check_export
from export_whisper.check.tokens import Tokens
from export_whisper.cli import main
from export_whisper.errors import ExportError

JFK = Path(__file__).parents[3] / "tests" / "fixtures" / "audio" / "jfk.wav"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_checkpoint.write(tmp_path / "ckpt")
    small_checkpoint.write_wav(tmp_path / "speech.wav")
    return tmp_path


def test_float32_passes_by_both_references(folder: Path) -> None:
    export_checkpoint(folder / "ckpt", folder / "out", "fp32")
    report = check_export(folder / "ckpt", folder / "out", [folder / "speech.wav"], reference="numpy")
    assert report.passed, report.text()
    assert len(report.windows) == 2  # 1.7 s in windows of 1 s
    assert report.windows[0].expected_text == report.windows[0].text != ""
    assert 0 < max(window.logits_error for window in report.windows) < 1e-3
    assert min(report.speed) > 0
    pytest.importorskip("transformers")
    assert check_export(folder / "ckpt", folder / "out", [folder / "speech.wav"], reference="transformers").passed


def test_a_wrong_weight_fails(folder: Path) -> None:
    export_checkpoint(folder / "ckpt", folder / "out", "fp32")
    path = folder / "out" / "decoder.onnx"
    graph = onnx.load(path)
    for tensor in graph.graph.initializer:
        if tensor.name == "model.decoder.layers.1.fc2.bias":
            value = numpy_helper.to_array(tensor).copy()
            value[0] += 0.5
            tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
    onnx.save(graph, path)
    report = check_export(folder / "ckpt", folder / "out", [folder / "speech.wav"], reference="numpy")
    assert not report.passed
    assert "logits differ" in report.text()


def test_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(folder / "ckpt"), str(folder / "out"), "--precision", "fp32"]
    assert main([*arguments, "--check", str(folder / "speech.wav")]) == 0
    out = capsys.readouterr().out
    assert "note: generation_config.json is missing" in out
    assert "2 of 2 windows of 1 s with the same greedy text" in out
    assert main([str(folder), str(folder / "out")]) == 2
    assert "config.json: not found" in capsys.readouterr().err


def test_command_line_fails_when_the_check_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("export_whisper.check.report.LOGITS_TOLERANCE", 0.0)
    arguments = [str(folder / "ckpt"), str(folder / "out"), "--precision", "fp32"]
    assert main([*arguments, "--check", str(folder / "speech.wav")]) == 1


def test_other_audio_is_refused(folder: Path) -> None:
    with pytest.raises(ExportError, match=r"16 bits at 8000 Hz.*ffmpeg"):
        read_wav(small_checkpoint.write_wav(folder / "phone.wav", rate=8000))
    with pytest.raises(ExportError, match="not a readable PCM WAV"):
        read_wav(folder / "ckpt" / "config.json")


def test_log_mel_of_speech() -> None:
    """Values of openai-whisper 20250625 on the first 3 s, padded with zero samples to 30 s."""
    features = log_mel(windows(read_wav(JFK)[:48000], 3000)[0], 80)
    assert features.shape == (80, 3000)
    np.testing.assert_allclose(features.mean(), -0.4731866, atol=1e-5)
    np.testing.assert_allclose(features.std(), 0.2471435, atol=1e-5)
    np.testing.assert_allclose(features.max(), 1.461253, atol=1e-4)
    expected = [-0.09249675, 0.04127371, 0.363582, 0.5505496, 0.6056821, 0.5662131]
    np.testing.assert_allclose(features[:6, 299], expected, atol=1e-4)


def test_tokens(folder: Path) -> None:
    tokens = Tokens(folder / "ckpt")
    assert tokens.prompt("en", multilingual=True) == [257, 258, 260, 262]
    assert tokens.prompt("en", multilingual=False) == [257, 262]
    utf8 = "né".encode()
    vocabulary = {chr(byte): i for i, byte in enumerate([*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)])}
    assert tokens.text([256, *(vocabulary[chr(byte)] for byte in utf8), 999]) == "né"
    with pytest.raises(ExportError, match=r"no token '<\|xx\|>'"):
        tokens.prompt("xx", multilingual=True)

"""The graphs compute what the checkpoint does, in every precision and shape."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import small_checkpoint

from export_whisper import export_checkpoint
from export_whisper.check.model import Model
from export_whisper.check.numpy_model import NumpyModel
from export_whisper.check.onnx_model import OnnxModel
from export_whisper.checkpoint import load_checkpoint

TOKENS = [257, 258, 260, 262, 17, 99, 4, 255, 0, 31]
FEATURES = np.random.default_rng(5).standard_normal((80, 100)).astype(np.float32)
#: Largest difference from the checkpoint, relative to the largest value: hidden state and logits.
TOLERANCE = {"fp32": (1e-5, 1e-5), "int8": (0.1, 0.1), "int8-stored": (0.03, 0.03), "int4": (0.4, 0.4)}


def relative(got: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(got - expected).max() / np.abs(expected).max())


def compare(source: Path, out: Path, tolerance: tuple[float, float]) -> None:
    reference: Model = NumpyModel(load_checkpoint(source))
    exported = OnnxModel(out, threads=1)
    expected, got = reference.encode(FEATURES), exported.encode(FEATURES)
    assert got.hidden.shape == expected.hidden.shape
    assert relative(got.hidden, expected.hidden) < tolerance[0]
    assert relative(got.start().append(TOKENS), expected.start().append(TOKENS)) < tolerance[1]


@pytest.mark.parametrize("precision", TOLERANCE)
def test_precisions(tmp_path: Path, precision: str) -> None:
    small_checkpoint.write(tmp_path / "ckpt")
    export_checkpoint(tmp_path / "ckpt", tmp_path / "out", precision)
    compare(tmp_path / "ckpt", tmp_path / "out", TOLERANCE[precision])


@pytest.mark.parametrize("precision", ["fp32", "int8-stored", "int4"])
@pytest.mark.parametrize(
    "config",
    [
        {"decoder_attention_heads": 1, "encoder_attention_heads": 4},
        {"activation_function": "relu", "scale_embedding": True},
        {"num_mel_bins": 128, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": 333},
    ],
    ids=["heads", "relu-scaled", "128-mels"],
)
def test_shapes(tmp_path: Path, precision: str, config: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    if config.get("num_mel_bins") == 128:
        monkeypatch.setitem(globals(), "FEATURES", np.tile(FEATURES, (2, 1))[:128])
    small_checkpoint.write(tmp_path / "ckpt", config=config)
    export_checkpoint(tmp_path / "ckpt", tmp_path / "out", precision)
    compare(tmp_path / "ckpt", tmp_path / "out", TOLERANCE[precision])


@pytest.mark.parametrize("precision", TOLERANCE)
def test_untied_projection(tmp_path: Path, precision: str) -> None:
    config = {**small_checkpoint.CONFIG, "tie_word_embeddings": False}
    state = small_checkpoint.tensors(config)
    state["proj_out.weight"] = state["proj_out.weight"][::-1].copy()
    small_checkpoint.write(tmp_path / "ckpt", state, config)
    export_checkpoint(tmp_path / "ckpt", tmp_path / "out", precision)
    compare(tmp_path / "ckpt", tmp_path / "out", TOLERANCE[precision])


def test_tied_projection_is_not_read_but_mentioned(tmp_path: Path) -> None:
    state = small_checkpoint.tensors(small_checkpoint.CONFIG)
    state["proj_out.weight"] = state["proj_out.weight"][::-1].copy()
    small_checkpoint.write(tmp_path / "ckpt", state)
    result = export_checkpoint(tmp_path / "ckpt", tmp_path / "out", "fp32")
    assert any("tie_word_embeddings" in note for note in result.notes)
    compare(tmp_path / "ckpt", tmp_path / "out", TOLERANCE["fp32"])


def test_mixed_precision(tmp_path: Path) -> None:
    small_checkpoint.write(tmp_path / "ckpt")
    export_checkpoint(tmp_path / "ckpt", tmp_path / "out", "int8", decoder_precision="int8-stored")
    operators = {
        name: {node.op_type for node in onnx.load(tmp_path / "out" / f"{name}.onnx").graph.node}
        for name in ("encoder", "decoder")
    }
    assert "MatMulIntegerToFloat" in operators["encoder"] - operators["decoder"]
    manifest = json.loads((tmp_path / "out" / "export.json").read_text())
    assert (manifest["encoder"], manifest["decoder"]) == ("int8", "int8-stored")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> OnnxModel:
    folder = tmp_path_factory.mktemp("fp32")
    small_checkpoint.write(folder / "ckpt")
    export_checkpoint(folder / "ckpt", folder / "out", "fp32")
    return OnnxModel(folder / "out", threads=1)


def test_steps_equal_the_whole(exported: OnnxModel) -> None:
    encoded = exported.encode(FEATURES)
    whole, decoder = encoded.start().append(TOKENS), encoded.start()
    steps = [decoder.append(TOKENS[:4])] + [decoder.append([token]) for token in TOKENS[4:]]
    np.testing.assert_allclose(np.concatenate(steps), whole, atol=1e-4)


def run_decoder(model: OnnxModel, features: np.ndarray, tokens: np.ndarray, since: int) -> dict[str, np.ndarray]:
    cross = dict(zip(model.encoder_outputs, model.encoder.run(None, {"input_features": features}), strict=True))
    feeds = {"input_ids": tokens, "logits_from": np.array([since], np.int64)}
    for name, value in cross.items():
        if name != "last_hidden_state":
            past = name.replace("present", "past_key_values")
            feeds[past] = value
            empty = (len(tokens), value.shape[1], 0, value.shape[3])
            feeds[past.replace(".encoder.", ".decoder.")] = np.zeros(empty, np.float32)
    return dict(zip(model.decoder_outputs, model.decoder.run(None, feeds), strict=True))


def test_logits_from_and_shorter_audio(exported: OnnxModel) -> None:
    tokens = np.array([TOKENS], np.int64)
    short = FEATURES[None, :, :61]
    every = run_decoder(exported, short, tokens, 0)["logits"]
    last = run_decoder(exported, short, tokens, -1)["logits"]
    assert every.shape == (1, len(TOKENS), 300)
    assert last.shape == (1, 1, 300)
    np.testing.assert_allclose(last[0, 0], every[0, -1], atol=1e-5)


def test_beams_share_the_keys_of_their_window(exported: OnnxModel) -> None:
    """Rows 2w and 2w + 1 are the beams of window w."""
    windows = np.stack([FEATURES, FEATURES[:, ::-1]])
    tokens = np.array([TOKENS, TOKENS[::-1], [*TOKENS[2:], 1, 2], TOKENS], np.int64)
    together = run_decoder(exported, windows, tokens, 0)
    for row in range(4):
        alone = run_decoder(exported, windows[row // 2 : row // 2 + 1], tokens[row : row + 1], 0)
        np.testing.assert_allclose(together["logits"][row], alone["logits"][0], atol=1e-4)
        beam = slice(row % 2 * len(TOKENS), (row % 2 + 1) * len(TOKENS))
        np.testing.assert_allclose(together["alignment"][row // 2][:, beam], alone["alignment"][0], atol=1e-5)


def test_alignment_is_the_attention_of_the_stated_heads(tmp_path: Path) -> None:
    small_checkpoint.write(tmp_path / "ckpt")
    outputs = {}
    for name, heads in (("one", [[2, 3]]), ("two", [[2, 3], [0, 1]])):
        (tmp_path / "ckpt" / "generation_config.json").write_text(json.dumps({"alignment_heads": heads}))
        export_checkpoint(tmp_path / "ckpt", tmp_path / name, "fp32")
        model = OnnxModel(tmp_path / name, threads=1)
        outputs[name] = run_decoder(model, FEATURES[None], np.array([TOKENS], np.int64), -1)["alignment"]
    assert outputs["one"].shape == (1, 1, len(TOKENS), 50)
    np.testing.assert_allclose(outputs["two"].sum(-1), 1, atol=1e-5)
    # Heads are in order: (0, 1) before (2, 3).
    np.testing.assert_allclose(outputs["two"][:, 1:], outputs["one"], atol=1e-6)
    assert np.abs(outputs["two"][:, 0] - outputs["one"][:, 0]).max() > 1e-3


def test_without_alignment(tmp_path: Path) -> None:
    small_checkpoint.write(tmp_path / "ckpt")
    export_checkpoint(tmp_path / "ckpt", tmp_path / "out", "fp32", alignment=False)
    assert "alignment" not in OnnxModel(tmp_path / "out", threads=1).decoder_outputs
    compare(tmp_path / "ckpt", tmp_path / "out", TOLERANCE["fp32"])


def test_external_data(tmp_path: Path) -> None:
    from export_whisper.decoder import build_decoder
    from export_whisper.precision import PRECISIONS

    small_checkpoint.write(tmp_path / "ckpt")
    export_checkpoint(tmp_path / "ckpt", tmp_path / "out", "fp32", alignment=False)
    graph = build_decoder(load_checkpoint(tmp_path / "ckpt"), PRECISIONS["fp32"], ())
    for _ in range(2):  # a second run must not append to the first one's data
        written = graph.save(tmp_path / "out" / "decoder.onnx", external_data_bytes=10_000)
    assert [path.name for path in written] == ["decoder.onnx", "decoder.onnx_data"]
    assert written[0].stat().st_size < 200_000
    compare(tmp_path / "ckpt", tmp_path / "out", TOLERANCE["fp32"])


def test_transformers_agrees_with_both(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from export_whisper.check.torch_model import TorchModel

    small_checkpoint.write(tmp_path / "ckpt")
    export_checkpoint(tmp_path / "ckpt", tmp_path / "out", "fp32")
    models: list[Model] = [
        TorchModel(tmp_path / "ckpt", threads=1),
        NumpyModel(load_checkpoint(tmp_path / "ckpt")),
        OnnxModel(tmp_path / "out", threads=1),
    ]
    encoded = [model.encode(FEATURES) for model in models]
    logits = [each.start().append(TOKENS) for each in encoded]
    for i in (1, 2):
        assert relative(encoded[i].hidden, encoded[0].hidden) < 1e-5
        assert relative(logits[i], logits[0]) < 1e-5

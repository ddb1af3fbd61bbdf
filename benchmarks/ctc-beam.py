"""The Python half of ctc-beam.ts.

  ctc-beam.py dump SHARED OUT SET...   log-probabilities of english-ctc on audio/prompts/SET: OUT/SET.json and SET.f32
  ctc-beam.py serve OUT SET ARPA       pyctcdecode on them: decodes the whole set once for every line on stdin
                                       ({"alpha", "beta", "beamWidth", "hotwords"?, "hotwordWeight"?}), prints times and texts

Needs numpy, and onnxruntime (dump) or pyctcdecode and kenlm (serve).
"""
import json
import logging
import sys
import time
import wave

import numpy as np


def labels_of(shared):
    vocabulary = json.load(open(f"{shared}/models/english-ctc/vocab.json"))
    return [label for label, _ in sorted(vocabulary.items(), key=lambda item: item[1])]


def dump(shared, out, names):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        f"{shared}/models/english-ctc/onnx/model_quantized.onnx", options, providers=["CPUExecutionProvider"]
    )
    for name in names:
        recordings = []
        with open(f"{out}/{name}.f32", "wb") as matrices:
            for recording in json.load(open(f"{shared}/audio/prompts/{name}.json")):
                with wave.open(f"{shared}/audio/prompts/{name}/{recording['file']}") as audio:
                    assert audio.getframerate() == 16000 and audio.getnchannels() == 1
                    pcm = np.frombuffer(audio.readframes(audio.getnframes()), np.int16)
                x = pcm.astype(np.float32) / 32768
                x = (x - x.mean()) / np.sqrt(x.var() + 1e-7)
                (logits,) = session.run(None, {"input_values": x[None]})
                y = logits[0].astype(np.float64)
                y = y - y.max(axis=1, keepdims=True)
                y = y - np.log(np.exp(y).sum(axis=1, keepdims=True))
                matrices.write(y.astype(np.float32).tobytes())
                recordings.append({**recording, "frames": len(y)})
        json.dump({"labels": labels_of(shared), "recordings": recordings}, open(f"{out}/{name}.json", "w"))
        print(name, len(recordings), "recordings", file=sys.stderr)


def serve(out, name, arpa):
    logging.disable(logging.WARNING)
    from pyctcdecode import build_ctcdecoder

    data = json.load(open(f"{out}/{name}.json"))
    labels = [label if label.startswith("<") else label.lower() for label in data["labels"]]
    values = np.fromfile(f"{out}/{name}.f32", np.float32).reshape(-1, len(labels))
    edges = np.cumsum([0] + [recording["frames"] for recording in data["recordings"]])
    matrices = [values[a:b] for a, b in zip(edges, edges[1:])]
    words = []
    for line in open(arpa, encoding="utf8"):
        if line.startswith("\\2-grams:"):
            break
        fields = line.split()
        if len(fields) >= 2 and fields[0].startswith(("-", "0")) and not fields[1].startswith("<"):
            words.append(fields[1])
    decoder = build_ctcdecoder(labels, arpa, words)
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        decoder.reset_params(alpha=float(request["alpha"]), beta=float(request["beta"]))
        texts = []
        start = time.process_time()
        for matrix in matrices:
            texts.append(
                decoder.decode(
                    matrix,
                    beam_width=request["beamWidth"],
                    hotwords=request.get("hotwords"),
                    hotword_weight=request.get("hotwordWeight", 10.0),
                )
            )
        print(json.dumps({"seconds": time.process_time() - start, "texts": texts}), flush=True)


if sys.argv[1] == "dump":
    dump(sys.argv[2], sys.argv[3], sys.argv[4:])
else:
    serve(*sys.argv[2:5])

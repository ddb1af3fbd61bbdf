"""Runs faster-whisper for whisper-peers.ts: one JSON request a line on stdin, one answer a line on stdout.

    python faster_whisper_peer.py MODEL_FOLDER THREADS

A request is {"samples": path of raw float32 at 16 kHz, "words": bool}; the answer has the text and the milliseconds, in which
reading the file has no part.
"""

import json
import sys
import time

import numpy as np
from faster_whisper import WhisperModel, __version__

model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=int(sys.argv[2]))
print(json.dumps({"version": __version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    samples = np.fromfile(request["samples"], np.float32)
    start = time.perf_counter()
    # Greedy as the others; the default of five beams takes longer.
    segments, _ = model.transcribe(samples, language="en", beam_size=1, word_timestamps=request["words"])
    text = "".join(segment.text for segment in segments)  # the segments are computed here
    print(json.dumps({"ms": 1000 * (time.perf_counter() - start), "text": text}), flush=True)

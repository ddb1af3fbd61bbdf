"""Confidences by NeMo's formulas (asr_confidence_utils.py: max_prob lin, tsallis alpha .33 exp, gibbs lin), in numpy.
Matrices as in ctc/exact.json: prng logits (seed, T, V, scale). Usage: ctc_confidence.py out.json"""
import json
import sys

import numpy as np


def mulberry32(seed):
    state = seed

    def draw():
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        return ((t ^ (t >> 14)) & 0xFFFFFFFF) / 2**32

    return draw


def frames(p):
    v = p.shape[1]
    a = 0.33
    h = -(p * np.log(p)).sum(axis=1)
    e0 = np.exp((1 - v ** (1 - a)) / (1 - a))
    tsallis = (np.exp((1 - (p**a).sum(axis=1)) / (1 - a)) - e0) / (1 - e0)
    return {"max-prob": (p.max(axis=1) * v - 1) / (v - 1), "gibbs": 1 - h / np.log(v), "tsallis": tsallis}


cases = []
for seed, t, v, scale in [(701, 6, 5, 1.0), (702, 8, 29, 4.0), (703, 5, 32, 10.0), (704, 4, 2, 3.0)]:
    draw = mulberry32(seed)
    x = np.array([(draw() * 2 - 1) * scale for _ in range(t * v)]).reshape(t, v)
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    methods = {k: [float(c) for c in f] for k, f in frames(p).items()}
    spans = [[0, 2], [2, 3], [3, t]]
    aggregate = {"min": np.min, "mean": np.mean, "max": np.max, "product": np.prod}
    tokens = {
        k: {name: [float(f(c[a:b])) for a, b in spans] for name, f in aggregate.items()} for k, c in methods.items()
    }
    words = {k: {name: float(f(tokens[k][name])) for name, f in aggregate.items()} for k in methods}
    cases.append(dict(seed=seed, T=t, V=v, scale=scale, frames=methods, spans=spans, tokens=tokens, word=words))
json.dump(dict(reference="numpy " + np.__version__, script="ctc_confidence.py", cases=cases), open(sys.argv[1], "w"), indent=1)

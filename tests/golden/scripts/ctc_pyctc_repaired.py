"""pyctcdecode with its known defects repaired, on the cases of ctc/pyctcdecode.json that the defects change.

The repairs are made to the installed source before it runs, one line each:
 1. an empty last word is no word (it is scored as an unknown one);
 2. without a unigram list unfinished words are not judged (all are penalised as unknown);
 3. the word break after a piece like "▁⁇▁" belongs to its own beam (a flag shared by all: the next beam takes it).
Usage: ctc_pyctc_repaired.py pyctcdecode.json small4.arpa out.json   (pyctcdecode 0.5.0, kenlm 0.3.0, numpy 1.26)
"""
import importlib.util
import json
import logging
import sys

import numpy as np

logging.disable(logging.WARNING)


def load(name, repairs):
    spec = importlib.util.find_spec(name)
    source = open(spec.origin, encoding="utf8").read()
    for old, new in repairs:
        assert source.count(old) == 1, (name, old, source.count(old))
        source = source.replace(old, new)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    exec(compile(source, spec.origin, "exec"), module.__dict__)
    return module


import pyctcdecode  # noqa: E402

language_model = load(
    "pyctcdecode.language_model",
    [
        (
            "        end_state = _get_empty_lm_state()\n        lm_score = self._kenlm_model.BaseScore(prev_state, word, end_state)\n",
            '        if word == "":\n'
            "            return self.alpha * (self._get_raw_end_score(prev_state) if is_last_word else 0.0)"
            " * LOG_BASE_CHANGE_FACTOR, prev_state\n"
            "        end_state = _get_empty_lm_state()\n        lm_score = self._kenlm_model.BaseScore(prev_state, word, end_state)\n",
        ),
        ("            is_oov = 1.0\n", "            is_oov = 0.0\n"),
    ],
)
decoder = load(
    "pyctcdecode.decoder",
    [
        (
            "elif self._is_bpe and (char[:1] == BPE_TOKEN or force_next_break):",
            'elif self._is_bpe and (char[:1] == BPE_TOKEN or word_part == "⁇"):',
        ),
    ],
)
import kenlm  # noqa: E402

golden = json.load(open(sys.argv[1], encoding="utf8"))


def mulberry32(seed):
    state = seed

    def draw():
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        return ((t ^ (t >> 14)) & 0xFFFFFFFF) / 2**32

    return draw


def logits(utterance):
    draw = mulberry32(utterance["seed"])
    shape = (len(utterance["path"]), utterance["V"])
    x = np.array([(draw() * 2 - 1) * utterance["scale"] for _ in range(shape[0] * shape[1])]).reshape(shape)
    for t, i in enumerate(utterance["path"]):
        x[t, i] += utterance["boost"]
    return x


out = []
for index, case in enumerate(golden["cases"]):
    utterance = golden["utterances"][case["utterance"]]
    options = dict(case["lm"] or {})
    model = None
    if options.pop("use", False):
        unigrams = None if options.pop("unigrams", None) == "none" else golden["unigrams"]
        boundary = options.pop("lm_score_boundary", True)
        model = language_model.LanguageModel(kenlm.Model(sys.argv[2]), unigrams, score_boundary=boundary, **options)
    alphabet = pyctcdecode.Alphabet.build_alphabet(list(golden["alphabets"][utterance["alphabet"]]))
    search = decoder.BeamSearchDecoderCTC(alphabet, model)
    beams = search.decode_beams(logits(utterance), **case["decode"])
    found = [dict(text=b[0], logit_score=round(float(b[3]), 7), lm_score=round(float(b[4]), 7)) for b in beams]
    found = found[: len(case["beams"])]
    same = len(found) == len(case["beams"]) and all(
        a["text"] == b["text"] and abs(a["logit_score"] - b["logit_score"]) < 1e-5 and abs(a["lm_score"] - b["lm_score"]) < 1e-5
        for a, b in zip(found, case["beams"])
    )
    if not same or len(beams) != case["n_beams"]:
        out.append(dict(case=index, utterance=case["utterance"], n_beams=len(beams), beams=found))
note = "Cases (by index in pyctcdecode.json) in which the repairs of the script change texts, scores or the number of beams."
json.dump(
    dict(reference="pyctcdecode 0.5.0, repaired", script="ctc_pyctc_repaired.py", note=note, cases=out),
    open(sys.argv[3], "w", encoding="utf8"),
    ensure_ascii=False,
    indent=1,
)
print(len(out), "of", len(golden["cases"]), "cases differ")

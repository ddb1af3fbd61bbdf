"""The Python half of language-model.ts: kenlm on the same words. Usage: language-model.py MODEL WORDS

WORDS: one sentence a line. Prints seconds to load, bytes of memory that loading took, and queries a second (one query: a
word's id and its score after a state, as pyctcdecode asks).
"""
import json
import resource
import sys
import time

import kenlm

memory = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
sentences = [line.split() for line in open(sys.argv[2], encoding="utf8")]
before = memory()
start = time.process_time()
model = kenlm.Model(sys.argv[1])
load = time.process_time() - start
loaded = memory() - before


def run():
    total, queries = 0.0, 0
    for words in sentences:
        state, following = kenlm.State(), kenlm.State()
        model.BeginSentenceWrite(state)
        for word in words:
            total += model.BaseScore(state, word, following)
            state, following = following, state
            queries += 1
    return total, queries


run()
start = time.process_time()
rounds = 5
for _ in range(rounds):
    total, queries = run()
print(json.dumps(dict(load=load, memory=loaded, rate=rounds * queries / (time.process_time() - start), total=total)))

"""Segments of pseudo-random probability curves by silero-vad's own segmenter.

    pip download --no-deps silero-vad==6.2.3 && unzip silero_vad-*.whl
    python vad_segments.py silero_vad/utils_vad.py > ../vectors/vad/segments.json

Runs the one function it needs from the source file, so that torch is not needed.
"""
import ast
import json
import random
import sys
from typing import List

source = open(sys.argv[1]).read()
function = next(
    node for node in ast.parse(source).body
    if isinstance(node, ast.FunctionDef) and node.name == 'get_speech_timestamps_from_probs'
)
scope = {'List': List}
exec(compile(ast.Module([function], []), sys.argv[1], 'exec'), scope)
segment = scope['get_speech_timestamps_from_probs']

random.seed(20)
cases = []
for index in range(240):
    windows = random.choice([0, 1, 5, 40, 120, 120, 200])
    level, probabilities = 0.0, []
    for _ in range(windows):
        # Runs of speech, silence and doubt of random lengths, with noise on them.
        if random.random() < 0.2:
            level = random.choice([0.05, 0.1, 0.4, 0.45, 0.6, 0.95])
        probabilities.append(round(min(1, max(0, level + random.uniform(-0.1, 0.1))), 3))
    options = {}
    if random.random() < 0.5:
        options['threshold'] = random.choice([0.3, 0.5, 0.7, 0.1])
    if random.random() < 0.3:
        options['neg_threshold'] = random.choice([0.05, 0.1])
    if random.random() < 0.5:
        options['min_speech_duration_ms'] = random.choice([0, 32, 64, 100, 500])
    if random.random() < 0.5:
        options['min_silence_duration_ms'] = random.choice([0, 32, 64, 300, 500])
    if random.random() < 0.6:
        options['speech_pad_ms'] = random.choice([0, 1, 30, 100, 400])
    if random.random() < 0.6:
        pad = options.get('speech_pad_ms', 30)
        options['max_speech_duration_s'] = random.choice([0.1, 0.3, 0.5, 1, 2]) + 2 * pad / 1000
        options['use_max_poss_sil_at_max_speech'] = random.choice([True, False])
    if random.random() < 0.3:
        options['min_silence_at_max_speech'] = random.choice([0, 32, 64, 200])
    samples = windows * 512 - random.choice([0, 0, 1, 300, 511] if windows else [0])
    spans = segment(probabilities, audio_length_samples=samples, **options)
    cases.append({
        'probabilities': probabilities,
        'samples': samples,
        'options': options,
        'segments': [[span['start'], span['end']] for span in spans],
    })
json.dump({'reference': 'silero-vad 6.2.3, get_speech_timestamps_from_probs', 'cases': cases}, sys.stdout)

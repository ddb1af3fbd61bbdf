"""DeepSpeech 2 (deepspeech.pytorch) spectrograms from librosa itself.

Follows loader/data_loader.py of SeanNaren/deepspeech.pytorch: librosa.stft with n_fft = win_length = 320, hop 160 and
the 'hamming' window, log1p of the magnitudes, then one mean and one (unbiased, as torch.std) deviation per utterance.
librosa 0.9 reflects at the ends by default; 0.10 and later pad with zeros: both are stored.

Run from the repository root: python tests/golden/scripts/ds2_pytorch.py (librosa 0.9.2, numpy 1.23.5).
"""
import json, wave
import librosa, numpy as np
from common import mulberry32

F = 'tests/golden/vectors/features/'
TERMS = [[0.3, 220.0, 0.1], [0.2, 1000.5, 0.7], [0.1, 3333.0, 1.3], [0.05, 6789.0, 2.1]]

def sines(n):
    t = np.arange(n, dtype=np.float64)
    return sum(a * np.sin(2 * np.pi * f * t / 16000 + p) for a, f, p in TERMS).astype(np.float32)

def noise(n, seed, amplitude):
    r = mulberry32(seed)
    return np.array([(r() * 2 - 1) * amplitude for _ in range(n)], np.float32)

w = wave.open('tests/fixtures/audio/jfk.wav')
jfk = (np.frombuffer(w.readframes(48000), np.int16).astype(np.float32) / 32768)
SIGNALS = {
    'sines_1600': (dict(kind='sines', samples=1600, terms=TERMS), sines(1600)),
    'jfk_3s': (dict(kind='wav', file='wav/jfk_3s.wav'), jfk),
    'noise_8079': (dict(kind='noise', samples=8079, seed=8, amplitude=0.5), noise(8079, 8, 0.5)),
    'noise_201': (dict(kind='noise', samples=201, seed=301, amplitude=0.3), noise(201, 301, 0.3)),
}

def spect(x, pad_mode):
    d = librosa.stft(x, n_fft=320, hop_length=160, win_length=320, window='hamming', pad_mode=pad_mode)
    m = np.log1p(np.abs(d)).T
    return (m - m.mean()) / m.std(ddof=1)

def sig(x):
    return float(f'{float(x):.7g}')

cases = []
for name, (_, x) in SIGNALS.items():
    for pad in ('reflect', 'constant'):
        y = spect(x, pad).astype(np.float64)
        t = len(y)
        rows = {str(r): [sig(v) for v in y[r]] for r in sorted({0, 1, t // 2, t - 1})}
        cases.append(dict(signal=name, pad_mode=pad, result=dict(
            shape=list(y.shape), mean=sig(y.mean()), std=sig(y.std()), min=sig(y.min()), max=sig(y.max()), rows=rows)))
with open(F + 'ds2_pytorch.json', 'w') as f:
    head = dict(reference=dict(package='librosa', librosa=librosa.__version__, numpy=np.__version__),
                script='scripts/ds2_pytorch.py', signals={k: v[0] for k, v in SIGNALS.items()})
    f.write(json.dumps(head)[:-1] + ',\n"cases": [\n' + ',\n'.join(json.dumps(c, separators=(',', ':')) for c in cases) + '\n]}\n')

"""WAV files and Whisper's log-mel features."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from export_whisper.checkpoint import FloatArray
from export_whisper.errors import ExportError

SAMPLE_RATE = 16000
HOP = 160
_FFT = 400


def read_wav(path: Path) -> FloatArray:
    """Samples in -1…1 of a 16-bit PCM WAV at 16 kHz; channels are averaged."""
    try:
        with wave.open(str(path), "rb") as file:
            rate, width, channels = file.getframerate(), file.getsampwidth(), file.getnchannels()
            data = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise ExportError(f"{path}: not a readable PCM WAV file ({error})") from error
    if rate != SAMPLE_RATE or width != 2:
        raise ExportError(
            f"{path}: {8 * width} bits at {rate} Hz, expected 16 bits at {SAMPLE_RATE} Hz "
            f"(ffmpeg -i {path.name} -ar 16000 -ac 1 out.wav)"
        )
    samples: FloatArray = np.frombuffer(data, "<i2").reshape(-1, channels).mean(1, dtype=np.float32)
    return samples / np.float32(32768)


def windows(samples: FloatArray, frames: int) -> list[FloatArray]:
    """Cut samples into windows of `frames` hops, the last one padded with silence."""
    size = frames * HOP
    count = max(1, -(-len(samples) // size))
    padded = np.zeros(count * size, np.float32)
    padded[: len(samples)] = samples
    return list(padded.reshape(count, size))


def log_mel(samples: FloatArray, bins: int) -> FloatArray:
    """
    Whisper's features of one window, [bins, len(samples) // 160].

    Source: `log_mel_spectrogram` of openai/whisper `whisper/audio.py`.
    """
    padded = np.pad(samples.astype(np.float64), _FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::HOP][:-1]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)
    power = np.abs(np.fft.rfft(frames * hann)) ** 2
    mel = np.log10(np.maximum(power @ _mel_filters(bins), 1e-10))
    mel = np.maximum(mel, mel.max() - 8)
    features: FloatArray = ((mel + 4) / 4).T.astype(np.float32)
    return features


def _mel_filters(bins: int) -> FloatArray:
    """Slaney's mel filters with Slaney's normalisation, [bins of the FFT, mel bins]."""
    top = 15 + 27 * np.log(8000 / 1000) / np.log(6.4)
    mels = np.linspace(0, top, bins + 2)
    edges = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * np.log(6.4) / 27))
    at = np.linspace(0, SAMPLE_RATE / 2, _FFT // 2 + 1)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.minimum((at - low) / (middle - low), (high - at) / (high - middle))
    filters: FloatArray = (np.maximum(triangles, 0) * 2 / (high - low)).astype(np.float32)
    return filters

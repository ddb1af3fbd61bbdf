"""What the comparison needs of a model, whoever runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from export_whisper.checkpoint import FloatArray


class TokenDecoder(Protocol):
    """Decodes one window; keeps its history."""

    def append(self, tokens: Sequence[int]) -> FloatArray:
        """Add tokens to the history; returns their logits, [tokens, vocabulary]."""
        ...


class Encoded(Protocol):
    """One encoded window."""

    @property
    def hidden(self) -> FloatArray:
        """Last hidden state, [frames, width]."""
        ...

    def start(self) -> TokenDecoder:
        """A decoder with an empty history."""
        ...


class Model(Protocol):
    name: str

    def encode(self, features: FloatArray) -> Encoded:
        """Encode log-mel features, [mels, frames]."""
        ...

"""Token names and text of a model folder's tokenizer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from export_whisper.config import read_json
from export_whisper.errors import ExportError


class Tokens:
    """Vocabulary of `tokenizer.json`, or of `vocab.json` and `added_tokens.json`."""

    def __init__(self, folder: Path) -> None:
        if (folder / "tokenizer.json").is_file():
            raw = read_json(folder / "tokenizer.json")
            vocabulary: dict[str, int] = dict(raw["model"]["vocab"])
            added: dict[str, int] = {token["content"]: token["id"] for token in raw.get("added_tokens", [])}
        else:
            vocabulary = read_json(folder / "vocab.json")
            path = folder / "added_tokens.json"
            added = read_json(path) if path.is_file() else {}
        self._ids = {**vocabulary, **added}
        self._control = {token for token in self._ids if token.startswith("<|") and token.endswith("|>")}
        characters = _byte_of_character()
        self._bytes = {
            id: bytes(characters[c] for c in piece)
            for piece, id in vocabulary.items()
            if piece not in self._control and all(c in characters for c in piece)
        }
        self._bytes |= {id: text.encode() for text, id in added.items() if text not in self._control}

    def id(self, name: str) -> int:
        """Id of a control token."""
        if name not in self._ids:
            raise ExportError(f"the tokenizer has no token {name!r}")
        return self._ids[name]

    def prompt(self, language: str, multilingual: bool) -> list[int]:
        """The tokens that ask for a transcript without timestamps."""
        start = [self.id("<|startoftranscript|>")]
        if multilingual:
            start += [self.id(f"<|{language}|>"), self.id("<|transcribe|>")]
        return [*start, self.id("<|notimestamps|>")]

    def text(self, ids: Iterable[int]) -> str:
        """Text of tokens; control tokens are left out."""
        return b"".join(self._bytes.get(id, b"") for id in ids).decode("utf-8", "replace")


def _byte_of_character() -> dict[str, int]:
    """GPT-2's printable stand-ins for bytes."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}

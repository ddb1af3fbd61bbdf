"""Command line: `python -m export_whisper SRC OUT --precision int8 --check speech.wav`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from export_whisper.errors import ExportError
from export_whisper.export import export_checkpoint
from export_whisper.precision import PRECISIONS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        result = export_checkpoint(
            options.source,
            options.out,
            options.precision,
            decoder_precision=options.decoder_precision,
            alignment=not options.no_alignment,
            generation_config=options.generation_config,
        )
        for note in result.notes:
            print(f"note: {note}")
        for path in result.files:
            print(f"{path.stat().st_size:>13,}  {path}")
        if not options.check:
            return 0
        from export_whisper.check.run import check_export  # needs onnxruntime, which exporting does not

        report = check_export(
            options.source, options.out, options.check, language=options.language, threads=options.threads
        )
        print(report.text())
        return 0 if report.passed else 1
    except ExportError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="export_whisper",
        description="Hugging Face Whisper checkpoint to ONNX graphs for the ASR SDK.",
        epilog="; ".join(f"{p.name}: {p.description}" for p in PRECISIONS.values()),
    )
    parser.add_argument("source", type=Path, metavar="SRC", help="checkpoint folder (config.json, weights, tokenizer)")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write")
    parser.add_argument("--precision", choices=list(PRECISIONS), default="int8", help="default: %(default)s")
    parser.add_argument("--decoder-precision", choices=list(PRECISIONS), help="default: that of --precision")
    parser.add_argument("--no-alignment", action="store_true", help="leave out what word times are made of")
    parser.add_argument(
        "--generation-config", type=Path, metavar="FILE", help="generation_config.json of the model SRC was tuned from"
    )
    parser.add_argument(
        "--check", nargs="+", type=Path, metavar="WAV", help="compare text, numbers and speed with the checkpoint"
    )
    parser.add_argument("--language", default="en", help="language of the --check audio (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="threads for --check (default: %(default)s)")
    return parser

"""Hugging Face Whisper checkpoint to small, fast ONNX graphs."""

from export_whisper.errors import ExportError
from export_whisper.export import ExportResult, export_checkpoint
from export_whisper.precision import PRECISIONS
from export_whisper.version import __version__

__all__ = ["PRECISIONS", "ExportError", "ExportResult", "__version__", "export_checkpoint"]

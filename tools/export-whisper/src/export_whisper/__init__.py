"""Hugging Face Whisper checkpoint to small, fast ONNX graphs."""

from export_whisper.errors import ExportError
from export_whisper.export import ExportResult, export_checkpoint
from export_whisper.precision import PRECISIONS

__all__ = ["PRECISIONS", "ExportError", "ExportResult", "__version__", "export_checkpoint"]
__version__ = "0.1.0"

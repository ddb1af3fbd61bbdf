class ExportError(Exception):
    """A checkpoint that can't be exported; the message says which file or tensor, and what to do."""

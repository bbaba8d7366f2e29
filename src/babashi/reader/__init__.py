"""Reading notices: a published document in, its measures with the place of every find out.

Pure Python, no network. ``read_file`` reads .docx, .pdf with text, .html, .txt and .md (old Office formats
through LibreOffice); ``read_text`` reads plain text.
"""

from pathlib import Path

from babashi.reader.errors import ReaderError
from babashi.reader.model import Measure, Notice
from babashi.reader.reading import read_source, read_text
from babashi.reader.sources.load import load

__all__ = ["Measure", "Notice", "ReaderError", "read_file", "read_text"]


def read_file(path: Path | str) -> Notice:
    """Reads the notice in a file. Raises ReaderError with a Chinese message that says what to do."""
    return read_source(load(Path(path)))

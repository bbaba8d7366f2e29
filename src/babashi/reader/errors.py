"""What can go wrong while reading a notice, in words for the person who handed it in."""


class ReaderError(Exception):
    """The file cannot be read. The message is Chinese and says what to do."""


class UnreadableFile(ReaderError):
    """The file is broken, encrypted, too large or not of a known format."""


class ScannedDocument(ReaderError):
    """The document holds pictures of pages instead of text."""


class ConverterMissing(ReaderError):
    """An old Office format needs LibreOffice, which is not installed or did not answer."""

"""From the bytes of a text file to its characters."""

from pathlib import Path

from corpus.document import CorpusError


def decode(content: bytes, path: Path) -> str:
    """Decode a text file, with line feeds as line ends.

    Args:
        content: UTF-8, with or without a byte order mark.
        path: its name, for error messages.

    Raises:
        CorpusError: it is not UTF-8, or no text at all.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path} is not UTF-8 (byte {error.start} is 0x{content[error.start]:02x}); "
            "convert it, for example with iconv"
        ) from error
    if "\x00" in text:
        raise CorpusError(f"{path} holds null characters: it is not a text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")

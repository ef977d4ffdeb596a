"""Licences of Creative Commons, by their address or as people write them."""

import re

from corpus.document import Licence

_ADDRESS = re.compile(
    r"https?://creativecommons\.org/(licenses|publicdomain)/([a-z\-]+)(?:/(\d\.\d))?", re.IGNORECASE
)
_LICENCE_IDS = {"zero": "CC0", "mark": "PDM"}
_LICENCE_NAMES = {
    "by": "Creative Commons Attribution",
    "by-sa": "Creative Commons Attribution-ShareAlike",
    "by-nc": "Creative Commons Attribution-NonCommercial",
    "by-nd": "Creative Commons Attribution-NoDerivatives",
    "by-nc-sa": "Creative Commons Attribution-NonCommercial-ShareAlike",
    "by-nc-nd": "Creative Commons Attribution-NonCommercial-NoDerivatives",
    "zero": "Creative Commons Zero",
    "mark": "Public Domain Mark",
}
_WRITTEN = re.compile(r"\bcc[- ](by(?:[- ](?:nc|sa|nd))*|zero|0)(?:[- ](\d\.\d))?\b", re.IGNORECASE)


def read_licence(text: str, citation: str) -> Licence | None:
    """Find the address of a licence in a text.

    Args:
        text: what may hold it.
        citation: of the article, which the attribution repeats.
    """
    found = _ADDRESS.search(text)
    if not found:
        return None
    url = found[0].replace("http:", "https:", 1) + "/"
    return _licence(found[2].lower(), found[3] or "", url, citation)


def read_written_licence(text: str, citation: str) -> Licence | None:
    """Find a licence by its address or by its short name, as in ``CC BY-NC 4.0``."""
    if (found := read_licence(text, citation)) or not (written := _WRITTEN.search(text)):
        return found
    kind = written[1].lower().replace(" ", "-")
    version = written[2] or ""
    if kind in ("0", "zero"):
        url = f"https://creativecommons.org/publicdomain/zero/{version or '1.0'}/"
        return _licence("zero", version or "1.0", url, citation)
    url = f"https://creativecommons.org/licenses/{kind}/{version}".rstrip("/") + "/"
    return _licence(kind, version, url, citation)


def _licence(kind: str, version: str, url: str, citation: str) -> Licence:
    short = _LICENCE_IDS.get(kind, f"CC-{kind.upper()}")
    name = f"{_LICENCE_NAMES.get(kind, short)} {version}".strip()
    return Licence(f"{short}-{version}".strip("-"), name, url, f"{citation} {name}.")

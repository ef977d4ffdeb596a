"""Files with something wrong in them: a whole file of an article, changed in one to eight ways.

Owns how files are changed: their bytes, and the parts that each format is made of (tags,
attributes, entities, numbers, objects, streams, entries of the bibliography), found by patterns.
What is drawn hangs on the seed, the ending and the number of the file alone, so that any one of
them can be made again by itself.
"""

import random
import re
import zlib
from base64 import a85decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.hostile import BIDI, CODE, INVISIBLE, UNITS

MOST_BYTES = 1_000_000
"""What becomes larger is cut; a reader takes time in proportion to the size."""
LONGEST_PIECE = 400
"""Bytes of a piece that is taken out, moved or doubled; now and then it is a tenth of the file."""
ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "latin-1", "cp1252", "cp037", "shift_jis", "utf-7")
NUMBERS = ("", "0", "-1", "1.5", "007", "1-9999", "9" * 30, "1e999", "NaN", "2²", "٣", "¹⁷", "(1)")

Change = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True, slots=True)
class Part:
    """What a format is made of: how it is found, and what is put in its place."""

    pattern: re.Pattern[bytes]
    instead: tuple[bytes, ...]


def part(pattern: str, *instead: str) -> Part:
    """Make a part from what reads easily."""
    return Part(re.compile(pattern.encode(), re.DOTALL), tuple(text.encode() for text in instead))


_NUMBER = part(r"\d+", *NUMBERS)
_ENTRY = part(r"(?m:^[ \t]*\d+[.)][^\n]*$)", "1. Moss I. Wax. Gut 2011; 1: 2.", "3.", "0. x", "1)")
_TAG = part(r"<[^<>]*>", "<", ">", "<p>", "</p>", "<x:y>", "<!-- -->", "<![CDATA[", "]]>", "<?x?>")
_ATTRIBUTE = part(
    r"[\w:-]+\s*=\s*\"[^\"]*\"",
    *('colspan="99999999"', 'rowspan="-1"', 'colspan="0"', 'rowspan="65535"', 'rid="b1 b2 b1"'),
    *('rid=""', 'id="b1"', 'href="#"', 'href="#ref-1"', "x='", 'ref-type="bibr"', 'xml:lang="x"'),
)
_ENTITY = part(
    r"&[#\w]+;",
    *("&", "&;", "&e;", "&amp", "&#0;", "&#xD800;", "&#x110000;", "&#99999999999;", "&nbsp;"),
    *("&lt;p&gt;", "&#x202e;", "&#x2028;", "&notin", "&NotEqualTilde;", "&#128;"),
)
_BEGINNING = part(
    r"\A[^\n]*",
    *("<!DOCTYPE a [<!ENTITY e 'x'>]>", '<?xml version="1.0" encoding="utf-16"?>', "<html>"),
    *('<?xml version="1.1"?>', '<?xml version="1.0" encoding="nonsense"?>', "%PDF-1.7", "---", ""),
)
_MARKUP = (_TAG, _ATTRIBUTE, _ENTITY, _NUMBER, _BEGINNING)
PARTS: dict[str, tuple[Part, ...]] = {
    ".txt": (_NUMBER, _ENTRY, _BEGINNING, part(r"(?m:^[^\n]+$)", "References", "Table 1.", "- ")),
    ".md": (
        *(_NUMBER, _ENTRY, _BEGINNING),
        part(
            r"\[[^\]\n]*\](?:\([^)\n]*\))?",
            *("[a](b)", "[]()", "[^1]", "![", "[x][y]", "<http://a.b>", "&e;", "&#0;", "&#xD800;"),
        ),
        part(
            r"(?m:^#+ [^\n]*$)", "## References", "#", "# \\", "===", "---", "***", "```", "    x"
        ),
        part(r"(?m:^\|[^\n]*$)", "|---|", "| a", "|", "||||||", "| \\| |", "[^1]: x", "> | a |"),
        part(r"(?m:^\w+:[^\n]*$)", "title: [", "year: 9" * 9, "authors: {a: b}", "a: &a [*a]", "x"),
    ),
    ".html": (
        *_MARKUP,
        part(r"id=\"ref-\d+\"|href=\"#ref-\d+\"", 'id="ref-1"', 'href="#ref-1"', 'href="#x"'),
        part(r"<li[ >].*?</li>", "<li>", "<li id='ref-1'>", "<ol><li>x</ol>"),
        part(r"<meta[^>]*>", '<meta charset="utf-16">', '<meta name="citation_date" content="x">'),
    ),
    ".xml": (
        *_MARKUP,
        part(r"<label>[^<]*</label>", "<label/>", "<label>1.</label>", "<label>1-99</label>"),
        part(r"r?id=\"[^\"]*\"", 'rid="b1"', 'id="b1"', 'rid="b1-b9"', 'id=""'),
        part(r"<ref .*?</ref>", '<ref id="b1"/>', "<ref><label>x</label></ref>", "<ref-list/>"),
        part(r"<(sec|p|table-wrap|xref)[ >].*?</\1>", "<sec/>", "<xref ref-type='bibr'>1</xref>"),
    ),
    ".pdf": (
        part(r"\d+ \d+ obj.*?endobj", "1 0 obj null endobj", "1 0 obj << /Kids [1 0 R] >> endobj"),
        part(r"\d+ \d+ R", "1 0 R", "2 0 R", "9999 0 R", "null", "[1 0 R 1 0 R]", "3 65535 R"),
        part(
            r"/\w+", "/Type", "/Kids", "/Length", "/Page", "/FlateDecode", "/LZWDecode", "/Encrypt"
        ),
        part(r"-?\d+\.?\d*", "0", "-1", "1e9", "99999999999", "0.0000001", "65536", "-2147483648"),
        part(r"stream\r?\n.*?endstream", "stream\nendstream", "stream\nBT (x) Tj", "endstream"),
        part(
            r"\b(?:T[jJdmf*]|cm|re|BT|ET|Do|[qQ])\b",
            *("TJ", "Tj", "Td", "Tm", "Tf", "cm", "q q q", "Q Q Q", "BT", "ET", "Do", "re W n"),
        ),
        part(r"<[0-9A-Fa-f]+>", "<>", "<FFFF>", "<0000>", "<D800DC00>", "<0>", "<20002000>"),
        part(r"trailer.*|startxref\s+\d+|xref\s.*?trailer", "", "startxref\n0", "trailer << >>"),
    ),
}
"""By the ending of the file's name."""
NESTED: dict[str, tuple[tuple[str, str], ...]] = {
    ".txt": (("(", ")"), ("[", "]"), ("    - ", "\n"), ("\t", ""), ("“", "”")),
    ".md": (("> ", ""), ("*", "*"), ("[", "](x)"), ("- ", "\n"), ("![", "]"), ("<div>", "</div>")),
    ".html": (("<div>", "</div>"), ("<p>", ""), ("<ul><li>", "</ul>"), ("<table><tr><td>", "")),
    ".xml": (("<sec>", "</sec>"), ("<italic>", "</italic>"), ("<list><list-item>", "")),
    ".pdf": (("[", "]"), ("<< /A ", " >>"), ("q ", "Q "), ("(", ")"), ("BT ", "ET ")),
}
"""What is put around something, many times: how it opens and closes, the latter not always."""


class Mutations:
    """Draws changed files; the same ones for the same seed.

    Args:
        whole: whole files, by the ending of their names.
        seed: of the drawing.
    """

    def __init__(self, whole: Mapping[str, Sequence[bytes]], seed: int) -> None:
        self.whole = whole
        self._seed = seed

    def draw(self, ending: str, number: int) -> bytes:
        """Return the changed file with a number."""
        draw = random.Random(f"{self._seed} {ending} {number}")
        content = draw.choice(self.whole[ending])
        others = [files for other, files in self.whole.items() if other != ending]

        def splice(content: bytes, draw: random.Random) -> bytes:
            return _put(content, _piece(draw.choice(draw.choice(others or [[b"x"]])), draw), draw)

        plain, parts = (*PLAIN, splice), [_changing(part) for part in PARTS[ending]]
        for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
            change = draw.choice(plain if draw.random() < 0.4 else parts)
            if draw.random() < 0.1:
                change = _nesting(ending)
            content = change(content, draw)[:MOST_BYTES]
        return content


_STREAM = re.compile(
    rb"<<(?P<facts>(?:(?!\bobj\b|endobj|stream).)*?)>>\s*stream\r?\n(?P<data>.*?)\r?\n?endstream",
    re.DOTALL,
)
_FILTER = re.compile(rb"/Filter\s*(?:\[[^\]]*\]|/\w+)|/Length\s+\d+")


def laid_bare(content: bytes) -> bytes:
    """Return a PDF whose streams are not packed, so that what they hold can be changed."""

    def unpack(stream: re.Match[bytes]) -> bytes:
        data, facts = stream["data"], stream["facts"]
        if b"/ASCII85Decode" in facts:
            data = a85decode(data.strip().removesuffix(b"~>"))
        if b"/FlateDecode" in facts:
            data = zlib.decompress(data)
        facts = b"%b /Length %d" % (_FILTER.sub(b"", facts), len(data))
        return b"<<%b>>\nstream\n%b\nendstream" % (facts, data)

    return _STREAM.sub(unpack, content)


# Bytes.


def _piece(content: bytes, draw: random.Random) -> bytes:
    start, end = _range(content, draw)
    return content[start:end]


def _range(content: bytes, draw: random.Random) -> tuple[int, int]:
    start = draw.randint(0, len(content))
    longest = len(content) // 10 if draw.random() < 0.2 else LONGEST_PIECE
    return start, min(len(content), start + draw.randint(1, max(longest, 1)))


def _put(content: bytes, piece: bytes, draw: random.Random) -> bytes:
    place = draw.randint(0, len(content))
    return content[:place] + piece + content[place:]


def flip(content: bytes, draw: random.Random) -> bytes:
    """Change single bits."""
    changed = bytearray(content)
    for _ in range(draw.choice((1, 3, 10, 100)) if content else 0):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def delete(content: bytes, draw: random.Random) -> bytes:
    """Take a piece out."""
    start, end = _range(content, draw)
    return content[:start] + content[end:]


def double(content: bytes, draw: random.Random) -> bytes:
    """Put a piece there several times."""
    start, end = _range(content, draw)
    return content[:end] + content[start:end] * draw.choice((1, 1, 3, 50)) + content[end:]


def move(content: bytes, draw: random.Random) -> bytes:
    """Put a piece elsewhere."""
    start, end = _range(content, draw)
    return _put(content[:start] + content[end:], content[start:end], draw)


def truncate(content: bytes, draw: random.Random) -> bytes:
    """Lose the end, or the beginning."""
    place = draw.randint(0, len(content))
    return content[:place] if draw.random() < 0.7 else content[place:]


def insert(content: bytes, draw: random.Random) -> bytes:
    """Put something hostile somewhere: code, signs that are not seen, long runs, any bytes."""
    run = "".join(draw.choices(UNITS, k=draw.randint(1, 3))) * draw.choice((1, 30, 1_000))
    signs = "".join(draw.choices(BIDI + INVISIBLE + "\x00\x07\x1b\x0c\U000e0041\uffff", k=5))
    piece = draw.choice((draw.choice(CODE), run, signs)).encode("utf-8", "surrogatepass")
    return _put(content, draw.choice((piece, draw.randbytes(draw.randint(1, 40)))), draw)


def encode(content: bytes, draw: random.Random) -> bytes:
    """Write it in another encoding, all or a piece of it."""
    start, end = _range(content, draw) if draw.random() < 0.5 else (0, len(content))
    text = content[start:end].decode("utf-8", "replace")
    return content[:start] + text.encode(draw.choice(ENCODINGS), "replace") + content[end:]


PLAIN: tuple[Change, ...] = (flip, delete, double, move, truncate, insert, encode)
"""What can be done to any file."""


# Parts.


def _changing(part: Part) -> Change:
    """Return the change of one part or of several in a row: gone, repeated, mixed, replaced."""

    def change(content: bytes, draw: random.Random) -> bytes:
        found = list(part.pattern.finditer(content))
        if not found:
            return flip(content, draw)
        first = draw.randrange(len(found))
        row = found[first : first + draw.choice((1, 1, 2, 5, 50))]
        texts = [one[0] for one in row]
        kind = draw.choice(("gone", "repeated", "mixed", "same", "replaced", "replaced"))
        if kind == "repeated":
            texts[0] *= draw.choice((2, 2, 5, 300))
        elif kind == "mixed":
            draw.shuffle(texts)
        elif kind == "same":
            texts = [draw.choice(found)[0]] * len(texts)
        else:
            texts = [draw.choice(part.instead) if kind == "replaced" else b"" for _ in texts]
        return _with(content, row, texts)

    return change


def _with(content: bytes, row: Sequence[re.Match[bytes]], texts: Sequence[bytes]) -> bytes:
    written, position = [], 0
    for one, text in zip(row, texts, strict=True):
        written += [content[position : one.start()], text]
        position = one.end()
    return b"".join(written) + content[position:]


def _nesting(ending: str) -> Change:
    """Return the change that puts a piece into many of the same."""

    def nest(content: bytes, draw: random.Random) -> bytes:
        opening, closing = (text.encode() for text in draw.choice(NESTED[ending]))
        depth = draw.choice((3, 60, 300, 5_000))
        start, end = _range(content, draw)
        closed = closing * depth if draw.random() < 0.5 else b""
        return content[:start] + opening * depth + content[start:end] + closed + content[end:]

    return nest

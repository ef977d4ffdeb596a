"""No regular expression of ours takes far longer than its text is long.

A text may be a whole file of 20 MB, so that four times the text may take some four times the time.
Those that only ever see a question or one entry of a bibliography may take its square: such a text
has an end.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.faults.growing import Growth, growth_of, stopped_in_time
from tests.faults.pumping import Found, find_patterns, pumps

LINEAR, SQUARE = 8.0, 32.0
"""Between 4 and 16 (quadratic), and between 16 and 64 (cubic)."""
LARGE, LARGEST = 1_000, 4_000
"""Characters; a search that grows beyond the limit takes long enough to be measured."""
SHORT = (
    "corpus.bibliography:AUTHORS",  # an entry, LONGEST_ENTRY at most
    "corpus.bibliography:IDENTIFIER",
    "corpus.bibliography:WHERE",
    "corpus.reference_styles:",
    "corpus.reading.html_source:_DECLARED",  # the first 4096 bytes of a page
    "corpus.reading.pdf_paragraphs:is_heading",  # twice the length of a heading
    "qa.article_lookup:",  # a question, 2,000 characters at most
    "qa.article_naming:",
    "qa.back_references:",
    "qa.boundaries:",
    "qa.conversation:",
    "qa.lookup:",
    "qa.names:",
    "qa.reference_lookup:",
    "qa.signals:",
    "qa.spelling:",
    "qa.wording:",
)
"""What only ever sees a text of known length."""
OURS = (
    "corpus.reading.xml_source:_TOKEN",  # of a file that a parser has found well-formed
    "index.milvus_connection:_GONE",  # what our own server says
)
"""What sees no text from outside, or none that could be hostile any more."""


@pytest.fixture(autouse=True)
def _stopped_in_time() -> Iterator[None]:
    with stopped_in_time():
        yield


def calls_of(found: Found) -> list[Callable[[Any], object]]:
    """Return the calls by which a pattern is used; each looks through the whole text."""
    pattern, calls = found.pattern, list[Callable[[Any], object]]()
    if not found.methods or found.methods - {"match", "fullmatch", "search"}:
        calls.append(lambda text: sum(1 for _ in pattern.finditer(text)))
    calls += [pattern.search] if "search" in found.methods else []
    calls += [pattern.match] if "match" in found.methods else []
    calls += [pattern.fullmatch] if "fullmatch" in found.methods else []
    return calls


def worst_growth(found: Found, *, limit: float) -> str:
    """Say for which text four times as much takes more than the limit; "" for none."""
    for before, repeated, ending in pumps(found.pattern):

        def text(size: int, *, parts: tuple[str, str, str] = (before, repeated, ending)) -> Any:
            made = (parts[0] + parts[1] * (size // len(parts[1]) + 1))[:size] + parts[2]
            return made.encode() if isinstance(found.pattern.pattern, bytes) else made

        for call in calls_of(found):
            grown = growth_of(
                lambda size, call=call, text=text: _with(call, text(size)),
                size=LARGEST if limit == LINEAR else LARGE,
                limit=limit,
            )
            if grown:
                return _said(found, grown, (before, repeated, ending))
    return ""


def _with(call: Callable[[Any], object], text: Any) -> Callable[[], object]:
    return lambda: call(text)


def _said(found: Found, grown: Growth, parts: tuple[str, str, str]) -> str:
    before, repeated, ending = parts
    return (
        f"{found.place}: {grown.size} characters of {before!r}, {repeated!r} over and over, "
        f"{ending!r} take {grown.ratio:.1f} times as long as a quarter of them"
    )


def test_patterns_of_all_packages_are_found() -> None:
    methods = {found.place: found.methods for found in find_patterns()}
    assert len(methods) > 200
    assert methods["corpus.sentences:_CANDIDATE"] == {"finditer"}
    assert methods["corpus.reading.markdown:_LEFT"] == {"match"}
    assert methods["qa.verifying:_JOIN"] == {"split"}
    assert methods["corpus.reading.html_metadata:_language"] == {"split"}


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        (r"\s+x", LINEAR),
        (r"(?P<a>[^]]+)\]", LINEAR),
        (r"a.*b$", LINEAR),
        (r"(?:a|b+)+c", SQUARE),
        (r"\s*,?\s*,?\s*x", SQUARE),
    ],
)
def test_slow_pattern_is_noticed(written: str, limit: float) -> None:
    found = Found("here", re.compile(written), frozenset(("search",)))
    assert "times as long" in worst_growth(found, limit=limit)


@pytest.mark.parametrize("written", [r"(?<!\s)\s++x", r"\b\d{1,3}\b", r"[^]]*\]"])
def test_fast_pattern_passes(written: str) -> None:
    assert worst_growth(Found("here", re.compile(written), frozenset(("sub",))), limit=SQUARE) == ""


@pytest.mark.parametrize("package", ["corpus", "index", "qa"])
def test_time_grows_with_the_text(package: str) -> None:
    of_package = [found for found in find_patterns() if found.place.startswith(package)]
    slow = [
        worst_growth(found, limit=SQUARE if found.place.startswith(SHORT) else LINEAR)
        for found in of_package
        if not found.place.startswith(OURS)
    ]
    assert "\n".join(filter(None, slow)) == ""

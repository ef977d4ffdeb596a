"""Author names: who is cited, where each is named, and whom a question means.

Family names come from the bibliography and from the running text ("Pisano et al (45)"); a
misspelt name is recognised if it is close to exactly one of them.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.document import Document, Span
from index.author_names import cited_authors, fold_name, names_in_text, own_names
from index.lexical import words
from index.overview import AuthorIndex, Authors

MIN_FUZZY_CHARS = 6
_ASKED_NAME = re.compile(
    r"\b(?P<name>(?:(?:van|von|de|Abd|El|Al) )?[A-ZÀ-Ž][\w-]+|[a-zà-ž][\w-]{2,})"
    r"(?:\s+et\s+al\b\.?|\s+and\s+(?:colleagues|co-?workers|co-?authors|team)|\s*&\s*co\b|"
    r"(?:'s|’s|s')?\s+(?:team|group)\b)"
)
_CAPITAL = r"(?P<name>(?:(?:van|von|de|Abd|El|Al) )?[A-ZÀ-Ž][a-zà-ž][\w-]+)"
_TITLE = r"(?:(?:Dr|Prof|Professor)\.?\s+)?"
_DOES = (
    r"(?:et\b|and\b|find|found|report|show|describe|say|state|observe|conclude|demonstrate|study|"
    r"studies|trial|paper|experiment|stud|work|publish|write|discover|detect|use|\d{4})"
)
_ASKED_OF = re.compile(
    r"\b(?:did|does|do|by|has|have|according to|paper|article|study|trial|report)\s+"
    rf"{_TITLE}{_CAPITAL}"
    rf"(?=(?:'s|’s)?\s+{_DOES}|(?:'s|’s)\s|\s*\?*\s*$)"
)
_WORK_OF = re.compile(
    rf"\b(?:of|from|to|is|was|in|about|the)\s+{_TITLE}{_CAPITAL}"
    rf"(?=(?:'s|’s)?\s+{_DOES}|(?:'s|’s)\s)"
)


@dataclass(frozen=True)
class AuthorNames:
    """The authors whom a document cites."""

    document: Document

    @cached_property
    def references(self) -> dict[str, tuple[int, ...]]:
        """Folded family name -> numbers of the references that list it as an author."""
        return cited_authors(self.document)

    @cached_property
    def in_text(self) -> frozenset[str]:
        """Folded family names that the running text or the tables print before a citation."""
        return names_in_text(self.document)

    @cached_property
    def known(self) -> frozenset[str]:
        """All folded family names, those of the article's own authors included."""
        return frozenset(self.references) | self.in_text | own_names(self.document)

    @cached_property
    def _held(self) -> frozenset[str]:
        return frozenset(words(self.document.text))

    def find(self, question: str) -> list[str]:
        """Find the known names in a question, in order, misspelt ones in their right spelling."""
        asked = words(question)
        found: list[str] = []
        for start, word in enumerate(asked):
            for length in (3, 2, 1):
                phrase = " ".join(asked[start : start + length])
                if phrase in self.known and len(phrase) > 1:
                    found.append(phrase)
                    break
            else:
                near = self.nearest(word)
                if near and _written_as_name(question, word):
                    found.append(near)
        return _without_common_words(found, question)

    def is_own(self, question: str) -> bool:
        """Tell whether a question names one of the article's own authors."""
        own = own_names(self.document)
        return any(name in own for name in self.find(question))

    def nearest(self, word: str) -> str | None:
        """Return the one known name that a long word is close to, or None."""
        if len(word) < MIN_FUZZY_CHARS:
            return None
        near = _near(word, list(self.known))
        return near[0] if len(near) == 1 else None

    def unknown(self, question: str) -> str | None:
        """Return a person's name in the question that the document does not hold, as written."""
        held = self._held
        for pattern in (_ASKED_NAME, _ASKED_OF, _WORK_OF):
            for match in pattern.finditer(question):
                name = match["name"]
                folded = fold_name(name)
                if folded in self.known or self.nearest(folded) or set(folded.split()) <= held:
                    continue
                if name[0].islower() and pattern is _ASKED_NAME and "et al" not in match[0]:
                    continue
                return name
        return None


def find_names(
    question: str, authors: Authors, documents: Collection[str] | None = None
) -> list[str]:
    """Find what `AuthorNames.find` finds in any of some documents, each name once.

    Args:
        question: in its own words.
        authors: which documents know which names.
        documents: ids of those that count; all where it is None.
    """
    chosen = None if documents is None else frozenset(documents)
    asked = words(question)
    found: list[str] = []
    for part in authors.parts:
        for start, word in enumerate(asked):
            phrases = [" ".join(asked[start : start + length]) for length in (3, 2, 1)]
            seen: frozenset[str] = frozenset()
            for phrase in phrases:
                knowing = _knowing(part, phrase, chosen) if len(phrase) > 1 else frozenset()
                found += [phrase] if knowing - seen else []
                seen |= knowing
            found += _misspelt(question, word, part, chosen, seen)
    return _without_common_words(found, question)


def _knowing(part: AuthorIndex, name: str, chosen: frozenset[str] | None) -> frozenset[str]:
    knowing = part.knowing(name)
    return knowing if chosen is None else knowing & chosen


def _misspelt(
    question: str,
    word: str,
    part: AuthorIndex,
    chosen: frozenset[str] | None,
    seen: frozenset[str],
) -> list[str]:
    """Find the names that a word is close to, as the only one of a document not yet ``seen``."""
    if len(word) < MIN_FUZZY_CHARS or not _written_as_name(question, word):
        return []
    knowing = {name: _knowing(part, name, chosen) - seen for name in _near(word, part.names)}
    times = Counter(document for documents in knowing.values() for document in documents)
    return [name for name, own in knowing.items() if any(times[document] == 1 for document in own)]


def _near(word: str, names: Sequence[str]) -> list[str]:
    """Return the names that a long word may have been meant to be."""
    limit = 1 if len(word) < 8 else 2
    near = process.extract(
        word, names, scorer=OSA.distance, processor=None, score_cutoff=limit, limit=None
    )
    return [name for name, _, _ in near if not _is_another_person(word, name)]


def _without_common_words(names: Sequence[str], question: str) -> list[str]:
    """Drop short names that are ordinary words ("Fan", "Wang") unless written as names."""
    return [
        name for name in dict.fromkeys(names) if len(name) >= 6 or _written_as_name(question, name)
    ]


def _is_another_person(word: str, name: str) -> bool:
    """Tell whether two names differ in vowels only, as those of two people do (Muller, Miller)."""
    if word == name or len(word) != len(name):
        return False
    changed = [(a, b) for a, b in zip(word, name, strict=True) if a != b]
    return all(a in "aeiouy" and b in "aeiouy" for a, b in changed)


def _written_as_name(question: str, folded: str) -> bool:
    """Tell whether a name stands capitalised, or before "et al" or "and colleagues"."""
    last = folded.split()[-1]
    for match in re.finditer(r"[\w-]+", question):
        if words(match[0])[-1:] == [last]:
            followed = re.match(
                r"(?:'s)?\s+(?:et al|and coll|and co|group|team)", question[match.end() :]
            )
            if match[0][0].isupper() or followed:
                return True
    return False


def spans_naming(document: Document, name: str, units: Iterable[Span]) -> list[Span]:
    """Return the quotable units whose text holds a folded name as whole words, in text order."""
    pattern = re.compile(rf"(?<![a-z]){re.escape(name)}(?![a-z])")
    return [unit for unit in units if pattern.search(fold_name(document.slice(unit)))]

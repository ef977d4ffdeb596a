"""Look-ups in the bibliography: by number, place of citation, author, journal, year, count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from corpus.bibliography import MAX_RANGE
from corpus.document import BlockKind, Document, Reference, Span
from corpus.passages import sentence_spans
from index.author_names import fold_name
from index.lexical import terms
from qa.names import AuthorNames

_ENTRY = (
    r"(?:references?|refs?\.?|citations?|papers?|sources?|entr(?:y|ies)|articles?|stud(?:y|"
    r"ies)|bibliograph\w+)"
)
_NUMBER = re.compile(
    rf"\b(?:{_ENTRY}|numbers?|no\.?|nr\.?)\s*(?:number|no\.?|nr\.?|"
    rf"#)?\s*[\[(#]?(?P<number>\d{{1,4}})(?![\d%]|[- ]?"
    r"(?:month|day|year|week|hour|percent|infant|bab|newborn|patient|animal|rat|mice))[\])]?|"
    r"[\[(](?P<bracket>\d{1,3})[\])]|#(?P<hash>\d{1,3})\b"
)
_MORE_NUMBERS = re.compile(
    r"\s*(?P<joint>,|and|or|&|-|–|to|through)\s*[\[(#]?(?P<number>\d{1,3})(?!\d)[\])]?"
)
_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)
_ORDINAL = re.compile(
    rf"\b(?P<which>{'|'.join(_ORDINALS)}|last|final|(?P<digits>\d{{1,3}})(?:st|nd|rd|"
    rf"th)) (?:\w+ )?{_ENTRY}\b"
)
_CITED_WHERE = re.compile(
    r"\bcite[sd]?\b|\bciting\b|\bcitations? of\b|\bmention(?:s|ed)?\b|\bwhere\b|\bused?\b|"
    r"\bsupports?\b|\brests?\b|\bbased on\b|"
    r"\brel(?:y|ies)\b|\bback(?:s|ed)\b|\brefer(?:s|red)? to\b|\bappears?\b|\bwhat does (?:the|"
    r"this)\b|\bstatements?\b|\bclaims?\b|"
    r"\bsentences?\b|\bpassages?\b|\bcontext\b|\bwhat for\b|\bsay(?:s)? about\b"
)
_ABOUT_ENTRY = re.compile(
    r"\bwhat(?: is|'s| are)\b|\b(?:which|what) (?:paper|article|work|publication|stud\w+)\b|"
    r"\bwho (?:wrote|are|is|authored)\b|"
    r"\btitle\b|\bjournal\b|\byear\b|\bauthors? of\b|\bpublished\b|\bpages?\b|\bvolume\b|\bfull\b"
)
_HOW_MANY = re.compile(
    r"\b(?:how many|number of|count of|total of) (?:[\w-]+ ){0,2}(?:references?|citations?|"
    r"sources|papers|works|publications|entries)\b|"
    r"\bhow (?:long|big) is the (?:reference list|bibliography)\b"
)
_ASKS_ENTRIES = re.compile(
    r"\b(?:references?|refs|cited|citations?|bibliography|entry|entries|sources?|works|"
    r"publications?|papers?|articles?|titles?|"
    r"appeared|published|stud(?:y|ies)|anything)\b"
)
_ASKS_ENTRY_OF = re.compile(
    rf"\btitle\b|\b(?:which|what) (?:\w+ )?(?:{_ENTRY}|journal|year|volume|pages?)\b|"
    rf"\b{_ENTRY} (?:\w+ )?(?:by|from|of)\b|"
    r"\bbibliograph\w+|\b(?:full|complete) (?:reference|citation|details)\b|\b(?:when|"
    r"where) (?:did|was|were) .*publi\w+|"
    r"\bcitation\b|\bdetails of the\b|\bvolume\b|\bpages?\b|\bin which (?:journal|year)\b|"
    r"\b(?:cited|listed) (?:\w+ )?(?:paper|work|article)\b"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A look-up that applies.

    Attributes:
        spans: the quotable units that answer, best first; empty if the document has none.
        reason: how it was found, or why nothing was, in a sentence for the user.
        all_of_them: every span belongs to the answer, none is an alternative.
    """

    spans: tuple[Span, ...]
    reason: str
    all_of_them: bool = False


IN_LIST = "looked up in the reference list"


@dataclass(frozen=True)
class ReferenceLookUp:
    """Look-ups in the bibliography of one document.

    Attributes:
        document: where to look.
        names: its cited authors.
        topic_terms: terms of its subject matter; a question with several of them is about that.
    """

    document: Document
    names: AuthorNames
    topic_terms: frozenset[str]

    def find(self, question: str, text: str, own: str) -> Found | None:
        """Answer a question about the bibliography.

        Args:
            question: complete in itself.
            text: the same in lower case.
            own: what was asked this time, without what it inherits, in lower case; it decides what
                is wanted, the whole question decides of which entry.
        """
        if not self.document.references:
            return None
        return (
            self._count(own)
            or self._by_number(text, own)
            or self._by_journal_or_year(question, own)
            or self._by_author(question, own)
        )

    @cached_property
    def units(self) -> tuple[Span, ...]:
        """Every quotable unit of the document but its bibliography, in text order."""
        return quotable_units(self.document)

    def citing(self, number: int) -> list[Span]:
        """Return the quotable units that cite a reference, in text order."""
        return [
            unit
            for unit in self.units
            if any(number in marker.numbers for marker in self.document.markers_in(unit))
        ]

    def _count(self, text: str) -> Found | None:
        if not _HOW_MANY.search(text) or self._years_in(text):
            return None
        rest = _HOW_MANY.sub(" ", text)
        if set(terms(rest)) & self.topic_terms or self.names.find(rest):
            return None
        last = self.document.references[-1]
        return Found((last.span,), f"the reference list ends with number {last.number}")

    def _by_number(self, text: str, own: str) -> Found | None:
        numbers = self._numbers_in(text)
        if not numbers:
            return None
        rest = _NUMBER.sub(" ", _ORDINAL.sub(" ", text))
        if sum(term in self.topic_terms for term in terms(rest)) > 2:
            return None
        count = len(self.document.references)
        missing = [number for number in numbers if self.document.reference(number) is None]
        if missing:
            return Found((), f"the article has {count} references; there is no number {missing[0]}")
        wanted = _NUMBER.sub(" ", _ORDINAL.sub(" ", own)).replace("what does", "")
        if _CITED_WHERE.search(wanted) and not _ABOUT_ENTRY.search(wanted):
            spans = dict.fromkeys(span for number in numbers for span in self.citing(number))
            listed = ", ".join(map(str, numbers))
            return Found(
                tuple(spans), f"looked up: the places that cite {listed}", all_of_them=True
            )
        found = [self.document.reference(number) for number in numbers]
        return Found(tuple(r.span for r in found if r), IN_LIST, all_of_them=True)

    def _numbers_in(self, text: str) -> list[int]:
        numbers = []
        for match in _NUMBER.finditer(text):
            numbers.append(int(match["number"] or match["bracket"] or match["hash"]))
            position = match.end()
            while more := _MORE_NUMBERS.match(text, position):
                last = int(more["number"])
                is_range = more["joint"] in ("-", "–", "to", "through")
                first = numbers[-1] + 1 if is_range and last - numbers[-1] <= MAX_RANGE else last
                numbers.extend(range(first, last + 1))
                position = more.end()
        for match in _ORDINAL.finditer(text):
            if not re.search(r"\b(?:reference|citation|entry|source|bibliograph)", match[0]):
                continue
            if match["digits"]:
                numbers.append(int(match["digits"]))
            elif match["which"] in _ORDINALS:
                numbers.append(_ORDINALS.index(match["which"]) + 1)
            else:
                numbers.append(self.document.references[-1].number)
        return [number for number in dict.fromkeys(numbers) if not 1800 <= number <= 2100]

    def _by_journal_or_year(self, question: str, own: str) -> Found | None:
        if not _ASKS_ENTRIES.search(own):
            return None
        return self._entries(self._by_age(own) or self._of_journals(question))

    def _by_age(self, text: str) -> list[Reference]:
        dated = [(r.year, r) for r in self.document.references if r.year is not None]
        entries = re.search(
            r"\b(?:references?|papers?|cited|citations?|entr\w+|works?|sources?|bibliography)\b",
            text,
        )
        if not dated or not entries:
            return []
        if re.search(r"\b(?:oldest|earliest)\b", text):
            oldest = min(year for year, _ in dated)
            return [reference for year, reference in dated if year == oldest]
        if re.search(r"\b(?:newest|latest|most recent)\b", text):
            newest = max(year for year, _ in dated)
            return [reference for year, reference in dated if year == newest]
        topic = {term for term in terms(text) if not term.isdigit()} & self.topic_terms
        if self.names.find(text) or topic:
            return []
        return [reference for year, reference in dated if year in self._years_in(text)]

    @staticmethod
    def _years_in(text: str) -> set[int]:
        return {
            int(year)
            for year in re.findall(
                r"\b(?:in|from|of|year|dated) ((?:19|"
                r"20)\d\d)\b",
                text,
            )
        }

    def _of_journals(self, question: str) -> list[Reference]:
        """Find the entries of the journals that a question names; the longest name counts."""
        asked = fold_name(question)
        named = {
            reference.journal
            for reference in self.document.references
            if (folded := fold_name(reference.journal))
            and _journal_pattern(folded).search(asked)
            and (
                not self._is_plain_words(folded)
                or self._written_as_title(question, reference.journal)
            )
        }
        longest = {
            name for name in named if not any(name != other and name in other for other in named)
        }
        return [r for r in self.document.references if r.journal in longest]

    def _is_plain_words(self, folded: str) -> bool:
        """Tell whether a title is made of words that the article uses ("Stem Cells", "Gut")."""
        return len(folded.split()) == 1 or set(terms(folded)) <= self._all_terms

    @cached_property
    def _all_terms(self) -> frozenset[str]:
        return frozenset(t for unit in self.units for t in terms(self.document.slice(unit)))

    @staticmethod
    def _written_as_title(question: str, journal: str) -> bool:
        """Tell whether a title of plain words is capitalised and introduced as a title is."""
        sign = r"(?:\b(?:in|from|of|by|journal|the)\s+|[\"'“‘])"
        return bool(re.search(rf"{sign}{re.escape(journal)}(?!\s+[a-z])", question))

    def _by_author(self, question: str, text: str) -> Found | None:
        """Find the entries of an author, as in "title of the paper by Dittmer"."""
        if not _ASKS_ENTRY_OF.search(text):
            return None
        names = [name for name in self.names.find(question) if name in self.names.references]
        if not names:
            return None
        numbers = set(self.names.references[names[0]])
        for name in names[1:]:
            numbers = numbers & set(self.names.references[name]) or numbers
        picked = [r for r in self.document.references if r.number in numbers]
        year = re.search(r"\b(?:19|20)\d\d\b", text)
        if year:
            picked = [r for r in picked if r.year == int(year[0])] or picked
        picked.sort(key=lambda r: (not _leads(r, names[0]), r.number))
        return self._entries(picked)

    @staticmethod
    def _entries(picked: Sequence[Reference]) -> Found | None:
        return Found(tuple(r.span for r in picked), IN_LIST, all_of_them=True) if picked else None


def _leads(reference: Reference, name: str) -> bool:
    return bool(reference.authors) and fold_name(reference.authors[0]).startswith(name)


@lru_cache(maxsize=10_000)
def _journal_pattern(folded: str) -> re.Pattern[str]:
    """Make a pattern for a folded title; each word may be written out: pediatr, pediatrics."""
    filler = r"\w* (?:(?:of|in|the|and|for) )*"
    return re.compile(r"\b" + filler.join(map(re.escape, folded.split())) + r"\w*\b")


def quotable_units(document: Document) -> tuple[Span, ...]:
    """Return every quotable unit of a document but its bibliography, in text order."""
    kinds = (BlockKind.REFERENCE, BlockKind.HEADING, BlockKind.TABLE_HEADER)
    return tuple(
        span
        for block in document.blocks
        if block.kind not in kinds
        for span in sentence_spans(document, block)
    )

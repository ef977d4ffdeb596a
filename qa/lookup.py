"""Questions that are answered by looking something up, not by similarity of meaning.

Who wrote the article, where, when, under which licence; what reference 17 is and where it is cited;
what a named author reports. The answer is still made of verbatim slices of the document. Each
look-up is one small function from a question to spans; the first that applies answers.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from corpus.document import BlockKind, Document, Reference, Span
from corpus.passages import sentence_spans
from index.lexical import fold, terms, words
from qa.names import AuthorNames, fold_name, spans_naming


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


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact about the article itself: how it is asked for, and which line tells it."""

    asked: str
    told: str
    name: str


_ARTICLE = r"(?:(?:this|the|your) (?:review|article|paper|source|text|publication|document|manuscript|work|study))"
_FACTS = (
    _Fact(r"\breceived\b|\bsubmitted\b|submission date", r"received", "the date it was received"),
    _Fact(r"\baccepted\b|acceptance date", r"accepted", "the date it was accepted"),
    _Fact(r"\blicen[cs]\w+|\bcopyright|creative commons|\bopen access\b|\b(?:reuse|re-use|reprint|"
          r"republish|commercially|cc[- ]by)\b", r".*\blicen[cs]ed\b|.*©|copyright", "the licence"),
    _Fact(r"\bconflicts? of interests?|competing interests?|\bdisclos\w+ .*interest|"
          r"\bconflicts?\b.*\b(?:declare|authors?)|\b(?:authors?|declare)\b.*\bconflicts?\b|"
          r"\b(?:ties|links|vested)\b.*\b(?:industry|compan\w+|interests?)",
          r"(?:conflicts? of interest|competing|declaration)", "the conflicts of interest"),
    _Fact(r"\bfund(?:s|ed|ing|er|ers)?\b|\bfinanc\w+|\bsponsor\w*|\bgrants?\b|\bpaid for\b|\bwho paid\b|"
          r"\bmoney\b", r"(?:financial|funding|grant)", "the funding"),
    _Fact(r"\bkey ?words?\b|index terms", r"key ?words", "the keywords"),
    _Fact(r"\bpeer[- ]?review\w*|\brefereed\b", r"peer", "the peer review"),
    _Fact(r"\be-?mail|\bcorrespond\w*|\bcontact\b|\bwrite to the authors?\b|\breach the authors?\b",
          r"(?:corresponding|correspondence|address for)", "the corresponding author"),
    _Fact(r"\bcontribut(?:e|ed|ion|ions|ed by)\b|\bwho (?:did|had|made|supervised|conceived|designed|"
          r"came up with|thought of|drafted)\b|\b(?:did|had|made) the (?:literature|analysis|concept|design|"
          r"critical|supervision|writing)|\bauthors?'? roles?\b|\brole of each author\b",
          r"(?:author|contribut)", "the authors' contributions"),
    _Fact(r"\bwebsite\b|\bweb ?site\b|\bhome ?page\b|\burl of\b|\bweb address\b",
          r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$", "the journal's address"),
    _Fact(r"\baffiliat\w+|\b(?:which|what) (?:university|hospital|institution|institute|department|"
          r"division|country|city)\b|\bwhere (?:do|are|did) the(?:se)? (?:authors?|writers?|doctors?) "
          r"(?:work|based|from|come)|\bauthors? (?:work|based|come from|from)\b|\bwhere .*authors? (?:work|based|from)\b",
          r".*\b(?:university|department|division|hospital|institute|school)\b", "the affiliation"),
)  # fmt: skip
_WHO_WROTE = re.compile(
    rf"\bwho (?:wrote|are the authors?|is the author|authored|were the authors?|published)\b|"
    rf"\bauthors? of {_ARTICLE}|\b(?:written|authored) by\b|\bnames? of the authors?\b|"
    rf"\bby whom\b|\bfirst author of {_ARTICLE}|\bwho (?:is|are) behind\b|^authors?\??$|"
    rf"\bwho (?:is|was) the (?:first|second|last|senior) author\b(?! (?:of|on|in) (?:ref|\[|\(|the (?!review|article)))"
)
_TITLE = re.compile(rf"\b(?:title|name|called) (?:of )?{_ARTICLE}|\bwhat is {_ARTICLE} called|^title\??$")
_WHERE_PUBLISHED = re.compile(
    rf"\bhow (?:do|should|can|would|to|must) (?:i |we |one |you )?(?:cite|reference)\b|\bcitation (?:for|of) (?:this|the)\b|"
    rf"\b(?:which|what) (?:journal|periodical|magazine|volume|issue|year|pages?)\b|\bjournal (?:is|was|name|did)\b|"
    rf"\b(?:where|when|year|date) (?:was|is|did|of) (?:{_ARTICLE}|it|this|publication)\b|\bpublication (?:year|date)\b|"
    rf"\b(?:published|appear(?:ed)?) in\b|\bpage (?:numbers?|range)\b|\bbibliographic\b|\bhow old is {_ARTICLE}|"
    rf"\b(?:full|suggested|recommended|proper) citation\b|\bcite {_ARTICLE}|\bwhen .*\bpublished\b"
)
_NUMBER = re.compile(
    r"\b(?:references?|refs?\.?|citations?|papers?|sources?|entry|entries|articles?|stud(?:y|ies)|numbers?|no\.?|nr\.?|bibliography entry)"
    r"\s*(?:number|no\.?|nr\.?|#)?\s*[\[(#]?(?P<number>\d{1,4})(?!\d|-month|\s*(?:month|day|year|week|hour|percent|%))[\])]?|[\[(](?P<bracket>\d{1,3})[\])]|#(?P<hash>\d{1,3})\b"
)
_CITED_WHERE = re.compile(
    r"\bcite[sd]?\b|\bciting\b|\bcitations? of\b|\bmention(?:s|ed)?\b|\bwhere\b|\bused?\b.*\bfor\b|\bsupports?\b|"
    r"\breferred to\b|\brely on\b|\bbacked\b|\brefers? to\b|\bappears?\b|\bwhich (?:sentences?|statements?|claims?|passages?)\b"
)
_ABOUT_ENTRY = re.compile(r"\bwhat(?: is|'s)|\bwhich paper\b|\bwho (?:wrote|are|is|authored)\b|\btitle\b|\bjournal\b|\byear\b|\bauthors?\b|\bpublished\b|\bpages?\b")
_HOW_MANY_REFERENCES = re.compile(r"\b(?:how many|number of|count of|total) (?:\w+ )?(?:references?|citations?|sources|papers|works|publications|studies)\b.*\b(?:cite[sd]?|have|has|list(?:ed)?|contain|there|include[sd]?|bibliography|review|article|in)\b|\bhow many references\b|\bhow long is the (?:reference list|bibliography)\b")
_REFERENCE_WORD = re.compile(r"\b(?:references?|refs|papers?|articles?|citations?|cited|bibliography|entries|entry|sources|works|publications?|stud(?:y|ies)|titles?|published|appeared|journal)\b")
_REPORTS = re.compile(
    r"\b(?:report\w*|find|found|findings?|show\w*|observ\w*|describ\w*|conclud\w*|demonstrat\w*|say|said|state[sd]?|"
    r"do|did|discover\w*|detect\w*|results?|study|studied|work|review\w*|about|contribut\w*|suggest\w*|investigat\w*|"
    r"examin\w*|claim\w*|research\w*|stud(?:y|ies)|trial|experiments?|tell|learn\w*|see|saw|mention\w*|discuss\w*|cited|for|team|"
    r"group|colleagues|coworkers|co-workers|paper|et|al|and|happened|prove[dn]?|summar\w+|according|main|key|come|came|up)\b"
)  # fmt: skip


@dataclass(frozen=True)
class LookUp:
    """Look-ups in one document; built once, used for every question."""

    document: Document
    names: AuthorNames = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", AuthorNames(self.document))

    def find(self, question: str) -> Found | None:
        """Answer a question by look-up; None where it is not one for looking up."""
        text = re.sub(r"[’`]", "'", question.lower()).strip()  # noqa: RUF001
        steps: Sequence[Callable[[str, str], Found | None]] = (
            self._how_many_references,
            self._numbered_reference,
            self._references_of_journal_or_year,
            self._reference_of_author,
            self._reports_of_author,
            self._fact_of_article,
        )
        for step in steps:
            found = step(question, text)
            if found is not None:
                return found
        return None

    # -- the article itself ---------------------------------------------------------------------

    def _fact_of_article(self, question: str, text: str) -> Found | None:
        if not self._is_about_article(question, text):
            return None
        for fact in _FACTS:
            if re.search(fact.asked, text):
                spans = self._lines(fact.told)
                if spans:
                    return Found(spans, f"looked up: {fact.name}")
        if _WHERE_PUBLISHED.search(text) and (cite := self._lines(r"cite this article|citation:|how to cite")):
            return Found(cite, "looked up: where the article appeared")
        if _TITLE.search(text):
            spans = tuple(b.span for b in self.document.blocks if b.kind is BlockKind.TITLE)
            return Found(spans, "looked up: the title")
        if _WHO_WROTE.search(text) and (authors := self._author_line()):
            return Found(authors, "looked up: the authors")
        return None

    def _is_about_article(self, question: str, text: str) -> bool:
        """Tell whether nothing in the question points into the article's subject matter.

        "Who funded the Okazaki study?" names a cited author, "conflicting results in BPD" a topic.
        """
        if self.names.find(question) and not self._names_own_author(question):
            return False
        if re.search(_ARTICLE, text):
            return True
        foreign = set(terms(text)) & self._topic_terms
        return not foreign

    def _names_own_author(self, question: str) -> bool:
        own = {fold_name(author.family) for author in self.document.metadata.authors}
        return any(name in own for name in self.names.find(question))

    @cached_property
    def _topic_terms(self) -> frozenset[str]:
        """Terms of the prose that neither the title nor the front and end matter use."""
        prose: set[str] = set()
        furniture: set[str] = set()
        for block in self.document.blocks:
            held = terms(self.document.slice(block.span))
            if block.kind in (BlockKind.PARAGRAPH, BlockKind.TABLE_ROW, BlockKind.LIST_ITEM):
                prose.update(held)
            elif block.kind is not BlockKind.REFERENCE:
                if not self.document.slice(block.span).lower().startswith("key"):
                    furniture.update(held)
        generic = {fold(w) for w in "article review paper study research author publish journal year".split()}
        generic |= {fold(w) for w in "write work first report declare source support use open".split()}
        return frozenset(prose - furniture - generic)

    def _lines(self, pattern: str) -> tuple[Span, ...]:
        told = re.compile(pattern, re.IGNORECASE)
        return tuple(
            block.span
            for block in self.document.blocks
            if block.kind in (BlockKind.FRONT_MATTER, BlockKind.END_MATTER)
            and told.match(self.document.slice(block.span))
        )

    def _author_line(self) -> tuple[Span, ...]:
        families = {fold_name(author.family) for author in self.document.metadata.authors}
        for block in self.document.blocks:
            if block.kind is BlockKind.FRONT_MATTER and families:
                if families <= set(words(self.document.slice(block.span))):
                    return (block.span,)
        return ()

    # -- the bibliography -----------------------------------------------------------------------

    def _how_many_references(self, _question: str, text: str) -> Found | None:
        if not _HOW_MANY_REFERENCES.search(text) or not self.document.references:
            return None
        if self._narrowed(text):
            return None
        last = self.document.references[-1]
        return Found((last.span,), f"the reference list ends with number {last.number}")

    def _narrowed(self, text: str) -> bool:
        return bool(set(terms(text)) & self._topic_terms) or bool(self._journals_in(text))

    def _numbered_reference(self, _question: str, text: str) -> Found | None:
        numbers = [int(m["number"] or m["bracket"] or m["hash"]) for m in _NUMBER.finditer(text)]
        if not numbers:
            return None
        others = [t for t in terms(_NUMBER.sub(" ", text)) if t in self._topic_terms]
        if len(others) > 2 or re.search(r"\b(?:published|from|year) (?:in )?(?:19|20)\d\d\b", text):
            return None
        missing = [number for number in numbers if self.document.reference(number) is None]
        if missing:
            count = len(self.document.references)
            return Found((), f"the article has {count} references; there is no number {missing[0]}")
        if _CITED_WHERE.search(text) and not _ABOUT_ENTRY.match(text):
            spans = tuple(span for n in numbers for span in self._citing(n))
            return Found(spans, _citing_reason(numbers), all_of_them=True)
        found = [self.document.reference(number) for number in numbers]
        return Found(tuple(r.span for r in found if r), "looked up in the reference list", all_of_them=True)

    def _citing(self, number: int) -> list[Span]:
        return [
            unit
            for unit in self._units
            if any(number in marker.numbers for marker in self.document.markers_in(unit))
        ]

    @cached_property
    def _units(self) -> tuple[Span, ...]:
        return tuple(
            span
            for block in self.document.blocks
            if block.kind not in (BlockKind.REFERENCE, BlockKind.HEADING, BlockKind.TABLE_HEADER)
            for span in sentence_spans(self.document, block)
        )

    def _references_of_journal_or_year(self, _question: str, text: str) -> Found | None:
        if not _REFERENCE_WORD.search(text) or not re.search(r"\b(?:which|what|list|show|any|all|how many|find|name|are there|is there|references?|oldest|newest)\b", text):
            return None
        picked = self._by_age(text) or self._by_journal(text)
        if not picked:
            return None
        return Found(tuple(r.span for r in picked), "looked up in the reference list", all_of_them=True)

    def _by_age(self, text: str) -> list[Reference]:
        dated = [(r.year, r) for r in self.document.references if r.year is not None]
        if not dated:
            return []
        asks_for_entry = re.search(r"\b(?:references?|papers?|cited|citations?|entry|entries|works?|sources?|bibliography)\b", text)
        if re.search(r"\b(?:oldest|earliest)\b", text) and asks_for_entry:
            oldest = min(year for year, _ in dated)
            return [reference for year, reference in dated if year == oldest]
        if re.search(r"\b(?:newest|latest|most recent)\b", text) and asks_for_entry:
            newest = max(year for year, _ in dated)
            return [reference for year, reference in dated if year == newest]
        year_asked = re.search(r"\b(?:in|from|of|year|dated|since)\s+((?:19|20)\d\d)\b", text)
        if year_asked and re.search(r"\b(?:references|papers|citations|entries|works|sources)\b", text):
            return [r for year, r in dated if year == int(year_asked[1])]
        return []

    def _by_journal(self, text: str) -> list[Reference]:
        journals = self._journals_in(text)
        return [r for r in self.document.references if fold_name(r.journal) in journals]

    def _journals_in(self, text: str) -> set[str]:
        """Find the journals that a text names, by printed abbreviation or by its written-out words."""
        asked = fold_name(text)
        found = set()
        for reference in self.document.references:
            journal = fold_name(reference.journal)
            parts = journal.split()
            if not parts:
                continue
            if len(parts) == 1:
                named = bool(re.search(rf"\b(?:in|from|journal|by)\s+(?:the\s+)?(?:journal\s+)?{journal}\b", asked))
            else:
                named = bool(re.search(r"\b" + r"\w*\s+(?:(?:of|in|the|and|for)\s+)*".join(map(re.escape, parts)) + r"\w*\b", asked))
            if named:
                found.add(journal)
        longest = {name for name in found if not any(name != other and name in other for other in found)}
        return longest

    # -- cited authors --------------------------------------------------------------------------

    def _reference_of_author(self, question: str, text: str) -> Found | None:
        """ "Title of the paper by Dittmer", "which reference is by Weissman"."""
        asks = re.search(
            r"\b(?:title|which (?:reference|paper|article|journal|entry|citation)|what (?:reference|paper|journal|article)|"
            r"reference(?:s)? (?:by|from|of|to)|papers? (?:by|from|of)|bibliograph\w+|full (?:reference|citation)|"
            r"(?:when|where) (?:did|was|were) .*publi\w+|citation (?:of|for|details)|details of the)\b",
            text,
        )
        if not asks:
            return None
        names = [name for name in self.names.find(question) if name in self.names.references]
        if not names:
            return None
        numbers = set(self.names.references[names[0]])
        for name in names[1:]:
            numbers = numbers & set(self.names.references[name]) or numbers
        year = re.search(r"\b(?:19|20)\d\d\b", text)
        picked = [r for r in self.document.references if r.number in numbers]
        if year:
            picked = [r for r in picked if r.year == int(year[0])] or picked
        picked.sort(key=lambda r: (not self._leads(r, names[0]), r.number))
        return Found(tuple(r.span for r in picked), "looked up in the reference list", all_of_them=True)

    @staticmethod
    def _leads(reference: Reference, name: str) -> bool:
        return bool(reference.authors) and fold_name(reference.authors[0]).startswith(name)

    def _reports_of_author(self, question: str, text: str) -> Found | None:
        """ "What does Briere report?": every sentence and row that names or cites the author."""
        unknown = self.names.unknown(question)
        if unknown:
            return Found((), f"the article names nobody called {unknown}")
        names = self.names.find(question)
        if len(names) != 1 or self._names_own_author(question):
            return None
        rest = [
            word
            for word in words(_REPORTS.sub(" ", text))
            if word not in names[0].split() and len(word) > 2 and not self._is_name_like(word, names[0])
        ]
        if terms(" ".join(rest)):
            return None
        spans = spans_naming(self.document, names[0], self._units)
        if not spans:
            cited = self.names.references.get(names[0], ())
            spans = [span for number in cited for span in self._citing(number)]
        return Found(tuple(spans), f"looked up: what the article says citing {names[0].title()}", all_of_them=True)

    def _is_name_like(self, word: str, name: str) -> bool:
        return name in self.names.find(word.capitalize())


def _citing_reason(numbers: Sequence[int]) -> str:
    listed = ", ".join(map(str, numbers))
    return f"looked up: the places that cite {listed}"

"""Questions that are answered by looking something up, not by similarity of meaning.

Who wrote the article, where, when, under which licence; what a named author reports. Reference
numbers and bibliography entries are looked up by `qa.reference_lookup`. The answer is still made of
verbatim slices of the document; each look-up is one function from a question to spans, and the
first that applies answers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from corpus.document import BlockKind, Document, Span
from index.lexical import fold, terms, words
from qa.names import AuthorNames, fold_name, spans_naming
from qa.reference_lookup import Found, ReferenceLookUp

_ARTICLE = (
    r"(?:(?:this|the|your) (?:review|article|paper|source|text|publication|document|"
    r"manuscript|work|study))"
)


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact about the article itself.

    Attributes:
        name: for the user.
        asked: pattern of the questions that ask for it, in lower case.
        told: pattern at the start of the line that tells it.
        plain: the words that ask for it mean nothing else, whatever the topic.
    """

    name: str
    asked: str
    told: str
    plain: bool = False


_FACTS = (
    _Fact("the date it was received", r"\breceived (?:by|on|at|date)\b|\bdate received\b|"
                                      r"\bwas (?:it|the \w+) (?:received|submitted)\b|"
          r"\bsubmi(?:tted|ssion)\b|\bhanded in\b|\bsent in\b|^received\b|\bwhen .*\b(?:receive|"
          r"submit)\w*", r"received"),
    _Fact("the date it was accepted", r"\baccept(?:ed|ance)\b", r"accepted"),
    _Fact("the licence", r"\blicen[cs]\w+|\bcopyright\w*|creative commons|\bopen access\b|"
                         r"\b(?:reuse|re-use|reprint|"
          r"republish|commercial\w*|cc[- ]by)\b", r".*\blicen[cs]ed\b|.*©|copyright", plain=True),
    _Fact("the conflicts of interest", r"\b(?:conflict\w*|competing|vested|"
                                       r"financial) interests?\b|\bconflicts? of interests?\b|"
          r"\b(?:conflicts?|disclos\w+|bias\w*)\b.*\bauthors?\b|\bauthors?\b.*\b(?:conflicts?|"
          r"disclos\w+|biased)\b|"
          r"\b(?:ties|links)\b.*\b(?:industry|compan\w+)", r"(?:conflicts? of interest|"
          r"competing|declaration)", plain=True),
    _Fact("the funding", r"\bfund(?:s|ed|ing|er|ers)?\b|\bfinanc\w+|\bsponsor\w*|\bgrants?\b|"
                         r"\bpaid for\b|\bwho paid\b|\bmoney\b",
          r"(?:financial|funding|grant)"),
    _Fact("the keywords", r"\bkey ?words?\b|\bindex terms\b", r"key ?words", plain=True),
    _Fact("the peer review", r"\bpeer[- ]?review\w*|\brefereed\b", r"peer", plain=True),
    _Fact("the corresponding author", r"\be-?mail\w*|\bcorrespond\w*|\bcontact\w*|"
                                  r"\bwrite to the authors?\b|\breach the authors?\b|"
          r"\bget in touch\b", r"(?:corresponding|correspondence|address for)"),
    _Fact("the authors' contributions", r"\bauthors?'? (?:contribut\w+|roles?)\b|"
                                        r"\bcontributions?\b|\bcontributed\b|"
          r"\bwho (?:did|had|supervised|conceived|designed|came up with|thought of|drafted|"
          r"collected|analy[sz]ed)\b|"
          r"\b(?:which|what) author\b|\brole of each author\b", r"(?:author|contribut)"),
    _Fact("the journal's address", r"\bweb ?site\b|\bhome ?page\b|\burl of\b|\bweb address\b",
          r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$"),
    _Fact("the affiliation", r"\baffiliat\w+|\b(?:which|what) (?:university|hospital|"
                             r"institution|institute|department|division|country|city)\b|"
          r"\bwhere (?:do|are|did|were) (?:the(?:se|y)?) ?(?:two )?(?:authors?|writers?|"
          r"doctors?)? ?(?:work|based|from|come|at home)|"
          r"\b(?:authors?|writers?) (?:work|based|come from|from|at)\b|\bwhere .*authors?\b",
          r".*\b(?:university|department|division|hospital|institute|school)\b"),
)  # fmt: skip
_WHO_WROTE = re.compile(
    rf"\bwho (?:wrote|authored|published|were the authors?|are the (?:authors?|writers?)|"
    rf"is the (?:author|writer))\b|"
    rf"\bauthors? of {_ARTICLE}|\b(?:written|authored) by\b|\b(?:names?|list) of (?:the |"
    rf"all )?authors?\b|\bby whom\b|"
    rf"\bwho (?:is|are) behind\b|^(?:the )?authors?\W*$|\b(?:first|second|last|"
    rf"senior) author\b(?! of (?:ref|\[|\())|\bauthor names?\b"
)
_TITLE = re.compile(
    rf"\b(?:title|name) of {_ARTICLE}|\bwhat(?: is|'s) {_ARTICLE} called\b|^(?:the )?title\W*$"
)
_WHERE_PUBLISHED = re.compile(
    rf"\bhow (?:do|should|can|would|to|must|is) (?:i |we |one |you )?(?:cite|reference|"
    rf"{_ARTICLE} (?:cited|to be cited))\b|\bcitation (?:for|of) (?:this|the)\b|"
    rf"\b(?:which|what) (?:journal|periodical|magazine|volume|issue|year|pages?)\b|"
    rf"\bname of the journal\b|"
    rf"\b(?:where|when|year|date) (?:was|is|did|of) (?:{_ARTICLE}|it|this|"
    rf"publication)\b.*\b(?:publi\w+|appear\w*|from|out|print\w*|written)\b|"
    rf"\bpublication (?:year|date)\b|\bpublished\b|\bpage (?:numbers?|range)\b|"
    rf"\bbibliographic\b|\bhow (?:old|recent) is {_ARTICLE}|"
    rf"\b(?:full|suggested|recommended|proper|correct) citation\b|\bcite {_ARTICLE}|"
    rf"\bcite (?:it|this)\b"
)
MATTER = (BlockKind.TITLE, BlockKind.FRONT_MATTER, BlockKind.END_MATTER)
_GENERIC = (
    "article review paper study research author publish journal year write work first report "
    "declare source support use open content available today date issue page volume text people "
    "person name team group project"
)
_REPORTS = re.compile(
    r"\b(?:report\w*|find|found|findings?|show\w*|observ\w*|describ\w*|conclu\w*|demonstrat\w*|"
    r"say|said|says|state[sd]?|"
    r"discover\w*|detect\w*|results?|outcomes?|stud(?:y|ies|ied)|work\w*|review\w*|contribut\w*|"
    r"suggest\w*|investigat\w*|"
    r"examin\w*|claim\w*|research\w*|trials?|experiments?|learn\w*|see|seen|saw|mention\w*|"
    r"discuss\w*|cited?|teams?|"
    r"groups?|colleagues|co-?workers|co-?authors|papers?|articles?|et|al|happen\w*|prove[dn]?|"
    r"summar\w+|summed|according|main|key|"
    r"come|came|look\w*|publish\w*|authors?|note[ds]?|look(?:ed)? at|his|her|their|and|up|"
    r"about)\b"
)


def _plain(question: str) -> str:
    return re.sub(r"[’`]", "'", question.lower()).strip()


@dataclass(frozen=True)
class LookUp:
    """Look-ups in one document; built once, used for every question."""

    document: Document

    @cached_property
    def names(self) -> AuthorNames:
        """The authors whom the document cites."""
        return AuthorNames(self.document)

    @cached_property
    def references(self) -> ReferenceLookUp:
        """Look-ups in the bibliography."""
        return ReferenceLookUp(self.document, self.names, self.topic_terms)

    def find(self, question: str, own: str | None = None) -> Found | None:
        """Answer a question by look-up; None where it is not one for looking up.

        Args:
            question: complete in itself.
            own: of a follow-up, what was asked this time; the whole question by default.
        """
        text = _plain(question)
        return (
            self.references.find(question, text, _plain(own or question))
            or self._reports_of_author(question, text)
            or self._fact_of_article(question, text)
        )

    # The article itself

    def _fact_of_article(self, question: str, text: str) -> Found | None:
        if self.names.find(question) and not self._names_own_author(question):
            return None
        on_topic = self._is_on_topic(text)
        for fact in _FACTS:
            if (fact.plain or not on_topic) and re.search(fact.asked, text):
                spans = self._lines(fact.told)
                if spans:
                    return Found(spans, f"looked up: {fact.name}")
        if on_topic:
            return None
        return self._authors_or_title(text) or self._publication(text)

    def _authors_or_title(self, text: str) -> Found | None:
        if _TITLE.search(text):
            titles = [block.span for block in self.document.blocks if block.kind is BlockKind.TITLE]
            return Found(tuple(titles), "looked up: the title")
        if _WHO_WROTE.search(text) and (line := self._author_line()):
            return Found((line,), "looked up: the authors")
        return None

    def _publication(self, text: str) -> Found | None:
        if re.search(r"\bhow (?:many|often)\b|\bcited (?:since|by)\b", text):
            return None
        lines = self._lines(r"cite this article|citation:|how to cite")
        if lines and _WHERE_PUBLISHED.search(text):
            return Found(lines, "looked up: where the article appeared")
        return None

    def _is_on_topic(self, text: str) -> bool:
        """Tell whether a question points into the article's subject matter.

        "Who funded the Okazaki study?" and "Which journal reported on BPD?" do; a question that
        speaks of "this article" does not.
        """
        if re.search(_ARTICLE.replace("|the|", "|"), text):
            return False
        return bool(set(terms(text)) & self.topic_terms)

    def _names_own_author(self, question: str) -> bool:
        own = {fold_name(author.family) for author in self.document.metadata.authors}
        return any(name in own for name in self.names.find(question))

    @cached_property
    def topic_terms(self) -> frozenset[str]:
        """Terms of the prose that neither the title nor the front and end matter use."""
        prose: set[str] = set()
        furniture = {fold(word) for word in _GENERIC.split()}
        for block in self.document.blocks:
            text = self.document.slice(block.span)
            if block.kind in (BlockKind.PARAGRAPH, BlockKind.TABLE_ROW, BlockKind.LIST_ITEM):
                prose.update(terms(text))
            elif block.kind in MATTER and not text.lower().startswith("key"):
                furniture.update(terms(text))
        return frozenset(prose - furniture)

    def _lines(self, pattern: str) -> tuple[Span, ...]:
        told = re.compile(pattern, re.IGNORECASE)
        return tuple(
            block.span
            for block in self.document.blocks
            if block.kind in (BlockKind.FRONT_MATTER, BlockKind.END_MATTER)
            and told.match(self.document.slice(block.span))
        )

    def _author_line(self) -> Span | None:
        families = {fold_name(author.family) for author in self.document.metadata.authors}
        for block in self.document.blocks:
            held = set(words(self.document.slice(block.span)))
            if block.kind is BlockKind.FRONT_MATTER and families and families <= held:
                return block.span
        return None

    # Cited authors

    def _reports_of_author(self, question: str, text: str) -> Found | None:
        """Find every sentence and row that names or cites the author whose report is asked for."""
        unknown = self.names.unknown(question)
        if unknown:
            return Found((), f"the article names nobody called {unknown}")
        names = self.names.find(question)
        if not names or self._names_own_author(question) or self._asks_more(text, names):
            return None
        units = self.references.units
        spans: list[Span] = []
        for name in names:
            naming = spans_naming(self.document, name, units)
            if not naming:
                cited = self.names.references.get(name, ())
                naming = [span for number in cited for span in self.references.citing(number)]
            spans += [span for span in naming if span not in spans]
        who = " and ".join(name.title() for name in names)
        return Found(
            tuple(spans), f"looked up: what the article says citing {who}", all_of_them=True
        )

    def _asks_more(self, text: str, names: Sequence[str]) -> bool:
        """Tell whether a question about an author asks for something particular."""
        named = {part for name in names for part in name.split()}
        rest = [
            word
            for word in words(_REPORTS.sub(" ", text))
            if len(word) > 2 and word not in named and self.names.nearest(word) not in names
        ]
        return bool(terms(" ".join(rest)))

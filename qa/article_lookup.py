"""Look-ups of what an article says of itself: authors, journal, licence, funding, aim, conclusion.

Each fact pairs a pattern of the questions that ask for it with a pattern of the line that tells it;
the line is quoted. A question that points into the article's subject matter is none of these.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from corpus.document import BlockKind, Document, Span
from corpus.passages import sentence_spans
from index.author_names import fold_name
from index.lexical import terms, words
from qa.names import AuthorNames
from qa.reference_lookup import Found

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
    _Fact("the authors' contributions", r"\bauthors?\b.*\bcontribut\w*|\bauthors?' contribut\w*",
          r"(?:author|contribut)", plain=True),
    _Fact("the authors' contributions", r"\bauthors?'? (?:contribut\w+|roles?)\b|"
                                        r"\bcontributions?\b|\bcontributed\b|\bauthors?\b.*\bcontribut\w*|"
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
    rf"all )?authors?\b|\bby whom\b|\bhow many authors\b|"
    rf"\bwho (?:is|are) behind\b|^(?:the )?authors?\W*$|\b(?:first|second|last|"
    rf"senior) author\b(?! of (?:ref|\[|\())|\bauthor names?\b"
)
_TITLE = re.compile(
    rf"\b(?:title|name) of {_ARTICLE}|\bwhat(?: is|'s) {_ARTICLE} called\b|^(?:the )?title\W*$"
)
_CONCLUSION = re.compile(
    r"\bconclusions?\b|\bconclude[sd]?\b|\btake[- ]home\b|\bbottom line\b|"
    rf"\bhow does {_ARTICLE} end\b"
)
_ABOUT = re.compile(
    rf"\bwhat(?: is|'s) {_ARTICLE} (?:about|on|for)\b|"
    r"\b(?:aim|purpose|goal|objective|topic|subject|gist|"
    rf"summary|overview|scope) (?:of|for) {_ARTICLE}|\bsummari[sz]e {_ARTICLE}|"
    rf"\bwhat (?:does|do) {_ARTICLE} (?:discuss|cover|deal with|review|look at|treat)\b|"
    rf"\bwhat is discussed in {_ARTICLE}"
)
_SETS_OUT = re.compile(
    r"\bin this (?:review|article|paper|study)\b|\bthis (?:review|article|paper) "
    r"(?:discusses|aims|summari[sz]es|reviews|describes|examines|focuses|explores)\b|"
    r"\bwe (?:review|discuss|summari[sz]e|aim)\b",
    re.IGNORECASE,
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


@dataclass(frozen=True)
class ArticleLookUp:
    """Look-ups of facts about one document itself.

    Attributes:
        document: where to look.
        names: its cited authors.
        topic_terms: terms of its subject matter.
    """

    document: Document
    names: AuthorNames
    topic_terms: frozenset[str]

    def find(self, question: str, text: str) -> Found | None:
        """Answer a question about the article; ``text`` is the question in lower case."""
        if self.names.find(question) and not self.names.is_own(question):
            return None
        on_topic = self._is_on_topic(text)
        for fact in _FACTS:
            if (fact.plain or not on_topic) and re.search(fact.asked, text):
                spans = self._lines(fact.told)
                if spans:
                    return Found(spans, f"looked up: {fact.name}")
        if on_topic:
            return None
        return self._authors_or_title(text) or self._publication(text) or self._gist(text)

    def _authors_or_title(self, text: str) -> Found | None:
        if _TITLE.search(text):
            titles = [block.span for block in self.document.blocks if block.kind is BlockKind.TITLE]
            return Found(tuple(titles), "looked up: the title")
        if _WHO_WROTE.search(text) and (line := self._author_line()):
            return Found((line,), "looked up: the authors")
        return None

    def _gist(self, text: str) -> Found | None:
        """Find what the article says of itself: its conclusion, or what it sets out to discuss."""
        if _CONCLUSION.search(text):
            spans = self._sentences(lambda section, _: section.lower().startswith("conclu"))
            return Found(spans, "looked up: the conclusion", all_of_them=True) if spans else None
        if not _ABOUT.search(text):
            return None
        spans = self._sentences(lambda _, sentence: bool(_SETS_OUT.search(sentence)))
        titles = tuple(b.span for b in self.document.blocks if b.kind is BlockKind.TITLE)
        return Found((*spans, *titles), "looked up: what the article sets out to discuss")

    def _sentences(self, wanted: Callable[[str, str], bool]) -> tuple[Span, ...]:
        """Return the prose sentences for which ``wanted(section title, sentence)`` holds."""
        document = self.document
        return tuple(
            span
            for block in document.blocks
            if block.kind is BlockKind.PARAGRAPH
            for span in sentence_spans(document, block)
            if wanted(document.sections[block.section].title, document.slice(span))
        )

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

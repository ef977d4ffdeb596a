"""Questions that are answered by looking something up, not by similarity of meaning.

What the article says of itself is looked up by `qa.article_lookup`, its bibliography by
`qa.reference_lookup`, what it reports of a named author here. The answer is still made of verbatim
slices of the document; each look-up is a function from a question to spans, and the first that
applies answers.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from corpus.document import MATTER, BlockKind, Document, Span
from index.lexical import fold, terms, words
from qa.article_lookup import ArticleLookUp
from qa.names import AuthorNames, spans_naming
from qa.reference_lookup import Found, ReferenceLookUp

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

KEPT = 64
"""Look-ups that are held: those of the documents that were asked last."""


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

    @cached_property
    def article(self) -> ArticleLookUp:
        """Look-ups of what the article says of itself."""
        return ArticleLookUp(self.document, self.names, self.topic_terms)

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
            or self.article.find(question, text)
        )

    def asks_about_article(self, question: str) -> bool:
        """Tell whether the article's lines about itself answer a question."""
        found = self.article.find(question, _plain(question))
        return found is not None and bool(found.spans)

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

    def _reports_of_author(self, question: str, text: str) -> Found | None:
        """Find every sentence and row that names or cites the author whose report is asked for."""
        unknown = self.names.unknown(question)
        if unknown:
            return Found((), f"the article names nobody called {unknown}")
        names = self.names.find(question)
        if not names or self.names.is_own(question) or self._asks_more(text, names):
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


class LookUps(Mapping[str, LookUp]):
    """Look-ups by document, each made when it is asked for.

    Args:
        documents: of a library.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._ids: Collection[str] = documents
        self._make = lru_cache(maxsize=KEPT)(lambda name: LookUp(documents[name]))

    def only(self, ids: Collection[str]) -> "LookUps":
        """Return those of some documents, in the order of the library."""
        some = LookUps.__new__(LookUps)
        some._ids = {name: None for name in self._ids if name in ids}
        some._make = self._make
        return some

    def __getitem__(self, name: str) -> LookUp:
        if name not in self._ids:
            raise KeyError(name)
        return self._make(name)

    def __contains__(self, name: object) -> bool:
        return name in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

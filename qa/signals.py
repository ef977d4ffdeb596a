"""What search and wording say about a candidate, as numbers: the first stage of judging it.

`qa.evidence` weighs them, together with what the evidence model says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import MATTER, BlockKind, Span
from index.lexical import term_set, words
from index.searching import Hit, SearchableLibrary, TermStatistics
from qa.wording import Wording, covered

NEAR_CHARS = 800
"""Some five sentences: what a follow-up asks mostly stands so near to what was answered before."""

_NUMBER_WORDS = frozenset(
    (
        "one two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred"
    ).split()
)
_ASKS_LIST = re.compile(
    r"\b(?:which (?:[\w-]+ ){0,3}(?:studies|trials|rows|diseases|conditions|disorders|markers|"
    r"cells|routes|"
    r"components|types|factors|authors|classes|categories|sources|organs|criteria|experiments|"
    r"references)|"
    r"what (?:are|were) (?:the|all)|list|name (?:the|all|three|two|four|some)|"
    r"all (?:the )?(?:studies|trials|rows)|"
    r"(?:what|which) (?:types|kinds|classes|criteria|characteristics|properties|requirements|"
    r"categories|"
    r"subtypes|studies|trials)|compare|every|sum up|summari[sz]e)\b",
    re.IGNORECASE,
)
_ASKS_MEANING = re.compile(
    r"\b(?:stands? for|abbreviat\w+|acronym|short for|meant? by|mean(?:s|ing)?|full (?:form|"
    r"name)|"
    r"spell(?:ed)?|written out|write out|expand\w*|letters)\b",
    re.IGNORECASE,
)
_ASKS_DEFINITION = re.compile(
    r"^\s*(?:what(?:'s| is| are)|define|definition of|explain what|waht is)\s+(?:an? |"
    r"the )?(?P<what>[\w-]+(?:\s[\w-]+){0,4}?)"
    r"(?:\s+(?:defined|exactly|meant))?\s*[?.]*\s*$|\bhow (?:is|"
    r"are) (?P<defined>[\w-]+(?:\s[\w-]+){0,3}) defined",
    re.IGNORECASE,
)
_ASKS_TABLE = re.compile(
    r"\b(?:tables?|tabulated|tabular|rows?|columns?|listed|route|phase|type of (?:stem )?cells?|"
    r"cell types?|"
    r"stud(?:y|ies)|trials?|kinds? of (?:stem )?cells?|effects?)\b",
    re.IGNORECASE,
)
_NAMES_TABLE = re.compile(r"\b(?:tables?|tabulated|tabular|rows?|columns?)\b", re.IGNORECASE)
_ASKS_REFERENCE = re.compile(
    r"\b(?:references?|refs?|cited|citations?|bibliography|entry|entries|sources?|papers?|"
    r"publications?|"
    r"titles?|reference list)\b",
    re.IGNORECASE,
)
_ASKS_ARTICLE = re.compile(
    r"\b(?:articles?|reviews?|papers?|authors?|journal|publi\w+|writ\w+|wrote|email|keywords?|"
    r"licen[cs]\w+|fund\w*|conflicts?|interests?|accepted|received|submitted|title|about)\b",
    re.IGNORECASE,
)
_ASKS_NUMBER = re.compile(
    r"\b(?:how (?:many|much|long|often|old|soon|large|big)|what (?:percentage|proportion|dose|"
    r"number|share|age)|percent\w*|"
    r"(?:what|which) (?:year|date|time)|when)\b",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(
    r"\b(?:who|whose|whom|which (?:group|team|authors?|researchers?))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PassageSignals:
    """What is known about one candidate, each number about 0 to 1."""

    fused: float  # rank within this question
    cosine: float  # similarity of meaning
    lexical: float  # BM25 over the most that this question could reach
    coverage: float  # idf-weighted share of the question's terms in the passage
    context_coverage: float  # the same with heading and neighbours
    numbers_present: float  # the question has numbers and the passage has them all
    numbers_absent: float  # the question has a number that the passage lacks
    names_present: float  # the question names an author and the passage does too
    names_absent: float  # the question names an author and the passage does not
    lacks_number: float  # the question asks for a quantity and the passage has none
    lacks_person: float  # the question asks who and the passage names nobody
    defines: float  # the question asks what X is and the passage opens with X
    row: float
    row_asked: float  # a table row, and the question asks for what tables tell
    row_named: float  # a table row, and the question speaks of the table
    legend: float
    legend_asked: float  # a legend entry, and the question asks what letters stand for
    matter: float  # title, front or end matter
    matter_asked: float  # the same, and the question asks about the article itself
    item: float  # list item
    item_asked: float  # a list item, and the question asks for all that counts
    reference: float
    reference_asked: float  # a bibliography entry, and the question asks for one
    near_previous: float  # of a follow-up: stands beside what answers the question before


@dataclass(frozen=True, slots=True)
class QuestionSignals:
    """What is known about the question given its candidates, each number about 0 to 1.

    The scores are those of the first stage, and "top" is the candidate with the best of them.
    """

    best_score: float
    second_score: float
    best_cosine: float
    top_cosine: float  # of the best-scored candidate
    top_lexical: float
    top_coverage: float
    top_context_coverage: float
    unknown_share: float  # idf-weighted share of the question's terms that the library lacks
    numbers_absent: float
    names_absent: float
    lacks_number: float
    has_name: float


def passage_signals(
    question: str,
    wording: Wording,
    hits: Sequence[Hit],
    library: SearchableLibrary,
    names: Sequence[str],
    near: Sequence[tuple[str, Span]] = (),
) -> list[PassageSignals]:
    """Compute the signals of each candidate.

    Args:
        question: standalone, in its own words.
        wording: the same with the terms that may stand for its terms.
        hits: the candidates.
        library: where they come from.
        names: folded author names in the question.
        near: document and span of what answers the question before; empty unless a follow-up.

    Returns:
        One record a hit, in their order.
    """
    weights = [_group_idf(group, library.lexical) for group in wording.groups]
    ceiling = sum(weights) * 2.2 or 1.0
    asked = _Asked.of(question, names, library)
    return [_signals(hit, wording, weights, ceiling, asked, _nearness(hit, near)) for hit in hits]


def _nearness(hit: Hit, near: Sequence[tuple[str, Span]]) -> float:
    """Return 1 beside what was shown before, falling to 0 at `NEAR_CHARS` from it."""
    own = hit.passage.span
    gaps = [
        max(0, own.start - span.end, span.start - own.end)
        for document_id, span in near
        if document_id == hit.passage.document_id
    ]
    return max(0.0, 1.0 - min(gaps) / NEAR_CHARS) if gaps else 0.0


@dataclass(frozen=True, slots=True)
class _Asked:
    """What kind of thing a question asks for."""

    numbers: frozenset[str]
    names: tuple[str, ...]
    quantity: bool
    person: bool
    meaning: bool
    table: bool
    table_by_name: bool
    list: bool
    reference: bool
    article: bool
    defined: str

    @classmethod
    def of(cls, question: str, names: Sequence[str], library: SearchableLibrary) -> "_Asked":
        definition = _ASKS_DEFINITION.search(question)
        what = (definition["what"] or definition["defined"]) if definition else ""
        return cls(
            numbers=frozenset(w for w in words(question) if w.isdigit() or w in _NUMBER_WORDS),
            names=tuple(f" {name} " for name in names),
            quantity=bool(_ASKS_NUMBER.search(question)),
            person=bool(_ASKS_WHO.search(question)),
            meaning=bool(_ASKS_MEANING.search(question)),
            table=bool(_ASKS_TABLE.search(question)),
            table_by_name=bool(_NAMES_TABLE.search(question)),
            list=asks_for_list(question),
            reference=bool(_ASKS_REFERENCE.search(question)),
            article=bool(_ASKS_ARTICLE.search(question)),
            defined=" ".join(words(library.expander.long_form(what))) if what else "",
        )


@lru_cache(maxsize=50_000)
def _folded(text: str) -> str:
    return f" {' '.join(words(text))} "


def _signals(
    hit: Hit,
    wording: Wording,
    weights: Sequence[float],
    ceiling: float,
    asked: _Asked,
    nearness: float,
) -> PassageSignals:
    passage = hit.passage
    held = term_set(passage.sentence)
    folded = _folded(passage.sentence)
    own_words = set(folded.split())
    numbers_absent = bool(asked.numbers) and not asked.numbers <= own_words
    named = [name in folded for name in asked.names]
    has_number = any(w.isdigit() or w in _NUMBER_WORDS for w in own_words)
    person = " et al " in folded or passage.kind in (*MATTER, BlockKind.REFERENCE)
    row = passage.kind is BlockKind.TABLE_ROW
    legend = passage.kind is BlockKind.TABLE_NOTE
    item = passage.kind is BlockKind.LIST_ITEM
    reference = passage.kind is BlockKind.REFERENCE
    return PassageSignals(
        fused=hit.score,
        cosine=hit.cosine,
        lexical=min(1.0, hit.bm25 / ceiling),
        coverage=_coverage(wording, held, weights),
        context_coverage=_coverage(wording, held | term_set(passage.context), weights),
        numbers_present=float(bool(asked.numbers) and not numbers_absent),
        numbers_absent=float(numbers_absent),
        names_present=float(bool(named) and all(named)),
        names_absent=float(bool(named) and not any(named)),
        lacks_number=float(asked.quantity and not has_number),
        lacks_person=float(asked.person and not person),
        defines=float(
            bool(asked.defined) and folded.startswith(f" {asked.defined}") and not legend
        ),
        row=float(row),
        row_asked=float(row and asked.table),
        row_named=float(row and asked.table_by_name),
        legend=float(legend),
        legend_asked=float(legend and asked.meaning),
        matter=float(passage.kind in MATTER),
        matter_asked=float(passage.kind in MATTER and asked.article),
        item=float(item),
        item_asked=float(item and asked.list),
        reference=float(reference),
        reference_asked=float(reference and asked.reference),
        near_previous=nearness,
    )


def _group_idf(group: Sequence[str], lexical: TermStatistics) -> float:
    """Return the idf of a term, or of the commonest known one of its equivalents."""
    if lexical.knows(group[0]):
        return lexical.idf(group[0])
    known = [lexical.idf(term) for term in group[1:] if lexical.knows(term)]
    return min(known) if known else lexical.idf(group[0])


def _coverage(wording: Wording, held: frozenset[str], weights: Sequence[float]) -> float:
    """Return the share of the terms' idf, one of ``weights`` a group, that is held."""
    total = sum(weights)
    if not total:
        return 0.0
    hits = covered(wording.groups, held)
    return sum(w for w, hit in zip(weights, hits, strict=True) if hit) / total


def question_signals(
    wording: Wording,
    signals: Sequence[PassageSignals],
    scores: Sequence[float],
    library: SearchableLibrary,
) -> QuestionSignals:
    """Compute the signals of the whole candidate list; ``scores`` fit ``signals``, not empty."""
    lexical = library.lexical
    weights = [_group_idf(group, lexical) for group in wording.groups]
    unknown = sum(
        weight
        for weight, group in zip(weights, wording.groups, strict=True)
        if not any(lexical.knows(term) for term in group)
    )
    ranked = sorted(range(len(scores)), key=lambda position: -scores[position])
    top = signals[ranked[0]]
    return QuestionSignals(
        best_score=scores[ranked[0]],
        second_score=scores[ranked[1]] if len(ranked) > 1 else 0.0,
        best_cosine=max(item.cosine for item in signals),
        top_cosine=top.cosine,
        top_lexical=top.lexical,
        top_coverage=top.coverage,
        top_context_coverage=top.context_coverage,
        unknown_share=unknown / (sum(weights) or 1.0),
        numbers_absent=top.numbers_absent,
        names_absent=top.names_absent,
        lacks_number=top.lacks_number,
        has_name=top.names_present,
    )


def asks_for_list(question: str) -> bool:
    """Tell whether a question wants every item that counts and not the best one."""
    return bool(_ASKS_LIST.search(question))

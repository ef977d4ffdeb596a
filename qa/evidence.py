"""Does this passage answer this question? First version: a weighing of retrieval signals.

Each candidate gets the signals below; a logistic function of them, fitted on the dev half of the
question set (`python -m qa calibrate`), gives the score by which quotes are ranked. A second one,
over signals of the whole candidate list, gives the confidence that the source answers at all.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from corpus.document import BlockKind
from index.lexical import LexicalIndex, terms, words
from index.library import Hit, Library

_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred"
).split()
_ASKS_LIST = re.compile(
    r"\b(?:which (?:\w+ ){0,3}(?:studies|trials|rows|diseases|conditions|disorders|markers|cells|routes|components|types|"
    r"factors|authors|classes|categories|sources|organs|criteria|characteristics)|what (?:are|were) (?:the|all)|"
    r"list|name (?:the|all|three|two|four|some)|all (?:the )?(?:studies|trials|rows)|"
    r"what (?:types|kinds|classes|criteria|characteristics|properties|requirements|categories|subtypes)|compare|every)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PassageSignals:
    """What is known about one candidate, each number about 0 to 1."""

    fused: float  # rank within this question
    cosine: float  # similarity of meaning
    lexical: float  # BM25 over the most that this question could reach
    coverage: float  # idf-weighted share of the question's terms in the passage
    context_coverage: float  # the same with heading and neighbours
    numbers: float  # share of the question's numbers that the passage has; 1 without numbers
    names: float  # share of the question's author names that the passage has; 1 without names
    is_row: float
    is_legend: float
    is_matter: float  # title, front or end matter
    is_item: float
    asks_meaning_of_legend: float  # "what does NEC stand for" and this is a legend entry


@dataclass(frozen=True, slots=True)
class QuestionSignals:
    """What is known about the question given its candidates, each number about 0 to 1."""

    best_score: float
    best_cosine: float
    best_lexical: float
    best_coverage: float
    best_context_coverage: float
    unknown_share: float  # idf-weighted share of the question's terms that the library lacks
    best_numbers: float
    best_names: float
    margin: float  # best score less the fifth


_STANDS_FOR = re.compile(
    r"\b(?:stands? for|stand for|abbreviat\w+|acronym|short for|mean(?:s|ing)?|full (?:form|name)|spell(?:ed)? out|expand)\b",
    re.IGNORECASE,
)
_MATTER = (BlockKind.TITLE, BlockKind.FRONT_MATTER, BlockKind.END_MATTER)


def passage_signals(
    question: str, hits: Sequence[Hit], library: Library, names: Sequence[str]
) -> list[PassageSignals]:
    """Compute the signals of each candidate; one result a hit, in their order."""
    lexical = library.lexical
    asked = terms(library.expander.expand_question(question))
    ceiling = sum(lexical.idf(term) for term in asked) * 2.2 or 1.0
    numbers = _numbers(question)
    meaning = bool(_STANDS_FOR.search(question))
    signals = []
    for hit in hits:
        passage = hit.passage
        held = set(terms(passage.sentence))
        around = held | set(terms(passage.context))
        own_words = set(words(passage.sentence))
        folded = " " + " ".join(words(passage.sentence)) + " "
        legend = passage.kind is BlockKind.TABLE_NOTE
        signals.append(
            PassageSignals(
                fused=hit.score,
                cosine=hit.cosine,
                lexical=min(1.0, hit.bm25 / ceiling),
                coverage=_coverage(asked, held, lexical),
                context_coverage=_coverage(asked, around, lexical),
                numbers=_share(numbers, own_words),
                names=_share([f" {name} " for name in names], None, folded),
                is_row=float(passage.kind is BlockKind.TABLE_ROW),
                is_legend=float(legend),
                is_matter=float(passage.kind in _MATTER),
                is_item=float(passage.kind is BlockKind.LIST_ITEM),
                asks_meaning_of_legend=float(legend and meaning),
            )
        )
    return signals


def _coverage(asked: Sequence[str], held: set[str], lexical: LexicalIndex) -> float:
    total = sum(lexical.idf(term) for term in asked)
    return sum(lexical.idf(term) for term in asked if term in held) / total if total else 0.0


def _numbers(question: str) -> list[str]:
    return [word for word in words(question) if word.isdigit() or word in _NUMBER_WORDS]


def _share(wanted: Sequence[str], held: set[str] | None, text: str = "") -> float:
    if not wanted:
        return 1.0
    return sum(item in (text if held is None else held) for item in wanted) / len(wanted)


def question_signals(
    question: str, signals: Sequence[PassageSignals], scores: Sequence[float], library: Library
) -> QuestionSignals:
    """Compute the signals of the whole candidate list; ``scores`` fit ``signals``."""
    asked = terms(library.expander.expand_question(question))
    total = sum(library.lexical.idf(term) for term in asked) or 1.0
    unknown = sum(library.lexical.idf(term) for term in asked if not library.lexical.knows(term))
    ranked = sorted(range(len(scores)), key=lambda position: -scores[position])
    top = [signals[position] for position in ranked[:3]]
    fifth = scores[ranked[4]] if len(ranked) > 4 else 0.0
    return QuestionSignals(
        best_score=max(scores, default=0.0),
        best_cosine=max((s.cosine for s in signals), default=0.0),
        best_lexical=max((s.lexical for s in top), default=0.0),
        best_coverage=max((s.coverage for s in top), default=0.0),
        best_context_coverage=max((s.context_coverage for s in top), default=0.0),
        unknown_share=unknown / total,
        best_numbers=max((s.numbers for s in top), default=0.0),
        best_names=max((s.names for s in top), default=0.0),
        margin=max(scores, default=0.0) - fifth,
    )


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted logistic function: one weight a signal, in the order of its fields, and a bias."""

    weights: tuple[float, ...]
    bias: float

    def __call__(self, signals: PassageSignals | QuestionSignals) -> float:
        """Return a probability in (0, 1)."""
        values = astuple(signals)
        if len(values) != len(self.weights):
            raise ValueError(f"{len(self.weights)} weights do not fit {len(values)} signals")
        total = self.bias + sum(w * v for w, v in zip(self.weights, values, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


PASSAGE_MODEL = Logistic(
    (2.0, 3.0, 1.5, 2.0, 1.0, 0.7, 1.5, 0.0, -0.5, -1.0, 0.0, 1.5),
    -6.5,
)
"""Ranks quotes; starting values."""
QUESTION_MODEL = Logistic(
    (2.0, 3.0, 0.5, 1.5, 1.0, -3.0, 0.5, 1.0, 0.5),
    -4.5,
)
"""Decides whether the source answers; starting values."""


def asks_for_list(question: str) -> bool:
    """Tell whether a question wants every item that counts and not the best one."""
    return bool(_ASKS_LIST.search(question))


def signal_names(record: type[PassageSignals] | type[QuestionSignals]) -> list[str]:
    """Return the names of the signals in the order of the weights."""
    return [item.name for item in fields(record)]

"""Does the source answer at all? The held-out articles of SQuAD 2.0 and COVID-QA.

The same questions and candidates as `qa.evidence_training.heldout`, with intervals, and with the
signals of the search beside the evidence model's, so that the gain is seen. For COVID-QA, all of
whose questions have an answer, each is also asked of another held-out article, which has none.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from index.encoder import Encoder
from index.fusion import FloatVector
from index.lexical import LexicalIndex, terms
from qa.evaluation.bootstrap import Estimate, Ratio, estimate_ratio, estimate_statistic
from qa.evaluation.confidence import auroc
from qa.evidence_model.scorer import EvidenceScorer
from qa.evidence_training.articles import Article, Example, source_of
from qa.evidence_training.sampling import Sampler
from qa.settings import Settings

EVIDENCE = "evidence model"
COSINE = "top cosine"
LEXICAL = "top BM25"
FUSED = "cosine + BM25"
SEARCH = "search"
CANDIDATES = Settings().read_candidates
DENSE_WEIGHT = Settings().dense_weight
OFF_ARTICLE_SOURCE = "covidqa"
OTHER_ARTICLE_SEED = 5

Rows = NDArray[np.int64]


class NoCandidateError(Exception):
    """No sentence of an article may be a candidate for a question."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known when a question was asked of an article.

    Attributes:
        source: the data that the question is from.
        answerable: whether a sentence of the article answers.
        signals: by name, the most that any sentence reaches: logit, cosine, BM25 over the sum of
            the question's idf, and these two weighed as the search does.
        hits: by `EVIDENCE` and `SEARCH`, whether the sentence that it puts first answers.
    """

    source: str
    answerable: bool
    signals: Mapping[str, float]
    hits: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class AnswerabilityRow:
    """The numbers of one kind of questions.

    Attributes:
        source: what tells the answerable from the unanswerable ones.
        questions, answerable: how many; of an article that cannot answer, the same question counts
            once more.
        auroc: by signal; no value where all are answerable.
        gain: evidence model minus top cosine, in pairs; None without an evidence model.
        hit_at_1: by `EVIDENCE` and `SEARCH`; over the answerable questions.
    """

    source: str
    questions: int
    answerable: int
    auroc: Mapping[str, Estimate]
    gain: Estimate | None
    hit_at_1: Mapping[str, Estimate]


class Asking:
    """Asks questions of articles.

    Args:
        examples: with all the questions that will be asked.
        encoder: of the search; each article is embedded more than once, so one that remembers.
        scorer: the evidence model, or None.
    """

    def __init__(
        self, examples: Sequence[Example], encoder: Encoder, scorer: EvidenceScorer | None
    ) -> None:
        self._sampler = Sampler(examples, encoder)
        self._encoder = encoder
        self._scorer = scorer
        self._signals: dict[Article, SearchSignals] = {}
        questions = list(dict.fromkeys(example.question for example in examples))
        self._vectors = dict(zip(questions, encoder.encode(questions), strict=True))

    def ask(self, example: Example) -> Asked:
        """Ask a question of its own article."""
        return self._ask(example, example.article, set(example.answers), example.allowed)

    def ask_other(self, example: Example, article: Article) -> Asked:
        """Ask a question of an article that does not answer it."""
        return self._ask(example, article, set(), range(len(article.sentences)))

    def _ask(self, example: Example, article: Article, answers: set[int], allowed: range) -> Asked:
        question = example.question
        ranked = [n for n in self._sampler.ranked(question, article) if n in allowed][:CANDIDATES]
        if not ranked:
            raise NoCandidateError(f"article {article.id} has no candidate for {question!r:.80}")
        if article not in self._signals:
            self._signals[article] = SearchSignals(article, self._encoder)
        signals = self._signals[article].of(question, self._vectors[question], allowed)
        hits = {SEARCH: ranked[0] in answers}
        if self._scorer:
            candidates = [article.sentences[n].candidate for n in ranked]
            logits = self._scorer.score(question, candidates)
            best = int(np.argmax(logits))
            signals = {EVIDENCE: logits[best], **signals}
            hits = {EVIDENCE: ranked[best] in answers, **hits}
        return Asked(source_of(example), bool(answers), signals, hits)


class SearchSignals:
    """How much of a question the sentences of an article hold, as the search sees it."""

    def __init__(self, article: Article, encoder: Encoder) -> None:
        texts = [sentence.candidate.sentence for sentence in article.sentences]
        self._lexical = LexicalIndex(texts)
        self._vectors = encoder.encode(texts)

    def of(self, question: str, vector: FloatVector, allowed: range) -> dict[str, float]:
        """Return the greatest value of each signal over the sentences that may be candidates."""
        asked = terms(question)
        cosines = (self._vectors @ vector)[allowed.start : allowed.stop]
        most = sum(self._lexical.idf(term) for term in asked) or 1.0
        lexical = self._lexical.scores(asked)[allowed.start : allowed.stop] / most
        fused = DENSE_WEIGHT * cosines + (1 - DENSE_WEIGHT) * lexical
        found = {COSINE: cosines, LEXICAL: lexical, FUSED: fused}
        return {name: float(values.max()) for name, values in found.items()}


def measure_answerability(
    examples: Sequence[Example], encoder: Encoder, scorer: EvidenceScorer | None
) -> list[AnswerabilityRow]:
    """Ask the questions of the held-out articles and sum up by source.

    Raises:
        NoCandidateError: an article has no sentence that may be read for one of its questions.
    """
    asking = Asking(examples, encoder, scorer)
    progress = tqdm(examples, desc="held-out questions", unit="q")
    by_source: dict[str, list[Asked]] = {}
    for asked in map(asking.ask, progress):
        by_source.setdefault(asked.source, []).append(asked)
    rows = [_sum_up(source, asked) for source, asked in sorted(by_source.items())]
    own = [example for example in examples if source_of(example) == OFF_ARTICLE_SOURCE]
    articles = list(dict.fromkeys(example.article for example in own))
    if len(articles) > 1:
        rng = random.Random(OTHER_ARTICLE_SEED)
        others = []
        for example in tqdm(own, desc="another article", unit="q"):
            article = rng.choice([one for one in articles if one is not example.article])
            others.append(asking.ask_other(example, article))
        rows.append(_compare_articles(by_source[OFF_ARTICLE_SOURCE], others))
    return rows


def _sum_up(source: str, asked: Sequence[Asked]) -> AnswerabilityRow:
    positive = np.array([one.answerable for one in asked])
    signals = {name: _signal(asked, name) for name in asked[0].signals}
    return AnswerabilityRow(
        source=source,
        questions=len(asked),
        answerable=int(positive.sum()),
        auroc={name: estimate_statistic(auroc, found, positive) for name, found in signals.items()},
        gain=_gain(signals, lambda found, rows: auroc(found[rows], positive[rows]), len(asked)),
        hit_at_1={
            name: estimate_ratio(
                [Ratio(float(one.hits[name]), 1.0) for one in asked if one.answerable]
            )
            for name in asked[0].hits
        },
    )


def _compare_articles(own: Sequence[Asked], other: Sequence[Asked]) -> AnswerabilityRow:
    """Compare each question's own article with another one; a question is drawn with both."""
    signals = {
        name: np.stack([_signal(own, name), _signal(other, name)]) for name in own[0].signals
    }

    def between(found: NDArray[np.float64], rows: Rows) -> float:
        positive = np.arange(2 * len(rows)) < len(rows)
        return auroc(found[:, rows].ravel(), positive)

    return AnswerabilityRow(
        source=f"{OFF_ARTICLE_SOURCE}, own article or another",
        questions=2 * len(own),
        answerable=len(own),
        auroc={
            name: _estimate(partial(between, found), len(own)) for name, found in signals.items()
        },
        gain=_gain(signals, between, len(own)),
        hit_at_1={},
    )


def _signal(asked: Sequence[Asked], name: str) -> NDArray[np.float64]:
    return np.array([one.signals[name] for one in asked], dtype=np.float64)


def _gain(
    signals: Mapping[str, NDArray[np.float64]],
    statistic: Callable[[NDArray[np.float64], Rows], float],
    count: int,
) -> Estimate | None:
    if EVIDENCE not in signals:
        return None
    ours, theirs = signals[EVIDENCE], signals[COSINE]
    return _estimate(lambda rows: statistic(ours, rows) - statistic(theirs, rows), count)


def _estimate(statistic: Callable[[Rows], float], count: int) -> Estimate:
    """Estimate a statistic of the rows that are drawn: the bootstrap's vector is their numbers."""
    return estimate_statistic(
        lambda numbers, _: statistic(numbers.astype(np.int64)),
        np.arange(count, dtype=np.float64),
        np.ones(count, dtype=np.bool_),
    )

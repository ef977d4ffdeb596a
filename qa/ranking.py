"""Finding and ranking quotes for one question: search, signals, evidence model, look-ups."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from corpus.document import Span
from index.searching import Hit, SearchableLibrary
from qa import evidence, signals
from qa.article_naming import ArticleNaming
from qa.boundaries import Boundary
from qa.conversation import Standalone, Vocabulary, make_standalone
from qa.evidence import EvidenceWeights
from qa.evidence_model.scorer import EvidenceScorer
from qa.foreseeing import ForeseeingEncoder
from qa.lookup import LookUps
from qa.names import find_names
from qa.quoting import Quote, make_quote, merge_quotes
from qa.reference_lookup import Found
from qa.settings import Settings
from qa.spelling import Speller
from qa.timing import stage
from qa.wording import Wording, widen

MIN_TERM_CHARS = 3
"""A question needs a term of this length; defined abbreviations have their long forms by then."""
NEAR_QUOTES = 2
"""Beside so many of the best quotes of the question before, a follow-up's answer is looked for."""
MAX_RANKED = 20
"""So many of the best candidates are made into quotes; asked for more, the model reads them all."""
MAX_OF_ONE = 2
"""So many quotes of one article come before those of others that are good enough."""


class ScopeError(ValueError):
    """No article is asked, or one that the library does not have; the message is for the user."""


@dataclass(frozen=True)
class Stages:
    """What the stages need, made once per library.

    Attributes:
        look_ups: by document, of those that are asked.
        naming: which articles of the library a question names.
        scope: ids of the documents that are asked; None for all.
    """

    library: SearchableLibrary
    settings: Settings
    vocabulary: Vocabulary
    speller: Speller
    look_ups: LookUps
    naming: ArticleNaming
    weights: EvidenceWeights
    scorer: EvidenceScorer | None
    boundaries: Callable[[str], Boundary | None]
    scope: frozenset[str] | None = None

    def only(self, documents: Collection[str]) -> "Stages":
        """Return stages that search some documents alone, given by their ids.

        Raises:
            ScopeError: there is none, or one that the library does not have.
        """
        unknown = sorted(name for name in documents if name not in self.library.documents)
        if unknown or not documents:
            known = ", ".join(islice(self.library.documents, 20))
            what = (
                f"no article {unknown[0]!r} in the library" if unknown else "no article is chosen"
            )
            raise ScopeError(f"{what}; choose among {known}")
        scope = frozenset(documents)
        return replace(self, look_ups=self.look_ups.only(scope), scope=scope)

    @property
    def min_confidence(self) -> float:
        """The threshold in force: the user's, or the one fitted with the weights."""
        chosen = self.settings.min_confidence
        return self.weights.min_confidence if chosen is None else chosen


def understand(question: str, history: Sequence[str], stages: Stages) -> Standalone:
    """Make the question stand alone and mend its spelling; this is what is searched."""
    turns = [stages.speller.correct(turn) for turn in (*history, question)]
    return make_standalone(turns[-1], turns[:-1], stages.vocabulary)


def look_up(question: Standalone, stages: Stages) -> tuple[Found | None, str]:
    """Look a question up.

    A follow-up to a question about the article itself is tried in its own words first ("Where do
    they work?"), every other one with what it inherits.
    Only a library of one article is looked up: among many, "who wrote it" has no single meaning.

    Returns:
        What was found, None where it is not a question for looking up; and the question that was
        looked up.
    """
    if len(stages.look_ups) != 1:
        return None, question.text
    document = next(iter(stages.look_ups.values()))
    if question.is_appended and document.asks_about_article(question.previous):
        own = document.find(question.own)
        if own and own.spans:
            return own, question.own
    own_words = question.own if question.is_appended else None
    return document.find(question.text, own_words), question.text


def quote_look_up(found: Found, stages: Stages) -> tuple[Quote, ...]:
    """Quote what a look-up found, in its order."""
    document = next(iter(stages.look_ups.values())).document
    limit = stages.settings.max_list_quotes if found.all_of_them else stages.settings.max_quotes
    quotes = [
        make_quote(document, span, score=1.0 - 0.01 * n) for n, span in enumerate(found.spans)
    ]
    return tuple(merge_quotes(quotes, stages.library.documents)[:limit])


def near_previous(asked: Standalone, stages: Stages) -> list[tuple[str, Span]]:
    """Return where the question before a follow-up is answered; empty for any other question."""
    if not asked.previous:
        return []
    standalone = Standalone(asked.previous, asked.previous, is_appended=False)
    found, _ = look_up(standalone, stages)
    if found and found.spans:
        document_id = next(iter(stages.look_ups))
        return [(document_id, span) for span in found.spans[:NEAR_QUOTES]]
    quotes = rank_by_signals(standalone, stages)[:NEAR_QUOTES]
    return [(quote.document_id, quote.span) for quote in quotes]


def rank(
    asked: Standalone, stages: Stages, *, read: int | None = None
) -> tuple[list[Quote], float]:
    """Find and rank quotes for a standalone question.

    Args:
        asked: what is searched.
        stages: the library and what goes with it.
        read: how many candidates the evidence model reads; as the settings say where it is None.

    Returns:
        Quotes, best first, and the confidence that the source answers, in [0, 1].
    """
    with stage("search"):
        hits, found, wording = gather(asked, stages)
    if all(len(group[0]) < MIN_TERM_CHARS for group in wording.groups):
        return [], 0.0  # "no", "et al", "2": there is nothing to find
    weights = stages.weights
    first = [weights.first.log_odds(item) for item in found]
    probabilities = [evidence.probability(odds) for odds in first]
    overall = signals.question_signals(wording, found, probabilities, stages.library)
    is_foreign = overall.unknown_share == 1.0  # "hello", "zqzq": the library has none of its words
    if stages.scorer is None or is_foreign:
        order = sorted(range(len(hits)), key=lambda n: -first[n])
        with stage("quote"):
            quotes = quote_hits(hits, order, probabilities, stages.library)
        return quotes, 0.0 if is_foreign else weights.question_alone(overall)
    with stage("evidence"):
        judged = evidence.judge(
            read_question(asked.text, stages),
            hits,
            first,
            weights,
            stages.scorer,
            read=read or stages.settings.read_candidates,
        )
    with stage("quote"):
        quotes = quote_hits(hits, judged.order, judged.scores, stages.library)
    return quotes, weights.question(overall, judged.list_verdict)


def read_question(question: str, stages: Stages) -> str:
    """Return a question as the evidence model reads it: abbreviations written out."""
    return stages.library.expander.expand_question(question)


def foresee(question: str, history: Sequence[str], stages: Stages) -> None:
    """Have all that will be encoded for a question encoded together, where the encoder can."""
    encoder = stages.library.encoder
    if isinstance(encoder, ForeseeingEncoder):
        asked = understand(question, history, stages)
        texts = [text for text in (asked.text, asked.previous) if text]
        searched = [_widen(text, stages).text for text in texts]
        encoder.foresee([question, *map(stages.library.expander.expand_question, searched)])


def _widen(text: str, stages: Stages) -> Wording:
    return widen(stages.library.expander.expand_question(text))


def rank_by_signals(asked: Standalone, stages: Stages) -> list[Quote]:
    """Rank by the first stage alone."""
    hits, found, _ = gather(asked, stages)
    scores = [stages.weights.first(item) for item in found]
    order = sorted(range(len(hits)), key=lambda n: -scores[n])
    return quote_hits(hits, order, scores, stages.library)


def gather(
    asked: Standalone, stages: Stages
) -> tuple[list[Hit], list[signals.PassageSignals], Wording]:
    """Search, and compute the signals of each candidate; hits and signals are parallel."""
    settings, library = stages.settings, stages.library
    wording = _widen(asked.text, stages)
    hits = library.search(
        wording.text,
        k=settings.candidates,
        dense_weight=settings.dense_weight,
        query_terms=wording.search_terms,
        documents=stages.scope,
    )
    near = near_previous(asked, stages)
    names = _names(asked.text, stages)
    found = signals.passage_signals(asked.text, wording, hits, library, names, near)
    return hits, found, wording


def _names(question: str, stages: Stages) -> list[str]:
    authors = stages.library.overview.authors
    if not authors.parts and len(stages.look_ups) == 1:  # of a library too large for them
        return next(iter(stages.look_ups.values())).names.find(question)
    return find_names(question, authors, stages.scope)


def quote_hits(
    hits: Sequence[Hit], order: Sequence[int], scores: Sequence[float], library: SearchableLibrary
) -> list[Quote]:
    """Quote the first hits of an order of their positions, repetitions merged."""
    quotes = [
        make_quote(hits[n].document_in(library.documents), hits[n].passage.span, score=scores[n])
        for n in order[:MAX_RANKED]
    ]
    return merge_quotes(quotes, library.documents)


def limits(question: str, settings: Settings) -> tuple[int, float]:
    """Return how many quotes are shown at most, and down to which share of the best one's score."""
    if signals.asks_for_list(question):
        return settings.max_list_quotes, settings.list_keep_ratio
    return settings.max_quotes, settings.keep_ratio


def spread(ranked: Sequence[Quote], limit: int) -> list[Quote]:
    """Choose quotes so that no article crowds the others out.

    Of each article `MAX_OF_ONE` count at first; the places that the others leave free are filled
    in order of rank. One article alone keeps its order.

    Args:
        ranked: best first.
        limit: how many at most.

    Returns:
        What is chosen, best first.
    """
    taken: Counter[str] = Counter()
    early: list[int] = []
    late: list[int] = []
    for place, quote in enumerate(ranked):
        taken[quote.document_id] += 1
        (early if taken[quote.document_id] <= MAX_OF_ONE else late).append(place)
    return [ranked[place] for place in sorted((*early, *late)[:limit])]


def select(question: str, ranked: Sequence[Quote], settings: Settings) -> tuple[Quote, ...]:
    """Choose the quotes that are shown: those not much weaker than the best one.

    Rows of a table that answer a list question keep the places of rows but come in the table's
    order, so that "the second one" means what a reader sees.
    """
    limit, ratio = limits(question, settings)
    floor = ranked[0].score * ratio
    shown = spread([quote for quote in ranked if quote.score >= floor], limit)
    if signals.asks_for_list(question):
        places = [n for n, quote in enumerate(shown) if quote.cells]
        rows = sorted((shown[n] for n in places), key=lambda row: (row.document_id, row.span))
        for n, row in zip(places, rows, strict=True):
            shown[n] = row
    return by_article(shown)


def by_article(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Put the quotes of one article together, the article of the best quote first."""
    order = {id: n for n, id in enumerate(dict.fromkeys(quote.document_id for quote in quotes))}
    return tuple(sorted(quotes, key=lambda quote: order[quote.document_id]))

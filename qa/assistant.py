"""The assistant: a library and the stages of answering, wired once and asked many times."""

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from typing import Literal

from corpus.document import Document
from index.encoder import DEFAULT_MODEL, Encoder, SentenceEncoder
from index.library import DEFAULT_LIBRARY, Library
from index.milvus import MilvusLibrary
from index.searching import SearchableLibrary
from qa.answering import Reply, answer_question, check_question, rank_all, searchable
from qa.article_naming import ArticleNaming
from qa.batching import BatchedEncoder, BatchedScorer, Batcher
from qa.boundary_classifier import BoundaryClassifier
from qa.conversation import Vocabulary
from qa.evidence import WEIGHTS_FILE, EvidenceWeights, load_weights, weights_path
from qa.evidence_model.pairs import Candidate
from qa.evidence_model.scorer import BUNDLED, NO_MODEL, EvidenceScorer, load_scorer
from qa.foreseeing import ForeseeingEncoder
from qa.language import load_detector
from qa.lookup import LookUps
from qa.memory import release_memory, release_memory_soon
from qa.quoting import Quote
from qa.ranking import Stages, quote_hits, rank, rank_by_signals, understand
from qa.settings import FIRST_QUESTION, Settings
from qa.spelling import Speller

logger = logging.getLogger(__name__)

RELEASE_EVERY = 2
"""Answers; the memory grows by some ten megabytes in between. After every one the next one waits:
what was given back has to be asked for again."""
MAX_READ_AHEAD = 400
"""Passages; so many are kept by the evidence model, see `KEPT_TOKENS` there."""

System = Literal["bm25", "dense", "hybrid", "signals", "evidence", "answer"]
_DENSE_WEIGHT: dict[str, float] = {"bm25": 0.0, "dense": 1.0}


class Assistant:
    """Answers questions about the documents of one library.

    Args:
        library: what may be quoted.
        settings: the numbers of a query; the default ones where it is None.
        scorer: the evidence model; None to rank and abstain by search alone.
        weights: fitted for it; the shipped ones where it is None.
        batcher: what the models run in, where many ask at once.
    """

    def __init__(
        self,
        library: SearchableLibrary,
        settings: Settings | None = None,
        *,
        scorer: EvidenceScorer | None = None,
        weights: EvidenceWeights | None = None,
        batcher: Batcher | None = None,
    ) -> None:
        self.library = library
        self._batcher = batcher
        self._answers = count(1)
        self.settings = settings or Settings()
        overview = library.overview
        self.stages = Stages(
            library=library,
            settings=self.settings,
            vocabulary=Vocabulary(overview.authors, library.expander),
            speller=Speller(overview.words, library.lexical.knows),
            look_ups=LookUps(library.documents),
            naming=ArticleNaming(overview.profiles.values()),
            weights=weights or load_weights(WEIGHTS_FILE, BUNDLED),
            scorer=scorer,
            boundaries=BoundaryClassifier(library.encoder),
        )

    @classmethod
    def load(
        cls,
        folder: Path | None = None,
        *,
        index: str | None = None,
        model: str | None = None,
        encoder: Encoder | None = None,
        evidence_model: str | None = None,
        batcher: Batcher | None = None,
        on_status: Callable[[str], None] = logger.info,
    ) -> "Assistant":
        """Open a library (its index is built where it is missing or stale) and warm it up.

        Args:
            folder: the library.
            index: address of a library on Milvus, which is opened in its place.
            model: the embedding model, by name or folder.
            encoder: an encoder that is already loaded, instead of it.
            evidence_model: the bundled one where it is None; a folder or a cross-encoder's name on
                the hub; "none" to do without.
            batcher: runs the models, for many who ask at once.
            on_status: is told in one line what happens and why.

        Raises:
            CorpusError, EncoderError, LibraryError, WeightsError: what is missing and how to mend
                it.
        """
        encoder = encoder or SentenceEncoder(model or DEFAULT_MODEL)
        if batcher is not None:
            encoder = BatchedEncoder(encoder, batcher)
        encoder = ForeseeingEncoder(encoder)
        library = open_library(
            folder, index=index, model=model, encoder=encoder, on_status=on_status
        )
        name = evidence_model or BUNDLED
        if name == NO_MODEL:
            assistant = cls(library, batcher=batcher)
        else:
            path = weights_path(name, BUNDLED, folder or DEFAULT_LIBRARY)
            weights = load_weights(path, name)
            loaded = load_scorer(name)
            scorer = loaded if batcher is None else BatchedScorer(loaded, batcher)
            assistant = cls(library, scorer=scorer, weights=weights, batcher=batcher)
        assistant.ask(FIRST_QUESTION)
        release_memory()  # of what was needed to load only
        return assistant

    def read_ahead(self) -> None:
        """Load the language detector, and have the evidence model read a small library.

        No question has to wait for that then. Takes some seconds; questions go first.
        """
        load_detector()
        scorer, library = self.stages.scorer, self.library
        if not isinstance(scorer, BatchedScorer) or not isinstance(library, Library):
            return
        if len(library.passages) <= MAX_READ_AHEAD:
            scorer.read_ahead([Candidate.of(passage) for passage in library.passages])
            release_memory()

    def reload_if_changed(self) -> "Assistant":
        """Return an assistant over the library as it is on disk now; itself where it is the same.

        Costs one look at a file where nothing changed.
        """
        library = self.library.reload_if_changed()
        return self if library is self.library else self._over(library)

    def with_documents(self, documents: Sequence[Document]) -> "Assistant":
        """Return an assistant that knows more documents; this one stays as it is.

        Raises:
            ValueError: a document has the id of another.
            LibraryError: the library is on a cluster.
        """
        return self._over(self.library.with_documents(documents))

    def _over(self, library: SearchableLibrary) -> "Assistant":
        stages = self.stages
        return Assistant(
            library,
            self.settings,
            scorer=stages.scorer,
            weights=stages.weights,
            batcher=self._batcher,
        )

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        documents: Collection[str] | None = None,
    ) -> Reply:
        """Answer a question.

        Args:
            question: as typed.
            history: earlier questions of the same conversation, oldest first; those that cannot be
                searched are left out.
            documents: ids of the articles to ask; all where it is None.

        Raises:
            QuestionError: the question is empty or too long.
            ScopeError: no article is chosen, or one that the library does not have.
            BusyError: too many questions are being answered.
        """
        stages = self.stages if documents is None else self.stages.only(documents)
        known = searchable(history, self.settings)
        with nullcontext() if self._batcher is None else self._batcher.question():
            reply = answer_question(question, known, stages)
        if next(self._answers) % RELEASE_EVERY == 0:
            release_memory_soon()
        return reply

    def retrieve(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        system: System = "answer",
        k: int = 10,
    ) -> list[Quote]:
        """Rank quotes whatever the abstention would say; for evaluation and for scripts.

        Args:
            question: as typed.
            history: earlier questions, oldest first.
            system: "bm25", "dense" and "hybrid" rank by search alone, "signals" by the first stage,
                "evidence" by both, "answer" as `ask` does, with what was looked up first.
            k: how many quotes at most.

        Raises:
            QuestionError: the question is empty or too long.
            ValueError: the system is unknown.
        """
        check_question(question, self.settings)
        history = searchable(history, self.settings)
        if system == "answer":
            return rank_all(question, history, self.stages)[:k]
        if system not in ("bm25", "dense", "hybrid", "signals", "evidence"):
            names = "bm25, dense, hybrid, signals, evidence or answer"
            raise ValueError(f"unknown system {system!r}; choose {names}")
        asked = understand(question, history, self.stages)
        if system == "signals":
            return rank_by_signals(asked, self.stages)[:k]
        if system == "evidence":
            return rank(asked, self.stages)[0][:k]
        weight = _DENSE_WEIGHT.get(system, self.settings.dense_weight)
        hits = self.library.search(asked.text, k=self.settings.candidates, dense_weight=weight)
        scores = [hit.score for hit in hits]
        return quote_hits(hits, range(len(hits)), scores, self.library)[:k]


def open_library(
    folder: Path | None,
    *,
    index: str | None = None,
    model: str | None = None,
    encoder: Encoder | None = None,
    on_status: Callable[[str], None] = logger.info,
) -> SearchableLibrary:
    """Open the library in a folder, or the one at an address; the arguments as for `load`."""
    model = model or DEFAULT_MODEL
    if index:
        return MilvusLibrary.open(index, model=model, encoder=encoder)
    return Library.open(
        folder or DEFAULT_LIBRARY, model=model, encoder=encoder, on_status=on_status
    )

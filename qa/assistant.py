"""The assistant: a library and the stages of answering, wired once and asked many times."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from corpus.abbreviations import Expander
from index.encoder import DEFAULT_MODEL, Encoder
from index.library import DEFAULT_LIBRARY, Library
from qa.answering import (
    Reply,
    Stages,
    answer_question,
    check_question,
    quote_hits,
    rank_all,
    understand,
)
from qa.conversation import Vocabulary
from qa.lookup import LookUp
from qa.quoting import Quote
from qa.settings import Settings
from qa.spelling import Speller

logger = logging.getLogger(__name__)

System = Literal["bm25", "dense", "hybrid", "answer"]
_DENSE_WEIGHT: dict[str, float] = {"bm25": 0.0, "dense": 1.0}


class Assistant:
    """Answers questions about the documents of one library."""

    def __init__(self, library: Library, settings: Settings | None = None) -> None:
        self.library = library
        self.settings = settings or Settings()
        look_ups = {id: LookUp(document) for id, document in library.documents.items()}
        authors = frozenset(name for item in look_ups.values() for name in item.names.known)
        self.stages = Stages(
            library=library,
            settings=self.settings,
            vocabulary=Vocabulary(authors, Expander(library.expander.definitions)),
            speller=Speller(document.text for document in library.documents.values()),
            look_ups=look_ups,
        )

    @classmethod
    def load(
        cls,
        folder: Path | None = None,
        *,
        model: str | None = None,
        encoder: Encoder | None = None,
        on_status: Callable[[str], None] = logger.info,
    ) -> "Assistant":
        """Open a library (its index is built where it is missing or stale) and warm it up.

        Raises:
            CorpusError, EncoderError, LibraryError: what is missing and how to mend it.
        """
        library = Library.open(
            folder or DEFAULT_LIBRARY,
            model=model or DEFAULT_MODEL,
            encoder=encoder,
            on_status=on_status,
        )
        assistant = cls(library)
        assistant.ask("What is this article about?")  # the first question pays for lazy set-up
        return assistant

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Answer a question.

        Args:
            question: as typed.
            history: earlier questions of the same conversation, oldest first.

        Raises:
            QuestionError: the question is empty or too long.
        """
        return answer_question(question, history, self.stages)

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
            system: "bm25", "dense" and "hybrid" rank by search alone, "answer" as `ask` does.
            k: how many quotes at most.

        Raises:
            QuestionError: the question is empty or too long.
            ValueError: the system is unknown.
        """
        check_question(question, self.settings)
        if system == "answer":
            return rank_all(question, history, self.stages)[:k]
        if system not in ("bm25", "dense", "hybrid"):
            raise ValueError(f"unknown system {system!r}; choose bm25, dense, hybrid or answer")
        weight = _DENSE_WEIGHT.get(system, self.settings.dense_weight)
        standalone = understand(question, history, self.stages).text
        hits = self.library.search(standalone, k=self.settings.candidates, dense_weight=weight)
        return quote_hits(hits, [hit.score for hit in hits], self.library)[:k]

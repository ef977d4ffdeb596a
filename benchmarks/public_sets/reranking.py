"""The evidence model on top of the hybrid ranking: it reads the sentences of the best documents.

A document is worth its best sentence. How much that counts beside the hybrid's own score is one
number, fixed before a set is measured: `DEFAULT`, or what `tuning` finds on other questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from benchmarks.public_sets.beir import BeirDocument, Query
from benchmarks.public_sets.searching import Ranking
from index.fusion import FloatVector, min_max
from qa.evidence_model.pairs import Candidate
from qa.evidence_model.scorer import EvidenceScorer
from qa.evidence_training.articles import cut_article

HYBRID_EVIDENCE = "hybrid + evidence"
Scaling = Literal["probability", "min-max"]
SCALINGS: tuple[Scaling, ...] = get_args(Scaling)


@dataclass(frozen=True, slots=True)
class Combination:
    """How the evidence model's logits join the hybrid's scores over the documents that were read.

    Attributes:
        scaling: of the logits: their logistic function, so that evidence counts only where the
            model believes in it; or their place between the least and the greatest of this query.
        weight: of the scaled logits, in [0, 1]; the rest is the min-max scaled hybrid's.
    """

    scaling: Scaling
    weight: float

    def combine(self, hybrid: FloatVector, logits: FloatVector) -> FloatVector:
        """Return (n,) scores in [0, 1] for (n,) scores of the hybrid and (n,) logits."""
        if self.scaling == "probability":
            evidence = np.exp(-np.logaddexp(0, -logits))  # 1 / (1 + e^-x) without overflow
        else:
            evidence = min_max(logits, depth=len(logits))
        search = min_max(hybrid, depth=len(hybrid))
        combined = self.weight * evidence + (1 - self.weight) * search
        return np.asarray(combined, dtype=np.float32)


DEFAULT = Combination("probability", 0.5)


def read_documents(
    scorer: EvidenceScorer, query: Query, documents: Sequence[BeirDocument]
) -> FloatVector:
    """Return the greatest logit of the sentences of each document, (n,)."""
    if not documents:
        return np.zeros(0, dtype=np.float32)
    candidates = [candidates_of(document) for document in documents]
    logits = scorer.score(query.text, [one for several in candidates for one in several])
    ends = np.cumsum([len(several) for several in candidates])
    parts = np.split(np.array(logits, dtype=np.float32), ends[:-1])
    return np.array([part.max() for part in parts], dtype=np.float32)


def candidates_of(document: BeirDocument) -> list[Candidate]:
    """Cut a document as the model's training data are cut; at least one candidate.

    A text without a sentence of some length is one candidate as a whole.
    """
    article = cut_article(document.id, document.title.removesuffix("."), document.text)
    found = [sentence.candidate for sentence in article.sentences]
    return found or [Candidate(document.text, "", document.title)]


def rerank(ranking: Ranking, logits: FloatVector, combination: Combination) -> Ranking:
    """Order the documents that were read anew.

    Args:
        ranking: the hybrid's.
        logits: of its documents, in its order.
        combination: how the two are weighed.
    """
    scores = combination.combine(np.array(ranking.scores, dtype=np.float32), logits)
    order = Ranking.of(scores, len(scores))
    return Ranking(tuple(ranking.rows[place] for place in order.rows), order.scores)

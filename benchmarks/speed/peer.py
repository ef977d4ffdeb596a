"""One retrieval library behind a pipe: ``PYTHON benchmarks/speed/peer.py NAME MODEL_FOLDER``.

Runs in the peers' own environment, so it imports nothing of the program. A line in is a request, a
line out its reply, both JSON: ``{"index": [text, ...]}`` gives ``{"seconds": s}``, ``{"ask":
[question, ...], "at_once": n}`` gives ``{"seconds": [s, ...], "all": s}``.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.metadata import version
from typing import Any

K = 10
"""Passages that are retrieved for a question."""


class SentenceTransformers:
    """The embedding model on its own: the bare encoder."""

    packages = ("sentence-transformers",)

    def __init__(self, folder: str) -> None:
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(folder, device="cpu", local_files_only=True)

    def encode(self, texts: list[str]) -> Any:
        return self.model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    def index(self, texts: list[str]) -> None:
        self.encode(texts)

    def ask(self, question: str) -> object:
        return self.encode([question])


class Txtai:
    packages = ("txtai",)

    def __init__(self, folder: str) -> None:
        from txtai import Embeddings

        self.found = Embeddings({"path": folder, "backend": "faiss"})

    def index(self, texts: list[str]) -> None:
        self.found.index([(number, text, None) for number, text in enumerate(texts)])

    def ask(self, question: str) -> object:
        return self.found.search(question, K)


class LangChain:
    packages = ("langchain-core", "langchain-community")

    def __init__(self, folder: str) -> None:
        from langchain_core.embeddings import Embeddings

        model = SentenceTransformers(folder)

        class MiniLM(Embeddings):
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return model.encode(texts).tolist()

            def embed_query(self, text: str) -> list[float]:
                return model.encode([text])[0].tolist()

        self.embeddings = MiniLM()
        self.store: Any = None

    def index(self, texts: list[str]) -> None:
        from langchain_community.vectorstores import FAISS

        self.store = FAISS.from_texts(texts, self.embeddings)

    def ask(self, question: str) -> object:
        return self.store.similarity_search_with_score(question, k=K)


class LlamaIndex:
    packages = ("llama-index-core", "llama-index-vector-stores-faiss")

    def __init__(self, folder: str) -> None:
        from llama_index.core.embeddings import BaseEmbedding
        from pydantic import PrivateAttr

        model = SentenceTransformers(folder)

        class MiniLM(BaseEmbedding):
            _model: Any = PrivateAttr(default=model)

            def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
                return self._model.encode(texts).tolist()

            def _get_text_embedding(self, text: str) -> list[float]:
                return self._get_text_embeddings([text])[0]

            def _get_query_embedding(self, query: str) -> list[float]:
                return self._get_text_embedding(query)

            async def _aget_query_embedding(self, query: str) -> list[float]:
                return self._get_text_embedding(query)

        self.embeddings = MiniLM(embed_batch_size=32)
        self.retriever: Any = None

    def index(self, texts: list[str]) -> None:
        import faiss
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.core.schema import TextNode
        from llama_index.vector_stores.faiss import FaissVectorStore

        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(384))
        index = VectorStoreIndex(
            [TextNode(text=text) for text in texts],
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=self.embeddings,
        )
        self.retriever = index.as_retriever(similarity_top_k=K)

    def ask(self, question: str) -> object:
        return self.retriever.retrieve(question)


class Haystack:
    packages = ("haystack-ai",)

    def __init__(self, folder: str) -> None:
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        self.document, self.make_store = Document, InMemoryDocumentStore
        self.model = SentenceTransformers(folder)
        self.store: Any = None

    def index(self, texts: list[str]) -> None:
        vectors = self.model.encode(texts).tolist()
        made = [
            self.document(id=str(number), content=text, embedding=vector)
            for number, (text, vector) in enumerate(zip(texts, vectors, strict=True))
        ]
        self.store = self.make_store(embedding_similarity_function="cosine")
        self.store.write_documents(made)

    def ask(self, question: str) -> object:
        vector = self.model.encode([question])[0].tolist()
        return self.store.embedding_retrieval(vector, top_k=K)


PEERS: dict[str, Any] = {
    "sentence-transformers": SentenceTransformers,
    "txtai": Txtai,
    "LangChain + FAISS": LangChain,
    "LlamaIndex + FAISS": LlamaIndex,
    "Haystack, in memory": Haystack,
}


def serve(peer: Any) -> None:
    """Answer requests until the pipe is closed."""
    for line in sys.stdin:
        request = json.loads(line)
        begun = time.perf_counter()
        if "index" in request:
            peer.index(request["index"])
            say({"seconds": time.perf_counter() - begun})
            continue

        def ask(question: str) -> float:
            begun = time.perf_counter()
            peer.ask(question)
            return time.perf_counter() - begun

        seconds = list(pool_of(request["at_once"]).map(ask, request["ask"]))
        say({"seconds": seconds, "all": time.perf_counter() - begun})


@lru_cache
def pool_of(threads: int) -> ThreadPoolExecutor:
    """Return a pool that stays: torch makes helpers for each thread in which it computes."""
    return ThreadPoolExecutor(threads)


def say(reply: dict[str, object]) -> None:
    """Write one reply."""
    sys.__stdout__.write(json.dumps(reply) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def main() -> None:
    """Load a peer, say which versions, and serve; what libraries print goes to stderr."""
    name, folder = sys.argv[1:]
    sys.stdout = sys.stderr
    try:
        peer = PEERS[name](folder)
        versions = ", ".join(f"{package} {version(package)}" for package in peer.packages)
    except Exception as error:
        say({"error": f"{type(error).__name__}: {error}"})
        return
    say({"versions": versions})
    serve(peer)


if __name__ == "__main__":
    main()

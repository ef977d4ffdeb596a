"""Libraries on Milvus Lite, the twin of a cluster that runs inside the test."""

from collections.abc import Sequence
from pathlib import Path

from corpus.reading import read_article
from index.adding import AddReport
from index.embedded import ArticleList, EmbeddedArticle, embed
from index.encoder import Encoder
from index.entries import make_entry
from index.milvus_connection import Connection, parse_address
from index.milvus_writing import replace_library
from tests.index.conftest import write_article


def address_in(folder: Path, collection: str = "reviews") -> str:
    return f"milvus://{folder}/lite.db/{collection}"


def connect(folder: Path, collection: str = "reviews") -> Connection:
    return Connection(parse_address(address_in(folder, collection)))


def embedded(folder: Path, name: str, source: str, encoder: Encoder) -> EmbeddedArticle:
    """Write an article, read it, split it and embed its passages."""
    write_article(folder, name, source)
    return embed(make_entry(read_article(folder / name)), encoder)


def fill(
    connection: Connection, articles: Sequence[EmbeddedArticle], encoder: Encoder
) -> AddReport:
    return replace_library(connection, ArticleList(articles), encoder)

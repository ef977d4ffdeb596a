"""From a folder with a source file and its `article.toml` to a `Document`."""

from corpus.reading.articles import READERS, load_corpus, read_article, read_document

__all__ = ["READERS", "load_corpus", "read_article", "read_document"]

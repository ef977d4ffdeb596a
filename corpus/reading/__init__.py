"""From a folder with a source file and its `article.toml` to a `Document`."""

from corpus.reading.articles import load_corpus, read_article, read_document

__all__ = ["load_corpus", "read_article", "read_document"]

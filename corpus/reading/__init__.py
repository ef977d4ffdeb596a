"""From a folder with a source file and its `article.toml` to a `Document`."""

from corpus.reading.articles import is_xml, load_corpus, read_article, read_document

__all__ = ["is_xml", "load_corpus", "read_article", "read_document"]

"""Article folders and single files: what is read, and each way in which they can be wrong."""

import hashlib
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from corpus.document import Author, BlockKind, CorpusError, Document
from corpus.reading import READERS, articles, load_corpus, read_article, read_document
from tests.corpus.by_hand import FIRST, article, texts

SOURCE = article("Bees forage (1).")


def write_article(
    folder: Path, *, toml: str | None = 'title = "Bees"\n', source: str | bytes | None = SOURCE
) -> Path:
    """Write an article folder; None leaves a file out."""
    folder.mkdir(parents=True)
    if toml is not None:
        (folder / "article.toml").write_text(toml, encoding="utf-8")
    if source is not None:
        content = source if isinstance(source, bytes) else source.encode()
        (folder / "source.txt").write_bytes(content)
    return folder


# What is read.


def test_folder_name_is_the_id_of_the_document(tmp_path: Path) -> None:
    document = read_article(write_article(tmp_path / "moss-2011"))
    assert (document.id, document.metadata.title) == ("moss-2011", "Bees")


def test_metadata_of_the_review_is_read(review: Document) -> None:
    metadata = review.metadata
    assert metadata.authors == (Author("Kersin", "Sinem Gülcan"), Author("Özek", "Eren"))
    assert (metadata.journal, metadata.year) == ("Turk Arch Pediatr", 2021)
    assert (metadata.volume, metadata.issue, metadata.pages) == ("56", "3", "187-91")
    assert metadata.licence is not None
    assert metadata.licence.id == "CC-BY-NC-4.0"


def test_what_the_toml_does_not_say_is_empty(tmp_path: Path) -> None:
    metadata = read_article(write_article(tmp_path / "bees")).metadata
    assert (metadata.authors, metadata.journal, metadata.year) == ((), "", None)
    assert (metadata.licence, metadata.language) == (None, "en")


def test_source_file_may_have_another_name(tmp_path: Path) -> None:
    toml = 'title = "Bees"\n[source]\nfile = "paper.txt"\n'
    folder = write_article(tmp_path / "bees", toml=toml, source=None)
    (folder / "paper.txt").write_text(SOURCE, encoding="utf-8")
    assert read_article(folder).source == SOURCE


def test_right_hash_is_accepted(tmp_path: Path) -> None:
    digest = hashlib.sha256(SOURCE.encode()).hexdigest()
    toml = f'title = "Bees"\n[source]\nsha256 = "{digest}"\n'
    assert read_article(write_article(tmp_path / "bees", toml=toml)).source_sha256 == digest


def test_articles_are_loaded_in_order_of_their_ids(tmp_path: Path) -> None:
    for name in ("moss", "bell", "lund"):
        write_article(tmp_path / name)
    assert [document.id for document in load_corpus(tmp_path)] == ["bell", "lund", "moss"]


def test_folders_without_article_toml_are_passed_over(tmp_path: Path) -> None:
    write_article(tmp_path / "moss")
    (tmp_path / "notes").mkdir()
    assert [document.id for document in load_corpus(tmp_path)] == ["moss"]


def test_single_file_takes_its_first_line_as_title(tmp_path: Path) -> None:
    path = tmp_path / "moss-2011.txt"
    path.write_text(f"\n\n{SOURCE}", encoding="utf-8")
    document = read_document(path)
    assert (document.id, document.metadata.title) == ("moss-2011", "Gut flora of honey bees")


def test_folder_is_a_document_too(tmp_path: Path) -> None:
    assert read_document(write_article(tmp_path / "moss")).id == "moss"


@pytest.mark.parametrize(
    "content",
    [
        SOURCE.replace("\n", "\r\n").encode(),
        SOURCE.replace("\n", "\r").encode(),
        SOURCE.encode("utf-8-sig"),
        SOURCE.replace("\n", "\r\n").encode("utf-8-sig"),
    ],
    ids=["windows-line-ends", "old-mac-line-ends", "byte-order-mark", "both"],
)
def test_line_ends_and_byte_order_mark_do_not_matter(tmp_path: Path, content: bytes) -> None:
    document = read_article(write_article(tmp_path / "bees", source=content))
    assert document.source == SOURCE
    assert texts(document, BlockKind.TITLE) == ["Gut flora of honey bees"]
    assert document.references[0].text == FIRST


def test_hash_is_of_the_bytes_and_not_of_the_decoded_text(tmp_path: Path) -> None:
    content = SOURCE.replace("\n", "\r\n").encode("utf-8-sig")
    document = read_article(write_article(tmp_path / "bees", source=content))
    assert document.source_sha256 == hashlib.sha256(content).hexdigest()


# What is refused: (article.toml, source, what the message says).

REFUSED: dict[str, tuple[str | None, str | bytes | None, str]] = {
    "no-toml": (None, SOURCE, "article.toml cannot be read: No such file or directory"),
    "bad-toml": ("title = Bees", SOURCE, "article.toml is not valid TOML: Invalid value"),
    "no-title": ("year = 2011", SOURCE, "article.toml: a title is needed"),
    "blank-title": ('title = " "', SOURCE, "article.toml: a title is needed"),
    "year-in-quotes": (
        'title = "Bees"\nyear = "2011"',
        SOURCE,
        "article.toml: year must be a number, got '2011'",
    ),
    "author-in-one-part": (
        'title = "Bees"\nauthors = ["Ida Moss"]',
        SOURCE,
        "article.toml: an author is",
    ),
    "source-is-no-table": ('title = "Bees"\nsource = "a.txt"', SOURCE, "[source] must be a table"),
    "path-outside": (
        'title = "Bees"\n[source]\nfile = "../source.txt"',
        SOURCE,
        "source.file must name a file in this folder",
    ),
    "absolute-path": (
        'title = "Bees"\n[source]\nfile = "/etc/hostname"',
        SOURCE,
        "source.file must name a file in this folder",
    ),
    "no-source": ('title = "Bees"', None, "source.txt cannot be read: No such file or directory"),
    "wrong-hash": (
        'title = "Bees"\n[source]\nsha256 = "abc"',
        SOURCE,
        f"source.txt has sha256 {hashlib.sha256(SOURCE.encode()).hexdigest()}, "
        "but article.toml says abc",
    ),
    "not-utf-8": ('title = "Bees"', b"Bees\n\nG\xfcl forages.\n", "is not UTF-8 (byte 7 is 0xfc)"),
    "null-bytes": ('title = "Bees"', b"Bees\x00\n", "source.txt holds null characters"),
    "empty": ('title = "Bees"', b"", "holds no text"),
    "white-space": ('title = "Bees"', b" \n\t\n", "holds no text"),
}


@pytest.mark.parametrize(("toml", "source", "message"), REFUSED.values(), ids=REFUSED)
def test_article_that_is_refused_says_why(
    tmp_path: Path, toml: str | None, source: str | bytes | None, message: str
) -> None:
    folder = write_article(tmp_path / "bees", toml=toml, source=source)
    with pytest.raises(CorpusError, match=re.escape(message)):
        read_article(folder)


def test_article_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_article(tmp_path / "bees")
    size = len(SOURCE.encode())
    monkeypatch.setattr(articles, "MAX_BYTES", size - 1)
    message = f"source.txt has {size} bytes; at most {size - 1} are read"
    with pytest.raises(CorpusError, match=re.escape(message)):
        read_article(folder)


def test_article_of_the_largest_size_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_article(tmp_path / "bees")
    monkeypatch.setattr(articles, "MAX_BYTES", len(SOURCE.encode()))
    assert read_article(folder).source == SOURCE


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bees.docx", "no reader for '.docx'; use .txt, .xml, .nxml, .pdf"),
        ("bees", "no reader for 'files without an ending'; use .txt"),
    ],
    ids=["docx", "no-ending"],
)
def test_file_of_an_unknown_format_is_refused(tmp_path: Path, name: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(SOURCE, encoding="utf-8")
    with pytest.raises(CorpusError, match=re.escape(message)):
        read_document(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"bees\.txt cannot be read: No such file"):
        read_document(tmp_path / "bees.txt")


@pytest.mark.parametrize("content", [b"", b" \n"], ids=["empty", "white-space"])
def test_single_file_without_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bees.txt"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match="holds no text"):
        read_document(path)


def test_corpus_without_articles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"holds no article: expected NAME/article\.toml"):
        load_corpus(tmp_path)


@pytest.mark.parametrize(
    "name", [".", "sub/../source.txt"], ids=["folder-itself", "through-a-subfolder"]
)
def test_source_file_that_is_no_plain_name_is_refused(tmp_path: Path, name: str) -> None:
    toml = f'title = "Bees"\n[source]\nfile = "{name}"\n'
    with pytest.raises(CorpusError):
        read_article(write_article(tmp_path / "bees", toml=toml))


@pytest.mark.parametrize("name", ["..", "../.."], ids=["parent", "grandparent"])
def test_parent_folder_is_no_source_file(tmp_path: Path, name: str) -> None:
    toml = f'title = "Bees"\n[source]\nfile = "{name}"\n'
    with pytest.raises(CorpusError):
        read_article(write_article(tmp_path / "bees", toml=toml))


@pytest.mark.parametrize("name", sorted(set(READERS.values())))
def test_every_reader_is_where_it_is_said_to_be(name: str) -> None:
    module, _, function = name.partition(".")
    assert callable(getattr(import_module(f"corpus.reading.{module}"), function))


def test_a_reader_is_imported_when_its_format_is_read() -> None:
    code = (
        "import sys, corpus.reading; print([m for m in sys.modules if 'pdf' in m or 'lxml' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

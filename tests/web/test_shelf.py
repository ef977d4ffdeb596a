"""A visitor's own articles beside the library: added, asked, kept, removed, and nobody else's."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import gradio as gr
import pytest

from index.library import Library
from qa.answering import Answer
from qa.assistant import Assistant
from qa.web.handlers import Handlers
from qa.web.opening import Opening
from qa.web.shelf import MAX_UPLOADS, Shelf, ShelfError
from tests.conftest import KeywordEncoder
from tests.web.markup import parse

BEES = "Bees in winter\n\nBackground\n\nWorkers forage for pollen at noon. Drones do not forage.\n"
MILK = "Milk and cells\n\nBackground\n\nMilk holds cells of the mother. Bone is hard.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    article = tmp_path / "library" / "articles" / "milk"
    article.mkdir(parents=True)
    (article / "article.toml").write_text('title = "Milk and cells"\n', encoding="utf-8")
    (article / "source.txt").write_text(MILK, encoding="utf-8")
    return tmp_path / "library"


@pytest.fixture
def opening(folder: Path) -> Opening:
    return Opening(lambda: Assistant(Library.open(folder, encoder=KeywordEncoder())))


@pytest.fixture
def shelf(opening: Opening, folder: Path) -> Shelf:
    return Shelf(opening, folder)


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def one(name: str = "bees.txt", text: str = BEES) -> Path:
        path = tmp_path / "uploads" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return one


def ids(shelf: Shelf) -> list[str]:
    return list(shelf.assistant().library.documents)


def quoted(shelf: Shelf, question: str) -> set[str]:
    reply = shelf.assistant().ask(question, documents=shelf.chosen or None)
    quotes = reply.quotes if isinstance(reply, Answer) else getattr(reply, "nearest", ())
    return {quote.document_id for quote in quotes}


def test_an_added_article_is_asked_beside_the_library(shelf: Shelf, write: Write) -> None:
    (outcome,) = shelf.add([write()])
    assert (outcome.name, outcome.title, outcome.reason) == ("bees.txt", "Bees in winter", "")
    assert ids(shelf) == ["milk", "bees"]
    assert "bees" in quoted(shelf, "Do drones forage?")
    (passage,) = [p for p in shelf.assistant().library.passages if p.sentence.startswith("Drones")]  # type: ignore[attr-defined]
    document = shelf.assistant().library.documents["bees"]
    assert document.slice(passage.span) == "Drones do not forage."


def test_nobody_else_sees_it(shelf: Shelf, write: Write, opening: Opening) -> None:
    other = deepcopy(shelf)  # as Gradio does for each session
    shelf.add([write()])
    assert ids(other) == ["milk"]
    assert list(opening.wait().library.documents) == ["milk"]


def test_nothing_of_it_is_on_disk(shelf: Shelf, write: Write, folder: Path) -> None:
    shelf.assistant()
    before = sorted(path for path in folder.rglob("*"))
    shelf.add([write()])
    assert sorted(path for path in folder.rglob("*")) == before


def test_one_bad_file_does_not_hinder_the_others(shelf: Shelf, write: Write) -> None:
    bad, empty = write("bad.xml", "<article><front>"), write("empty.txt", "")
    same = write("milk.txt", MILK)
    outcomes = shelf.add([bad, write(), empty, same])
    assert [outcome.name for outcome in outcomes if outcome.title] == ["bees.txt"]
    reasons = {outcome.name: outcome.reason for outcome in outcomes if outcome.reason}
    assert reasons["empty.txt"] == "empty.txt holds no text; is it the right file?"
    assert reasons["bad.xml"].startswith("bad.xml is not well-formed XML")
    assert reasons["milk.txt"] == "there is an article milk already; rename the file"
    assert ids(shelf) == ["milk", "bees"]


def test_a_name_that_is_no_id_becomes_one(shelf: Shelf, write: Write) -> None:
    shelf.add([write("Büyük review (final) 2.txt"), write("..txt")])
    assert ids(shelf) == ["milk", "B-y-k-review-final-2", "article"]


def test_there_is_a_limit(shelf: Shelf, write: Write) -> None:
    outcomes = shelf.add([write(f"bees{n}.txt") for n in range(MAX_UPLOADS + 1)])
    assert [bool(outcome.title) for outcome in outcomes] == [True] * MAX_UPLOADS + [False]
    assert outcomes[-1].reason == f"there are {MAX_UPLOADS} articles of yours; remove one first"


def test_chosen_articles_alone_are_asked(shelf: Shelf, write: Write) -> None:
    shelf.add([write()])
    shelf.choose(["bees", "gone"])
    assert shelf.chosen == ("bees",)
    assert quoted(shelf, "Does milk hold cells?") <= {"bees"}
    shelf.choose([])
    assert "milk" in quoted(shelf, "Does milk hold cells?")


def test_a_removed_article_is_gone_and_no_longer_chosen(shelf: Shelf, write: Write) -> None:
    shelf.add([write()])
    shelf.choose(["bees"])
    shelf.remove("bees")
    assert (ids(shelf), shelf.chosen, shelf.uploads) == (["milk"], (), ())


def test_a_kept_article_is_in_the_library_for_everybody(
    shelf: Shelf, write: Write, opening: Opening, folder: Path
) -> None:
    shelf.add([write()])
    shelf.keep("bees")
    assert shelf.uploads == ()
    assert set(opening.wait().library.documents) == {"milk", "bees"}
    assert (folder / "articles" / "bees" / "source.txt").read_text(encoding="utf-8") == BEES


def test_an_article_of_the_library_is_removed_for_everybody(
    shelf: Shelf, write: Write, opening: Opening
) -> None:
    shelf.add([write()])
    shelf.keep("bees")
    shelf.remove("bees")
    assert list(opening.wait().library.documents) == ["milk"]


def test_the_last_article_of_the_library_stays(shelf: Shelf) -> None:
    with pytest.raises(ShelfError, match="milk cannot be removed: a library needs an article"):
        shelf.remove("milk")
    assert ids(shelf) == ["milk"]


def test_a_read_only_library_is_neither_added_to_nor_removed_from(
    opening: Opening, write: Write
) -> None:
    shelf = Shelf(opening)
    shelf.add([write()])
    for act in (lambda: shelf.keep("bees"), lambda: shelf.remove("milk")):
        with pytest.raises(ShelfError, match="the library of this server is read-only"):
            act()
    assert ids(shelf) == ["milk", "bees"]


def test_only_an_article_of_ones_own_can_be_kept(shelf: Shelf) -> None:
    with pytest.raises(ShelfError, match="there is no article wasps of yours"):
        shelf.keep("wasps")


# The handlers on the page.


def event(**sent: str) -> gr.EventData:
    return gr.EventData(None, sent)


def test_uploaded_file_is_reported_listed_and_deleted(
    shelf: Shelf, write: Write, opening: Opening
) -> None:
    path, bad = write(), write("empty.txt", "")
    _, frame = Handlers(opening).add_articles([str(path), str(bad)], shelf)
    assert not path.exists()
    assert not bad.exists()
    report = parse(frame.report).text
    assert "bees.txt was added: Bees in winter" in " ".join(report.split())
    assert "empty.txt was not added: empty.txt holds no text" in " ".join(report.split())
    assert "Bees in winter" in frame.listing
    assert frame.choice.choices == [
        ("Milk and cells", "milk"),
        ("Bees in winter", "bees"),
    ]


def test_choice_is_shown_above_the_page(shelf: Shelf, write: Write, opening: Opening) -> None:
    shelf.add([write(), write("wasps.txt")])
    scope, _ = Handlers(opening).choose_articles(["bees", "wasps"], shelf)
    assert "2 of 3 articles" in " ".join(parse(scope).text.split())
    scope, _ = Handlers(opening).choose_articles(["bees"], shelf)
    assert "Bees in winter (one of 3 articles)" in " ".join(parse(scope).text.split())


def test_articles_are_kept_and_removed_by_click(
    shelf: Shelf, write: Write, opening: Opening
) -> None:
    handlers = Handlers(opening)
    shelf.add([write()])
    frame = handlers.change_shelf(shelf, event(act="keep", article="bees"))
    assert "bees is in the library now." in frame.report
    frame = handlers.change_shelf(shelf, event(act="remove", article="bees"))
    assert "bees was removed." in frame.report
    assert "Bees in winter" not in frame.listing
    frame = handlers.change_shelf(shelf, event(act="remove", article="milk"))
    assert "Milk cannot be removed: a library needs an article" in frame.report


@pytest.mark.parametrize("sent", [{}, {"act": "burn", "article": "milk"}, {"act": "read"}])
def test_forged_click_changes_nothing(shelf: Shelf, opening: Opening, sent: dict[str, str]) -> None:
    Handlers(opening).change_shelf(shelf, event(**sent))
    assert ids(shelf) == ["milk"]

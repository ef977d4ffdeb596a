"""The report: hostile text stays text, nothing comes from outside, the README keeps its rest."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from qa.evaluation.bootstrap import Estimate
from qa.evaluation.judging import JudgedQuote, Outcome
from qa.evaluation.markdown import (
    MAIN_MEASURES,
    ReadmeError,
    format_estimate,
    summary_markdown,
    update_readme,
)
from qa.evaluation.report import render_report, write_report
from qa.evaluation.summary import Conditions, Summary, summarise

HOSTILE = '<script>alert("x")</script><img src="https://example.org/x"> {{ 7 * 7 }}'
CONDITIONS = Conditions(
    model="tiny", documents={"milk": "a" * 64}, corpus_sha256="c" * 64,
    questions_file="few.jsonl", questions_sha256="f" * 64, software="Sic 1", date="2021-03-01",
)  # fmt: skip

MakeOutcome = Callable[..., Outcome]


class Page(HTMLParser):
    """Collects tags, attributes and ids; refuses a page whose tags do not nest."""

    VOID = frozenset({"meta", "img", "path", "use"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.fixture
def summary(make_outcome: MakeOutcome, make_judged: Callable[..., JudgedQuote]) -> Summary:
    good, poor = make_judged(0), make_judged(text=HOSTILE)
    return summarise(
        [
            make_outcome(quotes=(good,), rankings={"answer": (good,)}, question_id="good-1"),
            make_outcome(quotes=(poor,), confidence=0.7, text=HOSTILE, question_id="bad-1"),
            make_outcome(kind="unanswerable", snippets=0, status="not_in_source", confidence=0.1),
            make_outcome(kind="advice", snippets=0, status="declined"),
        ],
        CONDITIONS,
    )


def test_hostile_text_is_shown_as_text(summary: Summary) -> None:
    html = render_report(summary)
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in html
    assert "{{ 7 * 7 }}" in html
    page = Page(html)
    assert "script" not in page.tags
    assert "img" not in page.tags


def test_nothing_comes_from_another_host(summary: Summary) -> None:
    html = render_report(summary).replace(HOSTILE, "")
    page = Page(html)
    assert not {"link", "script", "iframe", "img"} & set(page.tags)
    addresses = [value for name, value in page.attributes if name in ("src", "href", "xlink:href")]
    assert all(address is not None and address.startswith("#") for address in addresses)
    styles = " ".join(value or "" for name, value in page.attributes if name == "style")
    assert re.findall(r"url\((?!#)", styles + html) == []


def test_page_nests_and_has_each_id_once(summary: Summary) -> None:
    page = Page(render_report(summary))
    assert page.open == []
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert page.tags.count("svg") == 4


def test_references_inside_the_plots_resolve(summary: Summary) -> None:
    html = render_report(summary)
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    used = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', html)
    assert used
    assert {first or second for first, second in used} <= ids


def test_tables_say_what_their_heads_head(summary: Summary) -> None:
    html = render_report(summary)
    assert html.count("<caption>") == html.count("<table>")
    assert re.findall(r"<th(?![^>]*\bscope=)[ >]", html) == []


def test_page_serves_light_and_dark_and_phones(summary: Summary) -> None:
    html = render_report(summary)
    assert "prefers-color-scheme: dark" in html
    assert 'name="viewport" content="width=device-width' in html
    for placeholder in ("#010203", "#040506", "#070809", "#0a0b0c"):
        assert placeholder not in html


def test_only_failures_are_listed(summary: Summary) -> None:
    html = render_report(summary)
    assert "<strong>bad-1</strong>" in html
    assert "good-1" not in html
    assert "snippet 0" in html


def test_footer_says_what_the_numbers_depend_on(summary: Summary) -> None:
    footer = render_report(summary).split("<footer>")[1]
    for part in ("tiny", "a" * 64, "c" * 64, "few.jsonl", "f" * 64, "Sic 1", "2021-03-01"):
        assert part in footer


def test_same_outcomes_make_the_same_page(summary: Summary) -> None:
    assert render_report(summary) == render_report(summary)


def test_files_are_written_into_a_new_folder(summary: Summary, tmp_path: Path) -> None:
    page = write_report(summary, tmp_path / "new" / "report")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    results = json.loads((page.parent / "results.json").read_text(encoding="utf-8"))
    assert results["conditions"]["model"] == "tiny"
    assert results["reply"]["silence recall (off topic)"] == {
        "value": None,
        "low": None,
        "high": None,
        "questions": 0,
    }
    assert [row["id"] for row in results["questions"]] == ["good-1", "bad-1", "q", "q"]


def test_report_of_one_refused_question_is_made(make_outcome: MakeOutcome) -> None:
    alone = make_outcome(kind="advice", snippets=0, status="declined")
    html = render_report(summarise([alone], CONDITIONS))
    assert "Every reply is the best possible one." in html


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.714, 0.62, 0.789, 90), "0.71 [0.62, 0.79]"),
        (Estimate(-0.05, -0.1, 0.0, 9), "-0.05 [-0.10, 0.00]"),
        (Estimate(None, None, None, 0), "n/a"),
    ],
)
def test_estimate_is_written_with_its_interval(estimate: Estimate, text: str) -> None:
    assert format_estimate(estimate) == text


def test_markdown_has_the_main_numbers(summary: Summary) -> None:
    lines = summary_markdown(summary).splitlines()
    assert lines[0].startswith("4 questions of `few.jsonl` (sha256 `ffffffffffff`), model `tiny`")
    assert "| ranking | BM25 | dense | hybrid | full system |" in lines
    assert (
        "| hit@1 | 0.00 [0.00, 0.00] | 0.00 [0.00, 0.00] | 0.00 [0.00, 0.00] | 0.50 [0.00, 1.00] |"
        in lines
    )
    assert "A reply took 250 ms (median; 95th percentile 250 ms)." in lines[0]


def test_main_measures_exist(summary: Summary) -> None:
    assert {row.name for row in summary.ranking + summary.reply} >= MAIN_MEASURES


def test_readme_keeps_everything_else(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    before, after = "# Sic\n\nText.\n\n", "\n\n## More\n"
    markers = "<!-- evaluation:start -->\nold\n<!-- evaluation:end -->"
    path.write_text(before + markers + after, encoding="utf-8")
    update_readme(path, "new | table")
    update_readme(path, "new | table")
    assert path.read_text(encoding="utf-8") == (
        f"{before}<!-- evaluation:start -->\nnew | table\n<!-- evaluation:end -->{after}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "no markers",
        "<!-- evaluation:start -->",
        "<!-- evaluation:end -->\n<!-- evaluation:start -->",
        "<!-- evaluation:start --><!-- evaluation:start --><!-- evaluation:end -->",
    ],
)
def test_readme_without_its_markers_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "README.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadmeError, match="needs one line <!-- evaluation:start -->"):
        update_readme(path, "new")
    assert path.read_text(encoding="utf-8") == text


def test_missing_readme_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadmeError, match=r"README\.md is missing"):
        update_readme(tmp_path / "README.md", "new")

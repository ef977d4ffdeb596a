"""The report: hostile text stays text, nothing comes from outside, the README keeps its rest."""

import json
import re
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from qa.evaluation.judging import JudgedQuote, Outcome
from qa.evaluation.markdown import ReadmeError, summary_markdown, update_readme
from qa.evaluation.report import render_report, write_report
from qa.evaluation.summary import Summary
from qa.evaluation.terminal import format_terminal

HOSTILE = '<script>alert("x")</script><img src="https://example.org/x"> {{ 7 * 7 }}'

MakeOutcome = Callable[..., Outcome]
MakeJudged = Callable[..., JudgedQuote]
SumUp = Callable[[Sequence[Outcome]], Summary]


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
def summary(make_outcome: MakeOutcome, make_judged: MakeJudged, sum_up: SumUp) -> Summary:
    good, poor = make_judged(0), make_judged(text=HOSTILE)
    return sum_up(
        [
            make_outcome(
                kind="followup",
                quotes=(good,),
                rankings={"hybrid": (poor, good), "evidence": (good,), "answer": (good,)},
                rewritings={"alone": (poor,), "prepended": (good,), "rewritten": (good,)},
                seconds={"ask": 0.25, "search": 0.05},
                question_id="good-1",
            ),
            make_outcome(quotes=(poor,), confidence=0.7, text=HOSTILE, question_id="bad-1"),
            make_outcome(kind="unanswerable", snippets=0, status="not_in_source", confidence=0.1),
            make_outcome(kind="advice", snippets=0, status="declined"),
        ]
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
    for part in (
        *("tiny", "judge", "0.5", "a" * 64, "c" * 64, "few.jsonl", "f" * 64),
        *("phrasings.jsonl", "b" * 64, "Sic 1", "2021-03-01"),
    ):
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
    assert results["conditions"]["evidence_model"] == "judge"
    assert results["policies"]["calibrated"]["wrongly silent"]["value"] == 0.0
    assert results["policy_differences"][0]["first"] == "calibrated"
    assert results["follow_ups"]["prepended"]["hit@3"]["value"] == 1.0
    assert results["follow_up_differences"][0]["estimate"]["value"] == 1.0
    assert results["boundaries"]["declined"]["all"]["value"] == 0.75
    assert results["boundaries"]["misses"][0]["boundary"] == "advice"
    assert [point["coverage"] for point in results["risk_points"]][:2] == [1.0, 0.9]
    assert results["threshold"]["confidence"] == 0.5
    assert results["peak_mib"] == 1234.5
    assert results["questions"][0]["first_rank_rewritten"] == {
        "alone": None,
        "prepended": 1,
        "rewritten": 1,
    }


def test_report_of_one_refused_question_is_made(make_outcome: MakeOutcome, sum_up: SumUp) -> None:
    summary = sum_up([make_outcome(kind="advice", snippets=0, status="declined")])
    assert "Every reply is the best possible one." in render_report(summary)
    assert "0 of 1 replies are not right" in format_terminal(summary)
    assert "hit@3 of the question alone n/a," in summary_markdown(summary)


def cells_after(html: str, head: str) -> list[str]:
    """The cells of the table row with this head, as a reader sees them."""
    row = html.split(f'<th scope="row">{head}</th>', 1)[1].split("</tr>", 1)[0]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row, flags=re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


def test_step_stands_beside_what_it_adds_to_the_line_above(summary: Summary) -> None:
    section = render_report(summary).split('id="steps"')[1].split("<h2")[0]
    assert cells_after(section, "hybrid")[0] == "0.00 [0.00, 0.00]"
    # Signals find nothing here, so that the evidence model gains a half on them.
    assert cells_after(section, "+ evidence model")[0] == (
        "0.50 [0.00, 1.00] difference +0.50 [0.00, 1.00]"
    )
    assert (
        cells_after(section, "full system")[0] == "0.50 [0.00, 1.00] difference +0.00 [0.00, 0.00]"
    )


def test_page_says_what_keeping_silent_brings(summary: Summary) -> None:
    section = render_report(summary).split('id="silence"')[1].split("<h2")[0]
    # Always answering is wrong on bad-1 and on the unanswerable question, of 3 answers.
    assert [cell[:4] for cell in cells_after(section, "always, full system")] == [
        "0.50",
        "0.67",
        "0.00",
    ]
    assert cells_after(section, "silent below the threshold")[1].startswith("0.50")


def test_page_says_where_the_threshold_lies(summary: Summary) -> None:
    section = render_report(summary).split('id="confidence"')[1].split("<h2")[0]
    assert cells_after(section, "the surest 100%")[1].startswith("0.67")
    row = section.split("from confidence 0.50, the threshold in", 1)[1]
    assert re.findall(r'"number">(\d\.\d\d)', row)[:2] == ["0.67", "0.50"]
    assert "threshold 0.50" in section.split("<svg", 1)[1]


def test_page_lists_what_the_boundaries_get_wrong(summary: Summary) -> None:
    section = render_report(summary).split('id="boundaries"')[1].split("<h2")[0]
    assert cells_after(section, "declined (all)")[:2] == ["0.75 [0.25, 1.00]", "4"]
    assert cells_after(section, "named right")[0].startswith("0.67")
    assert "<li>Is my &lt;b&gt;baby&lt;/b&gt; ill? (advice)</li>" in section
    assert "<li>What is a &lt;i&gt;drop&lt;/i&gt;?</li>" in section
    assert "<li>What is milk?" not in section


def test_page_has_the_time_of_each_stage_and_the_memory(summary: Summary) -> None:
    section = render_report(summary).split('id="time"')[1]
    assert cells_after(section, "ask") == ["4", "250.0", "250.0"]
    assert cells_after(section, "search") == ["1", "50.0", "50.0"]
    assert "1,234 MiB" in section


def test_markdown_has_the_main_numbers(summary: Summary) -> None:
    lines = summary_markdown(summary).splitlines()
    assert lines[0].startswith(
        "4 questions of `few.jsonl` (sha256 `ffffffffffff`), model `tiny`, evidence model `judge`"
    )
    assert "| ranking | hit@1 | hit@3 | MRR@10 | nDCG@10 | hit@1: the step |" in lines
    rows = {line.split(" | ")[0]: line.split(" | ")[1:] for line in lines}
    assert rows["| hybrid"][:3] == ["0.00 [0.00, 0.00]", "0.50 [0.00, 1.00]", "0.25 [0.00, 0.50]"]
    assert rows["| + evidence model"][-1] == "+0.50 [0.00, 1.00] |"
    assert rows["| answered and wrong"][0] == "0.25 [0.00, 0.75]"
    assert lines[-4:] == [
        "- Silence: always answering, 0.67 [0.00, 1.00] of the answers would be wrong; silent "
        "below confidence 0.50, it is 0.50 [0.00, 1.00].",
        "- Follow-ups: hit@3 of the question alone 0.00 [0.00, 0.00], the last question before it "
        "1.00 [1.00, 1.00], made to stand alone 1.00 [1.00, 1.00] (on the former two: "
        "+1.00 [1.00, 1.00] and +0.00 [0.00, 0.00]).",
        "- Boundaries: of the phrasings of `phrasings.jsonl` that must be declined 0.75 "
        "[0.25, 1.00] are, of the others 0.50 [0.00, 1.00].",
        "- Time: a reply takes 250 ms (median; 95th percentile 250 ms), of which: search 50. "
        "Peak memory 1,234 MiB.",
    ]


def test_terminal_shows_each_table_within_100_columns(summary: Summary) -> None:
    text = format_terminal(summary)
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= 100
    rows = {
        re.split(r"\s{2,}", line.strip())[0]: re.split(r"\s{2,}", line.strip()) for line in lines
    }
    assert rows["hybrid"][1:3] == ["0.00 [0.00, 0.00]", "0.50 [0.00, 1.00]"]
    assert rows["threshold 0.50"][1:] == ["0.67 [0.00, 1.00]", "0.50 [0.00, 1.00]"]
    assert rows["made to stand alone"][1:] == ["1.00 [1.00, 1.00]", "1.00 [1.00, 1.00]"]
    assert rows["declined (dosing)"][1:] == ["1.00 [1.00, 1.00]"]
    assert rows["search"][1:] == ["1", "50.0", "50.0"]
    assert rows["peak memory 1,234 MiB"]
    assert lines[-1] == "1 of 4 replies are not right"


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

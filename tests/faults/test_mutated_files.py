"""Files of every format with something wrong in them: a `CorpusError`, or a document of slices.

Each example changes a small whole file; `python -m benchmarks.fuzz_files` changes real articles and
reads them as uploads.
"""

import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz_files import MARKUP, faults_of, faults_of_refusal, lost_characters
from benchmarks.mutating import Mutations, laid_bare
from benchmarks.whole_files import ENDINGS
from corpus.document import CorpusError
from corpus.reading.articles import reader_of
from tests.corpus.printing import filled, opened

MOST_SECONDS = 10.0
"""Of processor time for one small file; most take a few hundredths."""
TEXT = """Bees of the north

Introduction

Bees eat pollen (1,2). Moss et al. (3) saw wax [1-3]; it was soft at 40.5 degrees, p < .05.

- a list item (2)
- another one

Table 1. Bees
Study | Effect
Moss | none

References

1. Moss I. Bees and their flora. Apidologie 2011; 4: 1-9.
2. Lund P, Moss I. Pollen at work. J Insect Sci 2014; 7(2): 33-41.
3. Ek O, et al. Wax moths. Oikos 2015; 8: 3-5.
"""
JATS = """<?xml version="1.0"?><article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>
<title-group><article-title>Bees of <italic>the</italic> north</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Moss</surname>
<given-names>Ida</given-names></name></contrib></contrib-group>
<pub-date><year>2011</year></pub-date>
</article-meta></front><body><sec><title>Introduction</title><p>Bees eat pollen <xref
ref-type="bibr" rid="b1">1</xref>. Wax is soft<sup><xref ref-type="bibr" rid="b2">2</xref></sup>
&amp; warm.</p>
<list><list-item><p>One.</p></list-item></list><table-wrap><table><tr><th>A</th><td>B</td></tr>
<tr><td colspan="2">C</td></tr></table></table-wrap></sec></body><back><ref-list><ref id="b1">
<label>1</label><mixed-citation>Moss I. Bees. Apidologie 2011; 4: 1-9.</mixed-citation></ref>
<ref id="b2"><label>2</label><element-citation><year>2014</year></element-citation></ref></ref-list>
</back></article>"""
HTML = """<!DOCTYPE html><html><head><title>Bees</title><meta charset="utf-8"></head><body><article>
<h1>Bees of the north</h1><p>Bees eat pollen <a href="#r1">[1]</a>.<sup><a href="#r2">2</a></sup>
<h2>Findings</h2><p>Wax is soft &mdash; warm.<ul><li>One<li>Two</ul><table><tr><th>A<td>B<tr><td>C
</table><script>x()</script><h2>References</h2><ol>
<li id="r1">Moss I. Bees. Apidologie 2011; 4: 1-9.
<li id="r2">Lund P. Pollen. Gut 2014; 7: 3.</ol></article></body></html>"""
MARKDOWN = """---
title: Bees of the north
authors: [Ida Moss]
---

# Bees of the north

Bees eat *pollen* [1] and **wax** [^n]. See [here](http://example.org "t") or `code`.

> quoted

1. one
   - two

| A | B |
|---|---|
| C | D |

[^n]: A note.

## References

1. Moss I. Bees. Apidologie 2011; 4: 1-9.
"""


@cache
def mutations() -> Mutations:
    printer = opened()
    filled(printer)
    printed = printer.save()
    texts = {".txt": TEXT, ".xml": JATS, ".html": HTML, ".md": MARKDOWN}
    whole = {suffix: [text.encode()] for suffix, text in texts.items()}
    return Mutations({**whole, ".pdf": [printed, laid_bare(printed)]}, seed=1)


def read(content: bytes, suffix: str) -> tuple[str, list[str]]:
    """Read a file; returns whether it was read, and what must not be."""
    path = Path(f"bees{suffix}")
    try:
        document = reader_of(path)(content, path, document_id="bees")
    except CorpusError as error:
        return "refused", list(faults_of_refusal(str(error), path))
    lost = [] if suffix in MARKUP else lost_characters(document)
    return "read", [*faults_of(document), *lost]


@pytest.mark.parametrize("suffix", ENDINGS)
def test_whole_file_is_read(suffix: str) -> None:
    for content in mutations().whole[suffix]:
        assert read(content, suffix) == ("read", [])


@pytest.mark.parametrize("suffix", ENDINGS)
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(number=st.integers(0, 1_000_000))
def test_mutated_file_is_refused_or_read_into_slices(suffix: str, number: int) -> None:
    content = mutations().draw(suffix, number)
    begun = time.process_time()
    _, faults = read(content, suffix)
    assert faults == []
    assert time.process_time() - begun < MOST_SECONDS

"""Files of every format with something wrong in them: a `CorpusError`, or a document of slices.

Each example takes a small whole file and cuts, repeats, moves and changes pieces of it.
"""

import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.hostile import CODE, UNITS
from corpus.document import CorpusError, Document
from corpus.passages import split_passages
from corpus.reading.articles import reader_of
from qa.quoting import Quote
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
def printed() -> bytes:
    printer = opened()
    filled(printer)
    return printer.save()


WHOLE = {
    ".txt": TEXT.encode(),
    ".xml": JATS.encode(),
    ".html": HTML.encode(),
    ".md": MARKDOWN.encode(),
    ".pdf": b"",
}
share = st.floats(0, 1)
inserted = st.one_of(
    st.binary(max_size=8),
    st.sampled_from([piece.encode() for piece in (*CODE, *UNITS)]),
    st.builds(lambda u, n: u.encode() * n, st.sampled_from(UNITS), st.integers(10, 400)),
    st.sampled_from(
        [b"<!DOCTYPE a [<!ENTITY e 'x'>]>", b"&e;", b"\x00", b"\xff\xfe", b"<p>" * 500]
    ),
)
mutations = st.lists(st.tuples(share, share, share, inserted), min_size=1, max_size=4)


def mutate(content: bytes, changes: list[tuple[float, float, float, bytes]]) -> bytes:
    """Take a piece out at one place and put it, with something else, at another one."""
    for where, length, to, extra in changes:
        start = int(where * len(content))
        end = start + int(length * min(len(content) - start, 200))
        piece, rest = content[start:end], content[:start] + content[end:]
        place = int(to * len(rest))
        content = rest[:place] + extra + piece + rest[place:]
    return content


def assert_sliced(document: Document) -> None:
    """Blocks are in order, and what may be quoted is cut from the text."""
    ends = [0, *(block.span.end for block in document.blocks)]
    for end, block in zip(ends, document.blocks, strict=False):
        assert end <= block.span.start
        assert document.slice(block.span) == document.text[block.span.start : block.span.end]
    for passage in split_passages(document):
        quote = Quote.from_document(document, passage.span, score=0.5)
        assert quote.text == document.text[passage.span.start : passage.span.end] != ""
    for marker in document.markers:
        assert document.slice(marker.span)


@pytest.mark.parametrize("suffix", WHOLE)
def test_whole_file_is_read(suffix: str) -> None:
    content, path = WHOLE[suffix] or printed(), Path(f"bees{suffix}")
    assert_sliced(reader_of(path)(content, path, document_id="bees"))


@pytest.mark.parametrize("suffix", WHOLE)
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(changes=mutations)
def test_mutated_file_is_refused_or_read_into_slices(
    suffix: str, changes: list[tuple[float, float, float, bytes]]
) -> None:
    content, path = mutate(WHOLE[suffix] or printed(), changes), Path(f"bees{suffix}")
    begun = time.process_time()
    try:
        document = reader_of(path)(content, path, document_id="bees")
    except CorpusError as error:
        said = str(error)
    else:
        assert_sliced(document)
        said = "read"
    assert said
    assert time.process_time() - begun < MOST_SECONDS

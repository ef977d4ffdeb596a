"""A small hand-made article, and where its texts stand; every expected number fits on paper."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from corpus.bibliography import find_markers, parse_reference
from corpus.document import Author, Block, BlockKind, Document, Metadata, Section, Span
from corpus.passages import Passage, split_passages
from index.dense import DenseIndex
from index.encoder import FloatMatrix
from index.lexical import LexicalIndex
from index.library import Hit, Library
from index.overview import Overview, WordCounts
from index.snapshot import FORMAT_VERSION, BuildFacts, Manifest

BlockPlan = tuple[BlockKind, str]

ARTICLE: tuple[BlockPlan, ...] = (
    (BlockKind.TITLE, "Cells in milk"),
    (BlockKind.HEADING, "Findings"),
    (BlockKind.PARAGRAPH, "Milk holds cells (1). Milk holds cells (1). Bone is hard (2,1)."),
    (BlockKind.PARAGRAPH, "These cells reach the brain (1-3). Twelve pups had seizures."),
    (BlockKind.LIST_ITEM, "Green item"),
    (BlockKind.TABLE_HEADER, "Study\tEffect"),
    (BlockKind.TABLE_ROW, "Kim et al. (2)\tless pain"),
    (BlockKind.TABLE_NOTE, "MSC: mesenchymal stem cell"),
    (BlockKind.HEADING, "References"),
    (BlockKind.REFERENCE, "Blanc B. First things. Nature 1981; 36: 1-89."),
    (BlockKind.REFERENCE, "Kim A, et al. Second things. Gut 2014; 5: 770-8."),
    (BlockKind.REFERENCE, "Wu X. Third things. Trials 2020; 21: 125."),
)
_TABLE_KINDS = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW, BlockKind.TABLE_NOTE)


def make_document(plan: Sequence[BlockPlan] = ARTICLE, *, document_id: str = "hand") -> Document:
    """Lay the blocks out two line breaks apart; a heading opens a section."""
    text, blocks, titles = "", [], ["Article information"]
    for kind, content in plan:
        titles += [content] if kind is BlockKind.HEADING else []
        span = Span(len(text), len(text) + len(content))
        cells = _cells(content, span.start) if kind in _TABLE_KINDS[:2] else ()
        table = 0 if kind in _TABLE_KINDS else None
        section = len(titles) - 1
        columns = tuple(range(len(cells)))
        blocks.append(Block(kind, span, section, (), cells=cells, columns=columns, table=table))
        text += content + "\n\n"
    entries = [block.span for block in blocks if block.kind is BlockKind.REFERENCE]
    body = [block.span for block in blocks if block.kind is not BlockKind.REFERENCE]
    return Document(
        id=document_id,
        metadata=Metadata(
            "Cells in milk",
            (Author("Tester", "Ann"),),
            "",
            "J Tests",
            2021,
            "5",
            "",
            "1-9",
            "en",
            None,
        ),
        text=text.rstrip(),
        sections=_sections(titles, blocks),
        blocks=tuple(blocks),
        references=tuple(
            parse_reference(text[span.start : span.end], number=number, span=span, raw="")
            for number, span in enumerate(entries, start=1)
        ),
        markers=find_markers(text, body, set(range(1, len(entries) + 1))),
        removed=(),
        source_sha256="0" * 64,
        source="",
    )


def _cells(content: str, start: int) -> tuple[Span, ...]:
    stops = [-1, *(n for n, sign in enumerate(content) if sign == "\t"), len(content)]
    return tuple(Span(start + left + 1, start + right) for left, right in pairwise(stops))


def _sections(titles: Sequence[str], blocks: Sequence[Block]) -> tuple[Section, ...]:
    spans = [[b.span for b in blocks if b.section == number] for number in range(len(titles))]
    return tuple(
        Section(title, Span(held[0].start, held[-1].end))
        for title, held in zip(titles, spans, strict=True)
        if held
    )


def words_of(text: str) -> tuple[WordCounts, ...]:
    """Count the words of a text as a library counts those of its articles."""
    return Overview.of_documents([make_document([(BlockKind.PARAGRAPH, text)])]).words


def span_of(document: Document, text: str) -> Span:
    """Return where a text stands for the first time."""
    start = document.text.index(text)
    return Span(start, start + len(text))


class FlatEncoder:
    """Gives every text the same vector, so that words alone decide."""

    name = "flat"
    weights_sha256 = "flat"
    dimension = 2

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        return np.tile(np.array([[1.0, 0.0]], dtype=np.float32), (len(texts), 1))


def make_library(*documents: Document) -> Library:
    """Index documents in memory."""
    passages = [passage for document in documents for passage in split_passages(document)]
    encoder = FlatEncoder()
    texts = [passage.sentence for passage in passages]
    sources = {document.id: "" for document in documents}
    facts = BuildFacts(FORMAT_VERSION, "flat", "flat", 2, "", "", len(passages), sources)
    return Library(
        documents,
        passages,
        encoder,
        DenseIndex(encoder.encode(texts)),
        LexicalIndex(texts),
        Manifest(facts, "", {}),
    )


def hit_of(library: Library, text: str, *, score: float = 0.5, bm25: float = 0.0) -> Hit:
    """Return a hit on the first passage whose own words start with a text."""
    passage: Passage = next(p for p in library.passages if p.sentence.startswith(text))
    return Hit(passage, score=score, cosine=0.25, bm25=bm25)

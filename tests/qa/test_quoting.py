import random
from itertools import pairwise

import pytest

from corpus.document import BlockKind, Document, Span
from corpus.passages import sentence_spans, split_passages
from qa.quoting import Place, make_quote, merge_quotes
from tests.qa.documents import make_document, span_of


def paragraph(text: str) -> Document:
    references = [(BlockKind.REFERENCE, f"Blanc B. Thing. Nature 198{n}; 1: 2.") for n in range(4)]
    return make_document([(BlockKind.PARAGRAPH, text), *references])


def test_every_passage_of_the_article_is_quoted_as_a_slice(article: Document) -> None:
    passages = split_passages(article)
    quotes = [make_quote(article, passage.span, score=0.5) for passage in passages]
    assert len(quotes) == 199
    assert [q.text for q in quotes] == [article.text[q.span.start : q.span.end] for q in quotes]
    assert [q.focus for q in quotes] == [passage.span for passage in passages]
    assert all(q.focus in q.span for q in quotes)


def test_no_quote_of_the_article_leaves_its_block(article: Document) -> None:
    for passage in split_passages(article):
        quote = make_quote(article, passage.span, score=0.5)
        assert quote.span in article.block_at(passage.span.start).span


def test_every_reference_of_a_quote_is_one_that_its_own_markers_name(article: Document) -> None:
    for passage in split_passages(article):
        quote = make_quote(article, passage.span, score=0.5)
        if quote.kind is BlockKind.REFERENCE:
            assert [r.span for r in quote.references] == [passage.span]
            continue
        named = dict.fromkeys(number for marker in quote.markers for number in marker.numbers)
        assert [r.number for r in quote.references] == list(named)


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Bone is hard (2,1).", [2, 1]),
        ("These cells reach the brain (1-3).", [1, 2, 3]),
        ("Kim et al. (2)\tless pain", [2]),
        ("Twelve pups had seizures.", []),
    ],
    ids=["in order of mention", "a range", "a table row", "none"],
)
def test_references_are_resolved_in_order(sentence: str, numbers: list[int]) -> None:
    document = make_document()
    quote = make_quote(document, span_of(document, sentence), score=0.5)
    assert [reference.number for reference in quote.references] == numbers


def test_markers_keep_their_offsets_in_the_document() -> None:
    document = make_document()
    quote = make_quote(document, span_of(document, "Bone is hard (2,1)."), score=0.5)
    assert [(document.slice(m.span), m.numbers) for m in quote.markers] == [("(2,1)", (2, 1))]


def test_a_quote_of_a_bibliography_entry_refers_to_itself() -> None:
    document = make_document()
    quote = make_quote(document, document.references[1].span, score=0.5)
    assert [reference.number for reference in quote.references] == [2]


def test_a_quote_carries_section_kind_score_and_the_citation_of_its_article() -> None:
    document = make_document()
    quote = make_quote(document, span_of(document, "Twelve pups had seizures."), score=0.25)
    assert (quote.section, quote.kind, quote.score) == ("Findings", BlockKind.PARAGRAPH, 0.25)
    assert quote.citation == "Tester A. Cells in milk. J Tests 2021; 5: 1-9."


@pytest.mark.parametrize(
    ("leaning", "opening"),
    [
        ("These cells were blue.", "These cells"),
        ("The results showed a gain.", "The results"),
        ("It was reported that they grew.", "It was"),
        ("They grew.", "They grew."),
        ("The authors found a gain.", "The authors"),
        ("In this study all grew.", "In this"),
    ],
    ids=lambda value: value.split(".")[0],
)
def test_a_sentence_that_leans_back_takes_its_predecessor_and_says_why(
    leaning: str, opening: str
) -> None:
    document = paragraph(f"Cells were green (1). {leaning} Bone is hard.")
    quote = make_quote(document, span_of(document, leaning), score=0.5)
    assert quote.text == f"Cells were green (1). {leaning}"
    assert quote.widened == f"the sentence before it says what “{opening}” refers to"
    assert quote.focus == span_of(document, leaning)


@pytest.mark.parametrize(
    "sentence",
    [
        "Bone is hard.",
        "This review discusses milk.",
        "Similarly, bone is hard.",
        "In a study by Kim et al. (2), bone grew.",
        "Theseus found bone.",
    ],
)
def test_a_sentence_that_stands_alone_is_not_widened(sentence: str) -> None:
    document = paragraph(f"Cells were green (1). {sentence} Milk is white.")
    quote = make_quote(document, span_of(document, sentence), score=0.5)
    assert (quote.text, quote.widened) == (sentence, "")


def test_the_first_sentence_of_a_block_never_reaches_into_the_block_before() -> None:
    document = make_document()
    leaning = span_of(document, "These cells reach the brain (1-3).")
    quote = make_quote(document, leaning, score=0.5)
    assert (quote.span, quote.widened) == (leaning, "")


def test_a_result_takes_the_sentence_that_says_which_study_it_is(article: Document) -> None:
    result = span_of(article, "Neurofunctional development of four babies")
    focus = Span(result.start, article.text.index("(36).", result.start) + len("(36)."))
    quote = make_quote(article, focus, score=0.5)
    assert quote.text.startswith("In a pilot study including six newborns with severe HIE")
    assert quote.text.endswith("without any impairment at 18 months of age (36).")
    assert quote.widened == "the sentence before it says which study this is"
    assert [reference.number for reference in quote.references] == [36]


def test_a_study_without_reference_takes_the_sentence_that_has_it() -> None:
    document = paragraph("In a trial of rats, milk was given. Bone grew in nine (2). It rains.")
    quote = make_quote(document, span_of(document, "In a trial of rats, milk was given."), score=1)
    assert quote.text == "In a trial of rats, milk was given. Bone grew in nine (2)."
    assert quote.widened == "the reference stands in the sentence after it"


def test_a_study_takes_the_sentence_that_tells_its_results(article: Document) -> None:
    start = span_of(article, "In a recent animal study conducted by Pisano et al (45)").start
    passage = next(p for p in split_passages(article) if p.span.start == start)
    quote = make_quote(article, passage.span, score=0.5)
    assert quote.widened == "the results stand in the sentence after it"
    assert quote.text.endswith("administered group than the enteral group.")


def test_which_sentences_of_the_article_are_widened(article: Document) -> None:
    quotes = [make_quote(article, p.span, score=0.5) for p in split_passages(article)]
    opened = [article.slice(q.focus)[:28] for q in quotes if q.widened]
    assert opened == [
        "In a pilot study including s",
        "Neurofunctional development ",
        "In an observational study in",
        "It was reported that the nee",
        "In the phase II trial of chi",
        "The 24-month follow-up resul",
        "In a recent animal study con",
        "The results showed that none",
    ]


def test_a_table_row_is_quoted_with_its_cells_and_column_heads(article: Document) -> None:
    row = next(b for b in article.blocks if article.slice(b.span).startswith("Ahn et al. (38)\t"))
    quote = make_quote(article, row.span, score=0.5)
    assert quote.header == ("Study", "Phase / Route", "Stem cell type", "Disease", "Effect")
    assert quote.cells == (
        "Ahn et al. (38)",
        "Phase I dose-escalation clinical trial/intraventricular",
        "Allogeneic hUC-MSCs",
        "IVH",
        "Feasible and safe",
    )
    assert (quote.kind, quote.widened) == (BlockKind.TABLE_ROW, "")


@pytest.mark.parametrize(
    "text", ["MSC: mesenchymal stem cell", "Green item", "Milk holds cells (1)."]
)
def test_what_is_no_row_has_no_cells(text: str) -> None:
    document = make_document()
    quote = make_quote(document, span_of(document, text), score=0.5)
    assert (quote.header, quote.cells) == ((), ())


def test_every_row_of_the_article_has_a_cell_under_each_head(article: Document) -> None:
    rows = [block for block in article.blocks if block.kind is BlockKind.TABLE_ROW]
    quotes = [make_quote(article, row.span, score=0.5) for row in rows]
    assert [len(quote.cells) for quote in quotes] == [5] * 11


def test_equal_sentences_are_quoted_at_their_own_offsets() -> None:
    document = make_document()
    first, second = sentence_spans(document, document.blocks[2])[:2]
    quotes = [make_quote(document, span, score=0.5) for span in (first, second)]
    assert quotes[0].text == quotes[1].text == "Milk holds cells (1)."
    assert [quote.span for quote in quotes] == [Span(25, 46), Span(47, 68)]


def test_a_span_past_the_text_cannot_be_quoted() -> None:
    document = make_document()
    end = len(document.text)
    with pytest.raises(ValueError, match=f"ends past the text of hand \\({end}\\)"):
        make_quote(document, Span(end - 1, end + 1), score=0.5)


# Merging


def test_what_abstract_and_introduction_both_say_becomes_one_quote_with_two_places(
    article: Document,
) -> None:
    spans = [
        next(p.span for p in split_passages(article) if article.slice(p.span).startswith(opening))
        for opening in ("Although the positive effects", "Although the beneficial effects")
    ]
    quotes = [make_quote(article, spans[0], score=0.9), make_quote(article, spans[1], score=0.8)]
    merged = merge_quotes(quotes, {article.id: article})
    assert [(quote.span, quote.score) for quote in merged] == [(spans[0], 0.9)]
    assert merged[0].also_at == (Place("kersin-2021", spans[1], "Introduction"),)


def test_of_two_that_say_the_same_the_one_with_references_is_shown_at_the_better_score() -> None:
    plain = "Every mammal makes special milk feeding newborn offspring."
    cited = "Every mammal makes special milk feeding newborn offspring (1)."
    document = paragraph(f"{plain} Bone is hard. {cited}")
    quotes = [
        make_quote(document, span_of(document, plain), score=0.9),
        make_quote(document, span_of(document, cited), score=0.4),
    ]
    merged = merge_quotes(quotes, {document.id: document})
    assert [(quote.text, quote.score) for quote in merged] == [(cited, 0.9)]
    assert merged[0].also_at == (quotes[0].place,)


def test_short_sentences_with_equal_words_stay_apart() -> None:
    document = make_document()
    spans = sentence_spans(document, document.blocks[2])[:2]
    quotes = [make_quote(document, span, score=0.5) for span in spans]
    assert merge_quotes(quotes, {document.id: document}) == quotes


def test_overlapping_quotes_become_the_longer_one_at_the_rank_of_the_better() -> None:
    document = paragraph("Bone is hard (2). Cells were green (1). They grew.")
    short, leaning = span_of(document, "Cells were green (1)."), span_of(document, "They grew.")
    quotes = [
        make_quote(document, short, score=0.9),
        make_quote(document, span_of(document, "Bone is hard (2)."), score=0.6),
        make_quote(document, leaning, score=0.3),
    ]
    merged = merge_quotes(quotes, {document.id: document})
    assert [(quote.text, quote.score) for quote in merged] == [
        ("Cells were green (1). They grew.", 0.9),
        ("Bone is hard (2).", 0.6),
    ]
    assert merged[0].focus == short
    assert merged[0].widened == "the sentence before it says what “They grew.” refers to"


def test_a_quote_inside_a_wider_one_changes_nothing() -> None:
    document = paragraph("Cells were green (1). They grew.")
    wide = make_quote(document, span_of(document, "They grew."), score=0.9)
    inner = make_quote(document, span_of(document, "Cells were green (1)."), score=0.5)
    assert merge_quotes([wide, inner], {document.id: document}) == [wide]


def test_equal_spans_of_two_documents_stay_apart() -> None:
    documents = [make_document(document_id=name) for name in ("one", "two")]
    span = span_of(documents[0], "Bone is hard (2,1).")
    quotes = [make_quote(document, span, score=0.5) for document in documents]
    merged = merge_quotes(quotes, {document.id: document for document in documents})
    assert [quote.document_id for quote in merged] == ["one", "two"]


@pytest.mark.parametrize("seed", range(5))
def test_merged_quotes_of_the_article_never_overlap(article: Document, seed: int) -> None:
    passages = split_passages(article)
    random.Random(seed).shuffle(passages)
    quotes = [make_quote(article, passage.span, score=0.5) for passage in passages]
    merged = merge_quotes(quotes, {article.id: article})
    spans = sorted(quote.span for quote in merged)
    assert [pair for pair in pairwise(spans) if pair[0].overlaps(pair[1])] == []

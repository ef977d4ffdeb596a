"""Questions and answers of MedQuAD (Ben Abacha and Demner-Fushman 2019), as articles.

Each of its files is about one disease; the answers to all of its questions one behind the other
make an article. Which sentence of an answer answers is not known, so that no sentence is labelled.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from qa.evidence_training.articles import Example, TrainingDataError, cut_article

SOURCE = "medquad"
MIN_QUESTIONS = 3
"""Of a file; where all is about one thing, no sentence answers nearly."""
MAX_CHARS = 12_000
"""Of an article; longer ones are left out."""
_BLANKS = re.compile(r"[ \t]+")
_SPACE_BEFORE = re.compile(r"\s+(?=[?.,])")


def read_medquad(folder: Path) -> Iterator[Example]:
    """Read the files in a folder and below, in the order of their names.

    Raises:
        TrainingDataError: there is none, or one is not of that form.
    """
    paths = sorted(folder.rglob("*.xml"))
    if not paths:
        raise TrainingDataError(f"{folder} holds no .xml file; name MedQuAD's folder")
    for path in paths:
        yield from _read(path)


def _read(path: Path) -> list[Example]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.parse(path, parser).getroot()
    except (OSError, etree.XMLSyntaxError) as error:
        raise TrainingDataError(f"{path} cannot be read as XML ({error})") from error
    pairs = [
        (_tidy(question), answer.strip())
        for pair in root.iter("QAPair")
        if (question := pair.findtext("Question")) and (answer := pair.findtext("Answer"))
    ]
    text = "\n\n".join(answer for _, answer in pairs)
    if len(pairs) < MIN_QUESTIONS or len(text) > MAX_CHARS:
        return []
    article = cut_article(f"medquad-{path.stem}", _tidy(root.findtext("Focus") or ""), text)
    everywhere = range(len(article.sentences))
    return [Example(question, article, (), (), everywhere, SOURCE) for question, _ in pairs]


def _tidy(text: str) -> str:
    return _SPACE_BEFORE.sub("", _BLANKS.sub(" ", text)).strip()

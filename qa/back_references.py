"""Follow-ups that point at what was shown: "the second one", "which paper is that from?", "more".

Decided from the words alone; `qa.answering` then looks at what the last question had shown.
"""

import re
from dataclasses import dataclass
from typing import Literal

from index.lexical import terms

Pointer = Literal["ordinal", "source", "more"]

MAX_OTHER_TERMS = 4
"""A question with more content terms beside the pointer says what it is about by itself."""
MAX_SOURCE_TERMS = 2

_NUMBERS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3,
    "fifth": 4, "5th": 4, "last": -1,
}  # fmt: skip
_THING = (
    r"(?:one|stud(?:y|ies)|trial|quote|paper|result|answer|row|passage|sentence|item|experiment|"
    r"of (?:them|these|those))"
)
_OF_WHAT_WAS_SHOWN = (
    r"(?:them|these|those|(?:the|your|that|this) (?:list|table|page|answers?|quotes?|results?|"
    r"rows?|stud(?:y|ies)|trials?))"
)
_ORDINAL = re.compile(
    rf"(?<!\ba )\b(?:the |that )?(?P<word>{'|'.join(_NUMBERS)}) {_THING}(?:(?: that)? you "
    r"(?:mentioned|showed|listed|gave|quoted))?\b"
    # "the first study of stem cells in milk" says itself which one it means
    rf"(?! (?:of|on|about|to|using|that|which)\b(?! {_OF_WHAT_WAS_SHOWN}\b))|"
    r"(?:\b(?:quote|(?<!reference )(?<!ref )(?<!ref\. )(?<!entry )number|answer|passage|result|row)"
    r"\s+|\bq|#)(?P<digit>[1-9])\b",
    re.IGNORECASE,
)
_THAT = r"\b(?:that|this|it|those|these|they|them)\b"
_SOURCE = re.compile(
    r"\b(?:which|what) (?:paper|study|article|reference|source|publication|citation|number|"
    rf"authors?|group|team)\b.*?{_THAT}|"
    rf"\bwho (?:did|said|says|found|showed|reported|wrote|published|described|claims?) {_THAT}\W*$|"
    rf"\bis there (?:a|any) (?:source|reference|citation|paper)\b(?=\W*$|.*{_THAT})|"
    r"^\W*(?:(?:show|give|name)(?: me)? )?(?:(?:the|its|a|any) )?(?:sources?|reference|citations?)"
    r"(?: please)?\W*$|"
    rf"\b(?:source|reference|citation|paper) (?:for|of|behind) {_THAT}|"
    r"\bwhere (?:is|does) (?:that|this|it) (?:come )?from\b|\bwho is (?:cited|the source)\b",
    re.IGNORECASE,
)
_SOURCE_WORDS = (
    "paper study article reference source publication citation number author group team from "
    "give given cite cited find found show report say come"
)
_MORE = re.compile(
    r"\s*(?:and |ok,? |please,? )*(?:(?:show|tell|give|quote)(?: me)? )?"
    r"(?:some |any |anything |what |the |is there |are there )*"
    r"(?:more|else|next|further|others|other(?= [a-z]+s\b)|go on|continue)"
    r"(?: (?:please|on (?:this|that|it)|about (?:this|that|it)|passages?|quotes?|ones?|results?|of "
    r"(?:them|these|those)))*\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class BackReference:
    """What a follow-up points at.

    Attributes:
        pointer: "ordinal" for one of the quotes shown last, "source" for what they cite, "more" for
            what was found but not shown.
        number: of an ordinal, from 0; -1 for the last one.
        start, end: where the words that point stand in the question.
    """

    pointer: Pointer
    number: int
    start: int
    end: int


def find_back_reference(question: str) -> BackReference | None:
    """Tell whether a follow-up points at what was shown before; None where it does not."""
    if _MORE.fullmatch(question):
        return BackReference("more", 0, 0, len(question))
    ordinal = _ORDINAL.search(question)
    if ordinal and len(terms(_without(question, ordinal))) <= MAX_OTHER_TERMS:
        word, digit = ordinal["word"], ordinal["digit"]
        number = int(digit) - 1 if digit else _NUMBERS[word.lower()]
        return BackReference("ordinal", number, ordinal.start(), ordinal.end())
    source = _SOURCE.search(question)
    rest = set(terms(question)) - set(terms(_SOURCE_WORDS))
    if source and len(rest) <= MAX_SOURCE_TERMS - 1:
        return BackReference("source", 0, source.start(), source.end())
    return None


def _without(question: str, match: re.Match[str]) -> str:
    return question[: match.start()] + question[match.end() :]

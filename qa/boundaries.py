"""Questions that are not for a quoting machine: personal advice, dosing, emergencies, self-harm.

Decided from the words of the question alone, before anything is searched. A question about what the
article says ("What dose did the trial use?") is not personal and passes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from index.lexical import terms, words

Boundary = Literal["emergency", "self-harm", "dosing", "advice"]
Reason = Boundary | Literal["language"]
"""Why a question is declined: it crosses a boundary, or it is not in English."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that is declined.

    Attributes:
        question, standalone_question: as asked, and as it would have been searched.
        reason: which boundary it crosses, or that it is in another language.
        message: what the user is told; paragraphs are parted by an empty line.
        search_topic: the question's topic in neutral words, to be searched if the user wants.
        language: of a question that is not in English, as ISO 639-1, "und" where it is not clear;
            the first of two paragraphs is in it. "" for every other reason.
    """

    question: str
    standalone_question: str
    reason: Reason
    message: str
    search_topic: str
    language: str = ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The message, paragraph by paragraph."""
        return tuple(self.message.split("\n\n"))


MESSAGES: dict[Boundary, str] = {
    "emergency": (
        "This sounds like an emergency. Call your local emergency number or go to the nearest "
        "emergency department now. This program only quotes a review article; it cannot help here."
    ),
    "self-harm": (
        "If you may hurt yourself or your child, please reach someone now: your local emergency "
        "number, a crisis line in your country, or a person near you. You do not have to manage "
        "this alone. This program only quotes a review article; it cannot help here."
    ),
    "dosing": (
        "Sic does not give doses or treatment instructions. Please ask the doctor, midwife or "
        "pharmacist who knows the case. It can quote what the article says about the topic."
    ),
    "advice": (
        "Sic does not give personal medical advice. Please ask the doctor, midwife or nurse who "
        "knows you and your child. It can quote what the article says about the topic."
    ),
}


def _any_of(alternatives: str) -> str:
    """Make one pattern of alternatives that are parted by white space; ``_`` stands for a space."""
    return "(?:" + "|".join(alternatives.split()).replace("_", r"\s+") + ")"


_KIN = _any_of("""
    baby babies son daughter child kid newborn infant preemie twins? toddler girl boy wife husband
    partner sister niece nephew grandson granddaughter grandchild little_one patient
""")
_OURS = rf"\b(?:my|our|your own)\s+(?:[\w-]+\s+){{0,4}}{_KIN}(?:'s|s)?\b"
_BODY = r"\b(?:my|our)\s+(?:[\w-]+\s+){0,2}" + _any_of("""
    breasts? milk nipples? supply pregnancy belly medication medicine antibiotics? pills? symptoms?
    condition treatment diagnosis doctor health
""") + r"\b"  # fmt: skip
_SELF = r"\b" + _any_of("""
    i_am i'm im i_have i've ive i_had i_was i_got i_take i_use we_are we_have we_were
""") + r"\b"  # fmt: skip
_WITH_THE_ARTICLE = _any_of("""
    cite quote reuse re-use share print republish translate download find read see learn search
    access reproduce copy adapt contact write email trust believe understand know remember say
    conclude
""")
_MAY_I = (
    r"\b(?:(?:should|shall|must|ought|may)\s+(?:i|we|my|our)|am i allowed to|are we allowed to|"
    r"(?:can|could|do|would)\s+(?:i|we)\s+(?:(?:still|safely|just|also|have to|need to)\s+)*"
    + _any_of(r"""
        have_to need_to give feed take use(?!\s+to\b) keep stop start drink eat breast-?feed
        nurse pump bank store try let put treat go wait worry switch mix freeze donate inject
        ask_for
        get_(?:him|her|my|our|the_baby|pregnant|stem|this|treatment|it_for|cells)
    """)
    + rf")\b(?!\s+(?:to\s+)?{_WITH_THE_ARTICLE}\b)"
    r"(?!.*\b(?:review|article|paper|figures?|tables?|pdf|lecture|thesis|talk)\b)"
)
_BREATHING = re.compile(
    r"\b(?:he|she|baby|infant|newborn|child)\b[\w\s']{0,30}\b(?:no pulse|passed out|"
    r"chok(?:es|ing)\b|(?:not|isn't|isnt|stopped|can't|cant|cannot) breath)|"
    r"\btook too many\b"
)
_URGENT = r"\b" + _any_of(r"""
    n[o']t_breathing isn'?t_breathing stopped_breathing cannot_breathe can'?t_breathe
    struggling_to_breathe trouble_breathing gasping choking unconscious unresponsive won'?t_wake
    not_waking does_?n'?t_wake (?:turning|turned|went|gone|is|looks?)_(?:blue|gr[ea]y) blue_lips
    seizures? convuls\w+ fitting having_a_fit bleeding vomiting_blood blood_in_(?:his|her|the)_stool
    limp floppy collapsed passed_out overdos\w+ poison\w+ swallowed anaphyla\w+ no_pulse
    stroke_right_now
""")
_HELP_NOW = r"\b(?:help|emergency|urgent(?:ly)?|right now|ambulance|what (?:do|should) i do)\b"
_STUDY_TALK = r"\b(?:study|studies|trial|review|article|rats?|mice|model|risk|incidence)\b"
_HARM_TO_WHOM = _any_of("myself my_?self him her my_baby my_child our_baby my_son my_daughter")
_SELF_HARM = re.compile(
    rf"\b(?:(?:kill|hurt|harm|smother|drown|drop)(?:ing)? {_HARM_TO_WHOM}|"
    rf"(?:throw|hit|slap)(?:ing)? {_HARM_TO_WHOM}|"
    r"suicid\w*(?! gene)|end(?:ing)? (?:my life|it all)|self[- ]?harm\w*|cut(?:ting)? myself|"
    r"want to die|wish i (?:was|were) dead|better off without me|no reason to live|"
    r"don'?t want to (?:live|be alive|be here)|shak(?:e|ing) (?:my|the|our) baby)\b"
)
_OWN_CASE = r"\b" + _any_of(r"""
    pregnant breast-?feeding mastitis fever antibiotics? medication medicines? tablets? pills?
    alcohol
    wine beer drunk drank smok\w+ cannabis drugs? covid flu hiv hepatitis diabetes depress\w+
    anxious
    surgery chemo\w* cancer ill sick infection vaccin\w+ weeks_(?:pregnant|along)
    in_(?:labou?r|pain)
    cracked_nipples?
""") + r"\b"  # fmt: skip
_HOW_THINGS_ARE = re.compile(
    r"^(?:do(?:es)?|(?:how|why|what)(?: \w+)? do(?:es)?|what(?: is|'s) in)\b"
)
_JUDGED = r"\b" + _any_of(r"""
    safe ok okay normal enough good better worse wrong spoiled spoilt bad need harm have low blue
    yellow smells? dry lumpy dangerous poison\w* throw worried worry pump has
""") + r"\b"  # fmt: skip
_WHAT_TO_DO = (
    r"\bwhat (?:can|should|do|could) (?:i|we) do\b(?! with)|\brecommend (?:to )?(?:me|us)\b|"
    r"\bhow (?:do|can|could|should) (?:i|we) (?:boost|increase|treat|cure|heal|help|stop|improve|"
    r"raise|get rid|protect|feed|give|calm|soothe|store|freeze)\b"
)
_DRUG = r"\b(?:doses?|dosages?|ml|mg|mcg|drops|units|milligrams?|teaspoons?)\b"
_AMOUNT = r"\b" + _any_of(r"""
    doses? dosages? dosing how_(?:much|many|often) amounts? ml mg mcg drops units per_(?:kg|kilo)
    schedule milligrams? teaspoons?
""") + r"\b"  # fmt: skip
_FOR_A_CASE = (
    r"\b(?:for|to|in|of) an?\s+(?:[\w-]+\s+){0,3}(?:\d[\d.,]*[\w-]*\s*)?"
    r"(?:kg|kilo\w*|g|gram\w*|week|month|day)\b"
)


def check_boundaries(question: str) -> Boundary | None:
    """Tell which boundary a question crosses, the gravest first; None where it crosses none."""
    text = re.sub(r"[’`]", "'", question.lower()).strip()
    if _SELF_HARM.search(text):
        return "self-harm"
    if _is_emergency(text):
        return "emergency"
    if _asks_for_dose(text):
        return "dosing"
    return "advice" if _asks_for_advice(text) else None


def _is_emergency(text: str) -> bool:
    text = re.sub(r"\bmilk (?:is|looks?|turned|went) (?:blue|gr[ea]y)\b", " ", text)
    about_studies = re.search(_STUDY_TALK, text)
    if _BREATHING.search(text) and not about_studies:
        return True
    if not re.search(_URGENT, text):
        return False
    if re.search(rf"{_OURS}|{_BODY}|{_SELF}|{_MAY_I}|{_HELP_NOW}", text):
        return True
    someone = re.search(rf"\b(?:he|she|him|her|{_KIN})\b", text)
    now = re.search(r"\b(?:is|are|has|just|now|keeps)\b", text)
    return bool(someone and now and not about_studies)


def _asks_for_dose(text: str) -> bool:
    if not re.search(_AMOUNT, text):
        return False
    given = r"\b(?:my|our) milk should\b"
    if re.search(
        rf"{_OURS}|{_MAY_I}|{given}|\bmy (?:pills?|medication|medicine|antibiotics?)\b", text
    ):
        return bool(re.search(rf"{_MAY_I}|{_DRUG}", text)) or not re.search(r"\bcells?\b", text)
    about_source = re.search(
        r"\b(?:study|studies|trial|authors?|review|article|was|were|did|used)\b", text
    )
    return bool(re.search(_FOR_A_CASE, text)) and not about_source


def _asks_for_advice(text: str) -> bool:
    """Tell whether a personal question asks what to do, or what holds for this very case.

    "Does my milk help my baby fight off bugs?" is personal in form only and passes.
    """
    if re.search(_MAY_I, text):
        return True
    if re.search(_WHAT_TO_DO, text):
        return True
    if re.search(_OURS, text):
        return not _HOW_THINGS_ARE.search(text) or bool(re.search(_JUDGED, text))
    if re.search(_BODY, text):
        return bool(re.search(_JUDGED, text))
    return bool(re.search(_SELF, text) and re.search(_OWN_CASE, text))


def search_topic(question: str, knows: Callable[[str], bool]) -> str:
    """Return the topic of a question without its persons, to be searched instead.

    Args:
        question: as asked.
        knows: tells whether the library has a folded term.

    Returns:
        The words that the library knows, in order, each once; "" where it knows none.
    """
    known = (word for word in words(question) if terms(word) and knows(terms(word)[0]))
    persons = set(re.findall(r"\w+", _KIN)) | {
        "babies",
        "help",
        "give",
        "take",
        "stop",
        "day",
        "use",
    }
    return " ".join(dict.fromkeys(word for word in known if word not in persons))

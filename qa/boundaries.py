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


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that is declined.

    Attributes:
        question, standalone_question: as asked, and as it would have been searched.
        reason: which boundary it crosses.
        message: what the user is told.
        search_topic: the question's topic in neutral words, to be searched if the user wants.
    """

    question: str
    standalone_question: str
    reason: Boundary
    message: str
    search_topic: str


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

_KIN = (
    r"(?:baby|babies|son|daughter|child|kid|newborn|infant|preemie|twins?|toddler|girl|boy|wife|"
    r"husband|partner|sister|niece|nephew|grandson|granddaughter|grandchild|little one|patient)"
)
_OURS = rf"\b(?:my|our)\s+(?:[\w-]+\s+){{0,4}}{_KIN}(?:'s|s)?\b"
_SELF = (
    r"\b(?:i am|i'm|im|i have|i've|ive|i had|i was|i got|i take|i use|we are|we have|"
    r"we were)\b"
)
_BODY = (
    r"\b(?:my|our)\s+(?:[\w-]+\s+){0,2}(?:breasts?|milk|nipples?|supply|pregnancy|belly|"
    r"medication|"
    r"medicine|antibiotics?|pills?|symptoms?|condition|treatment|diagnosis|doctor|health)\b"
)
_MAY_I = (
    r"\b(?:(?:should|shall|must|ought|may) (?:i|we|my|our)|(?:can|could|do|would) (?:i|"
    r"we) (?:still |safely |just |"
    r"also )?(?:have to|need to|give|feed|take|use(?! to\b)|keep|stop|start|drink|eat|"
    r"breast-?feed|nurse|pump|bank|store|try|"
    r"let|put|treat|go|wait|worry|switch|mix|freeze|donate|inject|ask for|get (?:him|her|my|our|"
    r"the baby|pregnant|stem|this|treatment|it for|cells)))\b"
    r"(?! (?:cite|quote|reuse|re-use|share|print|republish|translate|download|find|read|see|"
    r"learn|search|access|"
    r"reproduce|copy|adapt|contact|write|email))"
)
_URGENT = (
    r"(?:n[o']t breathing|isn'?t breathing|stopped breathing|cannot breathe|can'?t breathe|"
    r"struggling to breathe|trouble breathing|gasping|choking|unconscious|unresponsive|"
    r"won'?t wake|"
    r"not waking|does ?n'?t wake|(?:turning|turned|went|gone|is|looks?) (?:blue|gr[ea]y)|"
    r"blue lips|"
    r"seizures?|convuls\w+|fitting|having a fit|bleeding|vomiting blood|blood in (?:his|her|"
    r"the) stool|"
    r"limp|floppy|collapsed|passed out|overdos\w+|poison\w+|swallowed|anaphyla\w+|"
    r"stroke right now)"
)
_HELP_NOW = re.compile(
    r"\b(?:help|emergency|urgent(?:ly)?|right now|ambulance|what do i do|what should i do)\b"
)
_SELF_HARM = re.compile(
    r"\b(?:kill(?:ing)? (?:myself|my ?self|him|her|my baby)|suicid\w*|end (?:my life|it all)|"
    r"hurt(?:ing)? (?:myself|my baby|my child|him|her)|harm(?:ing)? (?:myself|my baby|my child)|"
    r"self[- ]?harm\w*|cut(?:ting)? myself|want to die|wish i (?:was|were) dead|"
    r"better off without me|"
    r"no reason to live|don'?t want to live|shak(?:e|ing) (?:my|the) baby)\b"
)
_A_CASE = re.compile(
    rf"{_OURS} (?:has|have|had|is|was|are|were|got|gets|keeps?|won't|will not|doesn't|does not|"
    rf"can't|needs?|"
    r"seems?|looks?|feels?|cries|vomit\w*|refuses?|weighs?|started|stopped)\b|"
    rf"\b(?:safe|okay|ok|all right|alright|normal|worried|worry|scared|afraid|better|best|worse|"
    rf"wrong|"
    r"advice|advise|recommend\w*|suggest|what (?:do|can|should|would) (?:i|we|you)|is (?:that|"
    r"this|it)|"
    r"need|cure|treat|diagnos\w+|symptoms?|fever|rash|pain|vomit\w*|swollen|diarrh\w+|"
    r"jaundice\w*|mastitis|"
    r"side effects?|prescri\w+|signs? of|going to (?:die|live|survive|be)|will (?:he|she|my|"
    r"our))\b"
)
_OWN_CASE = re.compile(
    r"\b(?:pregnant|breast-?feeding|mastitis|fever|antibiotics?|medication|medicines?|tablets?|"
    r"pills?|alcohol|wine|"
    r"beer|drunk|drank|smok\w+|cannabis|drugs?|covid|flu|hiv|hepatitis|diabetes|depress\w+|"
    r"anxious|surgery|chemo\w*|"
    r"cancer|ill|sick|infection|vaccin\w+|weeks (?:pregnant|along)|in (?:labou?r|pain)|"
    r"cracked nipples?)\b"
)
_AMOUNT = (
    r"\b(?:doses?|dosages?|dosing|how (?:much|many|often)|amounts?|ml|mg|mcg|drops|units|"
    r"per (?:kg|kilo)|"
    r"schedule|milligrams?|teaspoons?)\b"
)
_FOR_A_CASE = (
    r"\b(?:for|to|in|of) an?\s+(?:[\w-]+\s+){0,3}(?:\d+[\w-]*\s*)?(?:kg|kilo\w*|g|gram\w*|week|"
    r"month|day)"
    r"[\w-]*\s*(?:old\s+)?(?:[\w-]+\s+)?(?:baby|infant|newborn|preemie|preterm|neonate|child|"
    r"patient)?"
)


def check_boundaries(question: str) -> Boundary | None:
    """Tell which boundary a question crosses, the gravest first; None where it crosses none."""
    text = re.sub(r"[’`]", "'", question.lower())
    personal = bool(re.search(rf"{_OURS}|{_BODY}|{_SELF}|{_MAY_I}", text))
    if _SELF_HARM.search(text):
        return "self-harm"
    someone = personal or re.search(rf"\b(?:he|she|him|her|the {_KIN}|{_KIN}|help)\b", text)
    if re.search(
        r"\b(?:he|she|baby)\b[\w\s']{0,20}\b(?:not|isn't|stopped|can't|cannot) breath", text
    ):
        return "emergency"
    if (
        re.search(rf"\b{_URGENT}", text)
        and someone
        and (personal or _HELP_NOW.search(text) or _is_now(text))
    ):
        return "emergency"
    if _asks_for_dose(text, personal=personal):
        return "dosing"
    return "advice" if _asks_for_advice(text) else None


def _is_now(text: str) -> bool:
    return bool(re.search(r"\b(?:is|are|has|just|now|keeps)\b", text)) and not re.search(
        r"\b(?:study|studies|trial|review|article|rats?|mice|model)\b", text
    )


def _asks_for_dose(text: str, *, personal: bool) -> bool:
    if not re.search(_AMOUNT, text):
        return False
    if personal and re.search(rf"{_OURS}|{_MAY_I}|{_BODY}", text):
        return True
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
    if re.search(rf"{_OURS}|{_BODY}", text) and _A_CASE.search(text):
        return True
    return bool(re.search(_SELF, text) and _OWN_CASE.search(text))


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

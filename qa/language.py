"""Is a question in English? Articles, models and word lists are; a quote found by chance misleads.

Short questions full of names and medical words look like any language to a detector, so it is
believed only where the words speak for it too: most of them must be unknown to an English word list
and to the library.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from index.lexical import STOP_WORDS

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MESSAGES = Path(__file__).with_name("language_messages.toml")
ENGLISH = (
    "Sic quotes English articles, and its model understands English questions only. "
    "Please ask in English."
)
MIN_PROBABILITY = 0.45
"""At .3 one English question of 200 with two misspelt words was taken for a foreign one."""
SURE_PROBABILITY = 0.6
"""Below it the language is not named: a message in the wrong one would confuse."""
RIGHT_TO_LEFT = frozenset({"ar", "fa"})
"""Of the languages that have a message, those written from right to left."""
CERTAIN_PROBABILITY = 0.95
"""From here on the detector is believed with few unknown words: "do" and "as" are Portuguese too,
and English word lists know "latte" and "van". No English question reached .85, misspelt or not."""
UNKNOWN_SHARE = 0.5
CERTAIN_UNKNOWN_SHARE = 0.25
ENGLISH_STOP_WORDS = 2
"""With so many different English function words a question is English, unless that is certain."""
_NOT_FOREIGN = ("en", "la")
"""Latin is the language of the names of bacteria and diseases; nobody asks in it."""
_WORD = re.compile(r"[^\W\d_]+")
_loading = Lock()


def foreign_language(question: str, knows: Callable[[str], bool]) -> str | None:
    """Tell which language other than English a question is in.

    Args:
        question: as typed.
        knows: tells whether a lower-case word is English or occurs in the library.

    Returns:
        An ISO 639-1 code, "und" where it is not clear which one; None where the question is
        English, or may be.
    """
    written = _WORD.findall(question)
    words = [word.lower() for word in written]
    letters = [character for word in words for character in word if character.isalpha()]
    if not letters:
        return None
    if sum(_is_latin_or_greek_symbol(letter, words) for letter in letters) < 0.5 * len(letters):
        code, probability = _classify(question)
        is_named = code not in _NOT_FOREIGN and probability >= SURE_PROBABILITY
        return code if is_named else "und"
    long = [word.lower() for word in written if len(word) > 1 and not word.isupper()]
    unknown = sum(not knows(word) for word in long)
    if len(long) < 2 or unknown < CERTAIN_UNKNOWN_SHARE * len(long):
        return None  # most questions: the detector, which is slow to load, need not be asked
    code, probability = _classify(question)
    if code in _NOT_FOREIGN or probability < MIN_PROBABILITY:
        return None
    if probability >= CERTAIN_PROBABILITY:
        return code
    is_english = len(STOP_WORDS.intersection(words)) >= ENGLISH_STOP_WORDS
    if is_english or unknown < UNKNOWN_SHARE * len(long):
        return None
    return code if probability >= SURE_PROBABILITY else "und"


def load_detector() -> "LanguageIdentifier":
    """Load what `foreign_language` needs for a question with many unknown words; half a second."""
    with _loading:
        return _identifier()


def language_message(code: str) -> str:
    """Return what an asker in that language is told: in the language, if known, and in English."""
    own = _messages().get(code)
    return f"{own}\n\n{ENGLISH}" if own else ENGLISH


def _is_latin_or_greek_symbol(letter: str, words: list[str]) -> bool:
    """Tell whether a letter is Latin, or a Greek one that stands alone (α in a marker's name)."""
    name = unicodedata.name(letter, "")
    return name.startswith("LATIN") or (name.startswith("GREEK") and letter in words)


def _classify(question: str) -> tuple[str, float]:
    code, probability = load_detector().classify(question)
    return str(code), float(probability)


@lru_cache(maxsize=1)
def _messages() -> dict[str, str]:
    return tomllib.loads(MESSAGES.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _identifier() -> "LanguageIdentifier":
    from qa.language_model import load_identifier  # takes half a second, and most need it never

    # Only these, which is a fifth of them: the rarer ones take short questions away.
    return load_identifier({*_NOT_FOREIGN, *_messages()})

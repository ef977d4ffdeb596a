"""Four small articles in SQuAD's form, done by hand; what stands in which sentence is plain.

``Milk``, ``Brain`` and ``Gut`` are trained on, ``Heart`` is held out (by the hash of its title).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MILK = (
    "Breast milk of mothers holds living stem cells. Cregan found 12 markers in the milk of 7 "
    "mothers. The cells were kept in cold water for two days.\n\n"
    "Milk of cows holds more protein than milk of mothers. Hassiotou found 15 other markers."
)
BRAIN = (
    "The brain of rats was harmed by a lack of oxygen. Okazaki gave cells after 48 hours. "
    "The harmed part of the brain grew smaller by a third. Nothing was given to 9 control rats."
)
GUT = (
    "The gut of preterm pups was inflamed for a week. Exosomes made the inflamed gut heal again. "
    "Zani used cells of amniotic fluid in 30 pups. Their growth was measured on every day."
)
HEART = (
    "The heart of sheep beats faster after a meal. Novak counted 90 beats in a minute. "
    "The sheep were fed with hay and with oats. None of the 14 sheep was harmed by this."
)


def question(text: str, context: str, answer: str) -> dict[str, Any]:
    place = {"text": answer, "answer_start": context.index(answer)}
    return {"question": text, "is_impossible": False, "answers": [place]}


def impossible(text: str, context: str, plausible: str) -> dict[str, Any]:
    place = {"text": plausible, "answer_start": context.index(plausible)}
    return {"question": text, "is_impossible": True, "answers": [], "plausible_answers": [place]}


def entry(title: str, context: str, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "paragraphs": [{"context": context, "qas": list(items)}]}


TOYS: tuple[dict[str, Any], ...] = (
    entry(
        "Milk",
        MILK,
        [
            question("What does breast milk hold?", MILK, "living stem cells"),
            question("How many markers did Cregan find?", MILK, "12 markers"),
            question("Which milk holds more protein?", MILK, "Milk of cows"),
            impossible("How many markers did Zani find?", MILK, "15 other markers"),
        ],
    ),
    entry(
        "Brain",
        BRAIN,
        [
            question("When did Okazaki give cells?", BRAIN, "after 48 hours"),
            question("What harmed the brain of rats?", BRAIN, "a lack of oxygen"),
            impossible("How many control mice were there?", BRAIN, "9 control rats"),
        ],
    ),
    entry(
        "Gut",
        GUT,
        [
            question("What made the gut heal?", GUT, "Exosomes"),
            question("Which cells did Zani use?", GUT, "cells of amniotic fluid"),
            impossible("Which cells did Novak use?", GUT, "cells of amniotic fluid"),
        ],
    ),
    entry(
        "Heart",
        HEART,
        [
            question("How many beats did Novak count?", HEART, "90 beats"),
            question("What were the sheep fed with?", HEART, "with hay and with oats"),
            impossible("How many cows were harmed?", HEART, "14 sheep"),
        ],
    ),
)


def write_squad(path: Path, entries: Sequence[dict[str, Any]] = TOYS) -> Path:
    path.write_text(json.dumps({"version": "v2.0", "data": list(entries)}), encoding="utf-8")
    return path

"""Questions that mean harm, or look like it: every plane of Unicode, markup, code, endless runs.

The runs are made of what this project's own regular expressions repeat: brackets, digits, blanks,
names, "et al.", so that one which takes quadratic time shows.
"""

import random
from collections.abc import Iterator

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\ufe0f\u2028\u2029\u0085"
CODE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--",
    "]]>",
    "<svg/onload=alert(1)>",
    "&#x3c;b&#62; &amp;&lt;",
    "javascript:alert(1)",
    "'; DROP TABLE quotes; --",
    "' OR 1=1 --",
    "UNION SELECT * FROM articles",
    "# heading\n> quote\n- list\n\n```\ncode\n```",
    "[a](javascript:alert(1)) ![b](x) **bold** _it_ ~~no~~ | a | b |\n|---|---|",
    "{{7*7}} ${7*7} #{7*7} {% raw %} <%= 7 %>",
    "%s %n %x {0} {__class__} \\x00 \\u0000 \\N{BULLET}",
    "$(id) `id` && id; id | id",
    "../../../../etc/passwd %2e%2e%2f C:\\..\\",
    '{"question": null, "history": [1e999, NaN]}',
    "$$\\frac{1}{0}$$ \\begin{document}",
    "(a+)+$ (a|a)*b (?R) [^]] (?P<x>.*)+",
)
UNITS = (
    *(
        " ",
        "\t",
        "\n",
        "\u00a0",
        "(",
        ")",
        "[",
        "]",
        "((",
        "()",
        "[]",
        "{",
        '"',
        "'",
        "“",
        "”",
        "’",
    ),
    *(
        "1",
        "1,",
        "1, ",
        "1-",
        "1–",
        "(1",
        "(1)",
        "[1",
        "(1, ",
        "[1]-",
        "¹",
        "¹,",
        "¹⁻",
        "17 ",
        "1.",
    ),
    *("a", "A", "a ", "A ", "A.", "A. ", "A, ", "a-", "A-", "Ab ", "Ab, ", "AB", "é", "a\u0301"),
    *("et al., ", "et al. ", "et al", "and Ab ", "& Ab ", "Smith AB, ", "van ", "de ", "Jr "),
    *("(2020)", "(2020, ", "2020 ", "2020a, ", "Smith (2020) ", "10.1000/", "doi:", "http://"),
    *(".", ". ", "...", "…", "?", "? ", "!", ",", ", ", ";", "; ", ":", ": ", "-", "- ", "–", "_"),
    *("<", ">", "<a ", "&", "&a", "$", "\\", "*", "**", "`", "=", "#", "|", "~", "^", "/", "@"),
    *("not ", "no ", "my ", "my baby ", "baby is ", "he ", "it ", "they ", "that ", "of the "),
    *(
        "what is ",
        "who ",
        "which ",
        "how many ",
        "and ",
        "or ",
        "by A of B ",
        "does ",
        "mg ",
        "5 mg ",
    ),
    *("reference ", "reference 1 ", "references 1, 2, ", "number 2 ", "the second one ", "more "),
    *(
        "in animals ",
        "no, ",
        "which paper ",
        "who said ",
        "cites ",
        "cited by ",
        "article ",
        "10 ml ",
    ),
)
MILLION = 1_000_000


class HostileQuestions:
    """Draws them; the same ones for the same seed.

    Args:
        seed: of the drawing.
        longest: characters of the longest runs, just below what is refused.
    """

    def __init__(self, seed: int, *, longest: int = 2_000) -> None:
        self._draw = random.Random(seed)
        self._longest = longest

    def draw(self) -> str:
        """Return one."""
        kinds = (self._planes, self._invisible, self._code, self._run, self._mixture, self._huge)
        return self._draw.choices(kinds, weights=(4, 3, 3, 6, 4, 0.2))[0]()

    def conversations(self, count: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield questions, each with earlier ones of its kind, oldest first."""
        for _ in range(count):
            length = self._draw.choice((0, 0, 0, 1, 2, 12))
            yield self.draw(), tuple(self.draw() for _ in range(length))

    def _planes(self) -> str:
        plane = self._draw.choice((0, 0, 1, 2, 3, 14, 15, 16)) * 0x10000
        size = self._draw.randint(1, 80)
        return "".join(chr(plane + self._draw.randrange(0x10000)) for _ in range(size))

    def _invisible(self) -> str:
        letters = list("What are stem cells in breast milk?")
        for _ in range(self._draw.randint(1, 30)):
            sign = self._draw.choice(BIDI + INVISIBLE + "\x00\x07\x1b\x7f\ud800\udfff")
            letters.insert(self._draw.randrange(len(letters)), sign)
        return "".join(letters)

    def _code(self) -> str:
        return f"What is {self._draw.choice(CODE)} in {self._draw.choice(CODE)}?"

    def _run(self) -> str:
        unit = "".join(self._draw.choices(UNITS, k=self._draw.choice((1, 1, 2, 3))))
        ending = self._draw.choice(("", "?", "!", "1", "a", "Z", ")", "\n"))
        length = self._draw.choice((self._longest // 4, self._longest - 2))
        return ("a" + unit * (length // len(unit)))[:length] + ending

    def _mixture(self) -> str:
        parts = (self._planes, self._invisible, self._code, lambda: self._run()[:200])
        return " ".join(self._draw.choice(parts)() for _ in range(self._draw.randint(2, 6)))[:1_990]

    def _huge(self) -> str:
        return self._draw.choice(UNITS) * self._draw.choice((MILLION // 4, MILLION))

"""Bibliography entries in other styles than Vancouver: APA, Harvard, Springer and Elsevier.

Owns their names and the order of their fields. A field that is not plainly there is left empty.
"""

import re
from dataclasses import dataclass

_UPPER = "A-ZÀ-ÖØ-ÞĀ-Ž"
_INITIALS = rf"(?:[{_UPPER}][a-z]?\.[\s-]?){{1,4}}|[{_UPPER}](?:-?[{_UPPER}]){{0,3}}(?![\w'’])"
_PARTICLE = r"(?:(?:van|von|de|der|den|del|da|di|du|la|le|el|al|bin|ter|zu|dos|das)\s+)"
_FAMILY = (
    rf"{_PARTICLE}{{0,3}}[{_UPPER}][\w'’]+(?:[-\u2010\u2011][\w'’]+)*"
    rf"(?:\s+{_PARTICLE}{{0,2}}[{_UPPER}][\w'’]+(?:-[\w'’]+)*){{0,2}}"
)
_NAME_FORMS = (
    re.compile(rf"(?P<family>{_FAMILY}),\s+(?P<initials>{_INITIALS})(?P<suffix>,?\s+Jr\.?)?"),
    re.compile(rf"(?P<initials>(?:[{_UPPER}][a-z]?\.[\s-]?){{1,4}})\s*(?P<family>{_FAMILY})"),
    re.compile(
        rf"(?P<family>{_FAMILY}(?:\s+{_FAMILY})?)\s+(?P<initials>[{_UPPER}](?:-?[{_UPPER}]){{0,3}})"
        r"(?P<suffix>\s+Jr\.?)?(?![\w'’])"
    ),
)
_BETWEEN = re.compile(r"\s*(?:[,;]\s*)?(?:(?:&|and|…|\.\s?\.\s?\.)\s*)?")
_ET_AL = re.compile(r"[,;]?\s*et\s+al\.?", re.IGNORECASE)
_EDITORS = re.compile(r"\s*\(eds?\.?\)", re.IGNORECASE)
_GROUP = re.compile(rf"[{_UPPER}][\w'’-]+(?:\s+(?:of|for|and|the|on|in|[{_UPPER}][\w'’-]+)){{0,8}}")

_DATE = re.compile(
    r"[\s,.]*(?:\((?P<round>(?:18|19|20)\d\d)[a-z]?(?:,[^()]{1,20})?\)"
    r"|(?P<bare>(?:18|19|20)\d\d)[a-z]?(?=[.,:]\s))[.,:]?\s+"
)
_PLACE = (
    r"(?P<journal>(?:[^\w,;:(]|_)*+[^\W\d_][^\d,;:(]*?),?(?<!\s)\s++"
    r"(?:vol\.?\s*)?(?P<volume>\d{1,4}[A-Za-z]?)"
    r"(?:\s*\((?P<issue>[^()]{1,20})\)|,\s*no\.?\s*(?P<number>\d+))?"
)
_PAGES = r"(?:[A-Za-z]{0,3}\d\w*(?:\.\w+)*(?:\s*[-–]\s*[A-Za-z]{0,3}\d\w*(?:\.\w+)*)?)"
_WHERE = re.compile(
    rf"{_PLACE}(?:\s*[,:]\s*(?:pp?\.\s*|art(?:icle|\.)\s*(?:no\.?\s*)?)?(?P<pages>{_PAGES}))?\s*+\.?\s*+",
    re.IGNORECASE,
)
_DATED_WHERE = re.compile(
    rf"(?P<title>.+?[^,]),\s++(?P<journal>[^,\d]+)(?<!\s)\s++(?P<volume>\d{{1,4}}[A-Za-z]?)\s*+"
    rf"(?:\((?P<issue>[^()]{{1,12}})\)\s*+)?\((?P<year>(?:18|19|20)\d\d)\)\s*+,?\s*+"
    rf"(?:pp?\.\s*+)?(?P<pages>{_PAGES})?\s*+\.?\s*+"
)
_QUOTED = re.compile(r"[‘'“\"](?P<title>.+?)[,.]?[’'”\"][,.]?\s+")
_JOURNAL_WORD = re.compile(rf"[{_UPPER}][\w&-]{{0,11}}(?:\s+[{_UPPER}&][\w-]{{0,11}}){{0,2}}")
_STOP = re.compile(r"(?P<mark>[.?!])\s+")


@dataclass(frozen=True, slots=True)
class Fields:
    """What an entry says; "" and None for what it does not."""

    authors: tuple[str, ...]
    et_al: bool
    title: str
    year: int | None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""


def read_styled(text: str) -> Fields | None:
    """Take an entry apart whose authors and year stand in front, or whose initials come first.

    Args:
        text: the entry, without identifiers at its end.

    Returns:
        None where it has none of the known forms.
    """
    names, et_al, end = _read_names(text)
    date = _DATE.match(text, end)
    if not names:
        group = _GROUP.match(text)
        date = _DATE.match(text, group.end()) if group else None
        if group is None or date is None or not date["round"]:
            return None
        names = (group[0],)
    if date:
        year = int(date["round"] or date["bare"])
        return _read_dated(text[date.end() :], names, et_al=et_al, year=year)
    where = _DATED_WHERE.fullmatch(text[end:].lstrip(" ,"))
    if where is None:
        return None
    return Fields(
        names,
        et_al,
        where["title"].strip(" ,."),
        int(where["year"]),
        where["journal"].strip().rstrip("."),
        where["volume"],
        where["issue"] or "",
        where["pages"] or "",
    )


def family_name(author: str) -> str:
    """Return the family name of ``"Pisano C"``; of an institution, its name."""
    parts = re.fullmatch(
        rf"(?P<family>.+?)(?<!\s)\s++[{_UPPER}](?:-?[{_UPPER}]){{0,3}}(?:\s+Jr)?", author
    )
    return parts["family"] if parts else author


def _read_names(text: str) -> tuple[tuple[str, ...], bool, int]:
    """Read names from the start on; returns them, whether "et al." follows, and where they end."""
    names: list[str] = []
    position = end = 0
    forms: tuple[re.Pattern[str], ...] = _NAME_FORMS
    while found := next((m for form in forms if (m := form.match(text, position))), None):
        forms = (found.re,)  # an entry keeps to one form
        initials = re.sub(r"[.\s]", "", found["initials"])
        suffix = " Jr" if found.groupdict().get("suffix") else ""
        names.append(f"{found['family']} {initials}{suffix}")
        end = found.end()
        between = _BETWEEN.match(text, end)
        if between is None or between.end() == end:
            break
        position = between.end()
    if names and (editors := _EDITORS.match(text, end)):
        end = editors.end()
    et_al = _ET_AL.match(text, end) if names else None
    return tuple(names), et_al is not None, et_al.end() if et_al else end


def _read_dated(rest: str, names: tuple[str, ...], *, et_al: bool, year: int) -> Fields:
    """Read what follows the year: title, then journal, volume and pages where they are plain."""
    where, journal_start = None, 0
    stops = list(_STOP.finditer(rest))
    if quoted := _QUOTED.match(rest):
        title, journal_start = quoted["title"], quoted.end()
        where = _WHERE.fullmatch(rest, journal_start)
    else:
        title = rest[: stops[0].start() + 1] if stops else rest
        for number in reversed(range(len(stops))):
            if where := _WHERE.fullmatch(rest, stops[number].end()):
                first = _opening_of_journal(rest, stops, number)
                title, journal_start = rest[: stops[first].start() + 1], stops[first].end()
                break
    title = title.strip().rstrip(".")
    if where is None:
        return Fields(names, et_al, title, year)
    journal = rest[journal_start : where.end("journal")].strip().rstrip(".")
    issue = where["issue"] or where["number"] or ""
    return Fields(names, et_al, title, year, journal, where["volume"], issue, where["pages"] or "")


def _opening_of_journal(rest: str, stops: list[re.Match[str]], last: int) -> int:
    """Return the stop before a journal's first word: ``Title. J. Pediatr. Surg.`` has three."""
    first = last
    while first > 0:
        word = rest[stops[first - 1].end() : stops[first].start()]
        if stops[first]["mark"] != "." or not _JOURNAL_WORD.fullmatch(word):
            break
        first -= 1
    return first

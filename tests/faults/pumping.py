"""Our own regular expressions, and texts made from each one's parts that would make it slow."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import _constants as constants
from re import _parser as parser
from types import ModuleType
from typing import Any

import corpus
import index
import qa

METHODS = ("match", "fullmatch", "search", "sub", "finditer", "findall", "split")
ROOT = Path(corpus.__file__).parent.parent
UNTOUCHED = ("qa.evaluation", "qa.evidence_training")
"""Packages that see our own files only."""
SIGNS = "a1 A,(.-\n\"'[<;:é)]>/\\"
"""One of these stands for a class of characters, where it fits one."""
COMMON = (" ", "\n", "1", "a", "A", "(", "[", ",", "'", ".", "-", "a ", "1,", "(1", "Ab ", "<", "&")
MOST_PUMPS = 24
LAST = "\x01"
"""Fits no pattern, so that none can end there."""


@dataclass(frozen=True)
class Found:
    """A pattern: where it stands, and how it is used there."""

    place: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


@cache
def find_patterns() -> list[Found]:
    """Collect the patterns of modules and classes, and those that functions give to `re`."""
    found: dict[tuple[object, ...], Found] = {}
    trees = {m: ast.parse(Path(str(m.__file__)).read_text(encoding="utf-8")) for m in _modules()}
    calls = {module: _calls(tree) for module, tree in trees.items()}
    anywhere: dict[str, set[str]] = {}  # the calls of names that other modules may use
    for name, used in (item for found_in in calls.values() for item in found_in.items()):
        if name.isupper() and not name.startswith("_"):
            anywhere.setdefault(name, set()).update(used)
    for module, tree in trees.items():
        for one in (*_kept(module, calls[module] | anywhere), *_given(module, tree)):
            key = (one.pattern.pattern, one.pattern.flags)
            known = found.get(key)
            methods = one.methods | (known.methods if known else frozenset())
            found[key] = Found(known.place if known else one.place, one.pattern, methods)
    return sorted(found.values(), key=lambda one: one.place)


def _modules() -> Iterator[ModuleType]:
    for package in (corpus, index, qa):
        yield package
        yield from _below(package)


def _below(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if info.name in UNTOUCHED:
            continue
        try:
            module = importlib.import_module(info.name)
        except ModuleNotFoundError:  # of an extra that is not there
            continue
        yield module
        if info.ispkg:
            yield from _below(module)


def _kept(module: ModuleType, calls: dict[str, set[str]]) -> Iterator[Found]:
    for name, value in list(vars(module).items()):
        is_own = isinstance(value, type) and value.__module__ == module.__name__
        inside = vars(value).items() if is_own else ()
        for label, holder in ((name, value), *((f"{name}.{n}", v) for n, v in inside)):
            for pattern in _patterns_in(holder):
                used = calls.get(label, set()) if holder is pattern else calls.get("", set())
                yield Found(f"{module.__name__}:{label}", pattern, frozenset(used))


def _patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from _patterns_in(item)
    elif isinstance(value, dict):
        yield from _patterns_in([*value.keys(), *value.values()])
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        yield from _patterns_in([getattr(value, n, None) for n in value.__dataclass_fields__])


def _calls(tree: ast.Module) -> dict[str, set[str]]:
    """Return the methods called on each name; under "" those on what a loop goes through."""
    calls: dict[str, set[str]] = {}
    loops = [n.target for n in ast.walk(tree) if isinstance(n, ast.For | ast.comprehension)]
    looped = {n.id for loop in loops for n in ast.walk(loop) if isinstance(n, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            holder = node.value
            name = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", "")
            if name in looped and node.attr != "split":  # that is one of a text
                calls.setdefault("", set()).add(node.attr)
            calls.setdefault(name, set()).add(node.attr)
    return calls


def _given(module: ModuleType, tree: ast.Module) -> Iterator[Found]:
    """Yield the patterns that functions write down where they use them."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for node in ast.walk(function):
            method = _method(node)
            if not method:
                continue
            source = node.args[0] if isinstance(node, ast.Call) else None
            try:
                written = eval(  # our own source, with the names of its module
                    compile(ast.Expression(source), "written", "eval"), dict(vars(module))
                )
            except NameError:  # made of what the function was given
                continue
            pattern = re.compile(written)
            yield Found(f"{module.__name__}:{function.name}", pattern, frozenset((method,)))


def _method(node: ast.AST) -> str:
    """Return which function of `re` is called; "" for any other code."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    holder = node.func.value
    of_re = isinstance(holder, ast.Name) and holder.id == "re"
    return node.func.attr if of_re and node.func.attr in METHODS else ""


def pumps(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Make beginnings, what is repeated behind them, and endings, from a pattern's own parts."""
    source = pattern.pattern
    written = source.decode("latin-1") if isinstance(source, bytes) else source
    flags = pattern.flags & (re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE)
    parts = parser.parse(written, flags)
    made: dict[tuple[str, str], None] = dict.fromkeys(("", sign) for sign in COMMON)
    whole = _write(parts, made)
    made |= dict.fromkeys(("", text[: -cut or None]) for text in whole for cut in (0, 1))
    kept = [(before, repeated) for before, repeated in made if repeated]
    step = max(1, len(kept) // MOST_PUMPS)
    endings = [LAST, *sorted(_shut_out(parts) - {"\n"})[:1]]
    return [(*pump, ending) for pump in kept[::step] for ending in endings]


def _write(parts: Any, made: dict[tuple[str, str], None], most: int = 6) -> list[str]:
    """Write texts that fit a pattern's parts; notes what each of its repeats may repeat."""
    texts = [""]
    for kind, value in parts:
        texts = [text + more for text in texts for more in _write_one(kind, value, texts, made)]
        texts = texts[:: max(1, len(texts) // most)][:most]
    return texts


def _write_one(
    kind: Any, value: Any, before: list[str], made: dict[tuple[str, str], None]
) -> list[str]:
    if kind is constants.LITERAL:
        return [chr(value)]
    if kind is constants.NOT_LITERAL:
        return [next(sign for sign in SIGNS if ord(sign) != value)]
    if kind is constants.ANY:
        return ["a", " "]
    if kind is constants.IN:
        return _write_class(value)
    if kind is constants.BRANCH:
        return [text for branch in value[1] for text in _write(branch, made)[:2]]
    if kind is constants.SUBPATTERN:
        return _write(value[3], made)
    if kind is constants.ATOMIC_GROUP:
        return _write(value, made)
    if kind in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        least, most, body = value
        repeated = _write(body, made)
        if most > 10:
            made |= dict.fromkeys((b, r) for b in before[:3] for r in repeated)
            made |= dict.fromkeys(("", b + r) for b in before[:3] for r in repeated)
        return [text * max(least, 1) for text in repeated] + ([] if least else [""])
    return [""]


def _write_class(items: Any) -> list[str]:
    own = [chr(value) for kind, value in items if kind is constants.LITERAL]
    own += [chr(value[0]) for kind, value in items if kind is constants.RANGE]
    fits = [sign for sign in (*SIGNS, *own) if _is_in(items, sign)]
    return fits[:3] or ["\u2603"]


def _is_in(items: Any, sign: str) -> bool:
    refused = any(kind is constants.NEGATE for kind, _ in items)
    fits = any(
        (kind is constants.LITERAL and value == ord(sign))
        or (kind is constants.RANGE and value[0] <= ord(sign) <= value[1])
        or (kind is constants.CATEGORY and _is_of(value, sign))
        for kind, value in items
    )
    return fits != refused


def _is_of(category: Any, sign: str) -> bool:
    name = str(category).rpartition("_")[2].lower()
    fits = {"digit": sign.isdigit(), "space": sign.isspace(), "word": sign.isalnum()}[name]
    return fits != ("NOT" in str(category))


def _shut_out(parts: Any) -> set[str]:
    """Collect the characters that a class of the pattern refuses: they stop what it repeats."""
    found: set[str] = set()
    for kind, value in parts:
        if kind is constants.IN and value[0][0] is constants.NEGATE:
            found |= {chr(v) for k, v in value if k is constants.LITERAL}
        elif kind is constants.NOT_LITERAL:
            found.add(chr(value))
        elif kind is constants.BRANCH:
            found |= {sign for branch in value[1] for sign in _shut_out(branch)}
        elif kind is constants.SUBPATTERN:
            found |= _shut_out(value[3])
        elif kind in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
            found |= _shut_out(value[2])
    return found

"""Imports go one way, private names stay private, nothing is unpickled or evaluated."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

ALLOWED = {
    "corpus": {"corpus"},
    "index": {"corpus", "index"},
    "qa": {"corpus", "index", "qa"},
    "app": {"qa", "app"},
}
"""Which packages of the project a package may import: corpus <- index <- qa <- app."""
MAY_IMPORT_EVALUATION = ("qa/evaluation/", "qa/__main__.py")
PICKLES = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
TEXT_SUFFIXES = {
    *(".py", ".md", ".toml", ".txt", ".json", ".jsonl", ".css", ".js", ".html", ".svg", ".sh"),
    *(".yml", ".yaml", ".cfg", ".ini", ""),
}
NOT_OURS = {".hypothesis", ".git", ".venv", "__pycache__", "built", "report"}
MACHINE_PATH = re.compile("/(?:work|tmp)/")


def project_files(root: Path) -> list[Path]:
    """The modules of the program, without its tests."""
    folders = [root / name for name in ALLOWED if (root / name).is_dir()]
    single = [root / f"{name}.py" for name in ALLOWED if (root / f"{name}.py").is_file()]
    return sorted([path for folder in folders for path in folder.rglob("*.py")] + single)


def imports_of(path: Path, root: Path) -> Iterator[tuple[str, str]]:
    """Each import of a module anywhere in it, as (module, name), name "" for a plain import."""
    package = path.relative_to(root).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((module, alias.name) for alias in node.names)


def forbidden_arrows(root: Path) -> list[str]:
    """Imports against the one direction."""
    found = []
    for path in project_files(root):
        where = path.relative_to(root)
        package = where.with_suffix("").parts[0]
        for module, _ in imports_of(path, root):
            target = module.partition(".")[0]
            if target in ALLOWED and target not in ALLOWED[package]:
                found.append(f"{where} imports {module}")
    return found


def evaluation_imports(root: Path) -> list[str]:
    """Imports of the evaluation by the program that it measures."""
    found = []
    for path in project_files(root):
        where = path.relative_to(root).as_posix()
        if where.startswith(MAY_IMPORT_EVALUATION):
            continue
        for module, name in imports_of(path, root):
            if f"{module}.{name}.".startswith("qa.evaluation."):
                found.append(f"{where} imports {f'{module}.{name}'.rstrip('.')}")
    return found


def private_imports(root: Path) -> list[str]:
    """Private names of the project's modules that another module takes or reaches into."""
    found = []
    for path in project_files(root):
        where = path.relative_to(root)
        for module, name in imports_of(path, root):
            parts = [*module.split("."), name]
            private = [part for part in parts if part.startswith("_") and part != "__future__"]
            if private and parts[0] in ALLOWED:
                found.append(f"{where} imports {module}.{name}".rstrip("."))
        found += [f"{where} reaches into {name}" for name in private_attributes(path, root)]
    return found


def private_attributes(path: Path, root: Path) -> Iterator[str]:
    """Find ``module._name`` where ``module`` is one of the project's, imported as a whole."""
    modules = {
        (name or module).rpartition(".")[2]
        for module, name in imports_of(path, root)
        if module.partition(".")[0] in ALLOWED and not name[:1].isupper()
    }
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in modules
            and re.match(r"_[^_]", node.attr)
        ):
            yield f"{node.value.id}.{node.attr}"


def unsafe_code(root: Path) -> list[str]:
    """Pickles, eval and exec."""
    found = []
    for path in project_files(root):
        where = path.relative_to(root)
        for module, _ in imports_of(path, root):
            if module.partition(".")[0] in PICKLES:
                found.append(f"{where} imports {module}")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name) and node.id in ("eval", "exec"):
                found.append(f"{where} uses {node.id}")
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                safe = isinstance(node.value, ast.Constant) and node.value.value is False
                found += [] if safe else [f"{where} allows pickles"]
    return found


def machine_paths(root: Path) -> list[str]:
    """Lines of text files that name a folder of the machine on which they were written."""
    found = []
    for path in sorted(root.rglob("*")):
        where = path.relative_to(root)
        hidden_cache = any(part.endswith("_cache") for part in where.parts)
        if hidden_cache or NOT_OURS & set(where.parts) or not path.is_file():
            continue
        if path.suffix not in TEXT_SUFFIXES:
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        found += [
            f"{where}:{number}"
            for number, line in enumerate(lines, start=1)
            if MACHINE_PATH.search(line)
        ]
    return found


def test_imports_go_one_way() -> None:
    assert forbidden_arrows(REPOSITORY) == []


def test_nothing_but_its_command_imports_the_evaluation() -> None:
    assert evaluation_imports(REPOSITORY) == []


def test_no_module_takes_a_private_name_from_another() -> None:
    assert private_imports(REPOSITORY) == []


def test_nothing_is_unpickled_or_evaluated() -> None:
    assert unsafe_code(REPOSITORY) == []


def test_no_text_file_names_a_folder_of_one_machine() -> None:
    assert machine_paths(REPOSITORY) == []


def test_every_module_of_the_program_is_looked_at() -> None:
    names = {str(path.relative_to(REPOSITORY)) for path in project_files(REPOSITORY)}
    assert {
        "app.py",
        "corpus/reading/plain_text.py",
        "index/__main__.py",
        "qa/answering.py",
    } <= names


# Planted violations, found by the same functions.


def plant(root: Path, where: str, code: str) -> Path:
    path = root / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("where", "code", "found"),
    [
        ("corpus/a.py", "import index\n", "corpus/a.py imports index"),
        (
            "corpus/deep/a.py",
            "from qa.quoting import Quote\n",
            "corpus/deep/a.py imports qa.quoting",
        ),
        ("index/a.py", "def f():\n    import qa.answering\n", "index/a.py imports qa.answering"),
        ("qa/a.py", "from app import main\n", "qa/a.py imports app"),
        ("app.py", "from index.library import Library\n", "app.py imports index.library"),
        ("app.py", "import corpus.document as d\n", "app.py imports corpus.document"),
    ],
    ids=["plain", "deep", "inside-a-function", "upwards-to-app", "app-to-index", "alias"],
)
def test_planted_arrow_is_found(tmp_path: Path, where: str, code: str, found: str) -> None:
    assert forbidden_arrows(plant(tmp_path, where, code)) == [found]


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("corpus/a.py", "import re\nfrom corpus.document import Span\n"),
        ("index/a.py", "from corpus.document import Span\nimport numpy\n"),
        ("qa/a.py", "from index.library import Library\nfrom . import quoting\n"),
        ("app.py", "from qa.assistant import Assistant\n"),
    ],
    ids=["corpus", "index", "qa", "app"],
)
def test_arrow_in_the_right_direction_is_not_found(tmp_path: Path, where: str, code: str) -> None:
    assert forbidden_arrows(plant(tmp_path, where, code)) == []


@pytest.mark.parametrize(
    ("where", "code", "found"),
    [
        ("qa/a.py", "import qa.evaluation.metrics\n", "qa/a.py imports qa.evaluation.metrics"),
        ("qa/a.py", "from qa import evaluation\n", "qa/a.py imports qa.evaluation"),
        ("qa/a.py", "from .evaluation import run\n", "qa/a.py imports qa.evaluation.run"),
        ("qa/web/a.py", "from ..evaluation import run\n", "qa/web/a.py imports qa.evaluation.run"),
        ("app.py", "from qa.evaluation.run import f\n", "app.py imports qa.evaluation.run.f"),
    ],
    ids=["plain", "from-package", "relative", "relative-up", "app"],
)
def test_planted_import_of_the_evaluation_is_found(
    tmp_path: Path, where: str, code: str, found: str
) -> None:
    assert evaluation_imports(plant(tmp_path, where, code)) == [found]


@pytest.mark.parametrize("where", ["qa/__main__.py", "qa/evaluation/a.py"])
def test_evaluation_may_be_imported_by_its_command_and_itself(tmp_path: Path, where: str) -> None:
    assert evaluation_imports(plant(tmp_path, where, "import qa.evaluation.run\n")) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (
            "from corpus.sentences import _depth\n",
            "qa/a.py imports corpus.sentences._depth",
        ),
        ("import corpus._private\n", "qa/a.py imports corpus._private"),
        (
            "from corpus import sentences\nsentences._depth('')\n",
            "qa/a.py reaches into sentences._depth",
        ),
    ],
    ids=["name", "module", "attribute"],
)
def test_planted_use_of_a_private_name_is_found(tmp_path: Path, code: str, found: str) -> None:
    assert private_imports(plant(tmp_path, "qa/a.py", code)) == [found]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import pickle\n", "index/a.py imports pickle"),
        ("from joblib import load\n", "index/a.py imports joblib"),
        ("x = eval('1')\n", "index/a.py uses eval"),
        ("exec('x = 1')\n", "index/a.py uses exec"),
        ("import numpy\nnumpy.load('x', allow_pickle=True)\n", "index/a.py allows pickles"),
    ],
    ids=["pickle", "joblib", "eval", "exec", "numpy"],
)
def test_planted_unsafe_code_is_found(tmp_path: Path, code: str, found: str) -> None:
    assert unsafe_code(plant(tmp_path, "index/a.py", code)) == [found]


@pytest.mark.parametrize(
    "code",
    [
        "model.eval()\n",
        "import numpy\nnumpy.load('x', allow_pickle=False)\n",
        "# pickle, eval(x)\n",
    ],
    ids=["method", "pickles-refused", "comment"],
)
def test_safe_code_is_not_found(tmp_path: Path, code: str) -> None:
    assert unsafe_code(plant(tmp_path, "index/a.py", code)) == []


@pytest.mark.parametrize("name", ["work", "tmp"])
def test_planted_machine_path_is_found(tmp_path: Path, name: str) -> None:
    text = f"first\nsee /{name}/shared/notes.md\n"
    assert machine_paths(plant(tmp_path, "docs/a.md", text)) == ["docs/a.md:2"]

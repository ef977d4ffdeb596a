"""The quick import of Gradio, each in a process of its own: here Gradio is imported long since."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
STUBS = """
import gc, sys
from qa.web.quick_import import quick_imports
before = list(sys.meta_path)
with quick_imports():
    assert not gc.isenabled()
    import gradio.component_meta
assert gc.isenabled()
assert gc.get_freeze_count() > 0
assert sys.meta_path == before
"""


def run(code: str, *paths: Path) -> None:
    lines = [f"sys.path.insert(0, {str(path)!r})" for path in (REPOSITORY, *paths)]
    program = "\n".join(["import sys", *lines, code])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def write_gradio(folder: Path, meta: str) -> None:
    package = folder / "gradio"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "component_meta.py").write_text(meta)


def test_real_components_are_made_without_stubs() -> None:
    check = "assert gradio.component_meta.create_or_modify_pyi.__module__ == 'qa.web.quick_import'"
    run(STUBS + check + "\nassert gradio.Textbox(value='a').value == 'a'")


def test_nothing_else_of_the_module_changes(tmp_path: Path) -> None:
    write_gradio(tmp_path, "def create_or_modify_pyi(*args): raise OSError\ndef other(): return 7")
    run(
        STUBS
        + "gradio.component_meta.create_or_modify_pyi(int, 'a', [])\n"
        + "assert gradio.component_meta.other() == 7",
        tmp_path,
    )


def test_a_release_that_makes_no_stubs_is_left_alone(tmp_path: Path) -> None:
    write_gradio(tmp_path, "x = 1")
    run(
        STUBS + "assert not hasattr(gradio.component_meta, 'create_or_modify_pyi')",
        tmp_path,
    )


@pytest.mark.parametrize("was", [True, False])
def test_the_collector_is_as_it_was_after_an_error(was: bool) -> None:
    run(
        f"""
import gc
from qa.web.quick_import import quick_imports
gc.enable() if {was} else gc.disable()
before = list(sys.meta_path)
try:
    with quick_imports():
        raise ValueError
except ValueError:
    assert gc.isenabled() is {was}
    assert sys.meta_path == before
"""
    )

"""Importing Gradio in half the time, before the page that needs it is built.

Gradio makes a stub file for editors (``.pyi``) beside each component's source while it is imported,
or compares the one that is there; nobody edits the library of a running server, whose folder may
well be read-only. And Python looks for cycles to collect, over and over, while modules are added.
"""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

STUBS_MODULE, STUBS_FUNCTION = "gradio.component_meta", "create_or_modify_pyi"


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import without Gradio's stubs and without looking for cycles; for code at the start.

    What has been imported is never looked at again by the collector.
    """
    finder = _StubsFinder()
    sys.meta_path.insert(0, finder)
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
        gc.freeze()
        sys.meta_path.remove(finder)


class _StubsFinder(MetaPathFinder):
    """Finds the one module that makes stubs, and has it loaded without."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != STUBS_MODULE:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _WithoutStubs(spec.loader)
                return spec
        return None


class _WithoutStubs(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        if hasattr(module, STUBS_FUNCTION):  # else a release of Gradio that makes none
            setattr(module, STUBS_FUNCTION, _make_no_stub)


def _make_no_stub(*_: object) -> None:
    """Take the place of the function that makes them."""

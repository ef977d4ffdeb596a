"""The mapped model says what the library's own says, and takes less memory."""

import subprocess
import sys

import numpy as np
import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from qa.language_model import load_identifier

TEXTS = (
    "What is microchimerism?",
    "Was sind die Stammzellen der Muttermilch?",
    "¿Qué son las células madre de la leche materna?",
    "Quelles cellules trouve-t-on dans le lait ?",
    "Что такое стволовые клетки?",
    "αβγ 123",
    "...",
    "x" * 3000,
)
LANGUAGES = ("en", "de", "fr", "es", "ru", "la")
MEMORY = """
import sys
from pathlib import Path
def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
before = peak()
{load}
sys.stdout.write(str(peak() - before))
"""
OURS = "identifier = load_identifier(('en', 'de'))"
THEIRS = "identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)"


@pytest.fixture(scope="module")
def ours() -> LanguageIdentifier:
    return load_identifier(LANGUAGES)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:20])
def test_it_says_what_the_librarys_own_says(ours: LanguageIdentifier, text: str) -> None:
    theirs = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    theirs.set_languages(LANGUAGES)
    code, probability = ours.classify(text)
    expected, sure = theirs.classify(text)
    assert (code, probability) == (expected, pytest.approx(sure, abs=1e-6))


def test_only_the_languages_that_are_asked_for_are_kept(ours: LanguageIdentifier) -> None:
    assert sorted(ours.labels) == sorted(LANGUAGES)
    assert sorted(load_identifier(("en", "xx")).labels) == ["en"]


def test_the_large_table_stays_on_the_disk(ours: LanguageIdentifier) -> None:
    table = ours.tk_nextmove
    assert isinstance(table.base, np.memmap)
    assert not table.flags.writeable


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_loading_takes_less_memory_than_the_librarys_own_loader() -> None:
    start = (
        "from qa.language_model import load_identifier\n"
        "from py3langid.langid import MODEL_FILE, LanguageIdentifier\n"
    )

    def grown_mib(load: str) -> int:
        code = start + MEMORY.format(load=load)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    assert 0 < grown_mib(OURS) < 0.5 * grown_mib(THEIRS)

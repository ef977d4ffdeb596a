"""The shipped article behind a real assistant, opened once for all tests of this folder."""

import pytest

from corpus.document import Document
from qa.assistant import Assistant
from qa.lookup import LookUp
from qa.settings import Settings


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return Assistant.load(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="session")
def willing(assistant: Assistant) -> Assistant:
    """An assistant that answers more readily, for tests that must not hang on a threshold."""
    stages = assistant.stages
    settings = Settings(min_confidence=0.3)
    return Assistant(assistant.library, settings, scorer=stages.scorer, weights=stages.weights)


@pytest.fixture(scope="session")
def article(assistant: Assistant) -> Document:
    return assistant.library.documents["kersin-2021"]


@pytest.fixture(scope="session")
def look_up(assistant: Assistant) -> LookUp:
    return assistant.stages.look_ups["kersin-2021"]

"""``app.py`` itself over a model done by hand: ``python -m tests.web.serve_light OPTIONS``."""

import argparse
import sys

import app
from index.library import Library
from qa.assistant import Assistant
from tests.conftest import KeywordEncoder


def load(arguments: argparse.Namespace) -> Assistant:
    """Open the library without weights."""
    return Assistant(Library.open(arguments.library, encoder=KeywordEncoder()))


if __name__ == "__main__":
    app._load_assistant = load
    app.main(sys.argv[1:])

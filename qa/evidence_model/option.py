"""The command-line option by which another evidence model is asked for, the same everywhere."""

import argparse


def add_evidence_model(parser: argparse.ArgumentParser) -> None:
    """Add ``--evidence-model``; imports nothing heavy, so that ``--help`` answers at once."""
    parser.add_argument(
        "--evidence-model",
        metavar="NAME",
        help="a folder or a cross-encoder's name on the hub instead of the bundled one; "
        "none to rank and abstain by search alone",
    )

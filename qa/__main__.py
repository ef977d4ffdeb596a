"""The command line: ask, batch, verify, evaluate, calibrate."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.document import CorpusError, Document
from corpus.reading import load_corpus
from index.encoder import EncoderError, SentenceEncoder
from index.library import DEFAULT_LIBRARY, articles_folder
from index.milvus_connection import ADDRESS_HELP
from index.milvus_reading import open_documents
from index.snapshot import LibraryError
from qa.answering import QuestionError, check_question
from qa.assistant import Assistant, open_library
from qa.evidence import WeightsError, weights_path
from qa.evidence_model.option import add_evidence_model
from qa.evidence_model.scorer import BUNDLED, load_scorer
from qa.ranking import ScopeError
from qa.rendering import reply_to_json, reply_to_text
from qa.settings import Settings
from qa.verifying import verdict_to_text, verify


class BatchError(ValueError):
    """A line of the input file is not a question; the message names file and line."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 a negative finding, 2 an error."""
    parser = argparse.ArgumentParser(prog="python -m qa", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_ask(commands.add_parser("ask", help="answer one question with quotes"))
    _add_batch(commands.add_parser("batch", help="answer a JSONL file of questions"))
    _add_verify(commands.add_parser("verify", help="check whether a quote is in the source"))
    _add_evaluation(commands)
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        code: int = arguments.run(arguments)
        return code
    except (
        CorpusError,
        EncoderError,
        LibraryError,
        WeightsError,
        QuestionError,
        ScopeError,
        BatchError,
        OSError,
    ) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _add_library(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--library", type=Path, default=DEFAULT_LIBRARY, metavar="DIR")
    parser.add_argument("--index", metavar="ADDRESS", help=ADDRESS_HELP)
    parser.add_argument("--model", default=None, help="embedding model, by name or folder")
    add_evidence_model(parser)


def _load(arguments: argparse.Namespace) -> Assistant:
    return Assistant.load(
        arguments.library,
        index=arguments.index,
        model=arguments.model,
        evidence_model=arguments.evidence_model,
        on_status=lambda line: print(line, file=sys.stderr),
    )


def _add_ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question")
    parser.add_argument(
        "--after", action="append", default=[], metavar="EARLIER", help="an earlier question"
    )
    parser.add_argument(
        "--article", action="append", metavar="ID", help="ask this article alone, or these"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_library(parser)
    parser.set_defaults(run=_ask)


def _ask(arguments: argparse.Namespace) -> int:
    assistant = _load(arguments)
    reply = assistant.ask(arguments.question, arguments.after, documents=arguments.article)
    if arguments.json:
        print(json.dumps(reply_to_json(reply), ensure_ascii=False, indent=1))
    else:
        print(reply_to_text(reply), end="")
    return 0


def _add_batch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, metavar="IN.jsonl")
    parser.add_argument("output", type=Path, metavar="OUT.jsonl")
    _add_library(parser)
    parser.set_defaults(run=_batch)


def _batch(arguments: argparse.Namespace) -> int:
    questions = list(read_batch(arguments.input))
    assistant = _load(arguments)
    # Written beside and renamed at the end: an interrupted run leaves an earlier output whole.
    partial = arguments.output.with_name(arguments.output.name + ".partial")
    # An id may hold half a character, which UTF-8 has no bytes for; JSON has an escape.
    with partial.open("w", encoding="utf-8", errors="backslashreplace") as file:
        for item in questions:
            started = time.perf_counter()
            reply = reply_to_json(assistant.ask(item["question"], item["history"]))
            elapsed = (time.perf_counter() - started) * 1000
            line = {"id": item["id"]} | reply | {"elapsed_ms": round(elapsed, 1)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    partial.replace(arguments.output)
    return 0


def read_batch(path: Path) -> Iterator[dict[str, Any]]:
    """Read ``{"id", "question", "history"}`` lines; empty lines are skipped.

    Raises:
        BatchError: a line is not such an object; names the file, the line and the field.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise BatchError(f"{path} is not UTF-8 (byte {error.start}); convert it") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:  # a number may be too long, brackets too deep
            raise BatchError(f"{path}, line {number}: not JSON ({error})") from error
        yield _check_item(item, f"{path}, line {number}")


def _check_item(item: object, where: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise BatchError(f"{where}: expected an object with id and question, got {item!r:.80}")
    question, history = item.get("question"), item.get("history") or []
    if not isinstance(question, str) or not question.strip():
        raise BatchError(
            f"{where}: question must be a text that is not empty, got {question!r:.80}"
        )
    if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
        raise BatchError(
            f"{where}: history must be a list of earlier questions, got {history!r:.80}"
        )
    try:
        for turn in (*history, question):
            check_question(turn, Settings())
    except QuestionError as error:
        raise BatchError(f"{where}: {error}") from error
    return {"id": item.get("id", ""), "question": question, "history": history}


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", help="the sentence to check")
    parser.add_argument("--library", type=Path, default=DEFAULT_LIBRARY, metavar="DIR")
    parser.add_argument("--index", metavar="ADDRESS", help=ADDRESS_HELP)
    parser.set_defaults(run=_verify)


def _verify(arguments: argparse.Namespace) -> int:
    documents: Mapping[str, Document]
    if arguments.index:
        documents = open_documents(arguments.index)
    else:
        documents = {d.id: d for d in load_corpus(articles_folder(arguments.library))}
    try:
        verdict = verify(arguments.text, documents.values())
    except ValueError as error:
        raise QuestionError(str(error)) from error
    print(verdict_to_text(verdict, documents), end="")
    return 0 if verdict.status == "found" else 1


def _add_evaluation(commands: Any) -> None:  # noqa: ANN401 (argparse has no public type for it)
    from qa.evaluation import command

    parser = commands.add_parser("evaluate", help="measure on a question set")
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)
    parser = commands.add_parser("calibrate", help="fit the evidence weights")
    parser.add_argument("--write", action="store_true", help="put the weights in force")
    _add_library(parser)
    parser.set_defaults(run=_calibrate)


def _calibrate(arguments: argparse.Namespace) -> int:
    from qa.evaluation import calibration, command
    from qa.evaluation.boundary_questions import SHIPPED as BOUNDARY_FILE
    from qa.evaluation.boundary_questions import fit_boundaries, load_phrasings, write_boundaries
    from qa.evaluation.questions import load_questions

    library = open_library(arguments.library, index=arguments.index, model=arguments.model)
    phrasings = load_phrasings(command.QUESTIONS / BOUNDARY_FILE.format(part="train"))
    boundaries = fit_boundaries(phrasings, SentenceEncoder())
    if arguments.write:
        write_boundaries(boundaries)
    name = arguments.evidence_model or BUNDLED
    # Not warmed up: there may be no weights to answer with yet.
    weights = calibration.starting_weights()
    assistant = Assistant(library, scorer=load_scorer(name), weights=weights)
    training, questions = (
        load_questions(
            command.QUESTIONS / command.SHIPPED.format(half=half), library.documents.values()
        )
        for half in ("train", "dev")
    )
    result = calibration.calibrate(questions, assistant.stages, training=training)
    print(json.dumps(result.weights, indent=1))
    print(
        f"cross-validated over {result.questions} dev questions that are not looked up: "
        f"hit@1 {result.hit_at_1:.3f} (first stage {result.first_hit_at_1:.3f}), "
        f"hit@3 {result.hit_at_3:.3f}; AUROC of the confidence {result.auroc:.3f}; at the "
        f"threshold {result.wrong:.3f} of the questions are answered wrongly "
        f"({result.wrong_among_answers:.3f} of the answers) and {result.silenced:.3f} of the "
        "answerable questions are not answered"
    )
    if arguments.write:
        calibration.write_weights(result, weights_path(name, BUNDLED, arguments.library))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Questions in the log: only where whoever started the chat has asked for that."""

import json
import logging

from qa.web.options import PageOptions

MAX_CHARS = 500

logger = logging.getLogger("sic.questions")


def log_question(question: str, options: PageOptions) -> None:
    """Write a question to the log, on one line, if the options say so."""
    if options.log_questions:
        logger.info("question %s", json.dumps(question[:MAX_CHARS], ensure_ascii=True))

"""The process that answers while a page waits: questions as JSON lines in, answers out.

It keeps its models, so that only the first question of a kind takes seconds. It never opens the database.
"""

import json
import os
import sys

from importers.picture import PictureError
from jobs.engine.errors import JobError
from jobs.engine.questions import all_answers, answer
from models.errors import ModelError, TextTooLong

_OF: dict[type[Exception], str] = {PictureError: "picture", TextTooLong: "text"}


def main() -> None:
    """Answer each line of standard input with one line; end with the input."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    answers = all_answers()
    for line in sys.stdin:
        try:
            reply: dict[str, object] = {"answer": answer(answers, json.loads(line))}
        except (ModelError, JobError, PictureError, OSError, ValueError) as error:
            reply = {"error": str(error) or type(error).__name__, "of": _OF.get(type(error), "")}
        print(json.dumps(reply), file=replies, flush=True)


if __name__ == "__main__":
    main()

"""What a command's exit status says, and how its refusals are shown: one sentence on standard error."""

import functools
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import ParamSpec

import typer

from importers.types import LayoutError
from jobs.engine.errors import JobError, NeedsAnswer, UnknownParameter
from jobs.engine.troubles import sentence_of
from models.errors import ModelError
from store.errors import StoreError
from store.workspace_file import is_disk_full

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
A = ParamSpec("A")


def answered(command: Callable[A, int | None]) -> Callable[A, None]:
    """A command whose errors end as a sentence and a status: 1 it failed, 2 it needs another word, 130 Ctrl-C."""

    @functools.wraps(command)
    def run(*arguments: A.args, **named: A.kwargs) -> None:
        try:
            status = command(*arguments, **named) or DONE
        except (NeedsAnswer, UnknownParameter) as error:
            print(error, file=sys.stderr)
            status = USAGE
        except (JobError, LayoutError, ModelError, StoreError, OSError) as error:
            full = isinstance(error, OSError) and is_disk_full(error)
            print(f"The disk is full: {error}. Free some room, then try again." if full else error, file=sys.stderr)
            status = FAILED
        except KeyboardInterrupt:
            print("\nStopped.", file=sys.stderr)
            status = INTERRUPTED
        except typer.Exit:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary of a command: kept whole, and told in a sentence
            print(_unforeseen(error), file=sys.stderr)
            status = FAILED
        raise typer.Exit(status)

    return run


def _unforeseen(error: Exception) -> str:
    """A sentence about an error of ours; where it came from is kept in a file to be sent along."""
    said = f"The command stopped at an error that nobody foresaw ({type(error).__name__}: {sentence_of(error)})."
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", errors="replace", prefix="vitrine-error-", suffix=".txt", delete=False
        ) as file:
            file.writelines(traceback.format_exception(error))
    except OSError:
        return f"{said} Nothing saved is lost."
    return f"{said} Nothing saved is lost; {file.name} says where it came from, for a report."

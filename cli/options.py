"""Options that several commands share, and `--key value` pairs that are a job's parameters."""

from pathlib import Path
from typing import Annotated

import typer

from jobs.engine.backends import ON_HELP, ON_METAVAR
from jobs.engine.errors import UnknownParameter

WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="the workspace's folder", metavar="DIR")]
DatasetOption = Annotated[str, typer.Option("--dataset", help="the dataset's name", metavar="NAME")]
JobArgument = Annotated[str, typer.Argument(metavar="ID", help="the job's id, as `list` shows it")]
OnOption = Annotated[str, typer.Option("--on", help=ON_HELP, metavar=ON_METAVAR, show_default="this machine")]
DEFAULT_WORKSPACE = Path("workspace")
# what a command does not know itself is read as a parameter of the job
PAIRS = {"allow_extra_args": True, "ignore_unknown_options": True}


def pairs(words: list[str]) -> dict[str, object]:
    """`--key value` and `--key=value` pairs as a dictionary; dashes in a key become underscores.

    Raises UnknownParameter for a word without a key and for a key without a value.
    """
    values: dict[str, object] = {}
    rest = iter(words)
    for word in rest:
        name, has_value, value = word.partition("=")
        if not name.startswith("--"):
            raise UnknownParameter(f"Parameters are written --key value; {word!r} has no key.")
        if not has_value:
            following = next(rest, None)
            if following is None:
                raise UnknownParameter(f"{name} has no value; write {name} VALUE.")
            value = following
        values[name[2:].replace("-", "_")] = value
    return values

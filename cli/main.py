"""The command line: `vitrine COMMAND`, and `python -m jobs COMMAND`. It works whether the app runs or not.

A command that runs a job shows its progress on a terminal, exits non-zero on failure, and ends standard output
with one JSON line: run id, seconds, and the run's main figures.
"""

from typing import Annotated

import typer

from cli import (
    access,
    analyse,
    claims,
    collect,
    dashboard,
    decision_commands,
    features,
    imports,
    job_commands,
    qdrant,
    serving,
    takedown,
    uploads,
    workspace_commands,
)
from cli.run import run_commands
from jobs.engine.version import code_version

PROGRAM = "python -m jobs"  # the door that has always been there, and stays
HELP = """
Vitrine, a display case for an image dataset. Three commands to begin with:

- `vitrine demo` makes a workspace of 1,797 digits with planted defects
- `vitrine open` shows a workspace in the browser
- `vitrine import DIR` takes in your own pictures

A command works on the workspace `./workspace`, or on the one that `--workspace DIR` names.
"""


def command_line() -> typer.Typer:
    """All commands, in the groups that --help shows."""
    app = typer.Typer(
        help=HELP,
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        callback=_whole_program,
    )
    app.add_typer(dashboard.app)
    app.add_typer(imports.app)
    app.add_typer(collect.app)
    app.add_typer(features.app)
    app.add_typer(analyse.app)
    app.add_typer(
        run_commands(), name="run", help="Run a job and wait for it: `run KIND --help`.", rich_help_panel="Jobs"
    )
    app.add_typer(
        claims.app,
        name="claims",
        help="Sentences with numbers that can be asked for again.",
        rich_help_panel="Versions and decisions",
    )
    app.add_typer(
        takedown.app,
        name="takedown",
        help="Pictures that somebody asked to have removed.",
        rich_help_panel="Versions and decisions",
    )
    app.add_typer(access.app)
    app.add_typer(access.access, name="access", help="Share links, roles, and what was done.", rich_help_panel="Access")
    app.add_typer(serving.app)
    app.add_typer(qdrant.app)
    app.add_typer(serving.keys, name="key", help="Keys of the similarity service.", rich_help_panel=serving.PANEL)
    for commands in (job_commands, decision_commands, uploads, workspace_commands):
        app.add_typer(commands.app)
    return app


def main(arguments: list[str] | None = None, *, program: str = PROGRAM) -> int:
    """Run a command and return its exit status: 0 done, 1 failed, 2 it needs another word, 130 after Ctrl-C.

    program: what the person typed, for the usage lines and the completion of the shell.
    """
    try:
        command_line()(args=arguments, prog_name=program)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    return 0


def _print_version(asked: bool) -> None:
    if asked:
        print(f"vitrine {code_version()}")
        raise typer.Exit


def _whole_program(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """What may stand before a command."""

"""The command line: `python -m jobs COMMAND`. It works whether the app runs or not.

A command that runs a job shows its progress on a terminal, exits non-zero on failure, and ends standard output
with one JSON line: run id, seconds, and the run's main figures.
"""

import typer

from cli import analyse, decision_commands, features, imports, job_commands, workspace_commands
from cli.run import run_commands

PROGRAM = "python -m jobs"


def command_line() -> typer.Typer:
    """All commands, in the groups that --help shows."""
    app = typer.Typer(
        help="Vitrine's jobs. Each kind's parameters: `run KIND --help`, and docs/jobs.",
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )
    app.add_typer(imports.app)
    app.add_typer(features.app)
    app.add_typer(analyse.app)
    app.add_typer(
        run_commands(), name="run", help="Run a job and wait for it: `run KIND --help`.", rich_help_panel="Jobs"
    )
    for commands in (job_commands, decision_commands, workspace_commands):
        app.add_typer(commands.app)
    return app


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0 done, 1 failed, 2 it needs another word, 130 after Ctrl-C."""
    try:
        command_line()(args=arguments, prog_name=PROGRAM)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    return 0

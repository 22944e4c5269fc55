"""Versions, and decisions as files that go from one workspace to another."""

import getpass
import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.client import connect
from cli.options import DEFAULT_WORKSPACE, DatasetOption, WorkspaceOption
from cli.statuses import answered

app = typer.Typer()
_PANEL = "Versions and decisions"
Conflicts = Literal["list", "mine"]  # store.decision_files.CONFLICTS
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="the JSON file of decisions")]


@app.command(rich_help_panel=_PANEL)
@answered
def freeze(
    name: Annotated[str, typer.Argument(metavar="NAME", help="the version's name")],
    dataset: DatasetOption,
    note: Annotated[str, typer.Option("--note", help="what changed, in a sentence", show_default=False)] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Keep a dataset as it is now under a name: a version."""
    with connect(workspace) as client:
        print(json.dumps(client.ask("freeze", dataset=dataset, name=name, note=note, who=getpass.getuser())))


@app.command("export-decisions", rich_help_panel=_PANEL)
@answered
def export_decisions(
    file: FileArgument, dataset: DatasetOption, workspace: WorkspaceOption = DEFAULT_WORKSPACE
) -> None:
    """Write everything that was decided to a file."""
    with connect(workspace) as client:
        print(json.dumps(client.ask("export-decisions", dataset=dataset, target=str(file.resolve()))))


@app.command("merge-review", rich_help_panel=_PANEL)
@answered
def merge_review(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the review.json that a reviewer saved")],
    dataset: DatasetOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Take in the review.json that a reviewer saved from a bundle: comments, scores, words on labels."""
    with connect(workspace) as client:
        order = {"dataset": dataset, "source": str(file.resolve()), "who": getpass.getuser()}
        print(json.dumps(client.ask("merge-review", **order)))


@app.command("merge-decisions", rich_help_panel=_PANEL)
@answered
def merge_decisions(
    file: FileArgument,
    dataset: DatasetOption,
    conflicts: Annotated[Conflicts, typer.Option("--conflicts", help="what differs comes in, or is left out")] = "list",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what it would bring")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Take in the decisions of another workspace."""
    order = {"dataset": dataset, "conflicts": conflicts, "dry_run": dry_run}
    with connect(workspace) as client:
        print(json.dumps(client.ask("merge-decisions", **order, source=str(file.resolve()))))

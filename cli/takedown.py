"""`takedown`: pictures that somebody asked to have removed, from the command line."""

import getpass
import json
from typing import Annotated

import typer

from analytics.wording import count
from cli.client import connect
from cli.options import DEFAULT_WORKSPACE, WorkspaceOption
from cli.statuses import answered
from jobs.engine.errors import UnknownParameter

app = typer.Typer(no_args_is_help=True)
DatasetOption = Annotated[
    str, typer.Option("--dataset", help="the dataset's name", metavar="NAME", show_default="every dataset")
]


@app.command()
@answered
def add(
    dataset: DatasetOption = "",
    address: Annotated[str, typer.Option("--address", metavar="URL", help="of a picture, or of its page")] = "",
    author: Annotated[str, typer.Option("--author", help="who made them, as the source says")] = "",
    site: Annotated[str, typer.Option("--site", metavar="HOST", help="a site, and all below it")] = "",
    picture: Annotated[str, typer.Option("--picture", help="its number, its path or its SHA-256")] = "",
    reason: Annotated[str, typer.Option("--reason", help="why, and who asked", show_default=False)] = "",
    delete: Annotated[
        bool, typer.Option("--delete-files", help="delete the files that a collection wrote, and their thumbnails")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Take pictures down: they count no more, are served to nobody, and are in no later export or collection."""
    given = {"address": address, "author": author, "site": site, "picture": picture}
    asked = [(what, value) for what, value in given.items() if value]
    if len(asked) != 1:
        raise UnknownParameter("Name one of --address, --author, --site and --picture.")
    ((what, value),) = asked
    order = {"dataset": dataset, "what": what, "value": value, "reason": reason, "delete": delete}
    with connect(workspace) as client:
        print(json.dumps(client.ask("take-down", **order, who=getpass.getuser())))


@app.command("list")
@answered
def list_takedowns(dataset: DatasetOption = "", workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """List the takedowns: those that stand first, newest first."""
    with connect(workspace) as client:
        found = client.ask("takedowns", dataset=dataset)
    for each in found:
        about = f"{each['what']} {each['value']}"
        where = each["dataset"] or "every dataset"
        why = f": {each['reason']}" if each["reason"] else ""
        print(f"{each['takedown']:>4}  {each['state']}, {count(each['pictures'], 'picture')} of {where}  {about}{why}")
    print(json.dumps({"takedowns": found}))


@app.command()
@answered
def withdraw(
    takedown: Annotated[int, typer.Argument(metavar="TAKEDOWN", help="its number, as `takedown list` shows it")],
    dataset: DatasetOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Have a takedown count no more; files that were deleted do not come back."""
    with connect(workspace) as client:
        order = {"dataset": dataset, "takedown_id": takedown}
        print(json.dumps(client.ask("withdraw-takedown", **order, who=getpass.getuser())))

"""`share` and `access`: who may see and change, from the command line."""

import getpass
import json
from typing import Annotated

import typer

from analytics.wording import count
from cli.client import connect
from cli.options import DEFAULT_WORKSPACE, WorkspaceOption
from cli.statuses import answered
from jobs.engine.errors import UnknownParameter
from store.acts import CURATOR, OWNER, REVIEWER, VIEWER
from store.workspace_file import read_owner

app = typer.Typer()
access = typer.Typer(no_args_is_help=True)
ROLES = (OWNER, CURATOR, REVIEWER, VIEWER)
RoleOption = Annotated[str, typer.Option("--role", help=f"one of {', '.join(ROLES)}")]


@app.command(rich_help_panel="Access")
@answered
def share(
    role: RoleOption = REVIEWER,
    dataset: Annotated[str, typer.Option("--dataset", help="only this dataset", show_default="all of them")] = "",
    version: Annotated[
        str, typer.Option("--version", help="only this frozen version", show_default="the dataset as it is")
    ] = "",
    days: Annotated[float, typer.Option("--days", min=0.01, max=366, help="after how many days it ends")] = 14,
    title: Annotated[str, typer.Option("--title", help="what it is called in the list", show_default=False)] = "",
    sees_people: Annotated[bool, typer.Option("--sees-people", help="people are not blurred for them")] = False,
    address: Annotated[
        str, typer.Option("--address", metavar="URL", help="where others reach the app", show_default="where it runs")
    ] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Make a link by which others come in with a role. It is shown once; whoever has it may come in until it ends."""
    order = {"title": title, "role": role, "days": days, "dataset": dataset, "version": version}
    with connect(workspace) as client:
        made = client.ask("share", **order, sees_people=sees_people, who=getpass.getuser())
    owner = read_owner(workspace.expanduser().resolve())
    running = owner.address if owner is not None and owner.address else "http://localhost:8501"
    url = f"{(address or running).rstrip('/')}{made['path']}"
    print(url)
    print(json.dumps({"link": made["link"], "url": url, "role": role, "ends": made["ends"]}))


@access.command("list")
@answered
def list_links(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """List the share links, with who came by each."""
    with connect(workspace) as client:
        found = client.ask("share-links")
    for each in found:
        guests = f": {', '.join(each['guests'])}" if each["guests"] else ""
        place = f"{each['dataset'] or 'everything'}  {each['title']}"
        print(f"{each['link']:>4}  {each['state']:<8} {each['role']:<9} {place}, ends {each['ends']}{guests}")
    print(json.dumps({"links": found}))


@access.command()
@answered
def revoke(
    link: Annotated[int, typer.Argument(metavar="LINK", help="the link's number, as `access list` shows it")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """End a share link at once; who came in by it is out."""
    with connect(workspace) as client:
        print(json.dumps(client.ask("revoke-link", link=link, who=getpass.getuser())))


@access.command()
@answered
def grant(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="an e-mail address, or @domain for all of it")],
    role: RoleOption = "",
    dataset: Annotated[
        list[str] | None, typer.Option("--dataset", help="only this one; may be repeated", show_default="all")
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="take the role away")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Give a role to somebody who signs in, or take it away."""
    if bool(role) == withdraw:
        raise UnknownParameter("Give --role with a role, or --withdraw to take it away.")
    with connect(workspace) as client:
        order = {"address": address, "role": role, "datasets": list(dataset or ())}
        print(json.dumps(client.ask("grant-role", **order, who=getpass.getuser())))


@access.command("log")
@answered
def show_log(
    n: Annotated[int, typer.Option("--n", min=1, max=100_000, help="how many lines")] = 50,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Show what was done, by whom, from where, newest first."""
    with connect(workspace) as client:
        found = client.ask("audit", n=n)
    for each in found:
        place = f" in {each['dataset']}" if each["dataset"] else ""
        print(f"{each['at']}  {each['who'] or 'the app':<20} {each['role']:<9} {each['did']}{place}")
    print(json.dumps({"shown": count(len(found), "line"), "log": found}))

"""`sync-qdrant`: an embedding space to Qdrant, and later what has changed of it."""

import getpass
from typing import Annotated

import typer

from cli.client import connect
from cli.follow import follow
from cli.options import DEFAULT_WORKSPACE, DatasetOption, WorkspaceOption
from cli.serving import PANEL
from cli.statuses import answered
from jobs.engine.kinds import load_kind

app = typer.Typer()


@app.command("sync-qdrant", rich_help_panel=PANEL)
@answered
def sync_qdrant(
    url: Annotated[str, typer.Option("--url", help="where Qdrant is: http://localhost:6333; or edge:FOLDER")],
    dataset: DatasetOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    space: Annotated[str, typer.Option("--space", help="the embedding space; without it the fullest")] = "",
    alias: Annotated[
        str, typer.Option("--alias", help="the name by which readers ask", show_default="vitrine_DATASET_SPACE")
    ] = "",
    quantisation: Annotated[str, typer.Option("--quantisation", help="none, or scalar: one byte a number")] = "none",
    full: Annotated[bool, typer.Option("--full", help="build it anew beside the one there is")] = False,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="also an alias that leads to a collection of somebody else's")
    ] = False,
) -> None:
    """Bring vectors to Qdrant, later what has changed; QDRANT_API_KEY of the environment is the key."""
    parameters = {
        "url": url,
        "space": space,
        "alias": alias,
        "quantisation": quantisation,
        "full": full,
        "take_over": take_over,
    }
    load_kind("sync-qdrant").read(parameters)  # refused here in words, before a workspace is made for it
    with connect(workspace) as client:
        follow(client, "start", kind="sync-qdrant", dataset=dataset, parameters=parameters, who=getpass.getuser())

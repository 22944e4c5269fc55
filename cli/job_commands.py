"""Jobs that are there: listed, ended, gone on with, started anew, packed for another machine and brought back."""

import getpass
import json
from pathlib import Path
from typing import Annotated

import typer

from cli.client import JobState, connect
from cli.follow import follow
from cli.options import DEFAULT_WORKSPACE, JobArgument, WorkspaceOption
from cli.statuses import answered
from jobs.engine.backends import HERE, ON_HELP, ON_METAVAR
from jobs.engine.errors import PackRefused
from jobs.engine.folder import JobFolder, all_job_folders, has_room, job_folder
from jobs.engine.pack import pack, unpack
from jobs.engine.spec import DONE, RUNNING

app = typer.Typer()
_JOBS, _ELSEWHERE = "Jobs", "On another machine"


@app.command("list", rich_help_panel=_JOBS)
@answered
def list_jobs(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: Annotated[bool, typer.Option("--json", help="as one line of JSON, for programs")] = False,
) -> None:
    """List the jobs of a workspace."""
    states = []
    for folder in all_job_folders(workspace.resolve()):
        state = folder.state()
        if state:
            state["progress"] = vars(folder.progress()) if state["state"] == RUNNING else None
            if state["state"] == RUNNING and folder.is_left():
                state["message"] = _ended_unsaid(folder)
            states.append(state)
    states.sort(key=lambda state: str(state["created_at"]))
    if as_json:
        print(json.dumps(states, default=str))
        return
    for state in states:
        print(_line(state))
    if not states:
        print("No jobs yet.")


@app.command(rich_help_panel=_JOBS)
@answered
def cancel(id: JobArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """End a running job; what it finished is kept."""
    with connect(workspace) as client:
        client.ask("cancel", job_id=id)
        state = client.wait(id, report=lambda progress: None)
    print(json.dumps({"job": id, "state": state["state"], "message": state["message"]}))


@app.command(rich_help_panel=_JOBS)
@answered
def resume(
    id: JobArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar=ON_METAVAR, help=f"{ON_HELP}; `here`: this one", show_default="as before"),
    ] = None,
) -> None:
    """Go on with a job that ended early, for the rows still missing."""
    with connect(workspace) as client:
        follow(client, "resume", job_id=id, on=HERE if on == "here" else on)


@app.command(rich_help_panel=_JOBS)
@answered
def retry(id: JobArgument, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Start an ended job anew with the same parameters."""
    with connect(workspace) as client:
        follow(client, "retry", job_id=id, who=getpass.getuser())


@app.command("pack", rich_help_panel=_ELSEWHERE)
@answered
def pack_job(
    id: JobArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="ZIP", help="where to", show_default="ID.zip")
    ] = None,
    originals: Annotated[
        bool, typer.Option("--originals", help="also where the people of the dataset are blurred")
    ] = False,
) -> None:
    """Write a job with its pictures and code to a zip that runs on any machine."""
    target = output or Path(f"{id}.zip")
    dataset = job_folder(workspace.resolve(), id).spec().dataset
    with connect(workspace) as client:
        if not originals and client.ask("people-are-blurred", dataset=dataset):
            raise PackRefused(
                f"The people of {dataset} are blurred in all that leaves the app, and a packed job holds the pictures "
                "as they are, for it computes on them. Give it to your own machine alone, with --originals."
            )
    n_pictures = pack(workspace.resolve(), id, target, report=lambda done, total: None)
    print(json.dumps({"job": id, "file": str(target), "pictures": n_pictures, "bytes": target.stat().st_size}))


@app.command("unpack", rich_help_panel=_ELSEWHERE)
@answered
def unpack_job(
    archive: Annotated[Path, typer.Argument(metavar="ZIP", help="the zip with the results")],
    job: Annotated[str, typer.Option("--job", metavar="ID", help="the job that was packed")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Bring the results of a packed job back."""
    job_folder(workspace.resolve(), job).spec()
    with connect(workspace) as client:
        n_segments = unpack(client.root, archive, job)
        state = client.ask("land", job_id=job)
    print(json.dumps({"job": job, "segments": n_segments, "state": state}))


def _ended_unsaid(folder: JobFolder) -> str:
    """What is to be said of a job that stands as running, and has no worker any more."""
    if not has_room(folder.path):
        return "its worker has ended; how cannot be written down, for the disk is full"
    return "its worker has ended; whoever opens the workspace next, or has it open, says how"


def _line(state: JobState) -> str:
    progress = state["progress"]
    # an analysis may leave several rows an image, or a few in all
    done = progress["done"] if progress else state["n_todo"] if state["state"] == DONE else state["n_done"]
    counts = f"{done:>9,} of {state['n_todo']:,}"
    return f"{state['id']:<18} {state['state']:<12} {state['dataset']:<20} {counts:<22} {state['message']}".rstrip()

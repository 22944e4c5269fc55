"""The workspace as a whole: a copy of its file, its devices, the demo, and the check of a submission."""

import getpass
import json
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.wording import count
from cli.client import connect, outcome
from cli.follow import waited
from cli.options import DEFAULT_WORKSPACE, WorkspaceOption
from cli.statuses import DONE, FAILED, answered
from cli.uploads import PublicOption, send, warn
from importers.stores import Address, address_of, is_store_url
from jobs.engine.errors import JobError, UnknownParameter
from jobs.engine.public_buckets import require_private
from store.connection import utc_now
from store.workspace_file import FILE_NAME, set_wal_aside

app = typer.Typer()
_PANEL = "Data"


@app.command("check-submission", rich_help_panel=_PANEL)
@answered
def check_submission(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="the folder of the submission")],
    original: Annotated[
        str,
        typer.Option("--original", metavar="W/NAME", help="the workspace and the dataset that the course gave out"),
    ],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> int:
    """Check a folder against every rule of a DS801 submission: a line for each that is broken, errors first."""
    above, _, name = original.rstrip("/").rpartition("/")
    root = Path(above) if above else workspace
    if not (root.expanduser() / FILE_NAME).is_file():
        raise UnknownParameter(f"There is no workspace in {root}; write --original WORKSPACE/DATASET.")
    with connect(root) as client:
        order = {"dataset": name, "parameters": {"folder": str(folder.expanduser().absolute())}}
        checked = outcome(waited(client, "start", kind="check-submission", **order, who=getpass.getuser()))
    asks = {rule["rule"]: rule["asks"] for rule in checked.pop("rules")}
    for finding in checked["findings"]:
        rule = finding["rule"]
        print(f"{finding['level'].upper()} {rule} ({finding['n']:,}): {asks[rule]}", file=sys.stderr)
        for example in finding["examples"]:
            print(f"    {example}", file=sys.stderr)
    verdict = "passes" if checked["passes"] else "fails"
    print(
        f"{verdict}: {count(checked['n_errors'], 'error')}, {count(checked['n_warnings'], 'warning')}", file=sys.stderr
    )
    print(json.dumps(checked, default=str))
    return DONE if checked["passes"] else FAILED


@app.command(rich_help_panel=_PANEL)
@answered
def snapshot(
    target: Annotated[str, typer.Argument(metavar="FILE|URL", help="the new file, or s3://BUCKET/PREFIX")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    to_public: PublicOption = False,
) -> None:
    """Write a consistent copy of the database, also while the app runs; to a bucket: with a manifest, checked."""
    if is_store_url(target):
        print(json.dumps(_sent_snapshot(address_of(target), workspace.expanduser().resolve(), to_public=to_public)))
        return
    file = Path(target).resolve()
    with connect(workspace) as client:
        client.ask("snapshot", target=str(file))
    print(json.dumps({"file": str(file), "bytes": file.stat().st_size}))


def _sent_snapshot(to: Address, workspace: Path, *, to_public: bool) -> dict[str, Any]:
    """Write a copy among the exports, bring it to a bucket, and remove it once it is there."""
    warn(to)
    require_private(to, to_public=to_public)  # before minutes are spent on the copy
    file = workspace / "exports" / f"vitrine-{utc_now():%Y%m%d-%H%M%S}.duckdb"
    with connect(workspace) as client:
        client.ask("snapshot", target=str(file))
    try:
        brought = send(file, to, workspace=workspace, to_public=to_public)
    except (JobError, KeyboardInterrupt):
        again = shlex.join(["vitrine", "upload", str(file), to.url])
        print(f"The copy stays in {file}. To go on: {again}", file=sys.stderr)
        raise
    file.unlink()
    return brought.figures()


@app.command("set-log-aside", rich_help_panel=_PANEL)
@answered
def set_log_aside(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Rename a damaged write-ahead log (vitrine.duckdb.wal), so that the workspace opens without what it held."""
    print(json.dumps({"file": str(set_wal_aside(workspace.expanduser().resolve()))}))


@app.command(rich_help_panel="Jobs")
@answered
def devices(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Print the devices a job can run on, as JSON."""
    from models.devices import list_devices

    print(json.dumps([vars(device) for device in list_devices()]))


@app.command(rich_help_panel=_PANEL)
@answered
def demo(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    analyse: Annotated[bool, typer.Option(help="look for what was planted; else the vectors are all")] = True,
    wait: Annotated[bool, typer.Option(help="until it has ended; else the dashboard goes on with the rest")] = True,
) -> None:
    """Make the demo workspace: digits with planted, recorded defects, analysed."""
    from cli.demo.run import run_demo

    with connect(workspace) as client:
        run_demo(client, analyses=analyse, waits=wait, say=lambda text: print(text, file=sys.stderr))

"""`upload`: what a job wrote, or any file, to a bucket; `link`: a link to an object that ends; both by S3."""

import getpass
import hashlib
import json
from pathlib import Path
from typing import Annotated

import typer

from cli.client import connect
from cli.follow import follow
from cli.options import DEFAULT_WORKSPACE, WorkspaceOption
from cli.progress import ProgressLine
from cli.statuses import answered
from importers.sources import CACHE
from importers.stores import Address, address_of
from jobs.engine.bucket_links import presigned, seconds_of
from jobs.engine.folder import job_folder
from jobs.engine.public_buckets import warning, why_public
from jobs.engine.spec import Progress
from jobs.engine.version import code_version
from jobs.upload.bring import Brought, bring
from jobs.upload.limits import MIB, USUAL, Limits

app = typer.Typer()
_PANEL = "Buckets"
_UPLOADS = "uploads"  # in the workspace's cache: what direct uploads remember
PublicOption = Annotated[
    bool, typer.Option("--to-public", help="write also to a bucket that anybody may read; else that is refused")
]


@app.command(rich_help_panel=_PANEL)
@answered
def upload(
    what: Annotated[str, typer.Argument(metavar="ID|PATH", help="a job that wrote a file or folder, or a path")],
    to: Annotated[str, typer.Argument(metavar="URL", help="s3://BUCKET/PREFIX")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    to_public: PublicOption = False,
    part_mb: Annotated[int, typer.Option("--part-mb", min=5, max=5120, help="MiB that go at once")] = 64,
) -> None:
    """Bring a file or a folder to a bucket, with a manifest, and check it; the same again goes on with the rest."""
    address = address_of(to)
    warn(address)
    root = workspace.expanduser().resolve()
    if (root / "jobs" / what).is_dir() and "/" not in what:
        parameters = {"job": what, "to": address.url, "to_public": to_public, "part_mb": part_mb}
        dataset = job_folder(root, what).spec().dataset
        with connect(workspace) as client:
            follow(client, "start", kind="upload", dataset=dataset, parameters=parameters, who=getpass.getuser())
        return
    source = Path(what).expanduser().resolve()
    brought = send(source, address, workspace=root, to_public=to_public, limits=Limits(part=part_mb * MIB))
    print(json.dumps(brought.figures()))


@app.command(rich_help_panel=_PANEL)
@answered
def link(
    url: Annotated[str, typer.Argument(metavar="URL", help="the object, s3://BUCKET/KEY")],
    expires: Annotated[str, typer.Option("--expires", metavar="TIME", help="30m, 24h, 7d: 7 days at most")] = "24h",
) -> None:
    """Print a link to an object that needs no credentials until it expires. Whoever has it may read the object."""
    print(presigned(url, seconds=seconds_of(expires)))


def warn(address: Address) -> None:
    """Say in red, before anything is written, that anybody may read a bucket."""
    ways = why_public(address)
    if ways:
        typer.secho(warning(address, ways), fg=typer.colors.RED, bold=True, err=True)


def send(source: Path, to: Address, *, workspace: Path, to_public: bool, limits: Limits = USUAL) -> Brought:
    """Bring a file or a folder from this process, remembering in the workspace's cache what is there."""
    mark = hashlib.sha256(f"{source}\0{to.url}".encode()).hexdigest()[:24]
    about = {"made_by": f"Vitrine {code_version()}", "source": source.name}
    with ProgressLine("upload") as line:
        return bring(
            source,
            to,
            receipts=workspace / CACHE / _UPLOADS / f"{mark}.jsonl",
            about=about,
            say=lambda n, total, message: line.show(_progress(n, total, message)),
            to_public=to_public,
            limits=limits,
        )


def _progress(n: int, total: int, message: str) -> Progress:
    return Progress(
        done=n, total=total, failed=0, per_second=None, message=message, elapsed_s=0.0, rss_bytes=0, updated_at=0.0
    )

"""`index`, `serve` and `key`: similarity as a service, from an index that is written once and needs no workspace."""

import datetime
import getpass
import json
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from analytics.wording import count
from cli.client import connect
from cli.follow import follow
from cli.options import DEFAULT_WORKSPACE, DatasetOption, WorkspaceOption
from cli.statuses import answered
from jobs.engine.errors import NotNow, UnknownParameter
from jobs.engine.version import code_version

app = typer.Typer()
keys = typer.Typer(no_args_is_help=True)
PANEL = "Service"
FIRST_PORT = 8600
IndexOption = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="the index's folder", show_default="WORKSPACE/exports/service"),
]


def index_folder(index: Path | None, workspace: Path) -> Path:
    """The index that is meant: the one that was named, or that of the workspace."""
    return (index or workspace / "exports" / "service").expanduser().resolve()


@app.command("index", rich_help_panel=PANEL)
@answered
def write_index(
    dataset: DatasetOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    index: IndexOption = None,
    space: Annotated[str, typer.Option("--space", help="the embedding space; without it the fullest")] = "",
    picture_side: Annotated[
        int,
        typer.Option(
            "--picture-side", min=0, max=4096, help="pictures of so many pixels a side too; 0: thumbnails alone"
        ),
    ] = 0,
) -> None:
    """Write a dataset as an index that `serve` answers from; a service that runs takes it up by itself."""
    parameters = {
        "folder": "" if index is None else str(index_folder(index, workspace)),
        "space": space,
        "picture_side": picture_side,
    }
    with connect(workspace) as client:
        follow(
            client,
            "start",
            kind="service-index",
            dataset=dataset,
            parameters=parameters,
            hold=False,
            who=getpass.getuser(),
        )


@app.command("serve", rich_help_panel=PANEL)
@answered
def serve_index(  # noqa: PLR0913 - an option each
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    index: IndexOption = None,
    address: Annotated[
        str, typer.Option("--address", help="where it listens; 0.0.0.0 for other machines as well")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="where it listens")] = FIRST_PORT,
    host: Annotated[
        list[str] | None, typer.Option("--host", metavar="NAME", help="a name by which it may be asked; without: any")
    ] = None,
    cors_origin: Annotated[
        list[str] | None, typer.Option("--cors-origin", metavar="URL", help="a site whose pages may ask; without: none")
    ] = None,
    rate: Annotated[float, typer.Option("--rate", min=0, help="requests a second of one key; 0: any number")] = 50.0,
    upload_mb: Annotated[int, typer.Option("--upload-mb", min=1, max=1000, help="megabytes of a picture at most")] = 10,
    megapixels: Annotated[int, typer.Option("--megapixels", min=1, max=180, help="of a picture at most")] = 50,
    lazy: Annotated[
        bool, typer.Option("--lazy", help="load models when they are first needed, not at the start")
    ] = False,
    qdrant: Annotated[
        str, typer.Option("--qdrant", metavar="URL", help="ask a Qdrant what is near, by the alias of `sync-qdrant`")
    ] = "",
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="seconds until a request is given up")] = 30.0,
) -> None:
    """Answer what is like a picture by HTTP, from an index, until Ctrl-C. Docs: http://127.0.0.1:8600/docs."""
    from service import alone
    from service.key_file import BadKeyFile
    from service.limits import Limits

    limits = Limits(rate=rate, upload_bytes=upload_mb << 20, pixels=megapixels * 1_000_000, seconds=timeout)
    plan = alone.Plan(
        index_folder(index, workspace),
        address,
        port,
        code_version(),
        limits,
        hosts=tuple(host or ()),
        cors_origins=tuple(cors_origin or ()),
        loads_models=not lazy,
        qdrant=_checked(qdrant),
    )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("vitrine.service").setLevel(logging.INFO)
    if not plan.index.is_dir():
        raise UnknownParameter(f"There is no index in {plan.index}. Write one: `vitrine index --dataset NAME`.")
    shown = f"[{address}]" if ":" in address else address
    print(f"Serving {plan.index} on http://{shown}:{port} (its docs: /docs). Ctrl-C ends it.", file=sys.stderr)
    try:
        alone.serve(plan)
    except (alone.NotServed, BadKeyFile) as error:
        raise NotNow(str(error)) from error


def _checked(qdrant: str) -> str:
    """The address of a Qdrant, if one was named; raises UnknownParameter."""
    from service.qdrant.address import checked_url

    try:
        return checked_url(qdrant) if qdrant else ""
    except ValueError as error:
        raise UnknownParameter(f"--qdrant {error}") from None


@keys.command("add")
@answered
def add_key(
    name: Annotated[str, typer.Argument(help="whose it is, or what it is for")],
    dataset: Annotated[
        list[str] | None, typer.Option("--dataset", metavar="NAME", help="a dataset that it opens; without: all")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=0, max=36_500, help="until it expires; 0: never")] = 0,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    index: IndexOption = None,
) -> None:
    """Make a key for `serve`. It is printed once and kept nowhere; the index's folder keeps its hash."""
    from service.key_file import BadKeyFile, KeyFile
    from service.keys import utc_now

    folder = index_folder(index, workspace)
    try:
        expires = utc_now() + datetime.timedelta(days=days) if days else None
        key, secret = KeyFile(folder).add(name=name, datasets=sorted(dataset) if dataset else None, expires_at=expires)
    except BadKeyFile as error:
        raise UnknownParameter(str(error)) from error
    print(f"The key, shown this once:\n\n    {secret}\n", file=sys.stderr)
    print(json.dumps({"id": key.id, "name": key.name, "datasets": key.datasets, "key": secret}))


@keys.command("list")
@answered
def list_keys(workspace: WorkspaceOption = DEFAULT_WORKSPACE, index: IndexOption = None) -> None:
    """List the keys of an index: number, name, datasets, until when."""
    from service.key_file import BadKeyFile, KeyFile
    from service.keys import utc_now

    try:
        kept = KeyFile(index_folder(index, workspace)).all()
    except BadKeyFile as error:
        raise NotNow(str(error)) from error
    valid = [key for key in kept if key.is_valid(utc_now())]
    print(f"{count(len(valid), 'key')} of {len(kept):,} can be used.", file=sys.stderr)
    told = [key.model_dump(mode="json", exclude={"sha256"}) | {"valid": key in valid} for key in kept]
    print(json.dumps({"keys": told}))


@keys.command("revoke")
@answered
def revoke_key(
    key: Annotated[str, typer.Argument(metavar="ID", help="the key's number, as `key list` shows it")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    index: IndexOption = None,
) -> None:
    """Let a key open nothing any more, at once, also where a service runs."""
    from service.key_file import BadKeyFile, KeyFile

    try:
        gone = KeyFile(index_folder(index, workspace)).revoke(key)
    except BadKeyFile as error:
        raise UnknownParameter(str(error)) from error
    print(json.dumps({"id": gone.id, "name": gone.name, "revoked_at": f"{gone.revoked_at}"}))

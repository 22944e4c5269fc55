"""`open`: the dashboard of a workspace, in the browser."""

import contextlib
import os
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cli.options import DEFAULT_WORKSPACE, WorkspaceOption
from cli.statuses import answered
from importers.sources import named_root
from jobs.engine.errors import NotNow, UnknownParameter
from store.errors import WorkspaceBusy
from store.workspace_file import FILE_NAME, Owner, read_owner

app = typer.Typer()
APP = Path(__file__).parents[1] / "app.py"
FIRST_PORT, N_PORTS = 8501, 200  # the first is Streamlit's own


@app.command("open", rich_help_panel="Dashboard")
@answered
def open_dashboard(
    named: Annotated[
        Path | None, typer.Argument(metavar="WORKSPACE", help="the workspace's folder", show_default="./workspace")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="where it listens", show_default="8501, or a free one"),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="open a browser there")] = True,
    address: Annotated[
        str, typer.Option("--address", help="the address it listens on; 0.0.0.0 for other machines as well")
    ] = "localhost",
    host: Annotated[
        list[str] | None, typer.Option("--host", metavar="NAME", help="a name by which other machines reach it")
    ] = None,
    import_root: Annotated[
        list[str] | None,
        typer.Option(
            "--import-root",
            metavar="DIR",
            help="a folder or s3://BUCKET/PREFIX that visitors may import from; without: any",
        ),
    ] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open-to-all", help="whoever reaches the app may do everything; without: nobody may")
    ] = False,
) -> None:
    """Show a workspace in the browser, until Ctrl-C. A folder that is not there, or is empty, becomes a new one.

    If an app shows it already, the browser is led there.
    """
    root = (named or workspace).expanduser().resolve()
    owner = read_owner(root)
    if owner is not None and owner.address is not None:
        print(f"{root} is shown already, at {owner.address} (process {owner.pid}, since {owner.started}).")
        if browser and _has_screen():
            webbrowser.open(owner.address)
        return
    _require_workspace(root, owner)
    if port is not None and not _is_free(port, address):
        raise NotNow(f"Something listens on port {port} already. Name another, or leave --port out.")
    chosen = port or next(
        (number for number in range(FIRST_PORT, FIRST_PORT + N_PORTS) if _is_free(number, address)), 0
    )
    if not chosen:
        raise NotNow(f"No port from {FIRST_PORT} to {FIRST_PORT + N_PORTS - 1} is free; name one with --port.")
    options = [f"--server.port={chosen}", f"--server.address={address}"]
    options += [] if browser else ["--server.headless=true"]
    options += [f"--server.allowedHosts={name}" for name in host or ()]
    options += [f"--browser.serverAddress={name}" for name in (host or [])[:1]]
    roots = [f"--import-root={named_root(folder, Path())}" for folder in import_root or ()]
    everybody = ["--open-to-all"] if open_to_all else []
    _become([*options, "--", "--workspace", str(root), *roots, *everybody])


def _has_screen() -> bool:
    """Whether a browser can show itself; without one, Linux may offer one for the terminal."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _require_workspace(root: Path, owner: Owner | None) -> None:
    """Refuse a folder that is something else, and a workspace that another process has open."""
    if owner is not None:
        raise WorkspaceBusy(root / FILE_NAME, pid=owner.pid, started=owner.started, command=owner.command)
    if (root / FILE_NAME).exists() or not root.is_dir() or not any(root.iterdir()):
        return
    raise UnknownParameter(
        f"{root} is no workspace, and it is not empty. If it holds pictures: `vitrine import '{root}'`, then "
        "`vitrine open`."
    )


def _is_free(port: int, address: str) -> bool:
    """Whether nothing listens on a port, by any of the addresses that a name stands for."""
    try:
        found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UnknownParameter(f"--address {address} is no address of this machine: {error}.") from error
    for family, kind, protocol, _, place in found:
        with contextlib.suppress(OSError), socket.socket(family, kind, protocol) as probe:  # a family may be missing
            probe.settimeout(1)
            if probe.connect_ex(place) == 0:
                return False
    return True


def _become(words: list[str]) -> NoReturn:
    """Go on as Streamlit with the app: the same process where there is such a thing, so that it ends as it began.

    -P: the folder that it is started in is not searched for modules. Streamlit takes our settings from beside app.py.
    """
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(APP), *words]
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    raise typer.Exit(subprocess.run(command).returncode)

"""Small pictures a second from the app, beside servers that do nothing but send files, in the same run.

    python benchmarks/thumbnails.py --pictures DIR [--workspace W --dataset NAME] [--project CHECKOUT] [--seconds 5]

The pictures are imported into a workspace of their own, or W names one where they are. Beside the app: nginx with one
worker (where it is installed), uvicorn with Starlette's StaticFiles, and the route that a tutorial writes, which asks
DuckDB for each picture and sends a FileResponse; with --project (and --pictures) also the app of another checkout, with
an import of its own. Clients and server share the machine's cores: what the clients take of them is told. Up to 3,600
pictures are asked for in a random order, once each and then again and again, as thirty people with galleries of 120 do.
Last, a new app's first gallery: 60 and 120 pictures over six connections, as a browser asks.
"""

import argparse
import asyncio
import contextlib
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.app import cpu_seconds, free_port, memory_mb, running_app
from benchmarks.support.child import PROJECT
from benchmarks.support.file_servers import NGINX, nginx, python_server
from benchmarks.support.requests import ask, for_seconds
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions
from store.connection import open_workspace
from store.datasets import find_dataset

BAR, GALLERY_BAR_S = 1_500, 0.5
AT_A_TIME = 3_600  # pictures
OURS, DATASET = "the app", "pictures"
COLUMNS = ("served by", "clients", "a second", "median ms", "95 in 100, ms", "processor of the server, ms each")
COLUMNS += ("cores of the clients", "MB")
Image = tuple[int, str]  # id, path below the dataset's folder


@dataclass(frozen=True)
class Served:
    """A server that runs. path: where it has an image."""

    port: int
    pid: int
    path: Callable[[Image], str]


def main() -> None:
    """Print three tables."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as made:
        folder = Path(made)
        root, name = arguments.workspace, arguments.dataset
        if root is None:
            root, name = _imported(arguments.pictures, folder / "w", PROJECT), DATASET
        images, pictures = _images(root, name)
        print(f"{conditions()}, {len(images):,} pictures; bar: {BAR:,} a second")
        rates = {}
        print_header(*COLUMNS)
        servers = _servers(root, pictures, folder)
        if arguments.project:
            other = _imported(arguments.pictures, folder / "other", arguments.project)
            servers[f"the app of {arguments.project.name}"] = lambda: _other_app(other, arguments.project)
        for server, run in servers.items():
            with run() as served:
                rates[server] = measure(server, served, images, arguments)
        print_ratios(rates)
        measure_galleries(root, images)


def measure(server: str, served: Served, images: list[Image], arguments: argparse.Namespace) -> dict[int, float]:
    """Pictures a second by number of clients, of a server that runs."""
    paths = [served.path(image) for image in images[:AT_A_TIME]]
    _measured(f"{server}, each for the first time", served, iter(paths), n_clients=20)
    return {
        n_clients: _measured(server, served, for_seconds(paths, arguments.seconds), n_clients=n_clients)
        for n_clients in arguments.clients
    }


def _measured(server: str, served: Served, paths: Iterator[str], *, n_clients: int) -> float:
    """Print a row; pictures a second."""
    before = cpu_seconds(served.pid)
    answers = asyncio.run(ask(served.port, paths, n_clients=n_clients))
    spent = (cpu_seconds(served.pid) - before) / len(answers.seconds)
    if answers.refused:
        raise SystemExit(f"{server} refused {len(answers.refused)}: {answers.refused[0]}")
    figures = f"{answers.median_ms:.2f}", f"{answers.p95_ms:.2f}", f"{spent * 1000:.2f}", f"{answers.cpu:.2f}"
    print_row(server, n_clients, f"{answers.a_second:,.0f}", *figures, f"{memory_mb(served.pid):.0f}")
    return answers.a_second


def print_ratios(rates: dict[str, dict[int, float]]) -> None:
    """How many times as fast as each of the others the app is."""
    ours = rates[OURS]
    print_header("the app, so many times as fast as", *(f"{n} clients" for n in ours))
    for server, theirs in rates.items():
        if server != OURS:
            print_row(server, *(f"{ours[n] / theirs[n]:.2f}" for n in ours))


def measure_galleries(root: Path, images: list[Image]) -> None:
    """Seconds until a gallery is whole, of an app that was started for it."""
    print_header("an app's first gallery", "seconds", "bar")
    for n in (60, 120):
        with running_app(root) as app:
            paths = [f"/vitrine/thumb/{image_id}?v=0" for image_id, _ in images[:n]]
            answers = asyncio.run(ask(app.port, iter(paths), n_clients=6))
        print_row(f"{len(answers.seconds)} pictures, 6 connections", f"{answers.elapsed_s:.3f}", GALLERY_BAR_S)


def _servers(root: Path, pictures: Path, folder: Path) -> dict[str, Callable[[], AbstractContextManager[Served]]]:
    """The servers to measure, by what they are called."""

    @contextlib.contextmanager
    def app() -> Iterator[Served]:
        with running_app(root) as running:
            yield Served(running.port, running.process.pid, lambda image: f"/vitrine/thumb/{image[0]}?v=0")

    @contextlib.contextmanager
    def files(kind: str, path: Callable[[Image], str], *database: Path) -> Iterator[Served]:
        port = free_port()
        with python_server(kind, port, pictures, *database) as pid:
            yield Served(port, pid, path)

    @contextlib.contextmanager
    def of_nginx() -> Iterator[Served]:
        port = free_port()
        with nginx(port, pictures, place=folder / "nginx") as pid:
            yield Served(port, pid, lambda image: f"/{image[1]}")

    database = Path(shutil.copy(root / "vitrine.duckdb", folder / "copy.duckdb"))
    servers: dict[str, Callable[[], AbstractContextManager[Served]]] = {
        OURS: app,
        "uvicorn, StaticFiles": lambda: files("static", lambda image: f"/{image[1]}"),
        "uvicorn, DuckDB and FileResponse": lambda: files("query", lambda image: f"/thumb/{image[0]}", database),
    }
    if NGINX:
        servers["nginx, one worker"] = of_nginx
    else:
        print("Skipped nginx: it is not installed.")
    return servers


@contextlib.contextmanager
def _other_app(root: Path, project: Path) -> Iterator[Served]:
    """The app of another checkout, whose images may have other numbers."""
    with duckdb.connect(root / "vitrine.duckdb", read_only=True) as connection:
        numbers = dict(connection.execute("SELECT path, id FROM image").fetchall())
    with running_app(root, project=project) as running:
        yield Served(running.port, running.process.pid, lambda image: f"/vitrine/thumb/{numbers[image[1]]}?v=0")


def _imported(pictures: Path, root: Path, project: Path) -> Path:
    """A new workspace `root` in which a checkout has imported the pictures as DATASET."""
    order = ("import", pictures, "--name", DATASET, "--yes", "--workspace", root)
    words = [sys.executable, "-m", "jobs", *map(str, order)]
    subprocess.run(words, cwd=project, stdout=subprocess.DEVNULL, check=True)
    return root


def _images(root: Path, name: str) -> tuple[list[Image], Path]:
    """All images that are there, in a random order, and the folder that they lie in."""
    workspace = open_workspace(root)
    dataset = find_dataset(workspace, name)
    table = workspace.read("pictures_by_path", dataset_id=dataset.id)
    workspace.close()
    images = list(zip(table["image_id"].to_pylist(), table["path"].to_pylist(), strict=True))
    return random.Random(801).sample(images, len(images)), Path(dataset.root)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, help="a folder of pictures, to be imported")
    parser.add_argument("--workspace", type=Path, help="a workspace instead, which no app has open")
    parser.add_argument("--dataset", default="", help="its dataset")
    parser.add_argument("--project", type=Path, help="another checkout, whose app is measured too")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each row (5)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 20, 32])
    arguments = parser.parse_args()
    if not (arguments.pictures or arguments.workspace):
        parser.error("give --pictures or --workspace")
    return arguments


if __name__ == "__main__":
    main()

"""The similarity service under load, beside one written as a tutorial would, and its search beside Qdrant's engine.

    python benchmarks/service.py --index DIR --pictures DIR     # an index of `vitrine index`: load, then search
    python benchmarks/service.py --synthetic 1000000 --dim 256 --ways search --qdrant-python PYTHON

Load: `vitrine serve` and the tutorial's service, each a process of its own, asked on loopback by 1, 8 and 32 clients in
a third process, by number and by picture. Search: in one process, one query at a time; recall among the ten nearest
against a comparison with every vector. The bar: five times as many answers a second by number as the tutorial's.
"""

import argparse
import base64
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pyarrow as pa

from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, timed
from service import layout
from service.folder_index import open_version
from service.layout import FileFacts, Manifest, SpaceFacts
from service.search import Batches, Query, write_lists

SUPPORT, PROJECT = Path(__file__).parent / "support", Path(__file__).resolve().parents[1]
N_QUERIES = 200


@dataclass(frozen=True)
class Served:
    """A server under load. ask: method, path, body and type of each request."""

    name: str
    port: int
    by_number: list[dict[str, str]]
    by_picture: list[dict[str, str]]


def main() -> None:
    """Print the tables."""
    arguments = _arguments()
    print(f"{conditions()}; median of {arguments.rounds} rounds of {arguments.seconds:g} s")
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-", dir=arguments.scratch) as folder:
        index = arguments.index or synthetic(Path(folder) / "index", n=arguments.synthetic, dim=arguments.dim)
        version = layout.newest_versions(index)[0]
        if "load" in arguments.ways:
            measure_load(index, version, arguments, scratch=Path(folder))
        if "search" in arguments.ways:
            measure_search(version, arguments, scratch=Path(folder))


def measure_load(index: Path, version: Path, arguments: argparse.Namespace, *, scratch: Path) -> None:
    """Answers a second and milliseconds of both services."""
    print_header("service", "asked by", "clients", "n", "failed", "answers/s", "p50 ms", "p95 ms", "p99 ms")
    pictures = (
        sorted(path for path in arguments.pictures.iterdir() if path.is_file())[:64] if arguments.pictures else []
    )
    with ExitStack() as stack:
        services = [stack.enter_context(ours(index, version, pictures))]
        services += [
            stack.enter_context(tutorial(version, pictures, metric=metric, scratch=scratch))
            for metric in arguments.metrics
        ]
        for way in ("number", "picture") if pictures else ("number",):
            for clients in arguments.clients:
                loaded(services, way, clients, arguments)


def loaded(services: list[Served], way: str, clients: int, arguments: argparse.Namespace) -> None:
    """A row a service; they are asked in turns, so that what else the machine does falls on all of them."""
    told: dict[str, list[dict[str, float]]] = {served.name: [] for served in services}
    for _ in range(arguments.rounds):
        for served in services:
            requests = served.by_number if way == "number" else served.by_picture
            told[served.name].append(load(served.port, requests, clients=clients, seconds=arguments.seconds))
    for name, rounds in told.items():
        middle = {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
        n, failed = (int(sum(each[key] for each in rounds)) for key in ("n", "n_failed"))
        times = [f"{middle[share]:.1f}" for share in ("p50", "p95", "p99")]
        print_row(name, way, clients, f"{n:,}", failed, f"{middle['per_second']:.1f}", *times)


def load(port: int, requests: list[dict[str, str]], *, clients: int, seconds: float) -> dict[str, float]:
    """What the process of clients says."""
    command = [sys.executable, str(SUPPORT / "service_load.py"), "127.0.0.1", str(port), str(clients), str(seconds)]
    lines = "\n".join(json.dumps(request) for request in requests)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


@contextmanager
def ours(index: Path, version: Path, pictures: list[Path]) -> Iterator[Served]:
    """`vitrine serve` on the index."""
    manifest, ids = layout.read_manifest(version), np.load(version / layout.VECTOR_IDS)
    at = f"/datasets/{layout.slug_of(manifest.dataset)}"
    chosen = np.random.default_rng(801).choice(ids, min(2_000, len(ids)), replace=False).tolist()
    port = free_port()
    words = ["-m", "vitrine", "serve", "--index", str(index), "--port", str(port), "--rate", "0", "--lazy"]
    with running([sys.executable, *words], f"http://127.0.0.1:{port}/ready"):
        by_picture = [form(f"{at}/similar/picture?limit=10", path) for path in pictures]
        if by_picture:
            load(port, by_picture[:1], clients=1, seconds=1)  # the model is there
        yield Served("Vitrine", port, [get(f"{at}/images/{number}/similar?limit=10") for number in chosen], by_picture)


@contextmanager
def tutorial(version: Path, pictures: list[Path], *, metric: str, scratch: Path) -> Iterator[Served]:
    """The tutorial's service on the same vectors."""
    vectors = np.load(version / layout.VECTORS, mmap_mode="r")
    rows = np.random.default_rng(801).choice(len(vectors), min(2_000, len(vectors)), replace=False).tolist()
    port = free_port()
    command = [sys.executable, str(SUPPORT / "service_tutorial.py"), str(version / layout.VECTORS), str(port), metric]
    with running(command, f"http://127.0.0.1:{port}/openapi.json"):
        by_picture = [form("/similar/picture", path) for path in pictures]
        if by_picture:
            load(port, by_picture[:1], clients=1, seconds=1)
        yield Served(f"tutorial, {metric}", port, [get(f"/similar/{row}") for row in rows], by_picture)


def measure_search(version: Path, arguments: argparse.Namespace, *, scratch: Path) -> None:
    """Recall and milliseconds of the search alone."""
    index, opening = timed(lambda: open_version(version, hashes=False))
    n, dim = index.vectors.shape
    rows = np.sort(np.random.default_rng(3).choice(n, min(N_QUERIES, n), replace=False))
    queries = np.asarray(index.vectors[rows])
    truth = exact(index.vectors, queries)
    print_header("search", "n", "dims", "recall of 10", "p50 ms", "p95 ms", "built in s", "opened in s")
    batches = Batches(index.search)
    for _ in range(2):
        timing = [timed(lambda query=query: batches.ask(Query(query, 10)).result()) for query in queries]
    found, times = [hits.rows for hits, _ in timing], [1000 * seconds for _, seconds in timing]
    built = arguments.built_s if arguments.built_s is not None else SYNTHETIC.get("built_s")
    print_row(index.search.method, f"{n:,}", dim, *_scores(found, truth, times), _number(built), f"{opening:.3f}")
    if arguments.qdrant_python:
        told = qdrant(version, queries, arguments, scratch=scratch)
        scores = _scores([np.array(each) for each in told["rows"]], truth, told["ms"])
        print_row("qdrant-edge-py 0.9 (HNSW)", f"{n:,}", dim, *scores, _number(told["build_s"]), None)


def qdrant(version: Path, queries: np.ndarray, arguments: argparse.Namespace, *, scratch: Path) -> dict[str, list]:
    """What Qdrant's engine says of the same queries; its index stays in --qdrant-folder, if that is given."""
    np.save(scratch / "queries.npy", queries)
    folder = arguments.qdrant_folder or scratch / "qdrant"
    words = [SUPPORT / "service_qdrant.py", version / layout.VECTORS, scratch / "queries.npy", folder]
    done = subprocess.run([arguments.qdrant_python, *map(str, words)], capture_output=True, text=True, check=True)
    told: dict[str, list] = json.loads(done.stdout.splitlines()[-1])
    return told


def exact(vectors: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """(m, 10) rows of the ten nearest, by comparing with every vector."""
    best_rows = np.zeros((len(queries), 0), np.int64)
    best_cosines = np.zeros((len(queries), 0), np.float32)
    for first in range(0, len(vectors), 100_000):
        block = queries @ vectors[first : first + 100_000].T
        rows = np.broadcast_to(np.arange(first, first + block.shape[1]), block.shape)
        rows, cosines = np.hstack([best_rows, rows]), np.hstack([best_cosines, block])
        order = np.argsort(-cosines, axis=1, kind="stable")[:, :10]
        best_rows, best_cosines = np.take_along_axis(rows, order, 1), np.take_along_axis(cosines, order, 1)
    return best_rows


SYNTHETIC: dict[str, float] = {}


def synthetic(index: Path, *, n: int, dim: int) -> Path:
    """An index of n made-up vectors around 2,000 centres, without pictures."""
    folder = layout.folder_of(index, "synthetic")
    version = layout.next_version(folder)
    version.mkdir(parents=True)
    rng = np.random.default_rng(801)
    centres = rng.normal(size=(min(2_000, n), dim)).astype(np.float32)
    vectors = np.lib.format.open_memmap(version / layout.VECTORS, "w+", np.float32, (n, dim))
    for first in range(0, n, 50_000):
        size = min(50_000, n - first)
        block = centres[rng.integers(0, len(centres), size)] + 0.7 * rng.normal(size=(size, dim)).astype(np.float32)
        vectors[first : first + size] = block / np.linalg.norm(block, axis=1, keepdims=True)
    vectors.flush()
    np.save(version / layout.VECTOR_IDS, np.arange(1, n + 1))
    np.save(version / layout.VECTOR_LENGTHS, np.ones(n, np.float32))
    np.save(version / layout.THUMB_STARTS, np.zeros(n + 1, np.int64))
    (version / layout.THUMBS).write_bytes(b"")
    _write_images(version / layout.IMAGES, n)
    if n > layout.EXACT_UP_TO:
        _, SYNTHETIC["built_s"] = timed(lambda: write_lists(vectors, version / layout.LISTS))
    _write_manifest(version, n=n, dim=dim)
    return index


def _write_images(path: Path, n: int) -> None:
    ids = np.arange(1, n + 1)
    texts = pa.array([f"{number:07}" for number in ids])
    whole = {name: pa.array(np.full(n, 64, np.int32)) for name in ("width", "height")}
    numbers = {name: pa.array(np.zeros(n, np.float32)) for name in ("brightness", "contrast", "sharpness", "entropy")}
    nothing = {name: pa.nulls(n, pa.string()) for name in ("split", "licence", "source_url", "format")}
    table = pa.table(
        {
            "image_id": ids,
            "path": texts,
            "sha256": texts,
            "pixel_sha256": texts,
            "phash": pa.array(ids.astype(np.uint64)),
            "bytes": pa.array(np.zeros(n, np.int64)),
            "label": pa.array(np.zeros(n, np.int32)),
            "labels": pa.nulls(n, pa.list_(pa.int32())),
            **whole,
            **numbers,
            **nothing,
        }
    )
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=n)


def _write_manifest(version: Path, *, n: int, dim: int) -> None:
    files = {path.name: FileFacts(bytes=path.stat().st_size, sha256="") for path in version.iterdir()}
    space = SpaceFacts(id=1, name="synthetic", model="synthetic", dim=dim, weights_source="", weights_sha256="")
    manifest = Manifest(
        dataset="synthetic",
        task="single",
        classes=["one"],
        licence=None,
        source=None,
        generation=1,
        n_images=n,
        n_vectors=n,
        space=space,
        format=layout.FORMAT,
        made_at="",
        made_by="benchmarks",
        job="",
        thumb_side=0,
        picture_side=0,
        files={
            name: facts.model_copy(update={"sha256": layout.sha256_of(version / name)}) for name, facts in files.items()
        },
    )
    (version / layout.MANIFEST).write_text(manifest.model_dump_json(), encoding="utf-8")


def get(path: str) -> dict[str, str]:
    """A request for an address."""
    return {"method": "GET", "path": path}


def form(path: str, picture: Path) -> dict[str, str]:
    """A request that sends a picture."""
    head = b'--edge\r\nContent-Disposition: form-data; name="picture"; filename="p.jpg"\r\n\r\n'
    body = base64.b64encode(head + picture.read_bytes() + b"\r\n--edge--\r\n").decode()
    return {"method": "POST", "path": path, "body": body, "type": "multipart/form-data; boundary=edge"}


@contextmanager
def running(command: list[str], address: str) -> Iterator[None]:
    """A server for the length of a block, once it answers."""
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(1_200):
            try:
                urllib.request.urlopen(address, timeout=2).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{command[1:]} ended with {process.returncode}") from None
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _scores(found: list[np.ndarray], truth: np.ndarray, times: list[float]) -> tuple[str, str, str]:
    shared = [len(set(rows.tolist()) & set(true.tolist())) / len(true) for rows, true in zip(found, truth, strict=True)]
    return f"{np.mean(shared):.3f}", f"{np.percentile(times, 50):.2f}", f"{np.percentile(times, 95):.2f}"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, help="an index of `vitrine index` with one dataset")
    parser.add_argument("--synthetic", type=int, default=31_848, help="made-up vectors in place of an index")
    parser.add_argument("--dim", type=int, default=1_280, help="numbers of a made-up vector")
    parser.add_argument("--pictures", type=Path, help="pictures that are sent; without, none is")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=8.0, help="of each row of the load")
    parser.add_argument("--rounds", type=int, default=3, help="of the load; the medians are shown")
    parser.add_argument("--metrics", nargs="*", default=["cosine", "euclidean"], help="of the tutorial's service")
    parser.add_argument("--ways", nargs="+", default=["load", "search"], choices=["load", "search"])
    parser.add_argument("--qdrant-python", help="the interpreter of an environment with qdrant-edge-py 0.9 and numpy")
    parser.add_argument("--qdrant-folder", type=Path, help="where its index stays, or is already")
    parser.add_argument("--built-s", type=float, help="how long the lists of --index took, where that is known")
    parser.add_argument("--scratch", type=Path, help="where files that are large may lie for a while")
    return parser.parse_args()


if __name__ == "__main__":
    main()

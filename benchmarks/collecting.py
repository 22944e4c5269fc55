"""Pictures a second from a web server: ours, a loop of requests that fetches one after the other, and img2dataset.

    python benchmarks/collecting.py [--n 10000] [--latency-ms 20] [--rounds 2] [--img2dataset-python PYTHON]

The server is on loopback, in a process of its own, on the same cores; it gives n different pictures of 500 x 375 pixels
and some 40 kB, each after a while. Ours asks robots.txt, decodes each picture, hashes it and its pixels, compares it
with all others and writes a journal, with all bounds as they are by default but those of a single host (here one host
serves all): as many requests at once to the one as in all, and no pace. The loop writes what it gets, unseen, and keeps
its connection. img2dataset asks for as many at once, in two processes, a shard of 1,000: once writing the bytes as they
came, decoded to see that they can be, and hashed; once as it is by default, shrunk and encoded anew. The least round
counts. Memory is that of our asking process, when so many have come.
"""

import argparse
import asyncio
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import PROJECT, answer, run_ways, tried
from benchmarks.support.picture_server import draw
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions

SHARES = (25, 50, 75, 100)
IMG2DATASET = """
import json, sys, time
from img2dataset import download
if __name__ == "__main__":
    urls, out, shard, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    began = time.monotonic()
    download(url_list=urls, output_folder=out, processes_count=2, thread_count=threads, number_sample_per_shard=shard,
        output_format="files", **json.loads(sys.argv[5]))
    print(json.dumps({"seconds": time.monotonic() - began}))
"""


def main() -> None:
    """Print the tables and the ratios."""
    options = _options()
    if options.way:
        answer(lambda: WAYS[options.way](options))
        return
    print(conditions())
    with tempfile.TemporaryDirectory() as scratch:
        pictures = options.pictures or Path(scratch) / "pictures"
        draw(pictures, options.n)
        mean_kb = sum((pictures / f"{i}.jpg").stat().st_size for i in range(options.n)) / options.n / 1000
        print(f"{options.n:,} pictures of {mean_kb:.0f} kB, {options.latency_ms:g} ms")
        with serving(pictures, options.latency_ms) as port:
            found = _measured(options, port, Path(scratch))
    print_header("what", "n", "seconds", "pictures/s", "processor, ms a picture")
    for what, figures in found.items():
        n, cpu_ms = int(figures["n"]), 1000 * figures["cpu_s"] / figures["n"]
        print_row(what, f"{n:,}", f"{figures['seconds']:.1f}", f"{n / figures['seconds']:,.0f}", f"{cpu_ms:.1f}")
    _print_ours(found, options.n)


def ours(options: argparse.Namespace) -> dict[str, float]:
    """Our fetch, its memory, and the processor's seconds of asking and of decoding."""
    from importers.collecting.fetching import FetchLimits, Wanted, fetch_all, permission_of

    limits = FetchLimits(contact="benchmark@example.org", per_host_at_once=FetchLimits.at_once, per_host_per_s=0)
    wanted = (Wanted(n, f"http://127.0.0.1:{options.port}/{n}.jpg") for n in range(options.n))
    memory: dict[str, float] = {}

    async def fetch(folder: Path) -> int:
        n_kept, seen = 0, 0
        results = fetch_all(
            wanted,
            lambda number: "pictures",
            root=folder / "root",
            journal=folder / "journal.jsonl",
            limits=limits,
            permission=permission_of(["127.0.0.0/8"], ports=None),
        )
        async for fetched in results:
            seen += 1
            n_kept += fetched.outcome == "kept"
            for share in SHARES:
                if seen == max(1, options.n * share // 100):
                    memory[f"mb_{share}"] = _resident_mb()
        return n_kept

    with tempfile.TemporaryDirectory() as scratch:
        began = time.monotonic()
        n_kept = asyncio.run(fetch(Path(scratch)))
        seconds = time.monotonic() - began
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "n": n_kept,
        "seconds": seconds,
        "cpu_s": sum(who.ru_utime + who.ru_stime for who in (own, children)),
        "asking_s": own.ru_utime + own.ru_stime,
        "decoding_s": children.ru_utime + children.ru_stime,
        **memory,
    }


def loop(options: argparse.Namespace) -> dict[str, float]:
    """One after the other with requests, as many as a tenth: it goes at the same pace all the time."""
    import requests

    n = max(1, options.n // 10)
    with tempfile.TemporaryDirectory() as scratch, requests.Session() as session:
        began = time.monotonic()
        for number in range(n):
            got = session.get(f"http://127.0.0.1:{options.port}/{number}.jpg", timeout=10)
            got.raise_for_status()
            (Path(scratch) / f"{number}.jpg").write_bytes(got.content)
        own = resource.getrusage(resource.RUSAGE_SELF)
        return {"n": n, "seconds": time.monotonic() - began, "cpu_s": own.ru_utime + own.ru_stime}


PEER_WAYS = {
    "img2dataset, bytes as they came": {"resize_mode": "no", "skip_reencode": True, "extract_exif": False},
    "img2dataset, as by default": {},
}
WAYS = {"Vitrine": ours, "requests, one at a time": loop}


def _measured(options: argparse.Namespace, port: int, scratch: Path) -> dict[str, dict[str, float]]:
    best: dict[str, dict[str, float]] = {}
    for _ in range(options.rounds):
        found = run_ways(__file__, WAYS, "--port", port, "--n", options.n)
        found |= img2dataset(options, port, scratch)
        for what, figures in found.items():
            if what not in best or figures["seconds"] < best[what]["seconds"]:
                best[what] = figures
    return best


def img2dataset(options: argparse.Namespace, port: int, scratch: Path) -> dict[str, dict[str, float]]:
    """img2dataset's ways in an environment of its own; none, with a sentence, where it is not there."""
    if options.img2dataset_python is None:
        print("Skipped img2dataset: --img2dataset-python names no environment that has it.")
        return {}
    urls, script = scratch / "urls.txt", scratch / "peer.py"
    urls.write_text("".join(f"http://127.0.0.1:{port}/{number}.jpg\n" for number in range(options.n)))
    script.write_text(IMG2DATASET)
    shard, threads = max(1, min(1000, options.n // 2)), _at_once() // 2
    quiet = {"NO_ALBUMENTATIONS_UPDATE": "1"}
    found = {}
    for what, settings in PEER_WAYS.items():
        with tempfile.TemporaryDirectory() as out:
            words = (script, urls, Path(out) / "out", shard, threads, json.dumps(settings))
            figures, complaint = tried(options.img2dataset_python, *words, environment=quiet)
            n = len(list(Path(out).rglob("*.jpg")))
        if figures["status"] or not n:
            print(f"Skipped img2dataset: it failed.\n{complaint[-2000:]}")
            return {}
        seconds = json.loads(figures["last_line"])["seconds"]
        found[what] = {"n": n, "seconds": seconds, "cpu_s": figures["cpu_s"]}
    return found


@contextlib.contextmanager
def serving(pictures: Path, latency_ms: float) -> Iterator[int]:
    """The server of a folder, in a process of its own; its port."""
    command = [sys.executable, "-m", "benchmarks.support.picture_server", pictures, "--delay-ms", str(latency_ms)]
    with subprocess.Popen([str(word) for word in command], cwd=PROJECT, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None  # it is a pipe
        try:
            yield json.loads(server.stdout.readline())["port"]
        finally:
            server.kill()


def _print_ours(found: dict[str, dict[str, float]], n: int) -> None:
    mine = found["Vitrine"]
    print_header("our memory", *(f"at {share} %" for share in SHARES))
    print_row("MB", *(f"{mine.get(f'mb_{share}', 0):.0f}" for share in SHARES))
    print(
        f"\nOf the processor: {mine['asking_s']:.1f} s of asking and writing, {mine['decoding_s']:.1f} s of decoding."
    )
    if mine["n"] != n:
        print(f"Of {n:,} only {mine['n']:,.0f} were kept.")
    for what, figures in found.items():
        if what != "Vitrine":
            ratio = (mine["n"] / mine["seconds"]) / (figures["n"] / figures["seconds"])
            print(f"{ratio:.1f} times as fast as {what}")


def _at_once() -> int:
    from importers.collecting.fetching import FetchLimits

    return FetchLimits.at_once


def _resident_mb() -> float:
    import psutil

    return psutil.Process().memory_info().rss / (1 << 20)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--latency-ms", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--pictures", type=Path, help="a folder in which the drawn pictures stay; by default they go")
    parser.add_argument("--img2dataset-python", metavar="PYTHON")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()

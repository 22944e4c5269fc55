"""Thirty reviewers at once and a curator who decides: seconds of a page, errors, memory of the app.

    python benchmarks/reviewers.py [--workspace W --dataset NAME] [--reviewers 30] [--seconds 600]

The app is started on a copy of W (without one on a made-up workspace, whose pictures are placeholders). Each reviewer
is a WebSocket of Streamlit's own messages: it opens the pages of a review one after the other, fetches their pictures
over six connections, looks again where a page asks for it, and reads for 2 to 8 seconds; after twenty pages it closes
the tab and opens another. The curator posts a decision every other second as a key press does (three in five keep, one
relabels, one removes), each of which makes every page's figures new. A page's seconds are those from the question to
the last message, at the client, which shares the cores with the app: what it takes of them is told.
"""

import argparse
import asyncio
import json
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.app import RunningApp, cpu_seconds, memory_mb, running_app
from benchmarks.support.requests import Answers
from benchmarks.support.synthetic import DATASET, add_all, make_workspace
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions
from benchmarks.support.visitor import Page, Visitor
from pages.ui.registry import all_pages

PAGES = ("overview", "pictures", "map", "review", "label_noise", "reviewers", "spot_check", "report")
MEDIAN_BAR_S, P95_BAR_S, SAVED_BAR_S = 0.5, 2.0, 0.1
READS_S, PAGES_OF_A_TAB = (2.0, 8.0), 20
DECIDES_EVERY_S, LOOKS_EVERY_S, SETTLED_AFTER_S = 2.0, 2.0, 60.0
_MOUNTED = re.compile(rb'\{"token": ?"[0-9a-f]{40}"')


@dataclass
class Seen:
    """What was seen of the app so far."""

    port: int
    dataset: str
    ends_at: float
    pages: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in PAGES})
    again: list[float] = field(default_factory=list)
    saved: list[float] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)
    faults: list[str] = field(default_factory=list)
    memory: list[tuple[float, float, int]] = field(default_factory=list)  # seconds, MB, threads

    @property
    def left_s(self) -> float:
        """Seconds until the end."""
        return self.ends_at - time.monotonic()


def main() -> None:
    """Print three tables."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        root = Path(folder) / "w"
        if arguments.workspace:
            shutil.copytree(arguments.workspace, root)
        else:
            workspace = make_workspace(root, n=arguments.n)
            add_all(workspace, n=arguments.n)
            workspace.close()
        print(f"{conditions()}, {arguments.reviewers} reviewers for {arguments.seconds:.0f} s")
        with running_app(root) as app:
            began = time.process_time(), cpu_seconds(app.process.pid), time.perf_counter()
            seen = asyncio.run(crowd(app, arguments))
            elapsed = time.perf_counter() - began[2]
            cores = (time.process_time() - began[0]) / elapsed, (cpu_seconds(app.process.pid) - began[1]) / elapsed
    tell(seen, cores=cores)


async def crowd(app: RunningApp, arguments: argparse.Namespace) -> Seen:
    """All of them at once, until the time is over."""
    seen = Seen(app.port, arguments.dataset, time.monotonic() + arguments.seconds)
    reviewers = [review(seen, random.Random(number), number) for number in range(arguments.reviewers)]
    await asyncio.gather(watch(seen, app.process.pid), decide(seen), *reviewers)
    return seen


async def review(seen: Seen, rng: random.Random, number: int) -> None:
    """One reviewer: tab after tab, page after page."""
    kept: set[str] = set()
    await asyncio.sleep(min(rng.uniform(0, 10), seen.left_s / 4))
    place = number  # not all begin with the same page
    while seen.left_s > 0:
        async with Visitor(seen.port, dataset=seen.dataset, kept=kept) as visitor:
            for _ in range(PAGES_OF_A_TAB):
                name = PAGES[place % len(PAGES)]
                place += 1
                page = await visitor.open(all_pages()[name].address)
                seen.pages[name].append(page.seconds)
                await visitor.fetch(page.addresses, seen.answers)
                await asyncio.sleep(min(rng.uniform(*READS_S), max(0.0, seen.left_s)))
                if seen.left_s <= 0:
                    break
        seen.again += visitor.again_seconds
        seen.faults += visitor.faults


async def decide(seen: Seen) -> None:
    """The curator: a decision every other second, each on a picture of the page that is open."""
    kept: set[str] = set()
    rng = random.Random(801)
    async with Visitor(seen.port, dataset=seen.dataset, kept=kept) as visitor:
        while seen.left_s > 0:
            page = await visitor.open(all_pages()["review"].address)
            await visitor.fetch(page.addresses, seen.answers)
            mounted = _mounted(page)
            for item in mounted["items"][:12]:
                await asyncio.sleep(min(DECIDES_EVERY_S, max(0.1, seen.left_s)))
                act = rng.choice(["keep", "keep", "keep", "relabel", "remove"])
                await asyncio.to_thread(_press, seen, mounted["token"], {"id": item["id"], "act": act, "label": 0})
                if seen.left_s <= 0:
                    break
    seen.faults += visitor.faults


async def watch(seen: Seen, pid: int) -> None:
    """The app's memory and threads, every other second."""
    began = time.monotonic()
    while seen.left_s > 0:
        seen.memory.append((time.monotonic() - began, memory_mb(pid), psutil.Process(pid).num_threads()))
        await asyncio.sleep(min(LOOKS_EVERY_S, max(0.05, seen.left_s)))


def tell(seen: Seen, *, cores: tuple[float, float]) -> None:
    """Print what was seen. cores: that the clients and the app took."""
    pages = [second for seconds in seen.pages.values() for second in seconds]
    print_header("what", "n", "median, s", "95 in 100, s", "longest, s", "bar")
    for name, seconds in seen.pages.items():
        _row(all_pages()[name].title, seconds)
    _row("all pages", pages, bar=f"{MEDIAN_BAR_S} and {P95_BAR_S}")
    _row("a strip of jobs looked at again", seen.again)
    _row("pictures and what maps draw", seen.answers.seconds)
    _row("a decision, until it is saved and answered", seen.saved, bar=SAVED_BAR_S)
    print_header("faults", "n")
    print_row("pages and strips", len(seen.faults))
    print_row("requests that were not answered with 200", len(seen.answers.refused))
    print("".join(f"\n{fault}" for fault in sorted({*seen.faults, *seen.answers.refused})))
    _tell_memory(seen, cores)


def _tell_memory(seen: Seen, cores: tuple[float, float]) -> None:
    at, memory, threads = (np.array(column) for column in zip(*seen.memory, strict=True))
    settled, late = at >= min(SETTLED_AFTER_S, at[-1] / 2), at >= at[-1] / 2
    slopes = [np.polyfit(at[part], memory[part], 1)[0] * 60 if part.sum() > 1 else 0.0 for part in (settled, late)]
    print_header("the app", "at first", "after a minute", "in the middle", "at the end", "largest")
    minute, middle = memory[settled][0], memory[np.searchsorted(at, at[-1] / 2)]
    print_row("memory, MB", *(f"{mb:.0f}" for mb in (memory[0], minute, middle, memory[-1], memory.max())))
    print_row("threads", threads[0], threads[settled][0], threads[len(threads) // 2], threads[-1], threads.max())
    print(f"\nafter the first minute {slopes[0]:+.1f} MB a minute, in the second half {slopes[1]:+.1f}")
    print(f"cores: {cores[1]:.2f} the app, {cores[0]:.2f} its visitors")


def _row(name: str, seconds: list[float], *, bar: object = None) -> None:
    if not seconds:
        return
    ordered = sorted(seconds)
    figures = statistics.median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1]
    print_row(name, len(ordered), *(f"{figure:.3f}" for figure in figures), bar)


def _mounted(page: Page) -> dict:
    """What the review page gave its gallery: the token and the pictures to decide on."""
    found = _MOUNTED.search(page.told)
    if found is None:
        raise SystemExit("The review page shows no pictures to decide on.")
    return json.JSONDecoder().raw_decode(page.told[found.start() :].decode("utf-8", "replace"))[0]


def _press(seen: Seen, token: str, act: dict[str, object]) -> None:
    body = json.dumps({"token": token, "acts": [act]}).encode()
    asked = urllib.request.Request(f"http://127.0.0.1:{seen.port}/vitrine/review/act", body)
    began = time.perf_counter()
    try:
        urllib.request.urlopen(asked, timeout=60).close()
        seen.saved.append(time.perf_counter() - began)
    except OSError as error:
        seen.faults.append(f"a decision: {error}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, help="a workspace, of which a copy is opened")
    parser.add_argument("--dataset", default=DATASET, help="its dataset")
    parser.add_argument("--n", type=int, default=31_848, help="images of the made-up workspace (31848)")
    parser.add_argument("--reviewers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=600.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""Fuzz the doors of the app: `python -m tests.support.fuzz [--minutes 60] [--seed 1] [--only "label files"]`.

Each door gets its share of the time, in a process of its own, so that one which ends (a decoder that crashes, memory
that runs out) is noticed and named. It is tried in rounds of a hundred examples that hypothesis draws from the seed and
the number of the round; a failing example is made small, printed, and ends the run with status 1. Warnings are errors.
"""

import argparse
import logging
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.support.doors import TARGETS
from tests.support.places import PROJECT

MOST_EXAMPLES = 100  # of a round


def main() -> int:
    """Try every door, and print a table."""
    asked = _arguments()
    if asked.door:
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)
        logging.disable()
        return try_door(asked.door, seed=asked.seed, seconds=asked.minutes * 60)
    doors = [asked.only] if asked.only else list(TARGETS)
    status, began = 0, time.monotonic()
    print("| door | examples | seconds | slowest, s | memory, MB | found |\n|---|---|---|---|---|---|", flush=True)
    for place, door in enumerate(doors):
        left = asked.minutes * 60 - (time.monotonic() - began)
        minutes = max(left, 1) / (len(doors) - place) / 60
        order = [
            sys.executable,
            "-m",
            "tests.support.fuzz",
            "--door",
            door,
            "--seed",
            str(asked.seed),
            "--minutes",
            str(minutes),
        ]
        ended = subprocess.run(order, cwd=PROJECT, check=False)
        if ended.returncode:
            status = 1
            print(f"| {door} | | | | | **status {ended.returncode}** |", flush=True)
    return status


def try_door(door: str, *, seed: int, seconds: float, examples: int = MOST_EXAMPLES) -> int:
    """Try a door for some seconds, one round at least, and print its line of the table; the exit status."""
    target = TARGETS[door]
    n_tried, slowest, round_number = 0, 0.0, 0
    with tempfile.TemporaryDirectory(prefix="vitrine-fuzz-") as folder:
        try_one, began = target.opened(Path(folder)), time.monotonic()

        def one(drawn: object) -> None:
            nonlocal n_tried, slowest
            n_tried, at = n_tried + 1, time.monotonic()
            try_one(drawn)
            slowest = max(slowest, time.monotonic() - at)

        while not round_number or time.monotonic() - began < seconds:
            round_number += 1
            chosen = settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            )
            hypothesis.seed(seed * 1_000_000 + round_number)(chosen(given(target.drawn)(one)))()
    memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    spent = time.monotonic() - began
    print(f"| {door} | {n_tried:,} | {spent:,.0f} | {slowest:.1f} | {memory:,.0f} | nothing |", flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(TARGETS))
    parser.add_argument("--door", choices=list(TARGETS), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

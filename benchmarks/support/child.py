"""Work in a process of its own, so that its memory, its threads and what it loads are its own.

A script that compares ways to do the same calls `run_ways`, which starts the script again with `--way NAME` for each;
that child calls `answer`, whose line of JSON comes back as the way's figures.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# a process that starts another and tells its family's seconds, processor seconds and peak memory, as the system counts
# them, with its last line and its status
WATCH = """
import json, resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"status": done.returncode, "last_line": (done.stdout.splitlines() or [""])[-1],
    "seconds": time.monotonic() - began, "cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}))
"""
Figures = dict[str, float]


def figures_of(command: Sequence[object], *, cwd: Path | None = None) -> dict:
    """Run `command`; the last line that it prints, as JSON. Ends this script if it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)[:300]} failed with {done.returncode}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def watched(*words: object) -> dict:
    """Run `python WORDS` in the project's folder: `last_line` of what it prints, `seconds`, `cpu_s` and `peak_mb`.

    cpu_s: of the processor, by all that it was or started and waited for; peak_mb: the largest resident size of any one
    of these processes, in MB. Ends this script if it fails.
    """
    figures, complaint = tried(sys.executable, *words)
    if figures["status"]:
        raise SystemExit(f"{' '.join(map(str, words))[:300]} failed with {figures['status']}:\n{complaint[-2000:]}")
    return figures


def tried(*words: object, environment: Mapping[str, str] | None = None) -> tuple[dict, str]:
    """The same of any command, with its `status` among the figures, and what it complained of."""
    order = [sys.executable, "-c", WATCH, *map(str, words)]
    around = {**os.environ, **(environment or {})}
    done = subprocess.run(order, cwd=PROJECT, env=around, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def answer(work: Callable[[], Mapping[str, object]]) -> None:
    """Print what `work` gives as the child's line of JSON; a package that is not installed is answered as missing."""
    try:
        print(json.dumps(work()))
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))


def run_ways(script: str, ways: Iterable[str], *options: object) -> dict[str, Figures]:
    """The figures of each way that can run here, each by a child of its own; the others are skipped with a sentence.

    script: the path of the script, which takes `--way NAME` and `options`.
    """
    found = {}
    for way in ways:
        figures = figures_of([sys.executable, Path(script).resolve(), "--way", way, *options])
        if "missing" in figures:
            print(f"Skipped {way}: {figures['missing']}.", flush=True)
        else:
            found[way] = figures
    return found

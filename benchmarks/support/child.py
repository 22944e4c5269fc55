"""Work in a process of its own, so that its memory, its threads and what it loads are its own.

A script that compares ways to do the same calls `run_ways`, which starts the script again with `--way NAME` for each;
that child calls `answer`, whose line of JSON comes back as the way's figures.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# a process that starts another and tells its family's peak memory, as the system counts it, with its last line
WATCH = """
import json, resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)
if done.returncode:
    sys.exit(done.returncode)
last = (done.stdout.splitlines() or [""])[-1]
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"last_line": last, "seconds": time.monotonic() - began, "peak_mb": peak / 1024}))
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
    """Run `python WORDS` in the project's folder: `last_line` of what it prints, `seconds`, and `peak_mb`.

    peak_mb: the largest resident size of any one process that it was or started, in MB.
    """
    return figures_of([sys.executable, "-c", WATCH, sys.executable, *words], cwd=PROJECT)


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

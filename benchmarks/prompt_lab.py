"""How long the prompt lab takes to answer a changed prompt, on cached vectors, against doing all of it again.

    python benchmarks/prompt_lab.py [--vectors VECTORS.npy] [--rows 31848]

By ConSE, through the child process that pages ask. VECTORS.npy is (n, 1280) float32 of EfficientNet-Lite0; without it
vectors are drawn, which changes no time. What a user would run in a notebook: all texts read again, all pictures put
among the sentences again, with the model already loaded.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analytics import zero_shot
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, median_seconds, peak_mb, timed
from jobs.engine.query import Queries
from store.vectors import Space

NAMES = ("Cat", "Lynx", "Wolf", "Coyote", "Jaguar", "Cheetah", "Chimpanzee", "Orangutan", "Hamster", "Guinea Pig")
ROUNDS = 7


def main() -> None:
    """Print a table."""
    arguments = _arguments()
    vectors = np.load(arguments.vectors) if arguments.vectors else _drawn(arguments.rows)
    space = Space(1, "efficientnet-lite0", "efficientnet-lite0", 1280, {}, "package", "0" * 64, 1, len(vectors))
    queries = Queries()
    try:
        _measure(queries, space, vectors)
    finally:
        queries.close()


def _measure(queries: Queries, space: Space, vectors: np.ndarray) -> None:
    def first() -> tuple[dict[str, np.ndarray], np.ndarray]:
        return queries.conse_mixtures(space, vectors), queries.imagenet_vectors()

    print(f"{conditions()}, {len(vectors):,} pictures")
    print_header("what", "seconds")
    (mixed, classes), seconds = timed(first)
    print_row("the first time: models loaded, all pictures read", f"{seconds:.1f}")
    _answer(queries, space, mixed, classes, wording="begin")
    wordings = iter(range(1000))

    def changed() -> None:
        _answer(queries, space, mixed, classes, wording=f"changed {next(wordings)}")

    def again() -> None:
        queries._texts = {}
        fresh = queries.conse_mixtures(space, vectors)
        _answer(queries, space, fresh, classes, wording=f"again {next(wordings)}")

    changed_s = median_seconds(changed, rounds=ROUNDS)
    same_s = median_seconds(lambda: _answer(queries, space, mixed, classes, wording="begin"), rounds=ROUNDS)
    whole_s = median_seconds(again, rounds=3)
    print_row("a prompt was changed (bar 1 s)", f"{changed_s:.3f}")
    print_row("nothing was changed", f"{same_s:.3f}")
    print_row("all of it again, models loaded", f"{whole_s:.3f}")
    print(f"{whole_s / changed_s:.1f} times as fast as all again; peak {peak_mb():,.0f} MB, all vectors in it")


def _answer(queries: Queries, space: Space, mixed: dict[str, np.ndarray], classes: np.ndarray, *, wording: str) -> None:
    """One class with a prompt of its own, the others by name, in two templates; the balanced accuracy's input."""
    prompts = zero_shot.Prompts(((f"cat {wording}",), *((name,) for name in NAMES[1:])))
    texts = zero_shot.texts_of(prompts)
    read = queries.text_vectors(space, texts.texts)
    directions = zero_shot.directions(read, owner=texts.owner, n_classes=len(NAMES))
    cosines = zero_shot.mixed_cosines(mixed["classes"], mixed["weights"], mixed["lengths"], directions @ classes.T)
    truth = np.arange(len(cosines)) % len(NAMES)
    zero_shot.scored(truth, predicted=zero_shot.predicted(cosines), n_classes=len(NAMES))


def _drawn(n: int) -> np.ndarray:
    return np.abs(np.random.default_rng(801).normal(size=(n, 1280))).astype(np.float32)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--rows", type=int, default=31_848)
    return parser.parse_args()


if __name__ == "__main__":
    main()

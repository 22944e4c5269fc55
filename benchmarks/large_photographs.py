"""What decoding at reduced size saves on large photographs (JPEG, 4000x3000).

    python benchmarks/large_photographs.py [--n 20]

The photographs are drawn: scikit-image's astronaut, enlarged, with grain, at quality 90. Full and reduced
decode take turns in one run. Prints one table, then one line of JSON.
"""

import argparse
import json
import statistics
import sys
import time
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from importers.picture import read_picture
from importers.scan_child import THUMB_SIDE


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=20)
    n_rounds = parser.parse_args().n
    photographs = [photograph(seed) for seed in range(4)]
    full_s, reduced_s = [], []
    for number in range(n_rounds):
        source = photographs[number % len(photographs)]
        full_s.append(_seconds(source, None))
        reduced_s.append(_seconds(source, THUMB_SIDE))
    reduced = read_picture(photographs[0], min_side=THUMB_SIDE)
    figures = {
        "n": n_rounds,
        "bytes": len(photographs[0]),
        "reduced_to": list(reduced.pixels.shape[:2]),
        "full_ms": 1000 * statistics.median(full_s),
        "reduced_ms": 1000 * statistics.median(reduced_s),
    }
    figures["times_faster"] = figures["full_ms"] / figures["reduced_ms"]
    print(
        f"full {figures['full_ms']:.1f} ms, reduced {figures['reduced_ms']:.1f} ms (medians of {n_rounds}): ",
        end="",
    )
    print(f"{figures['times_faster']:.1f} times as fast")
    print(json.dumps(figures))


def photograph(seed: int) -> bytes:
    """Draw a JPEG of 4000x3000 with the grain of a camera."""
    image = Image.fromarray(data.astronaut()).resize((4000, 3000), Image.Resampling.BICUBIC)
    grain = np.random.default_rng(seed).normal(0, 4, (3000, 4000, 1))
    pixels = np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def _seconds(source: bytes, min_side: int | None) -> float:
    started = time.perf_counter()
    read_picture(source, min_side=min_side)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

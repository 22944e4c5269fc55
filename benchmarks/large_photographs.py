"""What decoding at reduced size saves on large photographs (JPEG, 4000x3000).

    python benchmarks/large_photographs.py [--n 20]

The photographs are drawn: scikit-image's astronaut, enlarged, with grain, at quality 90. Full and reduced
decode take turns in one run.
"""

import argparse
import statistics
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, seconds_of
from importers.picture import read_picture
from importers.scan_child import THUMB_SIDE


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=20, help="decodes of each way (20)")
    n_rounds = parser.parse_args().n
    photographs = [photograph(seed) for seed in range(min(n_rounds, 4))]
    spent: dict[str, list[float]] = {"in full": [], f"to a side of {THUMB_SIDE} or more": []}
    for number in range(n_rounds):
        source = photographs[number % len(photographs)]
        for seconds, min_side in zip(spent.values(), (None, THUMB_SIDE), strict=True):
            seconds.append(seconds_of(lambda: read_picture(source, min_side=min_side)))  # noqa: B023 - called at once
    full, reduced = (1000 * statistics.median(seconds) for seconds in spent.values())
    shape = read_picture(photographs[0], min_side=THUMB_SIDE).pixels.shape
    print(f"{conditions()}, medians of {n_rounds}, {len(photographs[0]):,} bytes")
    print_header("decoded", "pixels", "ms")
    for way, size, value in zip(spent, ("4000 x 3000", f"{shape[1]} x {shape[0]}"), (full, reduced), strict=True):
        print_row(way, size, f"{value:.1f}")
    print(f"{full / reduced:.1f} times as fast (bar 3)")


def photograph(seed: int) -> bytes:
    """Draw a JPEG of 4000x3000 with the grain of a camera."""
    image = Image.fromarray(data.astronaut()).resize((4000, 3000), Image.Resampling.BICUBIC)
    grain = np.random.default_rng(seed).normal(0, 4, (3000, 4000, 1))
    pixels = np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


if __name__ == "__main__":
    main()

"""How much ink is in each of 8 x 8 cells of the demo's digits, as a CSV: features that somebody may have computed."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from cli.demo.defects import PAPER
from cli.demo.digits import Truth

CELLS = 8  # a side


def write_ink(truth: Truth, target: Path) -> int:
    """Write a row for each readable digit to the CSV `target`; how many there are.

    The columns are `file`, then ink_0 to ink_63, row by row: 0 for paper, 1 for black.
    """
    with target.open("w", encoding="utf-8", newline="") as output:
        rows = csv.writer(output)
        rows.writerow(["file", *(f"ink_{cell}" for cell in range(CELLS * CELLS))])
        for path in sorted(truth.true_labels):
            with Image.open(truth.pictures / path) as picture:
                small = picture.convert("L").resize((CELLS, CELLS), Image.Resampling.BOX)
            ink = np.clip(1 - np.asarray(small, dtype=np.float32) / PAPER, 0, 1)
            rows.writerow([path, *(f"{value:.4f}" for value in ink.ravel())])
    return len(truth.true_labels)

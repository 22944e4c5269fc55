"""The demo's features are the ink of its digits, cell by cell."""

import csv

import numpy as np
import pytest
from PIL import Image

from cli.demo.digits import make_digits
from cli.demo.ink import CELLS, write_ink

pytestmark = pytest.mark.long


def test_a_row_is_a_digits_ink_by_cells(tmp_path) -> None:
    truth = make_digits(tmp_path)
    assert write_ink(truth, tmp_path / "ink.csv") == len(truth.true_labels)
    with (tmp_path / "ink.csv").open() as file:
        rows = {row.pop("file"): [float(value) for value in row.values()] for row in csv.DictReader(file)}
    assert set(rows) == set(truth.true_labels)  # what shows no digit, and what cannot be read, has none
    for path in sorted(rows)[::200]:
        with Image.open(truth.pictures / path) as picture:
            grey = np.asarray(picture.convert("L"), dtype=float)
        cells = grey.reshape(CELLS, 8, CELLS, 8).mean(axis=(1, 3)).ravel()
        assert rows[path] == pytest.approx(np.clip(1 - cells / 248, 0, 1), abs=0.01)

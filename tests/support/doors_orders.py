"""Doors for what an order names: boxes in a COCO file, predictions, a zip of pictures."""

import contextlib
import io
import zipfile
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from importers.archive import ArchiveRefused, unpack_zip
from jobs.detect.coco_boxes import PictureRefused, read_coco
from jobs.engine.errors import UnknownParameter
from jobs.label_issues.predictions_file import read_predictions_file
from tests.support.forms import as_csv, as_json, as_parquet
from tests.support.probing import probed_in_a_fork
from tests.support.target import Try
from tests.support.wild import damaged, values


def read_boxes(folder: Path) -> Try:
    def one(document: object) -> None:
        (folder / "coco.json").write_bytes(as_json(document))
        try:
            boxes = read_coco(folder / "coco.json")
        except UnknownParameter:
            return
        for path in ("a.png", "b.png"):
            try:
                found = boxes.of(path, width=20, height=10)
            except PictureRefused:
                continue
            if found is not None:
                assert np.isfinite(found.boxes).all() and (found.boxes >= 0).all() and (found.boxes <= 20).all()
                list(found.masks or ())

    return one


def prediction_files() -> st.SearchStrategy[tuple[str, bytes]]:
    header = ["path", "cat", "dog", "fold"]
    rows = st.lists(
        st.tuples(st.sampled_from(["a.png", "b.png", "x"]), values(), values(), values()).map(list), max_size=4
    )
    table = rows.map(lambda rows: ("p.csv", as_csv([header, *rows], delimiter=",")))
    right = {"path": ["a.png", "b.png"], "cat": [0.25, 1.0], "dog": [0.75, 0.0], "fold": [0, 1]}
    wide = {**right, "cat": [[0.5], [0.5]]}
    seeds = [as_parquet(right), as_parquet(wide)]
    whole = as_csv([header, ["a.png", 0.25, 0.75, 0], ["b.png", 1, 0, 1]], delimiter=",")
    return st.one_of(
        table, damaged(seeds).map(lambda data: ("p.parquet", data)), damaged([whole]).map(lambda data: ("p.csv", data))
    )


def read_predictions(folder: Path) -> Try:
    def one(drawn: tuple[str, bytes]) -> None:
        name, data = drawn
        (folder / name).write_bytes(data)
        with contextlib.suppress(UnknownParameter), probed_in_a_fork():
            read_predictions_file(folder / name, paths=["a.png", "b.png"])

    return one


def zips() -> list[bytes]:
    made = []
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", packing) as packed:
            for name in ("cat/a.png", "dog/ü.png", "dog/sub/", "../up.png", "labels.csv"):
                packed.writestr(name, b"" if name.endswith("/") else b"x" * 300)
        made.append(out.getvalue())
        made.append(made[-1].replace(b"../up.png", b"aa/up.png"))
    return made


def unpack_one(folder: Path) -> Try:
    inside = folder / "inside"
    inside.mkdir()

    def one(data: bytes) -> None:
        (folder / "a.zip").write_bytes(data)
        try:
            unpack_zip(folder / "a.zip", inside / "out")
        except ArchiveRefused as refused:
            assert str(refused).strip() and not list(inside.iterdir())
        else:
            for path in sorted((inside / "out").rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            (inside / "out").rmdir()
        assert {path.name for path in folder.iterdir()} == {"a.zip", "inside"}

    return one

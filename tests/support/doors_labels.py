"""Doors for label files, and for a folder of pictures with labels or annotations beside them."""

import json
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from importers.annotations import as_coco, find_annotations
from importers.hints import NO_HINTS
from importers.inspect import inspect_folder
from importers.keys import FileIndex
from importers.label_files import label_readings
from importers.labels import assign_labels
from importers.listing import list_folder
from importers.scan import scan_files
from importers.types import LayoutError
from tests.support.doors_pictures import pictures
from tests.support.forms import as_csv, as_json, as_parquet
from tests.support.probing import survives
from tests.support.target import Try
from tests.support.wild import changed, damaged, values

LABELS = {"a.png": "cat", "b.png": "dog", "sub/c.png": "cat"}
_FORMS = [
    {"cat": ["a.png"], "dog": ["b.png", "sub/c.png"]},
    {"a.png": {"label": "cat", "by": "me"}, "b.png": {"objects": [{"category": "dog"}]}},
    {"classes": ["cat", "dog"], "labels": {"a": 0, "b": 1}},
    [
        {
            "id": 1,
            "data": {"image": "/data/upload/1/0a1b2c3d-a.png"},
            "annotations": [{"result": [{"type": "choices", "value": {"choices": ["cat"]}}]}],
        }
    ],
    [{"file_name": "a.png", "objects": {"bbox": [[1, 1, 2, 2]], "categories": ["cat"]}, "split": "train"}],
]
_ONE_HOT = {"a.png": [1, 0], "b.png": [0, 1], "sub/c.png": [0, 1]}
COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 20, "height": 10}, {"id": 2, "file_name": "b.png"}],
    "categories": [{"id": 3, "name": "cat"}, {"id": 8, "name": "dog"}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 8, "bbox": [1, 2, 3, 4], "segmentation": [[0, 0, 9, 0, 9, 9]]},
        {
            "id": 2,
            "image_id": 2,
            "category_id": 3,
            "bbox": [0, 0, 5, 5],
            "segmentation": {"size": [10, 20], "counts": [0, 9]},
        },
    ],
}


_TABLE = {"path": list(LABELS), "label": ["cat", "dog", "cat"], "split": ["train", "val", None]}
_PARQUETS = [
    as_parquet(_TABLE),
    as_parquet({"image": list(LABELS), "label": [0, 1, 1]}),
    as_parquet({"file": ["a.png"], "labels": [["cat", "dog"]]}),
]


def label_files() -> st.SearchStrategy[tuple[str, bytes]]:
    headings = st.sampled_from(["path", "label", "labels", "split", "is_valid", "xmin", "y", "what", "007", ""])
    header = st.one_of(st.just(["path", "label"]), st.lists(headings, max_size=4))
    cells = st.one_of(
        values(), st.sampled_from([*LABELS, "cat", "cat dog", "cat,dog", "['cat', 'dog']", "0", "1", "007"])
    )
    drawn_rows = st.lists(st.lists(cells, max_size=4), max_size=6)
    rows = st.tuples(header, drawn_rows).map(lambda drawn: [drawn[0], *drawn[1]])
    documents = st.one_of(map(changed, [LABELS, _ONE_HOT, COCO, [{"path": "a.png", "label": 1}], *_FORMS]))
    whole = documents.map(lambda document: ("labels.json", as_json(document)))
    lines = st.lists(documents, max_size=4).map(lambda each: ("labels.jsonl", b"\n".join(map(as_json, each))))
    tables = st.tuples(st.sampled_from(["labels.csv", "labels.tsv", "list.txt"]), rows).map(
        lambda drawn: (drawn[0], as_csv(drawn[1], delimiter="\t" if drawn[0].endswith("v") else ","))
    )
    seeds = [
        ("labels.json", [as_json(LABELS), as_json(_ONE_HOT), as_json(COCO)]),
        ("labels.csv", [as_csv([["path", "label"], *map(list, LABELS.items())], delimiter=",")]),
        ("labels.parquet", _PARQUETS),
        ("classes.txt", [b"cat\ndog\n"]),
    ]
    broken = st.one_of([damaged(corpus).map(lambda data, name=name: (name, data)) for name, corpus in seeds])
    return st.one_of(whole, lines, tables, broken, broken)


def read_labels(folder: Path) -> Try:
    files = FileIndex(list(LABELS))

    def one(drawn: tuple[str, bytes]) -> None:
        name, data = drawn
        (folder / name).write_bytes(data)
        try:
            if name.endswith(".parquet") and not survives(folder / name):
                return  # the app reads label files in a process of their own
            for reading in label_readings(folder / name, files, NO_HINTS):
                rows = reading.rows
                assert len(rows.keys) == len(rows.values)
                if not rows.only_splits:
                    found = assign_labels(rows, list(LABELS), names=None, file_name=name)
                    numbers = [label for label in found.label if label is not None]
                    numbers += [label for labels in found.labels for label in labels or ()]
                    assert all(0 <= number < len(found.class_names) for number in numbers)
        except LayoutError as refused:
            assert str(refused).strip()
        finally:
            (folder / name).unlink()

    return one


_VOC = (
    b"<annotation><filename>a.png</filename><size><width>20</width><height>10</height></size><object><name>cat</name>"
    b"<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>8</ymax></bndbox></object></annotation>"
)
_CVAT = (
    b'<annotations><image id="0" name="a.png" width="20" height="10"><box label="cat" xtl="1" ytl="2" xbr="9" ybr="8"/>'
    b'<polygon label="dog" points="0,0;5,0;5,5"/><tag label="cat"/></image></annotations>'
)
_LABELME = {
    "imagePath": "a.png",
    "imageWidth": 20,
    "imageHeight": 10,
    "shapes": [{"label": "cat", "shape_type": "rectangle", "points": [[1, 2], [9, 8]]}],
    "flags": {"dog": True},
}
_SIDE_FILES = {
    "a.xml": [_VOC],
    "annotations.xml": [_CVAT],
    "a.txt": [b"0 0.5 0.5 0.2 0.4\n1 0.1 0.1 0.3 0.1 0.3 0.5\n"],
    "data.yaml": [b"path: .\ntrain: sub\nval: [.]\nnames:\n  0: cat\n  1: dog\n", b"names: [cat, dog]"],
    "a.json": [as_json(_LABELME)],
}


def _side_files() -> st.SearchStrategy[tuple[str, bytes]]:
    """Annotations of other formats, whole but changed, or damaged."""
    broken = [damaged(seeds).map(lambda data, name=name: (name, data)) for name, seeds in _SIDE_FILES.items()]
    return st.one_of(*broken, changed(_LABELME).map(lambda content: ("a.json", as_json(content))))


def folders() -> st.SearchStrategy[tuple[list[bytes], tuple[str, bytes]]]:
    return st.tuples(st.lists(damaged(pictures()), min_size=1, max_size=3), label_files() | _side_files())


def _looked_at(root: Path) -> None:
    """Look at a folder, and at its boxes as COCO has them."""
    listing = list_folder(root)
    for found in find_annotations(listing, FileIndex(listing.paths)):
        coco = as_coco(found, lambda key: (20, 10))
        sides = [side for row in coco["annotations"] for side in row["bbox"]]
        assert np.isfinite(np.array(sides, np.float64)).all() and json.dumps(coco)


def import_folder(folder: Path) -> Try:
    def one(drawn: tuple[list[bytes], tuple[str, bytes]]) -> None:
        pictures, (name, labels) = drawn
        with tempfile.TemporaryDirectory(dir=folder) as made:
            root = Path(made)
            (root / "sub").mkdir()
            for path, data in zip(LABELS, pictures, strict=False):
                (root / path).write_bytes(data)
            (root / name).write_bytes(labels)
            if name.endswith(".parquet") and not survives(root / name):
                return  # the app looks at folders in a process of their own
            try:
                found = inspect_folder(root)
                _looked_at(root)
            except LayoutError:
                return
            paths = found.files["path"].to_pylist()
            rows = [part for part in scan_files(root, paths, thumbs=root / "thumbs", n_processes=1)]
            assert sum(part.images.num_rows + part.failures.num_rows for part in rows) == len(paths)

    return one

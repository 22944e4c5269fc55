"""Boxes as they are drawn in a folder, and as an import reads them there."""

from importers.boxes import Pictures, boxes_of_folder
from importers.inspect import inspect_folder
from tests.support.annotated_folders import SIZE

SAID = {
    "data/a.png": [("cat", 8, 4, 16, 8), ("dog", 32, 16, 8, 8)],
    "data/b.png": [("cat", 0, 0, 64, 32), ("cat", 2, 2, 4, 4)],
    "data/c.png": [],
}


def boxes_in(root, *, of=None, **reading):
    """(path, class, x, y, width, height) of all boxes of a folder, and what an import finds there."""
    found = inspect_folder(root, reading=of)
    paths = found.files["path"].to_pylist()
    given = {"reading": found.reading, **reading}
    read = boxes_of_folder(root, Pictures(paths, [SIZE] * len(paths)), **given)
    path_of = {str(row["id"]): row["file_name"] for row in read.content["images"]}
    name_of = {row["id"]: row["name"] for row in read.content["categories"]}
    rows = [
        (path_of[str(row["image_id"])], name_of[row["category_id"]], *(round(side, 3) for side in row["bbox"]))
        for row in read.content["annotations"]
    ]
    return sorted(rows), found


def expected(said):
    return sorted((path, *box) for path, boxes in said.items() for box in boxes)

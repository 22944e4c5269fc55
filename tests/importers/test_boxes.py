"""The boxes that come with a folder's labels, in every layout, lie where they were drawn."""

import pytest

from importers.boxes import Pictures, boxes_of_folder
from importers.inspect import inspect_folder
from tests.support.annotated_folders import FORMATS, SIZE, WITHOUT_EMPTY, pictures
from tests.support.laid_out import labels_of

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


@pytest.mark.parametrize("kind", FORMATS)
def test_boxes_of_every_layout_lie_where_they_were_drawn(tmp_path, kind):
    pictures(tmp_path, list(SAID))
    FORMATS[kind](tmp_path, SAID)
    rows, found = boxes_in(tmp_path)
    assert rows == expected(SAID)
    assert (found.question, found.n_boxes, found.class_names) == (None, 4, ("cat", "dog"))
    labels = {path: label for path, label in labels_of(found).items() if path.endswith(".png")}
    background = None if kind in WITHOUT_EMPTY else []
    assert labels == {"data/a.png": ["cat", "dog"], "data/b.png": ["cat"], "data/c.png": background}

"""Which sets of annotations a folder holds, of the formats that have a file a picture or a file of their own."""

from collections.abc import Callable
from typing import Any

from importers.annotated import Annotations
from importers.annotated_fiftyone import KEY as FIFTYONE
from importers.annotated_fiftyone import find_fiftyone
from importers.annotated_labelme import KEY as LABELME
from importers.annotated_labelme import find_labelme
from importers.annotated_xml import CVAT, VOC, find_cvat, find_voc
from importers.annotated_yolo import KEY as YOLO
from importers.annotated_yolo import find_yolo
from importers.keys import FileIndex, Match
from importers.listing import Listing

ANNOTATED = (YOLO, VOC, CVAT, LABELME, FIFTYONE)


def find_annotations(listing: Listing, index: FileIndex, said: list[str] | None = None) -> list[Annotations]:
    """Every set of annotations of a folder, the one of the most pictures first.

    said: takes a sentence for each file that looks as if it held annotations and cannot be used.
    """
    told = said if said is not None else []
    alone = [
        find_yolo(listing),
        find_voc(listing, index, told),
        find_cvat(listing, told),
        find_labelme(listing, index, told),
    ]
    found = [*(each for each in alone if each is not None), *find_fiftyone(listing)]
    return sorted(found, key=lambda each: -len(each.pictures))


def as_coco(annotations: Annotations, size_of: Callable[[str], tuple[int, int] | None]) -> dict[str, Any]:
    """The annotations as COCO writes them. size_of: a picture's width and height by its key, None where it is not here.

    What is in shares of a picture's sides becomes pixels of the picture as it is here.
    """
    images: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for number, picture in enumerate(annotations.pictures):
        width, height = picture.size or size_of(picture.key) or (0, 0)
        if not width or not height:
            continue
        images.append({"id": number, "file_name": picture.key, "width": width, "height": height})
        for one in picture.objects:
            if one.box is None:
                continue
            across, down = (width, height) if one.is_share else (1, 1)
            left, top, right, bottom = one.box
            row: dict[str, Any] = {
                "id": len(rows),
                "image_id": number,
                "category_id": one.place,
                "bbox": [left * across, top * down, (right - left) * across, (bottom - top) * down],
            }
            if one.outline is not None:
                sides = (across, down)
                row["segmentation"] = [[side * sides[at % 2] for at, side in enumerate(one.outline)]]
            rows.append(row)
    categories = [{"id": place, "name": name} for place, name in enumerate(annotations.class_names)]
    return {"images": images, "annotations": rows, "categories": categories}


def sizes_by_key(paths: list[str], sizes: list[tuple[int, int]]) -> Callable[[str], tuple[int, int] | None]:
    """Looks up a picture's size by a key of annotations."""
    index = FileIndex(paths)

    def size_of(key: str) -> tuple[int, int] | None:
        found = index.match(key)
        return sizes[found.number] if isinstance(found, Match) else None

    return size_of

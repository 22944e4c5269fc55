"""Boxes that lie with the pictures of a shard, gathered as COCO has them.

Hugging Face's sets for detection have a column `objects` with the lists bbox and category; a WebDataset's JSON may have
a list `boxes`. Both are taken as COCO's left, top, width, height in pixels, which is what such sets hold.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from importers.keys import storable
from importers.label_rows import is_number

OBJECTS = ("objects", "annotations")  # columns of boxes
MOST_BOXES = 10_000  # of a picture


@dataclass(frozen=True)
class PackedBox:
    """One object. sides: left, top, width, height in pixels. score: None where none is said."""

    name: str
    sides: tuple[float, float, float, float]
    score: float | None = None


@dataclass
class BoxesOfPictures:
    """What was found so far, as COCO's lists. pictures without boxes are listed too: they were looked at."""

    images: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    _categories: dict[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many boxes there are."""
        return len(self.annotations)

    def add(self, path: str, boxes: Sequence[PackedBox]) -> None:
        """Take in a picture, by its path, with its boxes."""
        self.images.append({"id": len(self.images) + 1, "file_name": path})
        for box in boxes:
            category = self._categories.setdefault(box.name, len(self._categories) + 1)
            one = {"id": self.n + 1, "image_id": len(self.images), "category_id": category, "bbox": list(box.sides)}
            self.annotations.append(one | ({} if box.score is None else {"score": box.score}))

    def as_coco(self) -> str:
        """All of it, as the text of a file."""
        categories = [{"id": number, "name": name} for name, number in self._categories.items()]
        coco = {"images": self.images, "annotations": self.annotations, "categories": categories}
        return json.dumps(coco, ensure_ascii=False)


def boxes_of_columns(objects: Any, names: Sequence[str]) -> list[PackedBox]:
    """The boxes in a cell of Hugging Face's: lists of the same length. names: of the numbers of categories."""
    if not isinstance(objects, dict):
        return []
    places, categories, scores = (objects.get(name) for name in ("bbox", "category", "score"))
    if not isinstance(places, list) or not isinstance(categories, list) or len(places) != len(categories):
        return []
    given = scores if isinstance(scores, list) and len(scores) == len(places) else [None] * len(places)
    found = zip(places[:MOST_BOXES], categories, given, strict=False)
    return [box for sides, category, score in found if (box := _box(sides, _name(category, names), score))]


def boxes_of_rows(rows: Any) -> list[PackedBox]:
    """The boxes of a JSON's list, each with bbox and label."""
    if not isinstance(rows, list):
        return []
    return [
        box
        for row in rows[:MOST_BOXES]
        if isinstance(row, dict) and (box := _box(row.get("bbox"), row.get("label"), row.get("score")))
    ]


def _name(category: Any, names: Sequence[str]) -> Any:
    if isinstance(category, int) and not isinstance(category, bool):
        return names[category] if 0 <= category < len(names) else str(category)
    return category


def _box(sides: Any, name: Any, score: Any) -> PackedBox | None:
    is_box = isinstance(sides, list) and len(sides) == 4 and all(map(is_number, sides))
    if not is_box or not isinstance(name, str) or min(sides[2:]) <= 0:
        return None
    left, top, wide, high = map(float, sides)
    said = float(score) if is_number(score) and 0 <= score <= 1 else None
    return PackedBox(storable(name), (left, top, wide, high), said)

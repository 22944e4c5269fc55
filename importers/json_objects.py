"""Objects that a JSON value says of a picture: Label Studio's regions, FiftyOne's detections, Hugging Face's lists."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from importers.columns import heading
from importers.label_rows import is_number

_DEEPEST = 8
_CLASS_WORDS = ("category", "categories", "label", "labels", "class", "classes", "class_name", "name", "names")
_CLASS_WORDS_LAST = ("category_id", "category_ids", "class_id", "label_id")
Corners = tuple[float, ...]  # x, y, x, y, ...


@dataclass(frozen=True)
class NamedObject:
    """An object and its class, by name or by number. box: left, top, right, bottom. is_share: of the sides."""

    name: str | int
    box: tuple[float, float, float, float] | None
    outline: Corners | None = None
    is_share: bool = False


def objects_of(value: Any) -> list[NamedObject]:
    """The objects in a JSON value, in the order in which they stand; none where it says no places."""
    return list(_gathered(value, 0))


def n_boxes_of(value: Any) -> int:
    """How many objects a JSON value says the place of."""
    return sum(one.box is not None for one in _gathered(value, 0))


def _gathered(value: Any, depth: int) -> Iterator[NamedObject]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            if isinstance(one, dict | list):
                yield from _gathered(one, depth + 1)
    elif isinstance(value, dict):
        found = _region(value) or _detection(value) or _boxed(value)
        if found:
            yield from found
            return
        for inner in value.values():
            if isinstance(inner, dict | list):
                yield from _gathered(inner, depth + 1)


def _region(value: Mapping[str, Any]) -> list[NamedObject]:
    """A region of Label Studio's, in hundredths of the picture's sides."""
    kind = next((key for key in value if key.endswith("labels") and isinstance(value[key], list)), None)
    if kind is None or not value[kind] or not all(isinstance(name, str) for name in value[kind]):
        return []
    corners = _corners_of_region(value)
    if corners is None:
        return []
    is_outline = len(corners) > 4
    box = _around(corners)
    return [NamedObject(name, box, corners if is_outline else None, is_share=True) for name in value[kind]]


def _corners_of_region(value: Mapping[str, Any]) -> Corners | None:
    points = value.get("points")
    if isinstance(points, list):
        flat = _flat(points)
        return tuple(side / 100 for side in flat) if flat and len(flat) > 5 else None
    sides = _numbers([value.get(name) for name in ("x", "y", "width", "height")])
    if sides:
        x, y, width, height = sides
        turn = value.get("rotation")
        if is_number(turn) and turn:
            return _turned(x, y, width, height, turn, value)
        return (x / 100, y / 100, (x + width) / 100, (y + height) / 100)
    round_ = _numbers([value.get(name) for name in ("x", "y", "radiusX", "radiusY")])
    if round_:
        x, y, wide, high = round_
        return ((x - wide) / 100, (y - high) / 100, (x + wide) / 100, (y + high) / 100)
    return None


def _turned(x: float, y: float, width: float, height: float, turn: Any, value: Mapping[str, Any]) -> Corners:
    """The corners of a box that is turned about its left upper corner, in degrees; in pixels its sides stay square."""
    stated = _numbers([value.get("original_width"), value.get("original_height")]) or (1.0, 1.0)
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    wide, high = width * stated[0], height * stated[1]
    corners: list[float] = []
    for across, down in ((0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high)):
        corners += [
            (x + (across * cos - down * sin) / stated[0]) / 100,
            (y + (across * sin + down * cos) / stated[1]) / 100,
        ]
    return tuple(corners)


def _detection(value: Mapping[str, Any]) -> list[NamedObject]:
    """A detection or a polyline of FiftyOne's, in shares of the picture's sides."""
    name = value.get("label")
    if not isinstance(name, str | int) or isinstance(name, bool):
        return []
    given = value.get("bounding_box")
    sides = _numbers(given) if isinstance(given, list) and len(given) == 4 else None
    if sides:
        x, y, width, height = sides
        return [NamedObject(name, (x, y, x + width, y + height), is_share=True)]
    points = value.get("points")
    if isinstance(points, list) and points and all(isinstance(shape, list) for shape in points):
        shapes = [flat for shape in points if (flat := _flat(shape)) and len(flat) > 5]
        return [NamedObject(name, _around(shape), shape, is_share=True) for shape in shapes]
    return []


def _boxed(value: Mapping[str, Any]) -> list[NamedObject]:
    """Boxes x, y, width, height in pixels with their classes: of one object, or lists of all of a picture's."""
    by_word = {heading(key): inner for key, inner in value.items()}
    boxes = by_word.get("bbox", by_word.get("bboxes", by_word.get("boxes")))
    if not isinstance(boxes, list) or not boxes:
        return []
    name = next((by_word[word] for word in (*_CLASS_WORDS, *_CLASS_WORDS_LAST) if word in by_word), None)
    if all(isinstance(box, list) for box in boxes):
        names = name if isinstance(name, list) else []
        pairs = zip(boxes, names, strict=False)
    else:
        pairs = zip([boxes], name if isinstance(name, list) else [name], strict=False)
    found = []
    for box, each in pairs:
        sides = _numbers(box) if len(box) == 4 else None
        if isinstance(each, str | int) and not isinstance(each, bool):
            placed = (sides[0], sides[1], sides[0] + sides[2], sides[1] + sides[3]) if sides else None
            found.append(NamedObject(each, placed))
    return found


def _around(corners: Sequence[float]) -> tuple[float, float, float, float]:
    xs, ys = corners[::2], corners[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def _numbers(values: Any) -> tuple[float, ...] | None:
    if not isinstance(values, list) or not all(map(is_number, values)):
        return None
    try:
        return tuple(map(float, values))
    except OverflowError:  # an integer of hundreds of digits
        return None


def _flat(points: Sequence[Any]) -> Corners | None:
    """Pairs as one row of numbers; None where something else is among them."""
    if not all(isinstance(point, list) and len(point) == 2 for point in points):
        return None
    return _numbers([side for point in points for side in point])

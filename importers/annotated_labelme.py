"""LabelMe's annotations: a JSON a picture, with shapes."""

from pathlib import Path
from typing import Any

from importers.annotated import (
    MAX_SIDE_BYTES,
    AnnotatedPicture,
    Annotations,
    ClassPlaces,
    Object,
    one_file_a_picture,
    text_of,
)
from importers.keys import FileIndex, composed
from importers.label_json import parse_json
from importers.label_rows import is_number
from importers.listing import Listing

KEY = "labelme:"


def find_labelme(listing: Listing, index: FileIndex, said: list[str]) -> Annotations | None:
    """The annotations of a folder with LabelMe's JSON a picture; None without."""

    def picture_of(content: dict[str, Any], path: str, places: ClassPlaces) -> AnnotatedPicture:
        return _picture(content, path, index, places)

    files = [path for path in listing.paths if path.lower().endswith(".json")]
    return one_file_a_picture(
        listing.root, files, parsed=_parsed, picture_of=picture_of, key=KEY, name="LabelMe", said=said
    )


def _parsed(path: Path) -> dict[str, Any] | None:
    """The content of a file of LabelMe's; None for another JSON. Raises LayoutError, OSError, ValueError."""
    with path.open("rb") as file:
        data = file.read(MAX_SIDE_BYTES * 8 + 1)  # a picture may lie in it
    if b'"shapes"' not in data.replace(b"\0", b""):
        return None
    if len(data) > MAX_SIDE_BYTES * 8:
        raise ValueError(f"it has more than {MAX_SIDE_BYTES * 8:,} bytes")
    content = parse_json(text_of(data), path.name)
    return content if isinstance(content, dict) and isinstance(content.get("shapes"), list) else None


def _picture(content: dict[str, Any], path: str, index: FileIndex, places: ClassPlaces) -> AnnotatedPicture:
    named = content.get("imagePath")
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0]
    beside = f"{folder}/{stem}" if folder else stem
    key = named if isinstance(named, str) and index.find(named, below=folder) != "missing-file" else beside
    if isinstance(index.find(beside), int):
        key = beside  # what lies beside it is meant, wherever it lay when it was drawn
    objects = [_object(shape, places) for shape in content["shapes"] if isinstance(shape, dict)]
    flags = content.get("flags")
    said = [str(flag) for flag, is_set in flags.items() if is_set is True] if isinstance(flags, dict) else []
    sides = [content.get(name) for name in ("imageWidth", "imageHeight")]
    given = [int(side) for side in sides if side is not None and is_number(side) and 1 <= side < 1e9]
    size = (given[0], given[1]) if len(given) == 2 else None
    labels = tuple(places.of(composed(flag)) for flag in said)
    return AnnotatedPicture(key, tuple(one for one in objects if one is not None), size, labels)


def _object(shape: dict[str, Any], places: ClassPlaces) -> Object | None:
    label = shape.get("label")
    if not isinstance(label, str) or not label.strip():
        return None
    place = places.of(composed(label.strip()))
    points = shape.get("points")
    corners = (
        [side for point in points if isinstance(point, list) for side in point] if isinstance(points, list) else []
    )
    if len(corners) < 4 or len(corners) % 2 or not all(map(is_number, corners)):
        return Object(place, None)
    xs, ys = corners[::2], corners[1::2]
    if shape.get("shape_type") == "circle" and len(xs) == 2:
        radius = ((xs[1] - xs[0]) ** 2 + (ys[1] - ys[0]) ** 2) ** 0.5
        return Object(place, (xs[0] - radius, ys[0] - radius, xs[0] + radius, ys[0] + radius))
    is_outline = shape.get("shape_type") == "polygon" and len(xs) > 2
    return Object(place, (min(xs), min(ys), max(xs), max(ys)), tuple(map(float, corners)) if is_outline else None)

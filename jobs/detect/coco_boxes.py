"""COCO's detection JSON, read as boxes for pictures by their names. (analytics/coco.py writes it.)"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from jobs.detect.coco_masks import BadMask, Masks, finite_number, mask_code
from jobs.engine.errors import UnknownParameter

MAX_BYTES = 4 << 30
MAX_VALUES = 128_000_000
Entry = dict[str, Any]  # an image or an annotation, as the file has it
_TOLD = 3  # problems of a picture that are spelt out


@dataclass
class Problems:
    """What was wrong with annotations of one picture: how many, and the first of them in words."""

    n: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, number: int, what: str) -> None:
        """Note that annotation `number` of the file (from 0) has something wrong."""
        self.n += 1
        if self.n <= _TOLD:
            self.first.append(f"annotation {number} {what}")


@dataclass(frozen=True, eq=False)
class FileObjects:
    """The objects of one picture, as models.detector.Detections has them; masks (height, width) of bool, or None.

    problem: what was left out of the picture's annotations, and why; None where nothing was.
    """

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray
    masks: Sequence[np.ndarray | None] | None
    problem: str | None = None


class PictureRefused(Exception):
    """Nothing of a picture's entry or annotations can be used; the text says why."""


@dataclass(frozen=True, eq=False)
class CocoBoxes:
    """A file's annotations by picture. is_truth: none of them has a score. example: one of its file names."""

    title: str
    names: tuple[str, ...]
    is_truth: bool
    example: str
    images: Mapping[str, Entry]
    annotations: Mapping[object, list[tuple[int, Entry]]]
    index_of: Mapping[object, int]
    problems: Mapping[object, Problems]

    def of(self, path: str, *, width: int, height: int) -> FileObjects | None:
        """The objects of the picture at `path`, in pixels of width x height; None where the file does not name it.

        A picture is known by its whole path, the end of it, or its file name. Boxes of a file that states another
        size are scaled; boxes and masks are cut at the picture's edges. Raises PictureRefused where the file states a
        size that is none, or has annotations of the picture and none can be used.
        """
        image = self._image(path)
        if image is None:
            return None
        given = [(image.get("width"), width), (image.get("height"), height)]
        stated = [finite_number(here if said in (None, 0) else said) for said, here in given]
        if not all(side is not None and side > 0 for side in stated):
            raise PictureRefused(f"{self.title} states a size for this picture that is none.")
        key = image.get("id")
        rows = self.annotations.get(key, []) if _is_key(key) else []
        before = self.problems.get(key) if _is_key(key) else None
        problems = Problems(before.n, list(before.first)) if before else Problems()
        if before and not rows:
            raise PictureRefused(_told(problems, of=before.n))
        with np.errstate(over="ignore"):  # a box as wide as numbers go is cut like any other
            sides = np.array([_box(row) for _, row in rows], np.float64).reshape(-1, 4)
            sides[:, 2:] += sides[:, :2]
            sides = np.clip(sides * (np.array([width, height] * 2) / np.array(stated * 2)), 0, [width, height] * 2)
        scores = np.array([_score(row) for _, row in rows], np.float32)
        classes = np.array([self.index_of[row["category_id"]] for _, row in rows], np.int32)
        codes: list[str | None] = [None] * len(rows)
        for place, (number, row) in enumerate(rows):
            try:
                if stated == [width, height]:
                    codes[place] = mask_code(row.get("segmentation"), width=width, height=height)
            except BadMask as error:
                problems.add(number, f"is kept without its mask: {error}")
        masks = Masks(codes, width=width, height=height) if any(codes) else None
        told = _told(problems, of=len(rows) + (before.n if before else 0)) if problems.n else None
        return FileObjects(sides.astype(np.float32), scores, classes, masks, told)

    @property
    def n_bad(self) -> int:
        """How many annotations cannot be used, whatever picture they name; masks are not counted."""
        return sum(each.n for each in self.problems.values())

    def names_picture(self, path: str) -> bool:
        """Whether the file names the picture at `path`."""
        return self._image(path) is not None

    def _image(self, path: str) -> Entry | None:
        parts = path.split("/")
        for start in range(len(parts)):
            image = self.images.get("/".join(parts[start:]))
            if image is not None:
                return image
        return None


def read_coco(path: Path) -> CocoBoxes:
    """Read a COCO detection file: images, annotations with bbox (x, y, width, height), categories.

    Raises UnknownParameter, which says what is missing.
    """
    content = _parsed(path)
    if isinstance(content, list):
        raise UnknownParameter(
            f"{path.name} is a list of results without images; put it under 'annotations' of a file with 'images' and "
            "'categories', as Vitrine's own export does."
        )
    lists: dict[str, Any] = content if isinstance(content, dict) else {}
    missing = [name for name in ("images", "annotations", "categories") if not isinstance(lists.get(name), list)]
    if missing:
        raise UnknownParameter(f"{path.name} is no COCO detection file: it has no list {missing[0]!r}.")
    categories = [row for row in lists["categories"] if isinstance(row, dict) and "id" in row and _is_key(row["id"])]
    index_of = {row["id"]: index for index, row in enumerate(categories)}
    annotations: dict[object, list[tuple[int, Entry]]] = {}
    problems: dict[object, Problems] = {}
    first_wrong, n_good = "", 0
    for number, row in enumerate(lists["annotations"]):
        wrong = _what_is_wrong(row, index_of)
        if wrong is None:
            n_good += 1
            if not row.get("iscrowd"):
                annotations.setdefault(row["image_id"], []).append((number, row))
            continue
        first_wrong = first_wrong or f"annotation {number} {wrong}"
        key = row.get("image_id") if isinstance(row, dict) else None
        problems.setdefault(key if _is_key(key) else None, Problems()).add(number, wrong)
    if first_wrong and not n_good:
        raise UnknownParameter(f"{path.name}: {first_wrong}.")
    images = {_text(row["file_name"]): row for row in lists["images"] if isinstance(row, dict) and row.get("file_name")}
    scored = any(row.get("score") is not None for rows in annotations.values() for _, row in rows)
    return CocoBoxes(
        title=path.name,
        names=tuple(_text(row.get("name", row["id"])) for row in categories),
        is_truth=bool(annotations) and not scored,
        example=next(iter(images), ""),
        images=images,
        annotations=annotations,
        index_of=index_of,
        problems=problems,
    )


def _what_is_wrong(row: object, index_of: Mapping[object, int]) -> str | None:
    """What keeps an annotation from being used, to follow its number; None where nothing does."""
    entry: Entry = row if isinstance(row, dict) else {}
    if _box(entry) is None:
        return "has no bbox of four numbers (x, y, width, height)"
    category = entry.get("category_id")
    if not _is_key(category) or category not in index_of:
        return f"names category {repr(category)[:40]}, which is not among 'categories'"
    if "image_id" not in entry or not _is_key(entry["image_id"]):
        return "names no image"
    if _score(entry) is None:
        return f"has the score {repr(entry['score'])[:40]}; scores lie between 0 and 1"
    return None


def _is_key(value: object) -> bool:
    return value is None or isinstance(value, (int, float, str))


def _text(value: object) -> str:
    """A name as text that can be written: half a surrogate pair becomes a question mark."""
    return str(value).encode(errors="replace").decode()


def _box(row: Entry) -> list[float] | None:
    box = row.get("bbox")
    sides = [finite_number(side) for side in box] if isinstance(box, list) and len(box) == 4 else []
    finite = [side for side in sides if side is not None]
    return finite if len(finite) == 4 else None


def _score(row: Entry) -> float | None:
    """The score, 1 without one; None where it is no number between 0 and 1."""
    score = finite_number(1.0 if row.get("score") is None else row["score"])
    return score if score is not None and 0 <= score <= 1 else None


def _told(problems: Problems, *, of: int) -> str:
    """What was left out of a picture's annotations, in a sentence."""
    more = f", and {problems.n - _TOLD} more" if problems.n > _TOLD else ""
    return f"Of its {of} annotations {problems.n} cannot be used as they are: {'; '.join(problems.first)}{more}."


def _parsed(path: Path) -> object:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnknownParameter(f"{path.name} has more than {MAX_BYTES >> 30} GB.")
        with path.open("rb") as file:  # in blocks: what would be too much is not read first
            n_values = sum(block.count(b",") for block in iter(lambda: file.read(1 << 20), b""))
        if n_values > MAX_VALUES:
            raise UnknownParameter(f"{path.name} has more than {MAX_VALUES:,} numbers, the most that are read at once.")
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnknownParameter(f"{path.name} cannot be read as JSON: {str(error)[:120]}") from error

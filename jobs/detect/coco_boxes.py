"""COCO's detection JSON, read as boxes for pictures by their names. (analytics/coco.py writes it.)"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from jobs.detect.coco_masks import BadMask, Masks, finite_number, mask_code
from jobs.detect.coco_turned import NOT_TURNED, SIDEWAYS, TurnedMasks, turned_boxes
from jobs.engine.errors import UnknownParameter

MAX_BYTES = 4 << 30
MAX_VALUES = 128_000_000
MAX_MADE_NAMES = 10_000
_ANOTHER_SHAPE = 0.05  # difference of the logarithms of two ratios of sides
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
    """A file's annotations by picture. is_truth: none of them has a score. example: one of its file names.

    of_no_image: how many annotations name an image that the file does not list. made_names: it has no categories, so
    that classes are called by their numbers. by_path: `images` has whole paths of the dataset (coco_match.py); turns:
    how those are turned whose boxes are of the stored picture; repeated: those that it lists more than once.
    """

    title: str
    names: tuple[str, ...]
    is_truth: bool
    example: str
    images: Mapping[str, Entry]
    annotations: Mapping[object, list[tuple[int, Entry]]]
    index_of: Mapping[object, int]
    problems: Mapping[object, Problems]
    of_no_image: int = 0
    made_names: bool = False
    by_path: bool = False
    turns: Mapping[str, int] = field(default_factory=dict)
    repeated: frozenset[str] = frozenset()

    def of(self, path: str, *, width: int, height: int) -> FileObjects | None:
        """The objects of the picture at `path`, in pixels of width x height; None where the file does not name it.

        A picture is known by its whole path, the end of it, or its file name. Boxes of a file that states another
        size are scaled; boxes and masks are cut at the picture's edges. Raises PictureRefused where the file states a
        size that is none, or has annotations of the picture and none can be used.
        """
        image = self._image(path)
        if image is None:
            return None
        turn = self.turns.get(path, NOT_TURNED)
        upright = (width, height)
        if turn in SIDEWAYS:
            width, height = height, width  # the stored picture's, until the boxes are turned
        given = [(image.get("width"), width), (image.get("height"), height)]
        stated = [finite_number(here if said in (None, 0) else said) for said, here in given]
        if not all(side is not None and side > 0 for side in stated):
            raise PictureRefused(f"{self.title} states a size for this picture that is none.")
        key = image.get("id")
        rows = self.annotations.get(key, []) if _is_key(key) else []
        before = self.problems.get(key) if _is_key(key) else None
        odd = _odd_size(stated, width, height) if rows and turn == NOT_TURNED else ""
        if path in self.repeated:
            odd += " The file lists this picture more than once; the first is taken."
        problems = Problems(before.n, list(before.first)) if before else Problems()
        if before and not rows:
            raise PictureRefused(_told(problems, of=before.n))
        with np.errstate(over="ignore"):  # a box as wide as numbers go is cut like any other
            sides = np.array([_box(row) for _, row in rows], np.float64).reshape(-1, 4)
            sides[:, 2:] += sides[:, :2]
            sides = np.clip(sides * (np.array([width, height] * 2) / np.array(stated * 2)), 0, [width, height] * 2)
        scores = np.array([_score(row) for _, row in rows], np.float32)
        classes = np.array([self.index_of[row.get("category_id")] for _, row in rows], np.int32)
        codes: list[str | None] = [None] * len(rows)
        for place, (number, row) in enumerate(rows):
            try:
                if stated == [width, height]:
                    codes[place] = mask_code(row.get("segmentation"), width=width, height=height)
            except BadMask as error:
                problems.add(number, f"is kept without its mask: {error}")
        masks = Masks(codes, width=width, height=height) if any(codes) else None
        told = _told(problems, of=len(rows) + (before.n if before else 0)) if problems.n else ""
        if turn != NOT_TURNED:
            sides = turned_boxes(sides, turn, width=width, height=height).clip(0, [*upright] * 2)
        turned = TurnedMasks(masks, turn) if masks is not None and turn != NOT_TURNED else masks
        return FileObjects(sides.astype(np.float32), scores, classes, turned, f"{told}{odd}".strip() or None)

    @property
    def n_bad(self) -> int:
        """How many annotations cannot be used, whatever picture they name; masks are not counted."""
        return sum(each.n for each in self.problems.values())

    @property
    def n_usable(self) -> int:
        """How many annotations can be used of the images that are named here."""
        return sum(
            len(self.annotations.get(row.get("id"), ())) for row in self.images.values() if _is_key(row.get("id"))
        )

    def names_picture(self, path: str) -> bool:
        """Whether the file names the picture at `path`."""
        return self._image(path) is not None

    def _image(self, path: str) -> Entry | None:
        if self.by_path:
            return self.images.get(path)
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
    return coco_of(_parsed(path), path)


def coco_of(content: object, path: Path) -> CocoBoxes:
    """The boxes in the content of such a file. path: what it is called. Raises UnknownParameter."""
    if isinstance(content, list):
        raise UnknownParameter(
            f"{path.name} is a list of results without images; put it under 'annotations' of a file with 'images' and "
            "'categories', as Vitrine's own export does."
        )
    lists: dict[str, Any] = content if isinstance(content, dict) else {}
    has_categories = lists.get("categories") is not None
    needed = ("images", "annotations", *(["categories"] if has_categories else []))
    missing = [name for name in needed if not isinstance(lists.get(name), list)]
    if missing:
        raise UnknownParameter(f"{path.name} is no COCO detection file: it has no list {missing[0]!r}.")
    given = lists["categories"] if has_categories else _numbered(lists["annotations"])
    categories = [row for row in given if isinstance(row, dict) and "id" in row and _is_key(row["id"])]
    index_of: dict[object, int] = {row["id"]: index for index, row in enumerate(categories)}
    images: dict[str, Entry] = {}
    repeated = set()
    for row in lists["images"]:
        if isinstance(row, dict) and row.get("file_name"):
            name = _text(row["file_name"])
            if images.setdefault(name, row) is not row:
                repeated.add(name)
    image_of, category_of = Ids(row.get("id") for row in images.values()), Ids(index_of)
    annotations: dict[object, list[tuple[int, Entry]]] = {}
    problems: dict[object, Problems] = {}
    first_wrong, n_good, first_lost, n_lost = "", 0, "", 0
    for number, row in enumerate(lists["annotations"]):
        if isinstance(row, dict) and _is_key(row.get("image_id")) and _is_key(row.get("category_id")):
            row = {**row, "category_id": category_of.meant(row.get("category_id"))} | (
                {"image_id": image_of.meant(row["image_id"])} if "image_id" in row else {}
            )
        wrong = _what_is_wrong(row, index_of)
        if wrong is None:
            n_good += 1
            if row["image_id"] not in image_of.known:
                n_lost, first_lost = n_lost + 1, first_lost or f"annotation {number}: {row['image_id']!r:.40}"
            if not row.get("iscrowd"):
                annotations.setdefault(row["image_id"], []).append((number, row))
            continue
        first_wrong = first_wrong or f"annotation {number} {wrong}"
        key = row.get("image_id") if isinstance(row, dict) else None
        problems.setdefault(key if _is_key(key) else None, Problems()).add(number, wrong)
    if first_wrong and not n_good:
        raise UnknownParameter(f"{path.name}: {first_wrong}.")
    if n_lost and n_lost == n_good:
        raise UnknownParameter(
            f"{path.name}: no annotation names an image that the file lists (image_id of {first_lost}; the ids of "
            f"'images' are like {next(iter(image_of.known), None)!r:.40})."
        )
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
        of_no_image=n_lost,
        made_names=not has_categories,
        repeated=frozenset(repeated),
    )


class Ids:
    """Ids of a file's images or categories, found also where one list has them as text and the other as numbers."""

    def __init__(self, ids: Iterable[object]) -> None:
        self.known = {one: None for one in ids if _is_key(one)}
        spelt: dict[str, list[object]] = {}
        for one in self.known:
            spelt.setdefault(_spelling(one), []).append(one)
        self._by_spelling = {spelling: ones[0] for spelling, ones in spelt.items() if len(ones) == 1}

    def meant(self, given: object) -> object:
        """The known id that `given` is, or is but for its spelling; `given` itself where there is none."""
        return given if given in self.known else self._by_spelling.get(_spelling(given), given)


def _spelling(value: object) -> str:
    """One spelling of an id: 7, 7.0, "7" and "007" are the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip().removesuffix(".0") if not isinstance(value, int) else _digits(value)
    return text.lstrip("0") or "0" if text.isdecimal() else text


def _digits(value: int) -> str:
    return str(value) if abs(value) < 10**18 else hex(value)  # the longest are not written in digits at all


def _numbered(annotations: list[object]) -> list[Entry]:
    """Categories of a file that lists none: one of each number, called by it."""
    spelt: dict[str, int | float | str] = {}
    for row in annotations:
        number = row.get("category_id") if isinstance(row, dict) else None
        if isinstance(number, (int, float, str)) and len(spelt) < MAX_MADE_NAMES:
            spelt.setdefault(_spelling(number), number)
    ordered = sorted(spelt, key=lambda one: (not one.isdecimal(), len(one) if one.isdecimal() else 0, one))
    return [{"id": spelt[one], "name": f"class {_text(one)}"} for one in ordered]


def _odd_size(stated: Sequence[float | None], width: int, height: int) -> str:
    """What to say where a file states another shape than the picture has; empty where it does not."""
    wide, high = (side or 1.0 for side in stated)
    if (
        abs(math.log(wide / high) - math.log(width / height)) <= _ANOTHER_SHAPE
        or abs(wide / high * height - width) <= 2
    ):
        return ""
    return (
        f" The file states {wide:,g} x {high:,g} pixels, the picture has {width:,} x {height:,}: boxes are stretched."
    )


def _what_is_wrong(row: object, index_of: Mapping[object, int]) -> str | None:
    """What keeps an annotation from being used, to follow its number; None where nothing does."""
    entry: Entry = row if isinstance(row, dict) else {}
    if _box(entry) is None:
        return "has no bbox of four numbers (x, y, width, height)"
    if min((_box(entry) or [])[2:], default=0) <= 0:
        return "has a bbox without an area"
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

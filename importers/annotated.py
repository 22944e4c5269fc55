"""Annotations that lie in a file a picture, or in one of another format: YOLO, Pascal VOC, CVAT and LabelMe.

Each gives the same: which classes there are, and for each picture its objects, in its own pixels or in shares of its
sides. Labels are made of it here (importers/inspect.py), boxes by the detection `as-annotated` (importers/boxes.py).
"""

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from importers.label_rows import LabelRows
from importers.problems import Problems
from importers.types import LayoutError, Problem

MAX_SIDE_FILES = 500_000
MAX_SIDE_BYTES = 8 << 20  # of one picture's annotations
_TRIED = 50  # files, of which none is of a format: the others are not read
T = TypeVar("T")


@dataclass(frozen=True)
class Object:
    """One object. place: in the class names. box: left, top, right, bottom. outline: x, y, x, y, ... or None.

    is_share: both are shares of the picture's sides, else pixels.
    """

    place: int
    box: tuple[float, float, float, float] | None
    outline: tuple[float, ...] | None = None
    is_share: bool = False


@dataclass(frozen=True)
class AnnotatedPicture:
    """A picture as the annotations name it. size: width and height that they state, None where they do not.

    labels: places of classes that are said of the whole picture.
    """

    key: str
    objects: tuple[Object, ...]
    size: tuple[int, int] | None = None
    labels: tuple[int, ...] = ()
    split: str | None = None


@dataclass
class Annotations:
    """All that a set of annotations says. key: the reading that means it. used: its files, below the root.

    about: which part of it is meant, where it has several.
    """

    key: str
    format: str
    where: str
    class_names: tuple[str, ...]
    pictures: list[AnnotatedPicture]
    used: frozenset[str]
    problems: list[Problem] = field(default_factory=list)
    said: tuple[str, ...] = ()
    about: str = ""

    @property
    def n_boxes(self) -> int:
        """How many objects there are of which it says where they are."""
        return sum(one.box is not None for picture in self.pictures for one in picture.objects)

    def as_rows(self) -> LabelRows:
        """The labels of the pictures: the classes of their objects, and those of the whole."""
        splits = [picture.split for picture in self.pictures]
        return LabelRows(
            keys=[picture.key for picture in self.pictures],
            values=[sorted({one.place for one in picture.objects}.union(picture.labels)) for picture in self.pictures],
            split=splits if any(splits) else None,
            indexed=True,
            format=self.format,
            class_names=self.class_names,
            problems=self.problems,
            said=self.said,
            n_boxes=self.n_boxes,
        )


class ClassPlaces:
    """The places of class names, in the order in which they come up; those that are known beforehand first."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._places = {name: place for place, name in enumerate(names)}

    def of(self, name: str) -> int:
        """The place of a name, which is taken in if it is new."""
        return self._places.setdefault(name, len(self._places))

    @property
    def names(self) -> tuple[str, ...]:
        """All names by their places."""
        return tuple(self._places)

    def sorted(self, pictures: list[AnnotatedPicture]) -> tuple[tuple[str, ...], list[AnnotatedPicture]]:
        """The names in their order, and the pictures with the places that these have then."""
        names = tuple(sorted(self._places))
        to = [names.index(name) for name in self._places]
        moved = [
            AnnotatedPicture(
                picture.key,
                tuple(Object(to[one.place], one.box, one.outline, one.is_share) for one in picture.objects),
                picture.size,
                tuple(to[place] for place in picture.labels),
                picture.split,
            )
            for picture in pictures
        ]
        return names, moved


def one_file_a_picture(
    root: Path,
    files: Sequence[str],
    *,
    parsed: Callable[[Path], T | None],
    picture_of: Callable[[T, str, ClassPlaces], AnnotatedPicture],
    key: str,
    name: str,
    said: list[str],
) -> Annotations | None:
    """The annotations of a format with a file a picture; None where none of the first files is of it.

    parsed: what a file holds, None where it is of another kind; raises ValueError, LayoutError or OSError, which is
    noted. picture_of: the picture of what was parsed, by its file's path. key, name: of the format. said: takes why
    none of the files of a format could be read.
    """
    places, problems = ClassPlaces(), Problems()
    pictures: list[AnnotatedPicture] = []
    used: set[str] = set()
    for number, path in enumerate(files[:MAX_SIDE_FILES]):
        if number > _TRIED and not pictures:
            return None
        try:
            content = parsed(root / path)
        except (ValueError, LayoutError, OSError) as error:
            unreadable_side(path, str(error), problems)
            used.add(path)
            continue
        if content is not None:
            used.add(path)
            pictures.append(picture_of(content, path, places))
    if not pictures:
        said += [f"{each.key} was not used for labels: {each.reason}" for each in problems.all()[:1]]
        return None
    names, moved = places.sorted(pictures)
    where = min(used).rpartition("/")[0] or "."
    return Annotations(f"{key}{where}", name, where, names, moved, frozenset(used), problems.all())


def text_of(data: bytes) -> str:
    """The text of a small file: UTF-16 where it begins with its mark, else UTF-8. Raises UnicodeDecodeError."""
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if is_wide else "utf-8-sig")


def unreadable_side(path: str, why: str, problems: Problems) -> None:
    """Note that a file with a picture's annotations cannot be read."""
    problems.add(Problem(path, "wrong-type", f"The annotations in this file cannot be read: {why}."))

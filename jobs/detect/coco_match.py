"""Which picture of a dataset each image of a COCO file is, and which way up its boxes were drawn."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from analytics.wording import count
from importers.keys import FileIndex
from importers.sources import Root
from jobs.detect.coco_boxes import CocoBoxes, Entry
from jobs.detect.coco_masks import finite_number
from jobs.detect.coco_turned import NOT_TURNED, SIDEWAYS, orientation_of
from jobs.engine.kinds import Figures

_TOLD = 3  # names that are spelt out


@dataclass(frozen=True, eq=False)
class Matched:
    """boxes: the file by the dataset's own paths. unmatched: the file's names that mean no picture, or several.

    n_named: how many pictures it names. n_turned: pictures whose boxes were drawn on the photograph as it is stored,
    before its EXIF turns it; turns: how, by path.
    """

    boxes: CocoBoxes
    unmatched: tuple[str, ...]
    n_named: int
    turns: Mapping[str, int]

    def figures(self) -> Figures:
        """What a run keeps of how the file was read."""
        return {
            "n_named": self.n_named,
            "n_names_unmatched": len(self.unmatched),
            "n_bad_annotations": self.boxes.n_bad,
            "n_annotations_of_no_image": self.boxes.of_no_image,
            "n_turned": len(self.turns),
            "names_made_of_numbers": self.boxes.made_names,
        }

    def sentences(self) -> Iterator[str]:
        """The same, as far as somebody should hear of it."""
        title = self.boxes.title
        yield f"{title} names {count(self.n_named, 'picture')} of the dataset."
        if self.unmatched:
            first = ", ".join(f"{name[:80]!r}" for name in self.unmatched[:_TOLD])
            yield f"{count(len(self.unmatched), 'name')} of it mean no picture here, or more than one: {first}."
        if self.boxes.n_bad:
            yield f"{count(self.boxes.n_bad, 'annotation')} cannot be used; the pictures' reasons say why."
        if self.boxes.of_no_image:
            yield f"{count(self.boxes.of_no_image, 'annotation')} name an image that {title} does not list."
        if self.turns:
            yield f"{count(len(self.turns), 'picture')}: boxes were drawn on the stored picture, and turned with it."
        if self.boxes.made_names:
            yield f"{title} lists no categories: classes are called by their numbers."


def matched(boxes: CocoBoxes, pictures: pa.Table, *, root: Root, missing: Sequence[str] | None = None) -> Matched:
    """The file's images among `pictures` (path, width, height: all of the dataset), by the rules of label files.

    missing: given where its names are whole paths already: those that it had and that mean no picture.

    Whether boxes are meant upright is seen by the sizes that the file states: where they are those of the stored
    picture, and its EXIF turns it, the whole file speaks of stored pictures.
    """
    paths = pictures["path"].to_pylist()
    find = FileIndex(paths).find if missing is None else {path: at for at, path in enumerate(paths)}.get
    images: dict[str, Entry] = {}
    unmatched, repeated = [], set()
    for name, entry in boxes.images.items():
        place = find(name)
        if not isinstance(place, int):
            unmatched.append(name)
        elif paths[place] in images:
            repeated.add(paths[place])
        else:
            images[paths[place]] = entry
            if name in boxes.repeated:
                repeated.add(paths[place])
    sizes = dict(
        zip(paths, zip(pictures["width"].to_pylist(), pictures["height"].to_pylist(), strict=True), strict=True)
    )
    turns = _turns(images, sizes, root=root)
    found = replace(boxes, images=images, by_path=True, turns=turns, repeated=frozenset(repeated))
    return Matched(found, tuple(unmatched if missing is None else missing), len(images), turns)


def _turns(images: Mapping[str, Entry], sizes: Mapping[str, tuple[int, int]], *, root: Root) -> dict[str, int]:
    """How the pictures must be turned whose boxes are of the stored picture; none where the file means them upright."""
    turns = {}
    for path, entry in images.items():
        if _is_sideways(entry, *sizes[path]):
            turn = orientation_of(root / path)
            if turn in SIDEWAYS:
                turns[path] = turn
    if turns:  # upside down and square ones look alike by their sizes: they are as the others of their file
        for path, entry in images.items():
            if path not in turns and not _is_sideways(entry, *sizes[path]):
                turn = orientation_of(root / path)
                width, height = sizes[path]
                if turn != NOT_TURNED and (turn not in SIDEWAYS or width == height):
                    turns[path] = turn
    return turns


def _is_sideways(entry: Entry, width: int, height: int) -> bool:
    """Whether the size that a file states is nearer to the picture's with its sides changed, in shape."""
    stated = finite_number(entry.get("width")), finite_number(entry.get("height"))
    if stated[0] is None or stated[1] is None or min(stated[0], stated[1]) <= 0 or width == height:
        return False
    shape, upright = math.log(stated[0] / stated[1]), math.log(width / height)
    return abs(shape + upright) < abs(shape - upright)

"""What to blur in pictures wherever they turn up: the rule follows the picture, not the row that it was imported as.

A picture is known again by its file, its pixels, its looks (perceptual hash), and by where an export or a job of crops
wrote it. Of the same picture the same boxes are blurred; of one that is nearly the same, larger ones; of one whose
boxes cannot be trusted, all of it.
"""

import threading
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from store.connection import Workspace
from store.rows import Bound
from store.statements import sql
from store.twin_index import MOST_ALIKE, Found, TwinIndex

Boxes = npt.NDArray[np.float64]  # (n, 4): x1, y1, x2, y2
Hidden = dict[int, Boxes | None]  # by the number of a picture: in its own pixels; None: all of it

ASKED = pa.schema(
    [
        ("key", pa.int64()),  # the picture's number; of one that is not imported any number below 0
        ("dataset_id", pa.int32()),  # 0 without one
        ("file_key", pa.uint64()),
        ("pixel_key", pa.uint64()),
        ("phash", pa.uint64()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("path", pa.string()),
    ]
)
# What is added to each side of a box in a picture that is nearly the same: it may be cut off or moved a little.
_GROWN = 0.1  # of the box
_MOVED = 0.04  # of the picture
_SAME_SHAPE = 0.03  # by which the ratios of the sides may differ
_MOST_DEEP = 3  # an export of an export of an export
_NOBODY = np.empty((0, 4))

_Indexes = dict[tuple[int, ...], tuple[object, TwinIndex]]  # by the datasets that are guarded
_MOST_INDEXES = 2  # for those who see people, and for those who do not
_indexes: "weakref.WeakKeyDictionary[Workspace, _Indexes]" = weakref.WeakKeyDictionary()
_index_lock = threading.Lock()


@dataclass(frozen=True)
class Guard:
    """Whose people are blurred. min_scores: by each dataset where that is to be; crops: datasets of crops of those.

    run_ids: the detections that know people; people: what people are called.
    """

    min_scores: Mapping[int, float]
    crops: frozenset[int]
    run_ids: tuple[int, ...]
    people: tuple[str, ...]

    @property
    def dataset_ids(self) -> list[int]:
        """All datasets whose own pictures are guarded."""
        return sorted({*self.min_scores, *self.crops})


@dataclass(frozen=True)
class _State:
    n: int
    newest: int
    imported: float


def guarded_state(workspace: Workspace, guard: Guard) -> tuple[object, ...]:
    """What changes once a picture of the guarded datasets is new or another one; read once between two writes."""
    ids = guard.dataset_ids

    def read() -> tuple[object, ...]:
        state = workspace.one("guarded_state", _State, dataset_ids=ids)
        return (*ids, state.n, state.newest, state.imported)

    return workspace.until_written(("guarded_state", *ids), read)


def asked_images(workspace: Workspace, image_ids: Iterable[int]) -> pa.Table:
    """Images by their numbers, as `hidden_in` takes them (ASKED)."""
    wanted = pa.table({"image_id": pa.array(image_ids, pa.int64())})
    return workspace.read_beside({"wanted": wanted}, sql("pictures_asked"))


def hidden_in(workspace: Workspace, guard: Guard, asked: pa.Table, *, depth: int = 0) -> Hidden:
    """What to blur in pictures (ASKED): of those of guarded datasets each, of others those of which anything is known.

    A picture of a guarded dataset that no detector has looked at is hidden whole, and so is whatever is like it.
    """
    gathered = _Gathered(asked)
    index = _index_of(workspace, guard)
    same = [
        index.same_file(asked["file_key"].to_numpy().astype(np.uint64)),
        index.same_pixels(asked["pixel_key"].to_numpy().astype(np.uint64)),
    ]
    is_guarded = pc.is_in(asked["dataset_id"], value_set=pa.array(guard.dataset_ids, pa.int32())).to_numpy()
    has_twin = np.any([np.diff(found.starts)[found.which] > 0 for found in same], axis=0) if len(asked) else is_guarded
    strangers = np.flatnonzero(~is_guarded & ~has_twin)
    alike = index.alike(asked["phash"].to_numpy().astype(np.uint64)[strangers])
    rows = np.unique(np.concatenate([found.rows for found in (*same, alike)]))
    known = _own_rule(workspace, guard, index.image_ids[rows], index.dataset_ids[rows])
    twins = _Twins(index, known)
    for at in np.flatnonzero(is_guarded).tolist():
        gathered.add(at, known.get(int(gathered.keys[at])))  # one that has just landed is not known yet: all of it
    for found in same:
        gathered.add_all(twins.in_same(found), found.which, np.arange(asked.num_rows))
    gathered.add_all(twins.in_alike(alike), alike.which, strangers)
    if depth < _MOST_DEEP:
        _add_from_parents(workspace, guard, asked.filter(pa.array(~is_guarded)), gathered, depth=depth)
    return gathered.hidden()


@dataclass(frozen=True, eq=False)
class _Part:
    """What is known of one picture that another is like. boxes: (n, 4) in [0, 1] of its sides; None: all of it."""

    boxes: Boxes | None
    ratio: float = 0.0  # width by height, where the other's must be the same


class _Twins:
    """What is known of the pictures of an index, as shares of their sides."""

    def __init__(self, index: TwinIndex, known: Hidden) -> None:
        self._index, self._known = index, known

    def in_same(self, found: Found) -> list[list[_Part]]:
        """Of each hash: boxes of pictures that are the same. It is enough that one of them was looked at."""
        return [self._same(found.of(number)) for number in range(len(found.starts) - 1)]

    def _same(self, rows: npt.NDArray[np.int64]) -> list[_Part]:
        parts = [self._part(row) for row in rows.tolist()]
        if len(parts) < 2:
            return parts
        seen = [part for part in parts if part.boxes is not None]
        if not seen:
            return parts[:1]
        boxes = np.unique(np.concatenate([part.boxes for part in seen if part.boxes is not None]), axis=0)
        return [_Part(boxes)]

    def in_alike(self, found: Found) -> list[list[_Part]]:
        """Of each hash: larger boxes of pictures that are nearly the same; all of it where there are too many."""
        gathered = []
        for number in range(len(found.starts) - 1):
            rows = found.of(number)
            gathered.append([_Part(None)] if len(rows) > MOST_ALIKE else [self._grown(row) for row in rows.tolist()])
        return gathered

    def _part(self, row: int) -> _Part:
        boxes = self._known.get(int(self._index.image_ids[row]))
        return _Part(None if boxes is None else boxes / np.tile(self._index.sides[row], 2))

    def _grown(self, row: int) -> _Part:
        part = self._part(row)
        width, height = self._index.sides[row].tolist()
        if part.boxes is None or not len(part.boxes):
            return part
        more = _GROWN * (part.boxes[:, 2:] - part.boxes[:, :2]) + _MOVED
        return _Part(np.clip(part.boxes + np.hstack([-more, more]), 0, 1), width / height)


class _Gathered:
    """What is known of each of some pictures, from several sides."""

    def __init__(self, asked: pa.Table) -> None:
        self.keys = asked["key"].to_numpy()
        self._sides = np.column_stack([asked["width"].to_numpy(), asked["height"].to_numpy()])
        self._boxes: dict[int, list[Boxes]] = {}
        self._whole: set[int] = set()

    def add(self, at: int, boxes: Boxes | None) -> None:
        """What is to be blurred in the picture at `at`, in its own pixels."""
        if boxes is None:
            self._whole.add(at)
        else:
            self._boxes.setdefault(at, []).append(boxes)

    def add_all(self, parts: list[list[_Part]], which: npt.NDArray[np.int64], places: npt.NDArray[np.int64]) -> None:
        """What is known of pictures that are like those at `places`. which: the part of each."""
        for number, at in zip(which.tolist(), places.tolist(), strict=True):
            for part in parts[number]:
                self.add_share(at, part)

    def add_share(self, at: int, part: _Part) -> None:
        """What is to be blurred in the picture at `at`, as a share of its sides; all where it has another shape."""
        width, height = self._sides[at].tolist()
        if part.boxes is None or (part.ratio and abs(width / height / part.ratio - 1) > _SAME_SHAPE):
            self._whole.add(at)
        else:
            self._boxes.setdefault(at, []).append(part.boxes * np.array([width, height] * 2))

    def hidden(self) -> Hidden:
        found: Hidden = {
            int(self.keys[at]): boxes[0] if len(boxes) == 1 else np.unique(np.concatenate(boxes), axis=0)
            for at, boxes in self._boxes.items()
        }
        return found | {int(self.keys[at]): None for at in self._whole}


def _index_of(workspace: Workspace, guard: Guard) -> TwinIndex:
    """The guarded pictures in memory, read again when they have changed; one thread reads, others wait."""
    with _index_lock:
        mark, every, ids = guarded_state(workspace, guard), _indexes.setdefault(workspace, {}), tuple(guard.dataset_ids)
        kept = every.pop(ids, None)
        if kept is None or kept[0] != mark:
            kept = mark, TwinIndex(workspace.read("guarded_pictures", dataset_ids=guard.dataset_ids))
        every[ids] = kept  # the last one asked for stands last
        while len(every) > _MOST_INDEXES:
            del every[next(iter(every))]
        return kept[1]


def _own_rule(
    workspace: Workspace, guard: Guard, image_ids: npt.NDArray[np.int64], dataset_ids: npt.NDArray[np.int32]
) -> Hidden:
    """What to blur in pictures of guarded datasets by what was found in them."""
    is_crop = np.isin(dataset_ids, sorted(guard.crops - set(guard.min_scores)))
    found = _crop_rule(workspace, guard, image_ids[is_crop])
    image_ids, dataset_ids = image_ids[~is_crop], dataset_ids[~is_crop]
    if not len(image_ids):
        return found
    scores = [guard.min_scores[dataset_id] for dataset_id in dataset_ids.tolist()]
    wanted = {"wanted": pa.table({"image_id": image_ids, "min_score": pa.array(scores, pa.float32())})}
    runs: dict[str, Bound] = {"run_ids": list(guard.run_ids)}
    scanned = set(workspace.read_beside(wanted, sql("people_scanned"), **runs)["image_id"].to_pylist())
    boxes = workspace.read_beside(wanted, sql("people_boxes"), **runs, people=list(guard.people))
    ids = boxes["image_id"].to_numpy()
    sides = np.column_stack([boxes[name].to_numpy() for name in ("x1", "y1", "x2", "y2")]).astype(float).reshape(-1, 4)
    first, last = np.searchsorted(ids, image_ids, "left"), np.searchsorted(ids, image_ids, "right")
    for image_id, start, end in zip(image_ids.tolist(), first.tolist(), last.tolist(), strict=True):
        found[image_id] = sides[start:end] if image_id in scanned else None
    return found


def _crop_rule(workspace: Workspace, guard: Guard, image_ids: npt.NDArray[np.int64]) -> Hidden:
    """Crops of a dataset that is blurred: those of people are blurred whole, those of things not at all."""
    if not len(image_ids):
        return {}
    wanted = {"wanted": pa.table({"image_id": image_ids})}
    table = workspace.read_beside(wanted, sql("crops_of_things"), people=list(guard.people))
    things = set(table["image_id"].to_pylist())
    return {image_id: _NOBODY if image_id in things else None for image_id in image_ids.tolist()}


def _add_from_parents(workspace: Workspace, guard: Guard, asked: pa.Table, gathered: _Gathered, *, depth: int) -> None:
    """What is known of the pictures that these were exported, made or cut out of."""
    parents = workspace.read_beside({"asked": asked}, sql("picture_parents"), people=list(guard.people))
    parents = parents.filter(pc.is_valid(parents["parent_id"]))
    if not parents.num_rows:
        return
    theirs = asked_images(workspace, sorted(set(parents["parent_id"].to_pylist())))
    known = hidden_in(workspace, guard, theirs, depth=depth + 1)
    sides = {row["key"]: (row["width"], row["height"]) for row in theirs.select(["key", "width", "height"]).to_pylist()}
    place = {key: at for at, key in enumerate(gathered.keys.tolist())}
    for row in parents.to_pylist():
        boxes = known.get(row["parent_id"], _NOBODY)
        if boxes is not None and (not len(boxes) or row["is_thing"]):
            continue
        shares = boxes / np.array(sides[row["parent_id"]] * 2) if row["is_same"] and boxes is not None else None
        gathered.add_share(place[row["key"]], _Part(shares))

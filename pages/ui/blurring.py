"""People blurred before a picture leaves the server: where a dataset's switch says so, or whoever looks sees none."""

import functools
import io
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from analytics.blur import blurred_of
from pages.ui import owner
from pages.ui.drawn import Bounds, read_upright
from store import privacy
from store.connection import Workspace
from store.privacy import SeenFile

QUALITY = 88
STAMPED = "-"  # what a stamp begins with; in no hash
# A blurred picture is decoded in the owner's process: at most so many at a time, each of at most so many pixels.
AT_A_TIME = 2
MAX_PIXELS = 16_000_000
_REDUCED_SIDE = 2048  # what JPEG is asked for where it is larger: it decodes to less than twice this
_KEPT, _KEPT_BYTES = 200, 400_000  # pictures that stay ready, and the largest of them
_decoding = threading.BoundedSemaphore(AT_A_TIME)


_kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
_kept_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Hidden:
    """What to blur: boxes (n, 4) in the original's pixels, upright; None: everything, for nobody has looked yet."""

    boxes: np.ndarray | None


def stamp() -> str:
    """What picture addresses end in while people are blurred somewhere: no browser then shows what it kept before.

    It is another one for those who see people and for those who do not.
    """
    workspace = owner.get().workspace
    return _state(str(workspace.root), workspace.n_writes, privacy.sees_people())


def is_of_now(mark: str, stamp: str) -> bool:
    """Whether the mark `v` of a picture's address ends in this stamp and in no other, so that it may be kept by it."""
    return mark.endswith(stamp) and STAMPED not in mark[: len(mark) - len(stamp)]


def hides_from_reader(workspace: Workspace, dataset_id: int) -> bool:
    """Whether people of a dataset are blurred for whoever looks by who they are: files written before may show them."""
    return not privacy.sees_people() and privacy.hides_people(workspace, dataset_id)


def what_to_blur(workspace: Workspace, dataset_id: int, image_id: int) -> Hidden | None:
    """What to blur in one picture; None: nothing, the picture may be shown as it is."""
    if not stamp():
        return None
    return _rule_of(str(workspace.root), workspace.n_writes, privacy.sees_people(), dataset_id, image_id)


def what_to_blur_in(workspace: Workspace, dataset_id: int, image_ids: Sequence[int]) -> dict[int, Hidden]:
    """What to blur in each of some pictures of a dataset; those of which nothing is to be are left out."""
    people = privacy.people_in(workspace, dataset_id, image_ids=image_ids) or {}
    return {image_id: Hidden(boxes) for image_id, boxes in people.items() if boxes is None or len(boxes)}


def what_to_blur_in_files(
    workspace: Workspace, pictures: Sequence[SeenFile], *, root: str, exported_by: str
) -> list[Hidden | None]:
    """What to blur in each of some picture files of the folder `root`, which are not imported; None: nothing.

    exported_by: JOB/RUN of the export that wrote them, empty for others.
    """
    people = privacy.people_in_files(workspace, pictures, root=root, exported_by=exported_by)
    return [Hidden(boxes) if boxes is None or len(boxes) else None for boxes in people]


def blurred_picture(picture: Image.Image, hidden: Hidden, *, width: int, height: int) -> Image.Image:
    """An RGB picture, perhaps reduced, of an original of width x height, with what is hidden blurred."""
    return blurred_of(picture, hidden.boxes, width=width, height=height)


def blurred_file(path: Path, hidden: Hidden, *, width: int, height: int) -> bytes | None:
    """A picture file as a JPEG with what is hidden blurred, without its metadata; None where it cannot be decoded.

    A file of more than MAX_PIXELS pixels is reduced as it is decoded where its format can do so (JPEG), and is None
    where it cannot. What was made last is kept; at most AT_A_TIME are made at a time.
    """
    try:
        seen = path.stat()
    except OSError:
        return None
    key = (str(path), seen.st_mtime_ns, seen.st_size, width, height, _bytes_of(hidden))
    with _kept_lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    with _decoding:
        content = _blurred_file(path, hidden, width=width, height=height)
    if content is not None and len(content) <= _KEPT_BYTES:
        with _kept_lock:
            _kept[key] = content
            while len(_kept) > _KEPT:
                _kept.popitem(last=False)
    return content


def _blurred_file(path: Path, hidden: Hidden, *, width: int, height: int) -> bytes | None:
    drawn = read_upright(path, bounds=Bounds(MAX_PIXELS, side=_REDUCED_SIDE, reduced_from=MAX_PIXELS))
    if drawn is None:
        return None
    out = io.BytesIO()
    blurred_picture(drawn.image, hidden, width=width, height=height).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _bytes_of(hidden: Hidden) -> bytes | None:
    return None if hidden.boxes is None else np.ascontiguousarray(hidden.boxes).tobytes()


@functools.lru_cache(maxsize=4)
def _state(root: str, n_writes: int, sees_people: bool) -> str:
    """The stamp of addresses; read again after each write of this process."""
    mark = privacy.rule_mark(owner.get().workspace)
    return f"{STAMPED}{mark}" if mark else ""


@functools.lru_cache(maxsize=4096)
def _rule_of(root: str, n_writes: int, sees_people: bool, dataset_id: int, image_id: int) -> Hidden | None:
    """What to blur in one picture; read again after each write of this process."""
    return what_to_blur_in(owner.get().workspace, dataset_id, [image_id]).get(image_id)

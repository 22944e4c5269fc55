"""People blurred before a picture leaves the server: where a dataset's switch says so, or whoever looks sees none."""

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
from store.picture_files import NotAtHand
from store.privacy import SeenFile

QUALITY = 88
STAMPED = "-"  # what a stamp begins with; in no hash
# A blurred picture is decoded in the owner's process: at most so many at a time, each of at most so many pixels.
AT_A_TIME = 2
MAX_PIXELS = 16_000_000
_REDUCED_SIDE = 2048  # what JPEG is asked for where it is larger: it decodes to less than twice this
_KEPT, _KEPT_BYTES = 200, 400_000  # pictures that stay ready, and the largest of them
_STAMP, _RULES = "stamp of addresses", "what to blur in pictures"  # of until_written
ASKED_AGAIN = 1_000  # pictures of a dataset whose rule is read again with another's
_MOST_RULES = 50_000
_decoding = threading.BoundedSemaphore(AT_A_TIME)


_kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
_kept_lock = threading.Lock()
_recent: dict[tuple[Path, int], OrderedDict[int, None]] = {}  # by workspace and dataset: what was asked for last
_asking = threading.Lock()


@dataclass(frozen=True, eq=False)
class Hidden:
    """What to blur: boxes (n, 4) in the original's pixels, upright; None: everything, for nobody has looked yet."""

    boxes: np.ndarray | None

    @property
    def key(self) -> bytes | None:
        """The same where the same is blurred."""
        return None if self.boxes is None else np.ascontiguousarray(self.boxes).tobytes()


def stamp() -> str:
    """What picture addresses end in while people are blurred somewhere: no browser then shows what it kept before.

    It is another one for those who see people and for those who do not.
    """
    return stamp_of(owner.get().workspace)


def is_of_now(mark: str, stamp: str) -> bool:
    """Whether the mark `v` of a picture's address ends in this stamp and in no other, so that it may be kept by it."""
    return mark.endswith(stamp) and STAMPED not in mark[: len(mark) - len(stamp)]


def hides_from_reader(workspace: Workspace, dataset_id: int) -> bool:
    """Whether people of a dataset are blurred for whoever looks by who they are: files written before may show them."""
    return not privacy.sees_people() and privacy.hides_people(workspace, dataset_id)


def stamp_of(workspace: Workspace) -> str:
    """The same, of a workspace that is open; read again after each write of this process."""

    def read() -> str:
        mark = privacy.rule_mark(workspace)
        return f"{STAMPED}{mark}" if mark else ""

    return workspace.until_written((_STAMP, privacy.sees_people()), read)


def stamp_at_hand(workspace: Workspace) -> str | None:
    """The same from memory; None where it would have to be read."""
    kept = workspace.at_hand((_STAMP, privacy.sees_people()))
    return kept if isinstance(kept, str) else None


def what_to_blur(workspace: Workspace, dataset_id: int, image_id: int) -> Hidden | None:
    """What to blur in one picture; None: nothing, the picture may be shown as it is. Read again after each write.

    What was asked for lately is read again with it: for all of them it takes about as long as for one.
    """
    if not stamp_of(workspace):
        return None
    rules = workspace.until_written((_RULES, privacy.sees_people()), dict[int, Hidden | None])
    with _asking:  # those who wait find theirs read
        recent = _recent.setdefault((workspace.root, dataset_id), OrderedDict())
        recent[image_id] = None
        recent.move_to_end(image_id)
        while len(recent) > ASKED_AGAIN:
            recent.popitem(last=False)
        if image_id not in rules:
            wanted = [image_id, *(each for each in recent if each not in rules and each != image_id)]
            found = what_to_blur_in(workspace, dataset_id, wanted)
            if len(rules) > _MOST_RULES:
                rules.clear()
            rules.update({each: found.get(each) for each in wanted})
        return rules[image_id]


def rule_at_hand(workspace: Workspace, image_id: int) -> Hidden | None:
    """What to blur in a picture while a switch is on, from memory; raises NotAtHand."""
    rules = workspace.at_hand((_RULES, privacy.sees_people()))
    if not isinstance(rules, dict) or image_id not in rules:
        raise NotAtHand
    hidden: Hidden | None = rules[image_id]
    return hidden


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
    key = (str(path), seen.st_mtime_ns, seen.st_size, width, height, hidden.key)
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

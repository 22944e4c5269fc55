"""Pictures inside one file: each one's bytes once, and all of them together no more than the file has room for."""

import base64
import math
from collections.abc import Callable, Iterable, Mapping

from evidence.report.parts import Picture
from jobs.report.markup import Html, name_tag, tag
from jobs.report.pictures import Pictures

ROOM = 6_500_000  # bytes of JPEG: base64 makes 8.7 MB of them, Plotly has 4.8 MB, and a file is to stay under 15 MB
_LEAST_SIDE = 96
_NO_PICTURE = "no picture"


class Embedded:
    """Pictures as `img` elements: the first of a picture has its bytes, those after it are filled in by the script."""

    def __init__(self, files: Mapping[int, bytes | None]) -> None:
        self._files = files
        self._written: set[int] = set()

    def drawn(self, picture: Picture) -> Html:
        """The picture, or a quiet tile where there is none to show."""
        file = self._files.get(picture.image_id)
        alt = picture.title or f"picture {picture.image_id}"
        if file is None:
            return tag("div", _NO_PICTURE, class_="tile empty", role="img", aria_label=f"{alt}: {_NO_PICTURE}")
        if picture.image_id in self._written:
            return tag("img", class_="tile", alt=alt, data_same=picture.image_id)
        self._written.add(picture.image_id)
        uri = f"data:image/jpeg;base64,{base64.b64encode(file).decode('ascii')}"
        return tag("img", class_="tile", alt=alt, id=f"picture-{picture.image_id}", decoding="async", src=uri)

    def shown(self, picture: Picture) -> Html:
        """The picture with its title and note below."""
        words = [name_tag("span", picture.title, class_="name", title=picture.title)] if picture.title else []
        note = name_tag("span", picture.note, class_="note", title=picture.note) if picture.note else None
        caption = tag("figcaption", *words, note) if words or note else None
        return tag("figure", self.drawn(picture), caption, class_="picture")


def embedded(
    shown: Iterable[Picture], *, pictures: Pictures, side: int, room: int = ROOM, going_on: Callable[[], object]
) -> Embedded:
    """The pictures at `side` pixels or, where they are too many for `room` bytes, as much smaller as they must be.

    going_on is called before each is read, so that a job can stop. What has no room even when small has no picture.
    """
    image_ids = list(dict.fromkeys(picture.image_id for picture in shown))
    files = _read(image_ids, pictures=pictures, side=side, going_on=going_on)
    for _ in range(3):
        n_bytes = _n_bytes(files)
        if n_bytes <= room or side <= _LEAST_SIDE:
            break
        side = max(_LEAST_SIDE, math.floor(side * math.sqrt(room / n_bytes) * 0.95))
        files = _read(image_ids, pictures=pictures, side=side, going_on=going_on)
    return Embedded(_first(files, room=room))


def _read(
    image_ids: list[int], *, pictures: Pictures, side: int, going_on: Callable[[], object]
) -> dict[int, bytes | None]:
    files = {}
    for image_id in image_ids:
        going_on()
        files[image_id] = pictures.jpeg(image_id, side=side)
    return files


def _n_bytes(files: Mapping[int, bytes | None]) -> int:
    return sum(len(file) for file in files.values() if file is not None)


def _first(files: Mapping[int, bytes | None], *, room: int) -> dict[int, bytes | None]:
    """Those that have room, in order."""
    kept: dict[int, bytes | None] = {}
    for image_id, file in files.items():
        room -= len(file or b"")
        kept[image_id] = file if room >= 0 else None
    return kept

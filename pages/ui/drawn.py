"""Picture files that a page decodes itself, in the same colours as an import sees them."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from analytics.errors import Unshowable
from analytics.pngs import SIGNATURE, without_large_notes
from analytics.rgb import DAMAGE, orientation, upright_rgb

# All with a signature; no EPS, which runs a program.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
MAX_NOTED = 256 << 20  # bytes of a PNG file that is read once more without its large notes


@dataclass(frozen=True)
class Drawn:
    """image: RGB, upright, perhaps reduced. width, height: of the original, upright."""

    image: Image.Image
    width: int
    height: int


@dataclass(frozen=True)
class Bounds:
    """What of a file is decoded. pixels: at most so many, else nothing; original: so many before it is reduced.

    side: a JPEG of more than `reduced_from` pixels is decoded to less than twice this a side.
    """

    pixels: int
    side: int
    original: int | None = None
    reduced_from: int = 0


def read_upright(path: Path, *, bounds: Bounds) -> Drawn | None:
    """A picture file in RGB, upright; None where it cannot be decoded or is beyond its bounds."""
    try:
        return _read(path, bounds)
    except (Unshowable, MemoryError):
        return None
    except DAMAGE:
        slim = _without_notes(path)
    try:
        return _read(slim, bounds) if slim else None
    except (*DAMAGE, Unshowable, MemoryError):
        return None


def _read(source: Path | BytesIO, bounds: Bounds) -> Drawn | None:
    def opened() -> Image.Image:
        if isinstance(source, BytesIO):
            source.seek(0)
        return Image.open(source, formats=FORMATS)

    with opened() as image:
        width, height = image.size
        if bounds.original is not None and width * height > bounds.original:
            return None
        if width * height > bounds.reduced_from:
            image.draft("RGB", (bounds.side, bounds.side))
        if image.width * image.height > bounds.pixels:
            return None
        if orientation(image) in (5, 6, 7, 8):
            width, height = height, width
        return Drawn(upright_rgb(image, again=opened).image, width, height)


def _without_notes(path: Path) -> BytesIO | None:
    """A PNG file without its large notes, over which a decoder may have stumbled; None for all others."""
    try:
        with path.open("rb") as file:
            if file.read(len(SIGNATURE)) != SIGNATURE or path.stat().st_size > MAX_NOTED:
                return None
            slim = without_large_notes(SIGNATURE + file.read())
    except OSError:
        return None
    return BytesIO(slim.data) if slim.n_dropped else None

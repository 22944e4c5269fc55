"""One picture from a file or bytes: upright RGB pixels, or a PictureError that says why not.

    PictureError(code, reason)      the only thing that bad input raises

Codes: empty, missing, unreadable, not-a-file, too-many-bytes, not-an-image, pointer, unsupported, too-many-pixels,
truncated, damaged, out-of-memory. (A scan adds decoder-crashed and name-not-utf8.)
"""

import logging
import os
import re
import stat
import warnings
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO, NoReturn

import numpy as np
from PIL import Image, UnidentifiedImageError

from analytics.arrays import Bytes
from analytics.errors import Unshowable
from analytics.pngs import without_large_notes
from analytics.rgb import DAMAGE, UPRIGHT, orientation, shown_values, upright_rgb
from importers import picture_errors
from importers.sources import PicturePath, StoredFile
from importers.stores import BucketError
from importers.tiff_reasons import tiff_refusal
from importers.tiff_values import tiff_values

MAX_PIXELS = 180_000_000
MAX_BYTES = 2 << 30
# Formats with a real signature. Left out on purpose: EPS (runs Ghostscript), ICO (may hide a bomb), TGA and
# PCX (no signature: text can pass for one).
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "JPEG2000", "AVIF")
_GPS, _LATITUDE, _LONGITUDE = 0x8825, 2, 4  # a directory of EXIF, and tags in it
_BROWSER_MODES = {
    "JPEG": ("RGB", "L"),
    "PNG": ("RGB", "L", "P", "1"),
    "GIF": ("RGB", "L", "P"),
    "WEBP": ("RGB",),
}

# The pixel count is checked here, from the header and with a limit of our own, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None
logging.getLogger("PIL").addHandler(logging.NullHandler())


class PictureError(Exception):
    """A file that can't be taken in. code: a stable slug; reason: a sentence for a person."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class FileBytes:
    """A file read once. n_bytes and mtime_ns are those of the file that was open while it was read."""

    data: bytes
    n_bytes: int
    mtime_ns: int


@dataclass(frozen=True)
class Decoded:
    """A decoded picture. image: upright Pillow RGB; width and height: those of the original, upright.

    has_position: whether its EXIF or its XMP says where it was taken. how: see analytics/rgb.py, empty where it is
    shown as it is.
    """

    image: Image.Image
    width: int
    height: int
    format: str
    mode: str
    n_frames: int
    was_reduced: bool
    browser_shows_it: bool
    has_position: bool
    how: str


@dataclass(frozen=True)
class Picture:
    """A picture's pixels, (h, w, 3) uint8 upright RGB; width and height are the original's, upright.

    mode: the original's, in Pillow's words (CMYK, I;16, P, ...); n_frames: 1 unless animated or paged.
    """

    pixels: Bytes
    width: int
    height: int
    format: str
    mode: str
    n_frames: int
    was_reduced: bool


def read_picture(
    source: PicturePath | bytes,
    *,
    max_pixels: int = MAX_PIXELS,
    min_side: int | None = None,
    max_bytes: int = MAX_BYTES,
) -> Picture:
    """Read a picture upright, in RGB, transparency on a ground; of an animation the first frame.

    source: a path, or a file's bytes. max_pixels: a picture whose header says more is refused undecoded.
    min_side: if given, a JPEG may be decoded at 1/2, 1/4 or 1/8 as long as its shorter side stays >=
    min_side. Grey of more than 8 bits is stretched (analytics/levels.py). Raises PictureError and nothing else.
    """
    data = source if isinstance(source, bytes) else read_file(source, max_bytes=max_bytes).data
    decoded = decode(data, max_pixels=max_pixels, min_side=min_side)
    return Picture(
        pixels=np.array(decoded.image),
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        mode=decoded.mode,
        n_frames=decoded.n_frames,
        was_reduced=decoded.was_reduced,
    )


def read_file(path: PicturePath | str, *, max_bytes: int = MAX_BYTES) -> FileBytes:
    """Read a picture file's bytes once; what is plainly no picture is refused after its first 4 KB.

    Raises PictureError: missing, unreadable, not-a-file, empty, too-many-bytes, not-an-image, unsupported; BucketError
    where the store that it lies in cannot be asked, which says nothing of the picture.
    """
    try:
        if isinstance(path, StoredFile):
            return _read_object(path, max_bytes)
        # O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            return _read_open_file(file, max_bytes)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PictureError("missing", "The file is not there (any more).") from error
    except PermissionError as error:
        raise PictureError("unreadable", "This account has no permission to read the file.") from error
    except IsADirectoryError as error:
        raise PictureError("not-a-file", "Not a file: it is a folder.") from error
    except MemoryError as error:
        raise PictureError("out-of-memory", "There is not enough memory to read this file.") from error
    except BucketError:
        raise
    except OSError as error:
        raise PictureError("unreadable", f"The file can't be read: {error.strerror or error}.") from error


def decode(data: bytes, *, max_pixels: int = MAX_PIXELS, min_side: int | None = None) -> Decoded:
    """Decode a file's bytes to an upright RGB image. Arguments and errors as in read_picture."""
    _check_head(data[: picture_errors.MAX_SNIFFED])
    _hush_pillow()
    try:
        return _decode(data, max_pixels=max_pixels, min_side=min_side)
    except PictureError:
        slim = without_large_notes(data)  # which a decoder may have stumbled over
        if not slim.n_dropped:
            raise
    decoded = _decode(slim.data, max_pixels=max_pixels, min_side=min_side)
    return replace(decoded, has_position=decoded.has_position or slim.has_position)


def fit(image: Image.Image, longest_side: int) -> Image.Image:
    """Shrink an image so that its longest side is longest_side; a smaller one comes back as it is."""
    longest = max(image.size)
    if longest <= longest_side:
        return image
    width, height = (max(1, round(side * longest_side / longest)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0)


def _decode(data: bytes, *, max_pixels: int, min_side: int | None) -> Decoded:
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            return _decode_open(image, data, max_pixels=max_pixels, min_side=min_side)
    except Unshowable as error:
        return _plain_tiff(data, max_pixels) or _raise(PictureError("unsupported", str(error)), error)
    except MemoryError as error:
        raise PictureError("out-of-memory", "There is not enough memory to decode this picture.") from error
    except DAMAGE as error:
        return _plain_tiff(data, max_pixels) or _raise(_damage(data, error), error)


def _raise(refused: PictureError, error: Exception) -> NoReturn:
    raise refused from error


def _plain_tiff(data: bytes, max_pixels: int) -> Decoded | None:
    """A TIFF of numbers that Pillow does not read; None for all other files."""
    if picture_errors.picture_format(data) != "TIFF":
        return None
    found = tiff_values(data, max_pixels=max_pixels)
    if found is None:
        return None
    shown = shown_values(found.values, no_value=found.no_value, smallest_is_white=found.smallest_is_white)
    turn = UPRIGHT.get(found.orientation)
    upright = shown.image if turn is None else shown.image.transpose(turn)
    return Decoded(upright, *upright.size, "TIFF", found.mode, 1, False, False, False, shown.how)


def _read_open_file(file: BinaryIO, max_bytes: int) -> FileBytes:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise PictureError("not-a-file", "Not a regular file: it is a folder, a pipe or a device.")
    head = file.read(picture_errors.MAX_SNIFFED)
    _check_head(head)
    if status.st_size > max_bytes:
        raise PictureError("too-many-bytes", f"The file has {status.st_size:,} bytes; the limit is {max_bytes:,}.")
    data = head + file.read() if len(head) == picture_errors.MAX_SNIFFED else head
    return FileBytes(data=data, n_bytes=len(data), mtime_ns=status.st_mtime_ns)


def _read_object(stored: StoredFile, max_bytes: int) -> FileBytes:
    found = stored.read(max_bytes=max_bytes, check=_check_head)
    if isinstance(found, int):
        raise PictureError("too-many-bytes", f"The object has {found:,} bytes; the limit is {max_bytes:,}.")
    _check_head(found.data[: picture_errors.MAX_SNIFFED])
    return FileBytes(data=found.data, n_bytes=len(found.data), mtime_ns=found.mtime_ns)


def _check_head(head: bytes) -> None:
    if not head:
        raise PictureError("empty", "The file is empty: it has zero bytes.")
    if picture_errors.picture_format(head) is None:
        raise PictureError(*picture_errors.refusal(head))


def _decode_open(image: Image.Image, data: bytes, *, max_pixels: int, min_side: int | None) -> Decoded:
    width, height = image.size
    if width * height > max_pixels:
        raise PictureError(
            "too-many-pixels",
            f"The picture has {width:,} x {height:,} = {width * height:,} pixels; the limit is {max_pixels:,}.",
        )
    image_format, mode = image.format or "", image.mode
    if min_side is not None and image_format in ("JPEG", "MPO") and min(width, height) >= 2 * min_side:
        image.draft(None, (min_side, min_side))
    shown = upright_rgb(image, again=lambda: Image.open(BytesIO(data), formats=FORMATS))
    turned, has_position = orientation(image), _has_position(image)
    if turned in (5, 6, 7, 8):
        width, height = height, width
    n_frames = 1 if image_format == "JPEG" else _n_frames(image)
    plain = turned == 1 and n_frames == 1 and "transparency" not in image.info and not shown.how
    return Decoded(
        image=shown.image,
        width=width,
        height=height,
        format=image_format,
        mode=mode,
        n_frames=n_frames,
        was_reduced=shown.image.size != (width, height),
        browser_shows_it=plain and mode in _BROWSER_MODES.get(image_format, ()),
        has_position=has_position,
        how=shown.how,
    )


def _has_position(image: Image.Image) -> bool:
    """Whether a latitude or a longitude stands in the picture's EXIF or XMP, both of which were read with it."""
    try:
        exif = image.getexif()
        if _GPS in exif and any(tag in exif.get_ifd(_GPS) for tag in (_LATITUDE, _LONGITUDE)):
            return True
    except DAMAGE:  # a damaged block says nothing
        pass
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return b"GPSLatitude" in xmp if isinstance(xmp, bytes) else "GPSLatitude" in str(xmp)


def _n_frames(image: Image.Image) -> int:
    """How many frames the file has; 1 where a later frame is damaged, for the first one is what we take."""
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except DAMAGE:
        return 1


def _damage(data: bytes, error: Exception) -> PictureError:
    message = " ".join(str(error).split())[:200]
    refused = tiff_refusal(data) if picture_errors.picture_format(data) == "TIFF" else None
    if refused:
        return PictureError("unsupported", refused)
    if "truncated" in message.lower() or picture_errors.ends_early(data):
        return PictureError("truncated", picture_errors.truncation_sentence(data))
    kind = picture_errors.picture_format(data)
    if isinstance(error, UnidentifiedImageError):
        return PictureError(
            "damaged", f"The file begins like a {kind} picture, but what follows is damaged or unknown."
        )
    return PictureError("damaged", f"The {kind} picture is damaged: {message or type(error).__name__}.")


_HUSH = ("ignore", None, Warning, re.compile(r"PIL\."), 0)


def _hush_pillow() -> None:
    """Keep Pillow's warnings about odd files off the console; the failure row is where those belong.

    A filter, not warnings.catch_warnings, which threads that decode side by side would undo for each other.
    """
    if _HUSH not in warnings.filters:
        warnings.filterwarnings("ignore", category=Warning, module=r"PIL\.")

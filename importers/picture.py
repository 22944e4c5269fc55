"""One picture from a file or bytes: upright RGB pixels on white, or a PictureError that says why not.

    PictureError(code, reason)      the only thing that bad input raises

Codes: empty, missing, unreadable, not-a-file, too-many-bytes, not-an-image, unsupported, too-many-pixels,
truncated, damaged, out-of-memory. (A scan adds decoder-crashed and name-not-utf8.)
"""

import logging
import os
import re
import stat
import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from analytics.arrays import Bytes, Numbers
from importers import picture_errors

MAX_PIXELS = 180_000_000
MAX_BYTES = 2 << 30
# Formats with a real signature. Left out on purpose: EPS (runs Ghostscript), ICO (may hide a bomb), TGA and
# PCX (no signature: text can pass for one).
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "JPEG2000", "AVIF")
# What Pillow's decoders raise on damaged bytes; found by fuzzing (tests/test_picture.py).
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    AssertionError,
    RuntimeError,
    struct.error,
    zlib.error,
)
_ORIENTATION = 0x0112
_GPS, _LATITUDE, _LONGITUDE = 0x8825, 2, 4  # a directory of EXIF, and tags in it
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
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

    has_position: whether its EXIF or its XMP says where it was taken.
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


@dataclass(frozen=True)
class Picture:
    """A picture's pixels, (h, w, 3) uint8 upright RGB on white; width and height are the original's, upright.

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
    source: Path | bytes,
    *,
    max_pixels: int = MAX_PIXELS,
    min_side: int | None = None,
    max_bytes: int = MAX_BYTES,
) -> Picture:
    """Read a picture upright, in RGB, on white; of an animation the first frame.

    source: a path, or a file's bytes. max_pixels: a picture whose header says more is refused undecoded.
    min_side: if given, a JPEG may be decoded at 1/2, 1/4 or 1/8 as long as its shorter side stays >=
    min_side. 16-bit grey is scaled (65535 becomes 255), not clipped. Raises PictureError and nothing else.
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


def read_file(path: Path | str, *, max_bytes: int = MAX_BYTES) -> FileBytes:
    """Read a picture file's bytes once; what is plainly no picture is refused after its first 4 KB.

    Raises PictureError: missing, unreadable, not-a-file, empty, too-many-bytes, not-an-image, unsupported.
    """
    try:
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
    except OSError as error:
        raise PictureError("unreadable", f"The file can't be read: {error.strerror or error}.") from error


def decode(data: bytes, *, max_pixels: int = MAX_PIXELS, min_side: int | None = None) -> Decoded:
    """Decode a file's bytes to an upright RGB image on white. Arguments and errors as in read_picture."""
    _check_head(data[: picture_errors.MAX_SNIFFED])
    _hush_pillow()
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            return _decode_open(image, max_pixels=max_pixels, min_side=min_side)
    except MemoryError as error:
        raise PictureError("out-of-memory", "There is not enough memory to decode this picture.") from error
    except DECODER_ERRORS as error:
        raise _damage(data, error) from error


def fit(image: Image.Image, longest_side: int) -> Image.Image:
    """Shrink an image so that its longest side is longest_side; a smaller one comes back as it is."""
    longest = max(image.size)
    if longest <= longest_side:
        return image
    width, height = (max(1, round(side * longest_side / longest)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0)


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


def _check_head(head: bytes) -> None:
    if not head:
        raise PictureError("empty", "The file is empty: it has zero bytes.")
    if picture_errors.picture_format(head) is None:
        raise PictureError(*picture_errors.refusal(head))


def _decode_open(image: Image.Image, *, max_pixels: int, min_side: int | None) -> Decoded:
    width, height = image.size
    if width * height > max_pixels:
        raise PictureError(
            "too-many-pixels",
            f"The picture has {width:,} x {height:,} = {width * height:,} pixels; the limit is {max_pixels:,}.",
        )
    image_format, mode = image.format or "", image.mode
    if min_side is not None and image_format in ("JPEG", "MPO") and min(width, height) >= 2 * min_side:
        image.draft(None, (min_side, min_side))
    image.load()
    orientation, has_position = _orientation(image), _has_position(image)
    if orientation in (5, 6, 7, 8):
        width, height = height, width
    upright = _on_white(image)
    if orientation != 1:
        upright = upright.transpose(_UPRIGHT[orientation])
    n_frames = 1 if image_format == "JPEG" else _n_frames(image)
    plain = orientation == 1 and n_frames == 1 and "transparency" not in image.info
    return Decoded(
        image=upright,
        width=width,
        height=height,
        format=image_format,
        mode=mode,
        n_frames=n_frames,
        was_reduced=upright.size != (width, height),
        browser_shows_it=plain and mode in _BROWSER_MODES.get(image_format, ()),
        has_position=has_position,
    )


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none or the EXIF block is damaged."""
    try:
        orientation = image.getexif().get(_ORIENTATION, 1)
    except DECODER_ERRORS:
        return 1
    return orientation if orientation in _UPRIGHT else 1


def _has_position(image: Image.Image) -> bool:
    """Whether a latitude or a longitude stands in the picture's EXIF or XMP, both of which were read with it."""
    try:
        exif = image.getexif()
        if _GPS in exif and any(tag in exif.get_ifd(_GPS) for tag in (_LATITUDE, _LONGITUDE)):
            return True
    except DECODER_ERRORS:  # a damaged block says nothing
        pass
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return b"GPSLatitude" in xmp if isinstance(xmp, bytes) else "GPSLatitude" in str(xmp)


def _n_frames(image: Image.Image) -> int:
    """How many frames the file has; 1 where a later frame is damaged, for the first one is what we take."""
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except DECODER_ERRORS:
        return 1


def _on_white(image: Image.Image) -> Image.Image:
    """The RGB version (or the image itself) of a loaded image of any mode, transparency replaced by white."""
    if image.mode == "RGB" and "transparency" not in image.info:
        # Counting the frames of a GIF or TIFF moves the image on to another frame.
        return image if image.format in ("JPEG", "PNG", "BMP", "PPM", "JPEG2000") else image.copy()
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_to_8_bit(np.asarray(image))).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        straight = {"La": "LA", "RGBa": "RGBA"}.get(image.mode)
        rgba = (image.convert(straight) if straight else image).convert("RGBA")
        white = Image.new("RGB", rgba.size, (255, 255, 255))
        white.paste(rgba, mask=rgba.getchannel("A"))
        return white
    if image.mode == "LAB":
        raise PictureError("unsupported", "Vitrine can't read pictures in CIELAB colours. Convert it to RGB.")
    return image.convert("RGB")


def _to_8_bit(values: Numbers) -> Bytes:
    """Scale grey values (h, w) of 16 or 32 bits or float to uint8.

    Values within [0, 65535] are taken as 16-bit, floats within [0, 1] and [0, 255] as those ranges;
    anything else is stretched from its lowest to its highest value. NaN becomes black.
    """
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
    grey = np.nan_to_num(values.astype(np.float64))
    low, high = float(grey.min()), float(grey.max())
    is_float = values.dtype.kind == "f"
    if low >= 0 and high <= (255 if is_float else 65535):
        top = (1.0 if high <= 1 else 255.0) if is_float else 65535.0
        return np.rint(grey * (255.0 / top)).astype(np.uint8)
    return np.rint((grey - low) * (255.0 / (high - low))).astype(np.uint8)


def _damage(data: bytes, error: Exception) -> PictureError:
    message = " ".join(str(error).split())[:200]
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

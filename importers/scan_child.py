"""The process that reads pictures for a scan: `python -m importers.scan_child PARENT_PID`.

Started by scan.py, a few side by side. It imports only Pillow and numpy, so that a pool starts in a
fraction of a second and costs little memory, and it is where a decoder may crash without taking a job along.

Messages are those of importers/child.py. In: {"root", "cache", "paths", "thumbs",
"max_pixels"}. Out, first: {"ready": true}. Out, for each message: {"images": [row], "failures": [row]}, or
{"error": [errno, sentence, path]} when a thumbnail could not be written.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, NotRequired, TypedDict

import numpy as np
from PIL import Image

from analytics.hashes import HASH_SIDE, perceptual_hash
from analytics.quality import measure
from importers.child import end_with_parent, receive, send, take_over_output
from importers.picture import Decoded, FileBytes, PictureError, decode, fit, read_file
from importers.sources import StoreFolder, read_ahead

THUMB_SIDE = 256
THUMB_QUALITY = 85
_HASHED_PIXELS = 1 << 20  # at a time


class Request(TypedDict):
    """What the parent asks for. paths: relative to root. thumbs: the folder for thumbnails, or None.

    cache: the workspace's folder `cache` where root is a prefix of a bucket.
    """

    root: str
    cache: str | None
    thumbs: str | None
    max_pixels: int
    paths: list[str]


class ImageRow(NamedTuple):
    """A picture that was read: the columns of scan.IMAGE_SCHEMA."""

    path: str
    sha256: str
    pixel_sha256: str
    phash: int
    width: int
    height: int
    n_bytes: int
    mtime_ns: int
    format: str
    mode: str
    n_frames: int
    brightness: float
    contrast: float
    sharpness: float
    entropy: float
    has_thumb: bool
    has_position: bool
    rendering: str | None


class FailureRow(NamedTuple):
    """A file that could not be taken in: the columns of scan.FAILURE_SCHEMA."""

    path: str
    code: str
    reason: str
    n_bytes: int | None


class Reply(TypedDict):
    """The rows of a request's paths. error: errno, sentence and path of a thumbnail that could not be written."""

    images: list[ImageRow]
    failures: list[FailureRow]
    error: NotRequired[tuple[int | None, str, str]]


def main(parent_pid: int) -> None:
    """Answer messages on standard input until it ends or the parent dies."""
    end_with_parent(parent_pid)
    replies = take_over_output()
    send(replies, {"ready": True})
    while (request := receive(sys.stdin.buffer)) is not None:
        send(replies, _answer(request))


def scan_file(
    root: str, path: str, *, thumbs: str | None, max_pixels: int, read: Callable[[], FileBytes] | None = None
) -> ImageRow:
    """Give one picture's row. read: what gives its bytes where it is no file of this machine.

    The picture is decoded once. A JPEG of which both sides exceed 512 is decoded at reduced size, and
    pixel_sha256 is then of the reduced pixels. Raises PictureError; OSError when the thumbnail can't be
    written.
    """
    file = read_file(os.path.join(root, path)) if read is None else read()
    decoded = decode(file.data, max_pixels=max_pixels, min_side=THUMB_SIDE)
    sha256 = hashlib.sha256(file.data).hexdigest()
    small = fit(decoded.image, THUMB_SIDE)
    luma = small.convert("L")
    quality = measure(np.asarray(luma))
    has_thumb = small is not decoded.image or not decoded.browser_shows_it
    if thumbs is not None and has_thumb:
        # One that an earlier version drew by other rules must not stay.
        _write_thumb(small, thumb_path(Path(thumbs), sha256), anew=bool(decoded.how))
    return ImageRow(
        path=path,
        sha256=sha256,
        pixel_sha256=pixel_sha256(decoded),
        phash=perceptual_hash(np.asarray(luma.resize((HASH_SIDE, HASH_SIDE), Image.Resampling.LANCZOS))),
        width=decoded.width,
        height=decoded.height,
        n_bytes=file.n_bytes,
        mtime_ns=file.mtime_ns,
        format=decoded.format,
        mode=decoded.mode,
        n_frames=decoded.n_frames,
        brightness=quality.brightness,
        contrast=quality.contrast,
        sharpness=quality.sharpness,
        entropy=quality.entropy,
        has_thumb=thumbs is not None and has_thumb,
        has_position=decoded.has_position,
        rendering=decoded.how or None,
    )


def pixel_sha256(decoded: Decoded) -> str:
    """Hash decoded pixels: the sha256, in hex, of b"WIDTHxHEIGHT:" and the RGB bytes, row by row."""
    digest = hashlib.sha256(b"%dx%d:" % decoded.image.size)
    width, height = decoded.image.size
    n_rows = max(1, _HASHED_PIXELS // width)
    if n_rows >= height:
        digest.update(decoded.image.tobytes())
        return digest.hexdigest()
    for top in range(0, height, n_rows):  # in strips: all pixels at once may be half a gigabyte
        digest.update(decoded.image.crop((0, top, width, min(top + n_rows, height))).tobytes())
    return digest.hexdigest()


def thumb_path(thumbs: Path, sha256: str) -> Path:
    """Give the place of a thumbnail: thumbs/<first two letters>/<sha256>.jpg."""
    return thumbs / sha256[:2] / f"{sha256}.jpg"


def _answer(request: Request) -> Reply:
    reply: Reply = {"images": [], "failures": []}
    root, cache = request["root"], request["cache"]
    thumbs, max_pixels = request["thumbs"], request["max_pixels"]
    for path, read in _files(root, request["paths"], cache):
        try:
            reply["images"].append(scan_file(root, path, thumbs=thumbs, max_pixels=max_pixels, read=read))
        except PictureError as error:
            n_bytes = None if cache else _size_or_none(os.path.join(root, path))
            reply["failures"].append(FailureRow(path, error.code, error.reason, n_bytes))
        except OSError as error:
            reply["error"] = (error.errno, error.strerror or str(error), error.filename)
            return reply
    return reply


def _files(root: str, paths: list[str], cache: str | None) -> Iterator[tuple[str, Callable[[], FileBytes] | None]]:
    """Each path; objects with what gives their bytes, while the next ones are on their way."""
    if cache is None:
        yield from ((path, None) for path in paths)
        return
    folder = StoreFolder(root, Path(cache))
    for path, future in read_ahead(paths, lambda path: read_file(folder / path)):
        yield path, future.result


def _write_thumb(image: Image.Image, path: Path, *, anew: bool) -> None:
    """Write a JPEG at once or not at all; one that is there already is of the same bytes and stays, but for `anew`."""
    if path.exists() and not anew:
        return
    encoded = BytesIO()
    image.save(encoded, "JPEG", quality=THUMB_QUALITY, comment=b"")  # else it takes over what the original says
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(encoded.getvalue())
        os.replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error


def _size_or_none(path: str) -> int | None:
    try:
        return os.stat(path).st_size
    except OSError:
        return None


if __name__ == "__main__":
    main(int(sys.argv[1]))

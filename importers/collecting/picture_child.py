"""A process that decodes what was fetched: hashes, sizes and format of a file, or why it is no picture.

A decoder may crash on a stranger's file, take all memory or never end. That ends this process, and one picture.
"""

import hashlib
import re
import sys
from pathlib import Path
from typing import TypedDict

import numpy as np
from PIL import Image

from analytics.hashes import HASH_SIDE, perceptual_hash
from importers.child import end_with_parent, limit_memory, receive, send, take_over_output
from importers.picture import PictureError, decode
from importers.scan_child import THUMB_SIDE, pixel_sha256

MAX_MEMORY = 3 << 30  # bytes of such a process's data
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|title|script)\b", re.IGNORECASE)
_PASSWORD = re.compile(rb"<input[^>]+type\s*=\s*[\"']?password", re.IGNORECASE)


class Request(TypedDict):
    """path: of the file; max_pixels: beyond which it is not decoded."""

    path: str
    max_pixels: int


class Reply(TypedDict, total=False):
    """Of a picture: the columns of outcomes.Fetched. Else code and reason (PictureError), and what the page asks for.

    page: "login" for a web page with a field for a password, "html" for another one.
    """

    sha256: str
    pixel_sha256: str
    phash: int
    width: int
    height: int
    format: str
    code: str
    reason: str
    page: str


def main(parent_pid: int) -> None:
    """Answer messages on standard input until it ends or the parent dies."""
    end_with_parent(parent_pid)
    replies = take_over_output()
    limit_memory(MAX_MEMORY)
    send(replies, {"ready": True})
    while (request := receive(sys.stdin.buffer)) is not None:
        send(replies, look_at(Path(request["path"]).read_bytes(), request["max_pixels"]))


def look_at(content: bytes, max_pixels: int) -> Reply:
    """The reply about a file's bytes, which were bounded when they were fetched."""
    try:
        decoded = decode(content, max_pixels=max_pixels, min_side=THUMB_SIDE)
    except PictureError as error:
        head = content[: 1 << 18]
        page = "" if not _PAGE.search(head[:4096]) else "login" if _PASSWORD.search(head) else "html"
        return {"code": error.code, "reason": error.reason, "page": page}
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "pixel_sha256": pixel_sha256(decoded),
        "phash": quick_hash(decoded.image),
        "width": decoded.width,
        "height": decoded.height,
        "format": decoded.format,
    }


def quick_hash(image: Image.Image) -> int:
    """The perceptual hash of an upright picture: 64 bits, an import's for 86 in 100, else mostly two bits away.

    An import shrinks the colours first, to the thumbnail's size, which takes most of the time that a picture has here.
    Up to that size both are the same.
    """
    gap = 3.0 if max(image.size) > THUMB_SIDE else None
    shrunk = image.convert("L").resize((HASH_SIDE, HASH_SIDE), Image.Resampling.LANCZOS, reducing_gap=gap)
    return perceptual_hash(np.asarray(shrunk))


if __name__ == "__main__":
    main(int(sys.argv[1]))

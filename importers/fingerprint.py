"""What tells a picture from others without a model: hashes of its file, pixels and looks, as an import has them."""

import hashlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

from analytics.hashes import HASH_SIDE, perceptual_hash
from importers.picture import decode, fit
from importers.scan_child import THUMB_SIDE, pixel_sha256


@dataclass(frozen=True)
class Fingerprint:
    """sha256: of the file's bytes, pixel_sha256: of its decoded pixels, both in hex; phash: 64 bits."""

    sha256: str
    pixel_sha256: str
    phash: int


def fingerprint(content: bytes, *, max_pixels: int) -> Fingerprint:
    """Of the bytes of a picture's file; raises PictureError."""
    decoded = decode(content, max_pixels=max_pixels, min_side=THUMB_SIDE)
    luma = fit(decoded.image, THUMB_SIDE).convert("L")
    shrunk = np.asarray(luma.resize((HASH_SIDE, HASH_SIDE), Image.Resampling.LANCZOS))
    return Fingerprint(hashlib.sha256(content).hexdigest(), pixel_sha256(decoded), perceptual_hash(shrunk))

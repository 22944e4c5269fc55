"""The demo's planted defects: what a duplicate, a stray picture and a broken file look like, as bytes.

Everything is drawn from `rng` and from pictures that scikit-learn and scikit-image ship inside their
packages; nothing is fetched. Arrays are uint8, (height, width) for grey and (height, width, 3) for RGB.
"""

import io
import zlib

import numpy as np
from PIL import Image

PAPER = 248  # the grey level of the paper that a digit is drawn on

# How a near duplicate differs from its original: an equal share of each.
NEAR_WAYS = ("shifted", "darker", "rotated", "recompressed", "smaller")

# All ship inside the two packages and show no writing. (Others of scikit-image are downloaded on use.)
PHOTOGRAPHS = ("china", "flower", "astronaut", "chelsea", "coffee", "rocket", "motorcycle")

BROKEN_WAYS = (
    "cut in half",
    "zero bytes",
    "text with a picture's name",
    "damaged bytes",
    "web page with a picture's name",
    "header only",
    "JPEG cut short",
    "zip archive with a picture's name",
    "all bytes zero",
    "claims 60000x60000 pixels",
)


def png_bytes(pixels: np.ndarray) -> bytes:
    """Encode pixels (h, w) or (h, w, 3) uint8 as PNG; the same pixels give the same bytes."""
    return _encode(Image.fromarray(pixels), "PNG", compress_level=6)


def near_duplicate(pixels: np.ndarray, *, way: str, rng: np.random.Generator) -> tuple[bytes, str, str]:
    """Draw a digit (64, 64) again, slightly changed: its bytes, its suffix, and the change in words.

    way: one of NEAR_WAYS. The changes stay small beside a stroke, which is about 8 pixels wide.
    """
    picture = Image.fromarray(pixels)
    if way == "shifted":
        dx, dy = (int(v) for v in rng.choice([-2, -1, 1, 2], size=2))
        matrix = (1, 0, -dx, 0, 1, -dy)
        moved = picture.transform(picture.size, Image.Transform.AFFINE, matrix, fillcolor=PAPER)
        return _encode(moved, "PNG"), ".png", f"moved by {dx}, {dy} pixels"
    if way == "darker":
        factor = float(rng.uniform(0.72, 0.85))
        darker = Image.fromarray((pixels * factor).astype(np.uint8))
        return _encode(darker, "PNG"), ".png", f"grey levels times {factor:.2f}"
    if way == "rotated":
        degrees = float(rng.uniform(2, 5) * rng.choice([-1, 1]))
        turned = picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=PAPER)
        return _encode(turned, "PNG"), ".png", f"turned by {degrees:.1f} degrees"
    if way == "recompressed":
        noisy = np.clip(pixels + rng.normal(0, 6, pixels.shape), 0, 255).astype(np.uint8)
        jpeg = _encode(Image.fromarray(noisy), "JPEG", quality=50)
        return jpeg, ".jpg", "noise of 6 levels, JPEG quality 50"
    if way == "smaller":
        small = picture.resize((48, 48), Image.Resampling.BICUBIC)
        return _encode(small, "PNG"), ".png", "reduced to 48x48"
    raise ValueError(f"way is {way!r}; it must be one of {', '.join(NEAR_WAYS)}")


def stray_pictures(n_pictures: int, *, side: int, rng: np.random.Generator) -> list[tuple[bytes, str]]:
    """Cut n_pictures tiles out of photographs: PNG bytes of side x side, and where each was cut.

    Every second tile is grey like a digit, so that colour alone does not give all of them away. Flat tiles
    (sky, a table top) are left out. Tiles of one photograph never overlap.
    """
    tiles = {name: _tiles(_photograph(name), cut=2 * side, rng=rng) for name in PHOTOGRAPHS}
    turns = [name for turn in range(n_pictures) for name in PHOTOGRAPHS if turn < len(tiles[name])]
    if len(turns) < n_pictures:
        raise ValueError(f"n_pictures is {n_pictures}; the photographs hold {len(turns)} tiles worth showing")
    strays: list[tuple[bytes, str]] = []
    for name in turns[:n_pictures]:
        tile, x, y = tiles[name].pop()
        picture = Image.fromarray(tile).resize((side, side), Image.Resampling.LANCZOS)
        if len(strays) % 2:
            picture = picture.convert("L")
        strays.append((_encode(picture, "PNG"), f"cut from {name} at {x}, {y}"))
    return strays


def broken_file(pixels: np.ndarray, *, way: str) -> tuple[bytes, str]:
    """Spoil a digit's file (way: one of BROKEN_WAYS): bytes that no reader should accept, and a suffix."""
    whole = png_bytes(pixels)
    middle = len(whole) // 2
    if way == "cut in half":
        return whole[:middle], ".png"
    if way == "zero bytes":
        return b"", ".png"
    if way == "text with a picture's name":
        return b"This was meant to be a picture of a digit.\n", ".png"
    if way == "damaged bytes":
        damaged = bytes(255 - byte for byte in whole[middle : middle + 24])
        return whole[:middle] + damaged + whole[middle + 24 :], ".png"
    if way == "web page with a picture's name":
        return b"<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>\n", ".png"
    if way == "header only":
        return whole[:33], ".png"  # signature (8 bytes) and the IHDR chunk (25)
    if way == "JPEG cut short":
        jpeg = _encode(Image.fromarray(pixels), "JPEG", quality=90)
        return jpeg[: len(jpeg) * 2 // 3], ".jpg"
    if way == "zip archive with a picture's name":
        return b"PK\x03\x04\x14\x00" + bytes(range(64)), ".png"
    if way == "all bytes zero":
        return bytes(len(whole)), ".png"
    if way == "claims 60000x60000 pixels":
        chunk = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + whole[24:29]
        return whole[:12] + chunk + zlib.crc32(chunk).to_bytes(4, "big") + whole[33:], ".png"
    raise ValueError(f"way is {way!r}; it must be one of {', '.join(BROKEN_WAYS)}")


def _photograph(name: str) -> np.ndarray:
    """Read one of PHOTOGRAPHS as (h, w, 3) uint8."""
    if name in ("china", "flower"):
        from sklearn.datasets import load_sample_image

        return np.asarray(load_sample_image(f"{name}.jpg"))
    from skimage import data

    read = data.stereo_motorcycle if name == "motorcycle" else getattr(data, name)
    return np.asarray(read()[0] if name == "motorcycle" else read())


def _tiles(photograph: np.ndarray, *, cut: int, rng: np.random.Generator) -> list[tuple[np.ndarray, int, int]]:
    """Cut a photograph (h, w, 3) into squares of side cut, in random order, without flat ones: tile, x, y."""
    height, width = photograph.shape[:2]
    corners = [(x, y) for y in range(0, height - cut + 1, cut) for x in range(0, width - cut + 1, cut)]
    tiles = [(photograph[y : y + cut, x : x + cut], x, y) for x, y in rng.permutation(corners).tolist()]
    return [tile for tile in tiles if tile[0].mean(axis=2).std() >= 25]


def _encode(picture: Image.Image, format: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()

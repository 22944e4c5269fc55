"""Every picture as people and models are to see it: 8-bit RGB, transparency on a ground, deep values stretched.

One rule for thumbnails, measures, hashes, vectors, exports and pages, so that all of them see the same picture.
"""

import math
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from analytics.arrays import Bytes, Numbers
from analytics.errors import Unshowable
from analytics.ground import DARK, WHITE, ground_of
from analytics.levels import to_levels

# What Pillow's decoders raise on damaged bytes; found by fuzzing (tests/importers/test_picture.py).
DAMAGE = (
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
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_BITS, _PHOTOMETRIC, _SAMPLES, _PLANAR, _SAMPLE_FORMAT, _NO_VALUE = 258, 262, 277, 284, 339, 42113  # tags of a TIFF
_SUBFILE, _INNER, _DNG = 254, 330, 50706
_READ = (_SUBFILE, _INNER, _DNG, _BITS, _PHOTOMETRIC, _SAMPLES, _PLANAR, _SAMPLE_FORMAT, _NO_VALUE)
_SIGNED = 2
# Red, green and blue of 16 bits are decoded to their upper eight. Where none reaches this, they are read whole.
_BRIGHT = 64
_LOOKED_AT = 1 << 20  # pixels by which the ground of a picture is chosen
_LUMA = np.array([0.299, 0.587, 0.114])
_OTHER_HALF = {"16B": "16L", "16L": "16B", "16N": "16B"}


@dataclass(frozen=True)
class Shown:
    """image: RGB. how: what was done to show it, a sentence for a person; empty where it is shown as it is."""

    image: Image.Image
    how: str = ""


def as_rgb(image: Image.Image, *, again: Callable[[], Image.Image] | None = None) -> Shown:
    """A picture in RGB. image: any mode, as Pillow opened it. again: opens it once more, for colours of 16 bits.

    Raises Unshowable, and what Pillow raises.
    """
    _refuse_planes(image)
    rawmode = _rawmode(image)
    image.load()
    if image.mode == "LAB":
        raise Unshowable("Vitrine can't read pictures in CIELAB colours. Convert it to RGB.")
    if image.mode.startswith(("I", "F")) or _is_signed(image):
        return _grey(image)
    deep = _deep_colours(image, rawmode, again)
    if deep is not None:
        return deep
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return _on_ground(image)
    n_shown, n_bands = len(image.getbands()), _n_samples(image)
    shown_bands = "first is" if n_shown == 1 else f"first {n_shown} are"
    how = f"Of {n_bands} bands the {shown_bands} shown." if n_bands > n_shown else ""
    if image.mode == "RGB":
        # Counting the frames of a GIF or TIFF moves the image on to another frame.
        return Shown(image if image.format in ("JPEG", "PNG", "BMP", "PPM", "JPEG2000") else image.copy(), how)
    return Shown(image.convert("RGB"), how)


def upright_rgb(image: Image.Image, *, again: Callable[[], Image.Image] | None = None) -> Shown:
    """As as_rgb, turned as the picture's EXIF says."""
    shown = as_rgb(image, again=again)
    turn = UPRIGHT.get(orientation(image))
    return shown if turn is None else Shown(shown.image.transpose(turn), shown.how)


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none or the EXIF block is damaged."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except DAMAGE:
        return 1
    return found if found in UPRIGHT else 1


def _on_ground(image: Image.Image) -> Shown:
    straight = {"La": "LA", "RGBa": "RGBA"}.get(image.mode)
    rgba = (image.convert(straight) if straight else image).convert("RGBA")
    alpha = rgba.getchannel("A")
    ground = WHITE if alpha.getextrema()[0] == 255 else _ground(rgba)
    laid = Image.new("RGB", rgba.size, (ground,) * 3)
    laid.paste(rgba, mask=alpha)
    if ground == WHITE:
        return Shown(laid)
    return Shown(laid, f"Laid on {'black' if ground == DARK else 'grey'}: on white much of it could not be seen.")


def _ground(rgba: Image.Image) -> int:
    step = math.isqrt(rgba.width * rgba.height // _LOOKED_AT) + 1
    pixels = np.asarray(rgba.resize((-(-rgba.width // step), -(-rgba.height // step)), Image.Resampling.NEAREST))
    luma = (pixels[..., :3] @ _LUMA).round().astype(np.uint8)
    return ground_of(luma, pixels[..., 3])


def _grey(image: Image.Image) -> Shown:
    tags = _tags(image)
    values = np.asarray(image)
    if _is_signed(image):
        values = values.view(np.int8)
    elif image.mode == "I" and _first(tags.get(_SAMPLE_FORMAT), 1) == 1 and _first(tags.get(_BITS), 0) == 32:
        values = values.view(np.uint32)  # Pillow knows no whole numbers of 32 bits but signed ones
    is_turned = bool(tags) and _first(tags.get(_PHOTOMETRIC), 1) == 0
    return shown_values(values, no_value=tags.get(_NO_VALUE), smallest_is_white=is_turned)


def shown_values(values: Numbers, *, no_value: object = None, smallest_is_white: bool = False) -> Shown:
    """Numbers (h, w) or (h, w, 3) of any kind in RGB. no_value: what a geographic TIFF says stands for none."""
    levels = to_levels(values, no_value=_no_value(no_value), smallest_is_white=smallest_is_white)
    return Shown(Image.fromarray(levels.pixels).convert("RGB"), _sentence(levels.how))


def _deep_colours(image: Image.Image, rawmode: str, again: Callable[[], Image.Image] | None) -> Shown | None:
    """Colours of 16 bits of which only the lower are used, as of a camera of 12; None for all others."""
    other = _OTHER_HALF.get(rawmode.rpartition(";")[2])
    if again is None or other is None or image.mode not in ("RGB", "RGBA") or not rawmode.startswith("RGB"):
        return None
    upper = np.asarray(image)
    if upper[..., :3].max(initial=0) >= _BRIGHT:
        return None
    with again() as second:
        swapped = rawmode.rpartition(";")[0] + ";" + other
        tiles = [tile._replace(args=_with_rawmode(tile.args, swapped)) for tile in getattr(second, "tile", [])]
        setattr(second, "tile", tiles)  # noqa: B010  # only opened files have it, which the type does not know
        second.load()
        lower = np.asarray(second)
    values = upper[..., :3].astype(np.uint16) << 8 | lower[..., :3]
    levels = to_levels(values)
    colours = Image.fromarray(levels.pixels)
    if image.mode == "RGBA":
        colours.putalpha(Image.fromarray(_alpha(upper[..., 3], lower[..., 3])))
        laid = _on_ground(colours)
        return Shown(laid.image, " ".join(filter(None, (_sentence(levels.how), laid.how))))
    return Shown(colours, _sentence(levels.how))


def _alpha(upper: Bytes, lower: Bytes) -> Bytes:
    """Opacity in 8 bits; where it has no more bits than dark colours, its highest value is opaque."""
    if upper.max(initial=0) >= _BRIGHT:
        return upper
    values = upper.astype(np.uint32) << 8 | lower
    return (values * 255 // max(1, int(values.max(initial=0)))).astype(np.uint8)


def _refuse_planes(image: Image.Image) -> None:
    """Colours of 16 bits in planes of their own are read wrongly by Pillow, and of raw photographs a preview."""
    tags = _tags(image)
    if _first(tags.get(_SUBFILE), 0) & 1 and (_INNER in tags or _DNG in tags):
        raise Unshowable(
            "Vitrine can't read this kind of file: it is a camera's raw photograph. Convert it to JPEG or PNG."
        )
    if _first(tags.get(_PLANAR), 1) == 2 and _n_samples(image) > 1 and _first(tags.get(_BITS), 8) > 8:
        raise Unshowable(
            f"Vitrine can't read this TIFF: its {_n_samples(image)} bands of {_first(tags.get(_BITS), 8)} bits lie one "
            "after the other. Write it with the bands of a pixel side by side, or as 8 bits."
        )


def _rawmode(image: Image.Image) -> str:
    """In what layout the first piece of an image that is not loaded is written: RGB;16B, say; empty where unknown."""
    tiles = getattr(image, "tile", None)
    args = tiles[0].args if tiles else ""
    first = args[0] if isinstance(args, tuple) and args else args
    return first if isinstance(first, str) else ""


def _with_rawmode(args: object, rawmode: str) -> object:
    return (rawmode, *args[1:]) if isinstance(args, tuple) else rawmode


def _is_signed(image: Image.Image) -> bool:
    tags = _tags(image)
    return image.mode == "L" and _first(tags.get(_SAMPLE_FORMAT), 1) == _SIGNED and _first(tags.get(_BITS), 0) == 8


def _n_samples(image: Image.Image) -> int:
    return int(_first(_tags(image).get(_SAMPLES), 1))


def _tags(image: Image.Image) -> dict[int, object]:
    tags = getattr(image, "tag_v2", None)
    return {tag: tags.get(tag) for tag in _READ if tag in tags} if tags is not None else {}


def _first(value: object, without: int) -> int:
    if isinstance(value, tuple | list):
        value = value[0] if value else without
    return int(value) if isinstance(value, int) else without


def _no_value(text: object) -> float | None:
    """The number that a geographic TIFF says stands for none."""
    try:
        return float(str(text).strip("\0 ")) if text is not None else None
    except ValueError:
        return None


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}." if clause else ""

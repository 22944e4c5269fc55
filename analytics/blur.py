"""Parts of a picture made unrecognisable: what is sent holds too few numbers to be undone."""

import numpy as np
from PIL import Image, ImageFilter

from analytics.arrays import Numbers

CELLS = 5  # colours along the longer side of a blurred part
MARGIN = 0.08  # of the box's sides: hair and hands reach over a detector's boxes


def blurred(picture: Image.Image, boxes: Numbers) -> Image.Image:
    """A copy of an RGB picture with its `boxes` (n, 4: x1, y1, x2, y2 in its pixels) blurred beyond recognition.

    Each box, a little enlarged and cut at the edges, is reduced to at most 5 x 5 colours and spread smoothly again. Of
    what is noted about the picture the colour profile alone is left.
    """
    out = picture.copy()
    out.info = {name: said for name, said in picture.info.items() if name == "icc_profile"}  # Pillow saves comments
    for x1, y1, x2, y2 in np.asarray(boxes, np.float64).reshape(-1, 4).tolist():
        x_more, y_more = MARGIN * (x2 - x1), MARGIN * (y2 - y1)
        left, top = max(0, int(np.floor(x1 - x_more))), max(0, int(np.floor(y1 - y_more)))
        right, bottom = min(out.width, int(np.ceil(x2 + x_more))), min(out.height, int(np.ceil(y2 + y_more)))
        if right > left and bottom > top:
            out.paste(_coarse(out.crop((left, top, right, bottom))), (left, top))
    return out


def blurred_whole(picture: Image.Image) -> Image.Image:
    """A copy of an RGB picture, blurred everywhere."""
    return blurred(picture, np.array([[0, 0, picture.width, picture.height]]))


def blurred_of(picture: Image.Image, boxes: Numbers | None, *, width: int, height: int) -> Image.Image:
    """An RGB picture, perhaps reduced, of an original of width x height, blurred in `boxes` of the original's pixels.

    boxes: (n, 4); None: the whole picture is blurred.
    """
    if boxes is None:
        return blurred_whole(picture)
    return blurred(picture, boxes * np.array([picture.width / width, picture.height / height] * 2))


def _coarse(part: Image.Image) -> Image.Image:
    unit = max(part.size) / CELLS
    width, height = (max(1, round(side / unit)) for side in part.size)
    small = part.resize((width, height), Image.Resampling.BOX)
    return small.resize(part.size, Image.Resampling.BICUBIC).filter(ImageFilter.BoxBlur(min(unit / 4, 40)))

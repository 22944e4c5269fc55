"""On which ground a transparent picture is laid, so that what is drawn in it stays visible."""

import numpy as np

from analytics.arrays import Bytes
from analytics.errors import WrongShape

WHITE, DARK, GREY = 255, 0, 128
NEAR = 32  # levels of luma; what is nearer to its ground than this is taken to vanish
MOST_LOST = 0.2  # of what is drawn; white stays as long as no more than this vanishes on it


def ground_of(luma: Bytes, alpha: Bytes) -> int:
    """The level of grey on which a picture is laid: 255 (white) unless much of it would vanish; else 0 or 128.

    luma, alpha: (height, width) uint8. What is drawn is weighed by its alpha. Of the grounds on which it does not
    vanish the first of white, black and grey is taken; where it does on all of them, the one on which least does.
    """
    if luma.shape != alpha.shape or luma.dtype != np.uint8 or alpha.dtype != np.uint8:
        raise WrongShape(f"luma and alpha must be uint8 of one shape, not {luma.shape} and {alpha.shape}.")
    weights = np.bincount(luma.ravel(), weights=alpha.ravel(), minlength=256)
    if not weights.sum() or alpha.min() == 255:  # nothing is drawn, or nothing shows through
        return WHITE
    levels = np.arange(256)
    lost = {
        ground: float(weights[np.abs(levels - ground) < NEAR].sum() / weights.sum()) for ground in (WHITE, DARK, GREY)
    }
    return next((ground for ground in lost if lost[ground] <= MOST_LOST), min(lost, key=lambda ground: lost[ground]))

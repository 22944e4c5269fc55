"""Masks out of COCO's run-length code, and as a transparent picture that lies over a photograph."""

import numpy as np

from analytics.arrays import Bools, Bytes

OPACITY = 120  # of 255


def decode(code: str, *, width: int, height: int) -> Bools:
    """A COCO run-length code as (height, width) bool; all False where it does not fit that size.

    Ours, because pycocotools' own decoder trips over NumPy 2 (a warning now, an error later). The code: lengths of runs
    down the columns, off and on in turn, from the third on less the one before the last; five bits a character.
    Ref: cocoapi, maskApi.c (rleFrString, rleDecode).
    """
    runs = _fitting_runs(code, n_pixels=width * height)
    if runs is None:
        return np.zeros((height, width), bool)
    is_on = np.arange(len(runs)) % 2 == 1
    return np.repeat(is_on, runs).reshape(width, height).T


def overlay(masks: list[tuple[str, tuple[int, int, int]]], *, width: int, height: int, side: int) -> Bytes:
    """Coloured masks, the last on top: (h, w, 4) uint8 RGBA with a longer side of at most `side`.

    masks: code and colour of each. Every so many pixels one is looked at; nothing is smoothed, and no mask is made as
    large as its picture.
    """
    step = max(1, -(-max(width, height) // side))
    out = np.zeros((-(-height // step), -(-width // step), 4), np.uint8)
    looked_at = np.arange(0, width, step)[None, :] * height + np.arange(0, height, step)[:, None]  # down the columns
    for code, colour in masks:
        runs = _fitting_runs(code, n_pixels=width * height)
        if runs is not None:
            in_run = np.searchsorted(np.cumsum(runs), looked_at, side="right")
            out[in_run % 2 == 1] = (*colour, OPACITY)
    return out


def _fitting_runs(code: str, *, n_pixels: int) -> list[int] | None:
    """The lengths of the runs of a picture of so many pixels, or None where the code is of none such."""
    runs = _runs(code)
    return None if runs is None or min(runs, default=-1) < 0 or sum(runs) != n_pixels else runs


def _runs(code: str) -> list[int] | None:
    """The lengths of the runs, or None where the text is no such code."""
    runs: list[int] = []
    value = shift = 0
    for character in code:
        part = ord(character) - 48
        if not 0 <= part < 64 or shift > 60:
            return None
        value |= (part & 0x1F) << shift
        shift += 5
        if part & 0x20:
            continue
        if part & 0x10:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
        value = shift = 0
    return None if shift else runs

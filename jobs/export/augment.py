"""Augmented pictures for an export and its previews: what is asked, what is planned, each picture drawn."""

import hashlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from analytics.balancing import MIXING, Made, plan
from analytics.errors import AnalyticsError
from importers.picture import PictureError, read_picture
from importers.sources import Root
from jobs.engine.errors import ExportRefused, UnknownParameter
from jobs.export.blur import Hidden, read_blurred
from jobs.export.kind import AugmentationParameters
from jobs.export.plan import TRAIN_SPLITS, Entry, ExportRow


def planned(rows: Sequence[ExportRow], *, n_classes: int, parameters: AugmentationParameters) -> tuple[Made, list[int]]:
    """What to draw for a version's training pictures with one label; the second: the rows that it speaks of.

    The budget is for the training pictures, those that are there included. Raises UnknownParameter.
    """
    train = [index for index, row in enumerate(rows) if row.split in TRAIN_SPLITS]
    labels = np.array([_label_or(rows[index], -1) for index in train], np.int64)
    room = parameters.budget - int((labels < 0).sum())
    try:
        made = plan(
            labels,
            n_classes=n_classes,
            techniques=parameters.asked_techniques,
            budget=max(room, 0),
            max_level=parameters.level,
            rng=np.random.default_rng(parameters.seed),
        )
    except AnalyticsError as error:
        raise UnknownParameter(str(error)) from error
    return made, train


def _label_or(row: ExportRow, without: int) -> int:
    return without if row.label is None else row.label


def draw(root: Root, rows: Sequence[ExportRow], entry: Entry, *, seed: int, hidden: Hidden) -> Image.Image:
    """The picture of an entry, RGB, of its parent's size; raises ExportRefused where a parent cannot be read.

    hidden: what is blurred in its parents before anything is made of them.
    """
    mixes = entry.technique in MIXING
    partner = read(root, rows[entry.partner], hidden=hidden) if mixes and entry.partner >= 0 else None
    if mixes and partner is None:  # there was no second picture to mix in
        raise ExportRefused("Mixing needs two labelled training pictures; this version has one.")
    # It brings torch, which an export that draws nothing does without, and so does the app.
    from models.augmentation import augment

    identity = f"{seed} {rows[entry.row].path} {entry.technique} {entry.number}".encode()
    own_seed = int.from_bytes(hashlib.sha256(identity).digest()[:8], "little")
    parent = read(root, rows[entry.row], hidden=hidden)
    return augment(parent, technique=entry.technique, seed=own_seed, partner=partner, own_share=entry.own_share)


def read(root: Root, row: ExportRow, *, hidden: Hidden) -> Image.Image:
    """A version's picture as RGB, people blurred where they are to be; raises ExportRefused, which names it."""
    try:
        if row.image_id in hidden:
            return read_blurred(root / row.path, row, hidden[row.image_id])
        return Image.fromarray(
            read_picture(root / row.path, max_pixels=row.width * row.height).pixels
        )  # as it was imported, measured and embedded
    except PictureError as error:
        raise ExportRefused(f"{row.path} cannot be read: {error}") from error


def save(picture: Image.Image, path: str) -> None:
    """Write a made picture: JPEG with full colour at quality 95, or PNG."""
    if path.endswith(".png"):
        picture.save(path)
    else:
        picture.save(path, quality=95, subsampling=0)

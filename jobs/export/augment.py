"""Augmented pictures for an export and its previews: what is asked, what is planned, each picture drawn."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from analytics.balancing import MIXING, TECHNIQUES, Made, plan
from analytics.errors import AnalyticsError
from jobs.engine.errors import ExportRefused, UnknownParameter
from jobs.export.blur import Hidden, read_blurred
from jobs.export.plan import TRAIN_SPLITS, Entry

DEFAULTS: dict[str, object] = {
    "techniques": "",
    "level": 0,
    "budget": 50_000,
    "soft_labels": False,
    "seed": 801,
}


@dataclass(frozen=True)
class Recipe:
    """How classes are to be evened out. techniques: none means that nothing is made."""

    techniques: tuple[str, ...]
    level: int
    budget: int
    seed: int


def recipe_of(parameters: Mapping[str, object], *, kind: str) -> Recipe:
    """The recipe in a job's parameters; raises UnknownParameter."""
    names = tuple(name.strip() for name in str(parameters["techniques"]).split(",") if name.strip())
    strange = [name for name in names if name not in TECHNIQUES]
    if strange or len(set(names)) < len(names):
        raise UnknownParameter(f"{kind}: techniques are different ones of {', '.join(TECHNIQUES)}, not {names}.")
    level, budget = int(parameters["level"]), int(parameters["budget"])
    if level < 0 or budget < 1:
        raise UnknownParameter(f"{kind}: level must be 0 or more and budget 1 or more, not {level} and {budget}.")
    return Recipe(names, level, budget, int(parameters["seed"]))


def planned(rows: Sequence[Mapping[str, object]], *, n_classes: int, recipe: Recipe) -> tuple[Made, list[int]]:
    """What to make of a version's training pictures with one label; the second: the version's rows that it speaks of.

    The budget is for the training pictures, those that are there included. Raises UnknownParameter.
    """
    train = [place for place, row in enumerate(rows) if row["split"] in TRAIN_SPLITS]
    labels = np.array([-1 if rows[place]["label"] is None else rows[place]["label"] for place in train], np.int64)
    room = recipe.budget - int((labels < 0).sum())
    try:
        made = plan(
            labels,
            n_classes=n_classes,
            techniques=recipe.techniques,
            budget=max(room, 0),
            most=recipe.level,
            rng=np.random.default_rng(recipe.seed),
        )
    except AnalyticsError as error:
        raise UnknownParameter(str(error)) from error
    return made, train


def draw(root: Path, rows: Sequence[Mapping[str, object]], entry: Entry, *, seed: int, hidden: Hidden) -> Image.Image:
    """The picture of an entry, RGB, of its parent's size; raises ExportRefused where a parent cannot be read.

    hidden: what is blurred in its parents before anything is made of them.
    """
    mixes = entry.technique in MIXING
    partner = read(root, rows[entry.partner], hidden=hidden) if mixes and entry.partner >= 0 else None
    if mixes and partner is None:  # there was no second picture to mix in
        raise ExportRefused("Mixing needs two labelled training pictures; this version has one.")
    # It brings torch, which an export that draws nothing does without, and so does the app.
    from models.augmentation import augment

    told = f"{seed} {rows[entry.row]['path']} {entry.technique} {entry.number}".encode()
    own_seed = int.from_bytes(hashlib.sha256(told).digest()[:8], "little")
    parent = read(root, rows[entry.row], hidden=hidden)
    return augment(parent, technique=entry.technique, seed=own_seed, partner=partner, own_share=entry.own_share)


def read(root: Path, row: Mapping[str, object], *, hidden: Hidden) -> Image.Image:
    """A version's picture as RGB, people blurred where they are to be; raises ExportRefused, which names it."""
    try:
        if row["image_id"] in hidden:
            return read_blurred(root / str(row["path"]), row, hidden[row["image_id"]])
        with Image.open(root / str(row["path"])) as picture:
            return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ExportRefused(f"{row['path']} cannot be read: {error}") from error


def save(picture: Image.Image, path: str) -> None:
    """Write a made picture: JPEG with full colour at quality 95, or PNG."""
    if path.endswith(".png"):
        picture.save(path)
    else:
        picture.save(path, quality=95, subsampling=0)

"""The demo: scikit-learn's 1,797 handwritten digits as picture files, with planted and recorded defects.

    FOLDER/pictures/{train,val,test}/{0..9}/digit-0001.png ...   1,887 files, of which 1,877 can be read
    FOLDER/truth.json                                            what was planted; every digit's true label

truth.json stands beside the pictures, not among them: an import of FOLDER/pictures never sees it. File
names are numbered at random over all kinds, so a name says nothing about a defect. What is planted:

- 90 wrong labels (5 %), of digits in every split: 60 get a digit that theirs is easily taken for, 30 any
  other;
- 30 exact duplicates, byte for byte: 10 in the same split with the same label, 10 in another split, 10 with
  another label (5 of them in another split too); 30 near duplicates likewise, 6 in each way of NEAR_WAYS;
- 20 pictures that are no digit, tiles of photographs; 10 files that can't be read, each in another way.

Wrong labels, originals of exact and originals of near duplicates are different digits, so each defect is
found or missed on its own. The 1,797 digits all differ, before and after enlargement (a test sees to it).
"""

import json
import shutil
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np
from PIL import Image

from cli.demo.defects import BROKEN_WAYS, NEAR_WAYS, PAPER, broken_file, near_duplicate, png_bytes, stray_pictures

RECIPE = 1  # raise it whenever the same seed would give other files
CLASS_NAMES = tuple(str(digit) for digit in range(10))
SPLITS = ("train", "val", "test")
SIDE = 64  # pixels
# The digit that each is most easily taken for, from 0 to 9.
LOOK_ALIKE = (6, 7, 3, 8, 9, 6, 0, 1, 3, 4)
N_WRONG_LABELS, N_EXACT, N_NEAR, N_STRAYS = 90, 30, 30, 20


class DemoError(Exception):
    """The demo's pictures could not be drawn."""


@dataclass(frozen=True)
class Planted:
    """One defect. Paths are relative to the pictures' folder, with forward slashes, as in `image.path`."""

    kind: str  # "wrong label", "exact duplicate", "near duplicate", "no digit" or "broken file"
    path: str
    split: str
    given_label: str  # the class folder it lies in
    true_label: str | None  # None where it shows no digit or cannot be read
    original: str | None  # a duplicate's original
    detail: str  # the way in which it is wrong, in a few words


@dataclass(frozen=True)
class Truth:
    """What make_digits drew. true_labels holds every readable digit's path and true class."""

    seed: int
    recipe: int
    pictures: Path
    class_names: tuple[str, ...]
    n_files: int
    n_images: int  # files that can be read: n_files without broken_files
    wrong_labels: tuple[Planted, ...]
    exact_duplicates: tuple[Planted, ...]
    near_duplicates: tuple[Planted, ...]
    no_digits: tuple[Planted, ...]
    broken_files: tuple[Planted, ...]
    true_labels: dict[str, str]

    @property
    def planted(self) -> tuple[Planted, ...]:
        """All defects, kind after kind."""
        return tuple(defect for name in PLANTED_KINDS.values() for defect in getattr(self, name))

    @property
    def totals(self) -> dict[str, int]:
        """How many of each kind; `other label` counts the duplicates among them whose label differs."""
        totals = {kind: len(getattr(self, name)) for kind, name in PLANTED_KINDS.items()}
        duplicates = self.exact_duplicates + self.near_duplicates
        totals["duplicate with another label"] = sum(d.given_label != d.true_label for d in duplicates)
        totals["duplicate in another split"] = sum(not (d.original or "").startswith(f"{d.split}/") for d in duplicates)
        return totals


PLANTED_KINDS = {
    "wrong label": "wrong_labels",
    "exact duplicate": "exact_duplicates",
    "near duplicate": "near_duplicates",
    "no digit": "no_digits",
    "broken file": "broken_files",
}


@dataclass(frozen=True)
class _File:
    """A file to be written. kind "" is a digit as it should be; original: number of the digit it repeats."""

    data: bytes
    suffix: str
    split: str
    given: int
    true: int | None
    kind: str = ""
    original: int | None = None
    detail: str = ""


def make_digits(folder: Path, *, seed: int = 801) -> Truth:
    """Draw the demo into folder/pictures and folder/truth.json, and say what was planted.

    The same seed and the same releases of numpy and Pillow give the same bytes. Nothing is written where the
    same demo already stands; an interrupted one is drawn anew. Takes about two seconds.
    Raises DemoError where folder/pictures holds something else.
    """
    pictures, truth_file = folder / "pictures", folder / "truth.json"
    unfinished = folder / "truth.json.partial"
    if pictures.exists():
        if unfinished.exists():  # stopped between the two renames below
            unfinished.rename(truth_file)
        return _standing_truth(pictures, truth_file, seed=seed)
    rng = np.random.default_rng(seed)
    files = _draw_files(rng)
    truth = _write_files(files, folder / "pictures.partial", rng=rng, seed=seed)
    truth = replace(truth, pictures=pictures)
    unfinished.write_text(_to_json(truth), encoding="utf-8")
    (folder / "pictures.partial").rename(pictures)
    unfinished.rename(truth_file)  # last: where truth.json is, all is
    return truth


def read_truth(truth_file: Path) -> Truth:
    """Read what make_digits planted. Raises DemoError where the file is missing or no truth."""
    try:
        stored = json.loads(truth_file.read_text(encoding="utf-8"))
        planted = {name: tuple(Planted(**row) for row in stored[name]) for name in PLANTED_KINDS.values()}
        values = {**stored, **planted, "class_names": tuple(stored["class_names"])}
        names = (field.name for field in fields(Truth) if field.name != "pictures")
        return Truth(pictures=truth_file.parent / "pictures", **{name: values[name] for name in names})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DemoError(
            f"{truth_file} does not say what was planted ({error}). Remove its folder and run the demo again."
        ) from error


def draw_digit(ink: np.ndarray) -> np.ndarray:
    """Draw a digit of 8x8 ink counts (0 to 16, float) as (64, 64) uint8, dark ink on light paper.

    A cell of paper is added on each side, so that a shifted or turned copy loses nothing; the enlargement is
    bicubic, and a smoothstep between 10 % and 80 % ink turns its blur into the edge of a pen stroke.
    """
    cells = Image.fromarray(np.pad(ink / 16, 1).astype(np.float32))
    smooth = np.asarray(cells.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    t = np.clip((smooth - 0.1) / 0.7, 0, 1)
    return np.rint(PAPER - (PAPER - 24) * t * t * (3 - 2 * t)).astype(np.uint8)


def _standing_truth(pictures: Path, truth_file: Path, *, seed: int) -> Truth:
    truth = read_truth(truth_file)
    if (truth.seed, truth.recipe) != (seed, RECIPE):
        raise DemoError(
            f"{pictures} holds the demo of seed {truth.seed}, recipe {truth.recipe}; "
            f"seed {seed}, recipe {RECIPE} was asked for. Remove that folder, or name another."
        )
    return truth


def _draw_files(rng: np.random.Generator) -> list[_File]:
    """Draw the 1,797 digits (in scikit-learn's order), then what is planted beside them."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    drawn = [draw_digit(ink) for ink in digits.images]
    splits = _stratified_splits(digits.target, rng=rng)
    shuffled = rng.permutation(len(drawn))
    wrong, shuffled = shuffled[:N_WRONG_LABELS], shuffled[N_WRONG_LABELS:]
    exact, near, spoiled = np.split(shuffled, [N_EXACT, N_EXACT + N_NEAR])
    files = [
        _File(png_bytes(pixels), ".png", split, int(label), int(label))
        for pixels, split, label in zip(drawn, splits, digits.target, strict=True)
    ]
    for number, i in enumerate(wrong):
        files[i] = _with_wrong_label(files[i], look_alike=number % 3 < 2, rng=rng)
    for number, i in enumerate(exact):
        copy = replace(files[i], kind="exact duplicate", original=int(i), detail="same bytes")
        files.append(_placed(copy, number=number, n_copies=N_EXACT, rng=rng))
    for number, i in enumerate(near):
        way = NEAR_WAYS[number % len(NEAR_WAYS)]
        data, suffix, detail = near_duplicate(drawn[i], way=way, rng=rng)
        copy = replace(files[i], kind="near duplicate", original=int(i), detail=detail)
        copy = replace(copy, data=data, suffix=suffix)
        files.append(_placed(copy, number=number, n_copies=N_NEAR, rng=rng))
    for data, detail in stray_pictures(N_STRAYS, side=SIDE, rng=rng):
        files.append(_no_digit(data, ".png", kind="no digit", detail=detail, rng=rng))
    for way, i in zip(BROKEN_WAYS, spoiled, strict=False):
        data, suffix = broken_file(drawn[i], way=way)
        files.append(_no_digit(data, suffix, kind="broken file", detail=way, rng=rng))
    return files


def _stratified_splits(labels: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Give each of the labels (n,) a split: 15 % of every class to val, 15 % to test, the rest to train."""
    splits = np.full(len(labels), "train", dtype=object)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        n_each = round(0.15 * len(members))
        splits[members[:n_each]] = "val"
        splits[members[n_each : 2 * n_each]] = "test"
    return splits


def _with_wrong_label(file: _File, *, look_alike: bool, rng: np.random.Generator) -> _File:
    given = LOOK_ALIKE[file.given] if look_alike else _other_label(file.given, rng=rng)
    detail = "taken for a look-alike" if look_alike else "any other digit"
    return replace(file, given=given, kind="wrong label", detail=detail)


def _placed(copy: _File, *, number: int, n_copies: int, rng: np.random.Generator) -> _File:
    """Place a copy: a third beside its original, a third in another split, a third under another label."""
    third = 3 * number // n_copies
    label_too = third == 2
    if third == 1 or (label_too and number % 2):
        others = [split for split in SPLITS if split != copy.split]
        copy = replace(copy, split=others[int(rng.integers(len(others)))])
    return replace(copy, given=_other_label(copy.given, rng=rng)) if label_too else copy


def _other_label(label: int, *, rng: np.random.Generator) -> int:
    return (label + int(rng.integers(1, 10))) % 10


def _no_digit(data: bytes, suffix: str, *, kind: str, detail: str, rng: np.random.Generator) -> _File:
    """Place what shows no digit in any split and any class."""
    split = str(rng.choice(SPLITS, p=(0.7, 0.15, 0.15)))
    return _File(data, suffix, split, given=int(rng.integers(10)), true=None, kind=kind, detail=detail)


def _write_files(files: list[_File], pictures: Path, *, rng: np.random.Generator, seed: int) -> Truth:
    """Number the files at random, write them under pictures, and set down the truth."""
    if pictures.exists():
        shutil.rmtree(pictures)  # ours: what an interrupted run left
    for split in SPLITS:
        for name in CLASS_NAMES:
            (pictures / split / name).mkdir(parents=True)
    numbers = rng.permutation(len(files)) + 1
    paths = [f"{f.split}/{f.given}/digit-{n:04d}{f.suffix}" for f, n in zip(files, numbers, strict=True)]
    for file, path in zip(files, paths, strict=True):
        (pictures / path).write_bytes(file.data)
    rows: dict[str, list[Planted]] = {kind: [] for kind in PLANTED_KINDS}
    for file, path in zip(files, paths, strict=True):
        if file.kind:
            true = None if file.true is None else str(file.true)
            original = None if file.original is None else paths[file.original]
            defect = Planted(file.kind, path, file.split, str(file.given), true, original, file.detail)
            rows[file.kind].append(defect)
    return Truth(
        seed=seed,
        recipe=RECIPE,
        pictures=pictures,
        class_names=CLASS_NAMES,
        n_files=len(files),
        n_images=len(files) - len(rows["broken file"]),
        true_labels={path: str(f.true) for f, path in zip(files, paths, strict=True) if f.true is not None},
        **{name: tuple(rows[kind]) for kind, name in PLANTED_KINDS.items()},
    )


def _to_json(truth: Truth) -> str:
    stored = asdict(truth) | {"totals": truth.totals}
    del stored["pictures"]  # truth.json may be moved with its folder
    return json.dumps(stored, indent=1, sort_keys=True) + "\n"

"""The rules of a DS801 submission, each with what breaks it. Knows nothing of how the submission was made."""

import collections
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from importers.sources import PicturePath
from jobs.export.submission import (
    IMGS,
    LABELS,
    LEAST_VALIDATION,
    MOST_TRAINING,
    MOST_VALIDATION,
    TRAINING,
    VALIDATION,
)
from jobs.submission.read import FoundSet, Picture, read_set, resembles

ERROR, WARNING = "error", "warning"
MOST_EXAMPLES = 5
# rule: level and what it asks for, in the order of the table
RULES: dict[str, tuple[str, str]] = {
    "folders": (ERROR, "One folder TEAM-training-set and one TEAM-validation-set, of the same team"),
    "contents": (ERROR, f"Each holds exactly {IMGS}/ and {LABELS}, and {IMGS}/ plain files alone"),
    "training-size": (ERROR, f"Training: 1 to {MOST_TRAINING:,} pictures"),
    "validation-size": (ERROR, f"Validation: {LEAST_VALIDATION} to {MOST_VALIDATION:,} pictures"),
    "validation-classes": (ERROR, "Validation: every class at least once"),
    "training-names": (ERROR, "Training names: img_KEY.jpg or img_KEY_TECHNIQUE.jpg"),
    "training-keys": (ERROR, "KEY is the key of an original"),
    "copies-numbered": (ERROR, "Repeats are numbered oversampling-1, oversampling-2, ..."),
    "labels-file": (ERROR, f"{LABELS} is a JSON object, with no key twice"),
    "labels-match": (ERROR, f"The keys of {LABELS} are the pictures' names without .jpg, both ways"),
    "one-hot": (ERROR, "Labels are one-hot, as long as there are classes"),
    "pictures": (ERROR, "Pictures are 64x64 RGB JPEG"),
    "no-new-pictures": (
        ERROR,
        "No new pictures in training: an original's name shows that original",
    ),
    "copies-in-order": (WARNING, "The numbers of a picture's repeats have no gap"),
    "duplicates-across": (WARNING, "No picture is in both sets"),
    "validation-keys": (WARNING, "No key of the validation set is used again in training"),
    "empty-class": (WARNING, "Training has pictures of every class"),
}
_COPY = re.compile(r"oversampling-([1-9]\d*)")
_TECHNIQUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*(_[A-Za-z0-9._+-]+)*")


@dataclass(frozen=True)
class Finding:
    """What breaks a rule: how often, and the first of them in words."""

    rule: str
    level: str
    n: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Originals:
    """What the course gave out. files: key to its file, None where it is gone; sha256: of each key's file."""

    files: Mapping[str, PicturePath | None]
    sha256: Mapping[str, str]
    n_classes: int


@dataclass(frozen=True)
class _Named:
    """A picture of a set with what its name says; key: None where no original's key is in it."""

    picture: Picture
    key: str | None
    technique: str


def check_submission(
    folder: Path, originals: Originals, *, report: Callable[[int], bool | None] = lambda n: None
) -> list[Finding]:
    """Every rule that the folder breaks, errors first; an empty list is a submission without a flaw.

    Any folder of any origin is taken, also one of rubbish. report(n) hears how many pictures have been read.
    """
    broken: dict[str, list[str]] = {rule: [] for rule in RULES}
    training_at, validation_at = _two_folders(folder, broken)
    training = read_set(training_at, report=report) if training_at else None
    before = len(training.pictures) if training else 0
    validation = read_set(validation_at, report=lambda n: report(before + n)) if validation_at else None
    named = {}
    for title, found in (("training", training), ("validation", validation)):
        if found is not None:
            named[title] = [_parse(picture, originals) for picture in found.pictures]
            _check_set(found, title, broken, n_classes=originals.n_classes)
    if training is not None:
        _check_training(training, named["training"], originals, broken)
    if validation is not None:
        _check_validation(validation, broken, n_classes=originals.n_classes)
    if training is not None and validation is not None:
        _check_across(named["training"], named["validation"], broken)
    return [
        Finding(rule, RULES[rule][0], len(said), tuple(said[:MOST_EXAMPLES])) for rule, said in broken.items() if said
    ]


def key_of(path: str) -> str | None:
    """The key of an original: img_KEY.jpg gives KEY; None for a file that is called otherwise."""
    name = path.rpartition("/")[2]
    return name[4:-4] if name.startswith("img_") and name.endswith(".jpg") and len(name) > 8 else None


def _two_folders(folder: Path, broken: dict[str, list[str]]) -> tuple[Path | None, Path | None]:
    said = broken["folders"]
    if not folder.is_dir():
        what = "is a file; unpack it first" if folder.exists() else "is not there"
        said.append(f"{folder} {what}")
        return None, None
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
    except OSError as error:
        said.append(f"{folder} cannot be read: {error.strerror or error}")
        return None, None
    found: list[Path | None] = []
    for ending in (TRAINING, VALIDATION):
        fit = [name for name in names if name.endswith(f"-{ending}")]
        if not fit:
            said.append(f"there is no folder TEAM-{ending}")
        elif len(fit) > 1:
            said.append(f"there are {len(fit)} folders TEAM-{ending}: {', '.join(fit[:3])}")
        found.append(folder / fit[0] if fit else None)
    teams = [at.name.removesuffix(f"-{end}") if at else None for at, end in zip(found, (TRAINING, VALIDATION))]  # noqa: B905
    if None not in teams and teams[0] != teams[1]:
        said.append(f"the folders are of two teams, {teams[0]!r} and {teams[1]!r}")
    if "" in teams:
        said.append("a folder's name begins with no team")
    return found[0], found[1]


def _parse(picture: Picture, originals: Originals) -> _Named:
    stem = picture.stem
    if not stem.startswith("img_"):
        return _Named(picture, None, "")
    rest = stem[4:]
    if rest in originals.files:
        return _Named(picture, rest, "")
    at = len(rest)
    while (at := rest.rfind("_", 0, at)) > 0:  # a technique may hold an underscore, and so may a key
        if rest[:at] in originals.files:
            return _Named(picture, rest[:at], rest[at + 1 :])
    return _Named(picture, None, rest.partition("_")[2])


def _check_set(found: FoundSet, title: str, broken: dict[str, list[str]], *, n_classes: int) -> None:
    broken["contents"] += [f"{title}: {stray}" for stray in found.strays]
    broken["pictures"] += [f"{title}: {one.name} {one.wrong}" for one in found.pictures if one.wrong]
    if found.labels_wrong is not None:
        broken["labels-file"].append(f"{title}: {found.labels_wrong}")
    broken["labels-file"] += [f"{title}: the key {key} comes twice" for key in found.repeated]
    if found.labels is None:
        return
    stems = {picture.stem for picture in found.pictures}
    broken["labels-match"] += [f"{title}: {stem} has no label" for stem in sorted(stems - found.labels.keys())]
    broken["labels-match"] += [f"{title}: {key} has no picture" for key in sorted(found.labels.keys() - stems)]
    for key, value in found.labels.items():
        wrong = _label_mistake(value, n_classes)
        if wrong:
            broken["one-hot"].append(f"{title}: {key} {wrong}")


def _label_mistake(value: object, n_classes: int) -> str | None:
    if not isinstance(value, list):
        return f"is {str(value)[:60]!r}, not a list"
    if len(value) != n_classes:
        return f"has {len(value)} numbers, not {n_classes}"
    if any(type(one) not in (int, float) or one not in (0, 1) for one in value):
        return f"holds something other than 0 and 1: {str(value)[:80]}"
    ones = value.count(1)
    return None if ones == 1 else f"has {ones} ones"


def _check_training(found: FoundSet, named: list[_Named], originals: Originals, broken: dict[str, list[str]]) -> None:
    n = len(named)
    if not 1 <= n <= MOST_TRAINING:
        broken["training-size"].append(f"there are {n:,}")
    numbers: dict[str, list[int]] = collections.defaultdict(list)
    for one in named:
        _check_name(one, broken)
        if one.technique.startswith("oversampling") and one.key is not None:
            match = _COPY.fullmatch(one.technique)
            if match is None:
                broken["copies-numbered"].append(f"{one.picture.name} has no number as in oversampling-1")
            else:
                numbers[one.key].append(int(match[1]))
        is_itself = one.key is not None and (not one.technique or one.technique.startswith("oversampling"))
        if is_itself and not one.picture.wrong and not _is_original(found, one, originals):
            broken["no-new-pictures"].append(f"{one.picture.name} does not show the original of its key")
    for key, used in numbers.items():
        if sorted(used) != list(range(1, len(used) + 1)):
            shown = ", ".join(map(str, sorted(used)[:5]))
            broken["copies-in-order"].append(f"{key} is repeated with the numbers {shown}")
    for index in _empty_classes(found, originals.n_classes):
        broken["empty-class"].append(f"class {index} has no training picture")


def _check_name(one: _Named, broken: dict[str, list[str]]) -> None:
    name = one.picture.name
    if not name.startswith("img_") or not name.endswith(".jpg") or len(name) <= 8:
        broken["training-names"].append(f"{name} is not called img_KEY.jpg or img_KEY_TECHNIQUE.jpg")
    elif one.key is None:
        broken["training-keys"].append(f"{name} holds no key of an original")
    elif name[4:-4] != one.key and not _TECHNIQUE.fullmatch(one.technique):
        broken["training-names"].append(f"{name} names no technique behind its key")


def _is_original(found: FoundSet, one: _Named, originals: Originals) -> bool:
    """Whether a picture is the original of its key, to the byte or recompressed; True where the original is gone."""
    key = str(one.key)
    if originals.sha256[key] == one.picture.sha256:
        return True
    original = originals.files[key]
    return original is None or resembles(found.folder / IMGS / one.picture.name, original) is not False


def _check_validation(found: FoundSet, broken: dict[str, list[str]], *, n_classes: int) -> None:
    n = len(found.pictures)
    if not LEAST_VALIDATION <= n <= MOST_VALIDATION:
        broken["validation-size"].append(f"there are {n:,}")
    if found.labels is not None:
        broken["validation-classes"] += [f"class {index} is missing" for index in _empty_classes(found, n_classes)]


def _empty_classes(found: FoundSet, n_classes: int) -> list[int]:
    """Classes that no picture of the set is labelled with; a label without a picture does not count."""
    stems = {picture.stem for picture in found.pictures}
    labels = found.labels or {}
    held = {
        value.index(1)
        for key, value in labels.items()
        if key in stems and isinstance(value, list) and _label_mistake(value, n_classes) is None
    }
    return [] if found.labels is None else [index for index in range(n_classes) if index not in held]


def _check_across(training: Iterable[_Named], validation: Iterable[_Named], broken: dict[str, list[str]]) -> None:
    by_pixels: dict[str, str] = {}
    by_key: dict[str, str] = {}
    for one in training:
        by_pixels.setdefault(one.picture.pixels or one.picture.sha256, one.picture.name)
        if one.key is not None:
            by_key.setdefault(one.key, one.picture.name)
    for one in validation:
        twin = by_pixels.get(one.picture.pixels or one.picture.sha256)
        if twin is not None:
            broken["duplicates-across"].append(f"{one.picture.name} shows the same as {twin} in training")
        if one.key in by_key:
            broken["validation-keys"].append(f"{one.key} is also the key of {by_key[str(one.key)]} in training")

"""What the sub-folders of a dataset say: classes, splits, both or neither."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from importers.keys import composed
from importers.listing import looks_like_picture
from importers.types import Labelling, Option, Problem, Question

_SPLIT_WORDS = {
    **dict.fromkeys(("train", "training", "trn"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev", "development"), "val"),
    **dict.fromkeys(("test", "testing", "tst"), "test"),
    **{word: word for word in ("eval", "evaluation", "holdout", "hold-out", "trainval", "unseen")},
}
_SPLIT_ENDING = re.compile(r"[-_ ]?(set|data|images|imgs|split|(19|20)\d\d)$")
_CONTAINERS = frozenset(
    [
        "img",
        "imgs",
        "image",
        "images",
        "picture",
        "pictures",
        "photo",
        "photos",
        "jpg",
        "jpeg",
        "jpegs",
        "png",
        "pngs",
        "jpegimages",
        "data",
        "all",
    ]
)

Folders = tuple[str, ...]  # the folders above a picture, below the wrapper
READINGS: dict[str, tuple[str, Callable[[Folders], str | None], Callable[[Folders], str | None]]] = {
    # key: (title, class of a picture, split of a picture)
    "flat": ("no labels: the folders mean nothing", lambda f: None, lambda f: None),
    "classes": ("each folder is a class", lambda f: f[0] if f else None, lambda f: None),
    "classes-last": ("each innermost folder is a class", lambda f: f[-1] if f else None, lambda f: None),
    "splits": ("each folder is a split, without labels", lambda f: None, lambda f: f[0] if f else None),
    "splits/classes": (
        "each folder is a split, with a folder for each class in it",
        lambda f: f[1] if len(f) > 1 else None,
        lambda f: f[0] if f else None,
    ),
    "classes/splits": (
        "each folder is a class, with a folder for each split in it",
        lambda f: f[0] if f else None,
        lambda f: f[1] if len(f) > 1 else None,
    ),
}


@dataclass(frozen=True)
class FolderGuess:
    """How the folders can be read. options: more than one when it must be asked; the first is the default."""

    options: tuple[str, ...]
    text: str


def split_word(name: str) -> str | None:
    """Give the split that a folder's name stands for ('train', 'val', 'test', ...), or None."""
    name = name.lower()
    return _SPLIT_WORDS.get(name) or _SPLIT_WORDS.get(_SPLIT_ENDING.sub("", name))


def split_of_set(name: str) -> str | None:
    """The split that a set's folder stands for, also behind somebody's name: 'team-training-set' is train."""
    last = re.split(r"[-_ ]", _SPLIT_ENDING.sub("", name.lower()))[-1]
    return split_word(name) or split_word(last)


def guess_folders(paths: Sequence[str]) -> FolderGuess:
    """Say how the folders of these paths can be read: one option where it is plain, several to be asked."""
    below = {tuple(folders) for folders in _below_wrapper(_picture_folders(paths))}
    tops = sorted({folders[0] for folders in below if folders})
    are_splits = [split_word(top) is not None for top in tops]
    depth = max((len(folders) for folders in below), default=0)
    if not tops:
        return FolderGuess(("flat",), "")
    if all(are_splits):
        return _guess_splits(tops, below, depth)
    if any(are_splits):
        words = ", ".join(top for top, is_split in zip(tops, are_splits, strict=True) if is_split)
        has_classes = any(len(folders) > 1 for folders in below if split_word(folders[0] if folders else ""))
        options = ("splits/classes", "classes") if has_classes else ("classes", "splits/classes", "flat")
        return FolderGuess(options, f"Some folders could be splits ({words}), the others not. What are they?")
    if depth == 1:
        return _guess_classes(tops, below)
    if all(len(folders) == 2 and split_word(folders[1]) for folders in below):
        return FolderGuess(("classes/splits",), "")
    return FolderGuess(
        ("classes", "classes-last", "flat"), "There are folders within the folders. Which are the classes?"
    )


def folder_labelling(paths: Sequence[str], reading: str) -> Labelling:
    """Label paths by their folders as a reading says; class names are sorted, numbers by value."""
    _, class_of, split_of = READINGS[reading]
    folder_of = [path.rpartition("/")[0] for path in paths]
    wrapper = _wrapper(_picture_folders(paths))
    below = {folder: _below(folder, wrapper) for folder in set(folder_of)}
    class_by_folder = {folder: class_of(tuple(map(composed, names))) for folder, names in below.items()}
    split_by_folder = _canonical_splits({folder: split_of(names) for folder, names in below.items()})
    used = {class_by_folder[folder] for path, folder in zip(paths, folder_of, strict=True) if looks_like_picture(path)}
    class_names = sort_names({name for name in used if name is not None})
    index: dict[str | None, int] = {name: number for number, name in enumerate(class_names)}
    label = [index.get(class_by_folder[folder]) for folder in folder_of]
    nothing: list[None] = [None] * len(paths)
    return Labelling(
        task="single",
        class_names=tuple(class_names),
        label=label,
        labels=nothing,
        split=[split_by_folder[folder] for folder in folder_of],
        source_url=nothing,
        licence=nothing,
        problems=_outside_classes(paths, label) if class_names else [],
    )


def splits_by_folder(paths: Sequence[str]) -> list[str | None]:
    """Give each path's split by the first of its folders that is named like one, else None."""
    folder_of = [path.rpartition("/")[0] for path in paths]
    split_of = {}
    for folder in set(folder_of):
        split_of[folder] = next((name for name in folder.split("/") if split_word(name)), None)
    canonical = _canonical_splits(split_of)
    return [canonical[folder] for folder in folder_of]


def question(guess: FolderGuess) -> Question:
    """Put an ambiguous guess as a question."""
    options = tuple(Option(key, READINGS[key][0].capitalize()) for key in guess.options)
    return Question(text=guess.text, options=options, default=guess.options[0])


def sort_names(names: set[str]) -> list[str]:
    """Sort class names; if all are whole numbers, by value."""
    if all(name.isdecimal() for name in names):
        return sorted(names, key=lambda name: (int(name), name))
    return sorted(names)


def _guess_splits(tops: list[str], below: set[Folders], depth: int) -> FolderGuess:
    seconds = {folders[1].lower() for folders in below if len(folders) > 1}
    if seconds <= _CONTAINERS and depth == 2:
        return FolderGuess(("splits",), "")
    if depth > 1:
        return FolderGuess(("splits/classes",), "")
    words = ", ".join(tops)
    return FolderGuess(("splits", "classes"), f"The folders ({words}) could be splits or classes. Which are they?")


def _guess_classes(tops: list[str], below: set[Folders]) -> FolderGuess:
    if len(tops) > 1:
        return FolderGuess(("classes",), "")
    if tops[0].lower() in _CONTAINERS:
        return FolderGuess(("flat",), "")
    return FolderGuess(("flat", "classes"), f"There is one folder, {tops[0]}. Is it a class, or does it mean nothing?")


def _picture_folders(paths: Sequence[str]) -> set[str]:
    """The folders that hold pictures by their names; where there are none, all folders with files."""
    folders = {path.rpartition("/")[0] for path in paths if looks_like_picture(path)}
    return folders or {path.rpartition("/")[0] for path in paths}


def _wrapper(folders: set[str]) -> Folders:
    """The folders above all pictures (as a zip's one top folder), save the last and any split."""
    parts = [tuple(folder.split("/")) if folder else () for folder in folders]
    shortest = min((len(part) for part in parts), default=0)
    n_common = 0
    while n_common < shortest - 1 and len({part[n_common] for part in parts}) == 1:
        if split_word(parts[0][n_common]):
            break
        n_common += 1
    return parts[0][:n_common] if parts else ()


def _below(folder: str, wrapper: Folders) -> Folders:
    names = tuple(folder.split("/")) if folder else ()
    return names[len(wrapper) :] if names[: len(wrapper)] == wrapper else ()


def _below_wrapper(folders: set[str]) -> set[Folders]:
    wrapper = _wrapper(folders)
    return {_below(folder, wrapper) for folder in folders}


def _canonical_splits(name_by_folder: dict[str, str | None]) -> dict[str, str | None]:
    """Write splits as train, val and test, unless two folders would fall together (val and valid, say)."""
    names = {name for name in name_by_folder.values() if name is not None}
    canonical = {name: split_word(name) or name for name in names}
    if len(set(canonical.values())) < len(names):
        canonical = {name: name for name in names}
    return {folder: None if name is None else canonical[name] for folder, name in name_by_folder.items()}


def _outside_classes(paths: Sequence[str], label: list[int | None]) -> list[Problem]:
    reason = "The picture lies outside the class folders, so it has no label."
    return [
        Problem(path, "no-label", reason)
        for path, number in zip(paths, label, strict=True)
        if number is None and looks_like_picture(path)
    ]

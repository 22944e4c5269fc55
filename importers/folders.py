"""What the sub-folders of a dataset say: classes, splits, both or neither."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from analytics.wording import count
from importers.file_names import NAMES, class_in_name, looks_named, pattern_of
from importers.keys import composed
from importers.listing import looks_like_picture
from importers.split_words import split_word, splits_of_tops
from importers.types import Labelling, LayoutError, Option, Problem, Question

_CONTAINERS = frozenset(
    ("img", "imgs", "image", "images", "picture", "pictures", "photo", "photos", "jpg", "jpeg", "jpegs", "png", "pngs")
    + ("jpegimages", "data", "all")
)
_LEVELS = "levels:"
_MAX_NAMED = 3  # classes that an option of a question names

Folders = tuple[str, ...]  # the folders above a picture, below the wrapper


@dataclass(frozen=True)
class FolderReading:
    """A way to read folders. class_of, split_of: what those above a picture say; by_name: the file's name does."""

    title: str
    class_of: Callable[[Folders], str | None]
    split_of: Callable[[Folders], str | None]
    by_name: bool = False


def _at(place: int) -> Callable[[Folders], str | None]:
    return lambda folders: folders[place] if len(folders) > place else None


def _nothing(folders: Folders) -> str | None:
    return None


READINGS: dict[str, FolderReading] = {
    "flat": FolderReading("no labels: the folders mean nothing", _nothing, _nothing),
    "classes": FolderReading("each folder is a class", _at(0), _nothing),
    "classes-last": FolderReading("each innermost folder is a class", lambda f: f[-1] if f else None, _nothing),
    "classes-path": FolderReading(
        "each way through the folders is a class", lambda f: "/".join(f) if f else None, _nothing
    ),
    "splits": FolderReading("each folder is a split, without labels", _nothing, _at(0)),
    "splits/classes": FolderReading("each folder is a split, with a folder for each class in it", _at(1), _at(0)),
    "splits/classes-last": FolderReading(
        "each folder is a split, and each innermost folder a class", lambda f: f[-1] if len(f) > 1 else None, _at(0)
    ),
    "splits/classes-path": FolderReading(
        "each folder is a split, and each way through those in it a class",
        lambda f: "/".join(f[1:]) if len(f) > 1 else None,
        _at(0),
    ),
    "classes/splits": FolderReading("each folder is a class, with a folder for each split in it", _at(0), _at(1)),
    NAMES: FolderReading("each file's name begins with its class", _nothing, _nothing, by_name=True),
    f"splits/{NAMES}": FolderReading(
        "each folder is a split, and each file's name begins with its class", _nothing, _at(0), by_name=True
    ),
}


@dataclass(frozen=True)
class FolderGuess:
    """How the folders can be read. options: more than one when it must be asked; the first is the default."""

    options: tuple[str, ...]
    text: str


def folder_reading(key: str) -> FolderReading | None:
    """The reading of a key: one of READINGS, `levels:split/-/class` or `names:PATTERN`; None for anything else.

    Raises LayoutError where levels or a pattern were given that say nothing.
    """
    if key.startswith(_LEVELS):
        return _by_levels(key.removeprefix(_LEVELS))
    if key.startswith(f"{NAMES}:"):
        pattern_of(key)
        return READINGS[NAMES]
    return READINGS.get(key)


def guess_folders(paths: Sequence[str]) -> FolderGuess:
    """Say how the folders of these paths can be read: one option where it is plain, several to be asked."""
    below = set(_plain_folders(_picture_folders(paths)).values())
    tops = sorted({folders[0] for folders in below if folders})
    depth = max((len(folders) for folders in below), default=0)
    if not tops:
        return _guess_flat(paths)
    if splits_of_tops(tops):
        return _guess_splits(tops, paths, depth)
    is_split = [split_word(top) is not None for top in tops]
    if any(is_split):
        words = ", ".join(top for top, yes in zip(tops, is_split, strict=True) if yes)
        has_classes = any(len(folders) > 1 for folders in below if split_word(folders[0] if folders else ""))
        mixed = ("splits/classes", "classes") if has_classes else ("classes", "splits/classes", "flat")
        return FolderGuess(mixed, f"Some folders could be splits ({words}), the others not. What are they?")
    if depth == 1:
        return _guess_classes(tops, paths)
    if all(len(folders) == 2 and split_word(folders[1]) for folders in below):
        return FolderGuess(("classes/splits",), "")
    options: tuple[str, ...] = ("classes", "classes-last", "classes-path", "flat")
    if all(len(folders) > 2 and split_word(folders[1]) for folders in below):
        options = (f"{_LEVELS}-/split/class", *options)
    return FolderGuess(options, "There are folders within the folders. Which are the classes?")


def folder_labelling(paths: Sequence[str], reading: str) -> Labelling:
    """Label paths by their folders or names as a reading says; class names are sorted, numbers by value."""
    way = folder_reading(reading)
    assert way is not None  # whoever calls has asked
    folder_of = [path.rpartition("/")[0] for path in paths]
    below = _plain_folders(_picture_folders(paths), also=folder_of)
    split_by_folder = _canonical_splits({folder: way.split_of(names) for folder, names in below.items()})
    if way.by_name:
        pattern = pattern_of(reading)
        class_of_path = [class_in_name(path, pattern) if looks_like_picture(path) else None for path in paths]
    else:
        class_by_folder = {folder: way.class_of(tuple(map(composed, names))) for folder, names in below.items()}
        class_of_path = [class_by_folder[folder] for folder in folder_of]
    used = {name for path, name in zip(paths, class_of_path, strict=True) if looks_like_picture(path)}
    class_names = sort_names({name for name in used if name is not None})
    index: dict[str | None, int] = {name: number for number, name in enumerate(class_names)}
    label = [index.get(name) for name in class_of_path]
    nothing: list[None] = [None] * len(paths)
    return Labelling(
        task="single",
        class_names=tuple(class_names),
        label=label,
        labels=nothing,
        split=[split_by_folder[folder] for folder in folder_of],
        source_url=nothing,
        licence=nothing,
        problems=_without_class(paths, label, by_name=way.by_name) if class_names else [],
    )


def splits_by_folder(paths: Sequence[str]) -> list[str | None]:
    """Give each path's split by the first of its folders that is named like one, else None."""
    folder_of = [path.rpartition("/")[0] for path in paths]
    below = _plain_folders(_picture_folders(paths), also=folder_of)
    tops = sorted({names[0] for names in below.values() if names})
    known = splits_of_tops(tops) or {}
    found = {
        folder: next((name for name in names if split_word(name) or (name == names[0] and name in known)), None)
        for folder, names in below.items()
    }
    canonical = _canonical_splits(found)
    return [canonical[folder] for folder in folder_of]


def question(guess: FolderGuess, paths: Sequence[str]) -> Question:
    """Put an ambiguous guess as a question; each answer says what it would give."""
    options = tuple(Option(key, described(key, paths)) for key in guess.options)
    return Question(text=guess.text, options=options, default=guess.options[0])


def described(key: str, paths: Sequence[str]) -> str:
    """A folder reading in words, with what it gives here: "Each folder is a class: 2 classes (cat, dog)"."""
    way = folder_reading(key)
    assert way is not None
    labelling = folder_labelling(paths, key)
    gives = _classes_and_splits(labelling)
    return f"{way.title[0].upper()}{way.title[1:]}{f': {gives}' if gives else ''}"


def sort_names(names: set[str]) -> list[str]:
    """Sort class names; if all are whole numbers, by value."""
    if all(name.isdecimal() for name in names):
        return sorted(names, key=lambda name: (int(name), name))
    return sorted(names)


def _classes_and_splits(labelling: Labelling) -> str:
    splits = Counter(name for name in labelling.split if name is not None)
    parts = []
    if labelling.class_names:
        parts.append(f"{count(len(labelling.class_names), 'class', 'classes')} ({few(labelling.class_names)})")
    if splits:
        parts.append(f"{count(len(splits), 'split')} ({few(sorted(splits))})")
    return ", ".join(parts)


def few(names: Sequence[str]) -> str:
    """The first few names of a list, in a sentence."""
    shown = ", ".join(name if len(name) <= 40 else f"{name[:40]}…" for name in names[:_MAX_NAMED])
    return shown if len(names) <= _MAX_NAMED else f"{shown}, …"


def _by_levels(text: str) -> FolderReading:
    levels = [level.strip() for level in text.split("/")]
    if not set(levels) <= {"split", "class", "-"} or levels.count("split") > 1 or "class" not in levels:
        raise LayoutError(
            f"Levels are named from the top as in levels:split/-/class, each split, class or - (nothing), not {text!r}."
        )
    at = [place for place, level in enumerate(levels) if level == "class"]

    def class_of(folders: Folders) -> str | None:
        names = [folders[place] for place in at if place < len(folders)]
        return "/".join(names) if len(names) == len(at) else None

    split_of = _at(levels.index("split")) if "split" in levels else _nothing
    return FolderReading(f"the folders from the top are {', '.join(levels)}", class_of, split_of)


def _guess_flat(paths: Sequence[str]) -> FolderGuess:
    if looks_named(paths):
        return FolderGuess((NAMES, "flat"), "No folder names a class, but the names of the files may. Do they?")
    return FolderGuess(("flat",), "")


def _guess_splits(tops: list[str], paths: Sequence[str], depth: int) -> FolderGuess:
    if depth > 2:
        options = ("splits/classes", "splits/classes-last", "splits/classes-path")
        return FolderGuess(options, "There are folders within the folders of the splits. Which are the classes?")
    if depth == 2:
        return FolderGuess(("splits/classes",), "")
    words = ", ".join(tops)
    if looks_named(paths):
        options = (f"splits/{NAMES}", "splits", "classes")
        return FolderGuess(options, f"The folders ({words}) name splits, and the files may name classes. Do they?")
    if any(_is_contained(path) for path in paths if looks_like_picture(path)):
        return FolderGuess(("splits",), "")
    return FolderGuess(("splits", "classes"), f"The folders ({words}) could be splits or classes. Which are they?")


def _is_contained(path: str) -> bool:
    """Whether a picture lies in a folder that only says that there are pictures in it."""
    return any(folder.lower() in _CONTAINERS for folder in path.split("/")[:-1])


def _guess_classes(tops: list[str], paths: Sequence[str]) -> FolderGuess:
    if len(tops) > 1:
        return FolderGuess(("classes",), "")
    if tops[0].lower() in _CONTAINERS:
        return _guess_flat(paths)
    options = (NAMES, "flat", "classes") if looks_named(paths) else ("flat", "classes")
    return FolderGuess(options, f"There is one folder, {tops[0]}. Is it a class, or does it mean nothing?")


def _picture_folders(paths: Sequence[str]) -> set[str]:
    """The folders that hold pictures by their names; where there are none, all folders with files."""
    folders = {path.rpartition("/")[0] for path in paths if looks_like_picture(path)}
    return folders or {path.rpartition("/")[0] for path in paths}


def _plain_folders(folders: set[str], *, also: Iterable[str] = ()) -> dict[str, Folders]:
    """Each folder as the names that can mean something: without the wrapper, doubled folders, inner copies, containers.

    folders: those with pictures, which say what the wrapper is. also: others that are wanted.
    """
    wrapper = _wrapper(folders)
    below = {folder: _below(folder, wrapper) for folder in folders.union(also)}
    for plainer in (_undoubled, _without_inner_copy, _uncontained):
        known = {folder: below[folder] for folder in folders}
        shorter = plainer(known, wrapper)
        below = {folder: shorter(names) for folder, names in below.items()}
    return below


def _undoubled(known: dict[str, Folders], wrapper: Folders) -> Callable[[Folders], Folders]:
    """Of `train/train/cat` take `train/cat`, where nothing else is in the first."""
    seconds: dict[str, set[str]] = {}
    for names in known.values():
        if names:
            seconds.setdefault(names[0], set()).add(names[1].casefold() if len(names) > 1 else "")
    doubled = {top for top, inner in seconds.items() if inner == {top.casefold()}}
    return lambda names: names[1:] if len(names) > 1 and names[0] in doubled else names


def _without_inner_copy(known: dict[str, Folders], wrapper: Folders) -> Callable[[Folders], Folders]:
    """Of `set/train` and `set/set/train` take both for `train`: a zip that holds its own content once more."""
    children: dict[str, set[str]] = {}
    for names in known.values():
        if names:
            children.setdefault(names[0], set()).update(names[1:2])
    copies = set()
    for top, inner in children.items():
        others = set(children) - {top}
        is_itself = bool(wrapper) and top.casefold() == wrapper[-1].casefold() and bool(inner) and inner <= others
        if is_itself or (len(inner) > 1 and inner == others):
            copies.add(top)
    return lambda names: names[1:] if names and names[0] in copies and len(names) > 1 else names


def _uncontained(known: dict[str, Folders], wrapper: Folders) -> Callable[[Folders], Folders]:
    """Of `train/images/cat` take `train/cat`, where all of a split lies in its container."""
    if not splits_of_tops(sorted({names[0] for names in known.values() if names})):
        return lambda names: names
    seconds: dict[str, set[str]] = {}
    for names in known.values():
        if names:
            seconds.setdefault(names[0], set()).add(names[1].lower() if len(names) > 1 else "")
    contained = {top for top, inner in seconds.items() if len(inner) == 1 and inner <= _CONTAINERS}
    return lambda names: (names[0], *names[2:]) if len(names) > 1 and names[0] in contained else names


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


def _canonical_splits(name_by_folder: dict[str, str | None]) -> dict[str, str | None]:
    """Write splits as train, val and test, unless two folders would fall together (val and valid, say)."""
    names = {name for name in name_by_folder.values() if name is not None}
    known = splits_of_tops(sorted(names)) or {}
    canonical = {name: split_word(name) or known.get(name) or name for name in names}
    if len(set(canonical.values())) < len(names):
        canonical = {name: name for name in names}
    return {folder: None if name is None else canonical[name] for folder, name in name_by_folder.items()}


def _without_class(paths: Sequence[str], label: list[int | None], *, by_name: bool) -> list[Problem]:
    reason = (
        "The file's name names no class, so it has no label."
        if by_name
        else "The picture lies outside the class folders, so it has no label."
    )
    return [
        Problem(path, "no-label", reason)
        for path, number in zip(paths, label, strict=True)
        if number is None and looks_like_picture(path)
    ]

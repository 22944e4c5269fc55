"""YOLO's annotations: a text a picture, a line an object, of numbers that a data.yaml or a list of classes names."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from analytics.wording import count
from importers.annotated import (
    MAX_SIDE_BYTES,
    MAX_SIDE_FILES,
    AnnotatedPicture,
    Annotations,
    Object,
    text_of,
    unreadable_side,
)
from importers.keys import composed
from importers.label_files import read_names_file
from importers.listing import Listing, looks_like_picture
from importers.problems import Problems
from importers.split_words import split_word
from importers.types import LayoutError, Problem

KEY = "yolo:"
_NAMES = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml", "obj.names", "classes.txt", "predefined_classes.txt")
_MAX_YAML_BYTES = 1 << 20
_MAX_CLASSES = 100_000


def find_yolo(listing: Listing) -> Annotations | None:
    """The annotations of a folder whose pictures have texts of numbers beside them or in labels/; None without."""
    side_of = _sides(listing.paths)
    if not side_of:
        return None
    about = _names_file(listing)
    first = list(side_of.values())[:50]
    if not about and not all(_are_objects(listing.root / path) for path in first):
        return None
    problems = Problems()
    names, splits = _about(listing, about) if about else ([], {})
    pictures, highest = [], -1
    for picture, side in side_of.items():
        objects = _objects(listing.root / side, side, problems)
        highest = max([highest, *(one.place for one in objects)])
        pictures.append(AnnotatedPicture(picture, tuple(objects), split=_split_of(picture, splits)))
    unnamed = [f"class {number}" for number in range(len(names), min(highest, _MAX_CLASSES) + 1)]
    said = (f"{count(len(unnamed), 'class has', 'classes have')} no name in {about}.",) if unnamed and about else ()
    used = frozenset(side_of.values()) | ({about} if about else set())
    where = about or "labels"
    return Annotations(f"{KEY}{where}", "YOLO", where, (*names, *unnamed), pictures, used, problems.all(), said)


def _sides(paths: Sequence[str]) -> dict[str, str]:
    """Picture -> the text with its objects: in the folder labels for a picture in images, or beside it."""
    texts = {f"{path[:-4]}.txt": path for path in paths if path[-4:].lower() == ".txt"}
    found: dict[str, str] = {}
    for path in paths:
        if not looks_like_picture(path) or len(found) >= MAX_SIDE_FILES:
            continue
        stem = path.rpartition(".")[0] if "." in path.rpartition("/")[2] else path
        head, mark, rest = f"/{stem}".rpartition("/images/")
        there = f"{head}/labels/{rest}"[1:] if mark else ""
        for side in (f"{there}.txt", f"{stem}.txt"):
            if side in texts:
                found[path] = texts[side]
                break
    return found


def _names_file(listing: Listing) -> str:
    """The file that names the classes, the likeliest there is; "" without."""
    by_name = {
        path.rpartition("/")[2].lower(): path for path in sorted(listing.paths, key=lambda path: -path.count("/"))
    }
    known = next((by_name[name] for name in _NAMES if name in by_name), "")
    others = [path for path in listing.paths if path.lower().endswith((".yaml", ".yml")) and path.count("/") < 2]
    return known or next((path for path in others if _yaml(listing.root / path).get("names")), "")


def _about(listing: Listing, about: str) -> tuple[list[str], dict[str, str]]:
    """Class names by their numbers, and the splits of folders or of pictures, of a names file."""
    if not about.lower().endswith((".yaml", ".yml")):
        try:
            found = read_names_file(listing.root / about)
        except LayoutError:
            return [], {}
        return _by_number(dict(zip(found.numbers or range(len(found.names)), found.names, strict=True))), {}
    content = _yaml(listing.root / about)
    names = content.get("names")
    if isinstance(names, dict):
        numbered = {int(key): str(name) for key, name in names.items() if str(key).isdecimal() and len(str(key)) < 7}
    else:
        numbered = dict(enumerate(map(str, names if isinstance(names, list) else [])))
    splits: dict[str, str] = {}
    for split in ("train", "val", "valid", "test"):
        folders = content.get(split)
        for folder in folders if isinstance(folders, list) else [folders]:
            if isinstance(folder, str) and folder:
                splits |= _split_folders(
                    listing, about, str(content.get("path") or ""), folder, split_word(split) or split
                )
    return _by_number(numbered), splits


def _by_number(numbered: dict[int, str]) -> list[str]:
    if not numbered or max(numbered) >= _MAX_CLASSES:
        return []
    names = [composed(numbered.get(number, f"class {number}")) for number in range(max(numbered) + 1)]
    seen: dict[str, int] = {}
    for place, name in enumerate(names):  # two of one name would be one class
        if seen.setdefault(name, place) != place:
            names[place] = f"{name} ({place})"
    return names


def _split_folders(listing: Listing, about: str, base: str, folder: str, split: str) -> dict[str, str]:
    """The folder, or the pictures of the list, that data.yaml gives for a split, below the root -> the split."""
    at = about.rpartition("/")[0]
    for start in (f"{at}/{base}", at, base, ""):
        path = _normal(f"{start}/{folder}")
        if path.endswith(".txt") and path in set(listing.paths):
            lines = (listing.root / path).read_text(encoding="utf-8", errors="replace").splitlines()
            return {_normal(f"{path.rpartition('/')[0]}/{line.strip()}"): split for line in lines if line.strip()}
        if any(each.startswith(f"{path}/") for each in listing.paths) and path:
            return {path: split}
    return {}


def _normal(path: str) -> str:
    parts: list[str] = []
    for part in path.replace("\\\\", "/").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _split_of(picture: str, splits: dict[str, str]) -> str | None:
    """The split of a picture: its own in a list, else that of a folder above it, else what its folders are called."""
    if not splits:
        return next((found for part in picture.split("/")[:-1] if (found := split_word(part))), None)
    parts = picture.split("/")
    above = ("/".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((splits[path] for path in above if path in splits), None)


def _yaml(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_YAML_BYTES:
            return {}
        text = text_of(path.read_bytes())
        if "&" in text and "*" in text and _has_anchors(text):  # what is a line becomes as much as one likes
            return {}
        content = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _has_anchors(text: str) -> bool:
    """Whether a text says a thing once and means it again, which names with & and * in quotes do not."""
    return any(isinstance(token, yaml.AnchorToken | yaml.AliasToken) for token in yaml.scan(text, yaml.SafeLoader))


def _are_objects(path: Path) -> bool:
    """Whether a text holds nothing but lines of a whole number and four numbers or more."""
    try:
        with path.open("rb") as file:
            lines = text_of(file.read(20_000)).splitlines()[:20]
    except (OSError, UnicodeDecodeError):
        return False
    return all(_numbers(line) is not None for line in lines if line.strip())


def _objects(path: Path, shown: str, problems: Problems) -> list[Object]:
    try:
        if path.stat().st_size > MAX_SIDE_BYTES:
            raise ValueError(f"it has more than {MAX_SIDE_BYTES:,} bytes")
        lines: Iterable[str] = text_of(path.read_bytes()).splitlines()
    except (OSError, ValueError) as error:
        unreadable_side(shown, str(error), problems)
        return []
    found = []
    for line in lines:
        if not line.strip():
            continue
        numbers = _numbers(line)
        if numbers is None:
            problems.add(
                Problem(
                    shown, "wrong-type", "A line holds no object: a class and 4 numbers or more are one.", line[:80]
                )
            )
            continue
        found.append(_object(numbers))
    return found


def _numbers(line: str) -> list[float] | None:
    try:
        numbers = [float(part) for part in line.split()]
    except ValueError:
        return None
    is_class = len(numbers) > 4 and numbers[0] >= 0 and numbers[0] == int(numbers[0]) and numbers[0] < _MAX_CLASSES
    return numbers if is_class and all(map(math.isfinite, numbers)) else None


def _object(numbers: list[float]) -> Object:
    """class x y w h, with a score or without; or class and corners: of a turned box, or an outline."""
    place, rest = int(numbers[0]), numbers[1:]
    if len(rest) in (4, 5):
        x, y, width, height = rest[:4]
        return Object(place, (x - width / 2, y - height / 2, x + width / 2, y + height / 2), is_share=True)
    corners = rest[: len(rest) // 2 * 2]
    xs, ys = corners[::2], corners[1::2]
    return Object(place, (min(xs), min(ys), max(xs), max(ys)), tuple(corners), is_share=True)

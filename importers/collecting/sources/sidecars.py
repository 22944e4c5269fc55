"""Pictures that another tool fetched, with JSON beside each: `a.jpg.json` of gallery-dl, `a.json` of img2dataset."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importers.collecting.about import SIDECARS
from importers.collecting.candidate import Candidate
from importers.collecting.licences import Licence, read_licence
from importers.collecting.sources.source import Said, candidate, object_or_nothing, text_of

_MAX_BYTES = 1 << 20
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff")
# Where the tools, and the sites that gallery-dl knows, put what is asked for here; the first that is there counts.
_URL = ("url", "file_url", "image_url", "display_url", "original_url", "media_url", "src")
_PAGE = ("page_url", "post_url", "webpage_url", "permalink", "foreign_landing_url", "page", "link")
_TITLE = ("title", "caption", "description", "filename")
_AUTHOR = ("author", "creator", "artist", "ownername", "owner", "username", "user", "uploader")
_NAMES = ("name", "fullname", "realname", "username", "nick", "login")
_LICENCE = ("license", "licence", "license_name", "license_code", "rights")


@dataclass(frozen=True)
class Beside:
    """A picture with what its JSON says. path: below the folder, with /; candidate: None where no address is said."""

    path: str
    candidate: Candidate | None


def pictures_beside(folder: Path, *, query: str) -> Iterator[Beside]:
    """The pictures below a folder that have a JSON file beside them, in the order of their paths."""
    rank = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        there = set(names)
        for name in sorted(names):
            stem, ending = os.path.splitext(name)
            sidecar = next((each for each in (f"{name}.json", f"{stem}.json") if each in there), None)
            if ending.lower() not in _ENDINGS or sidecar is None:
                continue
            said = _read(Path(place) / sidecar)
            if said is None:
                continue
            rank += 1
            path = (Path(place) / name).relative_to(folder).as_posix()
            yield Beside(path, candidate(SIDECARS, query, rank, _said(said)))


def _read(path: Path) -> Mapping[str, Any] | None:
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        content: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _said(content: Mapping[str, Any]) -> Said:
    return Said(
        _first(content, _URL),
        licence=_licence(content),
        page_url=_first(content, _PAGE),
        title=_first(content, _TITLE),
        author=_first(content, _AUTHOR),
        class_name=content.get("label") or content.get("class"),
        width=content.get("original_width") or content.get("width"),
        height=content.get("original_height") or content.get("height"),
        raw={name: value for name, value in content.items() if isinstance(value, (str, int, float, bool))},
    )


def _licence(content: Mapping[str, Any]) -> Licence | None:
    version, url = content.get("license_version"), content.get("license_url")
    for name in _LICENCE:
        value = content.get(name)
        of_object = object_or_nothing(value)
        if of_object:
            value, url = of_object.get("name"), of_object.get("url") or url
        if (found := read_licence(value, version=text_of(version), url=url)) is not None:
            return found
    return read_licence(None, url=url)


def _first(content: Mapping[str, Any], names: tuple[str, ...]) -> object:
    """The first text of some fields; of an object, the text of its own names."""
    for name in names:
        value = content.get(name)
        if isinstance(value, dict):
            value = _first(value, _NAMES)
        if text_of(value):
            return value
    return None

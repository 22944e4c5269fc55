"""Pictures in shards of a bounded size, written as a stream: the splits, the numbers and the names of the files."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from jobs.export.content import Content, names_apart, split_folders
from jobs.export.plan import UNASSIGNED, Entry

SHARD_BYTES = 256 << 20  # of pictures; what loads shards asks for some hundreds of megabytes each


class Shard(Protocol):
    """A file that is being written."""

    def write(self, entry: Entry, data: bytes) -> None:
        """Append a picture."""

    def close(self) -> None:
        """Finish the file."""


@dataclass
class _Open:
    shard: Shard
    path: Path
    n_bytes: int = 0


@dataclass
class Shards:
    """A Packer: a row of shards for each split, a new one begun before a picture that would make the last too large.

    begin(path): opens a shard. name_of(split, number, of): what it is called in the end, below the folder.
    """

    folder: Path
    content: Content
    begin: Callable[[Path], Shard]
    name_of: Callable[[str, int, int], str]
    _open: dict[str, _Open] = field(default_factory=dict)
    _done: dict[str, list[Path]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._folders = split_folders(self.content)

    def add(self, entry: Entry, data: bytes) -> None:
        """Take a picture's file in."""
        split = self._folders[entry.split].rstrip("/") or UNASSIGNED
        now = self._open.get(split)
        if now is not None and now.n_bytes + len(data) > SHARD_BYTES:
            self._finish(split)
            now = None
        if now is None:
            path = self.folder / f".{split}-{len(self._done.get(split, ())):05d}.part"
            now = self._open[split] = _Open(self.begin(path), path)
        now.shard.write(entry, data)
        now.n_bytes += len(data)

    def close(self) -> None:
        """Finish all shards, and give them their names."""
        for split in list(self._open):
            self._finish(split)
        for split, paths in self._done.items():
            for number, path in enumerate(paths):
                target = self.folder / self.name_of(split, number, len(paths))
                target.parent.mkdir(exist_ok=True)
                os.rename(path, target)

    def _finish(self, split: str) -> None:
        done = self._open.pop(split)
        done.shard.close()
        self._done.setdefault(split, []).append(done.path)


def place_in_shards(content: Content, *, points: bool = True) -> list[Entry]:
    """Each entry with its split and a name of its own: what it is called within the shards.

    points: whether names may have some before the one of their ending.
    """
    folders = split_folders(content)
    named = zip(content.entries, names_apart(content, points=points), strict=True)
    return [replace(entry, path=f"{folders[entry.split] or f'{UNASSIGNED}/'}{name}") for entry, name in named]


def shard_splits(content: Content) -> list[str]:
    """What the splits are called in the names of shards, in their order."""
    folders = split_folders(content)
    return [folders[split].rstrip("/") or UNASSIGNED for split in content.splits]


def library_splits(content: Content) -> dict[str, str]:
    """The splits as `datasets` takes them, by what they are called here: letters, digits and _, each another one."""
    names: dict[str, str] = {}
    for split in shard_splits(content):
        name = "".join(letter if letter.isalnum() else "_" for letter in split)
        while name in names.values():
            name += "_"
        names[split] = name
    return names


def one_config(paths: Mapping[str, str | list[str]]) -> list[dict[str, object]]:
    """What a card says of files, so that `datasets` finds the splits. paths: patterns by split, as it takes them."""
    files = [{"split": split, "path": path} for split, path in paths.items()]
    return [{"config_name": "default", "data_files": files}]

"""Every object below a prefix, page by page, and the label files among them copied where they can be read."""

import contextlib
import hashlib
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.wording import count
from importers.listing import HIDDEN, SYSTEM, Listing, list_folder, looks_like_picture, why_ignored
from importers.sources import Root, StoredFile, StoreFolder, object_time, read_ahead
from importers.stores import Address, client, in_words, sentence
from importers.types import LayoutError

LISTINGS = "listings"  # folder of the workspace's cache
LABEL_ENDINGS = (
    ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".parquet", ".xml", ".yaml", ".yml", ".names", ".data",
)  # fmt: skip
SAID_IN = (".vitrine-export.json", ".vitrine-reading.json")  # hidden files that say how a folder is read
MAX_LABEL_BYTES = 1 << 30  # of one label file
MAX_LABELS_BYTES = 8 << 30  # of all
_PAGE = 1000
_STAYS_S = 24 * 3600.0
_SCHEMA = pa.schema([("path", pa.string()), ("bytes", pa.int64()), ("mtime_ns", pa.int64())])
_TABLE = "listing.parquet"


@dataclass(frozen=True)
class FoundObject:
    """An object of a listing. path: relative to the prefix."""

    path: str
    n_bytes: int
    mtime_ns: int
    etag: str


def list_objects(address: Address) -> Iterator[FoundObject]:
    """The objects below an address in the order of their keys, while the store lists them, a thousand at a time.

    Keys that end with a slash mark folders and are no objects. Raises FileNotFoundError, PermissionError, BucketError.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    pages = (
        client()
        .get_paginator("list_objects_v2")
        .paginate(Bucket=address.bucket, Prefix=address.prefix, PaginationConfig={"PageSize": _PAGE})
    )
    try:
        for page in pages:
            for entry in page.get("Contents", ()):
                path, etag = entry["Key"][len(address.prefix) :], str(entry.get("ETag", ""))
                if path and not path.endswith("/"):
                    yield FoundObject(path, entry["Size"], object_time(entry["LastModified"], etag), etag.strip('"'))
    except (BotoCoreError, ClientError) as error:
        raise in_words(error, address.url) from None


def list_root(root: Root, *, follow_links: bool = False) -> Listing:
    """Every file below a folder, or every object below a prefix. Raises LayoutError."""
    if not isinstance(root, StoreFolder):
        return list_folder(root, follow_links=follow_links)
    try:
        return list_store(root)
    except OSError as error:
        raise LayoutError(sentence(error)) from error


def list_store(folder: StoreFolder) -> Listing:
    """A prefix as a folder's listing. Its root is a folder of the cache with the label files and nothing else.

    Sizes and times of all objects are left there too: see listed_sizes. Raises LayoutError, OSError.
    """
    place = _place(folder)
    listing = Listing(root=place, origin=folder)
    sizes: dict[str, FoundObject] = {}
    labels: list[FoundObject] = []
    for found in list_objects(folder.address):
        problem = _key_problem(found)
        if problem is not None:
            listing.unreadable.append((found.path.encode("unicode_escape").decode(), *problem))
            continue
        why = _why_ignored(found.path)
        if why and found.path not in SAID_IN:
            listing.ignored[why] += 1
            continue
        if _is_label(found.path):
            labels.append(found)
        if found.path in SAID_IN:
            listing.ignored[HIDDEN] += 1
            continue
        sizes[found.path] = found
        listing.paths.append(found.path)
    if not listing.paths and not listing.unreadable:
        raise LayoutError(f"{folder} holds no objects{_besides(listing.ignored)}. Check bucket and prefix.")
    listing.paths.sort()
    _keep_sizes(place, [sizes[path] for path in listing.paths])
    return replace(listing, root=_copied_labels(folder, place, labels))


def listed_sizes(folder: StoreFolder) -> dict[str, tuple[int, int]]:
    """bytes and mtime_ns by path, as the store said when the prefix was listed last; empty before."""
    try:
        table = pq.read_table(_place(folder) / _TABLE)
    except FileNotFoundError:
        return {}
    rows = zip(table["bytes"].to_pylist(), table["mtime_ns"].to_pylist(), strict=True)
    return dict(zip(table["path"].to_pylist(), rows, strict=True))


def sizes_of(root: Root, paths: list[str]) -> Iterator[tuple[int | None, int | None]]:
    """bytes and mtime_ns of each path below a folder, or as a prefix was listed last; None where it is not there."""
    if isinstance(root, StoreFolder):
        listed = listed_sizes(root)
        yield from (listed.get(path, (None, None)) for path in paths)
        return
    for path in paths:
        try:
            about = os.stat(root / path)
        except (OSError, ValueError):
            yield None, None
        else:
            yield about.st_size, about.st_mtime_ns


def _place(folder: StoreFolder) -> Path:
    return folder.cache / LISTINGS / hashlib.sha256(folder.url.encode()).hexdigest()[:24]


def _is_label(path: str) -> bool:
    return path in SAID_IN or (not looks_like_picture(path) and path.lower().endswith(LABEL_ENDINGS))


def _why_ignored(path: str) -> str | None:
    whys = [why_ignored(part) for part in path.split("/")]
    return SYSTEM if SYSTEM in whys else next(filter(None, whys), None)


def _besides(ignored: Counter[str]) -> str:
    return f" (besides {count(ignored.total(), 'hidden or system file')})" if ignored else ""


def _key_problem(found: FoundObject) -> tuple[str, str] | None:
    parts = found.path.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in found.path:
        return "odd-key", "The object's key has an empty part, `.` or `..`, so it is no path. Copy it to another key."
    if _is_label(found.path) and (found.n_bytes > MAX_LABEL_BYTES or max(len(part.encode()) for part in parts) > 240):
        return "not-copied", (
            f"It may be a label file and was not fetched: it has {found.n_bytes:,} bytes ({MAX_LABEL_BYTES:,} are the "
            "most), or a part of its key is longer than a file's name may be."
        )
    return None


def _keep_sizes(place: Path, found: list[FoundObject]) -> None:
    place.mkdir(parents=True, exist_ok=True)
    columns = [[one.path for one in found], [one.n_bytes for one in found], [one.mtime_ns for one in found]]
    table = pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA)
    part = place / f".{_TABLE}.{os.getpid()}.part"
    pq.write_table(table, part)
    os.replace(part, place / _TABLE)


def _copied_labels(folder: StoreFolder, place: Path, labels: list[FoundObject]) -> Path:
    """A folder with these label files as they are now, and no other file; made anew where any has changed."""
    n_bytes = sum(label.n_bytes for label in labels)
    if n_bytes > MAX_LABELS_BYTES:
        raise LayoutError(
            f"{folder} holds {n_bytes:,} bytes of label files; {MAX_LABELS_BYTES:,} are the most. Import a prefix "
            "below it, or name a label file of this machine."
        )
    mark = hashlib.sha256(repr([(label.path, label.n_bytes, label.mtime_ns) for label in labels]).encode())
    target = place / f"labels-{mark.hexdigest()[:16]}"
    if not target.is_dir():
        _copy_labels(folder, target, {label.path: label.mtime_ns for label in labels})
    os.utime(target)
    _clear_old(place, but=target)
    return target


def _copy_labels(folder: StoreFolder, target: Path, times: dict[str, int]) -> None:
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    fresh.mkdir(parents=True)
    try:
        for path, fetched in read_ahead(times, lambda path: (folder / path).local()):
            copy = fresh / path
            source = fetched.result()
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            os.utime(copy, ns=(times[path], times[path]))
        if not target.is_dir():  # another look was faster
            os.replace(fresh, target)
    except (FileExistsError, NotADirectoryError) as error:
        raise LayoutError(f"The key of a label file is a folder of others as well: {error.filename}.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _clear_old(place: Path, *, but: Path) -> None:
    """Remove label files that were looked at by a look of long ago, and are others by now."""
    for entry in place.glob("labels-*"):
        with contextlib.suppress(OSError):
            if entry != but and time.time() - entry.stat().st_mtime > _STAYS_S:
                shutil.rmtree(entry, ignore_errors=True)


def origin_of(listing: Listing, path: Path) -> Path | StoredFile:
    """A file of a listing as its owner knows it: the object that it is a copy of, or itself."""
    if listing.origin is not None and path.is_relative_to(listing.root):
        return listing.origin / path.relative_to(listing.root).as_posix()
    return path

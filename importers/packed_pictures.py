"""Pictures that lie in tables or shards, written as files with a table of their labels beside them.

Hugging Face's Parquet with the bytes of pictures, and WebDataset's tar shards. What comes out is a folder that an
import reads: a file a picture, in a folder for each split that the names of the shards speak of, metadata.csv, the
names of the classes where the shards say them, and boxes as COCO has them.
"""

import csv
import json
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from importers.columns import HEADERS, heading
from importers.keys import storable
from importers.listing import PICTURE_ENDINGS
from importers.marker import KeptReading, beside_pictures, keep_reading
from importers.packed_boxes import OBJECTS, BoxesOfPictures, PackedBox, boxes_of_columns, boxes_of_rows
from importers.room import room_left
from importers.split_words import split_of_file
from importers.tfrecords import about_tfrecords
from importers.types import LayoutError

ENDINGS = (".parquet", ".tar", ".tar.gz", ".tgz")
TABLE, BOXES, NAMES = "metadata.csv", "boxes.json", "class_names.json"
MAX_NAMES_BYTES = 16 << 20
MAX_PICTURE_BYTES = 1 << 30
_ROWS_AT_ONCE = 32
_ROOM_ASKED_EVERY = 256  # pictures
_SIGNATURES = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG", ".png"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"\0\0\0\x0cjP  ", ".jp2"),
    (b"P5", ".pgm"),
    (b"P6", ".ppm"),
)
_NAMES = (*HEADERS["path"], "bytes", "image_bytes", "jpg", "png")  # of a column of pictures' bytes
_BRANDS = {b"avif": ".avif", b"avis": ".avif", b"heic": ".heic", b"heix": ".heic", b"mif1": ".heic"}
_PICTURES = frozenset(ending.removeprefix(".") for ending in PICTURE_ENDINGS)


@dataclass
class PackedPicture:
    """One picture of a shard. data: its file's bytes, None where the shard has none. label: as text.

    class_names: of the numbers of labels, where its shard says them. boxes: class and left, top, width, height.
    """

    data: bytes | None
    label: str = ""
    name: str = ""
    split: str = ""
    class_names: Sequence[str] = ()
    boxes: Sequence[PackedBox] = ()


@dataclass
class Unpacked:
    """What was written. without: rows that hold no picture, by shard. class_names: empty where shards differ."""

    n_pictures: int = 0
    n_labelled: int = 0
    without: dict[str, int] = field(default_factory=dict)
    class_names: tuple[str, ...] | None = None
    boxes: BoxesOfPictures = field(default_factory=BoxesOfPictures)


def is_packed(name: str) -> bool:
    """Whether a file may hold packed pictures, by its name."""
    return name.lower().endswith(ENDINGS)


def is_picture_member(name: str) -> bool:
    """Whether a member of a shard is a picture, by its name: "000007.jpg", "000007.left.png"."""
    return name.rpartition(".")[2].lower() in _PICTURES and "." in name.rpartition("/")[2]


def packed_files(source: Path) -> list[Path]:
    """The shards at `source`: the file itself, or those below the folder, sorted. Raises LayoutError without any."""
    beside = {source / name for name in beside_pictures(source)}  # of an export: no shards
    files = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path not in beside)
    shards = [path for path in files if is_packed(path.name) and path.is_file()]
    if not shards:
        about = about_tfrecords([path.name for path in ([source] if source.is_file() else source.rglob("*"))])
        raise LayoutError(" ".join([f"There are no Parquet tables and no tar shards in {source}.", about]).strip())
    return shards


def holds_pictures(schema: pa.Schema) -> str | None:
    """The column with the bytes of pictures: bytes, or Hugging Face's struct of bytes and path; None without."""
    for column in schema:
        kind = column.type
        is_struct = pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0
        if is_struct or (_is_bytes(kind) and heading(column.name) in _NAMES):
            return str(column.name)
    return None


def unpack_pictures(source: Path, target: Path, *, report: Callable[[int], None] = lambda n: None) -> Unpacked:
    """Write the pictures of the shards at `source` to the new folder `target`, with metadata.csv.

    report: called with how many are written. Raises LayoutError for what holds no pictures, a folder that is not empty,
    and a disk that is full but for its reserve; OSError.
    """
    shards = packed_files(source)
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise LayoutError(f"{target} is not empty. Name a new folder.")
    done = Unpacked()
    with (target / TABLE).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file_name", "label", "split", "original_name"])
        for shard in shards:
            split = split_of_file(shard.name) or ""
            for picture in _pictures_of(shard):
                _write(picture, target, split, shard.name, done, table)
                report(done.n_pictures)
    _leave_names(target, done)
    if not done.n_pictures:
        raise LayoutError(f"No picture lies in {source}: {', '.join(path.name for path in shards[:5])}.")
    return done


def _write(picture: PackedPicture, target: Path, split: str, shard: str, done: Unpacked, table: Any) -> None:
    if not picture.data:
        done.without[shard] = done.without.get(shard, 0) + 1
        return
    if done.n_pictures % _ROOM_ASKED_EVERY == 0 and room_left(target) == 0:
        raise LayoutError(f"The disk that holds {target} is as full as it may be made. Free some room, then try again.")
    split = picture.split or split
    folder = target / split if split and split.isidentifier() else target
    folder.mkdir(exist_ok=True)
    path = folder / f"{done.n_pictures:08d}{_ending(picture.data)}"
    path.write_bytes(picture.data)
    table.writerow([path.relative_to(target).as_posix(), picture.label, split, picture.name])
    names = tuple(picture.class_names)
    done.class_names = names if done.class_names in (None, names) else ()
    done.boxes.add(path.relative_to(target).as_posix(), picture.boxes)
    done.n_pictures += 1
    done.n_labelled += bool(picture.label)


def _leave_names(target: Path, done: Unpacked) -> None:
    """The names of the classes, and the boxes with how both are to be read, where the shards say them."""
    if done.class_names and not done.boxes.n:
        (target / NAMES).write_text(json.dumps(done.class_names, ensure_ascii=False), encoding="utf-8")
    if done.boxes.n:
        (target / BOXES).write_text(done.boxes.as_coco(), encoding="utf-8")
        keep_reading(target, KeptReading(f"labels:{BOXES}", done.class_names or (), labels=TABLE))


def _pictures_of(shard: Path) -> Iterator[PackedPicture]:
    try:
        yield from _of_parquet(shard) if shard.suffix.lower() == ".parquet" else _of_tar(shard)
    except (pa.ArrowException, tarfile.TarError, EOFError, zlib.error) as error:
        raise LayoutError(f"{shard.name} cannot be read: {str(error)[:200]}.") from error


def _of_parquet(shard: Path) -> Iterator[PackedPicture]:
    with pq.ParquetFile(shard) as file:
        schema = file.schema_arrow
        column = holds_pictures(schema)
        if column is None:
            return
        headings = {heading(name): name for name in schema.names if name != column}
        label = next((headings[name] for name in HEADERS["label"] if name in headings), None)
        split = next((headings[name] for name in HEADERS["split"] if name in headings), None)
        names = _class_names(schema, label)
        objects = next((name for name in schema.names if name in OBJECTS and name != column), None)
        box_names = _class_names(schema, objects, "category") if objects else ()
        wanted = [each for each in (column, label, split, objects) if each]
        for batch in file.iter_batches(_ROWS_AT_ONCE, columns=wanted, use_threads=False):
            for row in batch.to_pylist():
                cell = row[column]
                data, name = (cell.get("bytes"), cell.get("path")) if isinstance(cell, dict) else (cell, None)
                said = _label(row.get(label) if label else None, names)
                of_split = str(row.get(split) or "") if split else ""
                boxes = boxes_of_columns(row.get(objects), box_names) if objects else ()
                yield PackedPicture(data, said, storable(str(name or "")), of_split, names, boxes)


def _class_names(schema: pa.Schema, label: str | None, inner: str = "") -> Sequence[str]:
    """The names that Hugging Face's library leaves for the numbers of a label column, or of one within it."""
    try:
        about = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        feature = about["info"]["features"][label]
        feature = feature.get("feature", feature)[inner] if inner else feature
        feature = feature.get("feature", feature)
        names = feature.get("names")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()
    return [storable(str(name)) for name in names] if isinstance(names, list) else ()


def _label(value: Any, names: Sequence[str]) -> str:
    """What the table says: a class by its name, or all of them by their numbers where a name looks like one."""
    if isinstance(value, list):
        return repr([_label(one, names) for one in value])
    if isinstance(value, str) and value in names:
        value = names.index(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
        has_odd = any(not name or name != name.strip() or name.isdecimal() for name in names)
        return str(value) if has_odd else names[value]
    return "" if value is None or value != value else storable(str(value))


def _of_tar(shard: Path) -> Iterator[PackedPicture]:
    """The samples of a shard: members of one name, of which one is a picture and one may be its label."""
    names = _names_beside(shard)
    with tarfile.open(shard) as archive:
        key = ""
        parts: dict[str, bytes] = {}
        for member in archive:
            if not member.isfile() or member.size > MAX_PICTURE_BYTES:
                continue
            folder, _, name = member.name.rpartition("/")
            stem, _, ending = name.partition(".")
            if f"{folder}/{stem}" != key:
                yield from _sample(key, parts, names)
                key, parts = f"{folder}/{stem}", {}
            file = archive.extractfile(member)
            if file is not None:
                parts[ending.lower()] = file.read()
        yield from _sample(key, parts, names)


def _sample(key: str, parts: dict[str, bytes], names: Sequence[str]) -> Iterator[PackedPicture]:
    data = next((parts[ending] for ending in parts if ending.rpartition(".")[2] in _PICTURES), None)
    if not parts or (data is None and not set(parts) & {"cls", "json", "txt"}):
        return
    about = _about(parts)
    split = about.get("split")
    yield PackedPicture(
        data,
        _label_in(parts, about, names),
        storable(key.removeprefix("/")),
        storable(split) if isinstance(split, str) else "",
        names,
        boxes_of_rows(about.get("boxes")),
    )


def _names_beside(shard: Path) -> Sequence[str]:
    """The names of the numbers in .cls, where a list of them lies beside the shard; none where it cannot be used."""
    path = shard.parent / NAMES
    try:
        names = json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size <= MAX_NAMES_BYTES else None
    except (OSError, ValueError, RecursionError):
        return ()
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    return [storable(name) for name in names]


def _about(parts: dict[str, bytes]) -> dict[str, Any]:
    try:
        about = json.loads(parts.get("json", b"{}"))
    except (ValueError, RecursionError):
        return {}
    return about if isinstance(about, dict) else {}


def _label_in(parts: dict[str, bytes], about: dict[str, Any], names: Sequence[str]) -> str:
    for ending in ("cls", "label", "class"):
        if ending in parts:
            said = parts[ending].decode("utf-8", errors="replace").strip()
            return _label(int(said), names) if said.isdecimal() and len(said) < 10 else storable(said)
    headings = {heading(name): value for name, value in about.items()}
    return next((_label(headings[name], names) for name in HEADERS["label"] if name in headings), "")


def _ending(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    if data[4:8] == b"ftyp" and data[8:12] in _BRANDS:
        return _BRANDS[data[8:12]]
    return next((ending for mark, ending in _SIGNATURES if data.startswith(mark)), ".bin")


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))

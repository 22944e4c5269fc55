"""Whether a folder holds pictures packed in tables or shards, how many and how large: a look, nothing is unpacked."""

import tarfile
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from importers.packed_pictures import holds_pictures, is_packed, is_picture_member
from importers.types import PackedPictures

MOST_SHARDS = 2_000  # that are looked into; more are of the same set, and counted by their bytes
_MOST_MEMBERS = 2_000  # of a shard; more are counted by their bytes
_LOOKED_INTO = 20  # tar shards


def look_for_packed(source: Path) -> PackedPictures | None:
    """What tables and shards with pictures there are at `source`, a file or a folder; None without any."""
    files = [source] if source.is_file() else sorted(path for path in source.rglob("*") if is_packed(path.name))
    return packed_in([path for path in files[:MOST_SHARDS] if path.is_file()])


def packed_in(files: list[Path]) -> PackedPictures | None:
    """What pictures lie in those of these files that are tables or shards of them; None where there are none."""
    tables = [of_table for path in files if _is_table(path) and (of_table := _of_parquet(path))]
    tars = [path for path in files if not _is_table(path)]
    looked_into = [of_tar for path in tars[:_LOOKED_INTO] if (of_tar := _of_tar(path))]
    found = [*tables, *looked_into]
    if not found:
        return None
    n_pictures, n_bytes = (sum(each[at] for each in found) for at in (0, 1))
    n_more = max(0, len(tars) - _LOOKED_INTO) if looked_into else 0
    if n_more:
        n_pictures += round(n_more * sum(each[0] for each in looked_into) / len(looked_into))
        n_bytes += sum(path.stat().st_size for path in tars[_LOOKED_INTO:])
    return PackedPictures(len(found) + n_more, n_pictures, n_bytes, is_about=bool(looked_into))


def _is_table(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"


def _of_parquet(path: Path) -> tuple[int, int] | None:
    """How many rows and bytes of pictures a table has, by its description; None where it has none, or is damaged."""
    try:
        with pq.ParquetFile(path) as file:
            column = holds_pictures(file.schema_arrow)
            about = file.metadata
            if column is None or not about.num_rows:
                return None
            chunks = (
                about.row_group(group).column(at)
                for group in range(about.num_row_groups)
                for at in range(about.num_columns)
            )
            n_bytes = sum(
                chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema.split(".")[0] == column
            )
            return about.num_rows, n_bytes
    except (pa.ArrowException, OSError):
        return None


def _of_tar(path: Path) -> tuple[int, int] | None:
    """How many pictures a shard has, by its first members, and its bytes; None where those are no pictures."""
    n_pictures = n_seen = at = 0
    try:
        size = path.stat().st_size
        with tarfile.open(path) as archive:
            for member in archive:
                n_seen += 1
                n_pictures += member.isfile() and is_picture_member(member.name)
                at = archive.offset
                if n_seen >= _MOST_MEMBERS:
                    break
    except (tarfile.TarError, OSError, EOFError, ValueError, zlib.error):
        if not n_pictures:
            return None
    if not n_pictures:
        return None
    return (n_pictures if n_seen < _MOST_MEMBERS else round(n_pictures * size / max(1, at))), size

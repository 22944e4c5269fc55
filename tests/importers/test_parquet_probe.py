"""A Parquet file from elsewhere ends a process that was made for it, never ours."""

import io
import itertools
import os
import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importers.label_files import read_label_file
from importers.parquet_probe import Unreadable, require_readable
from importers.parquet_probe_child import read_to_the_end
from importers.types import LayoutError
from tests.support.probing import survives


@pytest.fixture
def whole() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"path": ["a", "b"], "label": [1, None]}), out)
    return out.getvalue()


def changed(data: bytes, at: int, mask: int) -> bytes:
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def description(data: bytes) -> range:
    """The places of the bytes in which the file says what is in it."""
    (n_bytes,) = struct.unpack("<I", data[-8:-4])
    return range(len(data) - 8 - n_bytes, len(data) - 8)


def deadly(data: bytes, path) -> bool:
    """Write to `path` a copy with one bit changed that ends whoever reads it; whether there is one."""
    for at in description(data):
        for mask in (1, 4):
            path.write_bytes(changed(data, at, mask))
            if not survives(path):
                return True
    return False


@pytest.mark.long
def test_a_file_that_ends_its_reader_is_refused_and_ours_goes_on(whole, tmp_path) -> None:
    path = tmp_path / "a.parquet"
    assert deadly(whole, path), "no changed bit ends the reader any more: the process outside may go"
    with pytest.raises(Unreadable, match="the process that read it ended without an answer"):
        require_readable([path])


def test_a_whole_file_is_readable_and_half_of_it_is_not(whole, tmp_path) -> None:
    (tmp_path / "a.parquet").write_bytes(whole)
    assert read_to_the_end(tmp_path / "a.parquet") == ""
    (tmp_path / "b.parquet").write_bytes(whole[: len(whole) // 2])
    assert "damaged" in read_to_the_end(tmp_path / "b.parquet")


@pytest.mark.long
def test_it_is_asked_of_every_file_in_a_process_outside(whole, tmp_path) -> None:
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    paths[0].write_bytes(whole)
    paths[1].write_bytes(whole)
    require_readable(paths)
    require_readable([])
    paths[1].write_bytes(whole[:-9])
    with pytest.raises(Unreadable, match="damaged"):
        require_readable(paths)


@pytest.mark.long
def test_a_reader_that_does_not_end_is_stopped(whole, tmp_path) -> None:
    os.mkfifo(tmp_path / "a.parquet")  # nobody writes: whoever opens it waits for ever
    with pytest.raises(Unreadable, match="took more than 2 seconds"):
        require_readable([tmp_path / "a.parquet"], within_s=2)


@pytest.mark.long
def test_a_changed_byte_in_the_rows_is_labels_or_a_sentence(tmp_path) -> None:
    """Also in the places of a dictionary of texts: read as they are, they are looked up beyond its end."""
    path = tmp_path / "labels.parquet"
    pq.write_table(pa.table({"path": ["a", "b", "c"], "label": ["cat", "cat", "dog"]}), path, compression="none")
    data, n_refused = path.read_bytes(), 0
    for at, mask in itertools.product(range(4, description(data).start), (6, 255)):
        path.write_bytes(changed(data, at, mask))
        if not survives(path):
            continue
        try:
            read_label_file(path)
        except LayoutError as error:
            n_refused += "Index" in str(error) or "index" in str(error)
    assert n_refused, "no byte leads beyond a dictionary any more"

"""A zip is unpacked whole or not at all, and never outside its folder."""

import stat
import struct
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers import archive, room, unpack
from importers.archive import ArchiveRefused, Unpacked, unpack_zip
from importers.unpack import unpack_outside


def write_zip(path: Path, files: dict[str, bytes], **options: int) -> Path:
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def assert_nothing_left(folder: Path, zip_path: Path) -> None:
    assert [path for path in folder.iterdir() if path != zip_path] == []


def refuse(tmp_path: Path, zip_path: Path, words: str, **limits: int) -> None:
    with pytest.raises(ArchiveRefused, match=words):
        unpack_zip(zip_path, tmp_path / "out", **({"max_bytes": 10_000, "max_files": 10} | limits))
    assert_nothing_left(tmp_path, zip_path)


def test_zip_unpacks_to_the_same_bytes(tmp_path):
    files = {"cat/a b.png": b"one", "dog/고양이 🐈\n.png": b"two", "empty.png": b""}
    zip_path = write_zip(tmp_path / "z.zip", files, compression=zipfile.ZIP_DEFLATED)
    done = unpack_zip(zip_path, tmp_path / "out", max_bytes=100, max_files=10)
    assert done == Unpacked(n_files=3, n_bytes=6)
    found = {p.relative_to(tmp_path / "out").as_posix(): p.read_bytes() for p in (tmp_path / "out").rglob("*.png")}
    assert found == files
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "z.zip"]


@pytest.mark.parametrize(
    "name",
    ["../x.png", "a/../../x.png", "/etc/x.png", "\\x.png", "..\\x.png", "a\\..\\..\\x.png", "//host/x.png"],
)
def test_path_that_leads_out_is_refused(tmp_path, name):
    refuse(tmp_path, write_zip(tmp_path / "z.zip", {"ok.png": b"1", name: b"2"}), "leads out")


def test_drive_letter_is_refused(tmp_path):
    refuse(tmp_path, write_zip(tmp_path / "z.zip", {"C:\\x.png": b"2"}), "drive letter")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_link_or_special_file_is_refused(tmp_path, kind):
    entry = zipfile.ZipInfo("link")
    entry.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    refuse(tmp_path, tmp_path / "z.zip", "link or a special")


def test_encrypted_zip_is_refused(tmp_path):
    zip_path = write_zip(tmp_path / "z.zip", {"a.png": b"x"})
    content = bytearray(zip_path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    zip_path.write_bytes(content)
    refuse(tmp_path, zip_path, "encrypted")


def test_declared_bomb_is_refused_before_unpacking(tmp_path):
    zip_path = write_zip(tmp_path / "z.zip", {"a": bytes(20_000)}, compression=zipfile.ZIP_DEFLATED)
    assert zip_path.stat().st_size < 1_000
    refuse(tmp_path, zip_path, "20,000 bytes; the limit is 10,000")


def test_bomb_that_lies_about_its_size_is_refused(tmp_path):
    zip_path = write_zip(tmp_path / "z.zip", {"a": bytes(20_000)}, compression=zipfile.ZIP_DEFLATED)
    content = bytearray(zip_path.read_bytes())
    struct.pack_into("<I", content, content.index(b"PK\x03\x04") + 22, 5)
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 5)
    zip_path.write_bytes(content)
    refuse(tmp_path, zip_path, "damaged|more than the limit")


def test_bytes_are_counted_over_all_files(tmp_path, monkeypatch):
    zip_path = write_zip(tmp_path / "z.zip", {"a": bytes(600), "b": bytes(600)})
    monkeypatch.setattr(
        "importers.archive._checked_entries", lambda archive, **_: [(e.filename, e) for e in archive.infolist()]
    )
    refuse(tmp_path, zip_path, "more than the limit of 1,000 bytes", max_bytes=1_000)


def test_too_many_files_are_refused(tmp_path):
    refuse(
        tmp_path,
        write_zip(tmp_path / "z.zip", {str(n): b"" for n in range(11)}),
        "11 entries; the limit is 10",
    )


def test_damaged_content_is_refused_and_leaves_nothing(tmp_path):
    zip_path = write_zip(tmp_path / "z.zip", {"a": b"hello", "b": b"world"})
    zip_path.write_bytes(zip_path.read_bytes().replace(b"world", b"w0rld", 1))
    refuse(tmp_path, zip_path, "damaged")


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut"])
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "z.zip").write_bytes(content)
    refuse(tmp_path, tmp_path / "z.zip", "no zip")


def test_file_that_is_also_a_folder_is_refused(tmp_path):
    refuse(tmp_path, write_zip(tmp_path / "z.zip", {"a": b"1", "a/b": b"2"}), "can't be unpacked")


def test_two_files_of_one_name_are_refused(tmp_path):
    refuse(tmp_path, write_zip(tmp_path / "z.zip", {"a/b": b"1", "a//b": b"2"}), "two files")


def test_name_that_is_too_long_is_refused(tmp_path):
    refuse(tmp_path, write_zip(tmp_path / "z.zip", {"x" * 300: b"1"}), "can't be unpacked")


def test_existing_target_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("precious")
    with pytest.raises(ArchiveRefused, match="exists already"):
        unpack_zip(write_zip(tmp_path / "z.zip", {"a": b"1"}), tmp_path / "out")
    assert (tmp_path / "out" / "mine").read_text() == "precious"


def test_full_disk_is_an_os_error_and_leaves_nothing(tmp_path, monkeypatch):
    zip_path = write_zip(tmp_path / "z.zip", {"a": b"1"})

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("importers.archive._extract", full)
    with pytest.raises(OSError, match="No space left"):
        unpack_zip(zip_path, tmp_path / "out")
    assert_nothing_left(tmp_path, zip_path)


def test_utf8_name_without_the_flag_is_read_as_utf8(tmp_path):
    raw = "고양이.png".encode()
    zip_path = write_zip(tmp_path / "z.zip", {"x" * len(raw): b"1"})
    zip_path.write_bytes(zip_path.read_bytes().replace(b"x" * len(raw), raw))
    unpack_zip(zip_path, tmp_path / "out")
    assert (tmp_path / "out" / "고양이.png").exists()


def test_name_in_code_page_437_is_read_as_such(tmp_path):
    zip_path = write_zip(tmp_path / "z.zip", {"cafX.png": b"1"})
    zip_path.write_bytes(zip_path.read_bytes().replace(b"cafX", b"caf\x82"))
    unpack_zip(zip_path, tmp_path / "out")
    assert (tmp_path / "out" / "café.png").exists()


def disk(monkeypatch, *, free: int, total: int = 100 << 30) -> None:
    usage = room.shutil.disk_usage("/")._replace(total=total, free=free)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: usage)


def never_written(monkeypatch) -> None:
    monkeypatch.setattr(archive, "write_entry", lambda *_, **__: pytest.fail("an entry was written"))


@pytest.mark.long
def test_a_small_zip_of_much_is_refused_before_a_byte_is_written(tmp_path, monkeypatch):
    packed = write_zip(tmp_path / "z.zip", {"a.bmp": bytes(598 << 20), "b.bmp": b"x"}, compression=zipfile.ZIP_DEFLATED)
    assert packed.stat().st_size < 700_000
    never_written(monkeypatch)
    refuse(tmp_path, packed, "would unpack to 627,048,449: more than 100 times", max_bytes=20 << 30)


def test_tables_and_blank_pictures_are_packed_well_and_still_unpacked(tmp_path):
    packed = write_zip(tmp_path / "z.zip", {"a.csv": b"a.jpg,cat\n" * 1_000_000}, compression=zipfile.ZIP_DEFLATED)
    assert packed.stat().st_size < 100_000
    assert unpack_zip(packed, tmp_path / "out").n_bytes == 10_000_000


@pytest.mark.parametrize("free", [0, 1 << 30, (1 << 30) + 5_000])
def test_the_disk_keeps_its_reserve(tmp_path, monkeypatch, free):
    packed = write_zip(tmp_path / "z.zip", {"a.png": bytes(3_000)})
    disk(monkeypatch, free=free)
    never_written(monkeypatch)
    refuse(tmp_path, packed, "the disk takes [0-9,]+ more. Free some room", max_bytes=20 << 30)
    monkeypatch.undo()
    disk(monkeypatch, free=(1 << 30) + 10_000)
    assert unpack_zip(packed, tmp_path / "out").n_files == 1


def test_a_small_disk_keeps_a_twentieth():
    assert room.reserve(20 << 20) == 1 << 20
    assert room.reserve(1 << 40) == 1 << 30


def test_a_disk_that_others_fill_meanwhile_stops_the_unpacking(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "_ROOM_ASKED_EVERY_BYTES", 1 << 20)
    packed = write_zip(tmp_path / "z.zip", {"a.png": bytes(3 << 20)})
    asked = iter([1 << 30, 1 << 20, 0])
    monkeypatch.setattr(archive, "room_left", lambda _: next(asked))
    refuse(tmp_path, packed, "as full as visitors may make it", max_bytes=20 << 30)


def test_more_files_than_the_disk_takes_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "files_left", lambda _: 2)
    refuse(tmp_path, write_zip(tmp_path / "z.zip", dict.fromkeys("abc", b"x")), "3 files, and the disk takes 2 more")


def test_entries_in_the_same_bytes_are_refused(tmp_path):
    packed = write_zip(tmp_path / "z.zip", {"a": bytes(500), "b": bytes(500)})
    content = bytearray(packed.read_bytes())
    second = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, second + 42, 0)  # where its bytes begin: where those of the first do
    packed.write_bytes(content)
    refuse(tmp_path, packed, "Two entries of the zip lie in the same bytes")


def test_a_directory_of_more_bytes_than_there_are_is_refused(tmp_path):
    packed = write_zip(tmp_path / "z.zip", {"a": bytes(500)})
    content = bytearray(packed.read_bytes())
    struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 20, 1 << 30)
    packed.write_bytes(content)
    refuse(tmp_path, packed, "holds more than it has bytes")


def test_many_empty_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_EMPTY_FILES", 5)
    refuse(tmp_path, write_zip(tmp_path / "z.zip", {str(n): b"" for n in range(6)}), "6 empty files; 5 are the most")


def test_deep_and_many_folders_are_refused(tmp_path):
    refuse(tmp_path, write_zip(tmp_path / "z.zip", {"a/" * 65 + "x": b"1"}), "more than 64 deep")
    wide = write_zip(tmp_path / "w.zip", {f"{n}/b/c/d/x": b"1" for n in range(5)})
    (tmp_path / "z.zip").unlink()
    refuse(tmp_path, wide, "more than 10 folders")
    wide.unlink()
    deepest = write_zip(tmp_path / "z.zip", {"a/" * 2_000 + "x": b"1"})
    refuse(tmp_path, deepest, "more than 64 deep")


def test_a_zip_in_a_zip_stays_one_file(tmp_path):
    inner = write_zip(tmp_path / "inner.zip", {"a": bytes(60 << 20)}, compression=zipfile.ZIP_DEFLATED)
    packed = write_zip(tmp_path / "z.zip", {"inner.zip": inner.read_bytes()})
    assert unpack_zip(packed, tmp_path / "out") == Unpacked(n_files=1, n_bytes=inner.stat().st_size)


def test_unpacking_outside_does_the_same_and_refuses_in_the_same_words(tmp_path):
    packed = write_zip(tmp_path / "z.zip", {"a.png": b"one"})
    assert unpack_outside(packed, tmp_path / "out") == Unpacked(n_files=1, n_bytes=3)
    assert (tmp_path / "out" / "a.png").read_bytes() == b"one"
    with pytest.raises(ArchiveRefused, match="exists already"):
        unpack_outside(packed, tmp_path / "out")
    with pytest.raises(OSError, match="gone.zip"):
        unpack_outside(tmp_path / "gone.zip", tmp_path / "new")


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory there")
def test_a_directory_that_takes_much_memory_to_read_is_a_sentence(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as packed:
        for n in range(60_000):
            packed.writestr(f"{n:0200d}", b"x")
    with pytest.raises(ArchiveRefused, match="needs more than 60 MiB of memory"):
        unpack_outside(tmp_path / "z.zip", tmp_path / "out", memory_bytes=60 << 20)
    assert_nothing_left(tmp_path, tmp_path / "z.zip")


@pytest.mark.parametrize(("how", "words"), [("SIGSEGV", "SIGSEGV"), ("SIGKILL", "memory ran out"), ("sleep", "0.5 s")])
def test_an_unpacking_that_is_ended_leaves_nothing(tmp_path, monkeypatch, how, words):
    packed = write_zip(tmp_path / "z.zip", {"a.png": b"one"})
    ending = "import time; time.sleep(60)" if how == "sleep" else f"os.kill(os.getpid(), signal.{how})"
    code = f"import os, pathlib, signal; pathlib.Path({str(tmp_path)!r}, '.out.x.tmp').mkdir(); {ending}"
    monkeypatch.setattr(unpack, "COMMAND", (sys.executable, "-c", code))
    with pytest.raises(ArchiveRefused, match=words):
        unpack_outside(packed, tmp_path / "out", within_s=0.5 if how == "sleep" else 60)
    assert_nothing_left(tmp_path, packed)


@settings(max_examples=100)
@given(at=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_zip_with_any_bytes_changed_is_unpacked_or_refused_whole(tmp_path_factory, at):
    folder = tmp_path_factory.mktemp("any")
    packed = write_zip(folder / "z.zip", {"a/b.png": b"x" * 90, "c.png": b""}, compression=zipfile.ZIP_DEFLATED)
    content = bytearray(packed.read_bytes())
    for share, byte in at:
        content[int(share * len(content))] = byte
    packed.write_bytes(content)
    try:
        unpack_zip(packed, folder / "out", max_bytes=10_000, max_files=10)
    except ArchiveRefused:
        assert_nothing_left(folder, packed)


def test_a_name_that_is_no_text_where_its_bytes_lie_is_refused(tmp_path):
    packed = write_zip(tmp_path / "z.zip", {"ü.png": b"x"})
    packed.write_bytes(packed.read_bytes().replace("ü".encode(), b"\xc3(", 1))
    refuse(tmp_path, packed, "damaged")

"""A zip is unpacked whole or not at all, and never outside its folder."""

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from importers.archive import ArchiveRefused, Unpacked, unpack_zip


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

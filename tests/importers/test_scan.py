"""A scan of many files: every path once, in order, whatever the files are and whatever happens."""

import errno
import hashlib
import io
import os
import subprocess
import sys
import textwrap
import time
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pytest
from PIL import Image

from analytics.hashes import hamming_bits
from analytics.quality import measure
from importers import scan
from importers.scan import FAILURE_SCHEMA, IMAGE_SCHEMA, ScanError, scan_files
from tests.support.places import PROJECT


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """20 small pictures, p00.png to p19.png; the last of them is no picture."""
    root = tmp_path / "pictures"
    root.mkdir()
    for number in range(19):
        noise(12, 8, seed=number).save(root / f"p{number:02}.png")
    (root / "p19.png").write_text("just text")
    return root


def scanned(root: Path, paths: list[str], thumbs: Path | None = None, **options: int) -> tuple[list[dict], list[dict]]:
    chunks = list(scan_files(root, paths, thumbs=thumbs, **({"n_processes": 2} | options)))
    images = pa.concat_tables([IMAGE_SCHEMA.empty_table(), *(chunk.images for chunk in chunks)])
    failures = pa.concat_tables([FAILURE_SCHEMA.empty_table(), *(chunk.failures for chunk in chunks)])
    return images.to_pylist(), failures.to_pylist()


def broken_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Let the reading processes run `body` before each file; it sees `path` and may misbehave."""
    script = tmp_path / "broken_child.py"
    script.write_text(
        "import os, sys, time\n"
        "from importers import scan_child\n"
        "whole = scan_child.scan_file\n"
        "def scan_file(root, path, **options):\n"
        f"{textwrap.indent(textwrap.dedent(body), '    ')}\n"
        "    return whole(root, path, **options)\n"
        "scan_child.scan_file = scan_file\n"
        "scan_child.main(int(sys.argv[1]))\n"
    )
    monkeypatch.setattr(scan, "CHILD_COMMAND", (sys.executable, str(script)))


def test_every_path_comes_out_once_and_in_order(folder):
    paths = sorted(os.listdir(folder)) + ["gone.png"]
    images, failures = scanned(folder, paths, chunk=3)
    assert [row["path"] for row in images] == paths[:19]
    assert [(row["path"], row["code"], row["bytes"]) for row in failures] == [
        ("p19.png", "not-an-image", 9),
        ("gone.png", "missing", None),
    ]


def test_row_says_what_the_file_holds(folder):
    (row,), _ = scanned(folder, ["p03.png"])
    data, image = (folder / "p03.png").read_bytes(), noise(12, 8, seed=3)
    quality = measure(np.asarray(image.convert("L")))
    assert row["sha256"] == hashlib.sha256(data).hexdigest()
    assert row["pixel_sha256"] == hashlib.sha256(b"12x8:" + image.tobytes()).hexdigest()
    assert (row["width"], row["height"], row["bytes"]) == (12, 8, len(data))
    assert (row["format"], row["mode"], row["n_frames"]) == ("PNG", "RGB", 1)
    assert row["mtime_ns"] == os.stat(folder / "p03.png").st_mtime_ns
    for name in ("brightness", "contrast", "sharpness", "entropy"):
        assert row[name] == pytest.approx(getattr(quality, name))


def test_same_pixels_in_another_format_share_the_pixel_hash_only(tmp_path):
    noise(20, 10).save(tmp_path / "a.png")
    noise(20, 10).save(tmp_path / "b.bmp")
    (png, bmp), _ = scanned(tmp_path, ["a.png", "b.bmp"])
    assert png["pixel_sha256"] == bmp["pixel_sha256"] and png["sha256"] != bmp["sha256"]
    assert png["phash"] == bmp["phash"]


def test_pixel_hash_of_many_strips_is_that_of_the_whole(tmp_path):
    image = noise(1100, 2000)
    image.save(tmp_path / "large.png", compress_level=1)
    (row,), _ = scanned(tmp_path, ["large.png"])
    assert row["pixel_sha256"] == hashlib.sha256(b"1100x2000:" + image.tobytes()).hexdigest()


def test_large_copy_has_a_near_hash(tmp_path):
    smooth = noise(6, 6).resize((200, 200), Image.Resampling.BICUBIC)
    smooth.save(tmp_path / "small.png")
    smooth.resize((1600, 1600), Image.Resampling.BICUBIC).save(tmp_path / "large.jpg", quality=90)
    (large, small), _ = scanned(tmp_path, ["large.jpg", "small.png"])
    assert hamming_bits(np.uint64(large["phash"]), np.uint64(small["phash"])) <= 4


def test_thumbnail_is_written_where_the_picture_is_larger(tmp_path):
    noise(600, 300).save(tmp_path / "large.jpg")
    noise(256, 256).save(tmp_path / "fits.png")
    thumbs = tmp_path / "thumbs"
    (fits, large), _ = scanned(tmp_path, ["fits.png", "large.jpg"], thumbs)
    assert (fits["has_thumb"], large["has_thumb"]) == (False, True)
    sha256 = large["sha256"]
    assert [p.relative_to(thumbs).as_posix() for p in thumbs.rglob("*") if p.is_file()] == [
        f"{sha256[:2]}/{sha256}.jpg"
    ]
    with Image.open(thumbs / sha256[:2] / f"{sha256}.jpg") as thumb:
        assert thumb.size == (256, 128) and thumb.format == "JPEG"


def test_thumbnail_is_written_where_a_browser_would_show_something_else(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    noise(20, 10).save(tmp_path / "turned.jpg", exif=exif)
    noise(20, 10).save(tmp_path / "scan.tif")
    noise(20, 10).convert("RGBA").save(tmp_path / "alpha.png")
    noise(20, 10).convert("CMYK").save(tmp_path / "print.jpg")
    noise(20, 10).save(tmp_path / "moving.gif", save_all=True, append_images=[noise(20, 10, seed=2)])
    noise(20, 10).save(tmp_path / "plain.jpg")
    noise(20, 10).convert("L").save(tmp_path / "grey.png")
    names = ["alpha.png", "grey.png", "moving.gif", "plain.jpg", "print.jpg", "scan.tif", "turned.jpg"]
    images, _ = scanned(tmp_path, names, tmp_path / "thumbs")
    assert {row["path"] for row in images if row["has_thumb"]} == set(names) - {"grey.png", "plain.jpg"}
    sha256 = images[-1]["sha256"]
    with Image.open(tmp_path / "thumbs" / sha256[:2] / f"{sha256}.jpg") as thumb:
        assert thumb.size == (10, 20)


def test_no_thumbs_folder_means_no_thumbnails(tmp_path):
    noise(600, 300).save(tmp_path / "large.jpg")
    assert not scanned(tmp_path, ["large.jpg"])[0][0]["has_thumb"]


def test_pixel_limit_is_passed_on(folder):
    images, failures = scanned(folder, ["p00.png"], max_pixels=95)
    assert images == [] and failures[0]["code"] == "too-many-pixels"


def test_odd_names_come_through(tmp_path):
    names = [
        "a b.png",
        'quote".png',
        "emoji 🐈.png",
        "new\nline.png",
        "<b>x.png",
        "'; DROP TABLE image; --.png",
    ]
    for name in names:
        noise(5, 5).save(tmp_path / name)
    assert [row["path"] for row in scanned(tmp_path, names)[0]] == names


def test_name_that_is_not_utf8_is_a_failure_that_can_be_stored(tmp_path):
    name = os.fsdecode(b"caf\xe9.png")
    Path(tmp_path, name).write_bytes(b"x")
    _, failures = scanned(tmp_path, [name])
    assert (failures[0]["path"], failures[0]["code"]) == ("caf\\xe9.png", "name-not-utf8")


def test_no_paths_start_no_process(folder, monkeypatch):
    monkeypatch.setattr(scan, "CHILD_COMMAND", ("/nonexistent",))
    assert scanned(folder, []) == ([], [])


def test_decoder_crash_is_a_failure_of_the_guilty_file_alone(folder, tmp_path, monkeypatch):
    broken_child(tmp_path, monkeypatch, "if path == 'p07.png': os.kill(os.getpid(), 11)")
    images, failures = scanned(folder, sorted(os.listdir(folder)))
    assert len(images) == 18
    assert [(row["path"], row["code"]) for row in failures] == [
        ("p07.png", "decoder-crashed"),
        ("p19.png", "not-an-image"),
    ]
    assert "SIGSEGV" in failures[0]["reason"]


def test_process_killed_by_chance_loses_nothing(folder, tmp_path, monkeypatch):
    mark = tmp_path / "killed_once"
    broken_child(
        tmp_path,
        monkeypatch,
        f"""
        if path == 'p07.png' and not os.path.exists({str(mark)!r}):
            open({str(mark)!r}, 'w').close()
            os.kill(os.getpid(), 9)
        """,
    )
    images, failures = scanned(folder, sorted(os.listdir(folder)))
    assert len(images) == 19 and [row["path"] for row in failures] == ["p19.png"]


def test_what_a_decoder_prints_does_not_disturb(folder, tmp_path, monkeypatch, capfd):
    broken_child(tmp_path, monkeypatch, "os.write(1, b'libfoo: warning'); os.write(2, b'libfoo: error')")
    assert len(scanned(folder, sorted(os.listdir(folder)))[0]) == 19
    assert capfd.readouterr() == ("", "")


def test_fault_of_our_own_in_a_process_is_told(folder, tmp_path, monkeypatch, capfd):
    broken_child(tmp_path, monkeypatch, "raise KeyError('a bug')")
    images, failures = scanned(folder, ["p00.png"])
    assert images == [] and failures[0]["code"] == "decoder-crashed"
    assert "a bug" in capfd.readouterr().err


def test_process_that_cannot_start_is_an_error(folder, monkeypatch):
    monkeypatch.setattr(scan, "CHILD_COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(ScanError, match="exit code 3"):
        scanned(folder, ["p00.png"])


def test_full_disk_stops_the_scan(tmp_path, monkeypatch):
    for number in range(3):
        noise(300, 300, seed=number).save(tmp_path / f"{number}.jpg")
    broken_child(
        tmp_path,
        monkeypatch,
        """
        def full(*_):
            raise OSError(28, "No space left on device", "thumbs/x.jpg")
        os.replace = full
        """,
    )
    with pytest.raises(OSError, match="No space left") as caught:
        scanned(tmp_path, ["0.jpg", "1.jpg", "2.jpg"], tmp_path / "thumbs")
    assert caught.value.errno == errno.ENOSPC
    assert [path for path in (tmp_path / "thumbs").rglob("*") if path.is_file()] == []


def test_stopping_early_ends_the_processes(folder):
    chunks = scan_files(folder, ["p00.png"] * 1000, thumbs=None, n_processes=2, chunk=4)
    list(islice(chunks, 2))
    children = [child for child in psutil.Process().children() if "importers.scan_child" in child.cmdline()]
    assert children
    chunks.close()
    assert not any(child.is_running() for child in children)


def test_paths_are_not_read_ahead_without_bound(folder):
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield "p00.png"

    chunks = scan_files(folder, endless(), thumbs=None, n_processes=2, chunk=8)
    list(islice(chunks, 3))
    chunks.close()
    assert taken <= 8 * (3 + 2 * 2 + 1)


def test_reading_processes_import_only_light_modules():
    code = "import sys, importers.scan_child; print([m for m in %r if m in sys.modules])"
    heavy = ["torch", "duckdb", "streamlit", "pyarrow", "pandas", "scipy", "cv2"]
    found = subprocess.run(
        [sys.executable, "-c", code % heavy], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.real_data
@pytest.mark.long
def test_ds801_has_334_groups_of_identical_files_and_336_of_identical_pixels(ds801):
    names = sorted(os.listdir(ds801 / "imgs"))
    images, failures = scanned(ds801 / "imgs", names)
    groups = [count for count in Counter(row["sha256"] for row in images).values() if count > 1]
    assert (len(images), failures, len(groups), sum(groups)) == (31_848, [], 334, 668)
    assert sum(count > 1 for count in Counter(row["pixel_sha256"] for row in images).values()) == 336


@pytest.mark.faults
def test_reading_processes_end_when_their_parent_is_killed(folder):
    code = (
        "import sys; from importers.scan import scan_files\n"
        f"for chunk in scan_files({str(folder)!r}, iter(lambda: 'p00.png', 0), thumbs=None, n_processes=2):\n"
        "    print(chunk.images.num_rows, flush=True)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE)
    with parent, io.TextIOWrapper(parent.stdout) as lines:
        for _ in range(4):
            lines.readline()
        children = psutil.Process(parent.pid).children()
        assert len(children) == 2
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 60
        while any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children):
            assert time.monotonic() < deadline
            time.sleep(0.05)

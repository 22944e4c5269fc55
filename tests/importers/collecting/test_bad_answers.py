"""A host that behaves badly costs its picture, with a reason, and nothing else."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_images

from analytics.hashes import HASH_SIDE, perceptual_hash
from importers.collecting.fetching import readers
from importers.collecting.picture_child import Reply, quick_hash
from importers.picture import fit
from importers.scan import scan_files
from importers.scan_child import THUMB_SIDE
from tests.support.bad_server import BadServer, running
from tests.support.fetched import LIMITS, fetch_paths, files_of


@pytest.fixture(scope="module")
def server() -> Iterator[BadServer]:
    with running() as server:
        yield server


# What each answer is taken for: the path, the outcome, the reason.
ANSWERS = [
    ("/good/1", "kept", ""),
    ("/octets/2", "kept", ""),  # by content, not by its type
    ("/animated/3", "kept", ""),
    ("/cmyk/4", "kept", ""),
    ("/turned/5", "kept", ""),
    ("/gzipped/6", "kept", ""),
    ("/again/5", "kept", ""),  # as many redirects as are allowed
    ("/otherbot/8", "kept", ""),
    ("/cut-unsaid/9", "kept", ""),  # cut short at first, whole when asked again
    ("/short-once/10", "kept", ""),
    ("/html/1", "refused", "not a picture"),
    ("/login/1", "refused", "login"),
    ("/status/401", "refused", "login"),
    ("/tracker/1", "refused", "tracker"),
    ("/small/1", "refused", "too small"),
    ("/huge/1", "refused", "too large"),
    ("/announced/1", "refused", "too large"),
    ("/bomb/1", "refused", "too large"),
    ("/endless/0", "refused", "too large"),
    ("/endless/1", "refused", "not a picture"),
    ("/svg/1", "refused", "unsupported"),
    ("/noai/1", "refused", "noai"),
    ("/noimageai/1", "refused", "noai"),
    ("/empty/1", "failed", "broken"),
    ("/cut/11", "failed", "truncated"),
    ("/lying/12", "failed", "truncated"),
    ("/short/13", "failed", "truncated"),
    ("/half-gzip/14", "failed", "truncated"),
    ("/damaged/15", "failed", "broken"),
    ("/brotli/16", "failed", "encoding"),
    ("/unasked/17", "failed", "http 206"),
    ("/status/404", "failed", "http 404"),
    ("/status/403", "failed", "http 403"),
    ("/circle/0", "failed", "redirects"),
    ("/again/6", "failed", "redirects"),
    ("/nohttp/1", "failed", "protocol"),
    ("/headers/1", "failed", "protocol"),
    ("/closes/1", "failed", "truncated"),
]


@pytest.mark.long
def test_each_answer_has_its_outcome_and_its_reason(server: BadServer, tmp_path: Path) -> None:
    found = fetch_paths(server, [path for path, _, _ in ANSWERS], tmp_path)
    seen = [(path, each.outcome, each.reason) for path, each in found.items()]
    assert seen == ANSWERS
    assert all(each.sentence.endswith(".") for each in found.values() if each.outcome != "kept")
    assert files_of(tmp_path) == sorted(each.path for each in found.values() if each.path)


@pytest.mark.long
def test_a_host_that_says_nothing_or_little_is_left_in_time(server: BadServer, tmp_path: Path) -> None:
    limits = replace(LIMITS, read_s=0.2, total_s=0.5, retries=1)
    found = fetch_paths(server, ["/silent/1", "/drip/1", "/good/1"], tmp_path, limits=limits)
    assert [(each.outcome, each.reason) for each in found.values()] == [
        ("failed", "timeout"),
        ("failed", "timeout"),
        ("kept", ""),
    ]


@pytest.mark.long
def test_what_is_kept_is_described_as_an_import_would(server: BadServer, tmp_path: Path) -> None:
    found = fetch_paths(server, ["/good/1", "/animated/3", "/cmyk/4", "/turned/5"], tmp_path)
    by_path = {each.path: each for each in found.values()}
    (scanned,) = scan_files(tmp_path / "root", sorted(by_path), thumbs=None, n_processes=1)
    assert scanned.images.num_rows == 4
    for row in scanned.images.to_pylist():
        each = by_path[row["path"]]
        assert (each.sha256, each.pixel_sha256, each.phash) == (row["sha256"], row["pixel_sha256"], row["phash"])
        assert (each.width, each.height, each.n_bytes) == (row["width"], row["height"], row["bytes"])
        assert each.format == row["format"]
    assert (found["/turned/5"].width, found["/turned/5"].height) == (80, 96)
    assert found["/good/1"].etag == '"v1"' and found["/good/1"].path.startswith("pictures/")
    assert found["/animated/3"].path.endswith(".gif")


def test_noai_counts_unless_one_says_that_it_does_not(server: BadServer, tmp_path: Path) -> None:
    limits = replace(LIMITS, honour_noai=False)
    assert fetch_paths(server, ["/noai/1"], tmp_path, limits=limits)["/noai/1"].outcome == "kept"


@pytest.mark.long
def test_a_decoder_that_ends_or_hangs_costs_one_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
import os, sys, time
from importers.child import receive, send, take_over_output
out = take_over_output()
send(out, {"ready": True})
while (request := receive(sys.stdin.buffer)) is not None:
    if request["path"].endswith("crash"):
        os.abort()
    if request["path"].endswith("hang"):
        time.sleep(3600)
    send(out, {"sha256": request["path"][-2:]})
"""
    monkeypatch.setattr(readers, "COMMAND", (sys.executable, "-c", code))
    names = ("00", "crash", "11", "hang", "crash", "22")  # given to one process at once

    async def read() -> list[Reply]:
        pool = readers.Readers(1, seconds=2)
        try:
            return list(await asyncio.gather(*(pool.read(tmp_path / name, max_pixels=1) for name in names)))
        finally:
            await pool.aclose()

    replies = [reply.get("code") or reply["sha256"] for reply in asyncio.run(read())]
    assert replies == ["00", "decoder-crashed", "11", "decoder-slow", "decoder-crashed", "22"]


def test_decoders_that_cannot_be_started_end_the_fetch(
    server: BadServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "COMMAND", (sys.executable, "-c", "pass"))
    with pytest.raises(readers.ReaderError):
        fetch_paths(server, ["/good/1", "/good/2"], tmp_path)
    assert files_of(tmp_path) == []


def test_so_many_files_wait_for_those_that_decode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys; from importers.child import send; send(sys.stdout.buffer, {}); sys.stdin.read()"
    monkeypatch.setattr(readers, "COMMAND", (sys.executable, "-c", code))

    async def wait() -> list[bool]:
        pool = readers.Readers(1)
        has_room, reads = [], []
        for _ in range(readers.AT_A_TIME):
            try:
                async with asyncio.timeout(0.01):
                    await pool.room()
                has_room.append(True)
            except TimeoutError:
                has_room.append(False)
            reads += [asyncio.create_task(pool.read(tmp_path / "x", max_pixels=1)) for _ in range(2)]
            await asyncio.sleep(0)
        for each in reads:
            each.cancel()
        await pool.aclose()
        return has_room

    half = readers.AT_A_TIME // 2
    assert asyncio.run(wait()) == [True] * half + [False] * half


def test_the_quick_hash_is_an_imports_for_small_pictures_and_near_it_for_large_ones() -> None:
    bits = []
    for photograph in load_sample_images().images:
        whole = Image.fromarray(photograph)
        for width in (200, 256, 300, 427, 640, 1100):
            image = whole.resize((width, width * 2 // 3), Image.Resampling.BICUBIC)
            shrunk = fit(image, THUMB_SIDE).convert("L").resize((HASH_SIDE, HASH_SIDE), Image.Resampling.LANCZOS)
            differs = quick_hash(image) ^ perceptual_hash(np.asarray(shrunk))
            assert width > THUMB_SIDE or not differs
            bits.append(differs.bit_count())
    assert max(bits) <= 4 and np.mean(bits) < 1

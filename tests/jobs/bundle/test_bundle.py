"""The bundle job: one file within its budget, names as text, people blurred, nothing of the machine in it."""

import base64
import errno
import io
import json
import os
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jobs.bundle import page
from jobs.bundle.packed import Album, column_block
from jobs.engine import worker
from jobs.engine.folder import job_folder
from jobs.engine.supervisor import Supervisor
from store.connection import Workspace
from store.datasets import find_dataset
from store.reports import list_report_files
from tests.support.bundled_workspace import GONE, NAMES, POSITION, bundled
from tests.support.compared_workspace import N
from tests.support.looking import looked_at_here
from tests.support.running import run_job
from tests.support.small_workspace import new_dataset

FILLED_BY = {"birds": bundled}
ROOM = 120_000  # bytes: some of the pictures, not all


@pytest.fixture
def birds(workspace):
    """The dataset, standing where its copy of the workspace stands."""
    return find_dataset(workspace, "birds")


class Blocks(HTMLParser):
    """Every element with its attributes, and the text of data blocks by id."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._inside: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = dict(attrs).get("id") if tag == "script" else None

    def handle_endtag(self, tag: str) -> None:
        self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[self._inside] = self.texts.get(self._inside, "") + data

    def json(self, name: str):
        return json.loads(self.texts[name])

    def column(self, name: str) -> np.ndarray:
        about = next(each for tag, each in self.elements if each.get("id") == f"column-{name}")
        content = base64.b64decode(self.texts.get(f"column-{name}", ""))
        content = zlib.decompress(content, -zlib.MAX_WBITS) if "data-deflated" in about else content
        return np.frombuffer(content, about["data-type"])

    def pictures(self) -> dict[int, bytes]:
        """The JPEG files that travel, by image."""
        ids, chunk, at, size = (self.column(f"picture_{name}").astype(int) for name in ("id", "chunk", "at", "bytes"))
        chunks = {number: base64.b64decode(self.texts[f"pictures-{number}"]) for number in set(chunk.tolist())}
        return {
            image_id: chunks[number][start : start + n]
            for image_id, number, start, n in zip(ids.tolist(), chunk.tolist(), at.tolist(), size.tolist(), strict=True)
        }


def written(workspace: Workspace, dataset: str = "birds", **parameters: object) -> tuple[Blocks, dict]:
    figures = run_job(workspace, "bundle", dataset, **parameters).figures
    return Blocks(Path(figures["file"]).read_text(encoding="utf-8")), figures


def test_a_bundle_is_written_whole_and_listed(workspace, birds) -> None:
    blocks, figures = written(workspace)
    path = Path(figures["file"])
    assert path == workspace.root / "exports" / "birds-bundle.html" and path.stat().st_size == figures["n_bytes"]
    (file,) = list_report_files(workspace, birds.id)
    assert (file.format, file.path) == ("bundle", str(path))
    assert (figures["n_pictures"], figures["n_images"], figures["n_listed"]) == (N - 1, N, N)
    assert blocks.json("bundle-pictures")["gone"] == 1 and GONE not in blocks.pictures()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_columns_hold_what_the_workspace_holds(workspace, birds) -> None:
    blocks, _ = written(workspace)
    facts = blocks.json("bundle")
    assert facts["names"] == list(NAMES) and facts["splits"] == ["test", "train"]
    label, given = blocks.column("label"), blocks.column("given")
    assert label[2] == 2 and label[3] == 65535 and (label[69:73] == 0).all() and not (given[69:73] == 0).all()
    assert bytes(blocks.column("path")).decode().split("\0")[:2] == ["000.png", "001.png"]
    twins = blocks.column("twins")
    assert set(np.flatnonzero(twins) + 1) == {10, 11, 13} and len(blocks.column("sha256")) == 32 * N
    reasons = facts["decisions"]["reason"]
    assert {reasons[code] for code in blocks.column("decision_reason")} == {"it <b>is</b> one", "", "no picture"}


def test_the_file_is_no_larger_than_its_budget_and_takes_what_is_wanted_first(workspace, birds, monkeypatch) -> None:
    fill = page._fill

    def small(album, wanted, **kwargs):
        album.room = ROOM
        return fill(album, wanted, **kwargs)

    monkeypatch.setattr(page, "_fill", small)
    blocks, figures = written(workspace)
    stages = blocks.column("picture_stage")
    assert 5 < figures["n_pictures"] < N - 1 and (np.diff(stages.astype(int)) >= 0).all()
    assert sum(len(text) for name, text in blocks.texts.items() if name.startswith("pictures-")) <= ROOM
    # all examples before anything doubted, but the one whose file is gone
    assert (stages == 1).sum() == blocks.json("bundle")["wished"][1] - 1


def test_a_budget_smaller_than_the_report_takes_no_picture(workspace, birds) -> None:
    blocks, figures = written(workspace, budget_mb=1)
    assert figures["n_pictures"] == 0 and figures["budget_used"] > 1 and blocks.pictures() == {}


def test_an_album_takes_what_has_room_and_no_more() -> None:
    album = Album(room=1_000)
    assert album.take(1, b"x" * 300, stage=0) and not album.take(2, b"x" * 900, stage=0)
    assert album.take(3, b"y" * 300, stage=1) and album.n == 2
    assert album.room >= 0 and sum(len(block) for block in album.blocks() if 'id="pictures-' in block) < 1_000


def test_a_column_is_deflated_where_that_pays_off_alone() -> None:
    same, noise = np.zeros(1000, np.uint16), np.random.default_rng(0).integers(0, 65536, 1000).astype(np.uint16)
    assert "data-deflated" in column_block("a", same) and "data-deflated" not in column_block("a", noise)
    for values in (same, noise):
        block = Blocks(f"{column_block('a', values)}")
        assert np.array_equal(block.column("a"), values)


def test_names_stay_text_and_nothing_is_loaded_from_elsewhere(workspace, birds) -> None:
    blocks, figures = written(workspace)
    types = {each.get("type") for tag, each in blocks.elements if tag == "script"}
    assert types == {None, "application/json", "application/octet-stream"}
    assert not [name for _, each in blocks.elements for name in each if name.startswith("on")]
    sources = [each.get(key) for _, each in blocks.elements for key in ("src", "srcset", "data") if each.get(key)]
    assert not sources
    policy = next(each["content"] for tag, each in blocks.elements if each.get("http-equiv"))
    assert policy.startswith("default-src 'none'") and "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in re.search("script-src[^;]*", policy)[0]
    assert "alert(1)</script>" not in Path(figures["file"]).read_text(encoding="utf-8")


def test_no_picture_carries_a_position_and_no_path_of_the_machine_leaves(workspace, birds) -> None:
    blocks, figures = written(workspace)
    content = Path(figures["file"]).read_bytes()
    assert POSITION.encode() not in content and b"13.4050" not in content
    assert str(workspace.root).encode() not in content and birds.root.encode() not in content
    for file in blocks.pictures().values():
        picture = Image.open(io.BytesIO(file))
        assert not picture.getexif() and max(picture.size) <= 128


def test_hidden_people_are_blurred(workspace, birds, monkeypatch) -> None:
    def steps(file: bytes) -> float:
        return float(np.abs(np.diff(np.asarray(Image.open(io.BytesIO(file)).convert("L"), float), axis=1)).mean())

    before = written(workspace)[0].pictures()
    monkeypatch.setattr(
        "jobs.export.blur.people_in", lambda workspace, dataset_id, *, image_ids: dict.fromkeys(image_ids)
    )
    after = written(workspace)[0].pictures()
    assert before.keys() == after.keys()
    assert all(steps(after[image_id]) < 0.75 * steps(before[image_id]) for image_id in before)


def test_a_disk_that_fills_leaves_nothing_half_written(workspace, birds, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("jobs.bundle.page._picture_blocks", full)
    supervisor = Supervisor(workspace)
    with looked_at_here():
        job_id = supervisor.start("bundle", dataset="birds", parameters={}, hold=True, trusted=True)
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) != 0 and "is full" in str(folder.ending())
    assert list((workspace.root / "exports").iterdir()) == []


def test_an_empty_dataset_has_a_bundle_too(workspace) -> None:
    new_dataset(workspace, "empty")
    blocks, figures = written(workspace, "empty")
    assert figures["n_pictures"] == figures["n_images"] == 0 and blocks.json("bundle")["names"] == []

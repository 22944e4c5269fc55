"""Pictures in tables and shards are unpacked by a job, into a folder that appears when it is whole."""

import io
import tarfile
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from importers.inspect import inspect_folder
from importers.look import look_at_folder
from importers.packed_found import look_for_packed
from importers.types import LayoutError
from jobs.engine import supervisor as engine
from jobs.engine import worker
from jobs.engine.errors import FolderNotAllowed, NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.supervisor import Supervisor
from jobs.unpack import job as unpacking
from tests.support.laid_out import labels_of


def picture(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def packed(tmp_path):
    """A table of three pictures and a shard of two, in a folder."""
    folder = tmp_path / "packed"
    folder.mkdir()
    cells = [{"bytes": picture(8 + n), "path": f"{n}.png"} for n in range(3)]
    pq.write_table(pa.table({"image": cells, "label": ["cat", "dog", "cat"]}), folder / "train.parquet")
    with tarfile.open(folder / "TRAIN-000.TAR", "w") as archive:
        for n in range(2):
            for name, data in ((f"{n:04d}.png", picture(20 + n)), (f"{n:04d}.cls", b"emu")):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return folder


def ordered(workspace, source, **parameters):
    """A job that was ordered and not started: its id."""
    given = {"source": str(source), **parameters}
    return Supervisor(workspace).start("unpack-pictures", dataset="", parameters=given, hold=True, trusted=True)


def test_a_look_says_how_many_pictures_lie_packed_and_what_they_take(packed):
    found = look_for_packed(packed)
    assert (found.n_files, found.n_pictures, found.is_about) == (2, 5, True)
    assert found.n_bytes >= sum(len(picture(side)) for side in (8, 9, 10, 20, 21))
    assert look_for_packed(packed / "train.parquet").n_pictures == 3
    assert inspect_folder(packed).packed == look_at_folder(packed).packed == found


@pytest.mark.parametrize("content", [b"", b"PAR1 and nothing", b"no tar"])
def test_what_is_no_table_of_pictures_is_not_offered(tmp_path, content):
    for name in ("a.parquet", "b.tar", "c.tgz", "d.png"):
        (tmp_path / name).write_bytes(content)
    pq.write_table(pa.table({"path": ["d.png"], "label": ["cat"]}), tmp_path / "labels.parquet")
    assert inspect_folder(tmp_path).packed is None


def test_the_folder_appears_when_it_is_whole_and_an_import_reads_it(workspace, packed, tmp_path):
    target = tmp_path / "new" / "pictures"
    job = job_folder(workspace.root, ordered(workspace, packed, target=str(target)))
    assert job.spec().n_todo == 2 and not target.exists()
    assert worker.run(job.path) == 0, job.ending()
    assert job.ending()[1]["n_pictures"] == 5 and job.ending()[1]["folder"] == str(target)
    assert sorted(filter(None, labels_of(inspect_folder(target)).values())) == ["cat", "cat", "dog", "emu", "emu"]
    assert [path.name for path in target.parent.iterdir()] == ["pictures"]


def test_without_a_place_it_is_one_of_the_workspaces_own(workspace, packed):
    job = job_folder(workspace.root, ordered(workspace, packed))
    assert job.spec().parameters["target"].startswith(str(workspace.root / "uploads" / "packed-"))


def test_half_an_unpacking_leaves_nothing_and_can_be_done_again(workspace, packed, tmp_path):
    target = tmp_path / "pictures"
    data = (packed / "train.parquet").read_bytes()
    job = job_folder(workspace.root, ordered(workspace, packed, target=str(target)))
    (packed / "train.parquet").write_bytes(data[: len(data) // 2])
    assert worker.run(job.path) == 1
    assert "train.parquet cannot be read" in str(job.ending()) and not target.exists()
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []
    (packed / "train.parquet").write_bytes(data)
    assert worker.run(job.path) == 0 and target.is_dir()


def test_what_cannot_be_unpacked_is_refused_before_a_job_is_made(workspace, packed, tmp_path, monkeypatch):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("mine")
    for source, target, error, words in (
        (tmp_path / "full", "", LayoutError, "no Parquet tables and no tar shards"),
        (packed, tmp_path / "full", UnknownParameter, "is there already and is not empty"),
        ("", "", UnknownParameter, "source names a Parquet table"),
    ):
        with pytest.raises(error, match=words):
            ordered(workspace, source, target=str(target))
    monkeypatch.setattr(unpacking, "room_left", lambda folder: 10)
    with pytest.raises(NothingToDo, match="takes 10 more"):
        ordered(workspace, packed)
    assert not list((workspace.root / "jobs").iterdir())
    assert (tmp_path / "full" / "a.txt").read_text() == "mine"


def test_visitors_of_a_server_say_no_place_and_name_only_its_folders(workspace, packed, tmp_path):
    owner = Supervisor(workspace, import_roots=[packed.parent])
    for parameters in ({"source": str(packed), "target": str(packed.parent / "x")}, {"source": "/etc"}):
        with pytest.raises(FolderNotAllowed):
            owner.start("unpack-pictures", dataset="", parameters=parameters)


@pytest.mark.long
def test_a_living_owner_unpacks_though_there_is_no_dataset(workspace, packed):
    owner = Supervisor(workspace)
    owner.run_in_background()
    try:
        job_id = owner.start("unpack-pictures", dataset="packed", parameters={"source": str(packed)}, trusted=True)
        for _ in range(600):
            if not owner.job(job_id).is_active:
                break
            time.sleep(0.1)
        view = owner.job(job_id)
        assert (view.state, view.figures["n_pictures"]) == ("done", 5), view.message
        assert engine.load_kind("unpack-pictures").outcome(view).startswith("5 pictures, 5 with a label, in /")
    finally:
        owner.stop()

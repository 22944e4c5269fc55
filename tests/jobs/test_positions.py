"""GPS positions: known after an import, left out of what leaves, kept where that is asked for."""

import csv
import hashlib
import io
import json
import zipfile

import pytest

from importers.packed_pictures import unpack_pictures
from importers.scan_child import scan_file
from jobs.engine.pack import pack
from jobs.engine.supervisor import Supervisor
from store.overview import totals
from store.versions import freeze
from tests.support.exporting import imported, noise, run_job
from tests.support.noted_pictures import SECRET, gps_in, noted, upright

FORMATS = {"JPEG": "a.jpg", "PNG": "b.png", "WEBP": "c.webp", "TIFF": "d.tif", "AVIF": "e.avif"}


@pytest.fixture
def journey(workspace, tmp_path):
    """Five pictures with a position, one a format, and one without, as version v1."""
    folder = tmp_path / "p" / "place"
    folder.mkdir(parents=True)
    for form, name in FORMATS.items():
        (folder / name).write_bytes(noted(form))
    noise(1).save(folder / "z.jpg")
    dataset = imported(workspace, tmp_path / "p", "journey", reading="classes")
    freeze(workspace, dataset.id, name="v1", who="me")
    return dataset


def pictures_in(folder) -> dict[str, bytes]:
    names = {*FORMATS.values(), "z.jpg"}
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.name in names}


@pytest.mark.parametrize(
    "form",
    ["csv", *(pytest.param(form, marks=pytest.mark.long) for form in ("folders", "parquet", "coco", "imagefolder"))],
)
@pytest.mark.long
def test_no_exported_picture_says_where_it_was_taken(workspace, journey, tmp_path, form) -> None:
    target = tmp_path / "out"
    _, figures = run_job(workspace, "export", "journey", version="v1", format=form, folder=str(target))
    written = pictures_in(target)
    assert len(written) == 6
    for name, content in written.items():
        before = (tmp_path / "p" / "place" / name).read_bytes()
        assert not gps_in(content) and SECRET not in content and b"GPSLatitude" not in content
        assert upright(content).tobytes() == upright(before).tobytes() and upright(content).size == upright(before).size
    assert (figures["n_bare"], figures["n_linked"]) == (5, 1)  # what has no notes is still the same file
    assert json.loads((target / ".vitrine-export.json").read_text())["positions"] == "strip"
    for name in FORMATS.values():  # the originals stay as they are
        assert SECRET in (tmp_path / "p" / "place" / name).read_bytes()


@pytest.mark.long
@pytest.mark.parametrize("form", ["huggingface", "webdataset"])
def test_no_picture_in_a_shard_says_where_it_was_taken(workspace, journey, tmp_path, form) -> None:
    target = tmp_path / "out"
    _, figures = run_job(workspace, "export", "journey", version="v1", format=form, folder=str(target))
    done = unpack_pictures(target, tmp_path / "files")
    assert (figures["n_bare"], figures["n_packed"], done.n_pictures) == (5, 6, 6)
    for path in (tmp_path / "files").rglob("0*"):
        assert SECRET not in path.read_bytes() and not gps_in(path.read_bytes())


@pytest.mark.long
def test_positions_stay_where_that_is_asked_for(workspace, journey, tmp_path) -> None:
    target = tmp_path / "out"
    _, figures = run_job(
        workspace, "export", "journey", version="v1", format="folders", folder=str(target), positions="keep"
    )
    for name, content in pictures_in(target).items():
        assert content == (tmp_path / "p" / "place" / name).read_bytes()
    assert (figures["n_bare"], figures["n_linked"]) == (0, 6)


@pytest.mark.long
def test_the_manifest_has_the_hashes_of_what_was_written_and_reads_back(workspace, journey, tmp_path) -> None:
    target = tmp_path / "out"
    run_job(workspace, "export", "journey", version="v1", format="csv", folder=str(target))
    with (target / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    for row in rows:
        assert hashlib.sha256((target / row["path"]).read_bytes()).hexdigest() == row["sha256"]
    again = imported(workspace, target, "again")
    assert not workspace.rows("failures_by_code", dataset_id=again.id)
    named = {row["path"].rpartition("/")[2]: row for row in workspace.rows("images_to_embed", dataset_id=again.id)}
    assert set(named) == {"a.jpg", "b.png", "c.webp", "d.tif", "e.avif", "z.jpg"}
    counted = totals(workspace, again.id)
    assert (counted.n_images, counted.n_with_position, counted.n_position_unknown) == (6, 0, 0)


@pytest.mark.long
def test_made_pictures_carry_nothing_of_their_parents_and_stand_upright(workspace, tmp_path) -> None:
    for name, n in (("cat", 1), ("lynx", 2)):
        (tmp_path / "p" / name).mkdir(parents=True)
        for number in range(n):
            (tmp_path / "p" / name / f"{number}.jpg").write_bytes(noted("JPEG"))
    dataset = imported(workspace, tmp_path / "p", "journey")
    freeze(workspace, dataset.id, name="v1", who="me")
    target = tmp_path / "out"
    run_job(workspace, "export", "journey", version="v1", format="folders", folder=str(target), techniques="flip")
    made = target / "cat" / "0_flip.jpg"
    assert SECRET not in made.read_bytes() and upright(made.read_bytes()).size == (32, 48)


@pytest.mark.long
def test_a_packed_job_takes_no_position_along(workspace, journey, tmp_path) -> None:
    job = Supervisor(workspace).start("embed", dataset="journey", hold=True, trusted=True)
    assert pack(workspace.root, job, tmp_path / "job.zip", report=lambda done, total: None) == 6
    with zipfile.ZipFile(tmp_path / "job.zip") as archive:
        names = [name for name in archive.namelist() if name.startswith("pictures/")]
        assert len(names) == 6
        for name in names:
            content = archive.read(name)
            assert not gps_in(content) and SECRET not in content
            original = (tmp_path / "p" / name.removeprefix("pictures/")).read_bytes()
            assert upright(content).tobytes() == upright(original).tobytes()


@pytest.mark.long
def test_an_import_knows_which_pictures_carry_a_position(workspace, journey) -> None:
    counted = totals(workspace, journey.id)
    assert (counted.n_images, counted.n_with_position, counted.n_position_unknown) == (6, 5, 0)


@pytest.mark.long
def test_what_an_earlier_version_imported_is_not_known_until_it_is_read_again(workspace, journey) -> None:
    with workspace.writing(journey.id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET has_position = NULL")
    ids = workspace.read("numbers_of_images", dataset_id=journey.id)["image_id"].to_pylist()
    counted = totals(workspace, journey.id)
    assert (counted.n_with_position, counted.n_position_unknown) == (0, 6)
    _, figures = run_job(workspace, "import", "journey", processes=1)
    assert figures["n_read"] == 0
    _, figures = run_job(workspace, "import", "journey", processes=1, again=True)
    assert figures["n_read"] == 6
    counted = totals(workspace, journey.id)
    assert (counted.n_with_position, counted.n_position_unknown) == (5, 0)
    assert workspace.read("numbers_of_images", dataset_id=journey.id)["image_id"].to_pylist() == ids


def test_a_picture_is_seen_to_have_a_position_by_its_exif_or_its_xmp(tmp_path) -> None:
    def seen(content: bytes) -> bool:
        (tmp_path / "x").write_bytes(content)
        return scan_file(str(tmp_path), "x", thumbs=tmp_path / "thumbs", max_pixels=10**6).has_position

    out = io.BytesIO()
    noise(2).save(out, "JPEG", xmp=b'<x exif:GPSLatitude="1,2N" exif:GPSLongitude="3,4E"/>')
    assert seen(out.getvalue())
    out = io.BytesIO()
    noise(2).save(out, "JPEG")
    assert not seen(out.getvalue())
    assert seen(noted("JPEG")) and seen(noted("TIFF"))
    thumbs = list((tmp_path / "thumbs").rglob("*.jpg"))
    assert thumbs and not any(SECRET in thumb.read_bytes() for thumb in thumbs)

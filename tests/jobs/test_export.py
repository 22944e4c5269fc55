"""Exports: each format read back as the same version."""

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from importers.packed_pictures import unpack_pictures
from jobs.engine.errors import ExportRefused, PackRefused
from jobs.engine.folder import job_folder
from jobs.engine.pack import pack
from jobs.engine.supervisor import Supervisor
from jobs.export import files
from jobs.export.plan import flat_names, folder_names
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.versions import freeze, list_versions
from tests.support.exporting import (
    contents,
    contents_of_version,
    draw_course_set,
    import_animals,
    imported,
    key,
    noise,
    rows_now,
    run_job,
)

FORMATS = ("folders", "csv", "parquet", "coco", "imagefolder")
ANNOTATED = ("yolo", "voc", "cvat", "labelme", "labelstudio", "fiftyone")  # without boxes here
PACKED = ("huggingface", "webdataset")


FILLED_BY = {"animals": import_animals}


@pytest.fixture
def animals(workspace):
    """The animals; their pictures are those of all tests here: none may change them."""
    return find_dataset(workspace, "animals")


def unpacked(folder: Path, form: str) -> Path:
    """The folder of an export, or of what is in its shards."""
    if form not in PACKED:
        return folder
    unpack_pictures(folder, folder.with_name("files"))
    return folder.with_name("files")


@pytest.mark.parametrize(
    ("form", "copies"),
    [
        ("csv", False),
        *(pytest.param(form, False, marks=pytest.mark.long) for form in FORMATS if form != "csv"),
        pytest.param("folders", True, marks=pytest.mark.long),
    ],
)
@pytest.mark.long
def test_an_exported_folder_is_imported_as_the_same_version(workspace, animals, tmp_path, form, copies) -> None:
    target = tmp_path / "out" / form
    _, figures = run_job(workspace, "export", "animals", version="v1", format=form, folder=str(target), copies=copies)
    assert (figures["n_pictures"], figures["n_made"]) == (23, 0)
    assert (figures["n_linked"], figures["n_copied"]) == ((0, 23) if copies else (23, 0))
    again = imported(workspace, target, "again")
    freeze(workspace, again.id, name="v1", who="me")
    assert contents_of_version(workspace, again, "v1") == contents_of_version(workspace, animals, "v1")
    assert [v.class_names for v in list_versions(workspace, again.id)] == [("cat", "lynx", "wolf")]
    assert not workspace.rows("failures_by_code", dataset_id=again.id)


@pytest.mark.long
@pytest.mark.parametrize("form", ["csv", pytest.param("imagefolder", marks=pytest.mark.long)])
def test_names_like_formulas_read_back_unchanged_and_the_folder_says_so(workspace, tmp_path, form) -> None:
    names = ("=1+1", "@cat", "wolf")
    for n, name in enumerate(names):
        (tmp_path / "p" / name).mkdir(parents=True)
        noise(n).save(tmp_path / "p" / name / "-1.png")
    dataset = imported(workspace, tmp_path / "p", "odd")
    freeze(workspace, dataset.id, name="v1", who="me")
    target = tmp_path / "out"
    _, figures = run_job(workspace, "export", "odd", version="v1", format=form, folder=str(target))
    assert figures["warning"].startswith("The table holds 4 cells that a spreadsheet takes for a formula")
    assert json.loads((target / ".vitrine-export.json").read_text())["notes"] == [figures["warning"]]
    again = imported(workspace, target, "again")
    freeze(workspace, again.id, name="v1", who="me")
    assert [v.class_names for v in list_versions(workspace, again.id)] == [names]
    assert contents_of_version(workspace, again, "v1") == contents_of_version(workspace, dataset, "v1")


@pytest.mark.long
@pytest.mark.parametrize("form", [*FORMATS, *ANNOTATED, *PACKED])
def test_awkward_class_names_and_no_splits_come_back(workspace, tmp_path, form) -> None:
    names = ["3", "test", "a/b", "", "ünï çödé", "7"]
    pictures = tmp_path / "odd"
    pictures.mkdir()
    for i in range(12):
        noise(i).save(pictures / f"{i}.png")
    dataset = imported(workspace, pictures, "odd", reading="flat")
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(names):
            cursor.execute("INSERT INTO class_name VALUES ($1, $2, $3, NULL)", [dataset.id, index, name])
    ids = [row["image_id"] for row in rows_now(workspace, dataset)]
    decide(workspace, dataset.id, [Act(one, "relabel", label=n % 5) for n, one in enumerate(ids)], who="me")
    freeze(workspace, dataset.id, name="v1", who="me")
    run_job(workspace, "export", "odd", version="v1", format=form, folder=str(tmp_path / "out"))
    again = imported(workspace, unpacked(tmp_path / "out", form), "again")
    freeze(workspace, again.id, name="v1", who="me")
    assert contents_of_version(workspace, again, "v1") == contents_of_version(workspace, dataset, "v1")
    assert list_versions(workspace, again.id)[0].class_names == tuple(names)


@pytest.mark.long
@pytest.mark.parametrize(
    "form",
    [
        "csv",
        *(
            pytest.param(form, marks=pytest.mark.long)
            for form in ("parquet", "coco", "imagefolder", *ANNOTATED, *PACKED)
        ),
    ],
)
def test_several_labels_a_picture_come_back(workspace, tmp_path, form) -> None:
    pictures = tmp_path / "scenes"
    pictures.mkdir()
    for i in range(9):
        noise(i).save(pictures / f"{i}.png")
    labels = [{"file": f"{i}.png", "labels": [["sea"], ["sea", "sky"], ["sky", "sand"]][i % 3]} for i in range(9)]
    (pictures / "labels.json").write_text(json.dumps(labels))
    dataset = imported(workspace, pictures, "scenes")
    assert dataset.task == "multi"
    freeze(workspace, dataset.id, name="v1", who="me")
    run_job(workspace, "export", "scenes", version="v1", format=form, folder=str(tmp_path / "out"))
    again = imported(workspace, unpacked(tmp_path / "out", form), "again")
    freeze(workspace, again.id, name="v1", who="me")
    assert contents_of_version(workspace, again, "v1") == contents_of_version(workspace, dataset, "v1")
    with pytest.raises(ExportRefused, match="one label a picture"):
        run_job(workspace, "export", "scenes", version="v1", format="folders")


def test_hard_links_are_the_same_files_and_copies_are_not(workspace, animals, tmp_path) -> None:
    before = contents(Path(animals.root))
    for copies in (False, True):
        run_job(workspace, "export", "animals", version="v1", folder=str(tmp_path / str(copies)), copies=copies)
        one = next((tmp_path / str(copies)).rglob("*.png"))
        assert (one.stat().st_nlink > 1) == (not copies)
    assert contents(Path(animals.root)) == before


def test_the_manifests_say_what_lies_where(workspace, animals, tmp_path) -> None:
    run_job(workspace, "export", "animals", version="v1", format="parquet", folder=str(tmp_path / "p"))
    run_job(workspace, "export", "animals", version="v1", format="csv", folder=str(tmp_path / "c"))
    rows = pq.read_table(tmp_path / "p" / "manifest.parquet").to_pylist()
    assert all((tmp_path / "p" / row["path"]).is_file() for row in rows) and len(rows) == 23
    with (tmp_path / "c" / "manifest.csv").open(newline="") as file:
        written = list(csv.DictReader(file))
    assert [(row["path"], row["label"], row["split"]) for row in written] == [
        (row["path"], row["label"] or "", row["split"]) for row in rows
    ]


def test_coco_names_whole_pictures(workspace, animals, tmp_path) -> None:
    run_job(workspace, "export", "animals", version="v1", format="coco", folder=str(tmp_path / "o"))
    coco = json.loads((tmp_path / "o" / "annotations.json").read_text())
    assert [one["name"] for one in coco["categories"]] == ["cat", "lynx", "wolf"]
    assert len(coco["images"]) == 23 and len(coco["annotations"]) == 22
    assert coco["annotations"][0]["bbox"] == [0, 0, 64, 64] and coco["annotations"][0]["area"] == 4096
    assert {one["image_id"] for one in coco["annotations"]} < {one["id"] for one in coco["images"]}


def test_each_split_of_an_imagefolder_has_its_own_metadata(workspace, animals, tmp_path) -> None:
    run_job(workspace, "export", "animals", version="v1", format="imagefolder", folder=str(tmp_path / "o"))
    n = 0
    for split in ("train", "val", "test"):
        with (tmp_path / "o" / split / "metadata.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert all((tmp_path / "o" / split / row["file_name"]).is_file() for row in rows)
        n += len(rows)
    assert n == 23


def test_the_listing_of_an_export_is_in_the_file(workspace, animals, tmp_path) -> None:
    spec, _ = run_job(workspace, "export", "animals", version="v1", folder=str(tmp_path / "o"))
    with workspace.writing() as cursor:
        rows = cursor.execute("SELECT path, image_id FROM export_item WHERE run_id = $1", [spec.run_id]).fetchall()
    assert {path for path, _ in rows} == {
        str(path.relative_to(tmp_path / "o")) for path in (tmp_path / "o").rglob("*.png")
    }


def test_without_a_folder_the_first_free_one_in_exports_is_taken(workspace, animals) -> None:
    for name in ("animals-v1-folders", "animals-v1-folders-2"):
        _, figures = run_job(workspace, "export", "animals", version="v1")
        assert Path(figures["folder"]) == workspace.root / "exports" / name


def test_a_worker_that_was_ended_is_resumed(workspace, animals, tmp_path, monkeypatch) -> None:
    def ends(*arguments, **named):
        raise SystemExit(143)

    supervisor = Supervisor(workspace)
    order = {"version": "v1", "folder": str(tmp_path / "out")}
    job_id = supervisor.start("export", dataset="animals", parameters=order, hold=True)
    folder = job_folder(workspace.root, job_id)
    from jobs.engine import worker

    with monkeypatch.context() as patch:
        patch.setattr(files.Placed, "place", ends)
        with pytest.raises(SystemExit):
            worker.run(folder.path)
    assert not [path for path in tmp_path.iterdir() if "out" in path.name]
    assert worker.run(folder.path) == 0 and (tmp_path / "out").is_dir()
    for path in folder.segments_path.iterdir():
        path.unlink()  # the list of files was never handed over: the folder is known again by its marker
    assert worker.run(folder.path) == 0 and len(folder.segments()) == 1


def test_an_export_is_not_packed_for_another_machine(workspace, animals, tmp_path) -> None:
    order = {"version": "v1", "folder": str(tmp_path / "out")}
    job_id = Supervisor(workspace).start("export", dataset="animals", parameters=order, hold=True)
    with pytest.raises(PackRefused, match="this machine"):
        pack(workspace.root, job_id, tmp_path / "a.zip", report=lambda done, total: None)


# Made pictures


@pytest.mark.long
def test_classes_are_evened_out_with_lineage(workspace, tmp_path) -> None:
    dataset = imported(workspace, draw_course_set(tmp_path / "course", n=40), "course")
    freeze(workspace, dataset.id, name="v1", who="me")
    techniques = "oversampling,flip,crop,colour,randaugment,mixup,cutmix"
    spec, figures = run_job(
        workspace, "export", "course", version="v1", folder=str(tmp_path / "out"), techniques=techniques
    )
    assert figures["per_class"] == {"0": 20, "1": 20, "2": 20} and figures["n_made"] == 20
    with (tmp_path / "out" / "lineage.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 20 and all((tmp_path / "out" / row["made"]).is_file() for row in rows)
    for row in rows:
        assert Path(row["made"]).name.startswith(Path(row["parent"]).stem + "_")
        assert bool(row["second_parent"]) == (row["technique"] in ("mixup", "cutmix"))
        with Image.open(tmp_path / "out" / row["made"]) as picture:
            assert (picture.size, picture.mode, picture.format) == ((64, 64), "RGB", "JPEG")
    with workspace.writing() as cursor:
        kept = cursor.execute(
            "SELECT technique, count(*) FROM export_item WHERE run_id = $1 GROUP BY 1", [spec.run_id]
        ).fetchall()
    assert dict(kept)[None] == 40 and sum(n for name, n in kept if name) == 20
    again = contents(tmp_path / "out")
    run_job(workspace, "export", "course", version="v1", folder=str(tmp_path / "b"), techniques=techniques)
    assert {k: v for k, v in contents(tmp_path / "b").items() if k[0] != "."} == {
        k: v for k, v in again.items() if k[0] != "."
    }  # the same seed, the same bytes


@pytest.mark.long
def test_previews_are_drawn_before_anything_is_exported(workspace, tmp_path) -> None:
    from store.exports import previews
    from store.runs import FinishedRun, finished_runs

    dataset = imported(workspace, draw_course_set(tmp_path / "course", n=40), "course")
    freeze(workspace, dataset.id, name="v1", who="me")
    for _ in range(2):
        run_job(workspace, "augment-preview", "course", version="v1", techniques="flip,mixup")
    newest, older = finished_runs(workspace, dataset.id, kind="augment-preview", of=FinishedRun)
    rows = previews(workspace, run_id=newest.run_id).to_pylist()
    assert {row["technique"] for row in rows} == {"flip", "mixup"} and not previews(workspace, run_id=older.run_id)
    assert all(row["picture"][:2] == b"\xff\xd8" for row in rows)
    assert all((row["partner_sha256"] is not None) == (row["technique"] == "mixup") for row in rows)


def test_names_by_hand() -> None:
    assert flat_names(["a/1.jpg", "b/1.jpg", "b/1.JPG", "c/x"]) == ["1.jpg", "1-2.jpg", "1-3.JPG", "x"]
    assert folder_names(["cat", "Lynx"]) == ["cat", "Lynx"]
    for awkward in (["a/b", "c"], ["cat", "Cat"], [".x"], ["con"], ["a."], [""]):
        assert folder_names(awkward) == [str(i) for i in range(len(awkward))]
    assert key(1) == "0001-00001eef"

"""Every export says who made its pictures and on what terms, and holds none that was taken down."""

import csv
import dataclasses
import json

import pyarrow.parquet as pq
import pytest

from importers.inspect import inspect_folder
from jobs.export.about import About
from jobs.export.attribution import CSV, TEXT, Origin, write_attribution
from jobs.export.content import Content
from jobs.export.described import describe_export
from jobs.export.formats import FORMATS
from jobs.export.plan import Entry, ExportRow
from store.connection import open_workspace
from store.datasets import find_dataset
from store.exports import kept_rows
from store.takedown import take_down
from store.takedown_files import delete_files
from store.versions import export_rows, find_version
from tests.support.collected_rows import CLASSES, NAME, collected_dataset
from tests.support.exporting import run_job

N = 6  # pictures a class
TAKEN = "leopard/00000000000000001002.jpg"
ONE_LABEL = [name for name in FORMATS if name != "ds801"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A workspace with a collected dataset, its version v1, and one picture that was taken down since."""
    workspace = open_workspace(tmp_path_factory.mktemp("attribution") / "w")
    dataset = collected_dataset(workspace, n=N)
    take_down(workspace, dataset.id, what="picture", value=TAKEN, reason="asked by letter", who="ada")
    yield workspace
    workspace.close()


def read_csv(folder):
    with (folder / CSV).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", ONE_LABEL)
def test_an_export_credits_each_of_its_pictures(opened, tmp_path, form) -> None:
    spec, figures = run_job(opened, "export", NAME, version="v1", format=form, folder=str(tmp_path / form))
    rows = read_csv(tmp_path / form)
    assert len(rows) == figures["n_pictures"] == N * len(CLASSES) - 1
    assert {row["source"] for row in rows} == {"openverse", "commons"}
    first = next(row for row in rows if row["title"] == "Cat 0 in <b>grass</b>")
    assert (first["author"], first["licence"], first["version"]) == ("Ada 0", "CC-BY", "4.0")
    assert first["licence_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert first["file_url"] == "https://img.commons.example/0.jpg" and "Ada 0, CC-BY-4.0" in first["attribution"]
    unknown = [row for row in rows if not row["licence"]]
    assert unknown and all("licence not known" in row["attribution"] for row in unknown)
    text = (tmp_path / form / TEXT).read_text(encoding="utf-8")
    assert "  CC-BY-ND-2.0: " in text and text.count("\n    “Cat ") == len(rows)


def test_who_is_taken_down_is_in_no_export_of_an_older_version_and_that_is_said(opened, tmp_path) -> None:
    dataset = find_dataset(opened, NAME)
    version = find_version(opened, dataset.id, name="v1")
    assert version.n_images == N * len(CLASSES)
    for table in (export_rows(opened, version.id), kept_rows(opened, dataset.id)):
        assert TAKEN not in table["path"].to_pylist() and table.num_rows == N * len(CLASSES) - 1
    _, figures = run_job(opened, "export", NAME, version="v1", format="folders", folder=str(tmp_path / "out"))
    assert "1 picture of this version was taken down since it was frozen, and is left out here." in figures["warning"]
    assert not [path for path in (tmp_path / "out").rglob("*.jpg") if path.name == TAKEN.rpartition("/")[2]]
    marker = json.loads((tmp_path / "out" / ".vitrine-export.json").read_text())
    assert marker["beside"][-2:] == [CSV, TEXT] or {CSV, TEXT} <= set(marker["beside"])
    assert any("taken down" in note for note in marker["notes"])
    assert "taken down" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_card_metadata_and_records_say_the_licences(opened, tmp_path) -> None:
    run_job(opened, "export", NAME, version="v1", format="csv", folder=str(tmp_path / "out"))
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "forbid commercial use." in card and "forbid passing on changed pictures." in card and CSV in card
    metadata = json.loads((tmp_path / "out" / "croissant.json").read_text(encoding="utf-8"))
    assert {"CC-BY-4.0", "CC0-1.0", "unknown"} <= set(metadata["license"])
    assert CSV in [each["name"] for each in metadata["distribution"]]
    fields = {each["name"] for each in metadata["recordSet"][-2]["field"]}
    assert {"licence", "licence_url", "author", "page_url", "attribution"} <= fields
    records = pq.read_table(tmp_path / "out" / "records.parquet").to_pylist()
    assert all(row["author"] and row["page_url"] and row["attribution"] for row in records)


def test_an_export_reads_back_without_its_attribution_as_a_table(opened, tmp_path) -> None:
    run_job(opened, "export", NAME, version="v1", format="folders", folder=str(tmp_path / "out"))
    found = inspect_folder(tmp_path / "out")
    assert found.question is None and found.files.num_rows == N * len(CLASSES) - 1


def test_a_mixture_credits_both_and_text_stays_text(tmp_path) -> None:
    entries = [(Entry(0, "a.jpg", None, "mixup", partner=1), 1, 2, None)]
    origins = {1: Origin(said="CC BY 4.0", author="=cmd()", title="A\nB"), 2: Origin(author="Eve\x07")}
    assert write_attribution(tmp_path, iter(entries), origins, title="x") == [CSV, TEXT]
    one, two = read_csv(tmp_path)
    assert (one["path"], two["path"]) == ("a.jpg", "a.jpg") and one["author"] == "'=cmd()"
    text = (tmp_path / TEXT).read_text(encoding="utf-8")
    assert "1 picture. " in text and "“A B” by =cmd(), CC-BY-4.0" in text and "\x07" not in text


def test_nothing_is_written_where_nothing_is_known(tmp_path) -> None:
    assert write_attribution(tmp_path, iter([(Entry(0, "a.jpg", None), 1, None, None)]), {}, title="x") == []
    assert not list(tmp_path.iterdir())


def test_files_are_deleted_only_below_the_workspaces_own_folder(opened, tmp_path) -> None:
    dataset = find_dataset(opened, NAME)
    file = opened.root / "collected" / NAME / TAKEN
    sha256 = opened.rows("files_of_takedown", dataset_id=dataset.id, takedown_id=1)[0]["sha256"]
    thumb = opened.root / "thumbs" / sha256[:2] / f"{sha256}.jpg"
    assert file.is_file()
    had_thumb = thumb.is_file()
    done = delete_files(opened, dataset.id, takedown_id=1, who="ada")
    assert (done.n_files, done.n_thumbnails, done.n_elsewhere) == (1, int(had_thumb), 0)
    assert not file.exists() and not thumb.exists()
    assert delete_files(opened, dataset.id, takedown_id=1, who="ada").n_files == 0
    _, figures = run_job(opened, "export", NAME, version="v1", format="folders", folder=str(tmp_path / "out"))
    assert figures["n_pictures"] == N * len(CLASSES) - 1  # a file that is gone by a takedown refuses no export


def test_a_submission_gets_its_attribution_beside_its_folders(tmp_path) -> None:
    row = ExportRow(
        1, "img_a.jpg", "0" * 64, "0" * 64, 9, 1, False, 0, None, "train", None, None, 64, 64, "JPEG", "RGB"
    )
    content = Content([row], ("cat",), False, [Entry(0, "team-training-set/imgs/img_a.jpg", "train")])
    content = dataclasses.replace(content, origins={1: Origin(said="CC BY 4.0", author="Ada")})
    form = FORMATS["ds801"]
    assert describe_export(tmp_path, content, form=form, about=About(dataset="x"), notes=[]) == [CSV, TEXT]
    assert sorted(path.name for path in tmp_path.iterdir()) == [CSV, TEXT]
    assert read_csv(tmp_path)[0]["attribution"] == (
        "A picture by Ada, CC-BY-4.0 (https://creativecommons.org/licenses/by/4.0/)"
    )

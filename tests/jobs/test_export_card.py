"""The card and the Croissant metadata that every export carries: names stay text, nothing unknown is invented."""

import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from markdown_it import MarkdownIt

from importers.inspect import inspect_folder
from importers.marker import DESCRIPTION
from importers.packed_pictures import packed_files
from jobs.export.about import About
from jobs.export.card import card, licence_id
from jobs.export.croissant import picture_files, version_of
from jobs.export.formats import FORMATS
from jobs.export.records import composition, records_schema
from store.connection import open_workspace
from store.versions import find_version
from tests.support.exporting import noise
from tests.support.odd_dataset import CLASSES, NAME, VERSION, N, exported, odd_dataset

FORMS = ("folders", "csv", "imagefolder", "huggingface", "webdataset")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """A folder of exports, each called after its format."""
    folder = tmp_path_factory.mktemp("cards")
    workspace = open_workspace(folder / "w")
    dataset = odd_dataset(workspace, folder / "pictures")
    version = find_version(workspace, dataset.id, name=VERSION)
    for form in FORMS:
        exported(workspace, folder / form, form)
    workspace.close()
    return folder, version


def header(folder):
    return yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1])


def body(folder):
    return (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)[2]


def metadata(folder):
    return json.loads((folder / "croissant.json").read_text(encoding="utf-8"))


def made_of(rows, *, classes=("cat", "lynx")):
    whole = [dict.fromkeys(records_schema(multi=False).names) | row for row in rows]
    return composition(pa.Table.from_pylist(whole, records_schema(multi=False)), classes=classes)


@pytest.mark.parametrize("form", FORMS)
def test_an_export_carries_a_card_and_metadata(out, form) -> None:
    folder, _ = out
    said = header(folder / form)
    assert said["pretty_name"] == f"{NAME}, {VERSION}"
    assert said["license"] == "other"  # half of the pictures have one, the others none
    assert said["task_categories"] == ["image-classification"] and said["size_categories"] == ["n<1K"]
    assert metadata(folder / form)["name"] == f"{NAME}, {VERSION}"


@pytest.mark.parametrize("form", FORMS)
def test_a_name_stays_text_in_the_card(out, form) -> None:
    folder, _ = out
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(body(folder / form))
    assert "<script" not in shown and "<b>" not in shown and "<i>" not in shown and "<a " not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown and "[x](http://y) | z</td>" in shown
    assert f"{NAME}, {VERSION}" in shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')


@pytest.mark.parametrize("form", FORMS)
def test_metadata_name_the_classes_as_they_are(out, form) -> None:
    folder, version = out
    sets = {each["@id"]: each for each in metadata(folder / form)["recordSet"]}
    assert [row["classes/name"] for row in sets["classes"]["data"]] == list(CLASSES) == list(version.class_names)
    assert {row["splits/name"]: row["splits/url"] for row in sets["splits"]["data"]} == {
        "train": "cr:TrainingSplit",
        "val": "cr:ValidationSplit",
    }


@pytest.mark.parametrize("form", FORMS)
def test_the_checksums_are_those_of_the_files(out, form) -> None:
    folder, _ = out
    files = [each for each in metadata(folder / form)["distribution"] if each["@type"] == "cr:FileObject"]
    assert [each["name"] for each in files][:1] == ["ATTRIBUTION.csv" if form == "huggingface" else "records.parquet"]
    assert files[-1]["name"] == "ATTRIBUTION.csv"
    for each in files:
        data = (folder / form / each["contentUrl"]).read_bytes()
        assert each["sha256"] == hashlib.sha256(data).hexdigest() and each["contentSize"] == f"{len(data)} B"


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("huggingface", "webdataset")])
def test_the_records_say_each_picture_that_is_there(out, form) -> None:
    folder, version = out
    rows = pq.read_table(folder / form / "records.parquet").to_pylist()
    assert len(rows) == N == version.n_images
    for row in rows:
        data = (folder / form / row["path"]).read_bytes()
        assert row["sha256"] == hashlib.sha256(data).hexdigest()
        assert row["label"] == (None if row["class_index"] is None else CLASSES[row["class_index"]])


@pytest.mark.parametrize("form", ["folders", "csv", "imagefolder"])
@pytest.mark.parametrize("reading", [None, "flat"])
def test_card_and_metadata_are_no_pictures_when_the_folder_is_read_back(out, form, reading) -> None:
    found = inspect_folder(out[0] / form, reading=reading)
    named = set(found.files["path"].to_pylist())
    assert not named & {"README.md", "croissant.json", "records.parquet", "ATTRIBUTION.csv", "ATTRIBUTION.txt"}
    assert found.ignored[DESCRIPTION] == 5 and (reading or (found.question is None and len(named) == N))


def test_a_marker_hides_no_picture(tmp_path) -> None:
    noise(1).save(tmp_path / "a.png")
    (tmp_path / "notes.md").write_text("x")
    marker = {"beside": ["a.png", "notes.md", 7]}
    (tmp_path / ".vitrine-export.json").write_text(json.dumps(marker))
    found = inspect_folder(tmp_path)
    assert found.files["path"].to_pylist() == ["a.png"] and found.ignored[DESCRIPTION] == 1


def test_the_table_beside_shards_is_no_shard(out) -> None:
    assert {path.suffix for path in packed_files(out[0] / "webdataset")} == {".tar"}


def test_a_submission_carries_neither_card_nor_metadata() -> None:
    assert [name for name, form in FORMATS.items() if not form.has_card] == ["ds801"]


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    text = card(About(dataset="pets"), made_of([{"path": "a.jpg", "label": "cat", "class_index": 0}]))
    said = yaml.safe_load(text.split("---\n")[1])
    assert said["license"] == "unknown"
    for words in ("Licences, as the sources say them: unknown.", "Sources, as they were told: unknown."):
        assert words in text
    assert "How many labels are wrong is not known" in text and "Whether people are blurred is not known" in text


def test_decisions_and_the_estimate_stand_in_the_card() -> None:
    about = About(
        dataset="pets", decisions={"relabel": 3, "remove": 1}, wrong="4.1 % (3.0 % to 5.2 %)", people_blurred=True
    )
    text = card(about, made_of([{"path": "a.jpg"}]))
    assert "label changed by a person: 3 pictures" in text and "removed by a person: 1 picture\n" in text
    assert "estimates it: 4.1 % (3.0 % to 5.2 %)." in text and "are blurred" in text


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("CC BY 4.0", "cc-by-4.0"),
        ("CC BY-NC-SA 3.0", "cc-by-nc-sa-3.0"),
        ("https://creativecommons.org/licenses/by-sa/2.0/", "cc-by-sa-2.0"),
        ("CC0", "cc0-1.0"),
        ("MIT", "mit"),
        ("ask Ann", ""),
        ("CC BY 4.0: not for you", ""),
    ],
)
def test_a_licence_gets_a_word_only_where_it_is_that_one(said, word) -> None:
    assert licence_id(said) == word


def test_one_licence_of_all_pictures_is_the_datasets() -> None:
    rows = [{"path": f"{n}.jpg", "licence": "CC BY 4.0"} for n in range(3)]
    assert "license: cc-by-4.0\n" in card(About(dataset="pets"), made_of(rows))
    rows[0]["licence"] = None
    assert "license: other\n" in card(About(dataset="pets"), made_of(rows))


@pytest.mark.parametrize(
    ("name", "number", "version"),
    [("v1", 3, "1.0.0"), ("1.2", 3, "1.2.0"), ("v1.2.3", 3, "1.2.3"), ("clean", 3, "3.0.0"), ("", 0, "0.0.0-unfrozen")],
)
def test_a_version_is_numbered_as_croissant_wants_it(name, number, version) -> None:
    assert version_of(About(dataset="pets", version=name, number=number)) == version


def test_pictures_that_no_reader_opens_are_not_offered() -> None:
    assert picture_files(["a.webp"], ["WEBP"]) is None
    found = picture_files(["a/b.JPG", "c[1].webp"], ["JPEG", "WEBP"])
    assert found["includes"] == ["*.JPG", "**/*.JPG", "*.webp", "**/*.webp"]
    assert found["encodingFormat"] == ["image/jpeg", "image/webp"]

"""People's tables: columns by any name, numbers that are codes, several labels in a cell, several files of one set."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.hints import Hints, split_key
from importers.inspect import inspect_folder
from importers.label_values import meanings
from importers.types import LayoutError
from tests.support.laid_out import labels_json, labels_of, make, options_of, problems_of, splits_of, table


@pytest.fixture
def pictures(tmp_path):
    return make(tmp_path, *(f"images/{letter}.jpg" for letter in "abcdef"))


def read(root, *lines, name="labels.csv", **options):
    return inspect_folder(table(root, *lines, name=name), **options)


def of_letters(found):
    return {path[7]: label for path, label in labels_of(found).items() if path.startswith("images/")}


@pytest.mark.parametrize(
    "heading",
    ["filename,label", "ImageID,LabelName", "FILE_NAME,ClassName", "id_code,diagnosis", "what,ever", "Path,ClassId"],
)
def test_columns_are_known_by_their_headings_or_by_what_stands_in_them(pictures, heading):
    found = read(pictures, heading, "a,cat", "b,dog", "c,cat", "d,dog")
    assert found.question is None
    assert of_letters(found) == {"a": "cat", "b": "dog", "c": "cat", "d": "dog", "e": None, "f": None}


def test_no_headings_and_several_columns(pictures):
    found = read(
        pictures, *(f"images/{letter}.jpg,1,2,30,40,{kind}" for letter, kind in zip("abcd", "xyxy", strict=True))
    )
    assert of_letters(found) == {"a": "x", "b": "y", "c": "x", "d": "y", "e": None, "f": None}
    assert "The column 6 is taken for the label." in found.said


def test_a_first_row_whose_picture_is_missing_is_no_heading(pictures):
    found = read(pictures, "gone.jpg,cat", "a.jpg,cat", "b.jpg,dog")
    assert problems_of(found)["gone.jpg"] == "missing-file" and of_letters(found)["a"] == "cat"


def test_two_columns_that_may_be_the_label_are_asked_about_and_can_be_named(pictures):
    rows = ["a,x,lab1", "b,y,lab1", "c,x,lab2", "d,y,lab2"]
    found = read(pictures, "pic,kind,place", *rows)
    assert options_of(found) == ["labels:labels.csv?label=kind", "labels:labels.csv?label=place"]
    assert "2 classes (lab1, lab2)" in found.question.options[1].title
    assert inspect_folder(pictures, reading="labels:labels.csv?label=place").class_names == ("lab1", "lab2")
    assert inspect_folder(pictures, reading="labels:labels.csv?label=3&path=pic").class_names == ("lab1", "lab2")
    with pytest.raises(LayoutError, match="no column 'colour'. There are: pic, kind, place"):
        inspect_folder(pictures, reading="labels:labels.csv?label=colour")


def test_names_go_before_the_numbers_that_mean_the_same(pictures):
    found = read(pictures, "file,class_id,class_name", "a,0,cat", "b,1,dog", "c,0,cat")
    assert found.question is None and found.class_names == ("cat", "dog")


def test_y_is_no_label_beside_a_species(pictures):
    found = read(pictures, "file,x,y,species", "a,10,20,lynx", "b,30,40,wolf")
    assert found.class_names == ("lynx", "wolf")


def test_a_fold_is_no_split_and_a_yes_is(pictures):
    found = read(pictures, "file,label,fold,is_valid", "a,cat,0,True", "b,dog,1,False", "c,cat,2,False")
    assert {splits_of(found)[f"images/{letter}.jpg"] for letter in "bc"} == {"train"}
    assert splits_of(found)["images/a.jpg"] == "val"


def test_a_source_that_is_no_address_is_none(pictures):
    found = read(pictures, "file,label,source", "a,cat,camera 1", "b,dog,camera 2")
    assert set(found.files["source_url"].to_pylist()) == {None}
    found = read(pictures, "file,label,source", "a,cat,https://example.org/a.jpg", "b,dog,https://example.org/b.jpg")
    assert "https://example.org/a.jpg" in found.files["source_url"].to_pylist()


def test_codes_with_leading_zeros_are_names(pictures):
    found = read(pictures, "file,label", "a,007", "b,010", "c,10", "d,0010")
    assert set(found.class_names) == {"007", "010", "10", "0010"}


def test_columns_of_zeros_and_ones_are_classes(pictures):
    found = read(pictures, "id,healthy,rust,scab", "a,1,0,0", "b,0,1,0", "c,0,0,1")
    assert of_letters(found) | {"d": 0, "e": 0, "f": 0} == {
        "a": "healthy",
        "b": "rust",
        "c": "scab",
        "d": 0,
        "e": 0,
        "f": 0,
    }
    assert (found.task, found.class_names) == ("single", ("healthy", "rust", "scab"))


@pytest.mark.parametrize(
    ("labels", "gives"),
    [
        (["x y", "x", "y z", "z"], [["x", "y"], ["x"], ["y", "z"], ["z"]]),
        (["x,y", "x", "y,z", "z"], [["x", "y"], ["x"], ["y", "z"], ["z"]]),
        (["x|y", "x", "z", "z"], [["x", "y"], ["x"], ["z"], ["z"]]),
        (["['x', 'y']", "['x']", "['z']", "[]"], [["x", "y"], ["x"], ["z"], []]),
        (["['x' 'y']", "['x']", "['z']", "['z']"], [["x", "y"], ["x"], ["z"], ["z"]]),
        (["[x, y]", "[x]", "[z]", "[z]"], [["x", "y"], ["x"], ["z"], ["z"]]),
    ],
)
def test_several_labels_in_a_cell(pictures, labels, gives):
    rows = [f'{letter},"{label}"' for letter, label in zip("abcd", labels, strict=True)]
    found = read(pictures, "file,labels", *rows)
    assert found.question is None and found.task == "multi"
    assert list(of_letters(found).values())[:4] == gives


@pytest.mark.parametrize(
    "labels",
    [["great dane", "red fox"], ["Pepper, bell: healthy", "Tomato: healthy"], ["Pepper, bell a", "Pepper, bell b"]],
)
def test_commas_and_blanks_within_names_stay(pictures, labels):
    found = read(pictures, "file,labels", f'a,"{labels[0]}"', f'b,"{labels[1]}"', f'c,"{labels[0]}"')
    assert (found.question, found.task, found.class_names) == (None, "single", tuple(sorted(labels)))


def test_several_labels_under_a_heading_of_one_are_asked_about(pictures):
    found = read(pictures, "file,label", "a,x y", "b,x", "c,y z", "d,z")
    assert options_of(found) == ["labels:labels.csv?several=space", "labels:labels.csv?several=no"]
    assert found.task == "multi"
    assert inspect_folder(pictures, reading="labels:labels.csv?several=no").class_names == ("x", "x y", "y z", "z")


def test_a_row_an_object_makes_several_labels_of_a_picture(pictures):
    found = read(
        pictures,
        "filename,class,xmin,ymin,xmax,ymax",
        "a,cat,1,1,5,5",
        "a,dog,2,2,6,6",
        "b,cat,1,1,5,5",
        "b,cat,3,3,5,5",
    )
    assert found.task == "multi" and of_letters(found)["a"] == ["cat", "dog"] and of_letters(found)["b"] == ["cat"]
    assert "duplicate-key" not in problems_of(found).values()


def test_rows_that_contradict_each_other_are_asked_about_where_they_are_many(pictures):
    rows = [f"{letter},{kind}" for letter in "abcd" for kind in ("cat", "dog")]
    found = read(pictures, "file,label", *rows)
    assert options_of(found) == ["labels:labels.csv?rows=together", "labels:labels.csv?rows=apart"]
    apart = inspect_folder(pictures, reading="labels:labels.csv?rows=apart")
    assert set(problems_of(apart).values()) == {"duplicate-key", "no-label"}


def test_numbers_from_one_with_as_many_names(pictures):
    (pictures / "classes.txt").write_text("rose\ntulip\ndaisy\n")
    found = read(pictures, "file,label", "a,1", "b,2", "c,3")
    assert of_letters(found)["a"] == "rose" and of_letters(found)["c"] == "daisy"
    assert "Classes are counted from 1: 1 is rose." in found.said


def test_numbers_that_may_count_from_either_are_asked_about(pictures):
    (pictures / "classes.txt").write_text("rose\ntulip\ndaisy\n")
    found = read(pictures, "file,label", "a,1", "b,2", "c,1")
    assert options_of(found) == ["labels:labels.csv?first=0", "labels:labels.csv?first=1"]
    assert of_letters(found)["a"] == "tulip"
    assert of_letters(inspect_folder(pictures, reading="labels:labels.csv?first=1"))["a"] == "rose"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("classes.json", '{"10": "rose", "20": "tulip"}'),
        ("class_names.json", '{"rose": 10, "tulip": 20}'),
        ("classes.txt", "10 rose\n20 tulip\n"),
        ("classes.txt", "10: rose\n20: tulip\n"),
    ],
)
def test_numbers_that_a_list_of_names_gives_are_kept(pictures, name, content):
    (pictures / name).write_text(content)
    found = read(pictures, "file,label", "a,10", "b,20", "c,10")
    assert {letter: of_letters(found)[letter] for letter in "abc"} == {"a": "rose", "b": "tulip", "c": "rose"}


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "utf-8-sig"])
def test_other_encodings_are_read_and_said(pictures, encoding):
    (pictures / "labels.csv").write_bytes("file;label\na.jpg;Löwe\nb.jpg;Bär\n".encode(encoding))
    found = inspect_folder(pictures)
    assert of_letters(found)["a"] == "Löwe"
    is_said = any("Windows-1252" in said or "UTF-16" in said for said in found.said)
    assert is_said == (encoding != "utf-8-sig")


def test_excels_first_line_names_the_separator(pictures):
    found = read(pictures, "sep=;", "file;label", "a.jpg;cat, black", "b.jpg;dog")
    assert of_letters(found)["a"] == "cat, black" and problems_of(found).get("sep=") is None


def test_what_is_missing_is_said_by_hand(pictures):
    table(pictures, "file,label", "a,cat", "b,NA", "c,?")
    found = inspect_folder(pictures, reading="labels:labels.csv?missing=NA|?")
    assert found.class_names == ("cat",)


def test_separator_heading_and_encoding_can_be_said_by_hand(pictures):
    (pictures / "labels.csv").write_bytes("a.jpg~Löwe\nb.jpg~Bär\n".encode("latin-1"))
    found = inspect_folder(
        pictures, reading="labels:labels.csv?separator=%7E&header=no&encoding=latin-1&path=1&label=2"
    )
    assert of_letters(found)["a"] == "Löwe" and of_letters(found)["b"] == "Bär"


def test_a_table_in_each_split_folder_speaks_of_its_own_pictures(tmp_path):
    root = make(tmp_path, "train/1.jpg", "train/2.jpg", "test/1.jpg", "test/3.jpg")
    table(root / "train", "file_name,label", "1.jpg,cat", "2.jpg,dog", "3.jpg,cat", name="metadata.csv")
    (root / "test/metadata.jsonl").write_text(
        '{"file_name": "1.jpg", "label": "dog"}\n{"file_name": "3.jpg", "label": "cat"}'
    )
    found = inspect_folder(root)
    assert (found.question, found.reading) == (None, "labels:*")
    assert labels_of(found) == {"train/1.jpg": "cat", "train/2.jpg": "dog", "test/1.jpg": "dog", "test/3.jpg": "cat"}
    assert splits_of(found) == {
        "train/1.jpg": "train",
        "train/2.jpg": "train",
        "test/1.jpg": "test",
        "test/3.jpg": "test",
    }
    assert problems_of(found) == {"3.jpg": "missing-file"}


def test_coco_beside_the_pictures_of_each_split(tmp_path):
    root = make(tmp_path, "train/a.jpg", "valid/a.jpg")
    for split, category in (("train", 1), ("valid", 2)):
        content = {
            "images": [{"id": "0", "file_name": "a.jpg"}],
            "annotations": [{"id": 0, "image_id": 0, "category_id": str(category)}],
            "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        }
        (root / split / "_annotations.coco.json").write_text(json.dumps(content))
    found = inspect_folder(root)
    assert labels_of(found) == {"train/a.jpg": "cat", "valid/a.jpg": "dog"}
    assert splits_of(found) == {"train/a.jpg": "train", "valid/a.jpg": "val"}


def test_tables_named_after_their_splits_are_taken_together(pictures):
    table(pictures, "Path,ClassId", "images/a.jpg,1", "images/b.jpg,0", name="Train.csv")
    found = read(pictures, "Path,ClassId,Width", "images/c.jpg,1,40", "images/d.jpg,0,40", name="Test.csv")
    assert of_letters(found) == {"a": "1", "b": "0", "c": "1", "d": "0", "e": None, "f": None}
    assert splits_of(found)["images/a.jpg"] == "train" and splits_of(found)["images/c.jpg"] == "test"


@pytest.mark.parametrize(
    "content",
    [
        {"cat": ["a.jpg", "c.jpg"], "dog": ["b.jpg"]},
        {"a.jpg": {"label": "cat", "by": "me"}, "b.jpg": {"label": "dog"}, "c.jpg": {"label": "cat"}},
        {"classes": ["cat", "dog"], "labels": {"a": 0, "b": 1, "c": 0}},
        [
            {"image": "a.jpg", "annotations": [{"category": "cat"}]},
            {"image": "b.jpg", "annotations": [{"category": "dog"}]},
            {"image": "c.jpg", "annotations": [{"category": "cat"}]},
        ],
        [
            {
                "id": at,
                "data": {"image": f"/data/upload/1/0a1b2c3d-{letter}.jpg"},
                "annotations": [{"result": [{"type": "choices", "value": {"choices": [kind]}}]}],
            }
            for at, (letter, kind) in enumerate((("a", "cat"), ("b", "dog"), ("c", "cat")))
        ],
    ],
    ids=["class to files", "file to object", "fiftyone", "annotations", "label studio"],
)
def test_forms_of_json(pictures, content):
    found = inspect_folder(labels_json(pictures, content))
    assert {letter: of_letters(found)[letter] for letter in "abc"} in (
        {"a": "cat", "b": "dog", "c": "cat"},
        {"a": ["cat"], "b": ["dog"], "c": ["cat"]},
    )


def test_a_parquet_table_with_unknown_headings(pictures):
    pq.write_table(
        pa.table({"pic": ["a", "b", "c"], "n": [0.5, 1.5, 2.5], "kind": ["x", "y", "x"]}), pictures / "t.parquet"
    )
    assert of_letters(inspect_folder(pictures))["b"] == "y"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("labels.csv", "file,label\nx.jpg,cat\ny.jpg,dog\n", "its keys are no files here (the first is 'x.jpg')"),
        ("labels.json", "{", "no valid JSON"),
        ("labels.csv", "file,width\na.jpg,10.5\nb.jpg,11.5\n", "no label column. Its columns are file, width"),
        ("labels.csv", "", "empty"),
        ("labels.parquet", "PAR1", "no Parquet table"),
    ],
)
def test_why_a_label_file_was_not_used_is_said_unasked(pictures, name, content, words):
    (pictures / name).write_text(content)
    found = inspect_folder(pictures)
    assert any(words in said and name in said for said in found.said)


def test_how_keys_were_found_is_said(pictures):
    found = read(pictures, "file,label", "images/a.jpg,cat", "B,dog", "elsewhere/c.png,cat", "zz.jpg,dog")
    assert found.said[-1] == (
        "4 keys in labels.csv: 3 found (1 by path, 1 by the end of a path, 1 by name with another ending); "
        "1 not here: 'zz.jpg'."
    )


@given(st.builds(Hints, path=st.text(max_size=5), label=st.text(max_size=5), missing=st.text(max_size=5)))
def test_what_is_said_by_hand_comes_back_from_the_key(hints):
    assert split_key(f"a?b.csv{hints.as_query()}") == ("a?b.csv", hints)


@given(
    st.lists(
        st.none() | st.text(max_size=8) | st.integers() | st.floats() | st.lists(st.text(max_size=3), max_size=2),
        max_size=8,
    ),
    st.booleans(),
)
def test_any_cells_mean_something_of_the_same_length(cells, several):
    for meaning in meanings(cells, Hints(), is_multi=several):
        assert len(meaning.values) == len(cells)

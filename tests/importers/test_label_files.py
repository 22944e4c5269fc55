"""Label files in a dataset's layout: what is plain is read, what is ambiguous asked, what is wrong gets a reason."""

import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importers.inspect import inspect_folder
from importers.label_files import read_label_file
from importers.types import LayoutError
from tests.support.laid_out import labels_json, labels_of, make, options_of, problems_of, splits_of, table


def one_hot(index: int, n: int = 3) -> list[int]:
    return [int(at == index) for at in range(n)]


def test_one_hot_json_labels_a_flat_folder(tmp_path):
    root = make(tmp_path, "imgs/a.jpg", "imgs/b.jpg")
    found = inspect_folder(labels_json(root, {"a": one_hot(2), "b": one_hot(0)}))
    assert found.files["label"].to_pylist() == [2, 0]
    assert (found.layout, found.class_names, found.question) == ("labels-one-hot", ("0", "1", "2"), None)
    assert dict(found.ignored) == {"label file": 1} and found.label_file == tmp_path / "labels.json"
    assert "2 of 2 files have a label" in found.title


@pytest.mark.parametrize(
    "key", ["a", "a.jpg", "imgs/a.jpg", "imgs/a", "./imgs/a.jpg", "imgs\\a.jpg", "/home/x/imgs/a.jpg"]
)
def test_key_may_be_a_stem_a_name_or_a_path(tmp_path, key):
    root = make(tmp_path, "imgs/a.jpg", "imgs/b.jpg")
    assert labels_of(inspect_folder(labels_json(root, {key: "cat", "b": "dog"})))["imgs/a.jpg"] == "cat"


def test_key_in_another_unicode_spelling_is_found(tmp_path):
    root = make(tmp_path, "cafe\u0301.jpg")
    assert list(labels_of(inspect_folder(labels_json(root, {"caf\u00e9": "x"}))).values()) == ["x"]


def test_name_in_two_folders_needs_its_path(tmp_path):
    root = make(tmp_path, "x/a.jpg", "x/c.jpg", "y/a.jpg")
    found = inspect_folder(labels_json(root, {"a": "cat", "y/a": "dog", "c": "dog"}), labels=tmp_path / "labels.json")
    assert problems_of(found) == {"a": "ambiguous-key", "x/a.jpg": "no-label"}
    assert labels_of(found)["y/a.jpg"] == "dog"


def test_numbers_without_names_are_the_classes_that_are_used(tmp_path):
    root = make(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    found = inspect_folder(labels_json(root, {"a": 0, "b": 3, "c": 1}))
    assert (found.layout, found.class_names) == ("labels-index", ("0", "1", "3"))
    assert labels_of(found) == {"a.jpg": "0", "b.jpg": "3", "c.jpg": "1"}


def test_scattered_numbers_are_names_not_indices(tmp_path):
    root = make(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    assert inspect_folder(labels_json(root, {"a": 1999, "b": 2024, "c": 1999})).class_names == (
        "1999",
        "2024",
    )


def test_class_names_file_names_the_indices(tmp_path):
    root = labels_json(make(tmp_path, "a.jpg", "b.jpg"), {"a": 1, "b": 0})
    (root / "classes.txt").write_text("cat\nlynx\nwolf\n")
    found = inspect_folder(root)
    assert labels_of(found) == {"a.jpg": "lynx", "b.jpg": "cat"} and found.class_names == (
        "cat",
        "lynx",
        "wolf",
    )
    assert dict(found.ignored) == {"label file": 1, "class names file": 1}


@pytest.mark.parametrize("content", ['["cat", "lynx"]', '{"0": "cat", "1": "lynx"}', '{"lynx": 1, "cat": 0}'])
def test_class_names_json_is_a_list_or_a_mapping(tmp_path, content):
    (make(tmp_path, "0/a.jpg", "1/a.jpg") / "class_names.json").write_text(content)
    assert labels_of(inspect_folder(tmp_path)) == {"0/a.jpg": "cat", "1/a.jpg": "lynx"}


def test_class_names_file_that_does_not_fit_stays_a_file(tmp_path):
    (make(tmp_path, "cat/a.jpg", "dog/a.jpg") / "classes.txt").write_text("lorry\nbus\n")
    found = inspect_folder(tmp_path)
    assert "classes.txt" in labels_of(found) and "do not fit" in found.title


def test_given_class_names_order_the_folders_and_must_fit(tmp_path):
    root = make(tmp_path, "cat/a.jpg", "dog/a.jpg")
    found = inspect_folder(root, class_names=["dog", "cat", "cow"])
    assert found.class_names == ("dog", "cat", "cow") and found.files["label"].to_pylist() == [1, 0]
    with pytest.raises(LayoutError, match="'dog' is none of them"):
        inspect_folder(root, class_names=["cat", "cow"])
    with pytest.raises(LayoutError, match="must be different"):
        inspect_folder(root, class_names=["cat", "cat"])


def test_wrong_one_hot_rows_are_unlabelled_with_a_reason(tmp_path):
    good = {f"ok{number}": one_hot(number % 3) for number in range(40)}
    bad = {
        "two": [1, 1, 0],
        "none": [0, 0, 0],
        "long": [0, 0, 1, 0],
        "half": [0.5, 0.5, 0],
        "text": ["a", 1, 0],
        "int": 2,
    }
    root = make(tmp_path, *(f"{key}.jpg" for key in [*good, *bad]), "silent.jpg")
    found = inspect_folder(labels_json(root, {**good, **bad, "gone": one_hot(1)}))
    assert problems_of(found) == {
        "two": "several-ones",
        "none": "no-ones",
        "long": "wrong-length",
        "half": "not-one-hot",
        "text": "not-a-number",
        "int": "wrong-type",
        "gone": "missing-file",
        "silent.jpg": "no-label",
    }
    assert found.task == "single" and sum(value is None for value in labels_of(found).values()) == 7


def test_many_rows_with_several_ones_are_a_multi_label_dataset(tmp_path):
    root = make(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    found = inspect_folder(labels_json(root, {"a": [1, 1, 0], "b": [0, 0, 1], "c": [0, 0, 0]}))
    assert (found.task, found.files["label"].null_count) == ("multi", 3)
    assert found.files["labels"].to_pylist() == [[0, 1], [2], []]
    assert found.label_problems.num_rows == 0


def test_index_out_of_range_is_unlabelled_with_a_reason(tmp_path):
    root = labels_json(make(tmp_path, "a.jpg", "b.jpg", "c.jpg", "d.jpg"), {"a": 0, "b": 2, "c": -1, "d": 1.5})
    found = inspect_folder(root, class_names=["cat", "dog"])
    assert problems_of(found) == {"b": "out-of-range", "c": "out-of-range", "d": "not-a-number"}
    assert labels_of(found)["a.jpg"] == "cat"


def test_negative_index_is_out_of_range_without_names_too(tmp_path):
    found = inspect_folder(labels_json(make(tmp_path, "a.jpg", "b.jpg", "c.jpg"), {"a": 0, "b": 1, "c": -1}))
    assert problems_of(found) == {"c": "out-of-range"} and found.class_names == ("0", "1")


def test_duplicate_json_key_with_other_label_is_unlabelled(tmp_path):
    text = '{"a": "cat", "b": "dog", "a": "dog", "c": "cat", "c": "cat"}'
    found = inspect_folder(labels_json(make(tmp_path, "a.jpg", "b.jpg", "c.jpg"), text))
    assert labels_of(found) == {"a.jpg": None, "b.jpg": "dog", "c.jpg": "cat"}
    assert problems_of(found) == {"a": "duplicate-key", "c": "repeated-key"}
    assert "cat | dog" in found.label_problems["value"].to_pylist()


def test_unknown_class_name_is_unlabelled_with_a_reason(tmp_path):
    root = labels_json(make(tmp_path, "a.jpg", "b.jpg"), {"a": "cat", "b": "cow"})
    assert problems_of(inspect_folder(root, class_names=["cat", "dog"])) == {"b": "unknown-class"}


def test_csv_gives_labels_splits_sources_and_licences(tmp_path):
    root = make(tmp_path, "imgs/a.jpg", "imgs/b.jpg")
    table(root, "File Name,Category,Set,URL,License", "a.jpg,cat,training,http://x/a,CC0", "b.jpg,dog,test,,")
    found = inspect_folder(root)
    assert labels_of(found) == {"imgs/a.jpg": "cat", "imgs/b.jpg": "dog"}
    assert splits_of(found) == {"imgs/a.jpg": "train", "imgs/b.jpg": "test"}
    assert found.files["source_url"].to_pylist() == ["http://x/a", None]
    assert found.files["licence"].to_pylist() == ["CC0", None]


def test_csv_with_odd_names_and_bad_rows_is_read(tmp_path):
    root = make(tmp_path, "a, b.jpg", "new\nline.jpg", "c.jpg", "d.jpg", "e.jpg")
    table(
        root,
        "path,label",
        '"a, b.jpg",cat',
        '"new\nline.jpg",dog',
        "c.jpg",
        "d.jpg,cat",
        "d.jpg,dog",
        "e.jpg,cat",
    )
    found = inspect_folder(root)
    assert labels_of(found) == {
        "a, b.jpg": "cat",
        "new\nline.jpg": "dog",
        "c.jpg": None,
        "d.jpg": None,
        "e.jpg": "cat",
    }
    assert problems_of(found) == {"c.jpg": "no-label", "d.jpg": "duplicate-key"}


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("labels.tsv", ("path\tlabel", "a.jpg\tcat", "b.jpg\tdog")),
        ("labels.csv", ("path;label", "a.jpg;cat", "b.jpg;dog")),
        ("labels.csv", ("a.jpg,cat", "b.jpg,dog")),
        ("labels.csv", ("\ufeffpath,label", "a.jpg,cat", "b.jpg,dog")),
        ("list.txt", ("a.jpg cat", "b.jpg dog")),
        ("rows.jsonl", ('{"file": "a.jpg", "label": "cat"}', '{"file": "b.jpg", "label": "dog"}')),
        ("rows.json", ('[{"image": "a.jpg", "class": "cat"}, {"image": "b.jpg", "class": "dog"}]',)),
    ],
)
def test_other_tables_are_read_alike(tmp_path, name, lines):
    found = inspect_folder(table(make(tmp_path, "a.jpg", "b.jpg"), *lines, name=name))
    assert labels_of(found) == {"a.jpg": "cat", "b.jpg": "dog"}


def test_whole_numbers_in_a_csv_are_indices(tmp_path):
    root = table(make(tmp_path, "a.jpg", "b.jpg"), "path,label", "a.jpg,1", "b.jpg,0.0")
    assert inspect_folder(root).files["label"].to_pylist() == [1, 0]


def test_column_of_several_labels_is_multi_label(tmp_path):
    root = table(make(tmp_path, "a.jpg", "b.jpg"), "path,tags", "a.jpg,cat|dog", "b.jpg,dog")
    found = inspect_folder(root)
    assert labels_of(found) == {"a.jpg": ["cat", "dog"], "b.jpg": ["dog"]} and found.task == "multi"


def test_parquet_is_read(tmp_path):
    rows = pa.table({"path": ["a.jpg", "b.jpg"], "label": pa.array([1, 0], pa.int16()), "split": ["train", None]})
    pq.write_table(rows, make(tmp_path, "a.jpg", "b.jpg") / "index.parquet")
    found = inspect_folder(tmp_path)
    assert found.files["label"].to_pylist() == [1, 0] and found.files["split"].to_pylist() == ["train", None]


def coco(root: Path, annotations: list[tuple[int, int]], name: str = "coco.json", images: str = "ab") -> Path:
    content = {
        "images": [{"id": n, "file_name": f"{stem}.jpg", "license": 7} for n, stem in enumerate(images)],
        "annotations": [{"id": n, "image_id": i, "category_id": c} for n, (i, c) in enumerate(annotations)],
        "categories": [{"id": 18, "name": "dog"}, {"id": 17, "name": "cat"}],
        "licenses": [{"id": 7, "name": "CC BY 4.0"}],
    }
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text(json.dumps(content))
    return root


def test_coco_with_one_category_a_picture_is_single_label(tmp_path):
    found = inspect_folder(coco(make(tmp_path, "a.jpg", "b.jpg"), [(0, 17), (0, 17), (1, 18)]))
    assert (found.layout, found.task, found.class_names) == ("labels-coco", "single", ("cat", "dog"))
    assert labels_of(found) == {"a.jpg": "cat", "b.jpg": "dog"}
    assert found.files["licence"].to_pylist() == ["CC BY 4.0"] * 2


def test_coco_with_several_categories_is_multi_label(tmp_path):
    found = inspect_folder(coco(make(tmp_path, "a.jpg", "b.jpg"), [(0, 18), (0, 17)]))
    assert labels_of(found) == {"a.jpg": ["cat", "dog"], "b.jpg": []}


def test_coco_with_dangling_ids_says_so(tmp_path):
    found = inspect_folder(coco(make(tmp_path, "a.jpg", "b.jpg"), [(0, 17), (9, 17), (1, 99)]))
    codes = Counter(found.label_problems["code"].to_pylist())
    assert codes == {"missing-file": 1, "out-of-range": 1, "no-label": 1}


def test_coco_files_of_two_splits_can_be_taken_together(tmp_path):
    root = make(tmp_path, "train2017/a.jpg", "val2017/b.jpg")
    coco(root, [(0, 17)], "annotations/train.json", "a")
    coco(root, [(0, 18)], "annotations/val.json", "b")
    found = inspect_folder(root)
    assert (found.reading, found.question) == ("labels:*", None)
    assert labels_of(found) == {"train2017/a.jpg": "cat", "val2017/b.jpg": "dog"}
    assert set(splits_of(found).values()) == {"train", "val"} and found.ignored == {"label file": 2}
    assert inspect_folder(root, reading="labels:*").files.equals(found.files)


def test_two_label_files_are_asked_about(tmp_path):
    root = labels_json(make(tmp_path, "a.jpg", "b.jpg"), {"a": "cat", "b": "cat"})
    table(root, "path,label", "a.jpg,dog", name="better.csv")
    assert options_of(inspect_folder(root)) == ["labels:labels.json", "labels:better.csv"]
    answered = inspect_folder(root, reading="labels:better.csv")
    assert labels_of(answered)["a.jpg"] == "dog" and "labels.json" in labels_of(answered)
    assert answered.ignored == {"label file": 1}


def test_label_file_and_class_folders_are_asked_about(tmp_path):
    root = table(make(tmp_path, "x/a.jpg", "y/b.jpg"), "path,label", "x/a.jpg,cat", "y/b.jpg,dog")
    assert options_of(inspect_folder(root)) == ["labels:labels.csv", "classes"]
    assert set(labels_of(inspect_folder(root, reading="classes")).values()) == {"x", "y", None}


def test_label_file_with_split_folders_takes_both(tmp_path):
    root = table(make(tmp_path, "train/a.jpg", "test/b.jpg"), "path,label", "a.jpg,cat", "b.jpg,dog")
    found = inspect_folder(root)
    assert found.question is None
    assert splits_of(found) == {"train/a.jpg": "train", "test/b.jpg": "test"}


def test_json_about_something_else_is_no_label_file(tmp_path):
    root = make(tmp_path, "cat/a.jpg", "dog/a.jpg")
    (root / "truth.json").write_text('{"seed": 801, "files": ["cat/a.jpg"]}')
    (root / "broken.json").write_text("{")
    (root / "prices.csv").write_text("item,price\nx,1\n")
    found = inspect_folder(root)
    assert (found.layout, found.question, found.ignored) == ("classes", None, {})
    assert {"truth.json", "broken.json", "prices.csv"} <= set(labels_of(found))


def test_label_file_outside_the_root_can_be_named(tmp_path):
    root = make(tmp_path / "root", "a.jpg")
    labels_json(tmp_path, {"a": "cat"})
    found = inspect_folder(root, labels=tmp_path / "labels.json")
    assert labels_of(found) == {"a.jpg": "cat"} and found.label_file == tmp_path / "labels.json"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("l.json", "{", "no valid JSON.*line 1"),
        ("l.json", '{"zzz": 1}', "None of the 1 key in"),
        ("l.json", "[1, 2]", "holds no labels"),
        ("l.json", "[" * 100_000, "no valid JSON|can be read"),
        ("l.csv", "item,price,x\n1,2,3\n", "no path column. Its columns are item, price, x"),
        ("l.csv", "path,p,q\na,1,2\n", "no label column"),
        ("l.csv", "", "empty"),
        ("l.parquet", "PAR1 no", "no Parquet table"),
        ("l.xlsx", "x", "no label file that Vitrine knows"),
        ("l.csv", "path,label\na.jpg,\0", "zero bytes"),
    ],
)
def test_named_label_file_that_can_not_be_used_is_refused(tmp_path, name, content, words):
    (make(tmp_path, "a.jpg") / name).write_text(content)
    with pytest.raises(LayoutError, match=words):
        inspect_folder(tmp_path, labels=Path(name))


def test_named_label_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    make(tmp_path, "a.jpg")
    with pytest.raises(LayoutError, match="no label file gone.csv"):
        inspect_folder(tmp_path, labels=Path("gone.csv"))
    (tmp_path / "bytes.csv").write_bytes(b"path,label\na.jpg,caf\xe9\x81")
    with pytest.raises(LayoutError, match="not UTF-8 text"):
        inspect_folder(tmp_path, labels=Path("bytes.csv"))


def test_given_names_that_do_not_fit_the_columns_are_refused(tmp_path):
    root = labels_json(make(tmp_path, "a.jpg"), {"a": one_hot(1)})
    with pytest.raises(LayoutError, match="2 class names were given, but the rows of labels.json have 3"):
        inspect_folder(root, class_names=["cat", "dog"])


def test_half_a_surrogate_pair_in_json_does_no_harm(tmp_path):
    root = labels_json(make(tmp_path, "a.jpg", "b.jpg"), r'{"a": "\ud800", "b": "x", "\udfff": "y\ud800"}')
    found = inspect_folder(root)
    assert found.class_names == ("\\ud800", "x", "y\\ud800") and problems_of(found) == {"\\udfff": "missing-file"}


def test_enormous_numbers_do_no_harm(tmp_path):
    root = labels_json(make(tmp_path, "a.jpg", "b.jpg"), f'{{"a": 1{"0" * 400}, "b": 1e999}}')
    assert set(labels_of(inspect_folder(root)).values()) <= {f"1{'0' * 400}", "inf", None}


def test_empty_cell_of_a_float_column_is_no_label(tmp_path):
    rows = pa.table({"path": ["a.jpg", "b.jpg"], "label": [1.0, float("nan")]})
    pq.write_table(rows, make(tmp_path, "a.jpg", "b.jpg") / "index.parquet")
    assert problems_of(inspect_folder(tmp_path)) == {"b.jpg": "no-label"}


@pytest.mark.parametrize("column", ["label", "file", "split"])
@pytest.mark.parametrize(
    "kind", [pa.duration("s"), pa.duration("us"), pa.timestamp("ms"), pa.timestamp("us", "UTC"), pa.date64()], ids=str
)
def test_times_that_no_calendar_has_are_a_sentence(tmp_path, kind, column):
    columns = {"file": ["a.png"], "label": ["cat"], "split": ["train"]}
    wild = pa.array([2**62], pa.int64()).view(kind)
    pq.write_table(pa.table({**columns, column: wild}), tmp_path / "labels.parquet")
    try:
        read_label_file(tmp_path / "labels.parquet")
    except LayoutError as refused:
        assert column in str(refused)


def test_a_duration_of_two_to_the_62_seconds_is_refused(tmp_path):
    table = pa.table({"file": ["a.png"], "label": pa.array([2**62], pa.duration("s"))})
    pq.write_table(table, tmp_path / "labels.parquet")
    with pytest.raises(LayoutError, match=r"column label of labels\.parquet \(duration\[s\]\)"):
        read_label_file(tmp_path / "labels.parquet")


@pytest.mark.parametrize("label", ["9" * 400, "-" + "9" * 19, "1e309", "inf"])
def test_a_number_that_no_class_has_is_a_name(tmp_path, label) -> None:
    (tmp_path / "labels.csv").write_text(f"path,label\na.png,{label}\nb.png,7\n", encoding="utf-8")
    assert read_label_file(tmp_path / "labels.csv").values == [label, "7"]


def test_whole_numbers_of_many_digits_keep_the_last(tmp_path) -> None:
    (tmp_path / "labels.csv").write_text(
        "path,label\na.png,9007199254740993\nb.png,9007199254740992.0\n", encoding="utf-8"
    )
    assert read_label_file(tmp_path / "labels.csv").values == [9007199254740993, 9007199254740992]

"""Label files that cost more than they say: refused, read in a process of its own, and never kept twice."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers import label_limits, look, marker
from importers.inspect import inspect_folder
from importers.label_files import read_class_names, read_label_file
from importers.look import look_at_folder
from importers.types import LayoutError
from jobs.engine.intake import Intake
from jobs.import_ import job as import_job
from jobs.import_.kind import ImportParameters
from tests.support.laid_out import labels_json, labels_of, make, problems_of, table
from tests.support.places import PROJECT


def parquet(root: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), make(root, "a.jpg", "b.jpg") / "labels.parquet")
    return root


def repeated(value: object, n: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([value]))


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_million_equal_rows_are_one_problem_and_cost_the_asking_process_little(tmp_path):
    parquet(tmp_path, path=repeated("a.jpg", 1_000_000), label=repeated("cat", 1_000_000))
    assert (tmp_path / "labels.parquet").stat().st_size < 10_000
    code = (
        "import re, sys\nfrom pathlib import Path\nfrom importers.look import look_at_folder\n"
        "found = look_at_folder(sys.argv[1])\n"
        "print(found.label_problems.num_rows, found.label_problems['reason'][0].as_py())\n"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) >> 10)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT, capture_output=True, text=True)
    told, n_mib = done.stdout.splitlines()
    assert told == "2 Listed more than once, each time with the same label. So in 999,999 rows."
    assert int(n_mib) < 200


def test_more_rows_than_pictures_may_be_are_refused_before_any_is_read(tmp_path, monkeypatch):
    parquet(tmp_path, path=repeated("a.jpg", 5_000_000), label=repeated("cat", 5_000_000))
    monkeypatch.setattr(pq.ParquetFile, "read", lambda *_, **__: pytest.fail("a row was read"))
    with pytest.raises(LayoutError, match=r"labels\.parquet has 5,000,000 rows; label files may have 2,000,000\. Move"):
        inspect_folder(tmp_path)
    assert labels_of(inspect_folder(tmp_path, reading="flat")) == {
        "a.jpg": None,
        "b.jpg": None,
        "labels.parquet": None,
    }


@pytest.mark.parametrize("column", ["label", "licence", "path"])
def test_one_long_text_a_million_times_is_refused(tmp_path, column):
    columns = {"path": ["a.jpg"] * 1000, "label": ["cat"] * 1000} | {column: repeated("x" * (1 << 24), 1000)}
    parquet(tmp_path, **columns)
    with pytest.raises(LayoutError, match="holds a text of 16,777,216 bytes"):
        read_label_file(tmp_path / "labels.parquet")


def test_a_lists_values_are_counted_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(label_limits, "MAX_VALUES", 2_000)
    parquet(tmp_path, path=["a.jpg"] * 10, label=[[0] * 300] * 10)
    monkeypatch.setattr(pq.ParquetFile, "read", lambda *_, **__: pytest.fail("a row was read"))
    with pytest.raises(LayoutError, match="has 3,010 values; label files may have 2,000"):
        read_label_file(tmp_path / "labels.parquet")


def test_bytes_columns_and_groups_of_a_parquet_file_are_bounded(tmp_path, monkeypatch):
    parquet(tmp_path, path=[f"{n}.jpg" for n in range(1000)], label=["cat"] * 1000, more=["x"] * 1000)
    for name, most, words in (
        ("MAX_COLUMN_BYTES", 1_000, "unpack to [0-9,]+ bytes; they may have 1,000"),
        ("MAX_ROW_GROUPS", 0, "has 1 row group;"),
        ("MAX_LABEL_BYTES", 10, "bytes; label files may have"),
    ):
        with monkeypatch.context() as patch, pytest.raises(LayoutError, match=words):
            patch.setattr(label_limits, name, most)
            if name == "MAX_LABEL_BYTES":
                patch.setattr(label_limits.check_bytes, "__kwdefaults__", {"most": most})
            read_label_file(tmp_path / "labels.parquet")
    monkeypatch.setattr("importers.label_parquet.MAX_COLUMNS", 2)
    with pytest.raises(LayoutError, match="has 3 columns"):
        read_label_file(tmp_path / "labels.parquet")


def test_only_the_columns_that_are_used_are_read(tmp_path, monkeypatch):
    parquet(tmp_path, path=["a.jpg"], label=["cat"], features=[[1.0] * 500], id=[1], url=[{"deep": [1]}])
    read, asked = pq.ParquetFile.read, []
    monkeypatch.setattr(
        pq.ParquetFile, "read", lambda file, **how: (asked.extend(how["columns"]), read(file, **how))[1]
    )
    assert read_label_file(tmp_path / "labels.parquet").values == ["cat"]
    assert sorted(asked) == ["label", "path"]


@pytest.mark.parametrize("label", [[{"a": 1}], [[["x"]]], [b"\x00"]])
def test_tables_in_a_table_are_no_labels(tmp_path, label):
    parquet(tmp_path, path=["a.jpg"], label=label)
    with pytest.raises(LayoutError, match="The column label of labels.parquet"):
        read_label_file(tmp_path / "labels.parquet")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("l.csv", "path,label\n" + "a.jpg,cat\n" * 20, "has more than 9 lines"),
        ("l.tsv", "path\tlabel\r" + "a.jpg\tcat\r" * 20, "has more than 9 lines"),
        ("l.txt", "a.jpg cat\n" * 20, "has more than 9 lines"),
        ("l.jsonl", '{"path": "a.jpg", "label": 1}\n' * 20, "has more than 9 lines"),
        ("l.csv", f"path,label\na.jpg,{'x' * 300}", "a line of more than 200 bytes"),
        ("l.jsonl", json.dumps({"path": "a.jpg", "label": "x" * 300}), "a line of more than 200 bytes"),
        ("l.json", json.dumps({"a.jpg": [0] * 300}), "has more than 100 values"),
        ("l.json", json.dumps([{}] * 300), "has more than 100 values"),
        ("l.json", json.dumps({f"{n}.jpg": 1 for n in range(20)}), "has 20 rows; label files may have 9"),
        ("l.json", json.dumps({"a.jpg": [[[[[1]]]]]}), "lists in lists"),
        ("l.json", json.dumps({"a.jpg": {"a": {"b": {"c": {"d": {}}}}}}), "lists in lists"),
        ("l.json", json.dumps({"a.jpg": "x" * 60}), "a text of 60 characters"),
    ],
)
def test_tables_and_json_are_bounded(tmp_path, monkeypatch, name, content, words):
    for limit, most in (("MAX_ROWS", 9), ("MAX_LINE_BYTES", 200), ("MAX_VALUES", 100)):
        monkeypatch.setattr(label_limits, limit, most)
    monkeypatch.setattr("importers.label_rows.MAX_CELL_CHARACTERS", 50)
    (make(tmp_path, "a.jpg") / name).write_text(content)
    with pytest.raises(LayoutError, match=words):
        inspect_folder(tmp_path, labels=Path(name))


def test_a_file_that_may_be_anything_is_passed_over_and_said_where_it_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(label_limits, "MAX_VALUES", 10)
    labels_json(make(tmp_path, "a.jpg"), {"features": [0] * 100})
    found = inspect_folder(tmp_path)
    said = "It was not looked at for labels: labels.json has more than 10 values; no label file may have that."
    assert found.said == (said,)
    assert "labels.json" in found.files["path"].to_pylist()


def test_a_table_of_labels_that_is_too_long_is_not_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(label_limits, "MAX_ROWS", 9)
    table(make(tmp_path, "a.jpg"), "path,label", *["a.jpg,cat"] * 20)
    with pytest.raises(LayoutError, match="more than 9 lines.*--reading flat"):
        inspect_folder(tmp_path)


def test_outlines_of_coco_are_let_go_while_the_file_is_read(tmp_path):
    outline = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[0.5] * 1000], "bbox": [0, 0, 1, 1]}
    content = {
        "images": [{"id": 1, "file_name": "a.jpg"}],
        "annotations": [outline],
        "categories": [{"id": 1, "name": "cat"}],
    }
    root = labels_json(make(tmp_path, "a.jpg"), content)
    assert labels_of(inspect_folder(root)) == {"a.jpg": "cat"}


def test_a_million_equal_annotations_are_one_problem(tmp_path):
    content = {
        "images": [{"id": 1, "file_name": "a.jpg"}],
        "annotations": [{"image_id": 7, "category_id": 1}] * 1000,
        "categories": [{"id": 1, "name": "cat"}],
    }
    problems = inspect_folder(labels_json(make(tmp_path, "a.jpg"), content)).label_problems.to_pylist()
    assert Counter(row["code"] for row in problems) == {"missing-file": 1, "no-label": 1}
    assert problems[0]["reason"].endswith("So in 1,000 rows.")


def test_equal_rows_about_no_file_are_one_problem(tmp_path):
    root = table(make(tmp_path, "a.jpg"), "path,label", "a.jpg,cat", *["gone.jpg,cat"] * 500, f"{'x' * 5000},dog")
    problems = inspect_folder(root).label_problems.to_pylist()
    assert [row["reason"][-16:] for row in problems] == ["So in 500 rows.".rjust(16), "e in the folder."]
    assert len(problems[1]["key"]) < 1_100


def test_a_file_of_class_names_is_bounded_and_a_name_twice_is_found_at_once(tmp_path, monkeypatch):
    path = tmp_path / "classes.txt"
    path.write_text("\n".join([*(f"class {n}" for n in range(200_000)), "class 7"]))
    with pytest.raises(LayoutError, match="names the class 'class 7' twice"):
        read_class_names(path)
    path.write_bytes(b"x" * ((16 << 20) + 1))
    with pytest.raises(LayoutError, match="label files may have 16,777,216"):
        read_class_names(path)


@pytest.mark.long
def test_a_look_from_outside_says_what_a_look_inside_says(tmp_path):
    root = table(make(tmp_path, "x/a.jpg", "y/b.jpg"), "path,label,split", "a.jpg,cat,train", "b.jpg,dog,")
    (root / "\udcff").write_bytes(b"x")
    inside, outside = inspect_folder(root), look_at_folder(root)
    assert outside.files.equals(inside.files) and outside.label_problems.equals(inside.label_problems)
    assert outside.question is not None
    for name in (
        "root",
        "layout",
        "reading",
        "title",
        "question",
        "task",
        "class_names",
        "unreadable",
        "label_file",
        "said",
    ):
        assert getattr(outside, name) == getattr(inside, name), name
    assert dict(outside.ignored) == dict(inside.ignored)
    named = look_at_folder(root, reading="flat", class_names=None)
    assert named.layout == "flat"
    with pytest.raises(LayoutError, match="There is no folder"):
        look_at_folder(tmp_path / "gone")


@pytest.mark.long
def test_neither_the_page_nor_the_job_reads_labels_in_its_own_process(tmp_path, monkeypatch):
    root = table(make(tmp_path / "pictures", "a.jpg"), "path,label", "a.jpg,cat")
    monkeypatch.setattr("importers.candidates.label_readings", lambda *_: pytest.fail("it was read here"))
    parameters = ImportParameters(folder=str(root))
    for found in (
        Intake(tmp_path, import_roots=None).inspect_folder(root),
        import_job.inspect(parameters, cache=tmp_path),
    ):
        assert labels_of(found) == {"a.jpg": "cat"}
    # a child that has ended is one until its parent has heard of it
    alive = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    assert not [child for child in alive if "importers.look_child" in child.cmdline()]


def test_a_look_that_takes_long_is_ended(tmp_path):
    with pytest.raises(LayoutError, match=r"took more than 0\.02 seconds, so it was stopped"):
        look_at_folder(make(tmp_path, "a.jpg"), within_s=0.02)
    assert not [child for child in psutil.Process().children() if "importers.look_child" in child.cmdline()]


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory there")
def test_a_look_that_takes_much_memory_is_a_sentence(tmp_path):
    labels_json(make(tmp_path, "a.jpg"), {"a.jpg": [0.5] * 10_000_000})
    with pytest.raises(LayoutError, match="labels.json need more memory than there is"):
        look_at_folder(tmp_path, labels=Path("labels.json"), memory_bytes=300 << 20)
    assert "need more memory" in " ".join(look_at_folder(tmp_path, memory_bytes=300 << 20).said)


@pytest.mark.parametrize("how", ["SIGSEGV", "SIGKILL"])
def test_a_look_whose_process_dies_is_a_sentence(tmp_path, monkeypatch, how):
    code = f"import os, signal; os.kill(os.getpid(), signal.{how})"
    monkeypatch.setattr(look, "COMMAND", (sys.executable, "-c", code))
    words = {"SIGSEGV": r"ended without an answer \(SIGSEGV\)", "SIGKILL": "memory ran out"}[how]
    with pytest.raises(LayoutError, match=words):
        look_at_folder(make(tmp_path, "a.jpg"))


def test_a_look_that_ends_in_the_middle_of_its_answer_is_a_sentence(tmp_path, monkeypatch):
    head = '{"layout": "flat", "reading": "flat", "title": "", "task": "single"}'
    code = (
        "import sys, struct, pyarrow as pa\n"
        f"body = {head!r}.encode(); out = sys.stdout.buffer\n"
        "out.write(struct.pack('>I', len(body)) + body + b'\\xff\\xff\\xff\\xff\\x10\\x00\\x00\\x00half'); out.flush()"
    )
    monkeypatch.setattr(look, "COMMAND", (sys.executable, "-c", code))
    with pytest.raises(LayoutError, match="ended without an answer"):
        look_at_folder(make(tmp_path, "a.jpg"))


def test_two_look_at_a_time_and_an_order_waits_for_neither(tmp_path, monkeypatch):
    together, lock, most = [0], threading.Lock(), [0]

    def ask(*_, **__):
        with lock:
            together[0] += 1
            most[0] = max(most[0], together[0])
        time.sleep(0.05)
        with lock:
            together[0] -= 1

    monkeypatch.setattr(look, "ask", ask)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: look_at_folder(tmp_path), range(6)))
    assert most[0] == 2
    with look._places, look._places:
        look_at_folder(tmp_path, waits=False)
    monkeypatch.setattr(import_job, "look_at_folder", lambda *_, **how: how["waits"])
    assert import_job.inspect(ImportParameters(folder=str(tmp_path)), cache=tmp_path) is False


def test_a_large_mark_of_an_export_is_not_read(tmp_path, monkeypatch):
    make(tmp_path, "cat/a.jpg", "dog/b.jpg")
    (tmp_path / marker.MARKER).write_text('{"reading": "flat"}')
    assert inspect_folder(tmp_path).layout == "flat"
    monkeypatch.setattr(marker, "MAX_BYTES", 3)
    assert inspect_folder(tmp_path).layout == "classes"


CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["a", "a.jpg"])
JSON = st.recursive(CELLS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner))
ROWS = st.lists(
    st.dictionaries(st.sampled_from(["path", "label", "labels", "split", "url", "image_id", "images"]), JSON)
)


@pytest.mark.long
@settings(max_examples=150)
@given(content=JSON | ROWS, ending=st.sampled_from(["json", "jsonl"]))
def test_any_json_is_labels_or_a_sentence(tmp_path_factory, content, ending):
    root = make(tmp_path_factory.mktemp("any"), "a.jpg")
    rows = content if isinstance(content, list) else [content]
    (root / f"l.{ending}").write_text(
        json.dumps(content) if ending == "json" else "\n".join(json.dumps(row) for row in rows)
    )
    inspect_folder(root)
    try:
        inspect_folder(root, labels=Path(f"l.{ending}"))
    except LayoutError as error:
        assert len(str(error)) < 1_000


@settings(max_examples=150)
@given(
    content=st.binary(max_size=60) | st.text(alphabet='ab,;\t\n\r"|. \0\u2028é', max_size=60).map(str.encode),
    header=st.sampled_from([b"", b"path,label\n", b"file;tags\r\n"]),
    ending=st.sampled_from(["csv", "tsv", "txt", "json", "parquet"]),
)
@pytest.mark.long
def test_any_bytes_are_labels_or_a_sentence(tmp_path_factory, content, header, ending):
    root = make(tmp_path_factory.mktemp("any"), "a.jpg", "b")
    (root / f"l.{ending}").write_bytes(header + content)
    inspect_folder(root)
    try:
        problems_of(inspect_folder(root, labels=Path(f"l.{ending}")))
    except LayoutError as error:
        assert len(str(error)) < 1_000

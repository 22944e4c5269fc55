"""What an order may bring along: its parameters, and the files that the owner reads before a worker starts."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.detect.order_files import names_in_file
from jobs.engine import intake, mailbox, parameters
from jobs.engine.errors import NotNow, UnknownParameter
from jobs.engine.kinds import all_kinds, load_kind
from jobs.engine.supervisor import Supervisor
from jobs.label_issues import predictions_file
from jobs.label_issues.predictions_file import read_predictions_file
from jobs.submission import read
from tests.support.small_workspace import new_dataset


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_the_parameters_of_an_order_have_a_length(kind) -> None:
    with pytest.raises(
        UnknownParameter, match=f"{kind}: its parameters have [0-9,]+ characters; 8,000,000 are the most"
    ):
        load_kind(kind).read({"x": "y" * parameters.MOST_CHARACTERS})


def test_parameters_that_are_nested_without_end_are_a_sentence() -> None:
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(UnknownParameter, match="cannot be read|has no parameter"):
        load_kind("import").read({"class_names": nested})


def test_a_list_of_names_has_a_length(tmp_path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(b"a\n" * (8 << 20) + b"b")
    with pytest.raises(UnknownParameter, match="has 16,777,217 bytes; a list of names has 16,777,216 at most"):
        names_in_file(str(path))


def repeated(value: object, n: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([value]))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"path": repeated("a.png", 5_000_000), "cat": repeated(1.0, 5_000_000)},
            "5,000,000 rows, and the dataset has 1",
        ),
        ({"path": repeated("x" * (1 << 24), 1_000), "cat": np.ones(1_000)}, "a path of more than 16,384 bytes"),
        ({"path": ["a.png"] * 1_000, "cat": repeated("x" * (1 << 24), 1_000)}, r"what is not a number \(cat: "),
        ({"path": ["a.png"], "cat": [[1.0] * 10]}, r"what is not a number \(cat: list"),
        ({"path": ["a.png"], **{f"c{n}": [0.1] for n in range(10_001)}}, "10,002 columns"),
    ],
)
def test_predictions_that_take_much_memory_are_refused(tmp_path, monkeypatch, columns, said) -> None:
    path = tmp_path / "p.parquet"
    pq.write_table(pa.table(columns), path, store_schema=False)
    assert path.stat().st_size < 4_000_000
    if "path of more" not in said:
        monkeypatch.setattr(pq.ParquetFile, "read", lambda *_, **__: pytest.fail("rows were read"))
    with pytest.raises(UnknownParameter, match=said):
        read_predictions_file(path, paths=["a.png"])


def test_a_file_of_predictions_has_a_length(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(predictions_file, "MOST_CSV_BYTES", 10)
    (tmp_path / "p.csv").write_text("path,cat\na.png,1\n")
    with pytest.raises(UnknownParameter, match="has 17 bytes; 10 are the most"):
        read_predictions_file(tmp_path / "p.csv", paths=["a.png"])


def test_visitors_start_nothing_on_a_disk_that_is_as_full_as_they_may_make_it(workspace, monkeypatch) -> None:
    dataset = new_dataset(workspace)
    monkeypatch.setattr(intake, "room_left", lambda _: 0)
    with pytest.raises(NotNow, match="as full as visitors may make it"):
        Supervisor(workspace).start("embed", dataset=dataset.name)
    assert not (workspace.root / "jobs").exists() or not list((workspace.root / "jobs").iterdir())


def test_visitors_have_a_bounded_number_of_jobs_waiting(workspace, monkeypatch) -> None:
    monkeypatch.setattr("jobs.engine.supervisor.MOST_ACTIVE", 0)
    with pytest.raises(NotNow, match="Enough is waiting: 0 jobs"):
        Supervisor(workspace).start("embed", dataset=new_dataset(workspace).name)


def test_a_request_in_the_inbox_has_a_length(workspace) -> None:
    inbox = workspace.root / "inbox"
    inbox.mkdir(exist_ok=True)
    with (inbox / "0000000000000000.json").open("wb") as file:
        file.truncate(mailbox.MOST_BYTES + 1)
    Supervisor(workspace).tick()
    assert "A request may have 16,777,216 bytes" in (inbox / "0000000000000000.reply.json").read_text()


@pytest.mark.parametrize(
    ("name", "said"), [("MOST_LABEL_BYTES", "too large"), ("MOST_PICTURE_BYTES", "which no picture")]
)
def test_files_of_a_submission_have_a_length(tmp_path, monkeypatch, name, said) -> None:
    monkeypatch.setattr(read, name, 3)
    (tmp_path / "imgs").mkdir()
    (tmp_path / "imgs" / "a.jpg").write_bytes(b"four")
    (tmp_path / read.LABELS).write_text("{   }")
    found = read.read_set(tmp_path, report=lambda _: None)
    assert said in str(found.labels_wrong) + str(found.pictures)


@pytest.mark.parametrize("content", [b"\x80ath,cat\na.png,1\n", b"path,\xff\na.png,1\n", b"\xff\xfe\n"])
def test_predictions_whose_header_is_no_text_are_refused(tmp_path, content) -> None:
    (tmp_path / "p.csv").write_bytes(content)
    with pytest.raises(UnknownParameter):
        read_predictions_file(tmp_path / "p.csv", paths=["a.png"])


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"path": [b"a\x80png"], "cat": [1.0]}, "no UTF-8 text"),
        ({"path": ["a.png"], "cat": [float("nan")]}, "holds no number for any"),
        ({"path": ["a.png"], "cat": [3e38], "dog": [3e38]}, "must sum to 1"),
        ({"path": ["a.png"], "cat": [3.4028235677973366e38], "dog": [-3.4028235677973366e38]}, "must not be negative"),
    ],
)
def test_predictions_that_say_nothing_are_a_sentence(tmp_path, columns, said) -> None:
    table = pa.table(columns)
    if isinstance(columns["path"][0], bytes):
        table = table.set_column(0, "path", table["path"].combine_chunks().view(pa.string()))
    pq.write_table(table, tmp_path / "p.parquet")
    with pytest.raises(UnknownParameter, match=said):
        read_predictions_file(tmp_path / "p.parquet", paths=["a.png"])


@pytest.mark.parametrize("header", [",path,cat,dog,", "path,cat,cat", "path,path,cat"])
def test_predictions_with_a_column_twice_are_refused(tmp_path, header) -> None:
    (tmp_path / "p.csv").write_text(f"{header}\n" + ",".join("1" * header.count(",") + "1") + "\n", encoding="utf-8")
    with pytest.raises(UnknownParameter, match="twice"):
        read_predictions_file(tmp_path / "p.csv", paths=["1"])

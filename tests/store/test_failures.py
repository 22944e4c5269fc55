import pyarrow as pa

from store.connection import Workspace
from store.failures import (
    failure_reasons,
    file_balance,
    label_problem_reasons,
    list_failures,
    list_label_problems,
    to_csv,
)
from store.images import SourceState, reconcile_source
from tests.support.small_workspace import failure_row, image_row, land, new_dataset


def reconcile(workspace: Workspace, dataset_id: int, paths: list[str], problems: list[tuple] = ()) -> None:
    files = pa.table(
        {
            "path": pa.array(paths, pa.string()),
            "bytes": pa.array([100] * len(paths), pa.int64()),
            "mtime_ns": pa.array([1] * len(paths), pa.int64()),
            "label": pa.nulls(len(paths), pa.int32()),
            "labels": pa.nulls(len(paths), pa.list_(pa.int32())),
            "split": pa.nulls(len(paths), pa.string()),
            "source_url": pa.nulls(len(paths), pa.string()),
            "licence": pa.nulls(len(paths), pa.string()),
        }
    )
    unreadable = pa.schema(
        [("path", pa.string()), ("code", pa.string()), ("reason", pa.string())]
        + [("bytes", pa.int64()), ("mtime_ns", pa.int64())]
    ).empty_table()
    columns = ("key", "code", "reason", "value")
    table = pa.table({name: pa.array([row[at] for row in problems], pa.string()) for at, name in enumerate(columns)})
    state = SourceState("single", "classes", {}, (), files, unreadable, table)
    reconcile_source(workspace, dataset_id, state=state, run_id=1)


def test_images_and_failures_add_up_to_the_files(workspace):
    dataset = new_dataset(workspace)
    reconcile(workspace, dataset.id, ["a.png", "b.png", "c.png", "d.png"])
    assert file_balance(workspace, dataset.id).n_pending == 4
    land(workspace, dataset.id, [image_row("a.png"), image_row("b.png"), failure_row("c.png")])
    balance = file_balance(workspace, dataset.id)
    assert (balance.n_files, balance.n_images, balance.n_failures, balance.n_pending) == (4, 2, 1, 1)
    land(workspace, dataset.id, [failure_row("d.png", code="truncated", reason="It ends too early.")])
    assert file_balance(workspace, dataset.id).n_pending == 0


def test_an_image_whose_file_has_gone_is_no_part_of_the_sum(workspace):
    dataset = new_dataset(workspace)
    reconcile(workspace, dataset.id, ["a.png", "b.png"])
    land(workspace, dataset.id, [image_row("a.png"), image_row("b.png")])
    reconcile(workspace, dataset.id, ["a.png"])
    balance = file_balance(workspace, dataset.id)
    assert (balance.n_files, balance.n_images, balance.n_missing, balance.n_pending) == (1, 1, 1, 0)


def test_reasons_are_counted_the_most_frequent_first_and_each_dataset_has_its_own(workspace):
    dataset, other = new_dataset(workspace), new_dataset(workspace, "fish")
    land(
        workspace,
        dataset.id,
        [failure_row("1.png"), failure_row("2.png", code="truncated", reason="T."), failure_row("3.png")],
    )
    land(workspace, other.id, [failure_row("9.png", code="damaged", reason="D.")])
    reasons = failure_reasons(workspace, dataset.id)
    assert [(reason.code, reason.n) for reason in reasons] == [("empty", 2), ("truncated", 1)]
    assert reasons[0].example == "The file has zero bytes."


def test_a_page_of_failures_is_by_path_and_can_be_of_one_reason(workspace):
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [failure_row(f"{n}.png") for n in (3, 1, 2)])
    land(workspace, dataset.id, [failure_row("0.png", code="truncated", reason="T.")])
    assert list_failures(workspace, dataset.id)["path"].to_pylist() == ["0.png", "1.png", "2.png", "3.png"]
    page = list_failures(workspace, dataset.id, code="empty", first=1, n_rows=1)
    assert page["path"].to_pylist() == ["2.png"]
    assert list_failures(workspace, dataset.id, code="'; DROP TABLE image; --").num_rows == 0


def test_label_problems_are_counted_and_listed(workspace):
    dataset = new_dataset(workspace)
    problems = [
        ("a", "missing-file", "There is no such file.", "[1]"),
        ("b", "not-one-hot", "Two ones.", "[1, 1]"),
        ("c", "missing-file", "There is no such file.", None),
    ]
    reconcile(workspace, dataset.id, [], problems)
    assert [(reason.code, reason.n) for reason in label_problem_reasons(workspace, dataset.id)] == [
        ("missing-file", 2),
        ("not-one-hot", 1),
    ]
    assert list_label_problems(workspace, dataset.id, code="missing-file")["key"].to_pylist() == ["a", "c"]


def test_csv_keeps_quotes_commas_newlines_and_emoji_in_names():
    table = pa.table({"path": ['a "b", c\n🦊.png'], "bytes": [3]})
    assert to_csv(table).decode() == '"path","bytes"\n"a ""b"", c\n🦊.png",3\n'

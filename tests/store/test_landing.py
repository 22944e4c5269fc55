"""Segments land once, whole or not at all, and follow the files they speak of."""

import duckdb
import pyarrow as pa
import pytest

from store.datasets import class_names, find_dataset
from store.errors import NameTaken, SegmentUnreadable, UnknownDataset
from store.images import import_todo, import_totals, reconcile_source
from store.ledger import land_segment, landed_totals
from store.vectors import images_without_vector, list_spaces, read_vectors
from tests.support.small_workspace import SCHEMA, failure_row, image_row, land, land_random_vectors, new_dataset
from tests.support.source_state import source


@pytest.fixture
def dataset(workspace):
    return new_dataset(workspace)


def totals(workspace, dataset):
    found = import_totals(workspace, dataset.id)
    return found.n_images, found.n_missing, found.n_failures


def ids(workspace):
    return {row["path"]: row["id"] for row in workspace.read_text("SELECT path, id FROM image").to_pylist()}


def test_a_segment_that_comes_twice_lands_once(workspace, dataset):
    table = pa.Table.from_pylist([image_row("a.png"), image_row("b.png")], schema=SCHEMA)

    def once():
        from store.images import land_images

        return land_segment(
            workspace,
            job_id="import-000001",
            n=0,
            table=table,
            n_failed=0,
            dataset_id=dataset.id,
            land=lambda cursor, rows: land_images(cursor, dataset.id, table=rows, run_id=1),
        )

    assert (once(), once()) == (True, False)
    assert totals(workspace, dataset) == (2, 0, 0)
    assert landed_totals(workspace, "import-000001").n_rows == 2


def test_a_segment_with_a_missing_column_leaves_no_trace(workspace, dataset):
    def fail(cursor, rows):
        cursor.register("incoming", rows)
        cursor.execute("INSERT INTO import_failure SELECT 1, path, nothing, nothing, 0, 0, 1 FROM incoming")

    table = pa.table({"path": ["a.png"]})
    with pytest.raises(duckdb.BinderException):
        land_segment(workspace, job_id="j-000001", n=0, table=table, n_failed=0, dataset_id=1, land=fail)
    assert landed_totals(workspace, "j-000001").n_segments == 0


def test_landing_the_same_rows_in_another_segment_adds_no_image(workspace, dataset):
    for _ in range(2):
        land(workspace, dataset.id, [image_row("a.png"), failure_row("b.png")])
    assert totals(workspace, dataset) == (1, 0, 1)


def test_a_changed_file_keeps_its_id_and_loses_its_vectors(workspace, dataset):
    land(workspace, dataset.id, [image_row("a.png"), image_row("b.png")])
    before = ids(workspace)
    land_random_vectors(workspace, dataset.id, images_without_vector(workspace, dataset.id, space_name="tiny"))
    assert list_spaces(workspace, dataset.id)[0].n_vectors == 2
    land(workspace, dataset.id, [image_row("a.png", content="new"), image_row("b.png")])
    assert ids(workspace) == before
    left = images_without_vector(workspace, dataset.id, space_name="tiny")
    assert left["path"].to_pylist() == ["a.png"]


def test_a_vector_of_a_picture_that_changed_meanwhile_is_dropped(workspace, dataset):
    land(workspace, dataset.id, [image_row("a.png"), image_row("b.png")])
    todo = images_without_vector(workspace, dataset.id, space_name="tiny")
    land(workspace, dataset.id, [image_row("a.png", content="new")])
    land_random_vectors(workspace, dataset.id, todo)
    found_ids, vectors = read_vectors(workspace, list_spaces(workspace, dataset.id)[0])
    assert found_ids.tolist() == [ids(workspace)["b.png"]]
    assert vectors.shape == (1, 4)


def test_a_space_takes_no_vectors_of_other_weights(workspace, dataset):
    land(workspace, dataset.id, [image_row("a.png")])
    todo = images_without_vector(workspace, dataset.id, space_name="tiny")
    land_random_vectors(workspace, dataset.id, todo)
    with pytest.raises(SegmentUnreadable, match="holds 4-d vectors"):
        land_random_vectors(workspace, dataset.id, todo, dim=5)


def test_a_file_that_broke_counts_as_a_failure_and_not_as_an_image(workspace, dataset):
    land(workspace, dataset.id, [image_row("a.png"), image_row("b.png")])
    land(workspace, dataset.id, [failure_row("a.png")])
    assert totals(workspace, dataset) == (1, 1, 1)
    land(workspace, dataset.id, [image_row("a.png")])
    assert totals(workspace, dataset) == (2, 0, 0)


def test_a_second_import_wants_only_what_is_new_changed_or_failed(workspace, dataset):
    land(workspace, dataset.id, [image_row("same.png"), image_row("touched.png"), failure_row("broken.png")])
    state = source({"same.png": {}, "touched.png": {"mtime_ns": 2}, "broken.png": {}, "new.png": {}})
    todo = import_todo(workspace, dataset.id, files=state.files)
    assert todo["path"].to_pylist() == ["broken.png", "new.png", "touched.png"]
    assert todo["known"].to_pylist() == [False, False, True]


def test_files_that_went_are_marked_missing_and_come_back(workspace, dataset):
    land(workspace, dataset.id, [image_row("a.png"), image_row("b.png"), failure_row("c.png")])
    reconcile_source(workspace, dataset.id, state=source({"a.png": {}}), run_id=2)
    assert totals(workspace, dataset) == (1, 1, 0)
    state = source({"a.png": {}, "b.png": {}})
    assert import_todo(workspace, dataset.id, files=state.files)["path"].to_pylist() == ["b.png"]


def test_labels_follow_the_label_file_though_the_pictures_stay(workspace, dataset):
    land(workspace, dataset.id, [image_row("a.png", label=0), image_row("b.png", label=0)])
    state = source({"a.png": {"label": 1, "split": "val"}, "b.png": {"label": 0}})
    reconcile_source(workspace, dataset.id, state=state, run_id=2)
    rows = workspace.read_text("SELECT path, label, split FROM image ORDER BY path").to_pylist()
    assert rows == [
        {"path": "a.png", "label": 1, "split": "val"},
        {"path": "b.png", "label": 0, "split": None},
    ]
    assert class_names(workspace, dataset.id) == ["cat", "dog"]


def test_unreadable_folders_and_label_problems_are_kept_once(workspace, dataset):
    locked = {"path": "locked", "code": "unreadable", "reason": "The folder cannot be opened."}
    problem = {"key": "ghost", "code": "no-file", "reason": "Labelled, but not there.", "value": "[1, 0]"}
    for _ in range(2):
        state = source({}, unreadable=[locked], problems=[problem])
        reconcile_source(workspace, dataset.id, state=state, run_id=2)
    found = import_totals(workspace, dataset.id)
    assert (found.n_failures, found.n_label_problems) == (1, 1)
    assert find_dataset(workspace, "birds").n_files == 1


def test_a_name_belongs_to_one_folder(workspace, dataset):
    from store.datasets import ensure_dataset

    with pytest.raises(NameTaken, match="stands on /pictures/birds, not on /elsewhere"):
        ensure_dataset(workspace, "birds", root="/elsewhere", task="single", layout="classes")
    with pytest.raises(UnknownDataset, match="datasets: 'birds'"):
        find_dataset(workspace, "fish")


def test_names_with_sql_in_them_are_names(workspace):
    evil = "x'); DROP TABLE image; --"
    made = new_dataset(workspace, evil)
    land(workspace, made.id, [image_row("'; DELETE FROM image; --.png")])
    assert find_dataset(workspace, evil).n_images == 1


def test_the_newest_standing_decision_is_the_current_label(workspace, dataset):
    land(workspace, dataset.id, [image_row("a.png", label=0), image_row("b.png", label=0), image_row("c.png", label=1)])
    of = ids(workspace)
    acts = [
        (1, of["a.png"], "relabel", 1, None),
        (2, of["a.png"], "relabel", 0, None),
        (3, of["a.png"], "undo", None, 2),
        (4, of["b.png"], "remove", None, None),
        (5, of["c.png"], "remove", None, None),
        (6, of["c.png"], "restore", None, None),
    ]
    with workspace.writing(dataset.id) as cursor:
        for number, image_id, act, after, undoes in acts:
            cursor.execute(
                "INSERT INTO decision (id, dataset_id, image_id, act, label_after, undoes, who, decided_at) "
                "VALUES (?, ?, ?, ?, ?, ?, 'me', '2030-01-01')",
                [number, dataset.id, image_id, act, after, undoes],
            )
    found = workspace.read_text("SELECT image_id, label, relabelled, removed FROM current_label ORDER BY image_id")
    assert [tuple(row.values()) for row in found.to_pylist()] == [
        (of["a.png"], 1, True, False),
        (of["b.png"], 0, False, True),
        (of["c.png"], 1, False, False),
    ]

"""The label-issues job from its order to its rows, and what the store then says of them."""

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from jobs.engine import worker
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from store.class_names import correct_names, name_history, standing_correction, undo_names
from store.datasets import class_names, find_dataset
from store.decisions import Act, decide, undo
from store.errors import DecisionRefused
from store.label_issues import (
    IssueFilters,
    changes_since,
    count_issues,
    issue_paths,
    list_issues,
    list_label_runs,
    list_outliers,
    noise_counts,
    outlier_counts,
    outlier_ids,
    outlier_range,
    typical_images,
)
from tests.support.noisy_workspace import (
    N_FAR,
    N_WRONG,
    NAMES,
    N,
    check_labels,
    checked_birds,
    noisy_birds,
    truth_and_labels,
)
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset

FILLED_BY = {"checked": checked_birds, "birds": noisy_birds}


@pytest.fixture
def birds(workspace):
    """Three classes, eighteen wrong labels, four pictures that look like nothing else."""
    return find_dataset(workspace, "birds")


@pytest.fixture
def checked(workspace, birds) -> int:
    """The run of a finished check of the birds."""
    return list_label_runs(workspace, birds.id)[0].run_id


def rows_of(workspace, table: str, run_id: int) -> list[dict]:
    with workspace.writing() as cursor:
        return (
            cursor.sql(f"SELECT * FROM {table} WHERE run_id = {run_id} ORDER BY image_id").to_arrow_table().to_pylist()
        )


def test_wrong_labels_land_as_issues_with_what_speaks_against_them(workspace, birds, checked) -> None:
    truth, labels = truth_and_labels()
    rows = {row["image_id"] - 1: row for row in rows_of(workspace, "label_opinion", checked)}
    assert set(rows) == set(range(N))
    issues = {row["image_id"] - 1 for row in rows_of(workspace, "label_issue", checked) if row["kind"] == "label"}
    wrong = set(range(N_WRONG)) | {41}
    assert len(wrong & issues) >= len(wrong) - 1 and len(issues - wrong) <= 10
    assert [rows[i]["suggested"] for i in range(N_WRONG)] == truth[:N_WRONG].tolist()
    assert all(rows[i]["n_against"] >= 2 and rows[i]["margin"] < 0 for i in range(5))
    assert rows[30]["label"] is None and rows[30]["self_confidence"] is None and rows[30]["classifier"] is None


def test_predictions_are_marked_as_out_of_fold(workspace, birds, checked) -> None:
    predictions = rows_of(workspace, "prediction", checked)
    assert len(predictions) == N and {row["fold"] for row in predictions} == set(range(5))
    assert all(abs(sum(row["probabilities"]) - 1) < 1e-3 and len(row["probabilities"]) == 3 for row in predictions)
    with workspace.writing() as cursor:
        assert cursor.execute(f"SELECT out_of_fold FROM run WHERE id = {checked}").fetchall() == [(True,)]


def test_copies_share_a_fold_and_the_wrong_one_is_reported(workspace, birds, checked) -> None:
    fold = {row["image_id"]: row["fold"] for row in rows_of(workspace, "prediction", checked)}
    assert fold[41] == fold[42]
    copies = [row["image_id"] for row in rows_of(workspace, "label_issue", checked) if row["kind"] == "duplicate"]
    assert copies == [42]


def test_pictures_that_look_like_nothing_else_are_outliers(workspace, birds, checked) -> None:
    low, high = outlier_range(workspace, run_id=checked)
    found = list_outliers(workspace, birds.id, run_id=checked, threshold=low, outside=True, n_rows=N_FAR)
    assert set(found["image_id"].to_pylist()) == set(range(N - N_FAR + 1, N + 1))
    outliers = {row["image_id"] for row in rows_of(workspace, "label_issue", checked) if row["kind"] == "outlier"}
    assert len(outliers & set(range(N - N_FAR + 1, N + 1))) >= N_FAR - 1  # one in a hundred believed ones is the line
    counts = outlier_counts(workspace, birds.id, run_id=checked, threshold=high - 1e-3).to_pylist()
    assert sum(row["n"] for row in counts) == N and sum(row["n_out"] for row in counts) == 1
    usual = list_label_runs(workspace, birds.id)[0].figures["outlier_threshold"]
    assert set(outlier_ids(workspace, birds.id, run_id=checked, threshold=usual)) == outliers


def test_the_figures_say_what_was_found(workspace, birds, checked) -> None:
    figures = list_label_runs(workspace, birds.id)[0].figures
    assert (figures["n_images"], figures["n_unlabelled"], figures["n_judged"]) == (N, 1, N - 1)
    low, high = figures["noise"]["total"][1:]
    assert low - 0.03 <= (N_WRONG + 1) / N <= high + 0.03
    assert figures["names"] is None and figures["n_groups_with_other_labels"] == 1  # no encoder that knows names


def test_the_list_filters_by_pair_agreement_and_decision(workspace, birds, checked) -> None:
    everything = IssueFilters()
    n = count_issues(workspace, birds.id, run_id=checked, filters=everything)
    rows = list_issues(workspace, birds.id, run_id=checked, filters=everything, first=0, n_rows=500).to_pylist()
    assert len(rows) == n
    severities = [row["severity"] for row in rows]
    assert severities == sorted(severities, reverse=True)
    pair = IssueFilters(given=rows[0]["label"], suggested=rows[0]["suggested"])
    found = list_issues(workspace, birds.id, run_id=checked, filters=pair, first=0, n_rows=500).to_pylist()
    assert found and {(row["label"], row["suggested"]) for row in found} == {(pair.given, pair.suggested)}
    sure = IssueFilters(min_against=2)
    assert all(
        row["n_against"] >= 2
        for row in list_issues(workspace, birds.id, run_id=checked, filters=sure, first=0, n_rows=500).to_pylist()
    )
    first = rows[0]["image_id"]
    saved = decide(workspace, birds.id, [Act(first, "keep")], who="me")
    assert count_issues(workspace, birds.id, run_id=checked, filters=everything) == n - 1
    assert count_issues(workspace, birds.id, run_id=checked, filters=IssueFilters(is_decided=True)) == 1
    undo(workspace, birds.id, who="me", batch=saved.batch)
    assert count_issues(workspace, birds.id, run_id=checked, filters=everything) == n


def test_the_matrix_counts_open_issues(workspace, birds, checked) -> None:
    counts = noise_counts(workspace, birds.id, run_id=checked).to_pylist()
    n = count_issues(workspace, birds.id, run_id=checked, filters=IssueFilters(kind="label"))
    assert sum(row["n"] for row in counts) == n
    rows = list_issues(workspace, birds.id, run_id=checked, filters=IssueFilters(kind="label"), first=0, n_rows=1)
    decide(workspace, birds.id, [Act(rows["image_id"][0].as_py(), "remove")], who="me")
    assert sum(row["n"] for row in noise_counts(workspace, birds.id, run_id=checked).to_pylist()) == n - 1


def test_a_check_says_what_has_changed_since(workspace, birds, checked) -> None:
    assert not list_label_runs(workspace, birds.id)[0].is_stale
    decide(workspace, birds.id, [Act(1, "relabel", label=0), Act(2, "remove")], who="me")
    land(workspace, birds.id, [image_row("new.png", label=1)], run_id=9)
    assert list_label_runs(workspace, birds.id)[0].is_stale
    changes = changes_since(workspace, birds.id, run_id=checked)
    _, labels = truth_and_labels()
    assert (changes.n_relabelled, changes.n_removed, changes.n_new) == (int(labels[0] != 0), 1, 1)


@pytest.mark.long
def test_the_shared_graph_gives_the_same_issues(workspace, birds, checked) -> None:
    supervisor = Supervisor(workspace)
    job_id = supervisor.start("neighbours", dataset=birds.name, hold=True)
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 0, folder.ending()
    (folder.path / "segments").rename(folder.path / "incoming")
    (folder.path / "segments").mkdir()
    supervisor.land(job_id)
    job = check_labels(workspace, birds.name)
    newest = list_label_runs(workspace, birds.id)[0]
    assert newest.parameters["graph_run"] and job.state == DONE
    assert issue_paths(workspace, run_id=newest.run_id).equals(issue_paths(workspace, run_id=checked))
    assert not list((folder.path.parent / job.id).glob("*graph*.npy"))


@pytest.mark.long
def test_a_classifiers_own_held_out_predictions_are_taken_by_name(workspace, birds, tmp_path) -> None:
    truth, labels = truth_and_labels()
    values = np.full((N, 3), 0.02) + np.eye(3)[truth] * 0.94
    table = {"path": [f"{i:03}.png" for i in range(N)], "fold": np.arange(N) % 4}
    columns = {name: values[:, i] for i, name in enumerate(NAMES)}
    for order in (NAMES, NAMES[::-1]):
        file = tmp_path / f"{order[0].strip('<b>/')}.parquet"
        pq.write_table(pa.table(table | {name: columns[name] for name in order}), file)
        job = check_labels(workspace, birds.name, predictions=str(file))
        assert job.figures["given_predictions"] and job.figures["accuracy"] == pytest.approx(
            (truth == labels)[np.arange(N) != 30].mean(), abs=1e-4
        )
    one, other = (issue_paths(workspace, run_id=run.run_id) for run in list_label_runs(workspace, birds.id))
    assert one.equals(other)
    mine = list_label_runs(workspace, birds.id)[0].run_id
    again = check_labels(workspace, birds.name, predictions_run=mine)
    assert again.figures["n_label_issues"] == job.figures["n_label_issues"]


def test_in_sample_predictions_are_refused_with_the_reason(workspace, birds, tmp_path) -> None:
    table = {"path": [f"{i:03}.png" for i in range(N)]} | {name: np.full(N, 1 / 3) for name in NAMES}
    pa.csv.write_csv(pa.table(table), tmp_path / "p.csv")
    supervisor = Supervisor(workspace)
    with pytest.raises(UnknownParameter, match="in which fold each picture was held out"):
        supervisor.start("label-issues", dataset=birds.name, parameters={"predictions": str(tmp_path / "p.csv")})
    pa.csv.write_csv(pa.table({**table, "fold": np.zeros(N, int)}), tmp_path / "q.csv")
    with pytest.raises(UnknownParameter, match="in-sample"):
        supervisor.start("label-issues", dataset=birds.name, parameters={"predictions": str(tmp_path / "q.csv")})


@pytest.mark.parametrize(
    "columns, message",
    [
        ({"file": ["a"]}, "no column `path`"),
        ({"path": ["000.png", "000.png"], "fold": [0, 1], "cat": [1, 1]}, "names 1 picture twice"),
        ({"path": ["x.png"], "fold": [0], "cat": [1]}, "None of the paths"),
        ({"path": ["000.png"], "fold": [0], "cat": [7.0]}, "must sum to 1"),
        ({"path": ["000.png", "001.png"], "fold": [0, 1], "cat": [1.0, 1.0]}, "lacking"),
        ({"path": ["000.png"], "fold": [0], "cat": ["much"]}, "not a number"),
    ],
)
def test_predictions_that_cannot_be_used_say_why(workspace, birds, tmp_path, columns, message) -> None:
    pa.csv.write_csv(pa.table(columns), tmp_path / "p.csv")
    with pytest.raises(UnknownParameter, match=message):
        Supervisor(workspace).start(
            "label-issues", dataset=birds.name, parameters={"predictions": str(tmp_path / "p.csv")}
        )


def test_datasets_of_several_labels_are_refused_in_words(workspace) -> None:
    dataset = new_dataset(workspace, "scenes", task="multi")
    with pytest.raises(NothingToDo, match="for single labels only"):
        Supervisor(workspace).start("label-issues", dataset=dataset.name)


def test_wrong_orders_are_refused_before_a_job_is_made(workspace, birds) -> None:
    supervisor = Supervisor(workspace)
    for parameters, message in (
        ({"filter": "best"}, "filter is one of prune_by_class"),
        ({"folds": 1}, "folds must lie between 2 and 50, not 1"),
        ({"min_chance": 0}, "min_chance must lie between 0.001 and 1, not 0"),
        ({"space": "other"}, "no embedding space 'other'"),
        ({"predictions_run": 77}, "run 77 has no out-of-fold predictions"),
    ):
        with pytest.raises(UnknownParameter, match=message):
            supervisor.start("label-issues", dataset=birds.name, parameters=parameters)
    empty = new_dataset(workspace, "empty")
    with pytest.raises(NothingToDo, match="no vectors yet"):
        supervisor.start("label-issues", dataset=empty.name)
    assert not list((workspace.root / "jobs").iterdir())


def test_a_dataset_of_one_class_is_refused_in_words(workspace) -> None:
    dataset = new_dataset(workspace, "cats")
    land(workspace, dataset.id, [image_row(f"{i}.png", label=0) for i in range(5)])
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    with pytest.raises(NothingToDo, match="fewer than two classes"):
        Supervisor(workspace).start("label-issues", dataset=dataset.name)


@pytest.mark.parametrize("labels", [[0, 1], [0, 0, 1, 1], [0, 1, 2, 3, None], [0] * 9 + [1]])
@pytest.mark.long
def test_tiny_datasets_end_with_a_result(workspace, labels) -> None:
    dataset = new_dataset(workspace, "few")
    land(workspace, dataset.id, [image_row(f"{i}.png", label=label) for i, label in enumerate(labels)])
    with workspace.writing(dataset.id) as cursor:
        for index in range(4):
            cursor.execute("INSERT INTO class_name VALUES ($1, $2, $3, NULL)", [dataset.id, index, f"c{index}"])
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    job = check_labels(workspace, dataset.name)
    assert job.state == DONE and job.figures["n_images"] == len(labels)


def test_vectors_that_are_no_numbers_are_named(workspace, birds) -> None:
    with workspace.writing() as cursor:
        cursor.execute("UPDATE vector_1 SET vector = [0, 0, 0, 0, 0, 0, 0, 0]::FLOAT[8] WHERE image_id = 7")
    job = check_labels(workspace, birds.name)
    assert job.state == DONE and job.figures["n_images"] == N - 1
    with workspace.writing() as cursor:
        assert cursor.execute("SELECT image_id, reason FROM run_failure").fetchall() == [
            (7, "The vector is zero in every place.")
        ]


def test_names_are_corrected_as_a_decision_that_can_be_taken_back(workspace, birds) -> None:
    batch = correct_names(workspace, birds.id, names={0: "wolf", 2: "cat"}, who="me", evidence={"run": 4})
    assert class_names(workspace, birds.id) == ["wolf", NAMES[1], "cat"]
    assert [row.class_index for row in standing_correction(workspace, birds.id)] == [2, 0]
    undo_names(workspace, birds.id, batch=batch, who="you")
    assert class_names(workspace, birds.id) == list(NAMES)
    history = name_history(workspace, birds.id).to_pylist()
    assert len(history) == 4 and [row["who"] for row in history] == ["you", "you", "me", "me"]
    assert standing_correction(workspace, birds.id) == []
    with pytest.raises(DecisionRefused, match="no correction"):
        undo_names(workspace, birds.id, batch=batch, who="me")


def test_names_of_classes_that_are_not_there_are_refused_whole(workspace, birds) -> None:
    with pytest.raises(DecisionRefused, match="no class 9"):
        correct_names(workspace, birds.id, names={0: "x", 9: "y"}, who="me")
    assert class_names(workspace, birds.id) == list(NAMES)


def test_typical_pictures_are_believed_ones(workspace, birds, checked) -> None:
    rows = typical_images(workspace, birds.id, run_id=checked, labels=[0, 2], n_rows=3).to_pylist()
    assert [row["label"] for row in rows] == [0, 0, 0, 2, 2, 2]
    truth, labels = truth_and_labels()
    assert all(truth[row["image_id"] - 1] == row["label"] for row in rows)

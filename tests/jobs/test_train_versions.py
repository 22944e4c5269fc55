"""Training on a version, on a state of the data budget, with planted noise; and scored on a version's own set."""

import numpy as np
import pytest

from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.supervisor import Supervisor
from store.decisions import Act, decide
from store.errors import UnknownVersion
from store.training import list_evaluation_sets, list_training_runs
from store.versions import freeze
from tests.support.picture_workspace import N, coloured, train
from tests.support.small_workspace import land_random_vectors

LOGISTIC = {"model": "logistic"}


@pytest.fixture
def squares(workspace, tmp_path):
    """90 pictures of three colours with vectors."""
    dataset = coloured(workspace, tmp_path / "pictures")
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    return dataset


def run_sql(workspace, statement: str) -> list[tuple]:
    with workspace.writing() as cursor:
        return cursor.execute(statement).fetchall()


def items(workspace, run_id: int) -> dict[int, tuple]:
    """part and label of each picture of a run."""
    rows = run_sql(workspace, f"SELECT image_id, part, label FROM run_item WHERE run_id = {run_id}")
    return {row[0]: row[1:] for row in rows}


def with_validation(workspace, squares, name: str, *, members: list[int]):
    """A version whose split val is `members` and whose split train is all else, as the builder makes it."""
    version = freeze(workspace, squares.id, name=name, who="me")
    held = ", ".join(map(str, members))
    run_sql(
        workspace,
        f"UPDATE version_item SET split = CASE WHEN image_id IN ({held}) THEN 'val' ELSE 'train' END "
        f"WHERE version_id = {version.id}",
    )
    run_sql(workspace, f"UPDATE version SET validation_run = 1 WHERE id = {version.id}")
    return version


@pytest.mark.long
def test_a_version_is_trained_on_with_its_pictures_and_labels(workspace, squares) -> None:
    decide(workspace, squares.id, [Act(5, "remove"), Act(6, "relabel", label=1)], who="me")
    version = freeze(workspace, squares.id, name="first", who="me")
    decide(workspace, squares.id, [Act(5, "restore"), Act(6, "relabel", label=0), Act(7, "remove")], who="me")
    for named in ("first", str(version.id)):
        train(workspace, squares.name, **LOGISTIC, version=named)
    for run in list_training_runs(workspace, squares.id):
        found = items(workspace, run.run_id)
        assert run.parameters["version"] == "first" and len(found) == N - 1
        assert 5 not in found and 7 in found and found[6][1] == 1


@pytest.mark.long
def test_a_versions_validation_set_is_scored_on_with_its_labels_and_its_copies_do_not_train(workspace, squares) -> None:
    members = [1, 2, 3, 10, 11, 12]
    clean = with_validation(workspace, squares, "clean", members=members)
    decide(workspace, squares.id, [Act(10, "relabel", label=2), Act(11, "remove")], who="me")
    train(workspace, squares.name, **LOGISTIC, version="clean")
    train(workspace, squares.name, **LOGISTIC, labels="imported", evaluation="version: clean")
    train(workspace, squares.name, **LOGISTIC, evaluation=f"version: {clean.name}")
    (chosen,) = list_evaluation_sets(workspace, squares.id)
    assert (chosen.name, chosen.n) == ("version: clean", 6)
    runs = list_training_runs(workspace, squares.id)
    assert len(runs) == 3
    for run in runs:
        found = items(workspace, run.run_id)
        tested = {image: label for image, (part, label) in found.items() if part == "test"}
        assert tested == {image: (image - 1) % 3 for image in members}
        assert found[89][0] == "left-out" and found[90][0] == "left-out"  # copies of pictures 1 and 2


def test_versions_without_a_set_and_names_that_are_none_are_refused(workspace, squares) -> None:
    freeze(workspace, squares.id, name="plain", who="me")
    supervisor = Supervisor(workspace)
    for error, parameters, message in (
        (UnknownVersion, {"version": "nothing"}, "versions: 'plain'"),
        (UnknownVersion, {"evaluation": "version: nothing"}, "versions: 'plain'"),
        (NothingToDo, {"evaluation": "version: plain"}, "no split to be scored on"),
        (UnknownParameter, {"evaluation": "data budget: run 9"}, "none yet"),
        (NothingToDo, {"treatment": "doubted-out"}, "label check"),
        (UnknownParameter, {"treatment": "polish"}, "one of none, copies-out"),
        (UnknownParameter, {"planted_noise": 1.5}, "between 0 and 0.9"),
    ):
        with pytest.raises(error, match=message):
            supervisor.start("train", dataset=squares.name, parameters={**LOGISTIC, **parameters})


@pytest.mark.long
def test_pictures_of_a_version_that_have_changed_since_are_left_out_and_counted(workspace, squares) -> None:
    freeze(workspace, squares.id, name="first", who="me")
    run_sql(workspace, "UPDATE image SET sha256 = 'other' WHERE id IN (4, 8)")
    job = train(workspace, squares.name, **LOGISTIC, version="first")
    run = list_training_runs(workspace, squares.id)[0]
    assert len(items(workspace, run.run_id)) == N - 2
    assert "2 labelled pictures of the version first" in job.figures["notes"][0]


@pytest.mark.long
def test_a_treatment_takes_out_what_the_label_check_doubts_or_exchanges_its_label(
    workspace, squares, monkeypatch
) -> None:
    monkeypatch.setattr("jobs.train.data._label_run", lambda *given, **named: 7)
    with workspace.writing() as cursor:
        for image in (20, 21):
            _insert(cursor, "label_opinion", run_id=7, image_id=image, suggested=2)
        for image, kind in ((20, "label"), (21, "label"), (22, "outlier")):
            _insert(cursor, "label_issue", run_id=7, image_id=image, kind=kind)
        cursor.execute("INSERT INTO evaluation_set VALUES (99, $1, 'one', '{}', 1, now())", [squares.id])
        cursor.execute("INSERT INTO evaluation_item SELECT 99, id, label, NULL FROM image WHERE id BETWEEN 30 AND 41")
    everything, found = set(range(1, N + 1)), {}
    for treatment in ("doubted-out", "relabelled", "outliers-out", "copies-out", "all-out"):
        train(workspace, squares.name, **LOGISTIC, treatment=treatment, evaluation="one")
        found[treatment] = items(workspace, list_training_runs(workspace, squares.id)[0].run_id)
    assert everything - set(found["doubted-out"]) == {20, 21}
    assert found["relabelled"][20][1] == found["relabelled"][21][1] == 2 and set(found["relabelled"]) == everything
    assert everything - set(found["outliers-out"]) == {22}
    assert len(everything - set(found["copies-out"])) == 2 and everything - set(found["copies-out"]) <= {1, 2, 89, 90}
    assert len(everything - set(found["all-out"])) == 5


def _insert(cursor, table: str, **values: object) -> None:
    """A row with `values`, and zeros where something is needed."""
    needed = cursor.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = $1 AND NOT is_nullable", [table]
    ).fetchall()
    row = {**{name: 0 for (name,) in needed}, **values}
    marks = ", ".join(f"${n + 1}" for n in range(len(row)))
    cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


@pytest.mark.long
def test_planted_noise_exchanges_so_many_training_labels_and_no_others(workspace, squares) -> None:
    job = train(workspace, squares.name, **LOGISTIC, planted_noise=0.25)
    found = items(workspace, list_training_runs(workspace, squares.id)[0].run_id)
    wrong = {image for image, (_, label) in found.items() if label != ((image - 1) % 88) % 3}
    assert {found[image][0] for image in wrong} == {"train"}
    assert len(wrong) == round(0.25 * job.figures["n_train"])


def test_even_training_sets_have_as_many_of_each_class(workspace, squares) -> None:
    decide(workspace, squares.id, [Act(image, "remove") for image in range(1, 46, 3)], who="me")
    train(workspace, squares.name, **LOGISTIC, max_train=30, even=True)
    labels = [
        label
        for part, label in items(workspace, list_training_runs(workspace, squares.id)[0].run_id).values()
        if part == "train"
    ]
    assert len(labels) == 30 and np.ptp(np.bincount(labels)) <= 0


@pytest.mark.long
def test_evaluation_pictures_with_a_label_that_no_class_has_are_not_scored_and_named(workspace, squares) -> None:
    train(workspace, squares.name, **LOGISTIC)
    (image,) = run_sql(workspace, "SELECT min(image_id) FROM evaluation_item")[0]
    run_sql(workspace, f"UPDATE evaluation_item SET label = 7 WHERE image_id = {image}")
    (chosen,) = list_evaluation_sets(workspace, squares.id)
    job = train(workspace, squares.name, **LOGISTIC, neighbours=3)
    assert job.figures["n_test"] == chosen.n - 1 and job.figures["classes"] == ["red", "<b>green</b>", "blue"]
    assert "a label that no class has (7)" in job.figures["notes"][0]

"""The training job from its order to its rows, and what bad input is told."""

import numpy as np
import pytest
import torch
import torchvision

from jobs.engine import worker
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder, read_json
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from store.decisions import Act, decide
from store.training import list_evaluation_sets, list_training_runs, read_epochs
from tests.support.picture_workspace import NAMES, SMALL, N, coloured, train
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Networks this small lose by a second thread, and wait for it where processors are busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def squares(workspace, tmp_path):
    """90 pictures of three colours, as files."""
    return coloured(workspace, tmp_path / "pictures")


def rows_of(workspace, statement: str) -> list[tuple]:
    with workspace.writing() as cursor:
        return cursor.execute(statement).fetchall()


@pytest.mark.long
def test_a_run_lands_with_parts_predictions_curve_and_weights(workspace, squares) -> None:
    job = train(workspace, squares.name, **SMALL)
    assert job.state == DONE
    (run,) = list_training_runs(workspace, squares.id)
    figures = run.figures
    assert figures["n_train"] + figures["n_validation"] + figures["n_test"] + figures["n_copy"] == N
    assert figures["classes"] == list(NAMES)
    said = "SELECT i.label, list_position(p.probabilities, list_max(p.probabilities)) - 1 FROM prediction p"
    tested = f"JOIN run_item i USING (run_id, image_id) WHERE run_id = {run.run_id} AND part = 'test'"
    found = rows_of(workspace, f"{said} {tested}")
    each = [np.mean([got == label for given, got in found if given == label]) for label in {row[0] for row in found}]
    assert figures["test_balanced_accuracy"] == pytest.approx(np.mean(each))
    assert rows_of(workspace, f"SELECT prediction_kind, out_of_fold FROM run WHERE id = {run.run_id}") == [
        ("held-out", None)
    ]
    parts = dict(rows_of(workspace, f"SELECT image_id, part FROM run_item WHERE run_id = {run.run_id}"))
    seen = {row[0] for row in rows_of(workspace, f"SELECT image_id FROM prediction WHERE run_id = {run.run_id}")}
    assert len(parts) == N and seen == {image for image, part in parts.items() if part != "train"}
    for one, other in ((1, 89), (2, 90)):  # equal pixels; a training pair gives one of its two up as a copy
        assert {parts[one], parts[other]} in ({"train", "copy"}, {"test"}, {"validation"})
    (chosen,) = list_evaluation_sets(workspace, squares.id)
    assert (chosen.name, chosen.n) == ("Test 10 % by chance, seed 801", figures["n_test"])
    curve = read_epochs(workspace, run_id=run.run_id)
    assert [epoch.epoch for epoch in curve] == [1, 2] and len(curve[0].recalls) == 3
    network = torchvision.models.resnet18(num_classes=3)
    network.load_state_dict(torch.load(workspace.root / "models" / f"run-{run.run_id}" / "best.pt", weights_only=True))
    left = {path.name for path in job_folder(workspace.root, job.id).path.iterdir()}
    assert not left & {"checkpoint.pt", "items.parquet", "pairs.npy"} and "curve.json" in left


@pytest.mark.long
def test_a_worker_that_died_goes_on_with_what_it_began_with(workspace, squares, monkeypatch) -> None:
    supervisor = Supervisor(workspace)
    job_id = supervisor.start("train", dataset=squares.name, parameters={**SMALL, "epochs": 3}, hold=True)
    folder = job_folder(workspace.root, job_id)
    kept = worker.Work.report

    def dies(self, done, **named):
        kept(self, done, **named)
        if "Epoch 3" in named.get("message", ""):
            raise KeyboardInterrupt

    monkeypatch.setattr(worker.Work, "report", dies)
    with pytest.raises(KeyboardInterrupt):
        worker.run(folder.path)
    monkeypatch.setattr(worker.Work, "report", kept)
    assert len(supervisor.curve(job_id)["epochs"]) in (1, 2)
    decide(workspace, squares.id, [Act(5, "remove")], who="me")  # after it began
    monkeypatch.setattr(supervisor, "_track", lambda job: None)
    supervisor.resume(job_id)
    assert worker.run(folder.path) == 0
    assert [epoch["epoch"] for epoch in read_json(folder.path / "curve.json")["epochs"]] == [1, 2, 3]
    assert "n_train" in folder.ending()[1] and folder.ending()[1]["n_train"] <= N


@pytest.mark.long
def test_two_runs_share_an_evaluation_set_whatever_was_decided_between(workspace, squares) -> None:
    train(workspace, squares.name, **{**SMALL, "epochs": 1})
    (chosen,) = list_evaluation_sets(workspace, squares.id)
    in_set = [row[0] for row in rows_of(workspace, "SELECT image_id FROM evaluation_item ORDER BY 1")]
    others = [image for image in range(1, 20) if image not in in_set]
    decide(workspace, squares.id, [Act(others[0], "relabel", label=2), Act(others[1], "remove")], who="me")
    decide(workspace, squares.id, [Act(in_set[0], "remove")], who="me")
    train(workspace, squares.name, **{**SMALL, "epochs": 1, "labels": "now"})
    train(workspace, squares.name, **{**SMALL, "epochs": 1, "labels": "imported"})
    now, raw = list_training_runs(workspace, squares.id)[1::-1]
    assert len(list_evaluation_sets(workspace, squares.id)) == 1
    for run, n in ((now, N - 1), (raw, N)):
        parts = dict(rows_of(workspace, f"SELECT image_id, part FROM run_item WHERE run_id = {run.run_id}"))
        assert [image for image, part in sorted(parts.items()) if part == "test"] == in_set
        assert len(parts) == n
    labels = {
        run.run_id: rows_of(
            workspace, f"SELECT label FROM run_item WHERE run_id = {run.run_id} AND image_id = {others[0]}"
        )
        for run in (now, raw)
    }
    assert labels[now.run_id] == [(2,)] and labels[raw.run_id] == [((others[0] - 1) % 3,)]


@pytest.mark.long
def test_models_on_vectors_train_in_the_same_way(workspace, squares) -> None:
    images = workspace.read("images_to_embed", dataset_id=squares.id)
    land_random_vectors(workspace, squares.id, images)
    for model in ("logistic", "knn"):
        job = train(workspace, squares.name, model=model, neighbours=3)
        assert job.state == DONE and job.figures["n_test"] > 0
    assert [run.model for run in list_training_runs(workspace, squares.id)] == ["knn", "logistic"]
    assert not read_epochs(workspace, run_id=list_training_runs(workspace, squares.id)[0].run_id)


def test_the_datasets_own_splits_are_used_where_they_name_a_test(workspace, tmp_path) -> None:
    splits = ["train"] * 60 + ["val"] * 10 + ["test"] * 20
    squares = coloured(workspace, tmp_path / "split", splits=splits)
    land_random_vectors(workspace, squares.id, workspace.read("images_to_embed", dataset_id=squares.id))
    job = train(workspace, squares.name, model="logistic")
    assert (job.figures["n_test"], job.figures["n_validation"], job.figures["split_by"]) == (20, 10, "column")
    assert job.figures["n_left_out"] == 2  # copies of two test pictures
    assert list_evaluation_sets(workspace, squares.id)[0].name == "Test split"


def test_a_class_that_is_only_tested_is_named(workspace, tmp_path) -> None:
    splits = ["test" if i % 3 == 2 or i > 80 else "train" for i in range(N)]
    squares = coloured(workspace, tmp_path / "split", splits=splits)
    land_random_vectors(workspace, squares.id, workspace.read("images_to_embed", dataset_id=squares.id))
    job = train(workspace, squares.name, model="logistic")
    assert job.figures["classes_without_training"] == ["blue"]
    assert job.figures["test_recalls"][2] == 0


@pytest.mark.long
def test_files_that_have_gone_are_named(workspace, squares, tmp_path) -> None:
    (tmp_path / "pictures" / "007.png").unlink()
    job = train(workspace, squares.name, **{**SMALL, "epochs": 1})
    ((image_id, reason),) = rows_of(workspace, "SELECT image_id, reason FROM run_failure")
    assert job.state == DONE and image_id == 8 and reason


@pytest.mark.long
def test_a_loss_that_is_no_number_names_pictures(workspace, squares, tmp_path) -> None:
    network = torchvision.models.resnet18(num_classes=3)
    torch.nn.init.constant_(network.conv1.weight, float("nan"))
    torch.save(network.state_dict(), tmp_path / "nan.pt")
    supervisor = Supervisor(workspace)
    order = {**SMALL, "weights": str(tmp_path / "nan.pt")}
    job_id = supervisor.start("train", dataset=squares.name, parameters=order, hold=True, trusted=True)
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 1
    reason = folder.ending()[1]["reason"]
    assert "batch 1 in epoch 1 is not a number" in reason and ".png" in reason


def test_wrong_orders_are_refused_before_a_job_is_made(workspace, squares) -> None:
    supervisor = Supervisor(workspace)
    for error, parameters, message in (
        (UnknownParameter, {"model": "vgg"}, "one of resnet18"),
        (UnknownParameter, {"epochs": 0}, "epochs must lie"),
        (UnknownParameter, {"labels": "old"}, "labels is one of now"),
        (UnknownParameter, {"side": 4}, "between 16 and 512"),
        (NothingToDo, {"model": "logistic"}, "no vectors yet"),
    ):
        with pytest.raises(error, match=message):
            supervisor.start("train", dataset=squares.name, parameters=parameters)
    assert not list((workspace.root / "jobs").iterdir())


def test_datasets_that_cannot_be_trained_on_say_why(workspace) -> None:
    supervisor = Supervisor(workspace)
    with pytest.raises(NothingToDo, match="two classes at least"):
        supervisor.start("train", dataset=new_dataset(workspace, "scenes", task="multi").name)
    cats = new_dataset(workspace, "cats")
    land(workspace, cats.id, [image_row(f"{i}.png", label=0) for i in range(5)])
    with pytest.raises(NothingToDo, match="two classes at least"):
        supervisor.start("train", dataset="cats")


@pytest.mark.long
def test_pictures_are_decoded_once(workspace, squares, monkeypatch) -> None:
    train(workspace, squares.name, **{**SMALL, "epochs": 1})
    (kept,) = (workspace.root / "thumbs").glob("pixels-*.npy")
    values = np.load(kept, mmap_mode="r")
    assert values.shape == (N - 2, 32, 32, 3)  # two files are copies
    monkeypatch.setattr("importers.pixels.read_picture", lambda *a, **k: pytest.fail("decoded twice"))
    assert train(workspace, squares.name, **{**SMALL, "epochs": 1, "seed": 3}).state == DONE

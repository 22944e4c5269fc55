"""A training job on a dataset whose pictures carry several labels each, from its order to its figures."""

import numpy as np
import pytest
import torch
from PIL import Image

from jobs.engine.errors import UnknownParameter
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from jobs.train.splits import classes_of, many_hot
from store.datasets import ensure_dataset
from store.training import list_evaluation_sets, list_training_runs, read_epochs
from tests.support.picture_workspace import SMALL, train
from tests.support.small_workspace import image_row, land

N = 80


@pytest.fixture
def lights(workspace, tmp_path):
    """80 pictures in which red, green and blue are on or off."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng, rows = np.random.default_rng(4), []
    for i in range(N):
        on = [channel for channel in range(3) if (i >> channel) & 1]
        pixels = rng.integers(0, 60, (32, 32, 3), dtype=np.uint8)
        pixels[..., on] += 180
        Image.fromarray(pixels).save(folder / f"{i:03}.png")
        rows.append(image_row(f"{i:03}.png", labels=on, phash=int(rng.integers(0, 2**63))))
    dataset = ensure_dataset(workspace, "lights", root=str(folder), task="multi", layout="classes")
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(("red", "green", "blue")):
            cursor.execute("INSERT INTO class_name VALUES ($1, $2, $3, NULL)", [dataset.id, index, name])
    return dataset


@pytest.mark.long
def test_pictures_with_several_labels_are_scored_by_average_precision_and_f1(workspace, lights) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    job = train(workspace, lights.name, **{**SMALL, "epochs": 3})
    torch.set_num_threads(before)
    assert job.state == DONE
    (run,) = list_training_runs(workspace, lights.id)
    figures = run.figures
    assert figures["test_mean_average_precision"] > 0.6 and 0 <= figures["test_f1_micro"] <= 1
    assert figures.get("test_balanced_accuracy") is None and len(figures["test_precisions"]) == 3
    curve = read_epochs(workspace, run_id=run.run_id)
    assert all(epoch.balanced_accuracy is None and epoch.mean_average_precision > 0 for epoch in curve)
    assert run.figures["best_epoch"] == 1 + int(np.argmax([epoch.mean_average_precision for epoch in curve]))
    with workspace.writing() as cursor:
        rows = cursor.execute(
            "SELECT given.labels, item.labels, item.label, prediction.probabilities FROM run_item AS item "
            "JOIN image AS given ON given.id = item.image_id JOIN prediction ON prediction.image_id = item.image_id"
        ).fetchall()
    assert rows and all(given == held and label is None for given, held, label, _ in rows)
    assert any(abs(sum(probabilities) - 1) > 0.05 for *_, probabilities in rows)  # a sigmoid each, no softmax
    (chosen,) = list_evaluation_sets(workspace, lights.id)
    assert chosen.n == figures["n_test"]


def test_what_is_for_one_label_a_picture_is_refused(workspace, lights) -> None:
    supervisor = Supervisor(workspace)
    for parameters in (
        {"model": "logistic"},
        {"loss": "generalised"},
        {"planted_noise": 0.1},
        {"treatment": "all-out"},
    ):
        with pytest.raises(UnknownParameter, match="one label a picture"):
            supervisor.start("train", dataset=lights.name, parameters=parameters)


def test_a_picture_stands_for_its_rarest_label_when_parts_are_drawn() -> None:
    import pyarrow as pa

    rows = [[0, 1], [0], [0], [], None]
    todo = pa.table({"labels": pa.array(rows, pa.list_(pa.int32())), "label": pa.nulls(5, pa.int32())})
    assert classes_of(todo).tolist() == [1, 0, 0, 2, -1]
    assert many_hot(todo, n_classes=2).tolist() == [[1, 1], [1, 0], [1, 0], [0, 0], [0, 0]]

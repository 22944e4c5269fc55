"""The Train page: its states, its words, what its button orders."""

import dataclasses

import pytest

from jobs.supervisor import Supervisor
from pages.parts import owner, train_words
from store.decisions import Act, decide
from store.training import TrainingRun, list_training_runs, save_epochs
from tests.picture_workspace import coloured, train
from tests.small_workspace import land_random_vectors, new_dataset

PAGE = "train.py"


@pytest.fixture
def squares(open_app_page, tmp_path):
    """90 labelled pictures with vectors; nothing trained yet."""
    open_app_page(PAGE)
    workspace = owner.get().workspace
    dataset = coloured(workspace, tmp_path / "pictures")
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    return dataset


def texts(app) -> str:
    kinds = ("title", "markdown", "caption", "info", "warning", "subheader")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def test_an_empty_workspace_gets_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"


def test_datasets_that_cannot_be_trained_on_are_explained(open_app_page) -> None:
    open_app_page(PAGE)
    workspace = owner.get().workspace
    new_dataset(workspace, "bare")
    assert "this dataset has none" in texts(open_app_page(PAGE, dataset="bare"))


def test_several_labels_an_image_are_explained(open_app_page) -> None:
    open_app_page(PAGE)
    new_dataset(owner.get().workspace, "scenes", task="multi")
    assert "several labels each" in texts(open_app_page(PAGE))


def test_the_first_run_is_ordered_from_the_page(open_app_page, squares, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named)))
    app = open_app_page(PAGE)
    assert "No model has been trained" in texts(app)
    app.number_input(key="train_epochs").set_value(3).run()
    app.selectbox(key="train_loss").set_value("generalised").run()
    app.button(key="train_start").click().run()
    assert not app.exception and not app.error
    ((kind, named),) = asked
    wanted = named["parameters"]
    assert (kind, named["dataset"], wanted["model"]) == ("train", "squares", "resnet34")
    assert (wanted["epochs"], wanted["loss"], wanted["evaluation"]) == (3, "generalised", "")


def test_a_finished_run_shows_its_scores_and_what_they_stand_on(open_app_page, squares) -> None:
    workspace = owner.get().workspace
    train(workspace, squares.name, model="logistic")
    app = open_app_page(PAGE)
    said = texts(app)
    assert "Near duplicates" in said and app.dataframe[0].value["evaluation set"][0].startswith("Test 10 %")
    assert [metric.label for metric in app.metric][:2] == ["Balanced accuracy, test", "Validation"]
    assert "have changed since" not in said
    decide(workspace, squares.id, [Act(1, "remove")], who="me")
    assert "have changed since" in texts(open_app_page(PAGE))


def test_a_curve_and_a_run_from_the_url_are_drawn(open_app_page, squares) -> None:
    workspace = owner.get().workspace
    train(workspace, squares.name, model="logistic")
    train(workspace, squares.name, model="knn", neighbours=3)
    newest, first = list_training_runs(workspace, squares.id)
    point = {"train_loss": 1.0, "validation_loss": 1.1, "balanced_accuracy": 0.4, "recalls": [0.4, None, 0.4]}
    point |= {"learning_rate": 0.1, "seconds": 1.0, "images_per_second": 9.0, "waiting_share": 0.0}
    save_epochs(workspace, squares.id, run_id=first.run_id, epochs=[{**point, "epoch": n} for n in (1, 2)])
    app = open_app_page(PAGE, run=train_words.title(first))
    assert app.selectbox(key="run").value == str(first.run_id)
    assert any(toggle.label == "Each class" for toggle in app.toggle)
    assert not any(toggle.label == "Each class" for toggle in open_app_page(PAGE).toggle)


def test_words_on_a_leak_and_on_classes_that_were_never_shown() -> None:
    run = TrainingRun(4, "train-1", "resnet34", {}, {}, False, 1.0, "cpu", "1", None)
    assert "No training picture had a near duplicate" in train_words.leak_sentence(run)
    figures = {"test_balanced_accuracy": 0.5, "claimed_with_leak": 0.6, "leaked_share": 0.1, "n_copy": 9}
    said = train_words.leak_sentence(dataclasses.replace(run, figures={**figures, "groups_by": "equal pixels"}))
    assert "60.0 % instead of 50.0 %" in said and "10.0 % of the test pictures" in said
    assert train_words.lacking_sentence(run) == ""
    assert "shows lynx" in train_words.lacking_sentence(
        dataclasses.replace(run, figures={"classes_without_training": ["lynx"]})
    )

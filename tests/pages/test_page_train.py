"""The Train page: its states, its words, what its button orders."""

import dataclasses

import pytest

from jobs.engine.supervisor import Supervisor
from pages.train import wording
from pages.ui import owner
from store.decisions import Act, decide
from store.training import TrainingRun, list_training_runs, save_epochs
from store.versions import freeze
from tests.support.picture_workspace import coloured, train
from tests.support.seen_page import texts
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset

PAGE = "train/page.py"


@pytest.fixture
def squares(open_app_page, tmp_path):
    """90 labelled pictures with vectors; nothing trained yet."""
    open_app_page(PAGE)
    workspace = owner.get().workspace
    dataset = coloured(workspace, tmp_path / "pictures")
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    return dataset


def test_an_empty_workspace_gets_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"


def test_datasets_that_cannot_be_trained_on_are_explained(open_app_page) -> None:
    open_app_page(PAGE)
    workspace = owner.get().workspace
    new_dataset(workspace, "bare")
    assert "this dataset has none" in texts(open_app_page(PAGE, dataset="bare"))


def test_several_labels_an_image_are_for_networks(open_app_page) -> None:
    open_app_page(PAGE)
    workspace = owner.get().workspace
    scenes = new_dataset(workspace, "scenes", task="multi")
    land(workspace, scenes.id, [image_row(f"{i}.png", labels=[i % 2, 2]) for i in range(4)])
    app = open_app_page(PAGE)
    assert app.selectbox(key="train_model").options == ["ResNet-18", "ResNet-34", "ResNet-50"]
    assert app.selectbox(key="train_loss").options == ["Cross-entropy"]


def test_the_small_protocol_is_offered_first_and_says_how_long_it_takes(open_app_page, squares, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append(named["parameters"]))
    app = open_app_page(PAGE)
    assert "90 pictures at most" in texts(app) and "About 1 minute on two cores" in texts(app)
    app.button(key="train_start").click().run()
    assert {name: asked[0][name] for name in wording.SMALL} == wording.SMALL


def a_run(**known: object) -> TrainingRun:
    """A finished training run of a small network."""
    about = {"run_id": 4, "job_id": "train-1", "model": "resnet34", "device": "cpu", "code_version": "1"}
    usual = {"parameters": {}, "figures": {}, "changed": [], "seconds": 1.0, "finished_at": None}
    return TrainingRun(**{**about, **usual, **known})


def test_the_time_of_the_small_protocol_is_that_of_this_machine_where_it_is_known() -> None:
    run = a_run(parameters={"side": 64}, figures={"images_per_second": 50.0})
    assert "About 24 minutes here" in wording.small_sentence("resnet34", [run], n=31_848)
    assert "on two cores" in wording.small_sentence("resnet18", [run], n=31_848)


def test_a_version_and_its_own_set_are_ordered_from_the_page(open_app_page, squares, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append(named["parameters"]))
    workspace = owner.get().workspace
    version = freeze(workspace, squares.id, name="*clean*", who="me")
    with workspace.writing(squares.id) as cursor:
        cursor.execute(f"UPDATE version_item SET split = 'val' WHERE version_id = {version.id} AND image_id < 9")
    app = open_app_page(PAGE)
    app.segmented_control(key="train_labels").set_value("version").run()
    assert app.selectbox(key="train_evaluation").options == ["version: *clean* (its split)"]
    app.button(key="train_start").click().run()
    assert (asked[0]["version"], asked[0]["evaluation"]) == ("*clean*", "version: *clean*")


def test_the_first_run_is_ordered_from_the_page(open_app_page, squares, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named)))
    app = open_app_page(PAGE)
    assert "No model has been trained" in texts(app)
    app.segmented_control(key="train_protocol").set_value("own").run()
    app.number_input(key="train_epochs").set_value(3).run()
    app.selectbox(key="train_loss").set_value("generalised").run()
    app.button(key="train_start").click().run()
    assert not app.exception and not app.error
    ((kind, named),) = asked
    wanted = named["parameters"]
    assert (kind, named["dataset"], wanted["model"]) == ("train", "squares", "resnet34")
    assert (wanted["epochs"], wanted["loss"], wanted["evaluation"]) == (3, "generalised", "")


@pytest.mark.long
def test_a_finished_run_shows_its_scores_and_what_they_stand_on(open_app_page, squares) -> None:
    workspace = owner.get().workspace
    train(workspace, squares.name, model="logistic")
    app = open_app_page(PAGE)
    said = texts(app)
    assert "Near duplicates" in said and app.dataframe[0].value["evaluation set"][0].startswith("Test 10 %")
    assert [metric.label for metric in app.metric][:2] == ["Balanced accuracy, test", "Validation"]
    assert "older than the data." not in said
    decide(workspace, squares.id, [Act(1, "remove")], who="me")
    assert "UTC pictures were removed or restored. The network" in texts(open_app_page(PAGE))


@pytest.mark.long
def test_a_curve_and_a_run_from_the_url_are_drawn(open_app_page, squares) -> None:
    workspace = owner.get().workspace
    train(workspace, squares.name, model="logistic")
    train(workspace, squares.name, model="knn", neighbours=3)
    newest, first = list_training_runs(workspace, squares.id)
    point = {"train_loss": 1.0, "validation_loss": 1.1, "balanced_accuracy": 0.4, "recalls": [0.4, None, 0.4]}
    point |= {"learning_rate": 0.1, "seconds": 1.0, "images_per_second": 9.0, "waiting_share": 0.0}
    save_epochs(workspace, squares.id, run_id=first.run_id, epochs=[{**point, "epoch": n} for n in (1, 2)])
    app = open_app_page(PAGE, run=wording.title(first))
    assert app.selectbox(key="run").value == str(first.run_id)
    assert any(toggle.label == "Each class" for toggle in app.toggle)
    assert not any(toggle.label == "Each class" for toggle in open_app_page(PAGE).toggle)


def test_words_on_a_leak_and_on_classes_that_were_never_shown() -> None:
    run = a_run()
    assert "No training picture had a near duplicate" in wording.leak_sentence(run)
    figures = {"test_balanced_accuracy": 0.5, "claimed_with_leak": 0.6, "leaked_share": 0.1, "n_copy": 9}
    said = wording.leak_sentence(dataclasses.replace(run, figures={**figures, "groups_by": "equal pixels"}))
    assert "60.0 % instead of 50.0 %" in said and "10.0 % of the test pictures" in said
    assert wording.lacking_sentence(run) == ""
    assert "shows lynx" in wording.lacking_sentence(
        dataclasses.replace(run, figures={"classes_without_training": ["lynx"]})
    )


def test_a_run_in_words_says_what_it_learnt_from() -> None:
    run = a_run(parameters={"version": "clean", "seed": 1})
    assert "version clean" in wording.title(run)
    wanted = {"labels": "imported", "treatment": "copies-out", "planted_noise": 0.2}
    said = wording.source(dataclasses.replace(run, parameters=wanted))
    assert said == "labels as imported, copies out, 20 % wrong"
    several = dataclasses.replace(run, figures={"test_mean_average_precision": 0.4})
    assert wording.score_of(several) == ("Mean average precision", 0.4)

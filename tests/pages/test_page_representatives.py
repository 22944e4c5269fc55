"""The representatives' page: its states, its words, its orders."""

import numpy as np
import pytest

from jobs.engine import worker
from jobs.engine.folder import job_folder
from jobs.engine.supervisor import Supervisor
from pages.representatives import wording
from pages.ui import owner
from store import medoids
from store.connection import Workspace
from store.datasets import find_dataset
from store.decisions import Act, decide
from tests.support.seen_page import texts
from tests.support.small_workspace import image_row, land, land_random_vectors, land_these_vectors, new_dataset

PAGE = "representatives/page.py"
N = 24


def land_birds(workspace: Workspace) -> None:
    """Twenty-four images in three groups with vectors; one class's name holds HTML."""
    dataset = new_dataset(workspace, "birds")
    land(workspace, dataset.id, [image_row(f"{i:02}.png", label=i % 3) for i in range(N)])
    rng = np.random.default_rng(5)
    vectors = np.eye(3, 6)[np.arange(N) % 3] + rng.normal(scale=0.1, size=(N, 6))
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    land_these_vectors(workspace, dataset.id, images, vectors)
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES (1, 0, 'great tit', NULL), (1, 1, 'x', '<i>crow</i>')")


FILLED_BY = {"birds": land_birds}


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


def find(dataset, **parameters: object) -> medoids.MedoidRun:
    """A finished run, its worker's part done here."""
    workspace = owner.get().workspace
    supervisor = Supervisor(workspace)
    job_id = supervisor.start("medoids", dataset=dataset.name, parameters=parameters, hold=True, trusted=True)
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 0, folder.ending()
    (folder.path / "segments").rename(folder.path / "incoming")
    (folder.path / "segments").mkdir()
    supervisor.land(job_id)
    return medoids.list_medoid_runs(workspace, dataset.id)[0]


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str, dict[str, object]]]:
    """The jobs that the page asked for."""
    found: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: found.append((kind, named["parameters"])))
    return found


def test_an_empty_workspace_offers_an_import(open_app_page) -> None:
    assert "There is no dataset" in texts(open_app_page(PAGE))


def test_without_vectors_the_page_leads_to_the_jobs(open_app_page) -> None:
    workspace = owner.get().workspace
    land(workspace, new_dataset(workspace).id, [image_row("a.png")])
    assert "this dataset has none yet" in texts(open_app_page(PAGE))


def test_one_vector_is_enough_to_ask(open_app_page, asked) -> None:
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png")])
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    open_app_page(PAGE).button(key="medoids_start").click().run()
    assert asked == [("medoids", {"space": "tiny", "metric": "cosine", "k_max": 2})]


def test_the_first_order_is_by_the_curve_or_by_hand(open_app_page, birds, asked) -> None:
    app = open_app_page(PAGE)
    assert "No representatives have been chosen yet" in texts(app)
    app.button(key="medoids_start").click().run()
    app.segmented_control(key="medoids_how").set_value("by hand").run()
    app.number_input(key="medoids_k").set_value(7).run()
    app.selectbox(key="medoids_metric").set_value("euclidean").run()
    app.button(key="medoids_start").click().run()
    assert not app.exception
    assert asked == [
        ("medoids", {"space": "tiny", "metric": "cosine", "k_max": 24}),
        ("medoids", {"space": "tiny", "metric": "euclidean", "k": 7}),
    ]


def test_the_sheet_says_the_loss_and_how_it_was_searched(open_app_page, birds) -> None:
    find(birds, k=3)
    said = texts(open_app_page(PAGE))
    assert "All 24 pictures were searched at once." in said
    assert "3 representatives, the largest cluster first" in said


@pytest.mark.long
def test_a_cluster_shows_its_members_and_takes_a_name(open_app_page, birds) -> None:
    run = find(birds, k=3)
    workspace = owner.get().workspace
    row = next(one for one in medoids.cluster_sheet(workspace, run.run_id).to_pylist() if one["majority"] == 1)
    app = open_app_page(PAGE, cluster=str(row["cluster"] + 1))
    assert r"\<i\>crow\<\/i\>" in texts(app)  # a stranger's name is text
    assert "**Class mix:** 100 %" in texts(app)
    assert "1 to 8 of 8 pictures" in texts(app)
    app.text_input(key=f"cluster_name_{run.run_id}_{row['cluster']}").set_value("black ones")
    next(button for button in app.button if button.label == "Save the name").click().run()
    assert not app.exception
    assert medoids.cluster_names(workspace, run.run_id) == {row["cluster"]: "black ones"}
    assert "black ones" in texts(app)


@pytest.mark.parametrize("cluster", ["99", "-1", "x", "", "0"])
@pytest.mark.long
def test_a_cluster_that_is_not_there_shows_all(open_app_page, birds, cluster: str) -> None:
    find(birds, k=3)
    assert "3 representatives" in texts(open_app_page(PAGE, cluster=cluster))


def test_the_curve_says_what_it_is_and_calls_its_suggestion_a_heuristic(open_app_page, birds) -> None:
    find(birds)
    said = texts(open_app_page(PAGE, view="How many?"))
    assert "**Suggested: k = 3**, by a heuristic." in said
    assert r"I=\sum_i d_i^2=n\,D" in said
    assert "inertia is distortion times n = 24" in said
    assert "The silhouette is highest at k = 3" in said


def test_another_k_is_taken_with_the_same_embedding_and_distance(open_app_page, birds, monkeypatch) -> None:
    find(birds, metric="euclidean", seed=7)
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append(named["parameters"]))
    app = open_app_page(PAGE, view="How many?")
    app.number_input(key="medoids_other_k").set_value(5).run()
    app.button(key="medoids_take_k").click().run()
    assert asked == [{"space": "tiny", "metric": "euclidean", "sample_size": 5000, "n_samples": 3, "seed": 7, "k": 5}]


@pytest.mark.long
def test_a_run_by_hand_borrows_the_curve_of_its_embedding_or_offers_one(open_app_page, birds) -> None:
    find(birds, k=4)
    assert "No curve over k has been computed" in texts(open_app_page(PAGE, view="How many?"))
    with_curve = find(birds)
    run = find(birds, k=5)
    said = texts(open_app_page(PAGE, view="How many?"))
    assert f"The curve is that of run {with_curve.run_id}." in said
    assert f"With k = {run.k}, **100 %** of the pictures" in said


def test_other_choices_stand_in_one_table_with_the_same_figures(open_app_page, birds) -> None:
    find(birds, k=3)
    app = open_app_page(PAGE, view="Other choices")
    table = app.dataframe[0].value
    assert sorted(table["Choice"]) == sorted(wording.CHOOSERS.values())
    assert table["Choice"].iloc[0].startswith("k-me")
    assert list(table["Classes"])[0] == 3


@pytest.mark.long
def test_typical_pictures_say_that_labels_have_changed_while_clusters_stay_fresh(open_app_page, birds) -> None:
    find(birds, k=3)
    said = "Labels have changed since"
    assert said not in texts(open_app_page(PAGE, view="Typical of a class"))
    decide(owner.get().workspace, birds.id, [Act(1, "relabel", label=1)], who="me")
    app = open_app_page(PAGE, view="Typical of a class")
    assert said in texts(app) and "older than the data" not in texts(app)


@pytest.mark.long
def test_typical_pictures_of_each_class_are_shown_or_their_absence_said(open_app_page, birds) -> None:
    find(birds, k=3)
    assert "the mean of its cosines" in texts(open_app_page(PAGE, view="Typical of a class"))
    with owner.get().workspace.writing(birds.id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET label = NULL")
    find(birds, k=2)
    assert "there are no classes to be typical of" in texts(open_app_page(PAGE, view="Typical of a class"))


def test_a_stale_run_says_what_changed_and_counts_what_it_lacks(open_app_page, birds) -> None:
    find(birds, k=3)
    land(owner.get().workspace, birds.id, [image_row("new.png")], run_id=9)
    said = texts(open_app_page(PAGE))
    assert "These are older than the data" in said
    assert "1 picture of 25 is in no cluster" in said


def test_the_samples_loss_stands_beside_that_of_all() -> None:
    run = medoids.MedoidRun(
        run_id=4,
        space="s",
        parameters={"n_samples": 3},
        figures={},
        changed=[],
        seconds=1.0,
        code_version="v",
        finished_at=None,
        n_images=30_000,
        k=20,
    )
    own = {"n_images": 30_000, "n_sample": 5000, "mean_distance": 0.38241, "found_mean": 0.3826, "sample_mean": 0.3803}
    said = wording.search_sentence(run, own)
    assert "Of 3 samples of 5,000 pictures" in said
    assert "is 0.3803 in the sample and **0.3824** over all 30,000 pictures, 0.3826 before" in said


def test_coverage_is_said_for_the_k_shown_and_for_what_is_wanted() -> None:
    said = wording.coverage_sentence([2, 3, 4], [0.5, 0.82, 0.85], k=3, cosine=0.7)
    assert said == (
        "With k = 3, **82 %** of the pictures have a representative at a cosine of 0.70 or more; 80 % takes k = 3 and "
        "90 % is not reached by k = 4."
    )
    assert wording.coverage_sentence([2], [0.5], k=9, cosine=0.7).startswith("With k = 2, **50 %**")

"""A workspace written before the house was rebuilt: it opens, and everything in it reads as it did."""

import json

import duckdb
import pytest

from store.class_names import standing_correction
from store.connection import open_workspace
from store.datasets import class_names, find_dataset
from store.decisions import Act, decide, history
from store.detections import list_detection_runs
from store.duplicates import latest_comparison
from store.label_issues import list_label_runs
from store.ledger import list_jobs
from store.medoids import cluster_names, list_medoid_runs
from store.migrations import read_migrations
from store.neighbours import latest_graph, read_graph
from store.projections import list_projections, points
from store.prompts import list_prompts
from store.references import list_references
from store.runs import FinishedRun, finished_runs
from store.selections import list_selections, selection_images
from store.training import list_evaluation_sets, list_training_runs
from store.validation import list_candidates, newest_run
from store.vectors import list_spaces, read_vectors
from store.versions import diff, export_rows, list_versions
from store.zero_shot import list_zero_shot_runs
from tests.support.before_house import DATASET, recorded, workspace_before_house

BEFORE = recorded()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """The old workspace, opened by this code."""
    opened = open_workspace(workspace_before_house(tmp_path_factory.mktemp("before")))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def dataset(workspace):
    """Its dataset."""
    return find_dataset(workspace, DATASET)


@pytest.fixture(scope="module")
def path_of(workspace):
    """The path of each image by its number."""
    table = workspace.read_text("SELECT id, path FROM image")
    return dict(zip(table["id"].to_pylist(), table["path"].to_pylist(), strict=True))


def test_the_archive_is_of_the_schema_before(tmp_path):
    root = workspace_before_house(tmp_path)
    with duckdb.connect(str(root / "vitrine.duckdb"), read_only=True) as connection:
        applied = [number for (number,) in connection.execute("SELECT number FROM migration ORDER BY 1").fetchall()]
    assert applied == BEFORE["migrations"] == list(range(1, 19))


def test_it_is_migrated_once_and_a_second_opening_does_nothing(tmp_path):
    root = workspace_before_house(tmp_path)
    first = open_workspace(root)
    applied, generation = first.rows("applied_migrations"), first.generation()
    rows = first.read_text("SELECT * FROM migration ORDER BY number").to_pylist()
    first.close()
    again = open_workspace(root)
    assert [row["number"] for row in applied] == [migration.number for migration in read_migrations()]
    assert again.read_text("SELECT * FROM migration ORDER BY number").to_pylist() == rows
    assert again.generation() == generation == BEFORE["generation"]["0"][0]
    again.close()


def test_every_table_has_the_rows_it_had(workspace):
    counted = {name: workspace.count("count_rows", table_name=name) for name in BEFORE["counts"]}
    assert counted == {**BEFORE["counts"], "migration": len(read_migrations())}


def test_generations_go_on_from_where_they_stood(workspace, dataset):
    value, data_value = BEFORE["generation"][str(dataset.id)]
    assert workspace.generation(dataset.id) == workspace.settled_generation(dataset.id) == value
    assert workspace.data_generation(dataset.id) == data_value


def test_jobs_are_listed_as_they_ended(workspace):
    jobs = [[job.id, job.kind, job.state, job.n_done] for job in reversed(list_jobs(workspace))]
    assert jobs == BEFORE["jobs"]
    assert all(job.dataset == DATASET for job in list_jobs(workspace))


def test_runs_keep_their_figures_and_whether_they_are_older_than_the_data(workspace, dataset):
    read = {run.run_id: run for run in finished_runs(workspace, dataset.id, kind=None, of=FinishedRun)}
    complete = [run for run in BEFORE["runs"] if run["complete"]]
    assert sorted(read) == [run["id"] for run in complete]
    for run in complete:
        assert read[run["id"]].figures == run["figures"], run["kind"]
        assert read[run["id"]].is_stale is run["is_stale"], run["kind"]


@pytest.mark.parametrize(
    ("kind", "runs"),
    [
        ("label-issues", list_label_runs),
        ("projection", list_projections),
        ("medoids", list_medoid_runs),
        ("train", list_training_runs),
        ("zero-shot", list_zero_shot_runs),
        ("detect", list_detection_runs),
    ],
)
def test_each_kind_lists_its_runs(workspace, dataset, kind, runs):
    complete = [run["id"] for run in BEFORE["runs"] if run["complete"] and run["kind"] == kind]
    assert [run.run_id for run in runs(workspace, dataset.id)] == complete[::-1]


def test_decisions_stand_or_do_not_as_before(workspace, dataset):
    rows = history(workspace, dataset.id).to_pylist()[::-1]
    names = ("id", "path", "act", "label_before", "label_after", "reason", "who", "stands")
    assert [[row[name] for name in names] for row in rows] == BEFORE["decisions"]


def test_images_have_the_labels_that_counted(workspace):
    rows = workspace.read_text("SELECT * FROM current_image ORDER BY path").to_pylist()
    read = {
        row["path"]: [row["label"], row["given_label"], row["split"], row["removed"], row["sha256"][:12]]
        for row in rows
    }
    assert read == BEFORE["images"]
    kept = workspace.read_text("SELECT path FROM kept_image ORDER BY path")["path"].to_pylist()
    assert kept == [path for path, (*_, removed, _) in BEFORE["images"].items() if not removed]


def test_names_put_right_are_right_still(workspace, dataset):
    assert class_names(workspace, dataset.id) == BEFORE["classes"]
    (correction,) = standing_correction(workspace, dataset.id)
    assert (correction.name_before, correction.name_after, correction.who) == ("stripes", "lines", "ada")


def test_versions_hold_what_they_held(workspace, dataset, path_of):
    versions = list_versions(workspace, dataset.id)[::-1]
    for version, before in zip(versions, BEFORE["versions"], strict=True):
        assert (version.name, version.note, version.n_images, version.who) == (
            before["name"],
            before["note"],
            before["n_images"],
            before["who"],
        )
        rows = export_rows(workspace, version.id).to_pylist()
        assert {row["path"]: [row["label"], row["split"]] for row in rows} == before["items"]
    first, second = versions
    assert diff(workspace, dataset.id, before=first.id, after=second.id).n_by_kind == {"removed": 1, "relabelled": 1}


def test_vectors_are_the_same_numbers(workspace, dataset, path_of):
    (space,) = list_spaces(workspace, dataset.id)
    assert (space.name, space.dim, space.n_vectors) == (BEFORE["space"]["name"], BEFORE["space"]["dim"], 39)
    ids, vectors = read_vectors(workspace, space)
    read = {path_of[int(image_id)]: row[:4].tolist() for image_id, row in zip(ids, vectors, strict=True)}
    assert read.keys() == BEFORE["space"]["vectors"].keys()
    for path, start in BEFORE["space"]["vectors"].items():
        assert read[path] == pytest.approx(start, abs=1e-5)


def test_results_of_runs_are_read_as_they_were(workspace, dataset, path_of):
    graph = read_graph(workspace, latest_graph(workspace, dataset.id).run_id)
    nearest = {
        path_of[int(image_id)]: path_of[int(graph.image_ids[row[0]])]
        for image_id, row in zip(graph.image_ids, graph.indices, strict=True)
    }
    assert nearest == BEFORE["neighbours"]
    places, ids = points(workspace, list_projections(workspace, dataset.id)[0].run_id)
    for image_id, place in zip(ids, places, strict=True):
        assert place.tolist() == pytest.approx(BEFORE["points"][path_of[int(image_id)]], abs=1e-3)
    comparison = latest_comparison(workspace, dataset.id)
    assert comparison.space == BEFORE["space"]["name"] and comparison.figures["n_groups"] == 9
    (clusters,) = list_medoid_runs(workspace, dataset.id)
    assert (clusters.k, clusters.n_images) == (3, 39)
    assert [[cluster, name] for cluster, name in cluster_names(workspace, clusters.run_id).items()] == BEFORE[
        "cluster_names"
    ]


def test_what_people_saved_is_there(workspace, dataset, path_of):
    (selection,) = list_selections(workspace, dataset.id)
    images = selection_images(workspace, selection.id).tolist()
    assert {selection.name: [path_of[image_id] for image_id in images]} == BEFORE["selections"]
    (prompts,) = list_prompts(workspace, dataset.id)
    assert [prompts.name, json.dumps([list(each) for each in prompts.by_class]), list(prompts.templates)] == BEFORE[
        "prompt_sets"
    ][0]
    (reference,) = list_references(workspace, dataset.id)
    assert [reference.name, reference.balanced_accuracy, list(reference.recalls)] == BEFORE["references"][0]
    assert [[each.name, each.n] for each in list_evaluation_sets(workspace, dataset.id)] == BEFORE["evaluation_sets"]
    candidates = list_candidates(workspace, dataset.id, run_id=newest_run(workspace, dataset.id, kind="validation"))
    answered = sorted([one.path, one.confirmed] for one in candidates if one.confirmed is not None)
    assert answered == sorted(BEFORE["validation_answers"])


def test_it_can_be_decided_on_as_ever(tmp_path):
    opened = open_workspace(workspace_before_house(tmp_path))
    dataset = find_dataset(opened, DATASET)
    before = opened.data_generation(dataset.id)
    decide(opened, dataset.id, [Act(1, "relabel", label=2)], who="eve")
    assert opened.data_generation(dataset.id) > before
    newest = history(opened, dataset.id, image_id=1).to_pylist()[0]
    assert (newest["act"], newest["who"], newest["label_after"], newest["stands"]) == ("relabel", "eve", 2, True)
    opened.close()

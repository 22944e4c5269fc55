"""The medoids job from its order to its rows, and what the store says of them."""

import numpy as np
import pytest

from jobs.engine import worker
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from store import medoids
from tests.support.small_workspace import image_row, land, land_these_vectors, new_dataset

# Three groups of four around three directions; rows 12 and 13 have no use
CENTRES = np.repeat(np.eye(3, 5), 4, axis=0)


def land_given_vectors(workspace, dataset_id: int, vectors: np.ndarray) -> None:
    """A vector for the first images, by id."""
    images = workspace.read("images_to_embed", dataset_id=dataset_id).slice(0, len(vectors))
    land_these_vectors(workspace, dataset_id, images, vectors)


@pytest.fixture
def birds(workspace):
    """Fifteen images: three groups of four, a zero vector, one that is no number, and one without a vector.

    Labels are the groups, but the last of the first group carries the label of the second; the class 7 has one image.
    """
    dataset = new_dataset(workspace)
    labels = [0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 7, None, None, 0]
    land(workspace, dataset.id, [image_row(f"{i:02}.png", label=label) for i, label in enumerate(labels)])
    noise = np.random.default_rng(4).normal(scale=0.05, size=(12, 5))
    odd = np.zeros((2, 5))
    odd[1, 0] = np.nan
    land_given_vectors(workspace, dataset.id, np.vstack([CENTRES + noise, odd]))
    return dataset


def run(workspace, name: str, **parameters: object):
    """Start the job, do its worker's part here, and let the supervisor land it."""
    supervisor = Supervisor(workspace)
    job_id = supervisor.start("medoids", dataset=name, parameters=parameters, hold=True, trusted=True)
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 0, folder.ending()
    (folder.path / "segments").rename(folder.path / "incoming")
    (folder.path / "segments").mkdir()
    supervisor.land(job_id)
    return supervisor.job(job_id), folder


def test_three_groups_have_three_medoids_with_their_members_and_classes(workspace, birds) -> None:
    job, folder = run(workspace, birds.name, k=3)
    assert job.state == DONE
    (found,) = medoids.list_medoid_runs(workspace, birds.id)
    assert (found.k, found.n_images, found.space, found.is_stale) == (3, 12, "tiny", False)
    sheet = medoids.cluster_sheet(workspace, found.run_id).to_pylist()
    assert [row["n_members"] for row in sheet] == [4, 4, 4]
    groups = {(row["image_id"] - 1) // 4: row["cluster"] for row in sheet}
    assert sorted(groups) == [0, 1, 2]
    mix = [row for row in medoids.cluster_classes(workspace, found.run_id).to_pylist() if row["cluster"] == groups[0]]
    assert [(row["class_index"], row["n"]) for row in mix] == [(0, 3), (1, 1)]
    assert [row["share"] for row in mix] == [0.75, 0.25]
    first = next(row for row in sheet if row["cluster"] == groups[0])
    assert (first["majority"], first["purity"]) == (0, 0.75)
    near = medoids.cluster_members(workspace, found.run_id, cluster=groups[0], farthest=False)
    assert sorted(near["image_id"].to_pylist()) == [1, 2, 3, 4]
    assert near["distance"][0].as_py() == 0
    far = medoids.cluster_members(workspace, found.run_id, cluster=groups[0], farthest=True)
    assert far["image_id"].to_pylist() == near["image_id"].to_pylist()[::-1]
    assert not (folder.path / "vectors.npy").exists()


def test_odd_vectors_are_named_and_counted_and_an_image_without_one_too(workspace, birds) -> None:
    run(workspace, birds.name, k=3)
    (found,) = medoids.list_medoid_runs(workspace, birds.id)
    assert medoids.balance(workspace, birds.id, run_id=found.run_id) == medoids.Balance(15, 3, 2)
    with workspace.writing() as cursor:
        reasons = cursor.execute("SELECT image_id, reason FROM run_failure ORDER BY 1").fetchall()
    assert reasons[0] == (13, "The vector is zero in every place.")
    assert reasons[1][1].startswith("The vector holds a value that is not a number")


@pytest.mark.long
def test_a_curve_suggests_three_for_three_groups_and_its_medoids_start_the_next_run(workspace, birds) -> None:
    run(workspace, birds.name)
    (found,) = medoids.list_medoid_runs(workspace, birds.id)
    assert found.k == 3
    curve = medoids.elbow_curve(workspace, found.run_id)
    assert curve["k"].to_pylist() == list(range(2, 13))
    for row in curve.to_pylist():
        assert row["distortion"] == pytest.approx(row["inertia"] / 12)
        assert row["promised"] == row["sample_loss"] == row["loss"]
        assert len(row["covered"]) == 101
    assert (np.diff(curve["loss"].to_numpy()) <= 1e-6).all()
    covered = medoids.coverage_curve(workspace, found.run_id, percent=80)
    assert covered["share"].to_pylist() == [row["covered"][80] for row in curve.to_pylist()]
    assert covered["share"][-1].as_py() == 1
    known = medoids.elbow_medoids(workspace, birds.id, space="tiny", metric="cosine", k=5)
    assert len(set(known)) == 5
    run(workspace, birds.name, k=5)
    assert medoids.list_medoid_runs(workspace, birds.id)[0].k == 5
    assert medoids.elbow_curve(workspace, medoids.list_medoid_runs(workspace, birds.id)[0].run_id).num_rows == 0


def test_other_choices_stand_beside_with_the_same_figures(workspace, birds) -> None:
    run(workspace, birds.name, k=3)
    (found,) = medoids.list_medoid_runs(workspace, birds.id)
    choices = medoids.subset_choices(workspace, found.run_id).to_pylist()
    assert sorted(row["chooser"] for row in choices) == ["farthest", "kmeans", "medoids", "random"]
    assert [row["loss"] for row in choices] == sorted(row["loss"] for row in choices)
    own = next(row for row in choices if row["chooser"] == "medoids")
    assert own["loss"] == pytest.approx(choices[0]["loss"])
    assert own["mean_distance"] <= own["found_mean"] == own["sample_mean"]
    assert (own["k"], own["n_images"], own["n_sample"], own["n_classes"]) == (3, 12, 12, 3)
    assert all(row["k"] == 3 and len(row["covered"]) == 101 for row in choices)
    pictures = medoids.subset_pictures(workspace, found.run_id)
    assert pictures.num_rows == 12
    assert pictures["place"].to_pylist() == [1, 2, 3] * 4
    assert medoids.subset_pictures(workspace, found.run_id, n_rows=2).num_rows == 8


def test_the_mislabelled_one_is_the_least_typical_of_its_class_and_one_alone_has_no_figure(workspace, birds) -> None:
    run(workspace, birds.name, k=3)
    (found,) = medoids.list_medoid_runs(workspace, birds.id)
    assert medoids.typical_classes(workspace, found.run_id) == [0, 1, 2, 7]
    least = medoids.typical_pictures(workspace, found.run_id, classes=[1, 7], least=True, n_rows=2).to_pylist()
    assert [(row["class_index"], row["n"], row["place"]) for row in least] == [(1, 5, 1), (1, 5, 2), (7, 1, 1)]
    assert least[0]["image_id"] == 4
    assert least[2]["mean_cosine"] is None
    most = medoids.typical_pictures(workspace, found.run_id, classes=[1], least=False, n_rows=5).to_pylist()
    assert most[-1]["image_id"] == 4


def test_a_cluster_is_named_renamed_and_unnamed(workspace, birds) -> None:
    run(workspace, birds.name, k=3)
    (found,) = medoids.list_medoid_runs(workspace, birds.id)
    for name, expected in (("  cats ", {1: "cats"}), ("dogs", {1: "dogs"}), ("", {})):
        medoids.name_cluster(workspace, birds.id, run_id=found.run_id, cluster=1, name=name, who="me")
        assert medoids.cluster_names(workspace, found.run_id) == expected
    medoids.name_cluster(workspace, birds.id, run_id=found.run_id, cluster=2, name="<b>x</b>", who="me")
    names = {row["cluster"]: row["name"] for row in medoids.cluster_sheet(workspace, found.run_id).to_pylist()}
    assert names == {0: None, 1: None, 2: "<b>x</b>"}
    assert not medoids.list_medoid_runs(workspace, birds.id)[0].is_stale


def test_a_removed_picture_no_longer_counts_and_makes_the_run_stale(workspace, birds) -> None:
    run(workspace, birds.name, k=3)
    with workspace.writing(birds.id, changes_data=True) as cursor:
        cursor.execute(
            "INSERT INTO decision (id, dataset_id, image_id, act, who, decided_at) "
            "VALUES (1, 1, 2, 'remove', 'me', now())"
        )
    (found,) = medoids.list_medoid_runs(workspace, birds.id)
    assert found.is_stale
    assert sum(row["n_members"] for row in medoids.cluster_sheet(workspace, found.run_id).to_pylist()) == 11


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("k", [0, 2, 50])
@pytest.mark.long
def test_few_or_equal_pictures_are_no_obstacle(workspace, metric: str, n: int, k: int) -> None:
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{i}.png") for i in range(n)])
    land_given_vectors(workspace, dataset.id, np.ones((n, 5)))
    run(workspace, dataset.name, metric=metric, k=k)
    (found,) = medoids.list_medoid_runs(workspace, dataset.id)
    assert (found.n_images, found.k) == (n, min(n, k or 2))
    assert all(row["loss"] == 0 for row in medoids.subset_choices(workspace, found.run_id).to_pylist())


def test_a_wrong_order_is_refused_before_a_job_is_made(workspace, birds) -> None:
    supervisor = Supervisor(workspace)
    for wrong, said in (
        ({"metric": "manhattan"}, "medoids: metric is one of cosine, euclidean, not 'manhattan'"),
        ({"k": 1001}, "medoids: k must lie between 0 and 1000, not 1001"),
        ({"k_min": 9, "k_max": 8}, r"k_max \(8\) is less than k_min \(9\)"),
        ({"sample_size": 20_000}, "sample_size must lie between 100 and 10000, not 20000"),
        ({"space": "other"}, "medoids: there is no embedding space 'other'"),
    ):
        with pytest.raises(UnknownParameter, match=said):
            supervisor.start("medoids", dataset=birds.name, parameters=wrong)
    with pytest.raises(NothingToDo, match="no vectors yet"):
        supervisor.start("medoids", dataset=new_dataset(workspace, "empty").name)
    assert not list((workspace.root / "jobs").iterdir())

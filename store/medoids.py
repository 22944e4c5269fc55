"""Representatives: the runs there are, their clusters and names, the curve over k, and who is typical of a class."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.acting import does
from store.connection import Workspace, utc_now
from store.runs import SpaceRun, finished_runs
from store.statements import sql
from store.texts import NAME, require_short

_INSERTS = (
    "insert_medoids",
    "insert_cluster_members",
    "insert_elbow_points",
    "insert_subset_choices",
    "insert_typicality",
)


@dataclass(frozen=True, kw_only=True)
class MedoidRun(SpaceRun):
    """A finished search for representatives."""

    n_images: int
    k: int


@dataclass(frozen=True)
class _Counts:
    run_id: int
    n_images: int
    k: int


@dataclass(frozen=True)
class _Medoids:
    medoids: list[int]


@dataclass(frozen=True)
class _Name:
    cluster: int
    name: str


@dataclass(frozen=True)
class Balance:
    """Of n_images kept images, n_without are in no cluster; n_failed were left out by the run, which says why."""

    n_images: int
    n_without: int
    n_failed: int


def land_medoids(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take a run's rows into the open transaction of `cursor`. table: as jobs.medoids.job.SCHEMA says.

    Members with a reason were left out, and become failures of the run.
    """
    cursor.register("incoming", table)
    for statement in (*_INSERTS, "delete_run_failures", "insert_run_failures"):
        cursor.execute(sql(statement), {"run_id": run_id})


def has_landed(workspace: Workspace, run_id: int) -> bool:
    """Whether the run's clusters are in the file."""
    return workspace.count("count_cluster_members", run_id=run_id) > 0


def image_classes(workspace: Workspace, dataset_id: int) -> pa.Table:
    """image_id, class_index of the kept images, a row a label."""
    return workspace.read("image_classes", dataset_id=dataset_id)


def list_medoid_runs(workspace: Workspace, dataset_id: int) -> list[MedoidRun]:
    """The dataset's finished runs, newest first."""
    counts = {each.run_id: each for each in workspace.all("medoid_counts", _Counts, dataset_id=dataset_id)}
    return [
        MedoidRun(**vars(run), n_images=each.n_images, k=each.k)
        for run in finished_runs(workspace, dataset_id, kind="medoids", of=SpaceRun)
        if (each := counts.get(run.run_id)) is not None
    ]


def elbow_curve(workspace: Workspace, run_id: int) -> pa.Table:
    """k, loss, sample_loss, n_sample, inertia, distortion, silhouette, medoid_silhouette, covered, n_images, promised.

    By k; empty for a run with a k of its own. promised: what the loss would be if all were like the sample.
    """
    return workspace.read("elbow_curve", run_id=run_id)


def coverage_curve(workspace: Workspace, run_id: int, *, percent: int) -> pa.Table:
    """k, share of the images with a medoid at a cosine of percent / 100 or more, by k. percent: 0 to 100."""
    return workspace.read("coverage_curve", run_id=run_id, percent=percent)


def elbow_medoids(workspace: Workspace, dataset_id: int, *, space: str, metric: str, k: int) -> list[int]:
    """The image ids that the newest curve of this space and metric has as medoids for `k`; none where there is none."""
    curve = workspace.first("elbow_medoids", _Medoids, dataset_id=dataset_id, space=space, metric=metric, k=k)
    return curve.medoids if curve is not None else []


def cluster_sheet(workspace: Workspace, run_id: int) -> pa.Table:
    """A row a cluster, largest first: its medoid, n_members, mean_distance, mean_cosine, majority, purity, name.

    majority: the most common class among its kept members; purity: that class's share of the labelled ones, in [0, 1];
    both null where none has a label.
    """
    return workspace.read("cluster_sheet", run_id=run_id)


def cluster_classes(workspace: Workspace, run_id: int) -> pa.Table:
    """cluster, class_index (null: no label), n, share of the kept members, by cluster, the most common class first."""
    return workspace.read("cluster_classes", run_id=run_id)


def cluster_members(
    workspace: Workspace, run_id: int, *, cluster: int, farthest: bool, first: int = 0, n_rows: int = 60
) -> pa.Table:
    """image_id, sha256, path, split, label, labels, distance, cosine of kept members, nearest or farthest first."""
    direction = -1 if farthest else 1
    return workspace.read(
        "cluster_members", run_id=run_id, cluster=cluster, direction=direction, first=first, n_rows=n_rows
    )


def cluster_names(workspace: Workspace, run_id: int) -> dict[int, str]:
    """The names that people gave a run's clusters; clusters without one are not there."""
    return {each.cluster: each.name for each in workspace.all("cluster_names", _Name, run_id=run_id) if each.name}


@does("name_cluster")
def name_cluster(workspace: Workspace, dataset_id: int, *, run_id: int, cluster: int, name: str, who: str) -> None:
    """Name a cluster, or take its name away with an empty one. Earlier names stay in the file. Raises TextTooLong."""
    require_short(name, "The name", longest=NAME)
    values = {"run_id": run_id, "cluster": cluster, "name": name.strip(), "who": who, "named_at": utc_now()}
    with workspace.writing(dataset_id) as cursor:
        cursor.execute(sql("insert_cluster_name"), values)


def subset_choices(workspace: Workspace, run_id: int) -> pa.Table:
    """What each way of choosing k pictures is worth, the least loss first; `covered` by cosine in percent."""
    return workspace.read("subset_choices", run_id=run_id)


def subset_pictures(workspace: Workspace, run_id: int, *, n_rows: int = 100) -> pa.Table:
    """chooser, place, image_id, sha256, path, label, labels of what each way chose; at most `n_rows` a way."""
    return workspace.read("subset_pictures", run_id=run_id, n_rows=n_rows)


def typical_classes(workspace: Workspace, run_id: int) -> list[int]:
    """The classes whose pictures the run compared, by index."""
    classes: list[int] = workspace.read("typical_classes", run_id=run_id)["class_index"].to_pylist()
    return classes


def typical_pictures(
    workspace: Workspace, run_id: int, *, classes: Sequence[int], least: bool, n_rows: int = 10
) -> pa.Table:
    """class_index, image_id, sha256, path, mean_cosine, n, place of the most (or least) typical of each class."""
    direction = -1 if least else 1
    return workspace.read("typical_pictures", run_id=run_id, classes=list(classes), direction=direction, n_rows=n_rows)


def balance(workspace: Workspace, dataset_id: int, *, run_id: int) -> Balance:
    """How many of the dataset's kept images the run has put into clusters."""
    return workspace.one("cluster_balance", Balance, dataset_id=dataset_id, run_id=run_id)

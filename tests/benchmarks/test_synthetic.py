"""The made-up workspace of the benchmarks: every table is filled as far as it says, and no run of it is stale."""

import pytest

from benchmarks.support import synthetic
from store.connection import Workspace
from store.datasets import find_dataset

N = 400


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of 400 images with all results."""
    workspace = synthetic.make_workspace(tmp_path_factory.mktemp("made") / "w", n=N)
    synthetic.add_all(workspace, n=N)
    yield workspace
    workspace.close()


def count(workspace: Workspace, table: str) -> int:
    return workspace.read_text(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py()


@pytest.mark.parametrize(
    ("table", "n"),
    [
        ("image", N),
        ("vector_1", N),
        ("neighbour_list", N),
        ("label_opinion", N),
        ("prediction", 3 * N),
        ("projection_point", N),
        ("duplicate_group", 30),  # fifteen pairs: the sixteenth would end beyond the last image
        ("detection", N // 2 * synthetic.PER_IMAGE),
        ("cluster_member", N),
        ("attribute_value", N),
        ("version_item", N),
        ("import_failure", 1),
    ],
)
def test_tables_are_filled(made: Workspace, table: str, n: int) -> None:
    assert count(made, table) == n


def test_a_small_share_has_been_decided(made: Workspace) -> None:
    assert 0 < count(made, "decision") < N // 4


def test_images_are_numbered_from_one(made: Workspace) -> None:
    ids = made.read_text("SELECT min(id) AS low, max(id) AS high, count(DISTINCT id) AS n FROM image")
    assert ids.to_pylist() == [{"low": 1, "high": N, "n": N}]


def test_every_run_is_finished_and_up_to_date(made: Workspace) -> None:
    stale = made.read_text(
        "SELECT kind FROM run WHERE NOT complete OR input_generation < (SELECT max(data_value) FROM generation)"
    )
    assert stale.num_rows == 0 and count(made, "run") == 10


def test_the_dataset_is_found_by_its_name(made: Workspace) -> None:
    assert find_dataset(made, synthetic.DATASET).id == synthetic.DATASET_ID

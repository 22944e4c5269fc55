"""Three counts of writes: what each of them covers, and what it leaves alone."""

import pyarrow as pa
import pytest

from store.connection import Workspace
from store.decisions import Act, decide
from store.ledger import land_segment
from store.runs import RunStart, finish_run, start_run
from store.subjects import SPLITS, note_changes
from store.vectors import land_vectors
from tests.support.small_workspace import image_row, land, new_dataset


@pytest.fixture
def birds(workspace) -> int:
    """A dataset of two images, by its number."""
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png", label=0), image_row("b.png", label=0)])
    return dataset.id


def generations(workspace: Workspace, dataset_id: int) -> tuple[int, int, int]:
    """All three of a dataset."""
    return (
        workspace.generation(dataset_id),
        workspace.settled_generation(dataset_id),
        workspace.data_generation(dataset_id),
    )


def land_a_segment(workspace: Workspace, dataset_id: int, *, changes: tuple[str, ...] = ()) -> None:
    """A segment of an embedding, which may say that it changes something else as well."""
    images = workspace.read("images_to_embed", dataset_id=dataset_id)
    about = {"model": "m", "dim": 2, "preprocess": {}, "weights_source": "test", "weights_sha256": "0" * 64}

    def land_all(cursor, rows) -> None:
        land_vectors(cursor, dataset_id, space_name="s", about=about, table=rows, run_id=1)
        note_changes(cursor, dataset_id, changes)

    vectors = pa.FixedSizeListArray.from_arrays(pa.array([1.0] * 4, pa.float32()), 2)
    columns = {name: images[name] for name in ("image_id", "sha256")}
    land_segment(
        workspace,
        job_id="embed-1",
        n=0,
        table=pa.table({**columns, "vector": vectors, "reason": pa.nulls(2, pa.string())}),
        n_failed=0,
        dataset_id=dataset_id,
        land=land_all,
    )


def changed(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[bool, ...]:
    """Which of the counts went up."""
    assert all(new >= old for old, new in zip(before, after, strict=True))
    return tuple(new > old for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("asked", ["dataset", "workspace"])
def test_a_landing_segment_raises_the_generation_alone(workspace, birds, asked):
    row = birds if asked == "dataset" else 0
    before = generations(workspace, row)
    land_a_segment(workspace, birds)
    assert changed(before, generations(workspace, row)) == (True, False, False)


def test_a_landing_segment_that_changes_the_data_raises_all(workspace, birds):
    before = generations(workspace, birds)
    land_a_segment(workspace, birds, changes=(SPLITS,))
    assert changed(before, generations(workspace, birds)) == (True, True, True)


def test_the_end_of_a_run_settles_what_its_segments_left(workspace, birds):
    run = RunStart(1, birds, "embed-1", "embed", "m", {}, None, "v", workspace.generation(birds), "cpu")
    with workspace.writing(birds) as cursor:
        start_run(cursor, run)
    land_a_segment(workspace, birds)
    before = generations(workspace, birds)
    with workspace.writing(birds) as cursor:
        finish_run(cursor, 1, complete=True, seconds=1.0, figures={})
    assert changed(before, generations(workspace, birds)) == (True, True, False)


def test_a_decision_raises_all(workspace, birds):
    before, whole = generations(workspace, birds), generations(workspace, 0)
    decide(workspace, birds, [Act(1, "remove")], who="ada")
    assert changed(before, generations(workspace, birds)) == (True, True, True)
    assert changed(whole, generations(workspace, 0)) == (True, True, True)


def test_another_datasets_writes_raise_only_the_workspaces(workspace, birds):
    before, whole = generations(workspace, birds), generations(workspace, 0)
    other = new_dataset(workspace, name="fish")
    land(workspace, other.id, [image_row("c.png")])
    assert generations(workspace, birds) == before
    assert changed(whole, generations(workspace, 0)) == (True, True, True)


def test_a_dataset_that_nobody_wrote_to_stands_at_nought(workspace):
    assert generations(workspace, 7) == (0, 0, 0)

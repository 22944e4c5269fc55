"""What the overview counts, on images whose answers are worked out by hand."""

import pytest

from store import overview
from store.connection import Workspace
from tests.support.small_workspace import (
    failure_row,
    image_row,
    land,
    land_decision,
    land_random_vectors,
    lose,
    new_dataset,
)


@pytest.fixture
def birds(workspace: Workspace) -> int:
    """Six images: a and b share bytes across splits and labels, c and d share bytes and label; e has no label."""
    dataset = new_dataset(workspace)
    rows = [
        image_row("train/a.png", content="1", label=0, split="train", bytes=10),
        image_row("test/b.png", content="1", label=1, split="test", bytes=20),
        image_row("train/c.png", content="2", label=0, split="train", width=100, height=50),
        image_row("train/d.png", content="2", label=0, split="train", format="JPEG", mode="L"),
        image_row("e.png"),
        image_row("f.png", label=1),
        failure_row("g.png"),
    ]
    land(workspace, dataset.id, rows)
    return dataset.id


def record_run(
    workspace: Workspace, dataset_id: int, number: int, *, kind: str, read_at: int, complete: bool = True
) -> None:
    with workspace.writing(dataset_id) as cursor:
        values = {
            "id": number,
            "dataset_id": dataset_id,
            "kind": kind,
            "input_generation": read_at,
            "complete": complete,
        }
        cursor.execute(
            "INSERT INTO run (id, dataset_id, job_id, kind, parameters, code_version, input_generation, complete, "
            "started_at) "
            "VALUES ($id, $dataset_id, 'j', $kind, '{}', '0', $input_generation, $complete, now())",
            values,
        )


def counted(workspace: Workspace, dataset_id: int) -> set[tuple]:
    return {tuple(row.values()) for row in overview.class_counts(workspace, dataset_id).to_pylist()}


def test_totals_count_kept_images_and_their_bytes(workspace, birds) -> None:
    found = overview.totals(workspace, birds)
    assert (found.n_images, found.bytes, found.n_unlabelled) == (6, 10 + 20 + 4 * 100, 1)
    assert (found.n_missing, found.n_removed, found.n_relabelled) == (0, 0, 0)


def test_an_empty_dataset_counts_nothing(workspace) -> None:
    dataset = new_dataset(workspace)
    assert overview.totals(workspace, dataset.id) == overview.Totals(0, 0, 0, 0, 0, 0)
    assert overview.duplicates(workspace, dataset.id) == overview.Duplicates(0, 0, 0, 0, 0, 0)
    assert overview.class_counts(workspace, dataset.id).num_rows == 0
    assert overview.embedded(workspace, dataset.id, n_images=0) == overview.Embedded(None, 0)


def test_classes_are_counted_by_split(workspace, birds) -> None:
    assert counted(workspace, birds) == {
        (0, "train", 3),
        (1, "test", 1),
        (1, None, 1),
        (None, None, 1),
    }
    assert overview.split_counts(workspace, birds).to_pylist() == [
        {"split": "test", "n": 1},
        {"split": "train", "n": 3},
        {"split": None, "n": 2},
    ]


def test_a_relabelled_image_counts_in_its_new_class_until_that_is_undone(workspace, birds) -> None:
    number = land_decision(workspace, birds, "test/b.png", "relabel", label=0)
    assert (0, "test", 1) in counted(workspace, birds)
    assert overview.totals(workspace, birds).n_relabelled == 1
    assert overview.duplicates(workspace, birds).n_groups_conflicting == 0
    land_decision(workspace, birds, "test/b.png", "undo", undoes=number)
    assert (1, "test", 1) in counted(workspace, birds)


def test_removed_and_missing_images_leave_every_count_but_their_own(workspace, birds) -> None:
    land_decision(workspace, birds, "test/b.png", "remove")
    lose(workspace, birds, "train/d.png")
    found = overview.totals(workspace, birds)
    assert (found.n_images, found.n_removed, found.n_missing) == (4, 1, 1)
    assert counted(workspace, birds) == {(0, "train", 2), (1, None, 1), (None, None, 1)}
    assert overview.duplicates(workspace, birds).n_groups == 0
    assert overview.format_counts(workspace, birds)["format"].to_pylist() == ["PNG"]


def test_duplicates_across_splits_and_with_other_labels_are_told_apart(workspace, birds) -> None:
    found = overview.duplicates(workspace, birds)
    assert (found.n_groups, found.n_images) == (2, 4)
    assert (found.n_groups_across, found.n_images_across) == (1, 2)
    assert (found.n_groups_conflicting, found.n_images_conflicting) == (1, 2)


def test_a_twin_without_label_or_split_contradicts_nobody(workspace) -> None:
    dataset = new_dataset(workspace)
    rows = [image_row("a", content="1", label=0, split="train"), image_row("b", content="1")]
    land(workspace, dataset.id, rows)
    found = overview.duplicates(workspace, dataset.id)
    assert (found.n_groups, found.n_groups_across, found.n_groups_conflicting) == (1, 0, 0)


def test_several_labels_count_once_each_and_compare_as_sets(workspace) -> None:
    dataset = new_dataset(workspace, task="multi")
    rows = [
        image_row("a", content="1", labels=[0, 2]),
        image_row("b", content="1", labels=[2, 0]),
        image_row("c", content="2", labels=[1]),
        image_row("d", content="2", labels=[1, 2]),
        image_row("e", labels=[]),
    ]
    land(workspace, dataset.id, rows)
    assert counted(workspace, dataset.id) == {(0, None, 2), (1, None, 2), (2, None, 3), (None, None, 1)}
    found = overview.duplicates(workspace, dataset.id)
    assert (found.n_groups, found.n_groups_conflicting) == (2, 1)
    assert overview.totals(workspace, dataset.id).n_unlabelled == 1


def test_sizes_and_formats_come_most_common_first(workspace, birds) -> None:
    assert overview.size_counts(workspace, birds).to_pylist() == [
        {"width": 64, "height": 48, "n": 5},
        {"width": 100, "height": 50, "n": 1},
    ]
    assert overview.format_counts(workspace, birds).to_pylist() == [
        {"format": "PNG", "mode": "RGB", "n": 5, "bytes": 330},
        {"format": "JPEG", "mode": "L", "n": 1, "bytes": 100},
    ]


def test_files_not_taken_in_are_reported(workspace, birds) -> None:
    assert overview.problems(workspace, birds) == overview.Problems(n_failures=1, n_label_problems=0)


def test_images_without_a_vector_are_counted_in_the_space_that_covers_most(workspace, birds) -> None:
    assert overview.embedded(workspace, birds, n_images=6) == overview.Embedded(None, 6)
    images = workspace.read("images_to_embed", dataset_id=birds)
    land_random_vectors(workspace, birds, images.slice(0, 2), name="poor")
    land_random_vectors(workspace, birds, images.slice(0, 4), name="rich")
    found = overview.embedded(workspace, birds, n_images=6)
    assert (found.space.name, found.n_without) == ("rich", 2)
    lose(workspace, birds, "f.png")
    assert overview.embedded(workspace, birds, n_images=5).n_without == 1


def test_a_result_is_stale_once_the_data_changed_after_it_was_read(workspace, birds) -> None:
    record_run(workspace, birds, 1, kind="import", read_at=0)
    record_run(workspace, birds, 2, kind="label-issues", read_at=workspace.generation(birds))
    assert overview.stale_runs(workspace, birds) == []
    land_decision(workspace, birds, "e.png", "relabel", label=1)
    assert overview.stale_runs(workspace, birds) == [overview.StaleRun(2, "label-issues", None, ["data"])]
    record_run(workspace, birds, 3, kind="embed", read_at=workspace.generation(birds), complete=False)
    assert len(overview.stale_runs(workspace, birds)) == 1
    record_run(workspace, birds, 4, kind="label-issues", read_at=workspace.generation(birds))
    assert overview.stale_runs(workspace, birds) == []


def test_the_same_seed_draws_the_same_samples_of_each_class(workspace) -> None:
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{i}.png", label=i % 3) for i in range(60)])

    def draw(seed: int) -> list[tuple[int, int]]:
        table = overview.class_samples(workspace, dataset.id, classes=[0, 2], n=5, seed=seed)
        return list(zip(table["class_index"].to_pylist(), table["image_id"].to_pylist(), strict=True))

    first = draw(7)
    assert [index for index, _ in first] == [0] * 5 + [2] * 5
    assert len(set(first)) == 10
    assert draw(7) == first
    assert draw(8) != first


def test_another_dataset_of_the_workspace_changes_no_count(workspace, birds) -> None:
    other = new_dataset(workspace, "cats")
    land(workspace, other.id, [image_row("x", content="1", label=3), image_row("y", content="9")])
    assert overview.totals(workspace, birds).n_images == 6
    assert overview.totals(workspace, other.id).n_images == 2
    assert overview.duplicates(workspace, other.id).n_groups == 0

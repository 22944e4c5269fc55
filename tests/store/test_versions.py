"""Versions: frozen, compared, brought back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.decisions import Act, decide, undo
from store.errors import BadVersion, UnknownVersion
from store.versions import NOW, class_counts, diff, diff_page, find_version, freeze, list_versions, restore
from tests.support.small_workspace import image_row, land, new_dataset

NAMES = ("cat", "lynx", "wolf")


@pytest.fixture
def birds(workspace):
    """Six images, two a class."""
    return six(workspace)


def six(workspace, name: str = "birds"):
    dataset = new_dataset(workspace, name)
    land(workspace, dataset.id, [image_row(f"{i}.png", label=i // 2) for i in range(6)])
    with workspace.writing(dataset.id) as cursor:
        for index, class_name in enumerate(NAMES):
            cursor.execute("INSERT INTO class_name VALUES ($1, $2, $3, NULL)", [dataset.id, index, class_name])
    return dataset


def by_class(found) -> dict:
    return {row.pop("class_index"): tuple(row.values()) for row in found.by_class.to_pylist()}


def test_a_version_holds_what_counted_when_it_was_frozen(workspace, birds) -> None:
    decide(workspace, birds.id, [Act(1, "remove"), Act(3, "relabel", label=2)], who="me")
    made = freeze(workspace, birds.id, name=" v1 ", note="one out", who="me")
    decide(workspace, birds.id, [Act(2, "remove")], who="me")
    assert (made.name, made.note, made.n_images, made.class_names, made.n_labelled) == ("v1", "one out", 5, NAMES, 5)
    counted = class_counts(workspace, birds.id, version_id=made.id).to_pylist()
    assert [(row["class_index"], row["n"]) for row in counted] == [(0, 1), (1, 1), (2, 3)]
    assert list_versions(workspace, birds.id) == [made]


def test_a_diff_by_hand(workspace, birds) -> None:
    before = freeze(workspace, birds.id, name="v1", who="me")
    decide(workspace, birds.id, [Act(1, "remove"), Act(3, "relabel", label=2), Act(4, "keep")], who="me")
    land(workspace, birds.id, [image_row("new.png", label=0)])
    after = freeze(workspace, birds.id, name="v2", who="me")
    for found in (
        diff(workspace, birds.id, before=before.id, after=after.id),
        diff(workspace, birds.id, before=before.id, after=NOW),
    ):
        assert found.n_by_kind == {"added": 1, "removed": 1, "relabelled": 1} and found.n == 3
        #                         before after added removed gained lost
        assert by_class(found) == {0: (2, 2, 1, 1, 0, 0), 1: (2, 1, 0, 0, 0, 1), 2: (2, 3, 0, 0, 1, 0)}
    (moved,) = diff_page(workspace, birds.id, before=before.id, after=after.id, kind="relabelled").to_pylist()
    assert (moved["image_id"], moved["held_before"], moved["held_after"]) == (3, [1], [2])
    assert not diff_page(
        workspace, birds.id, before=before.id, after=after.id, kind="relabelled", class_index=0
    ).num_rows
    assert diff(workspace, birds.id, before=after.id, after=after.id).n == 0


def test_a_diff_turned_around_exchanges_its_sides(workspace, birds) -> None:
    v1 = freeze(workspace, birds.id, name="v1", who="me")
    decide(workspace, birds.id, [Act(1, "remove"), Act(3, "relabel", label=2), Act(5, "relabel", label=0)], who="me")
    forth = diff(workspace, birds.id, before=v1.id, after=NOW)
    back = diff(workspace, birds.id, before=NOW, after=v1.id)
    assert back.n_by_kind == {"added": 1, "relabelled": 2} and forth.n_by_kind == {"removed": 1, "relabelled": 2}
    turned = {k: (b, a, out, came, lost, won) for k, (a, b, came, out, won, lost) in by_class(forth).items()}
    assert by_class(back) == turned


def test_several_labels_are_compared_as_sets(workspace) -> None:
    dataset = new_dataset(workspace, "scenes", task="multi")
    land(workspace, dataset.id, [image_row("a.png", labels=[0, 1]), image_row("b.png", labels=[2])])
    with workspace.writing(dataset.id) as cursor:
        for index, class_name in enumerate(NAMES):
            cursor.execute("INSERT INTO class_name VALUES ($1, $2, $3, NULL)", [dataset.id, index, class_name])
    v1 = freeze(workspace, dataset.id, name="v1", who="me")
    decide(workspace, dataset.id, [Act(1, "relabel", labels=[1, 0])], who="me")
    assert diff(workspace, dataset.id, before=v1.id, after=NOW).n == 0
    decide(workspace, dataset.id, [Act(1, "relabel", labels=[1, 2])], who="me")
    found = diff(workspace, dataset.id, before=v1.id, after=NOW)
    assert by_class(found) == {0: (1, 0, 0, 0, 0, 1), 1: (1, 1, 0, 0, 0, 0), 2: (1, 2, 0, 0, 1, 0)}
    restore(workspace, dataset.id, version=v1, who="me")
    assert diff(workspace, dataset.id, before=v1.id, after=NOW).n == 0


def test_restore_is_one_batch_that_can_be_undone(workspace, birds) -> None:
    decide(workspace, birds.id, [Act(6, "remove")], who="me")
    v1 = freeze(workspace, birds.id, name="v1", who="me")
    decide(workspace, birds.id, [Act(1, "remove"), Act(1, "relabel", label=2), Act(6, "restore")], who="me")
    v2 = freeze(workspace, birds.id, name="v2", who="me")
    done = restore(workspace, birds.id, version=v1, who="me")
    assert (done.n_removed, done.n_restored, done.n_relabelled, done.n_missing) == (1, 1, 1, 0)
    assert diff(workspace, birds.id, before=v1.id, after=NOW).n == 0
    assert restore(workspace, birds.id, version=v1, who="me").decided is None
    undo(workspace, birds.id, batch=done.decided.batch, who="me")
    assert diff(workspace, birds.id, before=v2.id, after=NOW).n == 0


def test_a_missing_picture_is_counted_and_not_decided_on(workspace, birds) -> None:
    v1 = freeze(workspace, birds.id, name="v1", who="me")
    with workspace.writing(birds.id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET missing = true WHERE id = 2")
    (v1,) = list_versions(workspace, birds.id)
    assert v1.n_missing == 1
    done = restore(workspace, birds.id, version=v1, who="me")
    assert done.decided is None and done.n_missing == 1
    assert diff(workspace, birds.id, before=v1.id, after=NOW).n_by_kind == {"removed": 1}


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\nb", "v1"])
def test_a_name_that_cannot_be_is_refused(workspace, birds, name) -> None:
    freeze(workspace, birds.id, name="v1", who="me")
    with pytest.raises(BadVersion):
        freeze(workspace, birds.id, name=name, who="me")


def test_nothing_is_frozen_of_an_empty_dataset(workspace) -> None:
    dataset = new_dataset(workspace)
    with pytest.raises(BadVersion, match="nothing to freeze"):
        freeze(workspace, dataset.id, name="v1", who="me")
    assert list_versions(workspace, dataset.id) == []


def test_an_unknown_version_lists_those_there_are(workspace, birds) -> None:
    freeze(workspace, birds.id, name="v1", who="me")
    assert find_version(workspace, birds.id, name="v1").n_images == 6
    with pytest.raises(UnknownVersion, match="'v1'"):
        find_version(workspace, birds.id, name="v9")


def test_versions_of_another_dataset_are_not_mixed_in(workspace, birds) -> None:
    other = six(workspace, "others")
    v1 = freeze(workspace, other.id, name="v1", who="me")
    decide(workspace, birds.id, [Act(1, "remove")], who="me")
    assert freeze(workspace, birds.id, name="v1", who="me").n_images == 5
    assert diff(workspace, other.id, before=v1.id, after=NOW).n == 0


acts = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from(["remove", "restore", "relabel"]), st.integers(0, 2)), max_size=12
)


@pytest.mark.long
@given(first=acts, second=acts)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_restoring_brings_back_the_version_whatever_was_decided(workspace, first, second) -> None:
    n = len(workspace.rows("list_datasets"))
    dataset = six(workspace, f"birds {n}")
    shift = 6 * n
    for number, batch in enumerate((first, second)):
        for image_id, act, label in batch:
            one = Act(image_id + shift, act, label=label if act == "relabel" else None)
            decide(workspace, dataset.id, [one], who="me")
        if number == 0:
            try:
                kept = freeze(workspace, dataset.id, name="v1", who="me")
            except BadVersion:
                return
    restore(workspace, dataset.id, version=kept, who="me")
    assert diff(workspace, dataset.id, before=kept.id, after=NOW).n == 0


def test_a_snapshot_holds_versions_and_their_comparison(workspace, birds, tmp_path) -> None:
    import duckdb

    v1 = freeze(workspace, birds.id, name="v1", who="me")
    decide(workspace, birds.id, [Act(1, "remove")], who="me")
    workspace.snapshot(tmp_path / "copy.duckdb")
    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as copy:
        kinds = copy.execute(
            f"SELECT kind FROM version_pairs({birds.id}, {v1.id}, 0) WHERE kind IS NOT NULL"
        ).fetchall()
    assert kinds == [("removed",)]

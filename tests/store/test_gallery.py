"""Which images the gallery shows, in which order, and what it knows of one."""

import csv
import io

import pytest

from store.connection import Workspace
from store.gallery import (
    CHECKS,
    NO_SPLIT,
    SORTS,
    PictureFilters,
    chosen_by,
    count_images,
    export_csv,
    image_facts,
    image_twins,
    list_images,
    picture_file,
)
from tests.support.small_workspace import image_row, land, land_decision, land_random_vectors, lose, new_dataset


@pytest.fixture
def birds(workspace: Workspace) -> int:
    """Six images; a, c, f share bytes over splits and labels, b and e share bytes only."""
    dataset = new_dataset(workspace)
    rows = [
        image_row("a.png", content="1", label=0, split="train", brightness=30.0),
        image_row("b.png", content="2", label=1, split="train", brightness=20.0, width=10, height=10),
        image_row("c.png", content="1", label=1, split="test", brightness=30.0),
        image_row("D_100%.png", label=1, split="test", brightness=90.0, bytes=5),
        image_row("e.png", content="2", label=1, split="train", brightness=20.0, width=10, height=10),
        image_row("f.png", content="1", brightness=30.0),
    ]
    land(workspace, dataset.id, rows)
    with workspace.writing() as cursor:
        cursor.execute(
            "INSERT INTO class_name VALUES ($id, 0, 'tit', NULL), ($id, 1, 'rook', 'crow')", {"id": dataset.id}
        )
    return dataset.id


def paths(workspace: Workspace, dataset_id: int, *, first: int = 0, n_rows: int = 100, **wanted: object) -> list[str]:
    """The paths of a page, after checking that the count agrees with the whole list."""
    filters = PictureFilters(**wanted)
    chosen = chosen_by(workspace, dataset_id, check=filters.check)
    everything = list_images(workspace, dataset_id, filters=filters, chosen=chosen, first=0, n_rows=100)
    assert count_images(workspace, dataset_id, filters=filters, chosen=chosen) == everything.num_rows
    page = list_images(workspace, dataset_id, filters=filters, chosen=chosen, first=first, n_rows=n_rows)
    return page["path"].to_pylist()


def test_all_images_come_by_path_page_by_page(workspace, birds) -> None:
    assert paths(workspace, birds) == ["D_100%.png", "a.png", "b.png", "c.png", "e.png", "f.png"]
    assert paths(workspace, birds, first=4, n_rows=4) == ["e.png", "f.png"]


def test_filters_narrow_together(workspace, birds) -> None:
    assert paths(workspace, birds, class_index=1) == ["D_100%.png", "b.png", "c.png", "e.png"]
    assert paths(workspace, birds, class_index=1, split="test") == ["D_100%.png", "c.png"]
    assert paths(workspace, birds, split=NO_SPLIT) == ["f.png"]
    assert paths(workspace, birds, class_index=1, name="E.PN") == ["e.png"]


def test_a_name_is_text_and_no_pattern(workspace, birds) -> None:
    assert paths(workspace, birds, name="_100%") == ["D_100%.png"]
    assert paths(workspace, birds, name="%") == ["D_100%.png"]
    assert paths(workspace, birds, name="'; DROP TABLE image; --") == []


@pytest.mark.long
def test_duplicates_stay_together_in_every_order(workspace, birds) -> None:
    assert paths(workspace, birds, check="duplicates") == ["a.png", "c.png", "f.png", "b.png", "e.png"]
    for sort in SORTS:
        for descending in (False, True):
            found = paths(workspace, birds, check="duplicates", sort=sort, descending=descending, seed=3)
            assert {"".join(found[:2]), "".join(found[-2:])} & {"b.pnge.png"}, (sort, found)


def test_checks_tell_groups_apart(workspace, birds) -> None:
    assert paths(workspace, birds, check="across-splits") == ["a.png", "c.png", "f.png"]
    assert paths(workspace, birds, check="conflicting") == ["a.png", "c.png", "f.png"]
    assert paths(workspace, birds, check="conflicting", class_index=0) == ["a.png"]
    assert paths(workspace, birds, check="unlabelled") == ["f.png"]
    assert paths(workspace, birds, check="missing") == []


def test_a_group_knows_its_first_path_and_size(workspace, birds) -> None:
    chosen = chosen_by(workspace, birds, check="duplicates")
    rows = list_images(workspace, birds, filters=PictureFilters(check="duplicates"), chosen=chosen, first=0, n_rows=9)
    groups = list(zip(rows["group_path"].to_pylist(), rows["n_twins"].to_pylist(), strict=True))
    assert groups == [("a.png", 3)] * 3 + [("b.png", 2)] * 2


def test_removed_and_missing_images_show_only_under_their_checks(workspace, birds) -> None:
    land_decision(workspace, birds, "b.png", "remove")
    lose(workspace, birds, "c.png")
    assert paths(workspace, birds) == ["D_100%.png", "a.png", "e.png", "f.png"]
    assert paths(workspace, birds, check="removed") == ["b.png"]
    assert paths(workspace, birds, check="missing") == ["c.png"]
    assert paths(workspace, birds, check="duplicates") == ["a.png", "f.png"]
    assert paths(workspace, birds, check="conflicting") == []


def test_a_relabelled_image_is_found_by_its_new_class(workspace, birds) -> None:
    land_decision(workspace, birds, "f.png", "relabel", label=0)
    assert paths(workspace, birds, class_index=0) == ["a.png", "f.png"]
    assert paths(workspace, birds, check="relabelled") == ["f.png"]


def test_images_without_an_embedding_are_those_the_largest_space_lacks(workspace, birds) -> None:
    assert len(paths(workspace, birds, check="without-embedding")) == 6
    land_random_vectors(workspace, birds, workspace.read("images_to_embed", dataset_id=birds).slice(0, 4))
    assert paths(workspace, birds, check="without-embedding") == ["e.png", "f.png"]


def test_orders_turn_around(workspace, birds) -> None:
    assert paths(workspace, birds, sort="brightness")[:2] == ["b.png", "e.png"]
    assert paths(workspace, birds, sort="brightness", descending=True)[0] == "D_100%.png"
    assert paths(workspace, birds, sort="bytes")[0] == "D_100%.png"
    assert paths(workspace, birds, sort="size")[:2] == ["b.png", "e.png"]


def test_a_shuffle_is_repeated_by_its_seed(workspace, birds) -> None:
    first = paths(workspace, birds, sort="random", seed=1)
    assert paths(workspace, birds, sort="random", seed=1) == first
    assert sorted(first) == sorted(paths(workspace, birds))
    assert any(paths(workspace, birds, sort="random", seed=seed) != first for seed in range(2, 6))


def test_several_labels_are_each_a_class(workspace) -> None:
    dataset = new_dataset(workspace, task="multi")
    land(workspace, dataset.id, [image_row("a", labels=[0, 2]), image_row("b", labels=[1]), image_row("c", labels=[])])
    assert paths(workspace, dataset.id, class_index=2) == ["a"]
    assert paths(workspace, dataset.id, check="unlabelled") == ["c"]
    with workspace.writing() as cursor:
        cursor.execute("INSERT INTO class_name VALUES ($id, 0, 'x', NULL), ($id, 2, 'z', NULL)", {"id": dataset.id})
    rows = list(csv.DictReader(io.StringIO(export_csv(workspace, dataset.id, filters=PictureFilters()).decode())))
    assert [row["class"] for row in rows] == ["x|z", "", ""]


def test_an_unknown_check_or_order_is_refused() -> None:
    with pytest.raises(ValueError, match="check must be one of duplicates.*not 'odd'"):
        PictureFilters(check="odd")
    with pytest.raises(ValueError, match="sort must be one of path.*not 'odd'"):
        PictureFilters(sort="odd")
    assert all(PictureFilters(check=check, sort=sort) for check in CHECKS for sort in SORTS)


def test_the_list_is_exported_with_the_names_that_count(workspace, birds) -> None:
    land_decision(workspace, birds, "a.png", "relabel", label=1)
    text = export_csv(workspace, birds, filters=PictureFilters(check="conflicting")).decode()
    assert text.count("\n") == 1  # a, the only one with label 0, is relabelled: nothing conflicts any more
    rows = list(
        csv.DictReader(io.StringIO(export_csv(workspace, birds, filters=PictureFilters(split="train")).decode()))
    )
    assert [(row["path"], row["class"], row["given_class"]) for row in rows] == [
        ("a.png", "crow", "tit"),
        ("b.png", "crow", "crow"),
        ("e.png", "crow", "crow"),
    ]
    assert rows[0]["sha256"] == "31".ljust(64, "0")


def test_the_facts_of_an_image_and_its_twins(workspace, birds) -> None:
    land_decision(workspace, birds, "a.png", "relabel", label=1)
    facts = image_facts(workspace, birds, 1)
    assert (facts.path, facts.label, facts.given_label, facts.relabelled) == ("a.png", 1, 0, True)
    assert (facts.width, facts.height, facts.split, facts.run_id) == (64, 48, "train", 1)
    twins = image_twins(workspace, birds, facts=facts)
    assert [(row["path"], row["label"], row["n_twins"]) for row in twins.to_pylist()] == [
        ("c.png", 1, 2),
        ("f.png", None, 2),
    ]
    assert image_twins(workspace, birds, facts=facts, n_rows=1)["n_twins"].to_pylist() == [2]


def test_an_image_of_another_dataset_is_not_found(workspace, birds) -> None:
    other = new_dataset(workspace, "cats")
    assert image_facts(workspace, other.id, 1) is None
    assert image_facts(workspace, birds, 99) is None
    assert picture_file(workspace, 99) is None
    assert picture_file(workspace, 1).path == "a.png"

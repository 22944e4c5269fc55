"""Saved selections: a name for a set of images."""

import io

import numpy as np
import pyarrow.parquet
import pytest

from store.errors import BadSelection, UnknownSelection
from store.selections import (
    as_csv,
    as_parquet,
    delete_selection,
    find_selection,
    images_table,
    list_selections,
    save_selection,
    selection_images,
)
from tests.support.small_workspace import image_row, land, new_dataset


@pytest.fixture
def birds(workspace):
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{i}.png", label=i % 2, split="train") for i in range(6)])
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES (1, 0, 'tit', NULL), (1, 1, 'crow', NULL)")
    return dataset


def test_a_selection_is_found_by_name_and_by_number_with_its_images(workspace, birds) -> None:
    saved = save_selection(workspace, birds.id, name=" odd ", image_ids=np.array([5, 1, 3, 3]), who="me", run_id=4)
    assert (saved.name, saved.n_images, saved.run_id, saved.who) == ("odd", 3, 4, "me")
    assert selection_images(workspace, saved.id).tolist() == [1, 3, 5]
    assert find_selection(workspace, birds.id, name="odd") == find_selection(workspace, birds.id, name=str(saved.id))


def test_images_of_another_dataset_are_not_taken(workspace, birds) -> None:
    other = new_dataset(workspace, "cars")
    land(workspace, other.id, [image_row("car.png")])
    saved = save_selection(workspace, birds.id, name="all", image_ids=np.array([1, 7]), who="me")
    assert selection_images(workspace, saved.id).tolist() == [1]
    with pytest.raises(BadSelection, match="Nothing is selected"):
        save_selection(workspace, birds.id, name="none", image_ids=np.array([7]), who="me")
    assert [selection.name for selection in list_selections(workspace, birds.id)] == ["all"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_name_must_have_some_characters_and_not_too_many(workspace, birds, name: str) -> None:
    with pytest.raises(BadSelection, match="1 to 120 characters"):
        save_selection(workspace, birds.id, name=name, image_ids=np.array([1]), who="me")


def test_a_name_is_taken_once_in_a_dataset_whatever_its_case(workspace, birds) -> None:
    save_selection(workspace, birds.id, name="Odd", image_ids=np.array([1]), who="me")
    with pytest.raises(BadSelection, match="already"):
        save_selection(workspace, birds.id, name="odd", image_ids=np.array([2]), who="me")
    other = new_dataset(workspace, "cars")
    land(workspace, other.id, [image_row("car.png")])
    assert save_selection(workspace, other.id, name="odd", image_ids=np.array([7]), who="me").n_images == 1


def test_a_deleted_selection_is_gone_and_its_images_stay(workspace, birds) -> None:
    saved = save_selection(workspace, birds.id, name="odd", image_ids=np.array([1]), who="me")
    delete_selection(workspace, birds.id, selection_id=saved.id)
    assert list_selections(workspace, birds.id) == []
    assert len(selection_images(workspace, saved.id)) == 0
    with pytest.raises(UnknownSelection, match="selections: none yet"):
        find_selection(workspace, birds.id, name="odd")
    assert workspace.count("overview_totals", dataset_id=birds.id)
    assert images_table(workspace, birds.id, image_ids=np.array([1])).num_rows == 1


def test_csv_and_parquet_hold_the_same_rows(workspace, birds) -> None:
    table = images_table(workspace, birds.id, image_ids=np.array([2, 1]))
    assert table["path"].to_pylist() == ["0.png", "1.png"]
    assert table["class"].to_pylist() == ["tit", "crow"]
    assert pyarrow.parquet.read_table(io.BytesIO(as_parquet(table))).equals(table)
    lines = as_csv(table).decode().splitlines()
    assert lines[0].startswith('"image_id","path","class"') and len(lines) == 3

"""The Neighbours page: one picture, pairs, words; and what it says when something is missing."""

import functools

import numpy as np
import pytest

from pages.ui import owner
from store.connection import Workspace
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.errors import SpacesMixed
from store.neighbours import find_images, image_beside, random_image, ranked_pairs
from store.vectors import SpaceVector, image_vector, list_spaces, nearest_images
from tests.support.running import run_job
from tests.support.seen_page import texts
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset

N = 30


@pytest.fixture
def page(open_app_page):
    return functools.partial(open_app_page, "neighbours/page.py")


def land_birds(workspace: Workspace) -> None:
    """Thirty images of two classes, 28 of them with vectors."""
    dataset = new_dataset(workspace, "birds")
    land(workspace, dataset.id, [image_row(f"{i:02}.png", label=i % 2, split="ab"[i % 3 == 0]) for i in range(N)])
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    land_random_vectors(workspace, dataset.id, images.slice(2))
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES (1, 0, 'tit', NULL), (1, 1, 'x', '<i>crow</i>')")


FILLED_BY = {"birds": land_birds}


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


def test_without_vectors_it_leads_to_the_jobs(page) -> None:
    assert "no dataset" in texts(page())
    new_dataset(owner.get().workspace, "birds")
    assert "has none yet" in texts(page())


def test_a_picture_is_looked_up_even_without_a_graph(page, birds) -> None:
    app = page(picture="7")
    assert "8 neighbours" in texts(app) and "by comparing all vectors" in texts(app)
    assert "2 pictures without a vector" in texts(app)
    assert any(button.label == "Search all neighbours" for button in app.button)


def test_the_graph_and_all_vectors_give_the_same_neighbours(page, birds) -> None:
    workspace = owner.get().workspace
    before = page(picture="9")
    run_job(workspace, "neighbours", birds.name, k=12)
    after = page(picture="9")
    assert "from the neighbour graph" in texts(after) and not after.warning
    said = [next(text.value for text in app.markdown if "neighbours**" in text.value) for app in (before, after)]
    assert said[0] == said[1]


def test_a_picture_without_a_vector_says_so_and_an_unknown_one_too(page, birds) -> None:
    assert "no vector in this embedding" in texts(page(picture="1"))
    assert "has no image 999" in texts(page(picture="999"))


def test_next_and_previous_go_round_and_search_finds_by_name(page, birds) -> None:
    workspace = owner.get().workspace
    assert image_beside(workspace, birds.id, image_id=30) == 1
    assert image_beside(workspace, birds.id, image_id=1, before=True) == 30
    decide(workspace, birds.id, [Act(2, "remove")], who="Ada")
    assert image_beside(workspace, birds.id, image_id=1) == 3
    assert find_images(workspace, birds.id, name="2").column("path").to_pylist()[:2] == ["02.png", "12.png"]
    assert random_image(workspace, birds.id, seed=1) == random_image(workspace, birds.id, seed=1)
    app = page(picture="1")
    next(button for button in app.button if button.label == "Next").click().run()
    assert app.query_params["picture"] in ("3", ["3"])


def test_pairs_are_ranked_once_each_and_can_differ_in_label_split_or_file(page, birds) -> None:
    workspace = owner.get().workspace
    run_job(workspace, "neighbours", birds.name, k=20)
    run_id = workspace.count("next_run_id") - 1
    pairs = ranked_pairs(workspace, run_id, n=500).to_pylist()
    keys = [(pair["first_image"], pair["second_image"]) for pair in pairs]
    assert len(set(keys)) == len(keys) and all(first < second for first, second in keys)
    cosines = [pair["similarity"] for pair in pairs]
    assert cosines == sorted(cosines, reverse=True)
    space = list_spaces(workspace, birds.id)[0]
    vectors = np.array([image_vector(workspace, space, i).values for i in range(3, N + 1)])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    best = np.triu(unit @ unit.T, 1).max()
    assert cosines[0] == pytest.approx(best, abs=1e-5)
    other = ranked_pairs(workspace, run_id, n=500, other_label=True).to_pylist()
    assert other and all((pair["first_image"] - pair["second_image"]) % 2 for pair in other)
    app = page(by="Pairs", pair="2")
    assert f"Cosine {cosines[1]:.4f}" in texts(app)
    next(button for button in app.button if button.label == "Next pair").click().run()
    assert f"Cosine {cosines[2]:.4f}" in texts(app)


def test_a_stale_graph_is_marked_and_removed_pictures_are_left_out(page, birds) -> None:
    workspace = owner.get().workspace
    run_job(workspace, "neighbours", birds.name, k=12)
    decide(workspace, birds.id, [Act(8, "remove")], who="Ada")
    app = page(picture="9")
    assert "UTC pictures were removed or restored." in texts(app) and "8 neighbours" in texts(app)


def test_a_space_that_cannot_read_says_so(page, birds) -> None:
    assert "tiny knows pictures but no words" in texts(page(by="Words", text="a bird"))


def test_a_vector_of_another_space_cannot_be_looked_up(page, birds) -> None:
    workspace = owner.get().workspace
    space = list_spaces(workspace, birds.id)[0]
    with pytest.raises(SpacesMixed, match="'clip' cannot be looked up in 'tiny'"):
        nearest_images(workspace, space, SpaceVector(space.id + 1, "clip", np.ones(4, np.float32)), n=3)
    own = image_vector(workspace, space, 9)
    assert nearest_images(workspace, space, own, n=1)["image_id"].to_pylist() == [9]

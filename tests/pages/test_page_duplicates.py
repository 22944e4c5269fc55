"""The Duplicates page: what it counts, what a click removes, and that it can be taken back."""

import functools

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import owner
from store.connection import Workspace
from store.datasets import find_dataset
from store.decisions import history
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset


@pytest.fixture
def page(open_app_page):
    return functools.partial(open_app_page, "duplicates/page.py")


def land_birds(workspace: Workspace) -> None:
    """Two groups of one file each: 1 and 2 with other labels, 3, 4 and 5 in two splits; and one alone."""
    dataset = new_dataset(workspace, "birds")
    land(
        workspace,
        dataset.id,
        [
            image_row("1.png", content="a", phash=1, label=0),
            image_row("2.png", content="a", phash=1, label=1),
            image_row("3.png", content="b", phash=2**60 - 1, label=1, split="train", width=50),
            image_row("4.png", content="b", phash=2**60 - 1, label=1, split="test", width=80),
            image_row("5.png", content="b", phash=2**60 - 1, label=1, split="train"),
            image_row("6.png", content="c", phash=2**40 - 2**20, label=0),
        ],
    )
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES (1, 0, 'tit', NULL), (1, 1, 'x', '<i>crow</i>')")


FILLED_BY = {"birds": land_birds}


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def removed() -> list[int]:
    with owner.get().workspace.writing() as cursor:
        return [row[0] for row in cursor.execute("SELECT id FROM current_image WHERE removed ORDER BY 1").fetchall()]


def test_an_empty_workspace_says_so(page) -> None:
    assert "no dataset" in " ".join(text.value for text in page().markdown)


def test_exact_groups_are_shown_before_any_job(page, birds) -> None:
    app = page()
    assert metrics(app) == {"Groups": "2", "Pictures in them": "5", "Conflicting labels": "1", "Across splits": "1"}
    assert any("Only exact duplicates are known" in info.value for info in app.info)
    assert any(button.label == "Search near duplicates" for button in app.button)


def test_the_url_chooses_the_groups(page, birds) -> None:
    app = page(which="Conflicting labels")
    assert [button.label for button in app.button].count("Remove all") == 1
    assert metrics(app)["Groups"] == "2"  # the counts are of all


def test_one_group_is_settled_by_hand_and_taken_back(page, birds) -> None:
    app = page(which="Conflicting labels")
    keep = next(box for box in app.selectbox if box.key.startswith("keep-"))
    keep.select_index(1).run()
    next(button for button in app.button if button.key.startswith("settle-")).click().run()
    assert not app.exception
    assert removed() == [1]
    (act,) = history(owner.get().workspace, birds.id).to_pylist()
    assert '"kept_image": 2' in act["evidence"] and '"rule": "by hand"' in act["evidence"]
    app.button(key="duplicates_undo").click().run()
    assert removed() == []


def test_the_keeper_offered_carries_the_label_of_most(page, birds) -> None:
    workspace = owner.get().workspace
    same = [image_row(f"d{n}.png", content="d", phash=2**30, label=0 if n == 0 else 1) for n in range(3)]
    land(workspace, birds.id, same, run_id=8)
    app = page(which="Conflicting labels")
    keep = next(box for box in app.selectbox if box.key.startswith("keep-") and box.key.endswith("-3"))
    assert keep.value.startswith("<i>crow</i>") and "d1.png" in keep.value


@pytest.mark.parametrize(
    ("rule", "gone"),
    [
        ("Keep the largest", [2, 3, 5]),
        ("Keep the first by number", [2, 4, 5]),
        ("Remove all of a group with conflicting labels", [1, 2]),
    ],
)
def test_all_groups_are_settled_by_a_rule_in_one_batch(page, birds, rule: str, gone: list[int]) -> None:
    app = page()
    app.selectbox(key="duplicates_rule").select(rule).run()
    button = app.button(key="duplicates_all")
    assert button.label == f"Remove {len(gone)} pictures"
    button.click().run()
    assert removed() == gone
    assert len(set(history(owner.get().workspace, birds.id)["batch"].to_pylist())) == 1
    app.button(key="duplicates_undo").click().run()
    assert removed() == []


def test_the_split_that_stays_keeps_its_picture(page, birds) -> None:
    app = page(which="Across splits")
    app.selectbox(key="duplicates_rule").select("Keep the one in a split").run()
    app.selectbox(key="duplicates_split").select("test").run()
    app.button(key="duplicates_all").click().run()
    assert removed() == [3, 5]


def test_vectors_without_a_graph_offer_both_jobs(page, birds) -> None:
    workspace = owner.get().workspace
    land_random_vectors(workspace, birds.id, workspace.read("images_to_embed", dataset_id=birds.id))
    assert any(button.key == "start_both" for button in page().button)


def test_thresholds_come_with_a_comparison_and_stale_ones_are_marked(page, birds) -> None:
    run_job(owner.get().workspace, "duplicates", birds.name)
    app = page(cosine="0.9")
    assert app.slider(key="cosine").value == 0.9 and not app.warning
    next(button for button in app.button if button.key.startswith("drop-")).click().run()
    assert any("UTC pictures were removed or restored. What was removed" in warning.value for warning in app.warning)

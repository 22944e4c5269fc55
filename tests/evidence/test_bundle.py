"""What a bundle carries: which pictures first, which images are listed, what a browser can be asked."""

import numpy as np
import pytest

from evidence.bundle.choice import STAGES, chosen, in_turn
from evidence.bundle.columns import MOST_ROWS, listed
from evidence.bundle.contents import contents_of
from evidence.bundle.questions import QUESTIONS, Needs, can_be_asked
from evidence.case import Case
from evidence.measure import all_measures
from store.datasets import find_dataset
from tests.support.bundled_workspace import bundled
from tests.support.compared_workspace import FIRST, ON_SET, SECOND
from tests.support.small_workspace import image_row, land, new_dataset

FILLED_BY = {"birds": bundled}


@pytest.fixture
def birds(workspace):
    return find_dataset(workspace, "birds")


def test_pictures_are_chosen_stage_by_stage_and_then_at_random() -> None:
    everything = np.arange(1, 101)
    found = chosen([[5, 6], [6, 7], [200], [], [8]], everything, most=10, rng=np.random.default_rng(1))
    assert found.image_ids[:4] == [5, 6, 7, 8] and found.stages[:4] == [0, 0, 1, 4]
    assert len(set(found.image_ids)) == 10 and set(found.stages[4:]) == {len(STAGES) - 1}
    assert found.n_by_stage == [2, 1, 0, 0, 1, 96]
    assert chosen([[5, 6], [6, 7]], everything, most=2, rng=np.random.default_rng(1)).image_ids == [5, 6]


def test_a_cut_anywhere_leaves_some_of_every_class() -> None:
    assert in_turn([[1, 2, 3], [4], [5, 6]]) == [1, 4, 5, 2, 6, 3]


def test_of_a_million_images_a_sample_of_each_class_is_listed_with_those_that_travel() -> None:
    label = np.repeat([0, 1, 65535], [900_000, 99_990, 10]).astype(np.uint16)
    always = np.array([0, 999_999, 500_000])
    rows = listed(label, always=always, most=MOST_ROWS, seed=1)
    assert abs(len(rows) - MOST_ROWS) < 5 and set(always) <= set(rows.tolist()) and (np.diff(rows) > 0).all()
    shares = np.bincount(np.searchsorted([0, 1, 65535], label[rows])) / len(rows)
    assert shares == pytest.approx([0.9, 0.09999, 0.00001], abs=0.001)


def test_every_measure_is_asked_or_says_why_it_cannot_be(workspace, birds) -> None:
    case = Case(workspace, birds)
    assert set(QUESTIONS) <= set(all_measures())
    for name, of in all_measures().items():
        asked = dict(ON_SET) if "runs" in of.parameters.model_fields else {}
        asked |= {"class_index": 0} if name == "class-score" else {}
        question, why = can_be_asked(case, name, asked, Needs())
        assert (question is None) == bool(why), name
        assert why == "" or why.endswith("."), name


def test_a_run_that_was_deleted_after_it_was_claimed_says_so(workspace, birds) -> None:
    with workspace.writing(birds.id) as cursor:
        cursor.execute("DELETE FROM prediction WHERE run_id = ?", [SECOND])
        cursor.execute("DELETE FROM run WHERE id = ?", [SECOND])
    contents = contents_of(Case(workspace, birds), shown=[], most_pictures=10, seed=1)
    numbers = {each["name"]: each for claim in contents.facts["claims"] for each in claim["numbers"]}
    gone = numbers["difference"]
    assert gone["question"] is None and f"Run {SECOND} is gone" in gone["why_not"]
    assert gone["then"]["number"] is not None  # what was kept is still there


def test_the_same_pictures_travel_once_for_all_claims_on_them(workspace, birds) -> None:
    contents = contents_of(Case(workspace, birds), shown=[], most_pictures=10, seed=1)
    runs = [about["runs"] for about in contents.facts["scored"].values()]
    assert runs.count([FIRST, SECOND]) == 1


def test_a_thousand_classes_have_examples_of_each(workspace) -> None:
    dataset = new_dataset(workspace, "many")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=n % 1000) for n in range(2000)])
    contents = contents_of(Case(workspace, dataset), shown=[], most_pictures=1000, seed=1)
    classes = contents.arrays["label"][np.array(contents.pictures.image_ids) - 1]
    assert len(set(classes.tolist())) == 1000 and len(contents.facts["names"]) == 1000

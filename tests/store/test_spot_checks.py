"""Spot checks in the store: answers are only added, the newest counts, nothing is lost or doubled or comes too late."""

import pytest

from store import spot_checks
from store.decisions import Act, decide
from store.errors import SpotCheckRefused, UnknownSpotCheck
from store.versions import freeze
from tests.support.spot_checked import RIGHTED, WRONG, N, begun, mislabelled


@pytest.fixture
def birds(workspace):
    return mislabelled(workspace)


@pytest.fixture
def check_id(workspace, birds) -> int:
    return begun(workspace, birds, n=20, twice=0.0)


def say(
    workspace, birds, check_id: int, item: int, class_index: int | None, *, who: str = "Ben", **more: object
) -> None:
    said = "class" if class_index is not None else "none"
    told = {"said": said, "class_index": class_index} | more
    spot_checks.answer(workspace, birds.id, check_id=check_id, item=item, reviewer=who, **told)


def standing(workspace, check_id: int) -> list[tuple[int, str, str, int | None]]:
    told = spot_checks.answers(workspace, check_id)
    return sorted((each.item, each.reviewer, each.said, each.class_index) for each in told)


def test_the_newest_answer_of_a_reviewer_counts_and_all_stay(workspace, birds, check_id) -> None:
    say(workspace, birds, check_id, 3, 0)
    say(workspace, birds, check_id, 3, 1)  # a second tab, or a second thought
    say(workspace, birds, check_id, 3, 2, who="Cleo")
    assert standing(workspace, check_id) == [(3, "Ben", "class", 1), (3, "Cleo", "class", 2)]
    assert workspace.read_text("SELECT count(*) AS n FROM spot_check_answer")["n"].to_pylist() == [3]


def test_answers_are_taken_back_one_by_one_the_newest_first(workspace, birds, check_id) -> None:
    say(workspace, birds, check_id, 0, 0)
    say(workspace, birds, check_id, 1, None)
    say(workspace, birds, check_id, 2, 1, who="Cleo")
    back = [spot_checks.take_back(workspace, birds.id, check_id=check_id, reviewer="Ben") for _ in range(2)]
    assert back == [1, 0] and standing(workspace, check_id) == [(2, "Cleo", "class", 1)]
    with pytest.raises(SpotCheckRefused, match="no answer to take back"):
        spot_checks.take_back(workspace, birds.id, check_id=check_id, reviewer="Ben")
    say(workspace, birds, check_id, 0, 2)
    assert (0, "Ben", "class", 2) in standing(workspace, check_id)


def test_what_was_handed_in_stays_as_it_is(workspace, birds, check_id) -> None:
    say(workspace, birds, check_id, 0, 0)
    spot_checks.submit(workspace, birds.id, check_id=check_id, reviewer="Ben")
    for late in (
        lambda: say(workspace, birds, check_id, 0, 1),
        lambda: spot_checks.take_back(workspace, birds.id, check_id=check_id, reviewer="Ben"),
        lambda: spot_checks.submit(workspace, birds.id, check_id=check_id, reviewer="Ben"),
    ):
        with pytest.raises(SpotCheckRefused, match="takes no more answers"):
            late()
    say(workspace, birds, check_id, 0, 1, who="Cleo")
    assert standing(workspace, check_id) == [(0, "Ben", "class", 0), (0, "Cleo", "class", 1)]
    assert [each.reviewer for each in spot_checks.submissions(workspace, check_id)] == ["Ben"]


def test_a_closed_check_takes_nothing_and_says_who_closed_it(workspace, birds, check_id) -> None:
    spot_checks.close(workspace, birds.id, check_id=check_id, who="Ada")
    spot_checks.close(workspace, birds.id, check_id=check_id, who="Eve")
    with pytest.raises(SpotCheckRefused):
        say(workspace, birds, check_id, 0, 0)
    check = spot_checks.find_check(workspace, birds.id, check_id=check_id)
    assert not check.is_open and check.closed_by == "Ada"


@pytest.mark.parametrize(
    "told",
    [
        {"item": 999, "class_index": 0},
        {"item": 0, "class_index": 3},
        {"item": 0, "class_index": -1},
        {"item": 0, "class_index": 0, "said": "none"},
        {"item": 0, "class_index": None, "said": "class"},
        {"item": 0, "class_index": None, "said": "taken-back"},
    ],
)
def test_an_answer_to_nothing_is_refused(workspace, birds, check_id, told) -> None:
    with pytest.raises(SpotCheckRefused):
        say(workspace, birds, check_id, **told)
    assert standing(workspace, check_id) == []


def test_a_check_is_of_its_own_dataset(workspace, birds, check_id) -> None:
    other = mislabelled(workspace, "other")
    with pytest.raises(UnknownSpotCheck):
        spot_checks.find_check(workspace, other.id, check_id=check_id)
    with pytest.raises(SpotCheckRefused):
        say(workspace, other, check_id, 0, 0)


def test_labels_are_frozen_whatever_is_decided_later(workspace, birds, check_id) -> None:
    before = spot_checks.items(workspace, check_id)
    cells = spot_checks.cells(workspace, check_id)
    decide(workspace, birds.id, [Act(each.image_id, "remove") for each in before], who="Ada")
    decide(workspace, birds.id, [Act(1, "relabel", label=2)], who="Ada")
    assert spot_checks.items(workspace, check_id) == before
    assert spot_checks.cells(workspace, check_id).equals(cells)


def test_the_frame_knows_labels_before_and_after_and_what_was_left_out(workspace, birds) -> None:
    decide(workspace, birds.id, [Act(2, "remove")], who="Ada")
    version = freeze(workspace, birds.id, name="v1", who="Ada")
    decide(workspace, birds.id, [Act(3, "remove")], who="Ada")
    for version_id, left_out in ((version.id, {2}), (0, {2, 3})):
        rows = spot_checks.frame(workspace, birds.id, version_id=version_id, label_run=0).to_pylist()
        assert len(rows) == N
        assert {row["image_id"] for row in rows if not row["kept"]} == left_out
        changed = {row["image_id"] for row in rows if row["kept"] and row["label_before"] != row["label_after"]}
        assert len(changed) == RIGHTED.sum() and not any(row["doubted"] for row in rows)
    assert WRONG.sum() == 60


def test_points_and_missing_files_cannot_be_asked_for(workspace, birds) -> None:
    with workspace.writing(birds.id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET missing = true WHERE id <= 10")
        cursor.execute("UPDATE image SET format = 'POINT' WHERE id BETWEEN 11 AND 20")  # its tile would show the label
    assert spot_checks.frame(workspace, birds.id, version_id=0, label_run=0).num_rows == N - 20


def test_how_long_an_answer_took_is_bounded(workspace, birds, check_id) -> None:
    say(workspace, birds, check_id, 0, 0, ms=10**12)
    say(workspace, birds, check_id, 1, 0, ms=-5)
    assert [each.ms for each in spot_checks.answers(workspace, check_id)] == [spot_checks.MOST_MS, 0]

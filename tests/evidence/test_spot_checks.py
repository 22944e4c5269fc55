"""Spot checks: what is asked of whom in which order, what comes of it by hand, and that its intervals cover."""

import numpy as np
import pyarrow as pa
import pytest

from analytics.errors import BadParameter
from evidence.case import Case
from evidence.claims import Proposal, check, keep
from evidence.measure import measure
from evidence.spot_check_desk import desk_of
from evidence.spot_check_plan import Plan, begin, read_frame, strata_of
from evidence.spot_checks import newest_closed, read_result, result_of
from store import spot_checks
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.errors import SpotCheckRefused, UnknownSpotCheck
from store.spot_checks import Answer, Item
from store.versions import freeze
from tests.support.noisy_workspace import checked_birds
from tests.support.small_workspace import new_dataset
from tests.support.spot_checked import NAMES, TRUTH, N, answer_all, begun, judged, mislabelled

FILLED_BY = {"seen": judged, "checked": checked_birds}


@pytest.fixture
def birds(workspace):
    return mislabelled(workspace)


@pytest.fixture
def seen(workspace):
    return find_dataset(workspace, "birds")


@pytest.fixture
def checked(workspace):
    return find_dataset(workspace, "birds")


def closed(workspace, dataset, check_id: int):
    spot_checks.close(workspace, dataset.id, check_id=check_id, who="Ada")
    return read_result(workspace, newest_closed(workspace, dataset.id, check_id=check_id))


def test_a_census_finds_exactly_what_is_wrong_before_and_after(workspace, birds) -> None:
    """60 of 300 labels were wrong as imported, 30 after half of them had been put right."""
    check_id = begun(workspace, birds, n=N, twice=0)
    answer_all(workspace, birds, check_id, "Ben")
    result = closed(workspace, birds, check_id)
    assert (result.before.share, result.before.low, result.before.high) == pytest.approx((0.2,) * 3)
    assert (result.after.share, result.after.low, result.after.high) == pytest.approx((0.1,) * 3)
    labels = np.where(np.arange(N) % 5 == 0, (TRUTH + 1) % 3, TRUTH)
    for each in result.classes:
        assert each.before.share == pytest.approx((labels != TRUTH)[labels == each.index].mean())
    assert result.confusion.sum() == N and np.trace(result.confusion) == 270
    assert not result.between.is_known and result.doubts is None and result.n_complete == N


def test_what_was_taken_out_counts_before_and_not_after(workspace, birds) -> None:
    decide(workspace, birds.id, [Act(n + 1, "remove") for n in range(N) if n % 10 == 5], who="Ada")
    check_id = begun(workspace, birds, n=N, twice=0)
    answer_all(workspace, birds, check_id, "Ben")
    result = closed(workspace, birds, check_id)
    assert result.before.share == pytest.approx(0.2) and result.after.share == 0
    assert (result.before.n_population, result.after.n_population) == (N, N - 30)


def test_later_decisions_do_not_change_a_result(workspace, birds) -> None:
    check_id = begun(workspace, birds, by=("class", "changed"), n=80)
    answer_all(workspace, birds, check_id, "Ben")
    before = closed(workspace, birds, check_id)
    decide(workspace, birds.id, [Act(n, "relabel", label=0) for n in range(1, 200)], who="Ada")
    after = read_result(workspace, newest_closed(workspace, birds.id))
    assert (before.before, before.after, before.classes) == (after.before, after.after, after.classes)


def test_a_repeated_picture_counts_once_and_for_self_agreement_apart(workspace, birds) -> None:
    check_id = begun(workspace, birds, n=50, twice=0.4)
    assert answer_all(workspace, birds, check_id, "Ben") == 70
    result = closed(workspace, birds, check_id)
    assert result.n_judged == 50 and result.before.n == 50 and result.confusion.sum() == 50
    assert (result.self_same.n, result.self_same.share, result.self_kappa.kappa) == (20, 1, pytest.approx(1))


def test_two_people_are_compared_and_what_they_differ_on_is_listed(workspace, seen) -> None:
    result = read_result(workspace, newest_closed(workspace, seen.id))
    assert result.method == "Cohen" and result.between.n == 60 and 0.5 < result.between.kappa < 1
    assert 0 < len(result.differing) < 30
    assert result.between.same == pytest.approx(1 - len(result.differing) / 60)
    assert {who for who, _ in result.differing[0].said} == {"Ben", "Cleo"}
    # of a picture that two see differently half counts: Ben is always right
    cleo = sum(dict(each.said)["Cleo"] != dict(each.said)["Ben"] for each in result.differing)
    assert cleo == len(result.differing)
    assert [(each.name, each.n) for each in result.reviewers] == [("Ben", 72), ("Cleo", 72)]
    assert result.reviewers[0].seconds == 1.5


def test_three_people_are_compared_by_fleiss(workspace, birds) -> None:
    check_id = begun(workspace, birds, n=30, n_reviewers=3, twice=0)
    for seed, who in enumerate(("Ben", "Cleo", "Dan")):
        answer_all(workspace, birds, check_id, who, errs=0.2, seed=seed)
    result = closed(workspace, birds, check_id)
    assert result.method == "Fleiss" and result.between.n == 30 and result.between.low < result.between.kappa


def test_who_cannot_tell_is_left_out_and_none_of_these_is_wrong(workspace, birds) -> None:
    check_id = begun(workspace, birds, n=40, twice=0)
    for item in range(40):
        told = {"said": "cannot-tell"} if item < 10 else {"said": "none"}
        spot_checks.answer(workspace, birds.id, check_id=check_id, item=item, reviewer="Ben", **told)
    result = closed(workspace, birds, check_id)
    assert (result.n_judged, result.n_cannot_tell, result.n_none) == (30, 10, 30)
    assert (result.before.n, result.before.share, result.after.share) == (30, 1, 1)


def test_the_share_of_right_doubts_is_that_of_the_label_check(workspace, checked) -> None:
    """All pictures of the noisy birds are asked for: 19 carry a wrong label."""
    from tests.support.noisy_workspace import truth_and_labels

    truth, labels = truth_and_labels()
    run_id = workspace.read_text("SELECT max(id) AS id FROM run WHERE kind = 'label-issues'")["id"][0].as_py()
    frame = read_frame(workspace, checked.id, version_id=0, label_run=run_id)
    check_id = begun(workspace, checked, label_run=run_id, by=("doubted",), n=frame.n, twice=0)
    answer_all(workspace, checked, check_id, "Ben", truth=truth)
    result = closed(workspace, checked, check_id)
    rows = frame.image_ids[frame.doubted] - 1
    assert len(rows) > 10 and result.doubts is not None
    assert result.doubts.share == pytest.approx((truth[rows] != labels[rows]).mean())
    assert measure(workspace, checked, "spot-check-doubts", {}).number == result.doubts.share


def test_strata_are_named_and_hold_every_picture_once(workspace, birds) -> None:
    frame = read_frame(workspace, birds.id, version_id=0, label_run=0)
    strata = strata_of(frame, by=("changed", "class"), names=NAMES)
    assert strata.sizes.sum() == N and strata.titles[0] == "cat, not changed" and len(strata.titles) == 6
    assert np.bincount(strata.of).tolist() == strata.sizes.tolist()
    assert strata_of(frame, by=(), names=NAMES).titles == ("all pictures",)


def test_what_cannot_be_begun_is_refused_in_a_sentence(workspace, birds) -> None:
    several = new_dataset(workspace, "several", task="multi")
    with pytest.raises(SpotCheckRefused, match="one label a picture"):
        begin(workspace, several, Plan(), names=(), who="Ada")
    with pytest.raises(SpotCheckRefused, match="no picture with a label"):
        begin(workspace, new_dataset(workspace, "empty"), Plan(), names=(), who="Ada")
    with pytest.raises(BadParameter, match="between 2 and 300, not 301"):
        begun(workspace, birds, n=301)
    with pytest.raises(UnknownSpotCheck, match="has been closed yet"):
        newest_closed(workspace, birds.id)
    check_id = begun(workspace, birds, n=20)
    with pytest.raises(UnknownSpotCheck, match="still open"):
        newest_closed(workspace, birds.id, check_id=check_id)


def sample(n: int, *, twice: dict[int, int] | None = None) -> list[Item]:
    """n items, and repetitions of some of them: place -> after."""
    rows = [Item(k, k + 1, "a", 0, 1.0, None, None, 0, 0, True, False, None) for k in range(n)]
    again = enumerate((twice or {}).items())
    return rows + [Item(n + k, at + 1, "a", 0, 1.0, at, after, 0, 0, True, False, None) for k, (at, after) in again]


def walk(items: list[Item], *, reviewer: str, n_reviewers: int = 1, told: list[Answer] | None = None, n: int = 999):
    """The items that a reviewer is shown, and all answers so far."""
    told, shown = list(told or []), []
    for _ in range(n):
        desk = desk_of(items, told, reviewer=reviewer, n_reviewers=n_reviewers, n_ahead=3)
        if desk.is_done:
            break
        shown.append(desk.ahead[0].item)
        told.append(Answer(len(told), desk.ahead[0].item, reviewer, "class", 0, None, None))
    return shown, told


def test_a_repetition_comes_later_and_to_who_saw_the_picture() -> None:
    items = sample(40, twice={2: 10, 39: 8})
    shown, told = walk(items, reviewer="Ben")
    assert sorted(shown) == list(range(42)) and shown[:3] == [0, 1, 2]
    assert shown.index(40) - shown.index(2) == 11 and shown[-1] == 41
    assert walk(items, reviewer="Cleo", told=told)[0] == []


def test_two_who_share_a_sample_begin_at_its_two_ends_and_double_nothing() -> None:
    items = sample(20)
    told: list[Answer] = []
    seen: dict[str, list[int]] = {"Ben": [], "Cleo": []}
    for _ in range(10):
        for who in seen:
            shown, told = walk(items, reviewer=who, told=told, n=1)
            seen[who] += shown
    assert seen["Ben"] == list(range(10)) and seen["Cleo"] == list(range(19, 9, -1))


def test_what_two_are_to_see_is_asked_of_two_and_not_of_a_third() -> None:
    items, told = sample(5), []
    for who in ("Ben", "Cleo"):
        shown, told = walk(items, reviewer=who, n_reviewers=2, told=told)
        assert shown == [0, 1, 2, 3, 4]
    desk = desk_of(items, told, reviewer="Dan", n_reviewers=2)
    assert desk.is_done and (desk.n_answered, desk.n_all) == (0, 0)


def test_what_was_taken_back_comes_first_again() -> None:
    items = sample(9)
    _, told = walk(items, reviewer="Ben", n=4)
    assert desk_of(items, told[:-1], reviewer="Ben", n_reviewers=1).ahead[0].item == told[-1].item


@pytest.mark.parametrize("by", [(), ("changed",), ("class", "changed")])
def test_the_intervals_of_whole_checks_cover(workspace, birds, by) -> None:
    """Drawn anew with 300 seeds; a picture in fifty is not told. The truth of all and of a class lies inside."""
    frame = read_frame(workspace, birds.id, version_id=0, label_run=0)
    strata = strata_of(frame, by=by, names=NAMES)
    check_id = begun(workspace, birds, by=by, n=60, twice=0)
    about = spot_checks.find_check(workspace, birds.id, check_id=check_id)
    cells = spot_checks.cells(workspace, check_id)
    truth = {"before": 0.2, "after": 0.1, "class": (frame.before != TRUTH)[frame.before == 1].mean()}
    inside = {name: 0 for name in truth}
    for seed in range(300):
        items, told = _drawn(frame, strata, n=60, seed=seed)
        result = result_of(about, items, told, cells=cells)
        for name, share in (("before", result.before), ("after", result.after), ("class", result.classes[1].before)):
            inside[name] += share.low - 1e-9 <= truth[name] <= share.high + 1e-9
    assert all(n >= 0.93 * 300 for n in inside.values()), inside


def _drawn(frame, strata, *, n: int, seed: int) -> tuple[list[Item], list[Answer]]:
    from analytics.spot_check import allocate, draw

    rng = np.random.default_rng(seed)
    asked = allocate(strata.sizes, n=n, how="equal")
    rows = draw(strata.of, asked=asked, share_twice=0, rng=rng).rows.tolist()
    items = [
        Item(k, int(frame.image_ids[row]), "a", int(strata.of[row]), 1.0, None, None, int(frame.before[row]),
             int(frame.after[row]), True, False, None)
        for k, row in enumerate(rows)
    ]  # fmt: skip
    told = [
        Answer(k, k, "Ben", "class" if rng.random() > 0.02 else "cannot-tell", int(TRUTH[row]), None, None)
        for k, row in enumerate(rows)
    ]
    return items, told


def test_measures_are_the_results_numbers_and_claims_of_them_hold(workspace, seen) -> None:
    result = read_result(workspace, newest_closed(workspace, seen.id))
    after = measure(workspace, seen, "spot-check-wrong", {})
    assert (after.number, after.interval.low, after.n) == (result.after.share, result.after.low, result.after.n)
    before = measure(workspace, seen, "spot-check-wrong", {"when": "before", "check": result.check.id})
    assert before.number == result.before.share
    of_class = measure(workspace, seen, "spot-check-wrong", {"class_index": 1, "when": "before"})
    assert of_class.number == result.classes[1].before.share
    assert measure(workspace, seen, "spot-check-kappa", {}).number == result.between.kappa
    assert measure(workspace, seen, "spot-check-kappa", {"of": "self"}).number == result.self_kappa.kappa
    assert "no label check" in measure(workspace, seen, "spot-check-doubts", {}).reason
    assert "knows no class 9" in measure(workspace, seen, "spot-check-wrong", {"class_index": 9}).reason
    draft = Proposal("spot-check-wrong", {"class_index": 1}).draft(Case(workspace, seen))
    assert "of <b>lynx</b> are wrong after cleaning" in draft.sentence
    keep(workspace, seen, draft, who="Ada")
    decide(workspace, seen.id, [Act(n, "remove") for n in range(1, 100)], who="Ada")
    assert [each.verdict for each in check(workspace, seen, who="Ada")] == ["holds"]


def test_a_version_is_checked_as_it_was_frozen(workspace, birds) -> None:
    version = freeze(workspace, birds.id, name="v1", who="Ada")
    decide(workspace, birds.id, [Act(n + 1, "relabel", label=int(TRUTH[n])) for n in range(N)], who="Ada")
    check_id = begun(workspace, birds, version_id=version.id, n=N, twice=0)
    answer_all(workspace, birds, check_id, "Ben")
    result = closed(workspace, birds, check_id)
    assert result.after.share == pytest.approx(0.1) and result.check.version == "v1"
    assert measure(workspace, birds, "spot-check-wrong", {}).version == "v1"


def test_an_empty_check_says_nothing(workspace, birds) -> None:
    check_id = begun(workspace, birds, n=20)
    result = closed(workspace, birds, check_id)
    assert not result.before.is_known and not result.self_same.is_known and result.differing == ()
    assert measure(workspace, birds, "spot-check-wrong", {}).reason == "No picture with such a label was judged."
    assert isinstance(spot_checks.cells(workspace, check_id), pa.Table)


def test_a_report_shows_a_closed_check_and_has_no_place_for_none(workspace, seen) -> None:
    from evidence.report.parts import Chart, Facts, Missing
    from evidence.report.topic import Settings, find_topic
    from figures.drawn import draw_by_name

    topic = find_topic("spot-check")
    facts, chart = topic.draw(Case(workspace, seen), Settings()).parts
    assert isinstance(facts, Facts) and isinstance(chart, Chart)
    rows = dict(facts.rows)
    assert rows["Judged without their label"] == "60 pictures of 60, drawn at random from 2 strata"
    assert rows["By"] == "2 people" and "Labels wrong after cleaning" in rows
    assert "Doubts of the label check that were right" not in rows
    assert chart.data["names"] and not draw_by_name(chart.name, chart.data).is_empty
    assert topic.is_optional and isinstance(
        topic.draw(Case(workspace, new_dataset(workspace, "other")), Settings()).parts[0], Missing
    )

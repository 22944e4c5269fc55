"""Claims: kept, asked again, moved by what was decided, gone with their runs, edited by two, frozen with a version."""

import datetime

import pytest

from evidence import claims
from evidence.case import Case
from evidence.claims import Proposal, as_recorded, check, edit, freeze_with_claims, is_behind, keep
from evidence.measure import all_measures
from evidence.verdicts import GONE, HOLDS, MOVED, Judged
from store.claims import Draft, find_claim, forget_claim, list_claims, value_history
from store.connection import Workspace
from store.datasets import Dataset, find_dataset
from store.decisions import Act, decide, latest_batch, undo
from store.errors import BadClaim, ClaimChanged, StoreError, TextTooLong, UnknownClaim
from store.versions import find_version
from tests.support.compared_workspace import FIRST, ON_SET, SECOND, compared
from tests.support.finished_run import ran
from tests.support.small_workspace import image_row, land, new_dataset

FILLED_BY = {"birds": compared}
STRANGE = "<script>alert('*')</script> قطة 🐈 {images} {} %s [a](http://b)"


@pytest.fixture
def birds(workspace) -> Dataset:
    return find_dataset(workspace, "birds")


@pytest.fixture
def pets(workspace) -> Dataset:
    """Sixty cats and forty dogs."""
    dataset = new_dataset(workspace, "pets")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=int(n >= 60)) for n in range(100)])
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(("cat", STRANGE)):
            cursor.execute("INSERT INTO class_name (dataset_id, index, name) VALUES (?, ?, ?)", [1, index, name])
    return dataset


def claimed(workspace: Workspace, dataset: Dataset, measure: str, sentence: str = "", **parameters: object) -> int:
    draft = Proposal(measure, parameters).draft(Case(workspace, dataset), sentence=sentence)
    return keep(workspace, dataset, draft, who="Ada")


def only(workspace: Workspace, dataset: Dataset) -> Judged:
    (judged,) = check(workspace, dataset, who="Ada")
    return judged


def test_a_claim_says_what_it_said_and_holds_while_nothing_changes(workspace, pets) -> None:
    claimed(workspace, pets, "images")
    (before,) = as_recorded(workspace, pets.id)
    assert (before.then, before.verdict) == ("The dataset has 100 images.", HOLDS)
    judged = only(workspace, pets)
    assert (judged.verdict, judged.why, judged.weak) == (HOLDS, (), ())
    assert judged.numbers[0].said == "The same number." and judged.claim.page == "overview"


def test_fifty_decisions_move_a_claim_and_it_says_why(workspace, pets) -> None:
    claimed(workspace, pets, "images", class_index=0)
    claimed(workspace, pets, "images")
    decide(workspace, pets.id, [Act(n, "relabel", label=1) for n in range(1, 51)], who="Ben")
    decide(workspace, pets.id, [Act(n, "keep") for n in range(51, 60)], who="Cleo")
    assert is_behind(workspace, pets.id, as_recorded(workspace, pets.id))
    of_cats, of_all = check(workspace, pets, who="Ada")
    assert (of_cats.verdict, of_cats.then, of_cats.now) == (
        MOVED,
        "There are 60 images of cat.",
        "There are 10 images of cat.",
    )
    assert of_cats.numbers[0].said == "Moved by -50, from 60 to 10."
    (why,) = of_cats.why
    assert why.startswith("50 labels changed by Ben (") and why.endswith(" UTC)")
    assert of_all.verdict == HOLDS and of_all.why == ()
    assert not is_behind(workspace, pets.id, as_recorded(workspace, pets.id))


def test_an_undo_brings_a_claim_back_and_imports_and_removals_are_named(workspace, pets) -> None:
    claimed(workspace, pets, "images")
    decide(workspace, pets.id, [Act(1, "remove"), Act(2, "remove")], who="Ben")
    assert only(workspace, pets).why[0].startswith("2 pictures removed by Ben")
    undo(workspace, pets.id, who="Cleo", batch=latest_batch(workspace, pets.id))
    assert only(workspace, pets).verdict == HOLDS
    land(workspace, pets.id, [image_row("new.png", label=0)])
    run_id = ran(workspace, "import", {})
    why = only(workspace, pets).why
    assert any(part.startswith("2 decisions taken back by Cleo") for part in why)
    assert f"1 import (run {run_id})" in why


def test_a_run_that_came_since_moves_a_claim_about_the_newest(workspace, pets) -> None:
    ran(workspace, "label-issues", {"noise": {"total": [0.35, 0.33, 0.37]}, "n_judged": 100})
    claimed(workspace, pets, "share-wrong")
    ran(workspace, "zero-shot", {})  # of another kind: it has nothing to do with it
    inside = ran(workspace, "label-issues", {"noise": {"total": [0.36, 0.34, 0.38]}, "n_judged": 100})
    judged = only(workspace, pets)
    assert judged.verdict == HOLDS and judged.numbers[0].said == "Moved by +1.0 points, within its interval of then."
    outside = ran(workspace, "label-issues", {"noise": {"total": [0.2, 0.18, 0.22]}, "n_judged": 100})
    judged = only(workspace, pets)
    assert judged.verdict == MOVED and judged.why == (f"2 label checks (runs {inside}, {outside})",)
    assert "No label has been checked by eye yet." in judged.weak


def test_a_claim_whose_run_is_gone_cannot_be_recomputed(workspace, birds) -> None:
    claimed(workspace, birds, "difference", **ON_SET)
    with workspace.writing(birds.id) as cursor:
        cursor.execute("DELETE FROM run WHERE id = ?", [FIRST])
    judged = only(workspace, birds)
    assert judged.verdict == GONE
    assert judged.numbers[0].said == f"Run {FIRST} is gone: there is no finished run with predictions of that number."
    assert "25.0 points" in judged.then and "(not known)" in judged.now
    history = value_history(workspace, birds.id, claim_id=judged.claim.id)
    assert [row.number for row in history] == [None, pytest.approx(0.25)]


def test_decisions_move_a_score_and_its_paired_difference(workspace, birds) -> None:
    """Ten pictures that only SECOND got right are given the class that FIRST says: the 25 points shrink."""
    claimed(workspace, birds, "difference", **ON_SET)
    acts = [Act(61 + place, "relabel", label=(60 + place + 1) % 3) for place in range(3, 43, 4)]
    decide(workspace, birds.id, acts, who="Ben")
    judged = only(workspace, birds)
    assert judged.verdict == MOVED and judged.numbers[0].now.number < 0
    assert judged.why[0].startswith("10 labels changed by Ben")


def test_a_claim_of_two_numbers_has_the_worse_verdict(workspace, pets) -> None:
    measures = {
        "cats": {"measure": "images", "parameters": {"class_index": 0}},
        "all": {"measure": "images", "parameters": {}},
    }
    keep(workspace, pets, Draft("{cats} of {all} are cats.", measures), who="Ada")
    decide(workspace, pets.id, [Act(1, "relabel", label=1)], who="Ada")
    judged = only(workspace, pets)
    assert (judged.then, judged.now, judged.verdict) == ("60 of 100 are cats.", "59 of 100 are cats.", MOVED)
    assert [each.verdict for each in judged.numbers] == [HOLDS, MOVED]


def test_a_number_that_is_written_the_same_still_holds(workspace, pets) -> None:
    claimed(workspace, pets, "imbalance-ratio")
    decide(workspace, pets.id, [Act(n, "relabel", label=0) for n in (61,)], who="Ada")
    assert only(workspace, pets).verdict == MOVED  # 1.5 times to 1.6
    decide(workspace, pets.id, [Act(61, "relabel", label=1)], who="Ada")
    decide(workspace, pets.id, [Act(1, "remove")], who="Ada")
    judged = only(workspace, pets)  # 59 to 40: 1.475, and 1.5 is what the sentence says
    assert judged.verdict == HOLDS and judged.numbers[0].said.endswith("the sentence reads the same.")


def test_names_with_markup_arabic_emoji_and_braces_stay_as_they_are(workspace, pets) -> None:
    claimed(workspace, pets, "images", class_index=1)
    (judged,) = as_recorded(workspace, pets.id)
    assert judged.then == f"There are 40 images of {STRANGE}."
    claimed(workspace, pets, "images", f"{STRANGE.replace('{images} ', '')} has {{images}}. {{images.number}}")
    judged = as_recorded(workspace, pets.id)[1]
    assert judged.then == f"{STRANGE.replace('{images} ', '')} has 100. {{images.number}}"


def test_two_people_edit_and_the_second_is_told(workspace, pets) -> None:
    claim_id = claimed(workspace, pets, "images")
    seen = find_claim(workspace, pets.id, claim_id=claim_id)
    about = {"claim_id": claim_id, "edition": seen.edition}
    edit(workspace, pets, **about, sentence="There are {images} pets.", who="Ben")
    with pytest.raises(ClaimChanged, match=r"Ben changed claim 1 meanwhile \(.* UTC\)\. Nothing was saved"):
        edit(workspace, pets, **about, sentence="I count {images}.", who="Cleo")
    with pytest.raises(ClaimChanged, match="Ben changed"):
        forget_claim(workspace, pets.id, **about, who="Cleo")
    newest = find_claim(workspace, pets.id, claim_id=claim_id)
    assert (newest.sentence, newest.edition, newest.who, newest.kept_by) == (
        "There are {images} pets.",
        2,
        "Ben",
        "Ada",
    )
    forget_claim(workspace, pets.id, claim_id=claim_id, edition=2, who="Ben")
    with pytest.raises(UnknownClaim):
        edit(workspace, pets, claim_id=claim_id, edition=2, sentence="{images}", who="Cleo")
    assert list_claims(workspace, pets.id) == [] and check(workspace, pets, who="Ada") == []


def test_a_claim_takes_over_the_numbers_of_now_and_its_history_stays(workspace, pets) -> None:
    claim_id = claimed(workspace, pets, "images")
    decide(workspace, pets.id, [Act(1, "remove")], who="Ben")
    assert only(workspace, pets).verdict == MOVED
    edit(workspace, pets, claim_id=claim_id, edition=1, anew=True, who="Cleo")
    judged = only(workspace, pets)
    assert (judged.verdict, judged.then) == (HOLDS, "The dataset has 99 images.")
    history = value_history(workspace, pets.id, claim_id=claim_id)
    assert [(row.number, row.occasion) for row in history] == [
        (99, "checked"), (99, "kept"), (99, "checked"), (100, "kept"),
    ]  # fmt: skip


def test_freezing_a_version_records_every_claim(workspace, pets) -> None:
    claim_id = claimed(workspace, pets, "images")
    decide(workspace, pets.id, [Act(1, "remove")], who="Ben")
    version = freeze_with_claims(workspace, pets, name="clean", who="Cleo")
    assert find_version(workspace, pets.id, name="clean").id == version.id
    newest = value_history(workspace, pets.id, claim_id=claim_id)[0]
    assert (newest.occasion, newest.version_id, newest.frozen, newest.number) == ("frozen", version.id, "clean", 99)
    assert as_recorded(workspace, pets.id)[0].verdict == MOVED


def test_what_is_no_claim_is_refused_in_a_sentence(workspace, pets) -> None:
    with pytest.raises(BadClaim, match=r"no place for its number. Write \{images\}"):
        claimed(workspace, pets, "images", "There are many images. {{images}}")
    with pytest.raises(BadClaim, match="There is no number to claim: There is no finished label check"):
        claimed(workspace, pets, "share-wrong")
    with pytest.raises(TextTooLong):
        claimed(workspace, pets, "images", "{images}" + "a" * 3_000)
    with pytest.raises(BadClaim, match="1 to 8 numbers"):
        keep(workspace, pets, Draft("{a}", {}), who="Ada")
    with pytest.raises(StoreError):
        claimed(workspace, pets, "beauty")
    assert list_claims(workspace, pets.id) == []


def test_a_measure_of_another_version_of_vitrine_is_told_and_the_others_are_asked(workspace, pets) -> None:
    claimed(workspace, pets, "images")
    claimed(workspace, pets, "classes")
    with workspace.writing() as cursor:
        cursor.execute("""UPDATE claim SET measures = '{"images": {"measure": "beauty"}}' WHERE id = 1""")
    first, second = check(workspace, pets, who="Ada")
    assert first.verdict == GONE and "There is no measure 'beauty'" in first.numbers[0].said
    assert second.verdict == HOLDS


def test_claims_of_one_dataset_are_not_those_of_another(workspace, pets) -> None:
    other = new_dataset(workspace, "other")
    land(workspace, other.id, [image_row("z.png")])
    claim_id = claimed(workspace, pets, "images")
    claimed(workspace, other, "images")
    assert [each.claim.id for each in check(workspace, other, who="Ada")] == [claim_id + 1]
    with pytest.raises(UnknownClaim, match="There is no claim 1 of this dataset"):
        find_claim(workspace, other.id, claim_id=claim_id)
    assert value_history(workspace, other.id, claim_id=claim_id) == []


def test_what_is_decided_while_a_claim_is_measured_is_not_lost_from_its_reasons(workspace, pets, monkeypatch) -> None:
    claimed(workspace, pets, "images")
    original = claims.values_of

    def slowly(case, measures):
        found = original(case, measures)
        monkeypatch.setattr(claims, "values_of", original)
        decide(workspace, pets.id, [Act(1, "remove")], who="Ben")
        return found

    monkeypatch.setattr(claims, "values_of", slowly)
    assert only(workspace, pets).verdict == HOLDS
    assert is_behind(workspace, pets.id, as_recorded(workspace, pets.id))
    assert only(workspace, pets).why[0].startswith("1 picture removed by Ben")


def test_claims_leave_the_caches_of_other_pages_alone(workspace, pets) -> None:
    before = workspace.settled_generation(pets.id), workspace.settled_generation()
    claimed(workspace, pets, "images")
    assert workspace.settled_generation(pets.id) == before[0] and workspace.settled_generation() > before[1]


def test_kinds_and_acts_that_a_claim_does_not_read_are_named_where_nothing_else_came(workspace, birds) -> None:
    claimed(workspace, birds, "score", **ON_SET)
    with workspace.writing(birds.id) as cursor:
        cursor.execute("UPDATE image SET label = (label + 2) % 3 WHERE dataset_id = ?", [birds.id])
    run_id = ran(workspace, "embed", {})
    judged = only(workspace, birds)
    assert judged.verdict == MOVED and judged.why == (f"1 embedding (run {run_id})",)
    assert judged.numbers[0].now.run_ids == (FIRST,) and SECOND in ON_SET["runs"]


def test_every_measure_names_a_page_that_there_is() -> None:
    from pages.ui.registry import all_pages

    assert {each.page for each in all_measures().values()} <= set(all_pages())


def test_times_are_without_a_zone_as_the_file_keeps_them(workspace, pets) -> None:
    claimed(workspace, pets, "images")
    (judged,) = as_recorded(workspace, pets.id)
    assert isinstance(judged.claim.kept_at, datetime.datetime) and judged.numbers[0].then.measured_at.tzinfo is None

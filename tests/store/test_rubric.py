"""The rubric: versions of criteria, drafts, submitted and reopened sheets, scores of files, and who saves second."""

import pytest

from evidence.rubric import rubric_result, say_alpha, scores_csv
from store.errors import BadRubric, RubricChanged
from store.reviews import merge_review
from store.rubric import (
    DRAFT,
    FIRST,
    REOPENED,
    SUBMITTED,
    Criterion,
    Score,
    Sheet,
    current_rubric,
    list_sheets,
    new_name,
    reopen_sheet,
    rubric_history,
    sheet_of,
    write_rubric,
    write_sheet,
)
from tests.support.review_file import review
from tests.support.small_workspace import image_row, land, new_dataset

FORMULA = '=HYPERLINK("http://x")'


@pytest.fixture
def pets(workspace):
    dataset = new_dataset(workspace, "pets")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=0) for n in range(3)])
    return dataset


def submit(workspace, pets, who: str, *scores: int | None, note: str = "", is_draft: bool = False) -> None:
    rubric = current_rubric(workspace, pets.id)
    given = {
        each.name: Score(score, each.most, note, each.title)
        for each, score in zip(rubric.criteria, scores, strict=False)
    }
    sheet = sheet_of(workspace, pets.id, who)
    write_sheet(workspace, pets.id, sheet, given, rubric=rubric, submit=not is_draft, who=who)


def test_it_begins_with_the_four_that_this_work_is_judged_by(workspace, pets) -> None:
    assert [each.title for each in current_rubric(workspace, pets.id).criteria] == [
        "Quality and relevance of the dataset",
        "Adherence to the task",
        "Creativity of theme",
        "Depth of reflection",
    ]


def test_criteria_are_worded_anew_and_every_wording_stays(workspace, pets) -> None:
    mine = (*FIRST.criteria[:2], Criterion("fun", "Fun", most=10, weight=2))
    write_rubric(workspace, pets.id, mine, edition=0, who="Ada")
    now = current_rubric(workspace, pets.id)
    assert now.criteria == mine and (now.edition, now.who) == (1, "Ada")
    with pytest.raises(RubricChanged, match="Ada changed the rubric meanwhile"):
        write_rubric(workspace, pets.id, FIRST.criteria, edition=0, who="Ben")
    assert [each.edition for each in rubric_history(workspace, pets.id)] == [1, 0]


@pytest.mark.parametrize(
    "criteria",
    [
        (),
        (Criterion("a", " "),),
        (Criterion("a", "A"), Criterion("a", "B")),
        (Criterion("a", "A", most=1),),
        (Criterion("a", "A", most=1_000),),
        (Criterion("a", "A", weight=-1),),
        (Criterion("a", "A", weight=float("nan")),),
        (Criterion("a", "A", weight=0),),
        tuple(Criterion(f"{n}", "A") for n in range(31)),
    ],
)
def test_criteria_that_cannot_be_are_refused(workspace, pets, criteria) -> None:
    with pytest.raises(BadRubric):
        write_rubric(workspace, pets.id, criteria, edition=0, who="Ada")
    assert current_rubric(workspace, pets.id) == FIRST


def test_a_draft_counts_nowhere_until_it_is_submitted_and_again_when_it_is_reopened(workspace, pets) -> None:
    submit(workspace, pets, "Ada", 4, is_draft=True)
    assert sheet_of(workspace, pets.id, "Ada").state == DRAFT and not rubric_result(workspace, pets.id).counted
    submit(workspace, pets, "Ada", 4, 5)
    assert sheet_of(workspace, pets.id, "Ada").state == SUBMITTED
    assert [each.reviewer for each in rubric_result(workspace, pets.id).counted] == ["Ada"]
    with pytest.raises(BadRubric, match="is submitted"):
        submit(workspace, pets, "Ada", 1)
    reopen_sheet(workspace, pets.id, sheet_of(workspace, pets.id, "Ada"), who="Owner")
    now = sheet_of(workspace, pets.id, "Ada")
    assert (now.state, now.who, now.scores["task"].score) == (REOPENED, "Owner", 5)
    assert not rubric_result(workspace, pets.id).counted
    submit(workspace, pets, "Ada", 2, 2)
    assert rubric_result(workspace, pets.id).results[0].mean == 2


def test_who_saves_a_sheet_second_is_told(workspace, pets) -> None:
    seen = sheet_of(workspace, pets.id, "Ada")
    submit(workspace, pets, "Ada", 4, is_draft=True)
    with pytest.raises(RubricChanged, match="sheet of Ada meanwhile"):
        write_sheet(workspace, pets.id, seen, {"task": Score(1)}, rubric=FIRST, submit=False, who="Ada")


@pytest.mark.parametrize("scores", [{}, {"task": Score(None)}, {"task": Score(6)}, {"task": Score(0)}])
def test_a_sheet_without_a_score_or_with_one_outside_its_scale_is_not_submitted(workspace, pets, scores) -> None:
    with pytest.raises(BadRubric):
        write_sheet(workspace, pets.id, Sheet("Ada", {}), scores, rubric=FIRST, submit=True, who="Ada")


def test_nobody_writes_on_anothers_sheet(workspace, pets) -> None:
    with pytest.raises(BadRubric, match="Only Ada"):
        write_sheet(workspace, pets.id, Sheet("Ada", {}), {}, rubric=FIRST, submit=False, who="Mallory")


def test_scores_of_a_file_count_as_a_submitted_sheet(workspace, pets) -> None:
    submit(workspace, pets, "Ada", 4, 4)
    scores = [{"criterion": "task", "title": "T", "score": 8, "of": 10, "note": "fine"}]
    scores.append({"criterion": "cleaning", "title": "Cleaning", "score": 3, "of": 5})
    merge_review(workspace, pets.id, review(scores=scores), who="Ana")
    result = rubric_result(workspace, pets.id)
    assert [(each.reviewer, each.state, each.is_of_bundle) for each in result.sheets] == [
        ("Ada", SUBMITTED, False),
        ("Cleo", SUBMITTED, True),
    ]
    task = next(each for each in result.results if each.criterion.name == "task")
    assert (task.n, task.mean) == (2, 4.0)  # 8 of 10 is 4 of 5
    (other,) = result.others
    assert (other.criterion.title, other.mean, other.criterion.weight) == ("Cleaning", 3, 0)


def test_of_somebody_with_both_the_newer_counts(workspace, pets) -> None:
    submit(workspace, pets, "Cleo", 1, 1)
    old, new = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
    scores = [{"criterion": "task", "title": "T", "score": 5, "of": 5}]
    merge_review(workspace, pets.id, review(scores=scores, saved_at=old), who="Ana")
    assert [each.is_of_bundle for each in list_sheets(workspace, pets.id)] == [False]
    merge_review(workspace, pets.id, review(scores=[{**scores[0], "score": 4}], saved_at=new), who="Ana")
    (sheet,) = list_sheets(workspace, pets.id)
    assert sheet.is_of_bundle and sheet.scores["task"].score == 4


def test_a_result_by_hand(workspace, pets) -> None:
    criteria = (Criterion("a", "A", weight=3), Criterion("b", "B", most=10), Criterion("c", "C", weight=0))
    write_rubric(workspace, pets.id, criteria, edition=0, who="Ada")
    submit(workspace, pets, "Ada", 5, 5, 1)
    submit(workspace, pets, "Ben", 3, 10)
    result = rubric_result(workspace, pets.id)
    means = {each.criterion.name: (each.n, each.mean, each.low, each.high) for each in result.results}
    assert means == {"a": (2, 4.0, 3.0, 5.0), "b": (2, 7.5, 5.0, 10.0), "c": (1, 1.0, 1.0, 1.0)}
    assert result.total == pytest.approx((3 * 0.8 + 0.75) / 4)
    assert [each.total for each in result.reviewers] == pytest.approx([(3 * 1 + 0.5) / 4, (3 * 0.6 + 1) / 4])
    assert result.results[0].spread == pytest.approx(2**0.5)


def test_the_csv_holds_every_counted_score_and_no_formula(workspace, pets) -> None:
    submit(workspace, pets, FORMULA, 4, 3, note=FORMULA)
    submit(workspace, pets, "Draft", 1, is_draft=True)
    text = scores_csv(rubric_result(workspace, pets.id)).decode()
    assert len(text.splitlines()) == 3 and "Draft" not in text
    assert '"=HYPER' not in text and text.count("'=HYPER") == 4


def test_agreement_is_said_in_words() -> None:
    assert "cannot be told" in say_alpha(None) and "relied on" in say_alpha(0.81)
    assert "tentative" in say_alpha(0.7) and "differently" in say_alpha(-0.2)


def test_a_new_criterion_gets_a_name_of_its_own() -> None:
    assert new_name("Depth of reflection!", []) == "depth-of-reflection"
    assert (
        new_name("Fun", ["fun", "fun-2"]) == "fun-3"
        and new_name("قطة", []) == "قطة"
        and new_name("!", []) == "criterion"
    )

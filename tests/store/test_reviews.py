"""Reviews taken in: twice is once, strangers' pictures are listed, nothing is overwritten, and no file is believed."""

import pytest

from store.comments import comment_history, delete_comment, list_comments
from store.errors import BadReviewFile
from store.review_texts import MOST_BYTES
from store.reviews import list_opinions, list_rubric_scores, merge_review
from tests.support.review_file import AT, STRANGE, on, review, sha256
from tests.support.small_workspace import image_row, land, new_dataset


@pytest.fixture
def pets(workspace):
    dataset = new_dataset(workspace, "pets")
    rows = [image_row(f"{n}.png", label=n % 2) for n in range(4)]
    rows.append(image_row("twin.png", content="1.png", label=0))  # the same bytes as number 2
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(("cat", "dog")):
            cursor.execute("INSERT INTO class_name (dataset_id, index, name) VALUES (?, ?, ?)", [1, index, name])
    return dataset


def test_what_a_reviewer_wrote_comes_in(workspace, pets) -> None:
    brought = merge_review(workspace, pets.id, review(), who="Ana")
    assert (brought.reviewer, brought.n_comments, brought.n_scores, brought.n_opinions) == ("Cleo", 3, 1, 1)
    comments = {each.id: each for each in list_comments(workspace, pets.id)}
    assert (comments["a"].image_id, comments["a"].text, comments["a"].who) == (1, STRANGE, "Cleo")
    assert comments["b"].claim_id == 4 and comments["c"].written_at.hour == 12
    (score,) = list_rubric_scores(workspace, pets.id)
    assert (score.score, score.of_most, score.note, score.bundle_run) == (4, 5, "thorough", 7)
    (opinion,) = list_opinions(workspace, pets.id)
    assert (opinion.image_id, opinion.verdict, opinion.label, opinion.label_now) == (3, "wrong", 1, 0)


def test_twice_is_once(workspace, pets) -> None:
    merge_review(workspace, pets.id, review(), who="Ana")
    again = merge_review(workspace, pets.id, review(saved_at="2026-11-30T18:00:00Z"), who="Bo")
    assert (again.n_comments, again.n_scores, again.n_opinions, again.n_known) == (0, 0, 0, 5)
    assert len(list_comments(workspace, pets.id)) == 3


def test_what_is_said_anew_counts_and_what_was_said_stays(workspace, pets) -> None:
    merge_review(workspace, pets.id, review(), who="Ana")
    later = "2026-12-01T08:00:00Z"
    scores = [{"criterion": "cleaning", "title": "Cleaning", "score": 2, "of": 5}]
    opinions = [{**on("2.png", 3), "verdict": "right", "at": later}]
    brought = merge_review(workspace, pets.id, review(saved_at=later, scores=scores, opinions=opinions), who="Ana")
    assert (brought.n_scores, brought.n_opinions) == (1, 1)
    assert [each.score for each in list_rubric_scores(workspace, pets.id)] == [2]
    assert [each.verdict for each in list_opinions(workspace, pets.id)] == ["right"]
    assert workspace.count("count_reviews", dataset_id=pets.id) == 3  # the first column: comments
    assert len(workspace.read_text("SELECT score FROM rubric_score")) == 2


def test_a_comment_that_its_writer_words_anew_is_a_further_edition(workspace, pets) -> None:
    merge_review(workspace, pets.id, review(), who="Ana")
    later = "2026-12-01T08:00:00Z"
    anew = [{"id": "c", "on": {"kind": "general"}, "text": "Done.", "at": later}]
    assert merge_review(workspace, pets.id, review(comments=anew, reviewer="Mallory"), who="Ana").n_comments == 0
    assert merge_review(workspace, pets.id, review(comments=anew), who="Ana").n_comments == 1
    assert merge_review(workspace, pets.id, review(comments=anew), who="Ana").n_comments == 0
    assert merge_review(workspace, pets.id, review(), who="Ana").n_comments == 0  # the older file once more
    assert [each.text for each in comment_history(workspace, pets.id, "c")] == ["Done.", "Well done."]


def test_what_was_deleted_here_does_not_come_back_with_the_file(workspace, pets) -> None:
    merge_review(workspace, pets.id, review(), who="Ana")
    (mine,) = [each for each in list_comments(workspace, pets.id) if each.id == "c"]
    delete_comment(workspace, pets.id, mine, who="Cleo")
    merge_review(workspace, pets.id, review(), who="Ana")
    assert {each.id for each in list_comments(workspace, pets.id)} == {"a", "b"}


def test_pictures_that_are_not_here_are_listed_and_left_out(workspace, pets) -> None:
    strange = {"kind": "picture", "image_id": 1, "sha256": "f" * 64, "path": "elsewhere.png"}
    comments = [
        {"id": "x", "on": strange, "text": "?", "at": AT},
        {"id": "y", "on": on("0.png", 1), "text": "!", "at": AT},
    ]
    opinions = [{**strange, "verdict": "wrong", "at": AT}]
    brought = merge_review(workspace, pets.id, review(comments=comments, opinions=opinions), who="Ana")
    assert (brought.n_unknown, brought.unknown, brought.n_comments, brought.n_opinions) == (1, ("elsewhere.png",), 1, 0)


def test_a_picture_is_found_by_its_bytes_whatever_its_number(workspace, pets) -> None:
    opinions = [{**on("3.png", 900), "verdict": "unsure", "at": AT}]
    merge_review(workspace, pets.id, review(opinions=opinions), who="Ana")
    assert [each.image_id for each in list_opinions(workspace, pets.id)] == [4]


def test_of_twins_the_one_that_was_meant_is_taken(workspace, pets) -> None:
    twins = {"sha256": sha256("1.png")}
    by_path = {**twins, "image_id": 900, "path": "twin.png", "verdict": "wrong", "at": AT}
    by_number = {**twins, "image_id": 2, "path": "moved.png", "verdict": "right", "at": AT}
    merge_review(workspace, pets.id, review(opinions=[by_path, by_number]), who="Ana")
    assert {each.image_id: each.verdict for each in list_opinions(workspace, pets.id)} == {5: "wrong", 2: "right"}


def test_a_review_decides_nothing(workspace, pets) -> None:
    before = workspace.data_generation(pets.id)
    merge_review(workspace, pets.id, review(), who="Ana")
    assert workspace.data_generation(pets.id) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "no review.json"),
        (b"[1]", "no review.json"),
        (review(format="other"), "format"),
        (review(version=2), "newer Vitrine"),
        (review(reviewer="  "), "says no name"),
        (review(scores=[{"criterion": "x", "score": 10**9, "of": 5}]), "scores.0.score"),
        (review(opinions=[{**on("0.png", 1), "verdict": "perhaps", "at": AT}]), "opinions.0.verdict"),
        (review(comments=[{"id": "a", "on": {"kind": "general"}, "text": "x" * 5_001, "at": AT}]), "comments.0.text"),
        (review(saved_at="yesterday"), "saved_at"),
        (review(saved_at="2026-11-30T12:00:00"), "saved_at"),  # of which zone?
        (b" " * (MOST_BYTES + 1), "16 MB at most"),
    ],
)
def test_what_is_no_review_is_refused_in_a_sentence(workspace, pets, text: bytes, words: str) -> None:
    with pytest.raises(BadReviewFile, match=words):
        merge_review(workspace, pets.id, text, who="Ana")
    assert not list_comments(workspace, pets.id) and not list_rubric_scores(workspace, pets.id)

"""Reviews taken in: comments, scores of a rubric and words on labels that reviewers saved from a bundle.

Comments come to those of store.comments; scores count as a sheet of store.rubric.

Twice is once: a comment is known by its number, a score and a word on a label by who said it when. Nothing is
overwritten: what a reviewer says anew stands beside what they said before, and the newest counts.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.acting import does
from store.comments import known_comments, take_in_comment
from store.connection import Workspace, utc_now
from store.datasets import class_names
from store.pins import Pin
from store.review_texts import WrittenComment, WrittenReview, as_utc, read_review
from store.rows import Bound
from store.statements import sql

MOST_LISTED = 50  # pictures that are not here


@dataclass(frozen=True)
class TakenIn:
    """What a file brought. unknown: paths of pictures that are not in this dataset (at most MOST_LISTED), n_unknown of
    them in all; n_known: what was here already.
    """

    reviewer: str
    n_comments: int
    n_scores: int
    n_opinions: int
    n_known: int
    n_unknown: int
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class RubricScore:
    """A reviewer's newest score of a criterion."""

    reviewer: str
    bundle_run: int
    criterion: str
    title: str
    score: int
    of_most: int
    note: str
    saved_at: datetime.datetime


@dataclass(frozen=True)
class Opinion:
    """A reviewer's newest word on a picture's label. label_now, label: class indices, as it counts and as they say."""

    image_id: int
    sha256: str
    path: str
    label_now: int | None
    reviewer: str
    verdict: str
    label: int | None
    said_at: datetime.datetime


@dataclass(frozen=True)
class _Counts:
    n_comments: int
    n_scores: int
    n_opinions: int


@does("take_in_review")
def merge_review(workspace: Workspace, dataset_id: int, text: bytes, *, who: str) -> TakenIn:
    """Take a review.json in; what came. Raises BadReviewFile."""
    review = read_review(text)
    pictures = _pictures(workspace, dataset_id, review)
    before = _counts(workspace, dataset_id)
    with workspace.writing() as cursor:
        _write_comments(workspace, cursor, dataset_id, review, pictures=pictures, who=who)
        _write_scores(workspace, cursor, dataset_id, review)
        names = {name: index for index, name in enumerate(class_names(workspace, dataset_id))}
        _write_opinions(cursor, dataset_id, review, pictures=pictures, names=names)
    after = _counts(workspace, dataset_id)
    unknown = _unknown(review, pictures)
    n_strange = sum(key not in pictures for key, *_ in _asked(review))
    n_asked = len(review.comments) + len(review.scores) + len(review.opinions)
    came = _Counts(
        after.n_comments - before.n_comments, after.n_scores - before.n_scores, after.n_opinions - before.n_opinions
    )
    return TakenIn(
        review.reviewer.strip(),
        **vars(came),
        n_known=n_asked - sum(vars(came).values()) - n_strange,
        n_unknown=len(unknown),
        unknown=tuple(unknown[:MOST_LISTED]),
    )


def list_rubric_scores(workspace: Workspace, dataset_id: int) -> list[RubricScore]:
    """The newest score of each reviewer, bundle and criterion, by criterion."""
    return workspace.all("list_rubric_scores", RubricScore, dataset_id=dataset_id)


def list_opinions(workspace: Workspace, dataset_id: int, *, n_rows: int = 1_000) -> list[Opinion]:
    """The newest word of each reviewer on each picture's label, what they say is wrong first."""
    return workspace.all("list_review_opinions", Opinion, dataset_id=dataset_id, n_rows=n_rows)


def _counts(workspace: Workspace, dataset_id: int) -> _Counts:
    return workspace.one("count_reviews", _Counts, dataset_id=dataset_id)


def _asked(review: WrittenReview) -> list[tuple[str, int, str, str]]:
    """key, image_id, sha256, path of every picture that the review speaks of."""
    comments = [
        (f"comment {each.id}", each.on.image_id, each.on.sha256, each.on.path)
        for each in review.comments
        if each.on.kind == "picture"
    ]
    opinions = [(f"opinion {n}", one.image_id, one.sha256, one.path) for n, one in enumerate(review.opinions)]
    return [*comments, *opinions]


def _pictures(workspace: Workspace, dataset_id: int, review: WrittenReview) -> dict[str, int]:
    """The image of each key of `_asked` that is here."""
    asked = _asked(review)
    keys, image_ids, sha256, paths = (list(column) for column in zip(*asked, strict=True)) if asked else ([],) * 4
    table = pa.table(
        {
            "key": pa.array(keys, pa.string()),
            "image_id": pa.array(image_ids, pa.int64()),
            "sha256": pa.array(sha256, pa.string()),
            "path": pa.array(paths, pa.string()),
        }
    )
    found = workspace.read_beside({"asked": table}, sql("reviewed_pictures"), dataset_id=dataset_id)
    return dict(zip(found["key"].to_pylist(), found["image_id"].to_pylist(), strict=True))


def _unknown(review: WrittenReview, pictures: dict[str, int]) -> list[str]:
    """What pictures that are not here are called, once each."""
    names = [path or f"number {image_id}" for key, image_id, _, path in _asked(review) if key not in pictures]
    return list(dict.fromkeys(names))


def _write_comments(
    workspace: Workspace,
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    review: WrittenReview,
    *,
    pictures: dict[str, int],
    who: str,
) -> None:
    newest: dict[str, WrittenComment] = {}
    for each in review.comments:  # one id twice: the newer wording counts
        if each.id not in newest or newest[each.id].at < each.at:
            newest[each.id] = each
    known = known_comments(workspace, dataset_id, ids=list(newest))
    for each in newest.values():
        image_id = pictures.get(f"comment {each.id}")
        if each.on.kind == "picture" and image_id is None:
            continue
        pin = Pin(
            kind=each.on.kind,
            image_id=image_id,
            claim_id=each.on.claim if each.on.kind == "claim" else None,
            block_id=each.on.block if each.on.kind == "block" else None,
            title=each.on.title,
        )
        about = {"id": each.id, "text": each.text, "bundle_run": review.bundle.run, "who": review.reviewer.strip()}
        about |= {"written_at": as_utc(each.at), "taken_in_by": who}
        take_in_comment(cursor, dataset_id, pin, known=known, about=about)


def _write_scores(
    workspace: Workspace, cursor: duckdb.DuckDBPyConnection, dataset_id: int, review: WrittenReview
) -> None:
    for each in review.scores:
        values: dict[str, Bound] = {
            "dataset_id": dataset_id,
            "reviewer": review.reviewer.strip(),
            "bundle_run": review.bundle.run,
            "criterion": each.criterion,
            "score": each.score,
            "of_most": each.of,
            "note": each.note,
        }
        if not workspace.count("same_rubric_score", **values):
            more = {"title": each.title, "saved_at": as_utc(review.saved_at), "taken_in_at": utc_now()}
            cursor.execute(sql("insert_rubric_score"), {**values, **more})


def _write_opinions(
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    review: WrittenReview,
    *,
    pictures: dict[str, int],
    names: dict[str, int],
) -> None:
    for number, each in enumerate(review.opinions):
        image_id = pictures.get(f"opinion {number}")
        if image_id is None:
            continue
        values = {
            "dataset_id": dataset_id,
            "reviewer": review.reviewer.strip(),
            "bundle_run": review.bundle.run,
            "image_id": image_id,
            "verdict": each.verdict,
            "label": None if each.label is None else names.get(each.label),
            "said_at": as_utc(each.at),
            "taken_in_at": utc_now(),
        }
        cursor.execute(sql("insert_review_opinion"), values)


def opinions_by_verdict(opinions: Sequence[Opinion]) -> dict[str, int]:
    """How many words there are of each verdict."""
    counted = {"right": 0, "wrong": 0, "unsure": 0}
    for each in opinions:
        counted[each.verdict] += 1
    return counted

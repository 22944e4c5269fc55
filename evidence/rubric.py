"""A dataset's rubric with all that its reviewers gave: a row a criterion, totals, agreement, and the same as CSV."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.rubric_scores import RubricScores, rubric_scores
from store.connection import Workspace
from store.rubric import SUBMITTED, Criterion, Rubric, Sheet, current_rubric, list_sheets
from store.spreadsheets import as_csv


@dataclass(frozen=True)
class CriterionResult:
    """A criterion in its own scale: n reviewers scored it. Numbers are None where there is nothing to take them of."""

    criterion: Criterion
    n: int
    mean: float | None
    spread: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ReviewerTotal:
    """The weighted mean of what a reviewer gave, as a share of the most there is; of so many of the criteria."""

    reviewer: str
    total: float | None
    n: int


@dataclass(frozen=True)
class RubricResult:
    """results: of the rubric's criteria; others: of criteria that sheets hold and the rubric does not, which count in
    no total. counted: sheets that are submitted; sheets: all. total, total_spread: shares. alpha: Krippendorff's.
    """

    rubric: Rubric
    sheets: tuple[Sheet, ...]
    counted: tuple[Sheet, ...]
    results: tuple[CriterionResult, ...]
    others: tuple[CriterionResult, ...]
    reviewers: tuple[ReviewerTotal, ...]
    total: float | None
    total_spread: float | None
    alpha: float | None


def rubric_result(workspace: Workspace, dataset_id: int) -> RubricResult:
    """What the reviewers of a dataset gave."""
    rubric = current_rubric(workspace, dataset_id)
    sheets = list_sheets(workspace, dataset_id)
    counted = [sheet for sheet in sheets if sheet.state == SUBMITTED]
    shares = _shares(counted, rubric.criteria)
    found = rubric_scores(shares, weights=np.array([each.weight for each in rubric.criteria], dtype=np.float64))
    others = _others(counted, rubric)
    of_others = rubric_scores(_shares(counted, others), weights=np.zeros(len(others)))
    n_given = (~np.isnan(shares)).sum(axis=1)
    return RubricResult(
        rubric=rubric,
        sheets=tuple(sheets),
        counted=tuple(counted),
        results=_results(rubric.criteria, found),
        others=_results(others, of_others),
        reviewers=tuple(
            ReviewerTotal(sheet.reviewer, _known(total), int(n))
            for sheet, total, n in zip(counted, found.totals, n_given, strict=True)
        ),
        total=_known(found.total),
        total_spread=_known(found.total_spread),
        alpha=found.alpha,
    )


def say_alpha(alpha: float | None) -> str:
    """What the agreement means, in Krippendorff's own bounds; a sentence."""
    if alpha is None:
        return "Agreement cannot be told: no two reviewers scored the same criterion, or all scores are the same."
    if alpha >= 0.8:
        meant = "their scores can be relied on"
    elif alpha >= 0.667:
        meant = "enough for tentative conclusions"
    else:
        meant = "they see it differently: read the words beside the scores before you lean on a mean"
    return f"Krippendorff's alpha (ordinal) is {alpha:.2f}: {meant}."


def scores_csv(result: RubricResult) -> bytes:
    """Every counted score, a row a reviewer and criterion, as CSV in which no cell is a formula."""
    titles = {each.name: each.title for each in result.rubric.criteria}
    rows = [
        {
            "reviewer": sheet.reviewer,
            "criterion": titles.get(name) or score.title or name,
            "score": score.score,
            "of": score.of,
            "weight": next((each.weight for each in result.rubric.criteria if each.name == name), 0.0),
            "words": score.note,
            "submitted_at": "" if sheet.written_at is None else f"{sheet.written_at:%Y-%m-%d %H:%M}",
            "came_by": "review.json" if sheet.is_of_bundle else "here",
        }
        for sheet in result.counted
        for name, score in sheet.scores.items()
    ]
    kinds = {"score": pa.int64(), "of": pa.int64(), "weight": pa.float64()}
    names = ("reviewer", "criterion", "score", "of", "weight", "words", "submitted_at", "came_by")
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    return as_csv(pa.Table.from_pylist(rows, schema=schema))


def _shares(sheets: Sequence[Sheet], criteria: Sequence[Criterion]) -> np.ndarray:
    """(n_sheets, n_criteria) scores over the most there was when they were given; NaN without one."""
    shares = np.full((len(sheets), len(criteria)), np.nan)
    for row, sheet in enumerate(sheets):
        for column, criterion in enumerate(criteria):
            score = sheet.scores.get(criterion.name)
            if score is not None and score.score is not None:
                shares[row, column] = score.score / score.of
    return shares


def _others(sheets: Sequence[Sheet], rubric: Rubric) -> list[Criterion]:
    """Criteria that sheets hold and the rubric does not, by name."""
    ours = {each.name for each in rubric.criteria}
    found: dict[str, Criterion] = {}
    for sheet in sheets:
        for name, score in sheet.scores.items():
            if name not in ours and score.score is not None:
                found.setdefault(name, Criterion(name, score.title or name, most=score.of, weight=0))
    return [found[name] for name in sorted(found)]


def _results(criteria: Sequence[Criterion], found: RubricScores) -> tuple[CriterionResult, ...]:
    def scaled(shares: np.ndarray, place: int) -> float | None:
        known = _known(float(shares[place]))
        return None if known is None else known * criteria[place].most

    return tuple(
        CriterionResult(
            criterion,
            int(found.n[place]),
            *(scaled(shares, place) for shares in (found.mean, found.spread, found.low, found.high)),
        )
        for place, criterion in enumerate(criteria)
    )


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)

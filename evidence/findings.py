"""What was found in a dataset, the most consequential first: a sentence each, with its number and where it is from.

Every sentence is made of what stands in the workspace's file: counts that hold at any time, and figures of the newest
finished run of a kind. Nothing is computed anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analytics.balance import balance
from analytics.wording import count
from store import gallery, label_issues, medoids, overview
from store.connection import Workspace
from store.datasets import Dataset, class_table
from store.duplicates import near_counts
from store.label_issues import IssueFilters, LabelRun
from store.runs import FinishedRun, finished_runs

MOST = 7
PICTURES = 6  # shown beside a sentence
COVERED_AT = 80  # per cent of cosine from which on a picture is stood for
MOST_CLASSIFIERS = 100  # the newest, among which the best is looked for
_SCORE = "test_balanced_accuracy"
MOST_UNEQUAL = 3.0  # largest class over smallest, from which on it is said


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One sentence. It holds names of the dataset as they are.

    number: what it turns on, in the unit of the sentence; interval: its 95 % interval where one was computed. n: how
    many pictures it rests on. run_id: the run that it comes from, 0 for a count of what is there. page, query: where
    it is shown. pictures: image ids and SHA-256 of some that show it. weight: how consequential, 100 at most.
    """

    key: str
    sentence: str
    number: float
    weight: float
    n: int
    run_id: int = 0
    interval: tuple[float, float] | None = None
    page: str = "pictures"
    query: Mapping[str, str] = field(default_factory=dict)
    pictures: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True)
class _Case:
    """What every question is asked of."""

    workspace: Workspace
    dataset: Dataset
    names: Sequence[str]
    n_images: int

    def newest(self, kind: str) -> FinishedRun | None:
        """The newest finished run of a kind."""
        runs = finished_runs(self.workspace, self.dataset.id, kind=kind, of=FinishedRun, n_rows=1)
        return runs[0] if runs else None

    def name(self, index: int) -> str:
        """What a class is called."""
        return self.names[index] if 0 <= index < len(self.names) else f"class {index}"

    def of_check(self, check: str) -> list[tuple[int, str]]:
        """Some pictures that fit a check of the gallery."""
        chosen = gallery.chosen_by(self.workspace, self.dataset.id, check=check)
        filters = gallery.PictureFilters(check=check)
        table = gallery.list_images(
            self.workspace, self.dataset.id, filters=filters, chosen=chosen, first=0, n_rows=PICTURES
        )
        return _pairs(table.to_pylist())


def find(workspace: Workspace, dataset: Dataset, *, most: int = MOST) -> list[Finding]:
    """What was found, the most consequential first; at most so many."""
    n_images = overview.totals(workspace, dataset.id).n_images
    if not n_images:
        return []
    case = _Case(workspace, dataset, class_table(workspace, dataset.id)["name"].to_pylist(), n_images)
    found = [finding for question in QUESTIONS for finding in question(case)]
    return sorted(found, key=lambda each: -each.weight)[:most]


def _noise(case: _Case) -> Iterator[Finding]:
    """How many labels are wrong, and between which classes most."""
    run = _label_run(case)
    total = ((run.figures.get("noise") or {}).get("total") or []) if run is not None else []
    if run is None or len(total) != 3 or total[0] < 0.005:
        return
    rate, low, high = (float(value) for value in total)
    sentence = f"About {rate:.0%} of the labels are likely wrong ({low:.0%} to {high:.0%})"
    counts = label_issues.noise_counts(case.workspace, case.dataset.id, run_id=run.run_id).to_pylist()
    between = [row for row in counts if row["label"] is not None and row["suggested"] not in (None, row["label"])]
    query = {}
    if between:
        worst = max(between, key=lambda row: int(row["n"]))
        given, seen = case.name(worst["label"]), case.name(worst["suggested"])
        sentence += f", most often {given} that look like {seen} ({count(int(worst['n']), 'picture')})"
        query = {"given": given, "suggested": seen}
    page = label_issues.list_issues(
        case.workspace, case.dataset.id, run_id=run.run_id, filters=IssueFilters(kind="label"), first=0, n_rows=PICTURES
    )
    yield Finding(
        key="noise",
        sentence=f"{sentence}.",
        number=rate,
        interval=(low, high),
        n=int(run.figures.get("n_judged", case.n_images)),
        run_id=run.run_id,
        page="label_noise",
        query=query,
        pictures=_pairs(page.to_pylist()),
        weight=30 + 65 * min(1.0, rate / 0.3),
    )


def _exchanged(case: _Case) -> Iterator[Finding]:
    """Names that seem exchanged, by what the pictures show."""
    run = _label_run(case)
    for circle in (run.figures.get("names") or []) if run is not None else []:
        members = [case.name(int(member["index"])) for member in circle]
        n = sum(int(member["n_for"]) + int(member["n_against"]) for member in circle)
        share = sum(int(member["n_for"]) for member in circle) / max(n, 1)
        names = f"{', '.join(members[:-1])} and {members[-1]}"
        yield Finding(
            key="names",
            sentence=f"{names} seem to have exchanged names: {share:.0%} of {count(n, 'picture')} show the other.",
            number=share,
            n=n,
            run_id=run.run_id if run is not None else 0,
            page="label_noise",
            weight=99,
        )


def _copies(case: _Case) -> Iterator[Finding]:
    """Identical pictures under different labels, or on both sides of a split."""
    found = overview.duplicates(case.workspace, case.dataset.id)
    if found.n_groups_conflicting:
        groups = count(found.n_groups_conflicting, "group of identical pictures carries", _CARRY)
        yield Finding(
            key="conflicting",
            sentence=f"{groups} different labels: at least one of each is wrong.",
            number=found.n_groups_conflicting,
            n=found.n_images_conflicting,
            query={"check": "conflicting"},
            pictures=case.of_check("conflicting"),
            weight=60 + 20 * min(1.0, 20 * found.n_images_conflicting / case.n_images),
        )
    if found.n_groups_across:
        groups = count(found.n_groups_across, "picture stands", "pictures stand")
        yield Finding(
            key="across",
            sentence=f"{groups} in more than one split: what is tested there was learnt before.",
            number=found.n_groups_across,
            n=found.n_images_across,
            query={"check": "across-splits"},
            pictures=case.of_check("across-splits"),
            weight=65 + 20 * min(1.0, 20 * found.n_images_across / case.n_images),
        )


def _near_copies(case: _Case) -> Iterator[Finding]:
    """Pictures that are nearly the same, on both sides of a split or under different labels."""
    run, found = case.newest("duplicates"), near_counts(case.workspace, case.dataset.id)
    if run is None or not found.n_groups:
        return
    worst = found.n_groups_across or found.n_groups_conflicting
    tail = "of pictures that are nearly the same"
    if found.n_groups_across:
        said = f"{count(found.n_groups_across, 'group')} {tail} reach over more than one split."
    elif found.n_groups_conflicting:
        said = f"{count(found.n_groups_conflicting, 'group')} {tail} carry different labels."
    else:
        said = (
            f"{count(found.n_images, 'picture')} are nearly the same as another, in {count(found.n_groups, 'group')}."
        )
    yield Finding(
        key="near",
        sentence=said,
        number=worst or found.n_groups,
        n=found.n_images,
        run_id=run.run_id,
        page="duplicates",
        weight=(45 if worst else 15) + 10 * min(1.0, 10 * found.n_images / case.n_images),
    )


def _far_out(case: _Case) -> Iterator[Finding]:
    """Pictures that are like none of the classes."""
    run = _label_run(case)
    n = int(run.figures.get("n_outliers", 0)) if run is not None else 0
    if run is None or not n:
        return
    threshold = float(run.figures.get("outlier_threshold") or 0)
    table = label_issues.list_outliers(
        case.workspace, case.dataset.id, run_id=run.run_id, threshold=threshold, outside=True, n_rows=PICTURES
    )
    are = "is like none of the classes and" if n == 1 else "are like none of the classes and"
    yield Finding(
        key="outliers",
        sentence=f"{count(n, 'picture')} ({n / case.n_images:.1%}) {are} may belong elsewhere.",
        number=n,
        n=case.n_images,
        run_id=run.run_id,
        page="label_noise",
        query={"view": "Outliers"},
        pictures=_pairs(table.to_pylist()),
        weight=25 + 25 * min(1.0, 5 * n / case.n_images),
    )


def _trained(case: _Case) -> Iterator[Finding]:
    """How well the best classifier does on pictures that it has not seen, beside the class names alone.

    The best of those that were scored on the newest one's evaluation set.
    """
    runs = finished_runs(case.workspace, case.dataset.id, kind="train", of=FinishedRun, n_rows=MOST_CLASSIFIERS)
    scored = [run for run in runs if run.figures.get(_SCORE) is not None]
    beside = [run for run in scored if run.figures.get("evaluation") == scored[0].figures.get("evaluation")]
    if not beside:
        return
    run = max(beside, key=lambda one: float(one.figures[_SCORE]))
    score, n = float(run.figures[_SCORE]), int(run.figures.get("n_test", 0))
    zero = case.newest("zero-shot")
    alone = zero.figures.get("balanced_accuracy") if zero is not None else None
    which = "A classifier" if len(beside) == 1 else f"The best of {count(len(beside), 'classifier')}"
    names = f"; the class names alone, without training, get {float(alone):.0%}" if alone is not None else ""
    yield Finding(
        key="trained",
        sentence=f"{which} ({run.parameters.get('model')}) gets {score:.0%} right on {count(n, 'picture')} that it had "
        f"not seen, the mean over the classes{names}.",
        number=score,
        n=n,
        run_id=run.run_id,
        page="compare",
        weight=40,
    )


def _more_pictures(case: _Case) -> Iterator[Finding]:
    """What twice as many pictures would be worth."""
    run = case.newest("data-budget")
    gain = ((run.figures.get("doubling") or {}).get("raw") or []) if run is not None else []
    if run is None or len(gain) != 3 or any(value is None for value in gain):
        return
    middle, low, high = (100 * float(value) for value in gain)
    yield Finding(
        key="doubling",
        sentence=f"Twice as many pictures of this kind would be worth about {middle:.1f} points of balanced accuracy "
        f"({low:.1f} to {high:.1f}).",
        number=middle,
        interval=(low, high),
        n=int(run.figures.get("n_images", case.n_images)),
        run_id=run.run_id,
        page="data_budget",
        weight=30,
    )


def _stand_for_all(case: _Case) -> Iterator[Finding]:
    """How few pictures stand for how many."""
    runs = medoids.list_medoid_runs(case.workspace, case.dataset.id)
    if not runs:
        return
    run = runs[0]
    curve = medoids.coverage_curve(case.workspace, run.run_id, percent=COVERED_AT).to_pylist()
    covered = next((float(row["share"]) for row in curve if row["k"] == run.k and row["share"] is not None), None)
    whom = f"{covered:.0%} of the set" if covered is not None else count(run.n_images, "picture")
    within = f" (a cosine of {COVERED_AT / 100:g} or more)" if covered is not None else ""
    sheet = medoids.cluster_sheet(case.workspace, run.run_id).slice(0, PICTURES)
    yield Finding(
        key="representatives",
        sentence=f"{count(run.k, 'picture stands', 'pictures stand')} for {whom}{within}.",
        number=covered if covered is not None else run.k,
        n=run.n_images,
        run_id=run.run_id,
        page="representatives",
        pictures=_pairs(sheet.to_pylist()),
        weight=28,
    )


def _unequal(case: _Case) -> Iterator[Finding]:
    """Classes of very different sizes."""
    rows = overview.class_counts(case.workspace, case.dataset.id).to_pylist()
    sizes = np.zeros(len(case.names), np.int64)
    for row in rows:
        index, n = row["class_index"], row["n"]
        if index is not None and 0 <= index < len(sizes):
            sizes[index] += n
    found = balance(sizes) if sizes.any() else None
    if found is None or found.n_filled < 2 or found.imbalance_ratio < MOST_UNEQUAL:
        return
    large, small = case.name(found.largest), case.name(found.smallest)
    yield Finding(
        key="balance",
        sentence=f"{large} has {found.imbalance_ratio:,.1f} times as many pictures as {small}, the smallest class.",
        number=found.imbalance_ratio,
        n=found.n_images,
        page="overview",
        weight=25 + min(20.0, found.imbalance_ratio),
    )


def _not_taken_in(case: _Case) -> Iterator[Finding]:
    """Files that are no pictures, and pictures whose file has gone."""
    n_failures = overview.problems(case.workspace, case.dataset.id).n_failures
    if n_failures:
        were = "file could not be read as a picture", "files could not be read as pictures"
        yield Finding(
            key="failures",
            sentence=f"{count(n_failures, *were)}, each for a reason that is listed.",
            number=n_failures,
            n=case.n_images + n_failures,
            page="failures",
            weight=20 + 40 * min(1.0, 10 * n_failures / (case.n_images + n_failures)),
        )


def _label_run(case: _Case) -> LabelRun | None:
    runs = label_issues.list_label_runs(case.workspace, case.dataset.id)
    return runs[0] if runs else None


def _pairs(rows: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    return [(int(row["image_id"]), str(row["sha256"])) for row in rows[:PICTURES]]


_CARRY = "groups of identical pictures carry"
QUESTIONS: tuple[Callable[[_Case], Iterator[Finding]], ...] = (
    _noise, _exchanged, _copies, _near_copies, _far_out, _trained, _more_pictures, _stand_for_all, _unequal,
    _not_taken_in,
)  # fmt: skip

"""What came of a spot check: shares of wrong labels by the sampling design, agreement, and where people differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import pyarrow as pa

from analytics.arrays import Bools, Floats, Ints
from analytics.kappa import Kappa, cohen, fleiss
from analytics.spot_check import most_said
from analytics.stratified import Share, estimate
from store import spot_checks as store
from store.connection import Workspace
from store.errors import UnknownSpotCheck
from store.spot_checks import CANNOT_TELL, CLASS, Answer, Item, SpotCheck, Submission

NONE_OF_THESE = "none of these"
_ENDLESS = 10**12  # pictures that might have come twice


@dataclass(frozen=True)
class OfClass:
    """The share of wrong labels of one class, before and after."""

    index: int
    before: Share
    after: Share


@dataclass(frozen=True)
class Reviewer:
    """Who answered: how many items, of which they could not tell, seconds a picture (median), and when handed in."""

    name: str
    n: int
    n_cannot_tell: int
    seconds: float | None
    submission: Submission | None


@dataclass(frozen=True)
class Differing:
    """A picture that people see differently: its label, and each reviewer's answer as index (one past all: none)."""

    image_id: int
    sha256: str
    label: int | None
    said: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Result:
    """What a check says. names: (c,) of the classes, also of labels that have no name.

    confusion: (c + 1, c + 1) answers by label and by what was said, no label and none of these last. doubts: share of
    the label check's doubts that were right, None without a label check. between: kappa of different people, method
    says whose; self_same, self_kappa: of people with themselves. n_judged: pictures with an answer that is a class or
    none; n_complete: that as many people saw as are to; n_cannot_tell, n_none: answers.
    """

    check: SpotCheck
    names: tuple[str, ...]
    before: Share
    after: Share
    classes: tuple[OfClass, ...]
    doubts: Share | None
    between: Kappa
    method: str
    self_same: Share
    self_kappa: Kappa
    confusion: Ints
    differing: tuple[Differing, ...]
    reviewers: tuple[Reviewer, ...]
    n_judged: int
    n_complete: int
    n_cannot_tell: int
    n_none: int

    @property
    def n_asked(self) -> int:
        """How many pictures the sample has."""
        return self.check.n_pictures


def read_result(workspace: Workspace, check: SpotCheck) -> Result:
    """What a check says by the answers so far."""
    return result_of(
        check,
        store.items(workspace, check.id),
        store.answers(workspace, check.id),
        cells=store.cells(workspace, check.id),
        submissions=store.submissions(workspace, check.id),
    )


def newest_closed(workspace: Workspace, dataset_id: int, *, check_id: int = 0) -> SpotCheck:
    """The closed check of that number, the newest for 0; raises UnknownSpotCheck."""
    for check in store.list_checks(workspace, dataset_id):
        if check_id == check.id and check.is_open:
            raise UnknownSpotCheck(f"Spot check {check_id} is still open.")
        if check_id in (0, check.id) and not check.is_open:
            return check
    if check_id:
        raise UnknownSpotCheck(f"There is no spot check {check_id} of this dataset.")
    raise UnknownSpotCheck("No spot check of this dataset has been closed yet.")


def result_of(
    check: SpotCheck,
    items: Sequence[Item],
    answers: Sequence[Answer],
    *,
    cells: pa.Table,
    submissions: Sequence[Submission] = (),
) -> Result:
    """What a check says. A picture that came twice counts by the first of its items."""
    names = _names(check, cells)
    n_classes = len(names)
    firsts = [each for each in items if each.first_item is None]
    place = {each.item: number for number, each in enumerate(firsts)}
    told = [each for each in answers if each.said != CANNOT_TELL]
    about = [each for each in told if each.item in place]
    where = np.array([place[each.item] for each in about], np.int64)
    said = np.array([_code(each, n_classes) for each in about], np.int64)
    counts = np.zeros((len(firsts), n_classes + 1), np.int64)
    np.add.at(counts, (where, said), 1)
    seen = _Seen(firsts, most_said(counts), counts.sum(axis=1) > 0, cells)
    between, method = _between(about, counts, n_classes=n_classes)
    self_same, self_kappa = _self_agreement(items, told, n_classes=n_classes)
    confusion = np.zeros((n_classes + 1, n_classes + 1), np.int64)
    labels = np.array([n_classes if (now := _label(each)) is None else now for each in firsts], np.int64)
    np.add.at(confusion, (labels[where], said), 1)
    people: dict[int, set[str]] = {}
    for answer in answers:
        people.setdefault(answer.item, set()).add(answer.reviewer)
    return Result(
        check=check,
        names=names,
        before=seen.share(_BEFORE),
        after=seen.share(_AFTER),
        classes=tuple(
            OfClass(index, seen.share(_BEFORE, index), seen.share(_AFTER, index)) for index in range(n_classes)
        ),
        doubts=None if check.label_run is None else seen.share(_DOUBTS),
        between=between,
        method=method,
        self_same=self_same,
        self_kappa=self_kappa,
        confusion=confusion,
        differing=_differing(firsts, about, n_classes=n_classes),
        reviewers=_reviewers(answers, submissions),
        n_judged=int(seen.judged.sum()),
        n_complete=sum(len(people.get(each.item, ())) >= check.n_reviewers for each in firsts),
        n_cannot_tell=sum(each.said == CANNOT_TELL for each in answers if each.item in place),
        n_none=int((said == n_classes).sum()),
    )


@dataclass(frozen=True)
class _Domain:
    """Which pictures a share is of: the column of the label that is judged, and what else must be so."""

    label: str
    needs: str | None = None


_BEFORE, _AFTER, _DOUBTS = _Domain("label_before"), _Domain("label_after", "kept"), _Domain("label_checked", "doubted")


class _Seen:
    """The sample beside the population that it was drawn from."""

    def __init__(self, firsts: Sequence[Item], shares: Floats, judged: Bools, cells: pa.Table):
        self.judged = judged
        self._shares = shares
        self._strata = np.array([each.stratum for each in firsts], np.int64)
        self._n_strata = int(max([-1, *self._strata.tolist(), *cells["stratum"].to_pylist()])) + 1
        names = ("label_before", "label_after", "label_checked", "kept", "doubted")
        self._items = {name: np.array([_number(getattr(each, name)) for each in firsts], np.int64) for name in names}
        known = {name: cells[name].to_pylist() for name in cells.column_names}
        self._cells = {name: np.array([_number(value) for value in values], np.int64) for name, values in known.items()}
        self._cells["label_checked"] = self._cells["doubted"] - 1  # a doubt is of some label, which cells do not tell

    def share(self, domain: _Domain, class_index: int | None = None) -> Share:
        """The share of pictures of a domain whose label is wrong, weighted by what the strata hold of the domain."""
        mine = self._inside(self._items, domain, class_index) & self.judged
        there = self._inside(self._cells, domain, class_index)
        label = self._items[domain.label]
        wrong = 1 - self._shares[np.arange(len(label)), np.maximum(label, 0)]

        sizes, strata = self._cells["n"][there], self._cells["stratum"][there]
        return estimate(
            np.bincount(self._strata[mine], weights=wrong[mine], minlength=self._n_strata),
            n=np.bincount(self._strata[mine], minlength=self._n_strata),
            sizes=np.bincount(strata, weights=sizes, minlength=self._n_strata).astype(np.int64),
        )

    @staticmethod
    def _inside(columns: Mapping[str, Ints], domain: _Domain, class_index: int | None) -> Bools:
        label = columns[domain.label]
        inside: Bools = label >= 0 if class_index is None else label == class_index
        return inside if domain.needs is None else inside & (columns[domain.needs] > 0)


def _names(check: SpotCheck, cells: pa.Table) -> tuple[str, ...]:
    """The classes' names, as many as there are labels."""
    labels = [each for name in ("label_before", "label_after") for each in cells[name].to_pylist() if each is not None]
    n = max([len(check.class_names), *(label + 1 for label in labels)])
    return (*check.class_names, *(f"class {index}" for index in range(len(check.class_names), n)))


def _number(value: int | bool | None) -> int:
    return -1 if value is None else int(value)


def _code(answer: Answer, n_classes: int) -> int:
    """An answer as a number: the class, or one past all for none of them."""
    return int(answer.class_index or 0) if answer.said == CLASS else n_classes


def _label(item: Item) -> int | None:
    """The label of now: after, else before."""
    return item.label_after if item.kept and item.label_after is not None else item.label_before


def _between(about: Sequence[Answer], counts: Ints, *, n_classes: int) -> tuple[Kappa, str]:
    """Agreement of different people: Cohen's of two, Fleiss' of more."""
    names = sorted({each.reviewer for each in about})
    if len(names) != 2:
        return fleiss(counts), "Fleiss"
    by = {name: {each.item: _code(each, n_classes) for each in about if each.reviewer == name} for name in names}
    both = sorted(by[names[0]].keys() & by[names[1]].keys())
    first, second = (np.array([by[name][item] for item in both], np.int64) for name in names)
    return cohen(first, second), "Cohen"


def _self_agreement(items: Sequence[Item], told: Sequence[Answer], *, n_classes: int) -> tuple[Share, Kappa]:
    """How often people say the same of a picture that they are shown twice."""
    codes = {(each.item, each.reviewer): _code(each, n_classes) for each in told}
    again = {each.item: each.first_item for each in items if each.first_item is not None}
    pairs = [
        (codes[again[item], who], code)
        for (item, who), code in codes.items()
        if item in again and (again[item], who) in codes
    ]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    n_same = int((both[:, 0] == both[:, 1]).sum())
    same = estimate(np.array([n_same]), n=np.array([len(both)]), sizes=np.array([_ENDLESS]))
    return same, cohen(both[:, 0], both[:, 1])


def _differing(firsts: Sequence[Item], about: Sequence[Answer], *, n_classes: int) -> tuple[Differing, ...]:
    """Pictures with different answers, those with most of them first."""
    said: dict[int, list[tuple[str, int]]] = {}
    for each in about:
        said.setdefault(each.item, []).append((each.reviewer, _code(each, n_classes)))
    n_said = {item: len({code for _, code in each}) for item, each in said.items()}
    found = [each for each in firsts if n_said.get(each.item, 0) > 1]
    found.sort(key=lambda each: (-n_said[each.item], each.item))
    return tuple(Differing(each.image_id, each.sha256, _label(each), tuple(sorted(said[each.item]))) for each in found)


def _reviewers(answers: Sequence[Answer], submissions: Sequence[Submission]) -> tuple[Reviewer, ...]:
    """Everybody who answered or handed in, in that order."""
    handed = {each.reviewer: each for each in submissions}
    found = []
    for name in dict.fromkeys([*(each.reviewer for each in answers), *handed]):
        mine = [each for each in answers if each.reviewer == name]
        took = [each.ms / 1000 for each in mine if each.ms is not None]
        n_cannot = sum(each.said == CANNOT_TELL for each in mine)
        found.append(Reviewer(name, len(mine), n_cannot, median(took) if took else None, handed.get(name)))
    return tuple(found)

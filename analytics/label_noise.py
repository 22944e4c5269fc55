"""Label errors: several opinions on every given label, put together, with how far they agree.

A classifier that never saw the picture (confident learning), the labels of its neighbours, those of its copies,
zero-shot, and a detector that has looked for what they name each have their say. Opinions are weighed by class: how
much more likely than for a picture taken at random. Labels of large classes would otherwise look right everywhere.
"""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Floats, Ints, ratio
from analytics.chance import chance_unrelated
from analytics.detector_votes import DetectorVotes
from analytics.errors import BadParameter, WrongShape
from analytics.neighbour_labels import Copies, Votes

FILTERS = ("prune_by_class", "prune_by_noise_rate", "both", "confident_learning", "predicted_neq_given")
MIN_CHANCE = 0.2  # from this chance on, a label is an issue: one such label in five is unrelated to its picture
MIN_NAMED = 0.05  # a lower zero-shot probability is no opinion
OPINIONS = ("classifier", "neighbours", "copies", "zero-shot", "detector")


@dataclass(frozen=True)
class LabelIssues:
    """What is thought of every given label; arrays of n rows, or (n, c).

    probabilities: (n, c) float32, by class; rows sum to 1, NaN where nothing could be said. self_confidence: that of
    the given label. margin: the given label's lead over the best other one, negative where another is likelier.
    suggested: the likeliest class. chance: that the label is unrelated to the picture. judged: whether there is a label
    and something was learned of its class elsewhere. against: (n, 5) bool, which of OPINIONS call the label wrong.
    heard: (n, 5) bool, which had an opinion. is_issue: the verdict. severity: 0 to 1, certain errors first.
    """

    probabilities: Floats
    self_confidence: Floats
    margin: Floats
    suggested: Ints
    chance: Floats
    judged: Bools
    against: Bools
    heard: Bools
    is_issue: Bools
    severity: Floats


def by_class(probabilities: Floats, *, labels: Ints) -> Floats:
    """`probabilities` (n, c) as if every class were equally common: divided by its share of labels; rows sum to 1."""
    n_classes = probabilities.shape[1]
    shares = np.bincount(labels[labels >= 0], minlength=n_classes) / max((labels >= 0).sum(), 1)
    lifted: Floats = probabilities * ratio(np.ones(n_classes), shares, empty=0).astype(np.float32)
    total: Floats = np.maximum(lifted.sum(axis=1, keepdims=True), 1e-12)
    return lifted / total


def find_label_issues(
    labels: Ints,
    *,
    probabilities: Floats,
    seed: int,
    votes: Votes | None = None,
    filter_by: str = "prune_by_class",
    min_chance: float = MIN_CHANCE,
) -> LabelIssues:
    """Judge every label by the classifier's and the neighbours' opinion; `add_opinions` adds the others'.

    labels: (n,) class index, -1 without one. probabilities: (n, c) float32, each row by a model that never saw it (see
    analytics.out_of_fold); NaN rows are not judged. filter_by: one of FILTERS, how cleanlab picks issues. A label is an
    issue if cleanlab picks it or its chance to be unrelated, by classifier and neighbours together, is at least
    `min_chance`. Ref: Northcutt et al., JAIR 2021 (confident learning). Raises BadParameter, WrongShape.
    """
    _check(labels, probabilities, filter_by=filter_by, min_chance=min_chance)
    classifier = by_class(probabilities, labels=labels)
    together, nearby = classifier, None
    if votes is not None:
        nearby = _smoothed(votes, labels=labels)
        together = np.where(votes.n_voting[:, None] > 0, (classifier + nearby) / 2, classifier)
    chance = chance_unrelated(labels, probabilities=together, rng=np.random.default_rng(seed))
    enough = _known_elsewhere(labels, n_classes=probabilities.shape[1])
    judged = (labels >= 0) & np.isfinite(together).all(axis=1) & enough
    picked = confident_learning(labels, probabilities=classifier, judged=judged, filter_by=filter_by)
    against, heard = np.zeros((2, len(labels), len(OPINIONS)), bool)
    against[:, 0], heard[:, 0] = picked, judged
    if votes is not None and nearby is not None:
        theirs = chance_unrelated(labels, probabilities=nearby, rng=np.random.default_rng(seed))
        heard[:, 1] = judged & (votes.n_voting > 0)
        against[:, 1] = heard[:, 1] & (nearby.argmax(axis=1) != labels) & (theirs >= min_chance)
    own, rest, suggested = _own_and_best_other(together, labels)
    is_issue = judged & (picked | (np.nan_to_num(chance) >= min_chance))
    return LabelIssues(
        together,
        own,
        own - rest,
        suggested,
        np.where(judged, chance, np.nan),
        judged,
        against,
        heard,
        is_issue,
        _severity(against, heard, own=own, judged=judged),
    )


def add_opinions(
    issues: LabelIssues,
    *,
    labels: Ints,
    copies: Copies | None,
    zero_shot: Floats | None,
    detector: DetectorVotes | None = None,
    min_chance: float = MIN_CHANCE,
) -> LabelIssues:
    """The same with the opinions of copies, zero-shot and a detector counted. Where one of them speaks against a
    label, half of `min_chance` makes it an issue: none has learned from the labels of other pictures.

    zero_shot: (n, c) float32 probabilities of the classes by their names alone, NaN where unknown; less than 1 in sum
    where the picture suits none of them. It is heard where a name gets at least MIN_NAMED, and speaks against a label
    where another class is at least twice as likely. detector: see analytics.detector_votes.
    """
    against, heard = issues.against.copy(), issues.heard.copy()
    if copies is not None:
        heard[:, 2] = issues.judged & (copies.n_copies > 0)
        against[:, 2] = heard[:, 2] & (copies.n_other_label > 0) & (copies.label != labels)
    if zero_shot is not None:
        own, rest, _ = _own_and_best_other(zero_shot, labels)
        heard[:, 3] = issues.judged & (np.fmax(own, rest) >= MIN_NAMED)
        against[:, 3] = heard[:, 3] & (rest >= 2 * own)
    if detector is not None:
        heard[:, 4] = issues.judged & detector.heard
        against[:, 4] = heard[:, 4] & detector.against
    severity = _severity(against, heard, own=issues.self_confidence, judged=issues.judged)
    seconded = against[:, 2:].any(axis=1) & (np.nan_to_num(issues.chance) >= min_chance / 2)
    changed = {"against": against, "heard": heard, "severity": severity, "is_issue": issues.is_issue | seconded}
    return LabelIssues(**{**vars(issues), **changed})


def confident_learning(labels: Ints, *, probabilities: Floats, judged: Bools, filter_by: str) -> Bools:
    """cleanlab's pick (n,) bool among the judged rows. Ref: Northcutt et al., JAIR 2021."""
    from cleanlab.filter import find_label_issues as cleanlab_filter

    picked = np.zeros(len(labels), bool)
    present = np.unique(labels[judged])
    if len(present) < 2:
        return picked
    compact = np.searchsorted(present, labels[judged])  # cleanlab wants 0 to c - 1, each present
    held = probabilities[judged][:, present].astype(np.float64)
    held /= np.maximum(held.sum(axis=1, keepdims=True), 1e-12)
    options = {"n_jobs": 1, "verbose": False, "min_examples_per_class": 1}  # n_jobs > 1 would fork
    picked[judged] = cleanlab_filter(compact, held, filter_by=filter_by, **options)
    return picked


def _check(labels: Ints, probabilities: Floats, *, filter_by: str, min_chance: float) -> None:
    if filter_by not in FILTERS:
        raise BadParameter(f"filter_by must be one of {', '.join(FILTERS)}, not {filter_by!r}.")
    if not 0 < min_chance <= 1:
        raise BadParameter(f"min_chance must lie above 0 and at most at 1, not {min_chance!r}.")
    if probabilities.ndim != 2 or len(labels) != len(probabilities):
        raise WrongShape(f"{len(labels)} labels need probabilities (n, c), not {probabilities.shape}.")
    if labels.max(initial=-1) >= probabilities.shape[1]:
        raise WrongShape(f"label {labels.max()} has no column among {probabilities.shape[1]}.")


def _smoothed(votes: Votes, *, labels: Ints) -> Floats:
    """The neighbours' shares by class, with one more neighbour whose label is drawn at random."""
    shares = np.bincount(labels[labels >= 0], minlength=votes.shares.shape[1]) / max((labels >= 0).sum(), 1)
    n_voting = votes.n_voting[:, None].astype(np.float32)
    mixed = (votes.shares * n_voting + shares.astype(np.float32)) / (n_voting + 1)
    return by_class(mixed, labels=labels)


def _known_elsewhere(labels: Ints, *, n_classes: int) -> Bools:
    """Whether a row's class has a second picture, without which nothing can be learned of it."""
    counts = np.bincount(labels[labels >= 0], minlength=n_classes)
    is_known: Bools = counts[np.maximum(labels, 0)] > 1
    return is_known


def _own_and_best_other(probabilities: Floats, labels: Ints) -> tuple[Floats, Floats, Ints]:
    """The given class's probability (NaN without a label), the best other one's, and the likeliest class (-1: NaN)."""
    rows = np.arange(len(labels))
    is_known = np.asarray(np.isfinite(probabilities).all(axis=1))
    filled = np.where(is_known[:, None], probabilities, 0)
    own = np.where(labels >= 0, filled[rows, np.maximum(labels, 0)], np.nan)
    others = filled.copy()
    labelled = labels >= 0
    others[rows[labelled], labels[labelled]] = -1
    suggested = np.where(is_known, filled.argmax(axis=1), -1).astype(np.int32)
    unknown = np.where(is_known, 1.0, np.nan)
    return (own * unknown).astype(np.float32), (others.max(axis=1) * unknown).astype(np.float32), suggested


def _severity(against: Bools, heard: Bools, *, own: Floats, judged: Bools) -> Floats:
    """Opinions against the label out of those heard, each worth a step; within a step the lowest confidence first."""
    share = against.sum(axis=1) / np.maximum(heard.sum(axis=1), 1)
    return np.where(judged, (share + 1 - np.nan_to_num(own)) / 2, 0).astype(np.float32)


def agreement(against: Bools) -> Ints:
    """How many opinions (n,) int8 call the label wrong."""
    n_against: Ints = against.sum(axis=1).astype(np.int8)
    return n_against

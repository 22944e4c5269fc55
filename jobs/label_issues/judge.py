"""What the label-issues job computes: from vectors and labels to a row of opinions for every picture."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.detector_votes import MIN_RECALL, DetectorVotes, detector_votes
from analytics.folds import groups_of_duplicates, stratified_folds
from analytics.label_noise import LabelIssues, add_opinions, agreement, find_label_issues
from analytics.name_check import WrongName, exchanged_names, in_new_order
from analytics.neighbour_labels import Copies, Votes, copies_of, neighbour_votes
from analytics.neighbours import neighbour_graph
from analytics.noise_rates import NoiseRates, noise_rates
from analytics.out_of_fold import features, held_out_probabilities
from analytics.outliers import Outliers, find_outliers, threshold
from jobs.engine.kinds import Figures
from jobs.label_issues.kind import CheckParameters

Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Material:
    """What is known of n pictures. vectors: (n, d) float32, usable. labels: (n,) int64, -1 without one.

    pixels: (n,) equal for equal pixels. hashes: (n,) uint64. classes: names by index. predictions: probabilities
    (n, c) and folds (n,) made elsewhere, or None. named: (n, c) zero-shot probabilities, or None. detected: (n, c)
    best scores of a detector, see analytics.detector_votes, or None.
    neighbours: indices (n, k), rows, -1 where there is none, and cosines (n, k); None: searched.
    """

    vectors: np.ndarray
    labels: np.ndarray
    pixels: np.ndarray
    hashes: np.ndarray
    classes: tuple[str, ...]
    predictions: tuple[np.ndarray, np.ndarray] | None = None
    named: np.ndarray | None = None
    detected: np.ndarray | None = None
    neighbours: tuple[np.ndarray, np.ndarray] | None = None


@dataclass(frozen=True)
class Judged:
    """Everything that was found; arrays of n rows. figures: the run's.

    named: the zero-shot probabilities with exchanged names put right. circles: the exchanged names; None without named.
    """

    held_out: np.ndarray
    folds: np.ndarray
    groups: np.ndarray
    votes: Votes
    copies: Copies
    issues: LabelIssues
    outliers: Outliers
    is_outlier: np.ndarray
    outlier_threshold: float
    material: Material
    named: np.ndarray | None
    seen: DetectorVotes | None
    circles: list[tuple[WrongName, ...]] | None
    figures: Figures


def judge(material: Material, *, parameters: CheckParameters, report: Report) -> Judged:
    """Judge every label and every picture."""
    labels, n_classes = material.labels, len(material.classes)
    report(0.02, "Looking for neighbours")
    indices, similarities = _neighbours(material, k=parameters.neighbours, seed=parameters.seed)
    _, pixel_codes = np.unique(material.pixels, return_inverse=True)
    groups = groups_of_duplicates(pixel_codes, hashes=material.hashes, indices=indices, similarities=similarities)
    report(0.5, "Looking for the directions in which the pictures differ")
    points = features(material.vectors, dims=parameters.pca_dims)
    held_out, folds = _held_out(material, points, groups=groups, parameters=parameters, report=report)
    report(0.9, "Comparing opinions")
    votes = neighbour_votes(indices, labels=labels, groups=groups, n_classes=n_classes)
    issues = find_label_issues(
        labels,
        probabilities=held_out,
        seed=parameters.seed,
        votes=votes,
        filter_by=parameters.filter,
        min_chance=parameters.min_chance,
    )
    copies = copies_of(groups, labels=labels, probabilities=issues.probabilities)
    circles = _circles(material, issues)
    named = None
    if circles is not None and material.named is not None:
        named = in_new_order(material.named, circles)
    seen = None
    if material.detected is not None:
        trusted = issues.judged & ~issues.is_issue & (issues.suggested == labels)
        seen = detector_votes(labels, scores=material.detected, believed=trusted)
    issues = add_opinions(
        issues, labels=labels, copies=copies, zero_shot=named, detector=seen, min_chance=parameters.min_chance
    )
    report(0.94, "Looking for pictures that lie far out")
    believed = issues.judged & ~issues.is_issue & (agreement(issues.against) == 0) & (issues.suggested == labels)
    outliers = find_outliers(
        points, labels=labels, core=believed, similarities=similarities, named=_named_at_all(named)
    )
    limit = threshold(outliers.distance, core=outliers.core, share=parameters.outlier_share)
    is_outlier = np.nan_to_num(outliers.distance, nan=-np.inf) > limit
    judged = Judged(
        held_out, folds, groups, votes, copies, issues, outliers, is_outlier, limit, material, named, seen, circles, {}
    )
    return Judged(**{**vars(judged), "figures": _figures(judged, parameters=parameters)})


def _neighbours(material: Material, *, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices (n, k) and cosines (n, k), those given or searched."""
    n = len(material.vectors)
    if material.neighbours is not None:
        indices, similarities = material.neighbours
        return indices[:, :k], similarities[:, :k]
    if n < 2:
        return np.full((n, 1), -1, np.int32), np.full((n, 1), np.nan, np.float32)
    graph = neighbour_graph(material.vectors, k=min(k, n - 1), rng=np.random.default_rng(seed))
    return graph.indices, graph.similarities


def _held_out(
    material: Material, points: np.ndarray, *, groups: np.ndarray, parameters: CheckParameters, report: Report
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, c) and folds (n,), those given or learned here."""
    if material.predictions is not None:
        return material.predictions
    folds = stratified_folds(material.labels, groups=groups, n_folds=parameters.folds, seed=parameters.seed)
    held_out = held_out_probabilities(
        points,
        labels=material.labels,
        folds=folds,
        n_classes=len(material.classes),
        report=lambda done, total: report(0.55 + 0.35 * done / total, f"Learning without fold {done + 1} of {total}"),
    )
    return held_out, folds


def _named_at_all(named: np.ndarray | None) -> np.ndarray | None:
    """The share (n,) on all names together, where every class has a name that is known."""
    return None if named is None or not np.isfinite(named).all() else named.sum(axis=1)


def _figures(judged: Judged, *, parameters: CheckParameters) -> Figures:
    issues, labels = judged.issues, judged.material.labels
    seen = issues.judged
    rates = noise_rates(
        labels[seen], probabilities=issues.probabilities[seen], rng=np.random.default_rng(parameters.seed)
    )
    differ = judged.copies.n_other_label > 0
    return {
        "n_images": len(labels),
        "n_judged": int(seen.sum()),
        "n_unlabelled": int((labels < 0).sum()),
        "n_label_issues": int(issues.is_issue.sum()),
        "n_outliers": int(judged.is_outlier.sum()),
        "n_issues_or_outliers": int((issues.is_issue | judged.is_outlier).sum()),
        "n_groups_with_other_labels": len(np.unique(judged.groups[differ])),
        "accuracy": _share((judged.held_out.argmax(axis=1) == labels)[seen]),
        "largest_class": _share(labels[seen] == np.bincount(labels[seen]).argmax()) if seen.any() else None,
        "n_core": int(judged.outliers.core.sum()),
        "outlier_threshold": _rounded(judged.outlier_threshold),
        "noise": _rates(rates),
        "names": _names(judged),
        "zero_shot": judged.material.named is not None,
        "detector": _detector(judged.seen),
        "given_predictions": judged.material.predictions is not None,
    }


def _rates(rates: NoiseRates) -> dict[str, object]:
    columns = {name: [_rounded(value) for value in getattr(rates, name)] for name in ("rate", "low", "high")}
    return {**columns, "n": rates.n.tolist(), "total": [_rounded(value) for value in rates.total]}


def _circles(material: Material, issues: LabelIssues) -> list[tuple[WrongName, ...]] | None:
    if material.named is None:
        return None
    believed = issues.judged & ~issues.is_issue
    return exchanged_names(material.labels, named=material.named, believed=believed)


def _names(judged: Judged) -> list[list[dict[str, object]]] | None:
    """The circles of exchanged names, for the run's figures; None where nothing is known of the names."""
    if judged.circles is None:
        return None
    return [[{**vars(member), "low": _rounded(member.low)} for member in circle] for circle in judged.circles]


def _detector(seen: DetectorVotes | None) -> list[dict[str, object]] | None:
    """On which classes a detector was heard, for the run's figures; None where none was asked."""
    if seen is None:
        return None
    return [
        {
            "index": int(index),
            "n": int(seen.n[index]),
            "found": _rounded(seen.recall[index]),
            "low": _rounded(seen.low[index]),
            "heard": bool(seen.low[index] >= MIN_RECALL),
        }
        for index in np.flatnonzero(np.isfinite(seen.recall))
    ]


def _share(hits: np.ndarray) -> float | None:
    return _rounded(hits.mean()) if len(hits) else None


def _rounded(value: float) -> float | None:
    return round(float(value), 5) if np.isfinite(value) else None


def rows_of(judged: Judged, todo: pa.Table, *, rows: np.ndarray, left_out: dict[int, str]) -> pa.Table:
    """The segment: a row for each picture; those left out carry their reason and nothing else."""
    columns = {"image_id": todo["image_id"].take(rows).combine_chunks()} | _columns(judged)
    done = pa.table(columns | {"reason": pa.nulls(len(rows), pa.string())})
    if not left_out:
        return done
    out = pa.table({"image_id": todo["image_id"].take(list(left_out)), "reason": list(left_out.values())})
    return pa.concat_tables([done, out], promote_options="default")


def _columns(judged: Judged) -> dict[str, pa.Array]:
    issues, votes, copies, outliers = judged.issues, judged.votes, judged.copies, judged.outliers
    labels, n = judged.material.labels, len(judged.material.labels)
    own = votes.shares[np.arange(n), np.maximum(labels, 0)]
    differs = (copies.n_other_label > 0) & (copies.label != labels)
    distance = np.maximum(np.nan_to_num(outliers.distance), 0)
    limit = max(judged.outlier_threshold, 1e-6)
    columns = {
        "label": _index(labels),
        "suggested": _index(issues.suggested),
        "self_confidence": _number(issues.self_confidence),
        "margin": _number(issues.margin),
        "chance": _number(issues.chance),
        "severity": pa.array(issues.severity),
        "n_against": pa.array(agreement(issues.against)),
        "n_heard": pa.array(agreement(issues.heard)),
        "n_neighbours": pa.array(votes.n_voting),
        "neighbour_label": _index(np.where(votes.n_voting > 0, votes.shares.argmax(axis=1), -1)),
        "neighbour_share": _number(np.where(votes.n_voting > 0, votes.shares.max(axis=1), np.nan)),
        "own_share": _number(np.where((votes.n_voting > 0) & (labels >= 0), own, np.nan)),
        "copy_group": pa.array(judged.groups, mask=copies.n_copies == 0),
        "n_copies": pa.array(copies.n_copies),
        "n_other_label": pa.array(copies.n_other_label),
        "copy_label": _index(copies.label),
        "neighbour_distance": _number(outliers.neighbours),
        "class_distance": _number(outliers.own_class),
        "any_class_distance": _number(outliers.any_class),
        "no_name": _number(outliers.no_name),
        "outlier_distance": _number(outliers.distance),
        "outlier_tail": _number(outliers.tail),
        "label_issue": pa.array(issues.is_issue),
        "outlier": pa.array(judged.is_outlier),
        "outlier_score": pa.array((distance / (distance + limit)).astype(np.float32)),
        "duplicate_issue": pa.array(differs),
        "fold": _index(judged.folds),
        "probabilities": _lists(judged.held_out),
    }
    return columns | _opinions(issues) | _zero_shot(judged.named, n=n) | _detected(judged.seen, n=n)


def _opinions(issues: LabelIssues) -> dict[str, pa.Array]:
    names = ("classifier", "neighbours", "copies", "zero_shot", "detections")
    return {
        name: pa.array(issues.against[:, column], mask=~issues.heard[:, column]) for column, name in enumerate(names)
    }


def _zero_shot(named: np.ndarray | None, *, n: int) -> dict[str, pa.Array]:
    if named is None:
        return {"zero_shot_label": pa.nulls(n, pa.int32()), "zero_shot_share": pa.nulls(n, pa.float32())}
    filled = np.nan_to_num(named)
    return {"zero_shot_label": _index(filled.argmax(axis=1)), "zero_shot_share": _number(filled.max(axis=1))}


def _detected(seen: DetectorVotes | None, *, n: int) -> dict[str, pa.Array]:
    return {"detected_label": pa.nulls(n, pa.int32()) if seen is None else _index(seen.best)}


def _index(values: np.ndarray) -> pa.Array:
    return pa.array(values.astype(np.int32), mask=values < 0)


def _number(values: np.ndarray) -> pa.Array:
    return pa.array(values.astype(np.float32), from_pandas=True)


def _lists(values: np.ndarray) -> pa.Array:
    n, width = values.shape
    offsets = pa.array(np.arange(n + 1, dtype=np.int32) * width)
    is_judged = np.isfinite(values).all(axis=1)
    lists = pa.ListArray.from_arrays(offsets, pa.array(np.nan_to_num(values).astype(np.float32).ravel()))
    return lists if is_judged.all() else pa.compute.if_else(pa.array(is_judged), lists, pa.scalar(None, lists.type))

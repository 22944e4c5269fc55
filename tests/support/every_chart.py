"""Every chart there is, drawn from a few rows, with names of one's choice where a stranger's names go."""

import datetime

import numpy as np
import pyarrow as pa

from analytics.balance import ClassMatrix
from analytics.budget import Curve, Interval, Point
from analytics.calibration import Reliability
from analytics.comparison import Scores
from analytics.precision_recall import curve as precision_curve
from analytics.sizes import size_bins
from analytics.stopping import precision_by_rank as steps_of
from analytics.zero_shot import Scored
from figures import (
    balance,
    calibration,
    class_scores,
    confusion,
    detections,
    drawn,
    health,
    label_noise,
    learning_curves,
    medoids,
    points,
    precision_recall,
    probabilities,
    ranking,
    sample_size,
    score_histogram,
    sizes,
    spot_check,
    stages,
)
from figures.chart import Chart

_K = pa.table(
    {
        "k": [1, 2, 4],
        "n_images": [100] * 3,
        "n_sample": [50] * 3,
        "distortion": [0.8, 0.4, 0.2],
        "inertia": [80.0, 40.0, 20.0],
        "loss": [9.0, 5.0, 2.0],
        "promised": [9.5, 5.5, 2.5],
        "silhouette": [None, 0.2, 0.3],
        "medoid_silhouette": [None, 0.4, 0.5],
    }
)
_EDGES, _BINS = np.linspace(0, 1, 5), np.array([3, 0, 40, 9])


def every_chart(name: str = "cat") -> dict[str, Chart]:
    """A chart by the name of its function; `name` stands where a class, a split, a run or an object is named."""
    return {
        **_of_classes(name),
        **_of_runs(name),
        **_of_detections(name),
        **_of_curves(name),
        **_of_reports(name),
        **_of_health(name),
    }


def _of_classes(name: str) -> dict[str, Chart]:
    names, chances = [name, "dog"], np.array([0.7, 0.3])
    counts = pa.table({"label": [0, 1], "suggested": [1, 0], "n": [3, 5]})
    matrix = ClassMatrix((name, None), np.array([[3, 1], [2, 9]]), 0)
    first, second = np.array([[3, 1], [0, 2]]), np.array([[2, 2], [1, 1]])
    half = Scored(0.5, np.array([0.5, 0.4]), np.array([4, 3]))
    return {
        "images_per_class": balance.images_per_class(matrix, names=names, by_split=True),
        "named_counts": balance.named_counts({name: 2, "png": 3}, what="format"),
        "score_by_class": class_scores.score_by_class([0.5, 0.2], names=names, measure="Recall"),
        "recall_against": class_scores.recall_against(half, half, names=names, against=name),
        "confusion": confusion.confusion(first, names=names),
        "confusion_difference": confusion.confusion_difference(first, second, names=names),
        "given_by_suggested": label_noise.given_by_suggested(counts, names=names),
        "noise_rates": label_noise.noise_rates([0.1, 0.2], low=[0, 0.1], high=[0.2, 0.3], n=[9, 9], names=names),
        "class_probabilities": probabilities.class_probabilities(chances, names=names, label=0),
        "likeliest_classes": probabilities.likeliest_classes(chances, names=names),
    }


def _of_reports(name: str) -> dict[str, Chart]:
    days = ["2026-11-01", "2026-11-02T10:00:00"]
    return {
        "draw_by_name": drawn.draw_by_name("coverage", {"k": [1, 2], "share": [0.5, 0.9], "at": 1}),
        "map_of_points": points.map_of_points(
            np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.5]), classes=np.array([0, 1, -1]), names=[name, "dog"]
        ),
        "before_and_after": stages.before_and_after(
            [name, "dog"], before=[3, 4], after=[2, 5], titles=("imported", "now"), what="Pictures"
        ),
        "wrong_by_class": spot_check.wrong_by_class(
            [name, "dog"],
            before=[[0.2, 0.1, 0.4], [0.1, 0.0, 0.3]],
            after=[[0.1, 0, 0.2], [None, 0, 1]],
            n=[[9, 9], [9, 0]],
        ),
        "scores_with_intervals": stages.scores_with_intervals(
            [name, "other"], values=[0.5, 0.7], low=[0.4, None], high=[0.6, None], measure="Balanced accuracy"
        ),
        "what_happened": stages.what_happened(days, kinds=["Imports", "Notes"], counts=[1, 9], words=["came in", name]),
    }


def _of_runs(name: str) -> dict[str, Chart]:
    titles = [f"A: {name}", "B: other"]
    bins = Reliability(np.array([0.25, 0.75]), np.array([0.5, 1.0]), np.array([4, 2]), 0.25)
    found = Scores(
        np.zeros(2), np.zeros(2), np.zeros(2), np.array([[0.5, 0.2], [0.6, 0.3]]), np.zeros((2, 2)), np.array([9, 2])
    )
    curve = precision_curve(np.array([0.9, 0.5, 0.1]), positive=np.array([True, False, True]))
    return {
        "score_by_run": class_scores.score_by_run(
            found, found, found, names=[name, "dog"], titles=titles, measure="recall"
        ),
        "reliability": calibration.reliability([bins, None], titles=titles),
        "precision_recall": precision_recall.precision_recall([curve, curve], titles=titles, name=name),
    }


def _of_detections(name: str) -> dict[str, Chart]:
    pairs = pa.table({"first_class": [0, 0, 1, 1], "second_class": [0, 1, 0, 1], "n": [4, 1, 1, 2]})
    boxes = pa.table({"x": [0, 3], "y": [1, 2], "n": [5, 6]})
    return {
        "objects_per_picture": detections.objects_per_picture(
            pa.table({"n": [0, 2], "n_images": [1, 3]}), what=name, n_images=4
        ),
        "co_occurrence": detections.co_occurrence(pairs, names={0: name, 1: "dog"}, common=[0, 1]),
        "box_positions": detections.box_positions(boxes, n_cells=4),
        "box_sizes": detections.box_sizes(boxes, n_cells=4),
    }


def _of_curves(name: str) -> dict[str, Chart]:
    epochs = [(1, 0.9021), (2, 0.9043)]
    budget = Curve(
        name,
        [Point(name, 10, Interval(0.5, 0.4, 0.6), False, 0), Point(name, 80, Interval(0.7, None, None), True, 0)],
        np.empty(0, int),
        np.empty(0, int),
        np.empty(0),
        None,
    )
    queue = np.arange(20)
    return {
        "loss_by_epoch": learning_curves.loss_by_epoch(epochs, validation=epochs, best_epoch=2),
        "score_by_epoch": learning_curves.score_by_epoch(epochs, measure="Balanced accuracy"),
        "recall_by_epoch": learning_curves.recall_by_epoch([(1, [0.5, 0.4]), (2, [0.6, 0.5])], names=[name, "dog"]),
        "loss_by_rate": learning_curves.loss_by_rate([1e-4, 1e-3, 1e-2], losses=[2.0, 1.5, 1.0], taken=1e-3),
        "accuracy_by_size": sample_size.accuracy_by_size([budget], by="state of the data"),
        "distortion_and_inertia": medoids.distortion_and_inertia(_K, k=2),
        "loss": medoids.loss(_K, k=2),
        "silhouettes": medoids.silhouettes(_K, k=2),
        "coverage": medoids.coverage(pa.table({"k": [1, 2], "share": [0.5, 0.9]}), k=1),
        "precision_by_rank": ranking.precision_by_rank(steps_of(queue, judged=queue, wrong=queue < 10, n_steps=2)),
        "planted_found": ranking.planted_found([10, 20], found=[0.25, 1.0]),
        "quality_scores": score_histogram.quality_scores(_BINS, edges=_EDGES, threshold=0.5),
        "attribute_shares": score_histogram.attribute_shares(_BINS, edges=_EDGES, threshold=0.5),
        "width_by_height": sizes.width_by_height(
            size_bins(np.array([64, 640]), np.array([64, 480]), n=np.array([7, 2]))
        ),
    }


def _of_health(name: str) -> dict[str, Chart]:
    times = [datetime.datetime(2026, 11, day, 7) for day in (28, 29, 30)]
    line = [(each, 0.5 + place / 10, 0.02) for place, each in enumerate(times)]
    return {
        "counts_by_day": health.counts_by_day(
            {name: [(each, 3) for each in times], "failed": [(times[0], 1)]}, what="Jobs"
        ),
        "room_over_time": health.room_over_time(times, free_gib=[30, 29, 28], ahead=(9.0, 20.0, None), limit_gib=5),
        "shares_before_and_after": health.shares_before_and_after([name, "dog"], before=[30, 9], after=[9, 20]),
        "drift_over_time": health.drift_over_time(
            times, values=[0.1, 0.2, 0.3], drifted=[False, True, True], measure="Brightness", limit=0.1
        ),
        "model_scores": health.model_scores({name: line}),
    }

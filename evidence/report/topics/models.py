"""What is in the pictures, how classifiers do beside class names alone, what cleaner and more pictures give."""

import numpy as np

from analytics.wording import count
from evidence.case import Case
from evidence.errors import CannotMeasure
from evidence.measures.data_budget import budget_run, lines_of
from evidence.measures.trained import ScoreParameters, value_of
from evidence.report.parts import Cell, Chart, Column, Part, Table
from evidence.report.topic import Drawn, Settings, Topic, facts, missing
from evidence.scored import NOW, Compared, Wanted, compared_of, scored_of, source_title
from store import detections
from store.comparison import HELD_OUT, PredictionRun, Source, list_prediction_runs
from store.subjects import LABELS, REMOVALS
from store.training import list_evaluation_sets

MOST_RUNS = 4
MOST_CONFUSED = 40  # classes of a confusion matrix that can still be read
SCORE = 0.3  # from which on an object counts
_MODELS = {"logistic": "Logistic regression", "resnet18": "ResNet-18", "resnet34": "ResNet-34", "resnet50": "ResNet-50"}


def run_title(run: PredictionRun) -> str:
    """What a run is called: 'Logistic regression, run 8'."""
    model = str(run.parameters.get("model") or run.model or run.kind)
    if run.kind == "zero-shot":
        name = f"Zero-shot ({model})"
    elif run.kind == "label-issues":
        name = f"Label check ({model})"
    else:
        name = _MODELS.get(model, model)
    return f"{name}, run {run.run_id}"


def usual_comparison(case: Case) -> tuple[list[PredictionRun], Wanted] | None:
    """The newest trained classifiers beside the newest zero-shot run, on the evaluation set of the newest; or None.

    Where nothing was trained, the label check's model, which judged each picture out of fold, and zero-shot on all.
    """
    runs = [run for run in list_prediction_runs(case.workspace, case.dataset.id) if run.prediction_kind is not None]
    trained = [run for run in runs if run.kind == "train"][: MOST_RUNS - 1]
    beside = [run for run in runs if run.kind == "zero-shot"][:1]
    chosen = trained or [run for run in runs if run.kind == "label-issues"][:1]
    chosen = [*chosen[::-1], *beside]
    if not chosen:
        return None
    sets = {each.name: each.id for each in list_evaluation_sets(case.workspace, case.dataset.id)}
    name = next((str(run.parameters.get("evaluation")) for run in trained if run.prediction_kind == HELD_OUT), "")
    source = Source("set", sets[name]) if name in sets else Source("all")
    return chosen, Wanted(tuple(run.run_id for run in chosen), source, NOW)


def _compared(case: Case) -> tuple[list[PredictionRun], Wanted, Compared] | Drawn:
    usual = usual_comparison(case)
    if usual is None:
        return missing("No classifier has been trained yet.", command="vitrine run train", page="train")
    runs, wanted = usual
    try:
        return runs, wanted, compared_of(case, wanted)
    except CannotMeasure as error:
        return missing(str(error), page="compare")


def _classifiers(case: Case, settings: Settings) -> Drawn:
    found = _compared(case)
    if isinstance(found, Drawn):
        return found
    runs, wanted, compared = found
    ground = scored_of(case, wanted).ground
    titles = [run_title(run) for run in runs]
    on = source_title(case, wanted.source)
    score, low, high = (
        [float(value) for value in side.balanced_accuracy] for side in (compared.found, compared.low, compared.high)
    )
    chart = Chart(
        name="scores",
        data={
            "titles": titles,
            "values": score,
            "low": [_ends(value) for value in low],
            "high": [_ends(value) for value in high],
            "measure": "Balanced accuracy",
        },
        alt=f"Balanced accuracy of {len(runs)} models on {on}",
        caption=f"Balanced accuracy on {on}: {count(ground.n, 'picture')} that none learnt from; 95 % intervals.",
    )
    columns = [
        Column(title="Model"),
        Column(title="Balanced accuracy", kind="share"),
        Column(title="Low", kind="share"),
        Column(title="High", kind="share"),
        Column(title="Macro F1", kind="share"),
        Column(title="Accuracy", kind="share"),
    ]
    rows: list[list[Cell]] = [
        [title, score[place], _ends(low[place]), _ends(high[place]), *_others(compared, place)]
        for place, title in enumerate(titles)
    ]
    weak = _weak(case, wanted)
    parts: list[Part] = [chart, Table(columns=columns, rows=rows, note=" ".join(weak))]
    if compared.pairs:
        parts.append(_differences(compared, titles))
    return Drawn(tuple(parts), wanted.run_ids)


def _weak(case: Case, wanted: Wanted) -> tuple[str, ...]:
    """What weakens a comparison on these pictures, a sentence each."""
    source = wanted.source
    about = {"runs": wanted.run_ids, "source": source.source, "number": source.number, "split": source.split}
    return value_of(case, ScoreParameters.model_validate(about), 0.0, unit="share", runs=wanted.run_ids).weak


def _others(compared: Compared, place: int) -> list[float | None]:
    return [_ends(float(compared.found.macro_f1[place])), _ends(float(compared.found.accuracy[place]))]


def _ends(value: float) -> float | None:
    return None if value != value else value


def _differences(compared: Compared, titles: list[str]) -> Table:
    columns = [
        Column(title="Difference"),
        Column(title="Points", kind="points"),
        Column(title="Low", kind="points"),
        Column(title="High", kind="points"),
        Column(title="McNemar's p", kind="score"),
    ]
    rows: list[list[Cell]] = []
    for pair in compared.pairs:
        found = pair.balanced_accuracy
        words = f"{titles[pair.second]} less {titles[pair.first]}"
        rows.append([words, _ends(found.estimate), _ends(found.low), _ends(found.high), _ends(pair.p_accuracy)])
    return Table(columns=columns, rows=rows, note="Of balanced accuracy, paired bootstrap of the same pictures.")


def _by_class(case: Case, settings: Settings) -> Drawn:
    found = _compared(case)
    if isinstance(found, Drawn):
        return found
    runs, wanted, compared = found
    names = [case.name(index) for index in range(len(compared.found.support))]
    data: dict[str, object] = {
        "names": names,
        "titles": [run_title(run) for run in runs],
        "support": [int(n) for n in compared.found.support],
    }
    for side, scores in (("recall", compared.found), ("low", compared.low), ("high", compared.high)):
        data[side] = [[_ends(round(float(value), 6)) for value in row] for row in scores.recall]
    chart = Chart(
        name="recall-by-run",
        data=data,
        alt=f"Recall of each class by {len(runs)} models",
        caption=f"Recall of each class on {source_title(case, wanted.source)}, with 95 % intervals.",
    )
    parts: list[Part] = [chart]
    if len(names) <= MOST_CONFUSED:
        parts.append(_confused(case, wanted, runs, names))
    return Drawn(tuple(parts), wanted.run_ids)


def _confused(case: Case, wanted: Wanted, runs: list[PredictionRun], names: list[str]) -> Chart:
    """What the best of them takes for what."""
    pictures = scored_of(case, wanted)
    best = int(np.argmax(np.nan_to_num(compared_of(case, wanted).found.balanced_accuracy)))
    counts = np.zeros((len(names), len(names)), np.int64)
    np.add.at(counts, (pictures.truth, np.minimum(pictures.said[best], len(names) - 1)), 1)
    return Chart(
        name="confusion",
        data={"counts": counts.tolist(), "names": names},
        alt=f"Confusion matrix of {run_title(runs[best])}",
        caption=f"What {run_title(runs[best])} says (columns) of pictures of each class (rows).",
    )


def _budget(case: Case, settings: Settings) -> Drawn:
    try:
        run = budget_run(case, settings.run)
    except CannotMeasure:
        return missing(
            "What more and cleaner pictures are worth has not been measured yet.",
            command="vitrine run data-budget",
            page="data_budget",
        )
    parts: list[Part] = []
    for part, by, words in (
        ("cleanliness", "state of the data", "by the state of the data that was learnt from"),
        ("noise", "share of wrong labels", "with so many wrong labels planted"),
    ):
        lines = lines_of(case, run, part=part)
        if not lines:
            continue
        curves = [
            {
                "line": line.line,
                "points": [
                    {
                        "size": point.size,
                        "mean": point.accuracy.mean,
                        "low": point.accuracy.low,
                        "high": point.accuracy.high,
                        "is_all": point.is_all,
                    }
                    for point in line.points
                ],
            }
            for line in lines
        ]
        parts.append(
            Chart(
                name="accuracy-by-size",
                data={"by": by, "curves": curves},
                alt=f"Balanced accuracy against pictures learnt from, {words}",
                caption=f"Balanced accuracy against how many pictures were learnt from, {words}; 95 % intervals.",
            )
        )
    found, _ = facts(
        case,
        [
            ("Twice as many pictures", "budget-doubling", {"run": run.run_id}),
            ("Cleaned rather than raw", "budget-gain", {"run": run.run_id}),
        ],
    )
    return Drawn((*([found] if found.rows else []), *parts), (run.run_id,))


def _objects(case: Case, settings: Settings) -> Drawn:
    runs = detections.list_detection_runs(case.workspace, case.dataset.id)
    run = next((each for each in runs if settings.run in (0, each.run_id)), None)
    if run is None:
        return missing(
            "No detector has looked at the pictures: what is in them besides their class is not known.",
            command="vitrine run detect",
            page="detections",
        )
    found, _ = facts(
        case,
        [
            ("Objects found", "objects", {"run": run.run_id, "score": SCORE}),
            ("Objects a picture", "objects-a-picture", {"run": run.run_id, "score": SCORE}),
            ("Pictures with people", "share-with", {"run": run.run_id, "name": "person", "score": SCORE}),
        ],
    )
    rows = detections.counts(case.workspace, case.dataset.id, run_id=run.run_id, score=SCORE).to_pylist()
    columns = [
        Column(title="Object"),
        Column(title="Found", kind="count"),
        Column(title="Pictures", kind="count"),
        Column(title="Most in one", kind="count"),
        Column(title="Share of a picture", kind="share"),
    ]
    cells: list[list[Cell]] = [
        [row["name"], row["n_objects"], row["n_images"], row["most"], row["mean_share"]] for row in rows[:25]
    ]
    table = Table(columns=columns, rows=cells, n_rows=len(rows), note=f"From a score of {SCORE} on.")
    return Drawn((found, table) if rows else (found,), (run.run_id,))


_READS = (LABELS, REMOVALS)
TOPICS = (
    Topic(name="objects", title="What is in the pictures", chapter="Objects and people", draw=_objects,
          page="detections", reads=(REMOVALS,), kinds=("detect",)),
    Topic(name="classifiers", title="Trained classifiers beside zero-shot", chapter="Classifiers and zero-shot",
          draw=_classifiers, page="compare", reads=_READS, kinds=("train", "zero-shot")),
    Topic(name="recall-by-class", title="Class by class", chapter="Classifiers and zero-shot", draw=_by_class,
          page="compare", reads=_READS, kinds=("train", "zero-shot"), is_optional=True),
    Topic(name="data-budget", title="What more and cleaner pictures are worth", chapter="Cleanliness and size",
          draw=_budget, page="data_budget", kinds=("data-budget",)),
)  # fmt: skip

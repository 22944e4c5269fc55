"""All that a bundle for reviewers carries besides the report: facts as JSON, columns as arrays, pictures in order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute  # pa.compute

from analytics.arrays import Ints
from evidence.bundle import columns
from evidence.bundle.choice import Chosen, chosen, in_turn
from evidence.bundle.columns import MOST_ROWS, NONE, Arrays
from evidence.bundle.questions import Needs, can_be_asked
from evidence.case import Case
from evidence.claims import as_recorded, is_behind, values_of
from evidence.measure import all_measures
from evidence.measures.counts import classes_of
from evidence.verdicts import Judged
from store import bundle, medoids, overview
from store.claims import MeasuredRow
from store.comparison import list_prediction_runs
from store.rows import JsonObject
from store.rubric import Criterion, current_rubric

MOST_DECISIONS = 50_000
EXAMPLES = 12  # pictures of a class that are wanted
MOST_CLASSES = 65_000


@dataclass(frozen=True)
class Contents:
    """facts: JSON. arrays: columns by name. pictures: the images to travel, in order, with their stages."""

    facts: JsonObject
    arrays: Arrays
    pictures: Chosen


def contents_of(case: Case, *, shown: Sequence[int], most_pictures: int, seed: int) -> Contents:
    """What travels of a dataset. shown: images that the report shows; most_pictures: more would have no room."""
    needs = Needs()
    claims = _claims(case, needs)
    images = bundle.every_image(case.workspace, case.dataset.id)
    image_ids = images["image_id"].to_numpy()
    splits = sorted({name for name in images["split"].unique().to_pylist() if name is not None})
    arrays = columns.of_every_image(images, splits)
    checks, check = columns.read_checks(case, needs.checks)
    acts, n_acts = bundle.decisions(case.workspace, case.dataset.id, n_rows=MOST_DECISIONS)
    decisions, texts = columns.of_decisions(acts, image_ids)
    doubted = _doubted(checks[check]) if check else []
    allowed = image_ids[~images["is_taken_down"].to_numpy(zero_copy_only=False)]
    pictures = _pictures(case, arrays, image_ids, allowed, shown=shown, doubted=doubted, most=most_pictures, seed=seed)
    always = np.union1d(np.searchsorted(image_ids, pictures.image_ids), decisions["decision_at"])
    rows = columns.listed(arrays["label"], always=always.astype(np.int64), most=MOST_ROWS, seed=seed)
    on_map, about_map = columns.of_map(case, image_ids, rows)
    scored, about_scored = columns.of_scored(case, needs)
    arrays |= columns.of_opinions(checks, check, image_ids, rows) | on_map | scored | decisions
    arrays |= columns.of_listed(images, rows) | columns.of_duplicates(case, image_ids, pairs=needs.pairs)
    if needs.sizes:
        arrays |= columns.of_sizes(images)
    facts: JsonObject = {
        **_names(case, arrays),
        **{"splits": splits, "flags": list(columns.FLAGS), "bits": list(columns.BITS)},
        **{"n_images": len(image_ids), "n_rows": len(rows), "check": check, "map": about_map},
        **{"scored": about_scored, "runs": _runs(case), "claims": claims},
        "rubric": [[each.name, each.title, each.about, each.most] for each in _criteria(case)],
        **{"decisions": {**texts, "n": n_acts}, "decisions_here": acts.num_rows},
    }
    return Contents(facts, arrays, pictures)


def _names(case: Case, arrays: Arrays) -> JsonObject:
    """What classes are called, now and by the source; those that nobody named by their number. n_named: the others."""
    classes = classes_of(case).to_pylist()[:MOST_CLASSES]
    used = np.concatenate([arrays["label"], arrays["given"]])
    n_used = int(used[used != NONE].max()) + 1 if (used != NONE).any() else 0
    nameless = [f"class {index}" for index in range(len(classes), n_used)]
    return {
        "dataset": case.dataset.name,
        "task": case.dataset.task,
        "names": [*(row["name"] for row in classes), *nameless],
        "given_names": [*(row["given_name"] for row in classes), *nameless],
        "gone": [*(row["gone"] for row in classes), *(False for _ in nameless)],
        "n_named": len(case.names),
    }


def _criteria(case: Case) -> tuple[Criterion, ...]:
    """What reviewers score: as the dataset's rubric has it."""
    return current_rubric(case.workspace, case.dataset.id).criteria


def _runs(case: Case) -> dict[int, str]:
    """What runs with predictions are called, by number."""
    runs = list_prediction_runs(case.workspace, case.dataset.id)
    return {run.run_id: " ".join(filter(None, [run.kind, run.model])) for run in runs}


def _pictures(
    case: Case,
    arrays: Arrays,
    image_ids: Ints,
    allowed: Ints,
    *,
    shown: Sequence[int],
    doubted: list[int],
    most: int,
    seed: int,
) -> Chosen:
    rng = np.random.default_rng(seed)
    missing = (arrays["flags"] >> columns.FLAGS.index("missing")) & 1 == 1
    changed = image_ids[arrays["label"] != arrays["given"]]
    removed = image_ids[(arrays["flags"] >> columns.FLAGS.index("removed")) & 1 == 1]
    runs = medoids.list_medoid_runs(case.workspace, case.dataset.id)
    representatives = (
        [row["image_id"] for row in medoids.cluster_sheet(case.workspace, runs[0].run_id).to_pylist()] if runs else []
    )
    wished = (
        representatives,
        _examples(case, arrays["label"], seed=seed),
        shown,
        [*rng.permutation(changed).tolist(), *rng.permutation(removed).tolist()],
        doubted,
    )
    return chosen(wished, np.intersect1d(image_ids[~missing], allowed), most=most, rng=rng)


def _examples(case: Case, label: np.ndarray, *, seed: int) -> list[int]:
    """Some kept images of every class, the first of each class before the second of any."""
    classes = np.unique(label[label != NONE]).tolist()
    if not classes:
        return []
    table = overview.class_samples(case.workspace, case.dataset.id, classes=classes, n=EXAMPLES, seed=seed)
    groups: dict[int, list[int]] = {}
    for row in table.select(["class_index", "image_id"]).to_pylist():
        groups.setdefault(row["class_index"], []).append(row["image_id"])
    return in_turn(groups.values())


def _doubted(opinions: pa.Table) -> list[int]:
    """The images whose label a check doubts, the worst first."""
    table = opinions.filter(pa.compute.or_(opinions["is_doubted"], opinions["is_odd_copy"]))
    order = np.argsort(-table["severity"].to_numpy(), kind="stable")
    ids: list[int] = table["image_id"].to_numpy()[order].tolist()
    return ids


def _claims(case: Case, needs: Needs) -> list[JsonObject]:
    """Every claim as it was recorded last, with what its measures say now and what a browser can be asked."""
    recorded = as_recorded(case.workspace, case.dataset.id)
    is_fresh = bool(recorded) and not is_behind(case.workspace, case.dataset.id, recorded)
    return [_claim(case, judged, needs, is_fresh=is_fresh) for judged in recorded]


def _claim(case: Case, judged: Judged, needs: Needs, *, is_fresh: bool) -> JsonObject:
    """is_fresh: nothing came since the claims were asked last, so that they need not be asked again."""
    if is_fresh:
        now: dict[str, MeasuredRow] = {each.name: each.now for each in judged.numbers}
    else:
        now = {name: value.row(name) for name, value in values_of(case, judged.claim.measures).items()}
    return {
        "id": judged.claim.id,
        "then": judged.then,
        "now": judged.now,
        "verdict": judged.verdict,
        "why": list(judged.why),
        "weak": list(judged.weak),
        "kept_by": judged.claim.kept_by,
        "kept_at": f"{judged.claim.kept_at:%Y-%m-%d %H:%M} UTC",
        "numbers": [
            _number(case, each.then, judged.claim.measures.get(each.name) or {}, now=now.get(each.name), needs=needs)
            for each in judged.numbers
        ],
    }


def _number(case: Case, then: MeasuredRow, asked: JsonObject, *, now: MeasuredRow | None, needs: Needs) -> JsonObject:
    """A number as it was kept and as it is now; the question to the browser, or why there is none."""
    name = str(asked.get("measure", ""))
    question, why_not = can_be_asked(case, name, dict(asked.get("parameters") or {}), needs)
    of = all_measures().get(name)
    is_known = now is not None and now.number is not None
    return {
        "name": then.name,
        "title": of.title if of else then.name,
        "about": of.about if of else "",
        "unit": then.unit,
        "then": _as_json(then),
        "now": None if now is None else _as_json(now),
        "question": question if is_known else None,
        "why_not": why_not or (now.reason if now is not None else None) or "",
    }


def _as_json(row: MeasuredRow) -> JsonObject:
    ends = {"low": row.low, "high": row.high, "method": row.method}
    return {"number": row.number, "n": row.n, "runs": list(row.run_ids), "on": row.evaluation_set, **ends}

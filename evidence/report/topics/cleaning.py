"""Cleaning, step by step: duplicates, what is off topic, labels, what people decided, what a blind check found."""

import collections
from typing import Any

import numpy as np

from analytics.wording import count
from evidence.case import Case
from evidence.measures import counts
from evidence.measures import duplicates as measured
from evidence.report.parts import Cell, Chart, Column, Facts, Gallery, Group, Pair, Pairs, Part, Table
from evidence.report.topic import Drawn, Settings, Topic, facts, missing, picture
from store import label_issues, project
from store.decisions import counts as decision_counts
from store.label_issues import IssueFilters, LabelRun, list_label_runs
from store.subjects import LABELS, PICTURES, REMOVALS, SPLITS

MOST_CLASSES, MOST_IN_MATRIX = 60, 30  # of a chart of bars, of a matrix that can be read
GROUPS, IN_A_GROUP = 8, 6
DOUBTED, OUTLIERS, CHANGED, REMOVED = 12, 18, 18, 18
_ACTS = {
    "keep": "Labels kept",
    "relabel": "Labels changed",
    "remove": "Pictures removed",
    "restore": "Pictures restored",
    "flag": "Pictures flagged",
}


def _duplicates(case: Case, settings: Settings) -> Drawn:
    run = measured.latest(case)
    asked: list[tuple[str, str, dict[str, object]]] = [
        ("Groups of identical files", "exact-duplicates", {"what": "groups"}),
        ("Pictures in them", "exact-duplicates", {"what": "images"}),
        ("Of these groups, with different labels", "exact-duplicates", {"what": "conflicting"}),
        ("Of these groups, over several splits", "exact-duplicates", {"what": "across"}),
        ("Groups of the same or nearly the same", "duplicate-groups", {"what": "groups"}),
        ("Of these groups, with different labels ", "duplicate-groups", {"what": "conflicting"}),
        ("Of these groups, over several splits ", "duplicate-groups", {"what": "across"}),
    ]
    has_splits = len([row for row in counts.split_counts(case)["split"].to_pylist() if row is not None]) > 1
    found, run_ids = facts(case, [each for each in asked if has_splits or each[2]["what"] != "across"])
    parts: list[Part] = [Facts(rows=[(label.strip(), words) for label, words in found.rows])]
    if run is None:
        todo = missing("Near duplicates have not been looked for yet.", command="vitrine run duplicates")
        return Drawn((*parts, *todo.parts))
    gallery = _group_pictures(case, most=settings.n or GROUPS)
    return Drawn((*parts, *([gallery] if gallery else [])), tuple(sorted(run_ids | {run.run_id})))


def _group_pictures(case: Case, *, most: int) -> Gallery | None:
    """Some groups, those whose labels differ first, the largest first."""
    found = measured.groups_of(case, measured.GroupParameters.model_validate({}))
    groups, rows = found.groups, found.facts.to_pylist()
    if not groups.n_groups:
        return None
    order = np.lexsort((-found.judged.size, ~found.judged.conflicting))[:most]
    shown = []
    for number in order.tolist():
        mine = np.flatnonzero(groups.number == number)[:IN_A_GROUP].tolist()
        pictures = [picture(rows[place], title=_class_of(case, rows[place])) for place in mine]
        size = int(found.judged.size[number])
        words = "different labels" if found.judged.conflicting[number] else "the same label"
        shown.append(Group(title=count(size, "picture"), note=words, pictures=pictures))
    return Gallery(groups=shown, note=f"{len(shown)} of {count(groups.n_groups, 'group')}; those at odds come first.")


def _class_of(case: Case, row: dict[str, Any]) -> str:
    if row.get("labels"):
        return ", ".join(case.name(index) for index in row["labels"])
    return "" if row.get("label") is None else case.name(row["label"])


def _check(case: Case, settings: Settings) -> LabelRun | None:
    runs = list_label_runs(case.workspace, case.dataset.id)
    return next((run for run in runs if settings.run in (0, run.run_id)), None)


_NO_CHECK = "The labels have not been checked yet."


def _noise(case: Case, settings: Settings) -> Drawn:
    run = _check(case, settings)
    if run is None:
        return missing(_NO_CHECK, command="vitrine run label-issues", page="label_noise")
    parts: list[Part] = []
    found, _ = facts(
        case,
        [
            ("Labels wrong, about", "share-wrong", {"run": run.run_id}),
            ("Labels that the check doubts", "label-check", {"run": run.run_id, "what": "doubted"}),
            ("Doubted and not decided on yet", "doubts-open", {"run": run.run_id}),
            ("Planted errors that it finds", "planted-found", {}),
        ],
    )
    parts.append(found)
    parts += _noise_rates(case, run.figures.get("noise") or {})
    parts += _noise_matrix(case, run)
    return Drawn(tuple(parts), (run.run_id,))


def _noise_rates(case: Case, noise: dict[str, Any]) -> list[Part]:
    """The share of wrong labels of each class, of many the noisiest."""
    known = [index for index, rate in enumerate(noise.get("rate") or []) if rate is not None]
    if not known:
        return []
    noisiest = sorted(known, key=lambda index: -noise["rate"][index])[:MOST_CLASSES]
    classes = count(len(known), "class", "classes")
    of = f"; the {MOST_CLASSES} noisiest of {classes}" if len(known) > MOST_CLASSES else ""
    sides = {side: [noise[side][index] for index in noisiest] for side in ("rate", "low", "high", "n")}
    return [
        Chart(
            name="noise-rates",
            data={**sides, "names": [case.name(index) for index in noisiest]},
            alt="The share of wrong labels of each class with its 95 % interval",
            caption=f"Estimated share of wrong labels of each class, with 95 % intervals (bootstrap){of}.",
        )
    ]


def _noise_matrix(case: Case, run: LabelRun) -> list[Part]:
    """Given by suggested class of the doubts that are open."""
    table = label_issues.noise_counts(case.workspace, case.dataset.id, run_id=run.run_id)
    rows = [row for row in table.to_pylist() if row["label"] is not None and row["suggested"] is not None]
    if not rows:
        return []
    n_doubts: collections.Counter[int] = collections.Counter()
    for row in rows:
        n_doubts[row["label"]] += int(row["n"])
        n_doubts[row["suggested"]] += int(row["n"])
    told = {index for index, _ in n_doubts.most_common(MOST_IN_MATRIX)}
    of = f"; the {MOST_IN_MATRIX} classes with most doubts" if len(n_doubts) > MOST_IN_MATRIX else ""
    rows = sorted(rows, key=lambda row: -int(row["n"]))
    rows = [row for row in rows if {row["label"], row["suggested"]} <= told] or rows[:1]
    columns = {side: [int(row[side]) for row in rows] for side in ("label", "suggested", "n")}
    n_named = max(*columns["label"], *columns["suggested"], len(case.names) - 1) + 1
    named = [case.name(index) for index in range(n_named)]
    worst = rows[0]
    return [
        Chart(
            name="noise-matrix",
            data={**columns, "names": named},
            alt=f"Most doubts: given {case.name(worst['label'])}, looks like {case.name(worst['suggested'])}",
            caption="Doubted labels that nobody has decided on, by given class (rows) and suggested class "
            f"(columns){of}.",
        )
    ]


def _doubted(case: Case, settings: Settings) -> Drawn:
    run = _check(case, settings)
    if run is None:
        return missing(_NO_CHECK, command="vitrine run label-issues", page="label_noise")
    filters = IssueFilters(kind="label")
    n = label_issues.count_issues(case.workspace, case.dataset.id, run_id=run.run_id, filters=filters)
    rows = label_issues.list_issues(
        case.workspace, case.dataset.id, run_id=run.run_id, filters=filters, first=0, n_rows=settings.n or DOUBTED
    ).to_pylist()
    if not rows:
        return Drawn((Facts(rows=[("Doubted labels left", "none")]),), (run.run_id,))
    pairs = [
        Pair(
            left=picture(row),
            before="no label" if row["label_now"] is None else case.name(row["label_now"]),
            after=case.name(row["suggested"]) if row.get("suggested") is not None else "",
            reason="given, and what it looks like",
        )
        for row in rows
    ]
    note = f"{len(pairs)} of {count(n, 'doubted label')} that nobody has decided on, the most severe first."
    return Drawn((Pairs(rows=pairs, note=note),), (run.run_id,))


def _outliers(case: Case, settings: Settings) -> Drawn:
    run = _check(case, settings)
    if run is None:
        return missing(_NO_CHECK, command="vitrine run label-issues", page="label_noise")
    found, _ = facts(case, [("Like none of the classes", "label-check", {"run": run.run_id, "what": "outliers"})])
    threshold = float(run.figures.get("outlier_threshold") or 0)
    rows = label_issues.list_outliers(
        case.workspace,
        case.dataset.id,
        run_id=run.run_id,
        threshold=threshold,
        outside=True,
        n_rows=settings.n or OUTLIERS,
    ).to_pylist()
    parts: list[Part] = [found]
    if rows:
        shown = [picture(row, title=_class_of(case, row)) for row in rows]
        parts.append(Gallery(groups=[Group(pictures=shown)], note="The farthest out, with the class they carry."))
    return Drawn(tuple(parts), (run.run_id,))


def _decided(case: Case, settings: Settings) -> Drawn:
    n_by_act = decision_counts(case.workspace, case.dataset.id)
    if not n_by_act:
        return missing("Nobody has decided on a picture yet.", page="review")
    rows = [(words, f"{n_by_act[act]:,}") for act, words in _ACTS.items() if n_by_act.get(act)]
    parts: list[Part] = [Facts(rows=rows)]
    changes = project.class_changes(case.workspace, case.dataset.id)
    if len(changes) > MOST_CLASSES:
        changes = sorted(changes, key=lambda each: -abs(each.n_now - each.n_given))[:MOST_CLASSES]
    if any(each.n_given != each.n_now for each in changes):
        parts.append(
            Chart(
                name="before-after",
                data={
                    "names": [case.name(each.class_index) for each in changes],
                    "before": [each.n_given for each in changes],
                    "after": [each.n_now for each in changes],
                    "titles": ["as imported", "now"],
                    "what": "Pictures",
                },
                alt="Pictures of each class as imported and now",
                caption="Pictures of each class as they came in, and after all decisions that stand.",
            )
        )
    changed = project.changed_labels(case.workspace, case.dataset.id, n_rows=settings.n or CHANGED, seed=settings.seed)
    if changed:
        parts.append(
            Pairs(
                rows=[
                    Pair(
                        left=picture(vars(each)),
                        before="no label" if each.given is None else case.name(each.given),
                        after="no label" if each.label is None else case.name(each.label),
                        reason=each.reason or "",
                    )
                    for each in changed
                ],
                note=f"{len(changed)} of {count(n_by_act.get('relabel', 0), 'changed label')}, drawn at random.",
            )
        )
    removed = project.removed_images(case.workspace, case.dataset.id, n_rows=settings.n or REMOVED, seed=settings.seed)
    if removed:
        shown = [
            picture(
                vars(each), title="" if each.label is None else case.name(each.label), note=(each.reason or "")[:120]
            )
            for each in removed
        ]
        note = f"{len(shown)} of {count(n_by_act.get('remove', 0), 'removed picture')}, drawn at random."
        parts.append(Gallery(groups=[Group(title="Removed", pictures=shown)], note=note))
    return Drawn(tuple(parts))


def _reviewed(case: Case, settings: Settings) -> Drawn:
    if _check(case, settings) is None:
        return missing(_NO_CHECK, command="vitrine run label-issues", page="label_noise")
    run = {"run": settings.run} if settings.run else {}
    found, run_ids = facts(
        case,
        [
            ("Labels that a person has looked at", "labels-checked", {}),
            ("Doubted labels that were really wrong", "precision-so-far", run),
            ("Errors left where the check doubts nothing", "errors-remaining", {**run, "of": "plain"}),
            ("Errors left among open doubts", "errors-remaining", {**run, "of": "doubted"}),
        ],
    )
    if len(found.rows) < 2:  # how many labels were looked at is always known
        todo = missing("No blind sample has been judged yet: how many errors remain is not known.", page="review")
        return Drawn((*([found] if found.rows else []), *todo.parts))
    return Drawn((found,), tuple(sorted(run_ids)))


def _log(case: Case, settings: Settings) -> Drawn:
    rows = [each for each in project.what_happened(case.workspace, case.dataset.id) if each.kind == "decisions"]
    if not rows:
        return missing("Nobody has decided on a picture yet.", page="review")
    columns = [Column(title=title) for title in ("Day", "Who", "What")] + [Column(title="How many", kind="count")]
    cells: list[list[Cell]] = [
        [f"{each.happened_at:%Y-%m-%d}", each.who, _ACTS.get(each.what, "Taken back"), each.n] for each in rows[-60:]
    ]
    return Drawn((Table(columns=columns, rows=cells, n_rows=len(rows)),))


_READS = (PICTURES, LABELS, REMOVALS)
TOPICS = (
    Topic(name="duplicates", title="Duplicates", chapter="Cleaning, step by step", draw=_duplicates,
          page="duplicates", reads=(*_READS, SPLITS), kinds=("duplicates",)),
    Topic(name="outliers", title="Off topic", chapter="Cleaning, step by step", draw=_outliers, page="label_noise",
          reads=(PICTURES, REMOVALS), kinds=("label-issues",)),
    Topic(name="label-noise", title="Label noise", chapter="Cleaning, step by step", draw=_noise, page="label_noise",
          reads=(LABELS, REMOVALS, "keep"), kinds=("label-issues", "planted-labels")),
    Topic(name="doubted", title="The most doubtful labels", chapter="Cleaning, step by step", draw=_doubted,
          page="label_noise", reads=(LABELS, REMOVALS, "keep"), kinds=("label-issues",)),
    Topic(name="decided", title="What was decided", chapter="Cleaning, step by step", draw=_decided, page="review",
          reads=(*_READS, "keep")),
    Topic(name="reviewed", title="What a look by eye found", chapter="Cleaning, step by step", draw=_reviewed,
          page="review", reads=(LABELS, REMOVALS, "keep"), kinds=("label-issues",)),
    Topic(name="decision-log", title="Decisions by day and person", chapter="How to reproduce this", draw=_log,
          page="review", reads=(*_READS, "keep")),
)  # fmt: skip

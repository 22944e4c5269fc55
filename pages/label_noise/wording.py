"""Label noise in words: why a label is doubted, what a check is worth, what has changed since. Nothing here draws."""

from collections.abc import Sequence

from figures.names import one_line
from pages.ui.filters import name_of
from pages.ui.rows import Row
from pages.ui.staleness import what_changed
from pages.ui.text import count, share
from store.label_issues import Changes, LabelRun
from store.subjects import NAMES, VECTORS

OPINIONS = ("classifier", "neighbours", "copies", "zero_shot", "detections")
TITLES = {
    "classifier": "classifier",
    "neighbours": "neighbours",
    "copies": "copies",
    "zero_shot": "zero-shot",
    "detections": "detector",
}
SORTS = {
    "Certain errors first": "severity",
    "Least confidence first": "self_confidence",
    "Smallest margin first": "margin",
    "Likeliest unrelated first": "chance",
}


def why(row: Row, *, names: Sequence[str]) -> str:
    """Why a label is doubted, in a sentence or two; holds class names, on one line."""
    parts = [_classifier(row, names=names), _neighbours(row, names=names), _copies(row, names=names)]
    parts += [_zero_shot(row, names=names), _detector(row, names=names)]
    return one_line("; ".join(part for part in parts if part)) or "little is known of it"


def votes(row: Row) -> str:
    """ "3 of 3: classifier, neighbours, copies": who speaks against the label."""
    against = [TITLES[name] for name in OPINIONS if row[name]]
    return f"{len(against)} of {row['n_heard']}" + (f": {', '.join(against)}" if against else "")


def doubt_sentence(run: LabelRun) -> str:
    """What to say where the classifier could hardly tell the classes apart; "" elsewhere."""
    accuracy, largest = run.figures.get("accuracy"), run.figures.get("largest_class")
    if accuracy is None or largest is None or accuracy > 1.25 * largest + 0.02:
        return ""
    return (
        f"The classifier repeats {share(accuracy)} of the labels, and the largest class alone is {share(largest)}: in "
        "this embedding the classes can hardly be told apart, so its doubts mean little. Try another embedding."
    )


def detector_sentence(run: LabelRun, *, names: Sequence[str]) -> str:
    """On which classes a detector was heard, and on which not; holds class names, on one line."""
    classes = run.figures.get("detector")
    if classes is None:
        return "No detector has looked for anything that a class is called as."
    named: dict[bool, list[str]] = {True: [], False: []}
    for row in classes:
        named[row["heard"]].append(
            f"{name_of(row['index'], names=names)} ({share(row['found'])} of {count(row['n'], 'believed picture')})"
        )
    heard = f"heard on {', '.join(named[True])}" if named[True] else "heard on no class"
    missed = f"; it misses too many of {', '.join(named[False])} to be heard there" if named[False] else ""
    return one_line(f"Detector, run {run.parameters.get('detection_run')}: {heard}{missed}.")


def stale_sentence(run: LabelRun, changes: Changes) -> str:
    """What has changed since the check, counted where it can be; "" where nothing has."""
    parts = []
    if changes.n_relabelled:
        parts.append(f"{count(changes.n_relabelled, 'label')} changed")
    if changes.n_removed:
        parts.append(f"{count(changes.n_removed, 'picture')} removed or missing")
    if changes.n_new:
        parts.append(f"{count(changes.n_new, 'picture')} not judged yet")
    parts += [what_changed([subject]) for subject in (NAMES, VECTORS) if subject in run.changed]
    if not parts:
        return ""
    return f"Since this check ({run.finished_at:%d %B %Y, %H:%M} UTC): {', '.join(parts)}."


def _classifier(row: Row, *, names: Sequence[str]) -> str:
    confidence = row["self_confidence"]
    if confidence is None:
        return ""
    suggested = row["suggested"]
    if suggested is None or suggested == row["label"]:
        return f"its own class gets {share(float(confidence))}, the most, but little for a picture of it"
    better = name_of(int(suggested), names=names)
    return f"{better} suits it better by {share(abs(float(row['margin'] or 0)))}"


def _neighbours(row: Row, *, names: Sequence[str]) -> str:
    n, label = int(row["n_neighbours"] or 0), row["neighbour_label"]
    if not n or label is None or row["own_share"] is None:
        return ""
    own = round(float(row["own_share"]) * n)
    if label == row["label"]:
        return f"{own} of {count(n, 'neighbour')} {'shares' if own == 1 else 'share'} its label"
    most = round(float(row["neighbour_share"]) * n)
    shared = f"{own} of {count(n, 'neighbour')} {'shares' if own == 1 else 'share'} its label"
    return f"{shared}, {count(most, 'is', 'are')} {name_of(int(label), names=names)}"


def _copies(row: Row, *, names: Sequence[str]) -> str:
    n_copies, n_other = int(row["n_copies"] or 0), int(row["n_other_label"] or 0)
    if not n_other or row["copy_label"] is None:
        return ""
    what = "its copy is" if n_copies == 1 else f"{n_other} of {n_copies} copies {'is' if n_other == 1 else 'are'}"
    if row["copy_label"] == row["label"]:
        return f"{what} labelled otherwise, and its own label suits the group"
    return f"{what} labelled otherwise; {name_of(int(row['copy_label']), names=names)} suits the group"


def _zero_shot(row: Row, *, names: Sequence[str]) -> str:
    if row["zero_shot"] is None or row["zero_shot_label"] is None:
        return ""
    name = name_of(int(row["zero_shot_label"]), names=names)
    return f"by names alone {name} ({share(float(row['zero_shot_share']))})"


def _detector(row: Row, *, names: Sequence[str]) -> str:
    if row["detections"] is None or row["label"] is None:
        return ""
    label, seen = name_of(int(row["label"]), names=names), row["detected_label"]
    if not row["detections"]:
        return f"a detector finds {label} in it"
    other = "" if seen is None else f", but {name_of(int(seen), names=names)}"
    return f"a detector finds no {label} in it{other}"

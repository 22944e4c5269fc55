"""The comparison in words: runs, what numbers stand on, what differs by more than chance. Nothing here draws."""

import re
from collections.abc import Sequence

from analytics.significance import LEVEL, Difference, Pair
from figures.names import one_line
from pages.compare.queries import FROZEN, IMPORTED, NOW, Ground
from pages.train.wording import MODELS
from pages.ui.staleness import what_changed
from pages.ui.text import count, listed, share
from store.comparison import HELD_OUT, OUT_OF_FOLD, ZERO_SHOT, PredictionRun

BASES = {"As they are now": NOW, "As imported": IMPORTED, "As when the set was made": FROZEN}
HOW = {
    OUT_OF_FOLD: "out of fold: each picture by a model of the other folds",
    HELD_OUT: "held out: pictures that it did not learn from, near duplicates left out",
    ZERO_SHOT: "zero-shot: it learnt from none of these labels",
}
_KINDS = {"label-issues": "Label check", "zero-shot": "Zero-shot"}


def run_title(run: PredictionRun) -> str:
    """A run in a few words, on one line, unlike any other's: 'Logistic regression, run 8'."""
    model = MODELS.get(run.model or "", run.model or run.kind).removesuffix(" on vectors")
    kind = _KINDS.get(run.kind)
    return one_line(f"{kind} ({model}), run {run.run_id}" if kind else f"{model}, run {run.run_id}")


def letter(place: int) -> str:
    """A, B, C ... for the first, second, third run."""
    return chr(ord("A") + place)


def sided(words: str, *, first: int, second: int) -> str:
    """Words on the sides A and B with the letters of the runs that stand there: 'Only B right' -> 'Only C right'."""
    return re.sub(r"\b[AB]\b", lambda side: letter(first if side[0] == "A" else second), words)


def about_run(run: PredictionRun) -> str:
    """How a run came about: 'learnt from 24,473 pictures, labels as imported; held out: ...'."""
    parts = []
    if run.figures.get("n_train"):
        labels = "labels as imported" if run.parameters.get("labels") == "imported" else "labels as decided by then"
        parts.append(f"learnt from {count(int(run.figures['n_train']), 'picture')}, {labels}")
    parts.append(HOW.get(str(run.prediction_kind), str(run.prediction_kind)))
    when = f"{run.finished_at:%d %B %Y, %H:%M} UTC" if run.finished_at is not None else "some time ago"
    parts.append(f"finished {when}" + (f", and since then {what_changed(run.changed)}" if run.is_stale else ""))
    return "; ".join(parts)


def with_interval(value: float, low: float, high: float) -> str:
    """'51.3 % [49.5, 53.2]'."""
    return "–" if value != value else f"{100 * value:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def points(found: Difference) -> str:
    """'+7.1 points [5.2, 9.0]'."""
    if found.estimate != found.estimate:
        return "–"
    return f"{100 * found.estimate:+z.1f} points [{100 * found.low:+z.1f}, {100 * found.high:+z.1f}]"


def p_value(p: float) -> str:
    """'p = 0.031', 'p < 0.001'."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def ground_title(title: str, basis: str, ground: Ground) -> str:
    """What every number names: '“Test 10 %”, 3,196 pictures, labels as they are now (unclean)'."""
    labels = next(words for words, value in BASES.items() if value == basis).lower()
    return f"“{title}”, {count(ground.n, 'picture')}, labels {labels} ({cleanliness(ground)})"


def cleanliness(ground: Ground) -> str:
    """One word or two for how far the labels can be trusted."""
    if ground.n and ground.n_checked == ground.n:
        return "each checked by a person"
    return "unclean" if ground.n_checked == 0 else "partly checked"


def unclean_sentence(ground: Ground, *, has_check: bool) -> str:
    """What to think of scores on these labels; "" where a person has decided on every one."""
    if not ground.n or ground.n_checked == ground.n:
        return ""
    some = f"{share(ground.n_checked / ground.n)} are as a person decided"
    person = some if ground.n_checked else "none is one that a person decided on"
    doubts = f", and the newest label check doubts {share(ground.n_doubted / ground.n)}" if has_check else ""
    return (
        f"**Unclean labels.** Of these {count(ground.n, 'label')} {person}{doubts}. Scores say how far a run agrees "
        "with these labels, mistakes included; a run that repeats the mistakes is rewarded for it."
    )


def dropped_sentences(ground: Ground, titles: Sequence[str]) -> list[str]:
    """How many pictures do not count, and why; nothing where all do."""
    said = []
    if ground.n_unlabelled:
        said.append(f"{count(ground.n_unlabelled, 'picture')} without a label cannot be scored.")
    if ground.n_removed:
        said.append(
            f"{count(ground.n_removed, 'picture')} removed by a decision: no class counts for "
            f"{'it' if ground.n_removed == 1 else 'them'} now. Labels as imported bring "
            f"{'it' if ground.n_removed == 1 else 'them'} back."
        )
    if ground.n_dropped:
        said.append(
            f"{count(ground.n_dropped, 'picture')} left out because at least one run's word on "
            f"{'it' if ground.n_dropped == 1 else 'them'} does not count:"
        )
        for (_, reasons), title in zip(ground.dropped, titles, strict=True):
            if reasons:
                parts = [f"{why} ({n:,})" for why, n in reasons]
                said.append(f"{title}: {listed(parts, at_most=8)}.")
    return said


def pair_sentence(pair: Pair, titles: Sequence[str], *, n_pairs: int) -> str:
    """What can be said of two runs, in words; holds titles."""
    first, second = titles[pair.first], titles[pair.second]
    found = pair.balanced_accuracy
    if found.estimate != found.estimate:
        return f"{first} and {second} cannot be compared: no picture is left to score."
    better, worse = (second, first) if found.estimate > 0 else (first, second)
    adjusted = " after Holm's adjustment" if n_pairs > 1 else ""
    size = f"{100 * abs(found.estimate):.1f} points of balanced accuracy"
    if pair.is_significant:
        return f"{better} is better than {worse} by {size}: significant{adjusted} ({p_value(pair.p_balanced_holm)})."
    return (
        f"The difference between {first} and {second} ({size}) is not significant{adjusted} "
        f"({p_value(pair.p_balanced_holm)}): other pictures of the same kind might turn it around."
    )


def mcnemar_sentence(pair: Pair) -> str:
    """McNemar's test in words."""
    verdict = "significant" if pair.p_accuracy_holm <= LEVEL else "not significant"
    only = f"{pair.n_only_first:,} only {letter(pair.first)}, {pair.n_only_second:,} only {letter(pair.second)}"
    return f"{only} right; {p_value(pair.p_accuracy_holm)}, {verdict}"

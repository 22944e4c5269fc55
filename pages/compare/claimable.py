"""What of a comparison can be kept as a claim: differences and scores of the chosen runs on their common pictures."""

import itertools

from pages.compare.choose import Chosen
from pages.compare.wording import BASES
from pages.ui.keep import Proposal

MOST_CLASSES = 20  # whose recalls are offered


def claimable(chosen: Chosen, *, n_classes: int) -> list[Proposal]:
    """The numbers of the page, the differences first."""
    wanted, runs = chosen.wanted, chosen.wanted.run_ids
    on: dict[str, object] = {"runs": list(runs), "labels": wanted.basis, **_source(chosen)}
    proposals = []
    for first, second in itertools.combinations(runs, 2):
        pair = {**on, "first": first, "second": second}
        proposals += [Proposal("difference", {**pair, "score": score}) for score in ("balanced_accuracy", "macro_f1")]
        proposals += [Proposal("mcnemar-p", pair), Proposal("agreement", pair)]
    for run_id in runs:
        of = {**on, "of": run_id}
        scores = ("balanced_accuracy", "macro_f1", "accuracy")
        proposals += [Proposal("score", {**of, "score": score}) for score in scores]
        proposals += [Proposal("calibration-error", of), Proposal("relabelling-effect", of)]
    classes = range(n_classes if n_classes <= MOST_CLASSES else 0)
    proposals += [Proposal("class-score", {**on, "of": runs[-1], "class_index": index}) for index in classes]
    return proposals


def query_of(chosen: Chosen) -> dict[str, object]:
    """What leads to this comparison, also once there are newer runs and sets."""
    labels = next(words for words, basis in BASES.items() if basis == chosen.wanted.basis)
    return {"runs": list(chosen.titles), "on": chosen.title, "labels": labels}


def _source(chosen: Chosen) -> dict[str, object]:
    source = chosen.wanted.source
    return {"source": source.source, "number": source.number, "split": source.split}

"""Training in words: models, what a leak would have claimed, what a run stands on. Nothing here draws."""

from collections.abc import Sequence
from typing import Any

from pages.ui.text import count, listed, percent
from store.training import TrainingRun

MODELS = {
    "resnet18": "ResNet-18",
    "resnet34": "ResNet-34",
    "resnet50": "ResNet-50",
    "logistic": "Logistic regression on vectors",
    "knn": "Nearest neighbours on vectors",
}
ON_VECTORS = ("logistic", "knn")


SMALL: dict[str, Any] = {"epochs": 10, "patience": 0, "augment": "none", "max_train": 6_000, "even": True}
# Images a second while training at 64x64 on two cores: ResNet-34 from benchmarks/README.md (twice one core's), the
# others by their operations against its. A run on this machine knows better.
_RATES = {"resnet18": 300.0, "resnet34": 150.0, "resnet50": 130.0}
TREATMENTS = {
    "none": "",
    "copies-out": "copies out",
    "outliers-out": "outliers out",
    "doubted-out": "doubted labels out",
    "relabelled": "doubted labels replaced",
    "all-out": "copies, outliers and doubted labels out",
}


def small_sentence(model: str, runs: Sequence[TrainingRun], *, n: int) -> str:
    """What the small protocol is, and about how long it takes here. n: labelled pictures there are."""
    rates = (run.figures.get("images_per_second") for run in runs if run.model == model and not _is_large(run))
    here = next((float(rate) for rate in rates if rate), None)
    judged = n / 10 / 3  # looking at a validation picture takes a third of learning from it
    n, epochs = min(int(SMALL["max_train"]), n), int(SMALL["epochs"])
    minutes = max(1, round((n + judged) * epochs / (here or _RATES.get(model, 100.0)) / 60))
    where = "here, by the speed of the last run" if here else "on two cores"
    return (
        f"{count(n, 'picture')} at most, as many of each class as there are; {epochs} epochs, the best one kept; no "
        f"augmentation. About {count(minutes, 'minute')} {where}."
    )


def _is_large(run: TrainingRun) -> bool:
    return int(run.parameters.get("side") or 64) != 64


def source(run: TrainingRun) -> str:
    """Which pictures and labels it learnt from: 'version clean', 'labels as imported, copies out, 10 % wrong'."""
    parameters = run.parameters
    if parameters.get("version"):
        text = f"version {parameters['version']}"
    else:
        text = "labels as imported" if parameters.get("labels") == "imported" else "labels as decided"
    treatment = TREATMENTS.get(str(parameters.get("treatment") or "none"), "")
    noise = float(parameters.get("planted_noise") or 0)
    return ", ".join([text, *([treatment] if treatment else []), *([f"{100 * noise:.0f} % wrong"] if noise else [])])


def title(run: TrainingRun) -> str:
    """'ResNet-34, labels now, seed 801 (run 12)'."""
    parameters = run.parameters
    start = " from a checkpoint" if parameters.get("weights") else ""
    return f"{MODELS.get(run.model, run.model)}{start}, {source(run)}, seed {parameters.get('seed')} (run {run.run_id})"


def rate_words(run: TrainingRun) -> str:
    """The highest learning rate: as given, found, or the optimiser's usual one."""
    if run.figures.get("found_rate"):
        return f"{float(run.figures['found_rate']):.2g} (found)"
    return str(run.parameters.get("learning_rate") or "usual")


def chosen_words(run: TrainingRun) -> str:
    """Which pictures of a batch count."""
    if run.parameters.get("selection") != "small-loss":
        return "all pictures of a batch"
    left, epochs = run.parameters.get("forget_rate") or 0, run.parameters.get("forget_epochs")
    return f"the smallest losses of a batch ({100 * left:.0f} % left out from epoch {epochs} on)"


def score_of(run: TrainingRun) -> tuple[str, float | None]:
    """What a run is judged by, and how much it has of it on the test pictures."""
    if run.figures.get("test_mean_average_precision") is not None:
        return "Mean average precision", run.figures["test_mean_average_precision"]
    return "Balanced accuracy", run.figures.get("test_balanced_accuracy")


def leak_sentence(run: TrainingRun) -> str:
    """What the same model would have claimed, had near duplicates been split by chance."""
    figures = run.figures
    honest, claimed = score_of(run)[1], figures.get("claimed_with_leak")
    groups = f"Near duplicates (by {figures.get('groups_by')}) are kept on one side of the split."
    if honest is None or claimed is None:
        return f"{groups} No training picture had a near duplicate that could be held back to measure a leak."
    share = percent(figures.get("leaked_share"))
    return (
        f"{groups} A split by chance would have put a near duplicate of {share} of the test pictures into training, "
        f"and claimed {percent(claimed)} instead of {percent(honest)}: measured on "
        f"{count(int(figures.get('n_copy', 0)), 'near duplicate')} of training pictures that this model was not shown."
    )


def lacking_sentence(run: TrainingRun) -> str:
    """Classes that are asked for in the evaluation set and had no picture to learn from; '' where there is none."""
    lacking = [str(name) for name in run.figures.get("classes_without_training") or []]
    return f"No training picture shows {listed(lacking)}: the model cannot know it." if lacking else ""

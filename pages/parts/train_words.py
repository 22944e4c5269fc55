"""Training in words: models, what a leak would have claimed, what a run stands on. Nothing here draws."""

from pages.parts.text import count, listed
from store.training import TrainingRun

MODELS = {
    "resnet18": "ResNet-18",
    "resnet34": "ResNet-34",
    "resnet50": "ResNet-50",
    "logistic": "Logistic regression on vectors",
    "knn": "Nearest neighbours on vectors",
}
ON_VECTORS = ("logistic", "knn")


def title(run: TrainingRun) -> str:
    """'ResNet-34, labels now, seed 801 (run 12)'."""
    wanted = run.parameters
    start = " from a checkpoint" if wanted.get("weights") else ""
    labels = "labels as imported" if wanted.get("labels") == "imported" else "labels as decided"
    return f"{MODELS.get(run.model, run.model)}{start}, {labels}, seed {wanted.get('seed')} (run {run.run_id})"


def percent(value: object) -> str:
    """A share with one decimal: '36.2 %'; a dash where there is none."""
    return "–" if value is None else f"{100 * float(value):.1f} %"


def leak_sentence(run: TrainingRun) -> str:
    """What the same model would have claimed, had near duplicates been split by chance."""
    figures = run.figures
    honest, claimed = figures.get("test_balanced_accuracy"), figures.get("claimed_with_leak")
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

"""How far class names alone come, without training."""

from pydantic import Field

from evidence.case import Case
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters, says
from evidence.measures.label_noise import unseen
from evidence.value import Value


class ZeroShotParameters(Parameters):
    """run: the zero-shot run's number; 0: the newest."""

    run: int = Field(0, ge=0)


def _accuracy(case: Case, asked: ZeroShotParameters) -> Value:
    run = case.run("zero-shot", asked.run, what="zero-shot run")
    score = run.figures.get("balanced_accuracy")
    if score is None:
        raise CannotMeasure(f"Run {run.run_id} was scored on no labels.")
    older = ("The labels have changed since it was scored.",) if "labels" in run.changed else ()
    return Value(
        number=float(score),
        unit="share",
        n=int(run.figures.get("n_scored") or 0),
        run_ids=(run.run_id,),
        evaluation_set="all labelled pictures",
        weak=(*unseen(case), *older),
    )


MEASURES = (
    Measure(
        name="zero-shot-accuracy", title="Balanced accuracy of the class names alone", unit="share",
        parameters=ZeroShotParameters, compute=_accuracy, page="prompt_lab", kinds=("zero-shot",),
        sentence=says("The class names alone, without training, reach {zero_shot_accuracy} balanced accuracy."),
        about="The zero-shot run's own score, by the labels that there were then.",
    ),
)  # fmt: skip

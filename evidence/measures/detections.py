"""What a detector found in the pictures."""

import numpy as np
import pyarrow as pa
from pydantic import Field

from analytics.noise_rates import wilson
from evidence.case import Case, chosen
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters
from evidence.value import Interval, Value
from evidence.wording import literal
from store import detections
from store.detections import DetectionRun
from store.subjects import PICTURES, REMOVALS

_Z = 1.959964
_READS = (PICTURES, REMOVALS)


class ObjectParameters(Parameters):
    """run: the detection's number, 0: the newest. name: of the detected class, all by default. score: from which on."""

    run: int = Field(0, ge=0)
    name: str = ""
    score: float = Field(0.3, ge=0, le=1)


class PictureParameters(ObjectParameters):
    """at_least: so many objects in one picture."""

    at_least: int = Field(1, ge=1)


def _run(case: Case, run_id: int) -> DetectionRun:
    runs = case.once("detections", lambda: detections.list_detection_runs(case.workspace, case.dataset.id))
    return chosen(runs, run_id, what="detection")


def _histogram(case: Case, run: DetectionRun, asked: ObjectParameters) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of objects, and in how many of the pictures that the run looked at there are so many."""
    classes = None
    if asked.name:
        known = detections.detected_classes(case.workspace, run.run_id)
        classes = tuple(index for index, name in known.items() if name == asked.name)
        if not classes:
            raise CannotMeasure(f"Run {run.run_id} knows no class called {asked.name!r}.")

    def read() -> pa.Table:
        about = {"run_id": run.run_id, "score": asked.score}
        return detections.objects_per_picture(case.workspace, case.dataset.id, **about, classes=classes)  # type: ignore[arg-type]  # a number and an id

    table = case.once(("objects", run.run_id, asked.score, classes), read)
    n, n_images = table["n"].to_numpy(), table["n_images"].to_numpy()
    if not n_images.sum():
        raise CannotMeasure(f"Run {run.run_id} looked at no picture that is kept.")
    return n, n_images


def _what(asked: ObjectParameters) -> str:
    return f"“{literal(asked.name)}”" if asked.name else "any object"


def _objects(case: Case, asked: ObjectParameters) -> Value:
    run = _run(case, asked.run)
    n, n_images = _histogram(case, run, asked)
    return Value(number=int(n @ n_images), unit="count", n=int(n_images.sum()), run_ids=(run.run_id,))


def _mean(case: Case, asked: ObjectParameters) -> Value:
    run = _run(case, asked.run)
    n, n_images = _histogram(case, run, asked)
    total = int(n_images.sum())
    mean = float(n @ n_images) / total
    error = float(np.sqrt(((n - mean) ** 2 @ n_images) / max(total - 1, 1) / total))
    interval = Interval(max(mean - _Z * error, 0.0), mean + _Z * error, "normal approximation over the pictures")
    return Value(number=mean, unit="mean", n=total, interval=interval, run_ids=(run.run_id,))


def _pictures(case: Case, asked: PictureParameters) -> Value:
    run = _run(case, asked.run)
    n, n_images = _histogram(case, run, asked)
    return Value(
        number=int(n_images[n >= asked.at_least].sum()), unit="count", n=int(n_images.sum()), run_ids=(run.run_id,)
    )


def _share(case: Case, asked: PictureParameters) -> Value:
    run = _run(case, asked.run)
    n, n_images = _histogram(case, run, asked)
    hits, total = int(n_images[n >= asked.at_least].sum()), int(n_images.sum())
    low, high = wilson(hits, total)
    interval = Interval(float(low), float(high), "Wilson")
    return Value(number=hits / total, unit="share", n=total, interval=interval, run_ids=(run.run_id,))


def _said_of_pictures(case: Case, asked: PictureParameters, *, place: str) -> str:
    some = f"at least {asked.at_least:,} of " if asked.at_least > 1 else ""
    return f"{{{place}}} of the pictures show {some}{_what(asked)}."


_ABOUT = "Objects of the detection from a score on, in the pictures that are kept and that it looked at."
MEASURES = (
    Measure(
        name="objects", title="Objects found", unit="count", parameters=ObjectParameters, compute=_objects,
        sentence=lambda case, asked: f"The detector finds {_what(asked)} {{objects}} times.", page="detections",
        reads=_READS, kinds=("detect",), about=_ABOUT,
    ),
    Measure(
        name="objects-a-picture", title="Objects a picture", unit="mean", parameters=ObjectParameters, compute=_mean,
        sentence=lambda case, asked: f"A picture shows {_what(asked)} {{objects_a_picture}} times on average.",
        page="detections", reads=_READS, kinds=("detect",), about=_ABOUT,
    ),
    Measure(
        name="pictures-with", title="Pictures with objects", unit="count", parameters=PictureParameters,
        compute=_pictures, page="detections", reads=_READS, kinds=("detect",), about=_ABOUT,
        sentence=lambda case, asked: _said_of_pictures(case, asked, place="pictures_with"),
    ),
    Measure(
        name="share-with", title="Share of pictures with objects", unit="share", parameters=PictureParameters,
        compute=_share, page="detections", reads=_READS, kinds=("detect",), about=f"{_ABOUT} Wilson's interval.",
        sentence=lambda case, asked: _said_of_pictures(case, asked, place="share_with"),
    ),
)  # fmt: skip

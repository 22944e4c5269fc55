"""The kind `import`: a folder's pictures become a dataset."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import FILES, JobKind, Order
from jobs.engine.parameters import Parameters, ServerPath
from jobs.engine.parts import InParts
from jobs.engine.spec import JobView


class ImportParameters(Parameters):
    """What an import may be ordered with; a second one may leave all of it out, for it is remembered."""

    folder: ServerPath = Field(
        "",
        description="the folder that holds the pictures, or `s3://BUCKET/PREFIX`; nothing in it is changed",
    )
    reading: str = Field(
        "", description="the answer where a folder can be read in more than one way; the command lists the choices"
    )
    labels: ServerPath = Field(
        "",
        description=(
            "the label file (JSON, CSV, TSV, Parquet or COCO JSON) where it is not recognised or lies elsewhere"
        ),
    )
    class_names: str | list[str] = Field("", description="names by class index, separated by commas or as a JSON list")
    follow_links: bool = Field(
        False, description="`yes` follows links out of the folder, and to other folders, as to a store of pictures"
    )
    boxes: Literal["", "yes", "no"] = Field(
        "",
        description="`no` leaves out the boxes and outlines that the annotations hold, `yes` takes them, as a "
        "detection that is called as annotated; without either it is as the last time, and yes the first",
    )
    keep_reading: bool = Field(
        False,
        description="`yes` leaves in the folder, as .vitrine-reading.json, how it is read: it is found the next time",
    )
    source: str = Field("", description="where the pictures are from, kept with the dataset")
    licence: str = Field("", description="the pictures' licence, kept with the dataset")
    max_pixels: int = Field(180_000_000, ge=1, description="pictures with more are refused before they are decoded")
    again: bool = Field(
        False,
        description="`yes` reads every picture once more, also those that are as they were: what an earlier version "
        "did not look for, as GPS positions, is known then",
    )
    processes: int = Field(0, ge=0, description="processes that decode; 0: one a core")


def is_same_import(asked: Order, active: Order) -> bool:
    """Whether an active import fills the dataset that is asked for, or reads the folder: two would do one work."""
    folder = asked.parameters.folder if isinstance(asked.parameters, ImportParameters) else ""
    resolved = _as_kept(folder) if folder else None
    return asked.dataset == active.dataset or active.root == resolved


def _as_kept(folder: str) -> str:
    from importers.stores import is_store_url  # here: a kind is read at every start, and loads none of its code

    return folder.strip().rstrip("/") if is_store_url(folder) else str(Path(folder).expanduser().resolve())


def import_outcome(job: JobView) -> str:
    """'9 new, 2 changed, 3 failed; 1 group of exact duplicates.'; of a resumed import, how much there is in all."""
    figures = job.figures
    n_groups = int(figures.get("n_exact_groups", 0))
    groups = count(n_groups, "group of exact duplicates", "groups of exact duplicates")
    if job.attempt > 1 or "n_read" not in figures:  # the figures of one attempt would not be the whole story
        n_images, n_failures = figures.get("n_images", 0), figures.get("n_failures", 0)
        return f"{count(n_images, 'image')}, {count(n_failures, 'file')} not taken in; {groups}."
    n_failed, n_changed = int(figures.get("n_failed", 0)), int(figures.get("n_changed", 0))
    n_new = max(0, int(figures["n_read"]) - n_failed - n_changed)
    n_failed = int(figures.get("n_failures", n_failed))  # those that cannot even be opened are no rows of the job
    counts = f"{n_new:,} new, {n_changed:,} changed, {n_failed:,} failed; {groups}."
    return f"{counts}{_of_boxes(job)}{_not_used(figures)}"


def _of_boxes(job: JobView) -> str:
    """What becomes of the boxes that came with the labels; "" without any."""
    n_boxes = int(job.figures.get("n_boxes", 0))
    if not n_boxes:
        return ""
    boxes = count(n_boxes, "box", "boxes")
    if job.parameters.get("boxes") == "no":
        return f" {boxes} left out, as asked; the detection as-annotated takes them in."
    return f" {boxes} with them, as annotated."


def _not_used(figures: Mapping[str, Any]) -> str:
    """Which label file was not used, and why: without this, "no labels" would be all there is to see."""
    told = figures.get("read_as")
    said = [text for text in told if isinstance(text, str) and "not used" in text] if isinstance(told, list) else []
    return f" {said[0]}" if said else ""


KIND = JobKind(
    name="import",
    title="Import",
    icon="upload",
    summary=(
        "A folder's pictures, decoded once each, with the labels that lie beside them. Nothing in the folder is "
        "changed. A second import takes in what is new or changed; it may leave all parameters out: they are "
        "remembered."
    ),
    lane=FILES,
    needs_pictures=True,
    parameters=ImportParameters,
    reads=(),
    changes_data=True,
    here_only=True,
    same_order=is_same_import,
    outcome=import_outcome,
    in_parts=InParts(rows=1024, sums=("n_read", "n_failed", "n_changed")),
)

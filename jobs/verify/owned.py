"""What the owner of the file finds out before the worker starts: the gates that statements answer."""

import datetime
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from analytics.gates import BY_NAME, FRESHNESS, IMPORT, LABELS, PARTS, VECTORS
from jobs.engine.errors import NothingToDo
from jobs.engine.spaces import chosen_space
from jobs.verify.findings import Finding, Row, counted, of_table, share
from jobs.verify.kind import VerifyParameters
from store.connection import Workspace, utc_now
from store.datasets import Dataset, class_table
from store.failures import file_balance, list_failures, list_label_problems
from store.gate_measures import (
    doubted,
    gate_images,
    newest_picture,
    other_widths,
    repeated_vectors,
    strange_vectors,
    unlabelled,
)
from store.overview import class_counts
from store.points import POINTS
from store.vectors import Space

Findings = dict[str, Finding]


def space_to_check(workspace: Workspace, dataset: Dataset, parameters: VerifyParameters) -> Space | None:
    """The space whose vectors are looked at; None where there is none, or they are not asked for."""
    asked = parameters.subjects()
    if asked and not {VECTORS, PARTS} & set(asked):
        return None
    try:
        return chosen_space(workspace, dataset.id, name=parameters.space, kind="verify")
    except NothingToDo:
        return None


def applying(workspace: Workspace, dataset: Dataset, parameters: VerifyParameters, space: Space | None) -> list[str]:
    """What is looked at: what was asked for, or all that there is something of."""
    asked = parameters.subjects()
    if asked:
        return list(asked)
    there = {
        IMPORT: True,
        VECTORS: space is not None,
        LABELS: class_table(workspace, dataset.id).num_rows > 0,
        FRESHNESS: dataset.layout != POINTS,
        PARTS: bool(parameters.folder.strip()),
    }
    return [subject for subject, is_there in there.items() if is_there]


def found_of_import(workspace: Workspace, dataset: Dataset, *, kept: int) -> Findings:
    """How many pictures there are, and what was not taken in of files and labels."""
    images = gate_images(workspace, dataset.id)
    n = images.num_rows - int(pc.sum(images["missing"]).as_py() or 0)
    found = {"import.pictures": Finding(float(n))}
    if class_table(workspace, dataset.id).num_rows:
        rows = unlabelled(workspace, dataset.id)
        found["import.labels"] = of_table(rows, BY_NAME["import.labels"].wrong, kept=kept, of=n)
        problems = list_label_problems(workspace, dataset.id).to_pylist()
        rows_wrong = (Row(None, row["key"], row["reason"]) for row in problems)
        found["import.entries"] = counted(rows_wrong, kept=kept)
    if dataset.layout != POINTS:
        balance = file_balance(workspace, dataset.id)
        failures = list_failures(workspace, dataset.id).to_pylist()
        not_taken = (Row(None, row["path"], row["reason"]) for row in failures)
        found["import.failures"] = counted(not_taken, kept=kept, of=balance.n_files)
        found["import.pending"] = Finding(float(max(balance.n_pending, 0)), max(balance.n_pending, 0))
    return found


def found_of_vectors(workspace: Workspace, dataset: Dataset, space: Space | None, *, kept: int) -> Findings:
    """What the table of a space says of its rows; without a space, that every picture is without a vector."""
    if space is None:
        images = gate_images(workspace, dataset.id)
        return {"vectors.missing": of_table(images, "no vector", kept=kept, of=images.num_rows)}
    return {
        f"vectors.{name}": of_table(table, BY_NAME[f"vectors.{name}"].wrong, kept=kept)
        for name, table in (
            ("repeated", repeated_vectors(workspace, space)),
            ("strangers", strange_vectors(workspace, space, dataset.id)),
            ("width", other_widths(workspace, space)),
        )
    }


def found_of_labels(workspace: Workspace, dataset: Dataset, *, kept: int, limits: Mapping[str, float]) -> Findings:
    """How pictures are spread over the classes there are, and how many labels the newest check doubts."""
    classes = class_table(workspace, dataset.id)
    classes = classes.filter(pc.invert(classes["gone"]))
    sizes = _class_sizes(workspace, dataset.id, classes)
    found: Findings = {}
    if sizes:
        total = sum(sizes.values())
        top, n_top = max(sizes.items(), key=lambda one: one[1])
        over = [Row(None, top, f"{n_top:,} of {total:,}")]
        largest = share(n_top, total)
        if len(sizes) > 1:
            is_over = largest > limits.get("labels.largest", 1.0)
            found["labels.largest"] = Finding(largest, n_top if is_over else 0, over if is_over else [])
        least = limits.get("labels.smallest", 0.0)
        small = [Row(None, name, f"{n:,}") for name, n in sizes.items() if n < least]
        found["labels.smallest"] = Finding(float(min(sizes.values())), len(small), small[:kept])
    told = doubted(workspace, dataset.id)
    if told is not None:
        found["labels.doubted"] = of_table(told.rows, BY_NAME["labels.doubted"].wrong, kept=kept, of=told.n_judged)
    return found


def found_of_freshness(workspace: Workspace, dataset: Dataset) -> Findings:
    """Hours since the last import, and since a picture came; None where none ever did."""
    now = utc_now()
    return {
        "freshness.import": Finding(_hours(now, dataset.imported_at)),
        "freshness.newest": Finding(_hours(now, newest_picture(workspace, dataset.id))),
    }


def _class_sizes(workspace: Workspace, dataset_id: int, classes: pa.Table) -> dict[str, int]:
    """Kept pictures by the name of each class, classes without one among them."""
    n_of: dict[int, int] = {}
    for row in class_counts(workspace, dataset_id).to_pylist():
        if row["class_index"] is not None:
            n_of[row["class_index"]] = n_of.get(row["class_index"], 0) + row["n"]
    return {row["name"]: n_of.get(row["index"], 0) for row in classes.select(["index", "name"]).to_pylist()}


def _hours(now: datetime.datetime, then: datetime.datetime | None) -> float | None:
    return None if then is None else max((now - then).total_seconds(), 0.0) / 3600

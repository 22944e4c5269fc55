"""The verify job: the owner leaves what statements answer, the worker reads files, and every gate lands at once."""

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.gates import BY_NAME, FRESHNESS, GATES, IMPORT, LABELS, PARTS, VECTORS, chosen_limits, limits_from
from importers.sources import Root
from jobs.engine.folder import job_folder, read_json
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.verify import owned
from jobs.verify.files import found_of_numbers, found_of_parts, found_of_pictures
from jobs.verify.findings import Finding, finding_of
from jobs.verify.kind import VerifyParameters
from jobs.verify.owned import Findings
from store.connection import Workspace, utc_now
from store.datasets import Dataset, find_dataset
from store.gate_measures import gate_images, images_with_vector
from store.gates import SEGMENT, kept_limits, land_gates
from store.points import POINTS
from store.projections import write_vectors
from store.vectors import Space

FACTS, IMAGES, NUMBERS = "facts.json", "images.parquet", "vectors.npy"


def prepare(
    workspace: Workspace, dataset: str, parameters: VerifyParameters, run_id: int
) -> Prepared[VerifyParameters]:
    """A row of the todo for each subject. Raises UnknownDataset, UnknownParameter for a space that is none."""
    found = find_dataset(workspace, dataset)
    space = owned.space_to_check(workspace, found, parameters)
    subjects = owned.applying(workspace, found, parameters, space)
    target = str(Path(parameters.folder).expanduser().resolve()) if parameters.folder.strip() else ""

    limits = chosen_limits(kept_limits(workspace, found.id), limits_from(parameters.limits))

    def write_inputs(folder: Path) -> None:
        pq.write_table(_images(workspace, found.id, space), folder / IMAGES)
        if space is not None and VECTORS in subjects:
            write_vectors(workspace, space, images=_kept(pq.read_table(folder / IMAGES)), path=folder / NUMBERS)
        known = _known(workspace, found, space, subjects, limits=limits, kept=parameters.rows_kept)
        told = {name: finding.as_json() for name, finding in known.items()}
        facts = {"limits": limits, "findings": told, "has_files": found.layout != POINTS}
        (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")

    chosen = parameters.changed(folder=target, space=space.name if space else parameters.space)
    todo = pa.table({"subject": pa.array(subjects, pa.string())})
    return Prepared(found.id, found.name, found.root, todo, chosen, write_inputs=write_inputs)


def _known(
    workspace: Workspace,
    dataset: Dataset,
    space: Space | None,
    subjects: Collection[str],
    *,
    limits: Mapping[str, float],
    kept: int,
) -> Findings:
    """What the file itself says of these subjects."""
    asks: dict[str, Callable[[], Findings]] = {
        IMPORT: lambda: owned.found_of_import(workspace, dataset, kept=kept),
        VECTORS: lambda: owned.found_of_vectors(workspace, dataset, space, kept=kept),
        LABELS: lambda: owned.found_of_labels(workspace, dataset, kept=kept, limits=limits),
        FRESHNESS: lambda: owned.found_of_freshness(workspace, dataset),
    }
    return {name: finding for subject, ask in asks.items() if subject in subjects for name, finding in ask().items()}


def compute(work: Work[VerifyParameters]) -> Figures:
    """Measure every gate that is asked, hold it against its limit, and publish all of them as one segment."""
    subjects = [subject for piece in work.todo() for subject in piece["subject"].to_pylist()]
    facts = read_json(work.folder.path / FACTS) or {}
    found = {name: finding_of(told) for name, told in facts["findings"].items()}
    found |= _read_files(work, subjects, facts)
    rows = [
        _row(place, name, found[name], float(limit))
        for place, (name, limit) in enumerate(_in_order(facts["limits"]).items())
        if name in found
    ]
    work.publish(pa.Table.from_pylist(rows, schema=SEGMENT))
    work.report(work.n_todo, message="Checked")
    return _figures(rows)


def _read_files(work: Work[VerifyParameters], subjects: list[str], facts: Figures) -> Findings:
    """What the worker has to read itself."""
    images, kept = pq.read_table(work.folder.path / IMAGES), work.parameters.rows_kept
    found: Findings = {}
    if IMPORT in subjects and facts["has_files"]:
        root: Root = work.root

        def report(n: int) -> None:
            total = max(images.num_rows, 1)
            work.report(min(n, total - 1), total=total, message="Looking for files")

        found |= found_of_pictures(root, images, kept=kept, report=report)
    if VECTORS in subjects and (work.folder.path / NUMBERS).exists():
        work.report(0, message="Reading vectors")
        vectors = np.load(work.folder.path / NUMBERS, mmap_mode="r")
        found |= found_of_numbers(vectors, _kept(images), kept=kept)
    if PARTS in subjects:
        work.report(0, message="Reading parts")
        n_expected = int(_kept(images)["has_vector"].to_numpy(zero_copy_only=False).sum())
        found |= found_of_parts(Path(work.parameters.folder), n_expected=n_expected, kept=kept)
    return found


def _images(workspace: Workspace, dataset_id: int, space: Space | None) -> pa.Table:
    """image_id, path, bytes, pixel_sha256, missing, has_vector of the images that nobody removed, by path."""
    images = gate_images(workspace, dataset_id)
    has_vector = np.zeros(images.num_rows, bool)
    if space is not None:
        has_vector = np.isin(images["image_id"].to_numpy(), images_with_vector(workspace, space))
    return images.append_column("has_vector", pa.array(has_vector))


def _kept(images: pa.Table) -> pa.Table:
    """Those whose file was there at the last import."""
    return images.filter(pa.array(~images["missing"].to_numpy(zero_copy_only=False)))


def _in_order(limits: dict[str, float]) -> dict[str, float]:
    return {gate.name: limits[gate.name] for gate in GATES if gate.name in limits}


def _row(place: int, name: str, finding: Finding, limit: float) -> dict[str, object]:
    gate = BY_NAME[name]
    return {
        "place": place,
        "gate": name,
        "subject": gate.subject,
        "title": gate.title,
        "unit": gate.unit,
        "measured": finding.measured,
        "limit_kind": gate.limit_kind,
        "limit_value": limit,
        "passed": gate.passes(finding.measured, limit),
        "n_wrong": finding.n_wrong,
        "sentence": gate.sentence(finding.measured, limit, n_wrong=finding.n_wrong),
        "checked_at": utc_now(),
        "image_ids": [row.image_id for row in finding.rows],
        "paths": [row.path for row in finding.rows],
        "reasons": [row.reason for row in finding.rows],
    }


def _figures(rows: list[dict[str, object]]) -> Figures:
    """How many gates passed, what each measured, and those that failed with their first wrong rows."""
    failed = [
        {name: row[name] for name in ("gate", "sentence", "measured", "limit_value", "n_wrong")} | {"rows": _told(row)}
        for row in rows
        if not row["passed"]
    ]
    return {
        "n_gates": len(rows),
        "n_passed": len(rows) - len(failed),
        "failed": failed,
        "measured": {str(row["gate"]): row["measured"] for row in rows},
    }


def _told(row: dict[str, object]) -> list[dict[str, object]]:
    columns = (row["image_ids"], row["paths"], row["reasons"])
    return [
        {"image_id": image_id, "path": path, "reason": reason}
        for image_id, path, reason in zip(*columns, strict=True)  # type: ignore[call-overload]  # three lists
    ]


def land(cursor: duckdb.DuckDBPyConnection, job: Job[VerifyParameters], table: pa.Table) -> None:
    """Take all gates of the run in; those of an earlier attempt go."""
    land_gates(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[VerifyParameters]) -> Figures:
    """Clear away what the worker was given."""
    folder = job_folder(workspace.root, job.spec.id).path
    for name in (FACTS, IMAGES, NUMBERS):
        (folder / name).unlink(missing_ok=True)
    return {}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)

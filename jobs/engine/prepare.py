"""A job before it runs: its spec, its folder with what is to be done, its run and its row."""

import dataclasses
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.engine.backends import checked_backend
from jobs.engine.errors import NothingToDo
from jobs.engine.folder import job_folder
from jobs.engine.kinds import JobKind, Prepared, load_kind
from jobs.engine.spec import JobSpec, JobView, new_job_id
from jobs.engine.tracking import Tracked, save
from jobs.engine.underway import Crashes, clear_marks
from jobs.engine.version import code_version
from store.connection import Workspace, utc_now
from store.datasets import list_datasets
from store.ledger import land_segment, landed_totals
from store.points import POINTS
from store.privacy import rule_mark
from store.runs import RunStart, failed_images, land_run_failures, start_run


def new_spec(
    workspace: Workspace,
    kind: JobKind[Any],
    prepared: Prepared[Any],
    *,
    who: str,
    run_id: int,
    job_id: str = "",
    on: str = "",
) -> JobSpec:
    """The spec of a job that begins; its id is a new one, unless it is given. on: as engine/backends.py checks it."""
    return JobSpec(
        id=job_id or new_job_id(kind.name),
        kind=kind.name,
        dataset_id=prepared.dataset_id,
        dataset=prepared.dataset,
        root=prepared.root,
        workspace=str(workspace.root),
        parameters=prepared.parameters.as_json(),
        who=who,
        run_id=run_id,
        code_version=code_version(),
        input_generation=workspace.generation(prepared.dataset_id),
        created_at=utc_now().isoformat(timespec="seconds"),
        on=on,
    )


def require_pictures(workspace: Workspace, kind: JobKind[Any], parameters: Any, *, dataset: str) -> None:
    """Raise NothingToDo where a kind reads pictures and the dataset is one of points."""
    points = {one.name for one in list_datasets(workspace) if one.layout == POINTS}
    if dataset in points and kind.reads_pictures(parameters):
        raise NothingToDo(
            f"{dataset} is a dataset of points: it has ids, labels and features, and no picture that "
            f"{kind.title.lower()} could read. What works on vectors works here."
        )


def known_job(workspace: Workspace, view: JobView, state: str, *, on: str | None = None) -> Tracked:
    """A job that was laid out before, from its folder. on: where it is computed from now on; None: as before."""
    spec = job_folder(workspace.root, view.id).spec()
    spec = dataclasses.replace(spec, workspace=str(workspace.root))  # the folder may have been moved
    if on is not None:
        kind = load_kind(spec.kind)
        spec = dataclasses.replace(spec, on=checked_backend(on, kind, kind.read(spec.parameters)))
    return Tracked(spec, state, view.created_at, spec.parameters, started_at=view.started_at)


def prepared_again(workspace: Workspace, job: Tracked) -> Prepared[Any]:
    """What its kind would still do for a job; its todo holds the rows that are missing."""
    spec = job.spec
    kind = load_kind(spec.kind)
    return kind.code().prepare(workspace, spec.dataset, kind.read(spec.parameters), spec.run_id)


def lay_out(workspace: Workspace, job: Tracked, prepared: Prepared[Any], *, attempt: int) -> None:
    """Write the job's folder, its run and its row for an attempt at the rows still missing.

    Pictures that crashes have shown to end the worker are left out, as failures with a reason.
    """
    prepared = _without_left_out(workspace, job, prepared)
    clear_marks(job.folder())
    job.spec = dataclasses.replace(
        job.spec,
        attempt=attempt,
        root=prepared.root,  # the dataset may have moved since an earlier attempt
        first_segment=landed_totals(workspace, job.spec.id).next_n,
        n_todo=prepared.todo.num_rows,
        input_generation=workspace.generation(job.spec.dataset_id),
    )
    job.folder().create(job.spec, prepared.todo)
    if prepared.write_inputs is not None:
        prepared.write_inputs(job.folder().path)
    with workspace.writing(job.spec.dataset_id) as cursor:
        start_run(cursor, _run_start(job.spec, prepared))
    save(workspace, job)
    job.laid_out_at = workspace.generation(job.spec.dataset_id)
    job.laid_out_under = rule_mark(workspace)


def _without_left_out(workspace: Workspace, job: Tracked, prepared: Prepared[Any]) -> Prepared[Any]:
    """What is to be done but for the pictures at which workers crashed twice; those land as failures, once each."""
    crashes, todo = Crashes.of(job.folder()), prepared.todo
    if not crashes.left_out or "image_id" not in todo.column_names:
        return prepared
    new = sorted(crashes.left_out - failed_images(workspace, job.spec.run_id))
    if new:
        reason = f"The process crashed twice at this picture ({crashes.how}), so it was left out."
        land_segment(
            workspace,
            job_id=job.spec.id,
            n=landed_totals(workspace, job.spec.id).next_n,
            table=pa.table({"image_id": pa.array(new, pa.int64()), "reason": [reason] * len(new)}),
            n_failed=len(new),
            dataset_id=job.spec.dataset_id,
            land=lambda cursor, table: land_run_failures(cursor, table, run_id=job.spec.run_id),
        )
    left_out = pa.array(sorted(crashes.left_out), pa.int64())
    return dataclasses.replace(prepared, todo=todo.filter(pc.invert(pc.is_in(todo["image_id"], value_set=left_out))))


def _run_start(spec: JobSpec, prepared: Prepared[Any]) -> RunStart:
    return RunStart(
        id=spec.run_id,
        dataset_id=spec.dataset_id,
        job_id=spec.id,
        kind=spec.kind,
        model=prepared.model,
        parameters=spec.parameters,
        seed=spec.parameters.get("seed"),
        code_version=spec.code_version,
        input_generation=spec.input_generation,
        device=spec.parameters.get("device"),
        reads=load_kind(spec.kind).subjects(prepared.parameters),
    )

"""The collect job: questions to sources in, pictures below the dataset's root and a row a candidate out."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from importers.collecting.about import SIDECARS, SOURCES
from importers.collecting.fetching import FetchError
from importers.collecting.keys import KeyMissing, read_key
from importers.stores import is_store_url
from jobs.collect.asks import asks_of, require_folders_of_their_own
from jobs.collect.beside import read_beside
from jobs.collect.inputs import Inputs, read_inputs, write_inputs
from jobs.collect.kind import CollectParameters
from jobs.collect.run import Run
from jobs.collect.searching import END, FAILED
from jobs.collect.tally import KEPT, Tally
from jobs.engine.errors import JobFailed, UnknownParameter
from jobs.engine.kinds import Figures, FollowUp, Job, JobCode, Prepared
from jobs.engine.worker import Work
from store.collected import asks_of as standing_asks
from store.collected import ended_asks, has_classes, hosts_of, land_collected
from store.connection import Workspace
from store.datasets import Dataset, ensure_dataset, list_datasets
from store.errors import NameTaken, UnknownDataset

COLLECTED = "collected"  # of the workspace: a folder a dataset
_SEGMENT_ROWS, _SEGMENT_SECONDS, _REPORT_EVERY_S = 500, 2.0, 0.5


def prepare(
    workspace: Workspace, dataset: str, parameters: CollectParameters, run_id: int
) -> Prepared[CollectParameters]:
    """The questions that have not ended yet, and the dataset that they are for, which is made if it is new.

    Raises UnknownParameter, UnknownDataset for a bad name, NameTaken for a dataset whose folder is not ours to add to.
    """
    require_folders_of_their_own(parameters)
    _require_keys_and_file(parameters)
    owner = _owner(workspace, _checked_name(dataset), parameters)
    ended = ended_asks(workspace, run_id)
    asks = [ask for ask in asks_of(parameters) if ask.number not in ended]
    todo = pa.table(
        {
            "ask": pa.array([ask.number for ask in asks], pa.int32()),
            "source": pa.array([ask.source for ask in asks], pa.string()),
            "query": pa.array([ask.query for ask in asks], pa.string()),
        }
    )
    return Prepared(
        owner.id,
        owner.name,
        owner.root,
        todo,
        _without_relative_paths(parameters),
        write_inputs=lambda folder: write_inputs(workspace, owner.id, folder, run_id=run_id),
    )


def compute(work: Work[CollectParameters]) -> Figures:
    """Ask, fetch, publish. Raises JobFailed where nobody could be asked."""
    published_at = reported_at = time.monotonic()

    def publish(tally: Tally, *, now: bool = False) -> None:
        nonlocal published_at
        is_due = len(tally.rows) >= _SEGMENT_ROWS or time.monotonic() - published_at > _SEGMENT_SECONDS
        if (now or is_due) and (table := tally.take_rows()) is not None:
            work.publish(table)
            published_at = time.monotonic()

    def report(run: Run) -> None:
        nonlocal reported_at
        if time.monotonic() - reported_at < _REPORT_EVERY_S:
            return
        reported_at = time.monotonic()
        n_kept, n_failed = run.tally.total(KEPT), run.tally.total("failed")
        total = max(run.n_wanted or run.found.n_candidates, n_kept + 1)
        work.report(n_kept, failed=n_failed, message=run.message, total=total)

    root = Path(work.spec.root)
    root.mkdir(parents=True, exist_ok=True)
    inputs = read_inputs(work.folder.path)
    if SIDECARS in work.parameters.source_names:
        return _beside(work, inputs, root=root, publish=publish)
    run = Run(work.parameters, inputs, folder=work.folder.path, root=root, publish=publish, report=report)
    try:
        asyncio.run(run.go())
    except FetchError as error:
        raise JobFailed(error.sentence) from error
    finally:
        publish(run.tally, now=True)
    _require_somebody_answered(run)
    run.note_endings()
    publish(run.tally, now=True)
    n_kept = run.tally.total(KEPT)
    work.report(n_kept, failed=run.tally.total("failed"), total=n_kept, message="Collected")
    return _figures(run)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[CollectParameters], table: pa.Table) -> None:
    """Take a segment in; the engine writes its ledger row in the same transaction."""
    land_collected(cursor, job.dataset_id, table=table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[CollectParameters]) -> Figures:
    """What became of all candidates of the run, counted from what has landed."""
    asks = standing_asks(workspace, job.run_id)
    names = ("n_found", "n_kept", "n_duplicate", "n_had", "n_refused", "n_failed", "n_left", "n_bytes")
    return {
        **{name: sum(getattr(ask, name) for ask in asks) for name in names},
        "hosts": {host.host: host.n for host in hosts_of(workspace, job.run_id)},
        "root": job.spec.root,
    }


def then(workspace: Workspace, job: Job[CollectParameters]) -> FollowUp | None:
    """The import of what was collected; None where nothing new was kept."""
    if not any(ask.n_kept for ask in standing_asks(workspace, job.run_id)):
        return None
    if SIDECARS in job.parameters.source_names:
        return FollowUp("import", {"folder": job.spec.root})  # a folder of somebody's own, read as it shows itself
    reading = "classes" if has_classes(workspace, job.dataset_id) else "flat"
    return FollowUp("import", {"folder": job.spec.root, "reading": reading})


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish, then=then)


def _owner(workspace: Workspace, name: str, parameters: CollectParameters) -> Dataset:
    """The dataset that is collected for. Raises NameTaken where its folder holds what was not collected."""
    if is_store_url(parameters.folder):
        raise UnknownParameter("collect: pictures are fetched to a folder of this machine, not into a bucket.")
    ours = workspace.root / COLLECTED
    folder = parameters.file if SIDECARS in parameters.source_names else parameters.folder
    named = str(Path(folder).expanduser().resolve()) if folder else ""
    there = next((each for each in list_datasets(workspace) if each.name == name), None)
    if there is None:
        root = named or str(ours / _folder_name(name))
        taken = next((each.name for each in list_datasets(workspace) if each.root == root), None)
        if taken is not None:
            raise NameTaken(f"{root} is the folder of the dataset {taken!r}. Choose another name.")
        return ensure_dataset(workspace, name, root=root, task="single", layout="flat")
    if named and named != there.root:
        raise NameTaken(f"The dataset {name!r} stands on {there.root}. Choose another name for {named}.")
    if not named and (there.is_in_store or not Path(there.root).is_relative_to(ours)):
        raise NameTaken(
            f"The dataset {name!r} stands on {there.root}, which was not made by collecting. Choose another name; or, "
            "to let pictures be added there, name that folder: --folder."
        )
    return there


def _require_keys_and_file(parameters: CollectParameters) -> None:
    if parameters.file and not Path(parameters.file).expanduser().exists():
        raise UnknownParameter(f"collect: there is no {parameters.file}.")
    for name in parameters.source_names:
        try:
            read_key(SOURCES[name].key) if SOURCES[name].key else None
        except KeyMissing as error:
            raise UnknownParameter(f"collect: {error}") from None


def _without_relative_paths(parameters: CollectParameters) -> CollectParameters:
    """With paths that mean the same wherever the next owner of the workspace is started."""
    paths = {name: str(getattr(parameters, name)) for name in ("file", "folder") if getattr(parameters, name)}
    return parameters.changed(**{name: str(Path(path).expanduser().resolve()) for name, path in paths.items()})


def _folder_name(name: str) -> str:
    return "".join(mark if mark.isalnum() or mark in " ._-" else "-" for mark in name).strip(" .") or "dataset"


def _checked_name(name: str) -> str:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise UnknownDataset(f"{name!r} cannot be a dataset's name: use 1 to 100 printable characters.")
    return name.strip()


def _beside(work: Work[CollectParameters], inputs: Inputs, *, root: Path, publish: Callable[..., None]) -> Figures:
    """Read what another tool left beside its pictures."""
    (ask,) = asks_of(work.parameters)
    tally, n_silent = read_beside(
        ask,
        work.parameters,
        inputs,
        root=root,
        publish=publish,
        report=lambda n: work.report(n, total=n + 1, message="Reading side-car files"),
    )
    publish(tally, now=True)
    about = {"source": ask.source, "query": ask.query, "class": "", "state": END, "sentence": "", "n_requests": 0}
    return {"asks": [{**about, "n_unusable": n_silent, **tally.figures_of(ask)}], "requests": {}, "n_requests": 0}


def _require_somebody_answered(run: Run) -> None:
    """Raise JobFailed where all questions failed: none of them is noted as ended, so the run can be gone on with."""
    failed = [each for each in run.searching if each.state == FAILED]
    if failed and len(failed) == len(run.searching):
        raise JobFailed(" ".join(dict.fromkeys(each.sentence for each in failed)))


def _figures(run: Run) -> Figures:
    seconds = time.monotonic() - run.began
    failed = [each.sentence for each in run.searching if each.sentence]
    said: dict[str, Any] = {"message": " ".join(dict.fromkeys(failed))} if failed else {}
    return {
        "asks": [
            {
                "source": each.ask.source,
                "query": each.ask.query,
                "class": each.ask.class_name,
                "state": each.state,
                "sentence": each.sentence,
                "n_requests": each.n_requests,
                "n_unusable": each.n_unusable,
                **run.tally.figures_of(each.ask),
            }
            for each in run.searching
        ],
        "requests": dict(run.client.asked.most_common(20)),
        "n_requests": run.client.asked.total(),
        "pictures_per_s": round(run.tally.n_fetched / seconds, 2) if seconds else 0.0,
        **said,
    }

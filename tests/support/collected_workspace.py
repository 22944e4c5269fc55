"""A workspace of a collection, as its job leaves it: a pilot, a large run, pictures of two classes."""

import datetime
import io
import json

import pyarrow as pa
from PIL import Image

from store.collect_samples import land_samples
from store.collected import SEGMENT, land_collected
from store.connection import Workspace
from store.datasets import Dataset, ensure_dataset
from store.ledger import JobRow, save_job
from store.runs import RunStart, finish_run, start_run
from tests.support.small_workspace import image_row, land

NAME = "birds of prey"
PILOT, LARGE, SAMPLE = 1, 2, 3
ROWS = [
    {"query": "red kite bird", "class": "kite", "n": 3},
    {"query": "buzzard", "class": "buzzard", "n": 3},
]
ORDER = {"queries": ROWS, "sources": "openverse,commons", "licences": "cc0,cc-by", "n": 3, "safe": False}
NOON = datetime.datetime(2026, 11, 30, 12, 0)


def candidate(n: int, outcome: str, reason: str | None = None, **changed: object) -> dict[str, object]:
    """A row of a segment: a candidate for the kite on Openverse, and what became of it."""
    row: dict[str, object] = {
        "n": n,
        "source": "openverse",
        "query": "red kite bird",
        "class": "kite",
        "rank": n + 1,
        "page_url": f"https://photos.example/{n}",
        "file_url": f"https://static.photos.example/{n}.jpg",
        "title": f"Kite {n}",
        "author": "Ana",
        "licence": "CC-BY",
        "licence_version": "4.0",
        "outcome": outcome,
        "why": reason,
    }
    if outcome == "kept":
        row |= {"path": f"{row['class']}/{n}.jpg", "bytes": 40_000, "fetched_at": NOON}
    return row | changed


def ask(number: int, **changed: object) -> dict[str, object]:
    """A row of a segment: how the question for the kite on Openverse stands."""
    row = {"ask": number, "source": "openverse", "query": "red kite bird", "class": "kite"}
    return {**row, "n_wanted": 3, "n_requests": 2, "state": "enough", **changed}


BUZZARD = {"query": "buzzard", "class": "buzzard", "source": "commons"}
PILOT_ROWS = [
    candidate(0, "kept"),
    candidate(1, "kept"),
    candidate(2, "refused", "robots"),
    candidate(3, "failed", "http 404"),
    candidate(4, "kept", path="buzzard/4.jpg", **BUZZARD),
    candidate(5, "duplicate", "same bytes", duplicate_of="kite/0.jpg", fetched_at=NOON, **BUZZARD),
    candidate(6, "left", "enough", **BUZZARD),
    ask(0),
    ask(1, **BUZZARD, n_requests=1, state="end"),
]
LARGE_ROWS = [
    candidate(0, "duplicate", "had already", duplicate_of="kite/0.jpg"),
    candidate(1, "kept", path="kite/9.jpg"),
    ask(0, state="asking"),
    ask(1, **BUZZARD, state="failed", sentence="Wikimedia Commons could not be reached: the name has no address."),
]


def at_home(workspace: Workspace) -> Workspace:
    """The workspace, whose dataset lies below its own folder wherever it was copied to."""
    with workspace.writing(1) as cursor:
        cursor.execute("UPDATE dataset SET root = ? WHERE name = ?", [str(workspace.root / "collected" / NAME), NAME])
    return workspace


def add_run(
    workspace: Workspace,
    dataset: Dataset,
    run_id: int,
    rows: list[dict[str, object]],
    *,
    state: str = "done",
    **order: object,
) -> str:
    """A collection's run, its job and its rows; the job's id."""
    job_id = f"collect-{run_id:06x}"
    parameters = {**ORDER, **order}
    with workspace.writing(dataset.id) as cursor:
        start_run(
            cursor, RunStart(run_id, dataset.id, job_id, "collect", None, parameters, None, "v", 0, None, reads=())
        )
        land_collected(cursor, dataset.id, table=pa.Table.from_pylist(rows, schema=SEGMENT), run_id=run_id)
        finish_run(cursor, run_id, complete=True, seconds=4.0, figures={"n_found": len(rows)})
    _save_job(workspace, job_id, "collect", dataset, parameters, run_id, state=state)
    return job_id


def add_sample(workspace: Workspace, figures: dict[str, object], rows: list[dict[str, object]]) -> str:
    """A sample's run, its job and its rows; the job's id."""
    job_id = f"collect-sample-{SAMPLE:06x}"
    with workspace.writing() as cursor:
        start_run(cursor, RunStart(SAMPLE, 0, job_id, "collect-sample", None, ORDER, None, "v", 0, None, reads=()))
        if rows:
            land_samples(cursor, sample_table(rows), run_id=SAMPLE)
        finish_run(cursor, SAMPLE, complete=True, seconds=1.0, figures=figures)
    _save_job(workspace, job_id, "collect-sample", None, ORDER, SAMPLE)
    return job_id


def sample_row(n: int, **changed: object) -> dict[str, object]:
    """A candidate of a sample, with a thumbnail."""
    out = io.BytesIO()
    Image.new("RGB", (120, 80), (40 * n % 255, 90, 130)).save(out, "JPEG")
    row = {name: value for name, value in candidate(n, "kept").items() if name in SAMPLE_SCHEMA.names}
    return {**row, "width": 1200, "height": 800, "picture": out.getvalue(), "reason": None, **changed}


def sample_table(rows: list[dict[str, object]]) -> pa.Table:
    """The segment of a sample."""
    return pa.Table.from_pylist(rows, schema=SAMPLE_SCHEMA)


SAMPLE_SCHEMA = pa.schema(
    [
        *(SEGMENT.field(name) for name in ("n", "source", "query", "class", "rank", "page_url", "file_url", "title")),
        *(SEGMENT.field(name) for name in ("author", "licence", "licence_version", "licence_url", "width", "height")),
        ("picture", pa.binary()),
        ("reason", pa.string()),
    ]
)


def piloted(workspace: Workspace) -> Dataset:
    """A pilot of two classes has been collected and imported."""
    root = workspace.root / "collected" / NAME
    dataset = ensure_dataset(workspace, NAME, root=str(root), task="single", layout="classes")
    name_class = "INSERT INTO class_name (dataset_id, index, name) VALUES (?, ?, ?)"
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(("buzzard", "kite")):
            cursor.execute(name_class, [dataset.id, index, name])
    labels = {"kite/0.jpg": 1, "kite/1.jpg": 1, "buzzard/4.jpg": 0}
    land(workspace, dataset.id, [image_row(path, label=label) for path, label in labels.items()], run_id=9)
    add_run(workspace, dataset, PILOT, PILOT_ROWS, pilot=50)
    return dataset


def collected(workspace: Workspace) -> Dataset:
    """The pilot, and a large run behind it."""
    dataset = piloted(workspace)
    add_run(workspace, dataset, LARGE, LARGE_ROWS)
    return dataset


def _save_job(
    workspace: Workspace,
    job_id: str,
    kind: str,
    dataset: Dataset | None,
    parameters: dict[str, object],
    run_id: int,
    *,
    state: str = "done",
) -> None:
    at = NOON + datetime.timedelta(minutes=run_id)
    row = JobRow(
        id=job_id,
        kind=kind,
        dataset_id=0 if dataset is None else dataset.id,
        dataset="",
        parameters=json.loads(json.dumps(parameters)),
        state=state,
        attempt=1,
        n_todo=2,
        n_done=2,
        n_failed=0,
        message="",
        who="Ana",
        run_id=run_id,
        created_at=at,
        started_at=at,
        finished_at=at + datetime.timedelta(seconds=4),
        figures={},
    )
    save_job(workspace, row)

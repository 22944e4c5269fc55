"""Pictures that were collected: what each source named, what became of it, and where what was kept comes from."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.statements import sql
from store.takedown import renew_taken_down

# What a source says of a picture that it names.
OF_A_SOURCE = [
    ("source", pa.string()),
    ("query", pa.string()),
    ("class", pa.string()),
    ("rank", pa.int32()),
    ("page_url", pa.string()),
    ("file_url", pa.string()),
    ("title", pa.string()),
    ("author", pa.string()),
    ("licence", pa.string()),
    ("licence_version", pa.string()),
    ("licence_url", pa.string()),
]
# What a worker publishes: candidates (n is given), and how questions stand (n is null; ask is given).
SEGMENT = pa.schema(
    [
        ("n", pa.int32()),
        ("ask", pa.int32()),
        *OF_A_SOURCE,
        ("attribution", pa.string()),
        ("raw", pa.string()),
        ("outcome", pa.string()),
        ("why", pa.string()),
        ("path", pa.string()),
        ("duplicate_of", pa.string()),
        ("sha256", pa.string()),
        ("etag", pa.string()),
        ("bytes", pa.int64()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("fetched_at", pa.timestamp("us")),
        ("n_wanted", pa.int32()),
        ("n_requests", pa.int32()),
        ("state", pa.string()),
        ("sentence", pa.string()),
    ]
)


@dataclass(frozen=True)
class Ask:
    """A question of a run to one source. n_found = n_kept + n_duplicate + n_refused + n_failed + n_left, always.

    n_had: of the duplicates, those whose address was known from an earlier run. state: asking, or why it ended:
    enough, end, nothing new, limit, failed. n_wanted: of the query, of all its sources together; 0: all.
    """

    ask: int
    source: str
    query: str
    class_name: str | None
    n_wanted: int
    n_requests: int
    state: str
    sentence: str
    n_found: int
    n_kept: int
    n_duplicate: int
    n_had: int
    n_refused: int
    n_failed: int
    n_left: int
    n_bytes: int


@dataclass(frozen=True)
class Reason:
    """Why so many candidates of a question were not kept. outcome: duplicate, refused, failed, left."""

    source: str
    query: str
    outcome: str
    reason: str
    n: int


@dataclass(frozen=True)
class Host:
    """How many pictures were fetched that a host's addresses name."""

    host: str
    n: int


def land_collected(cursor: duckdb.DuckDBPyConnection, dataset_id: int, *, table: pa.Table, run_id: int) -> None:
    """Take a segment (SEGMENT) into an open transaction; what landed before in the same run is replaced."""
    cursor.register("incoming", table)
    for statement in ("land_collected", "land_collected_asks"):
        cursor.execute(sql(statement), {"run_id": run_id, "dataset_id": dataset_id})
    cursor.unregister("incoming")
    renew_taken_down(cursor, dataset_id)  # of a picture here, another address may be known by now


def asks_of(workspace: Workspace, run_id: int) -> list[Ask]:
    """The questions of a run, as they stand, with the counts of what has landed so far."""
    return workspace.all("collected_asks", Ask, run_id=run_id)


def reasons_of(workspace: Workspace, run_id: int) -> list[Reason]:
    """Why candidates of a run were not kept, by source and query, the most frequent first."""
    return workspace.all("collected_reasons", Reason, run_id=run_id)


def hosts_of(workspace: Workspace, run_id: int, *, most: int = 20) -> list[Host]:
    """The hosts that most pictures of a run were fetched from."""
    return workspace.all("collected_hosts", Host, run_id=run_id, most=most)


def ended_asks(workspace: Workspace, run_id: int) -> set[int]:
    """The numbers of the questions of a run that have ended."""
    return set(workspace.read("asks_that_ended", run_id=run_id)["ask"].to_pylist())


def addresses_had(workspace: Workspace, dataset_id: int, *, but_run: int) -> pa.Table:
    """file_url, path of what other runs of the dataset kept, or found to be a duplicate."""
    return workspace.read("addresses_had", dataset_id=dataset_id, run_id=but_run)


def pictures_had(workspace: Workspace, dataset_id: int) -> pa.Table:
    """path, sha256, pixel_sha256, phash of the dataset's images, by which duplicates are known."""
    return workspace.read("pictures_had", dataset_id=dataset_id)


def standing_takedowns(workspace: Workspace, dataset_id: int) -> pa.Table:
    """what (address, author, site, picture), value of the wishes that stand for the dataset."""
    return workspace.read("standing_takedowns", dataset_id=dataset_id)


def with_origin(workspace: Workspace, dataset_id: int, files: pa.Table) -> pa.Table:
    """`files` (SourceState.files) with the address and licence that each was collected with, where it says none."""
    if not workspace.count("n_collected", dataset_id=dataset_id):
        return files
    found = workspace.read_beside({"incoming": files}, sql("files_with_origin"), dataset_id=dataset_id)
    return found.cast(files.schema)


def has_classes(workspace: Workspace, dataset_id: int) -> bool:
    """Whether any of the dataset's collected pictures was asked for by a class."""
    return workspace.count("n_collected_with_class", dataset_id=dataset_id) > 0

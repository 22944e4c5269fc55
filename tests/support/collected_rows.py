"""Pictures that were collected, as a run leaves them: files in the workspace's own folder, and rows of `collected`."""

import datetime
import hashlib
from pathlib import Path

import pyarrow as pa

from store.collected import SEGMENT, land_collected
from store.connection import Workspace
from store.datasets import Dataset, find_dataset
from store.versions import freeze
from tests.support.exporting import imported, noise

NAME = "big cats"
CLASSES = ("cheetah", "leopard", "lynx")
RUN = 900
LICENCES = (
    ("CC-BY", "4.0"), ("CC-BY-SA", "3.0"), ("CC0", "1.0"), ("CC-BY-NC", "2.0"), ("CC-BY-ND", "2.0"), (None, None),
)  # fmt: skip
FETCHED = datetime.datetime(2026, 11, 20, 9, 30)


def candidate(n: int, *, source: str, query: str, outcome: str, **more: object) -> dict[str, object]:
    """A row of a run: the nth candidate."""
    licence, version = LICENCES[n % len(LICENCES)]
    row: dict[str, object] = {
        "n": n, "source": source, "query": query, "rank": n + 1, "outcome": outcome, "raw": "{}",
        "file_url": f"https://img.{source}.example/{n}.jpg", "page_url": f"https://www.{source}.example/photos/{n}",
        "title": f"Cat {n} in <b>grass</b>", "author": f"Ada {n % 4}", "licence": licence, "licence_version": version,
        "licence_url": None, "attribution": None, "fetched_at": FETCHED if outcome in ("kept", "duplicate") else None,
    }  # fmt: skip
    return {**row, **more}


def land_candidates(workspace: Workspace, dataset_id: int, rows: list[dict[str, object]], *, run_id: int = RUN) -> None:
    """Land rows of candidate."""
    with workspace.writing(dataset_id) as cursor:
        land_collected(cursor, dataset_id, table=pa.Table.from_pylist(rows, schema=SEGMENT), run_id=run_id)


def collected_dataset(workspace: Workspace, *, n: int = 12, name: str = NAME, freezes: bool = True) -> Dataset:
    """n kept pictures a class, found by two queries at two sources; others were duplicates, refused, failed, left.

    A version `v1` of all of them.
    """
    root = workspace.root / "collected" / name
    rows: list[dict[str, object]] = []
    for place, class_name in enumerate(CLASSES):
        (root / class_name).mkdir(parents=True)
        for i in range(n):
            path = _drawn(root, class_name, seed=1000 * place + i)
            source, query = ("openverse", class_name) if i % 3 else ("commons", f"{class_name} animal")
            sha256 = hashlib.sha256((root / path).read_bytes()).hexdigest()
            about = {"class": class_name, "path": path, "sha256": sha256, "width": 96, "height": 96, "bytes": 4000}
            rows.append(candidate(len(rows), source=source, query=query, outcome="kept", **about))
        first = next(row for row in rows if row["class"] == class_name)
        about = {"class": class_name, "why": "same bytes", "duplicate_of": first["path"], "author": "Eve Copy"}
        rows.append(candidate(len(rows), source="openverse", query=class_name, outcome="duplicate", **about))
        for outcome, why in (("refused", "licence"), ("failed", "timeout"), ("left", "enough")):
            about = {"class": class_name, "why": why}
            rows.append(candidate(len(rows), source="openverse", query=class_name, outcome=outcome, **about))
    imported(workspace, root, name)
    dataset = find_dataset(workspace, name)
    land_candidates(workspace, dataset.id, rows)
    if freezes:
        freeze(workspace, dataset.id, name="v1", who="ada")
    return find_dataset(workspace, name)


def _drawn(root: Path, class_name: str, *, seed: int) -> str:
    path = f"{class_name}/{seed:020d}.jpg"
    noise(seed, side=96).save(root / path, quality=90)
    return path

"""Doors into a workspace: decisions of others, results from elsewhere, requests in the inbox."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from jobs.engine.errors import JobError, PackRefused
from jobs.engine.folder import job_folder
from jobs.engine.pack import unpack
from jobs.engine.supervisor import Supervisor
from store import review
from store.connection import Workspace, open_workspace
from store.datasets import find_dataset
from store.decision_files import decisions_file, merge_decisions, preview_merge
from store.decisions import history
from store.errors import BadDecisionFile
from tests.support.flock import make_birds
from tests.support.forms import as_json, as_parquet
from tests.support.probing import probed_in_a_fork
from tests.support.small_workspace import land_random_vectors
from tests.support.target import Try
from tests.support.wild import damaged, json_values, texts


def birds(folder: Path) -> tuple[Workspace, int]:
    workspace = open_workspace(folder / "w")
    dataset = make_birds(workspace)
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    return workspace, dataset.id


_SHA256 = "303030302e706e67".ljust(64, "0")
_ACT = {
    **{
        "sha256": b"00000.png".hex().ljust(64, "0"),
        "path": "00000.png",
        "act": "relabel",
        "label": "gull",
        "labels": None,
    },
    **{
        "reason": "seen",
        "evidence": {"margin": -0.5},
        "who": "Ada",
        "decided_at": "2026-03-01T10:00:00",
        "undone_by": None,
    },
}
DECISIONS = {
    **{"format": "vitrine-decisions", "version": 1, "dataset": "birds", "classes": ["crow", "gull", "wren"]},
    "acts": [_ACT, {**_ACT, "act": "keep", "label": None, "decided_at": "2026-03-01T10:00:01+02:00"}],
}


def merge(folder: Path) -> Try:
    workspace, dataset_id = birds(folder)

    def one(drawn: object) -> None:
        text = drawn if isinstance(drawn, bytes) else as_json(drawn)
        try:
            merge_decisions(workspace, dataset_id, text)
        except BadDecisionFile as refused:
            assert str(refused).strip()
            return
        review.verdicts(workspace, dataset_id, run_id=1)
        review.blind_verdicts(workspace, dataset_id, run_id=1)
        workspace.read_text("SELECT * FROM validation_answer")
        history(workspace, dataset_id)
        preview_merge(workspace, dataset_id, decisions_file(workspace, dataset_id, dataset="birds"))

    return one


_SEGMENT = {
    "image_id": [1, 2],
    "neighbours": [[2, 3], [1, 3]],
    "similarities": [[0.9, 0.8], [0.9, 0.7]],
    "reason": [None, None],
}


def segments() -> st.SearchStrategy[bytes]:
    number = st.one_of(st.integers(-2, 9), st.sampled_from([2**31, -(2**63), 2**62]))
    similarity = st.one_of(st.floats(-1.5, 1.5), st.sampled_from([float("nan"), float("inf"), 1e308]))
    row = st.fixed_dictionaries(
        {
            "image_id": st.none() | number,
            "neighbours": st.none() | st.lists(number, max_size=3),
            "similarities": st.none() | st.lists(similarity, max_size=3),
            "reason": st.none() | st.text(max_size=5),
        }
    )
    return st.one_of(st.lists(row, min_size=1, max_size=7).map(_segment), damaged([as_parquet(_SEGMENT)]))


def _segment(rows: list[dict[str, Any]]) -> bytes:
    try:
        return as_parquet({name: [row[name] for row in rows] for name in _SEGMENT})
    except (pa.ArrowException, UnicodeEncodeError):
        return b""


def bring_results(folder: Path) -> Try:
    workspace, _ = birds(folder)
    supervisor = Supervisor(workspace)
    n_asked = 0

    def one(data: bytes) -> None:
        nonlocal n_asked
        n_asked += 1
        job_id = supervisor.start("neighbours", dataset="birds", parameters={"k": 1 + n_asked % 5}, hold=True)
        with zipfile.ZipFile(folder / "r.zip", "w") as packed:
            packed.writestr("job/segments/000000.parquet", data)
        try:
            with probed_in_a_fork():
                unpack(workspace.root, folder / "r.zip", job_id)
            supervisor.land(job_id)
        except (PackRefused, JobError) as refused:
            assert str(refused).strip()
            assert not (job_folder(workspace.root, job_id).path / "incoming").exists()
            assert (
                workspace.read_text(f"SELECT count(*) AS n FROM segment WHERE job_id = '{job_id}'")["n"][0].as_py() == 0
            )
        graph = workspace.read_text("SELECT unnest(similarities) AS similarity FROM neighbour_list")
        assert np.isfinite(graph["similarity"].to_numpy()).all()

    return one


_ACTIONS = (
    *(
        "start",
        "cancel",
        "resume",
        "retry",
        "land",
        "job",
        "snapshot",
        "freeze",
        "export-decisions",
    ),
    *(
        "merge-decisions",
        "people-are-blurred",
    ),
)
_ARGUMENTS = (
    *(
        "kind",
        "dataset",
        "parameters",
        "job_id",
        "name",
        "note",
        "who",
        "target",
        "source",
        "conflicts",
    ),
    *(
        "dry_run",
        "hold",
        "trusted",
    ),
)


def requests() -> st.SearchStrategy[Any]:
    action, names = st.sampled_from(_ACTIONS), st.sampled_from(_ARGUMENTS)
    arguments = st.dictionaries(names | texts(), json_values() | st.just("birds"), max_size=4)
    return st.one_of(
        st.fixed_dictionaries({"action": action, "arguments": arguments}),
        json_values(),
        damaged([b'{"action": "cancel", "arguments": {"job_id": "a"}}']),
    )


def ask(folder: Path) -> Try:
    workspace, _ = birds(folder)
    supervisor = Supervisor(workspace)
    inbox = workspace.root / "inbox"
    inbox.mkdir()

    def one(drawn: object) -> None:
        (inbox / "0123456789abcdef.json").write_bytes(drawn if isinstance(drawn, bytes) else as_json(drawn))
        supervisor.tick()
        reply = json.loads((inbox / "0123456789abcdef.reply.json").read_text(encoding="utf-8"))
        assert set(reply) in ({"error"}, {"value"})
        for path in inbox.iterdir():
            path.unlink()
        for job in supervisor.active():
            supervisor.cancel(job.id)
        assert find_dataset(workspace, "birds").id

    return one

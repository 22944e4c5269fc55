"""The check-submission job: any folder against every rule of a DS801 submission. It knows nothing of exports."""

import json
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow as pa

from importers.sources import PicturePath, Root
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import read_json
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.submission.kind import CheckSubmissionParameters
from jobs.submission.rules import ERROR, RULES, Originals, check_submission, key_of
from store.connection import Workspace
from store.datasets import class_names, find_dataset
from store.exports import original_keys

ABOUT = "about.json"


def compute(work: Work[CheckSubmissionParameters]) -> Figures:
    """Check the folder; what was found is in the figures."""
    about = read_json(work.folder.path / ABOUT) or {}
    originals = _originals(pa.concat_tables(work.todo()), work.root, n_classes=about["n_classes"])
    total = max(work.n_todo, 1)

    def report(n: int) -> None:
        if n % 64 == 0:
            work.report(min(n, total - 1), total=total, message="Reading pictures")

    findings = check_submission(Path(work.parameters.folder), originals, report=report)
    work.report(work.n_todo, message="Checked")
    n_errors = sum(finding.level == ERROR for finding in findings)
    rules = [{"rule": rule, "level": level, "asks": asks} for rule, (level, asks) in RULES.items()]
    return {
        "passes": not n_errors,
        "n_errors": n_errors,
        "n_warnings": len(findings) - n_errors,
        "findings": [asdict(finding) for finding in findings],
        "rules": rules,
        "n_originals": len(originals.files),
    }


def _originals(table: pa.Table, root: Root, *, n_classes: int) -> Originals:
    files: dict[str, PicturePath | None] = {}
    sha256: dict[str, str] = {}
    for row in table.to_pylist():
        key = key_of(row["path"])
        if key is not None:
            files[key] = None if row["missing"] else root / row["path"]
            sha256[key] = row["sha256"]
    return Originals(files, sha256, n_classes)


def prepare(
    workspace: Workspace, dataset: str, parameters: CheckSubmissionParameters, run_id: int
) -> Prepared[CheckSubmissionParameters]:
    """Check against all of the dataset's pictures that are the course's originals."""
    found = find_dataset(workspace, dataset)
    if not parameters.folder.strip():
        raise UnknownParameter("check-submission: folder says which folder is to be checked; it is empty.")
    todo = original_keys(workspace, found.id)
    keys = [key_of(path) for path in todo["path"].to_pylist()]
    if not any(keys):
        raise NothingToDo(
            f"No picture of {found.name} is called img_KEY.jpg, so it holds no originals of the course to check "
            "against."
        )
    n_classes = parameters.classes or len(class_names(workspace, found.id))

    def write_inputs(folder: Path) -> None:
        (folder / ABOUT).write_text(json.dumps({"n_classes": n_classes}), encoding="utf-8")

    chosen = parameters.changed(folder=str(Path(parameters.folder).expanduser().absolute()))
    return Prepared(found.id, found.name, found.root, todo, chosen, write_inputs=write_inputs)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[CheckSubmissionParameters], table: pa.Table) -> None:
    """Nothing is published: what was found is in the run's figures."""


def finish(workspace: Workspace, job: Job[CheckSubmissionParameters]) -> Figures:
    """Nothing to add to what the worker found."""
    return {}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)

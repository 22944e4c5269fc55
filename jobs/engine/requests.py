"""What the command line asks of the owner besides jobs: naming a version, and decisions as files."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evidence.claims import freeze_with_claims
from evidence.findings import find
from jobs.engine.access_requests import ACCESS_ACTS
from jobs.engine.claim_requests import CLAIM_ACTS
from jobs.engine.report_requests import REPORT_ACTS
from jobs.engine.takedown_requests import TAKEDOWN_ACTS
from store.connection import Workspace
from store.datasets import find_dataset
from store.decision_files import decisions_file, merge_decisions, preview_merge, read_decisions_file
from store.privacy import hides_people


def freeze_version(workspace: Workspace, *, dataset: str, name: str, note: str, who: str) -> dict[str, object]:
    """Keep the dataset as it is now under a name: its version, name and number of images; raises BadVersion.

    What every claim's numbers are then is recorded with it.
    """
    made = freeze_with_claims(workspace, find_dataset(workspace, dataset), name=name, note=note, who=who)
    return {"version": made.id, "name": made.name, "images": made.n_images, "labelled": made.n_labelled}


def export_decisions(workspace: Workspace, *, dataset: str, target: str) -> dict[str, object]:
    """Write all acts of a dataset to the new file `target`; raises OSError, FileExistsError among others."""
    found = find_dataset(workspace, dataset)
    text = decisions_file(workspace, found.id, dataset=found.name)
    with Path(target).open("x", encoding="utf-8") as file:
        file.write(text)
    return {"file": target, "bytes": len(text.encode())}


def import_decisions(
    workspace: Workspace, *, dataset: str, source: str, conflicts: str, dry_run: bool
) -> dict[str, object]:
    """Take in the decisions file `source`, or say what it would bring; raises BadDecisionFile, OSError."""
    merge = preview_merge if dry_run else merge_decisions
    found = find_dataset(workspace, dataset)
    merged = merge(workspace, found.id, read_decisions_file(Path(source)), conflicts=conflicts)
    return {**dataclasses.asdict(merged), "kept": not dry_run}


def people_are_blurred(workspace: Workspace, *, dataset: str) -> bool:
    """Whether people in a dataset's pictures, or in the same ones in another, are to be blurred in all that leaves."""
    return hides_people(workspace, find_dataset(workspace, dataset).id)


def findings(workspace: Workspace, *, dataset: str) -> list[dict[str, object]]:
    """What was found in a dataset, the most consequential first: sentence, number, interval, n, run."""
    found = find(workspace, find_dataset(workspace, dataset))
    return [
        {"sentence": each.sentence, "number": each.number, "interval": each.interval, "n": each.n, "run": each.run_id}
        for each in found
    ]


ACTS: Mapping[str, Callable[..., Any]] = {
    "findings": findings,
    "freeze": freeze_version,
    "export-decisions": export_decisions,
    "merge-decisions": import_decisions,
    "people-are-blurred": people_are_blurred,
    **ACCESS_ACTS,
    **CLAIM_ACTS,
    **REPORT_ACTS,
    **TAKEDOWN_ACTS,
}

"""Which dataset a visitor's order is about, for those for whom not all datasets exist."""

from collections.abc import Mapping
from typing import Any

from store.connection import Workspace
from store.datasets import list_datasets
from store.ledger import find_job


def dataset_by_name(given: Mapping[str, Any]) -> int:
    """The dataset that is named `dataset`; 0 for a new one."""
    return next((each.id for each in list_datasets(_workspace(given)) if each.name == given.get("dataset")), 0)


def dataset_of_job(given: Mapping[str, Any]) -> int:
    """The dataset of the job `job_id`; 0 where there is none."""
    row = find_job(_workspace(given), str(given.get("job_id", "")))
    return 0 if row is None else row.dataset_id


def _workspace(given: Mapping[str, Any]) -> Workspace:
    """The workspace of a Supervisor, or of its Analyses."""
    asked: Workspace = getattr(given["self"], "workspace", None) or given["self"].owner.workspace
    return asked

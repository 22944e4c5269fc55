"""A run that has ended, as its job leaves it: nothing but its row."""

from store.connection import Workspace
from store.runs import RunStart, finish_run, new_run_id, start_run


def ran(workspace: Workspace, kind: str, figures: dict, parameters: dict | None = None) -> int:
    """Record a finished run of the first dataset, newer than all that it might have read; its number."""
    run_id = new_run_id(workspace)
    with workspace.writing(1) as cursor:
        start_run(cursor, RunStart(run_id, 1, f"{kind}-x", kind, "space", parameters or {}, None, "v", 10**6, None))
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures=figures)
    return run_id

"""Whether a result that is there still holds: what it rests on has not changed since, and it is what is asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.engine.kinds import JobKind
from jobs.engine.parameters import Parameters
from store.connection import Workspace
from store.runs import FinishedRun, changed_since, finished_runs
from store.subjects import DATA, PICTURES

# what lies outside may have changed without a word
_ALWAYS = ("collect", "import", "import-vectors", "move", "export", "export-vectors", "upload", "verify")


def fresh_run(
    workspace: Workspace,
    dataset_id: int,
    *,
    kind: JobKind[Any],
    parameters: Parameters,
    given: Mapping[str, Any],
    needed: Sequence[int],
) -> FinishedRun | None:
    """The newest finished run of a kind whose result still holds, or None.

    given: the parameters that were asked for; a run may have any others where nothing was. needed: the runs of the
    steps that this one is made of; a run that is older than one of them is old.
    """
    if kind.name in _ALWAYS:
        return None
    asked = {name: value for name, value in parameters.as_json().items() if name in given}
    variant = kind.variant_of(parameters.as_json()) if kind.variant_of else ""
    for run in finished_runs(workspace, dataset_id, kind=kind.name, of=FinishedRun):
        own = kind.variant_of(run.parameters) if kind.variant_of else ""
        if own != variant or any(run.parameters.get(name) != value for name, value in asked.items()):
            continue
        holds = not _changed(workspace, run, kind) and all(run.run_id > other for other in needed)
        return run if holds else None
    return None


def _changed(workspace: Workspace, run: FinishedRun, kind: JobKind[Any]) -> bool:
    """Whether something that the run read has changed; one that reads nothing of the dataset looks at its pictures."""
    if kind.reads:
        return run.is_stale
    return bool(changed_since(workspace, run.run_id) & {PICTURES, DATA})

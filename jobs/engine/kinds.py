"""The job kinds: what a kind must offer, and where it is."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from jobs.engine.errors import UnknownKind, UnknownParameter
from jobs.engine.spec import JobSpec
from store.connection import Workspace

MODULES = {
    "import": "jobs.import_.job",
    "embed": "jobs.embed.job",
    "neighbours": "jobs.neighbours.job",
    "projection": "jobs.projection.job",
    "medoids": "jobs.medoids.job",
    "duplicates": "jobs.neighbours.duplicates_job",
    "label-issues": "jobs.label_issues.job",
    "data-budget": "jobs.data_budget.job",
    "detect": "jobs.detect.job",
    "crops": "jobs.detect.crops_job",
    "validation": "jobs.label_issues.validation_job",
    "augment-preview": "jobs.export.preview_job",
    "export": "jobs.export.job",
    "check-submission": "jobs.submission.job",
    "planted-labels": "jobs.label_issues.planted_job",
    "train": "jobs.train.job",
    "saliency": "jobs.saliency.job",
    "zero-shot": "jobs.zero_shot.job",
    "attributes": "jobs.zero_shot.attributes_job",
}
FILES, COMPUTE = "files", "compute"


@dataclass(frozen=True)
class Prepared:
    """What the owner found out before a worker starts: whose rows, and which are still missing.

    write_inputs(folder): called once the job's folder is laid out; leaves there what the worker needs of the file.
    """

    dataset_id: int
    dataset: str
    root: str
    todo: pa.Table
    parameters: dict[str, object]
    model: str | None = None
    write_inputs: Callable[[Path], None] | None = None


@dataclass(frozen=True)
class Kind:
    """A job kind as its owner sees it. `compute(work)` of the same module is the worker's half.

    defaults: every parameter with its default, which also fixes its type.
    prepare(workspace, dataset_name, parameters, run_id): what is still missing; called again for a resume.
    land(cursor, spec, table): takes a segment into an open transaction.
    finish(workspace, spec): figures to add once all segments have landed.
    changes_data: results computed before become stale when a segment lands.
    brings: files of its folder that a job computed elsewhere brings back besides segments, and their bytes at most.
    check_brought(folder, spec, workspace=root): looks through them before they are taken in; the figures to keep.
    """

    name: str
    lane: str
    defaults: Mapping[str, object]
    prepare: Callable[[Workspace, str, dict[str, object], int], Prepared]
    land: Callable[[duckdb.DuckDBPyConnection, JobSpec, pa.Table], None]
    finish: Callable[[Workspace, JobSpec], dict[str, object]]
    changes_data: bool = False
    brings: Mapping[str, int] = field(default_factory=dict)
    check_brought: Callable[..., dict[str, object]] | None = None


def module_of(kind: str) -> str:
    """The module of a job kind; raises UnknownKind, which lists those there are."""
    if kind not in MODULES:
        raise UnknownKind(f"There is no job kind {kind!r}. Kinds: {', '.join(MODULES)}.")
    return MODULES[kind]


def load_kind(kind: str) -> Kind:
    """The owner's half of a job kind."""
    return importlib.import_module(module_of(kind)).KIND


def complete_parameters(kind: Kind, given: Mapping[str, object]) -> dict[str, object]:
    """`given` with the kind's defaults, each value of its default's type; raises UnknownParameter."""
    unknown = sorted(set(given) - set(kind.defaults))
    if unknown:
        raise UnknownParameter(
            f"{kind.name} has no parameter {unknown[0]!r}. Parameters: {', '.join(sorted(kind.defaults))}."
        )
    return {name: _typed(kind, name, given.get(name, default), default) for name, default in kind.defaults.items()}


def _typed(kind: Kind, name: str, value: object, default: object) -> object:
    if isinstance(default, bool):
        text = str(value).lower()
        if text not in ("true", "false", "1", "0", "yes", "no"):
            raise UnknownParameter(f"{kind.name}: {name} is yes or no, not {value!r}.")
        return text in ("true", "1", "yes")
    if isinstance(default, (int, float)):
        try:
            return type(default)(value)
        except (TypeError, ValueError):
            raise UnknownParameter(f"{kind.name}: {name} is a number such as {default}, not {value!r}.") from None
    return value

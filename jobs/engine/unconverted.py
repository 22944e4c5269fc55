"""Kinds whose job.py still holds a `Kind` with a dictionary of defaults, shown to the engine as self-describing ones.

It goes when the last kind has a kind.py.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pydantic

from jobs.engine import kinds
from jobs.engine.parameters import IsPath, Parameters

UNCONVERTED = {
    "augment-preview": "jobs.export.preview_job",
    "export": "jobs.export.job",
    "check-submission": "jobs.submission.job",
    "zero-shot": "jobs.zero_shot.job",
    "attributes": "jobs.zero_shot.attributes_job",
}
_HERE_ONLY = ("export", "augment-preview", "check-submission")
_PATHS = ("folder", "weights", "predictions", "class_file")


@dataclass(frozen=True)
class Kind:
    name: str
    lane: str
    defaults: Mapping[str, object]
    prepare: Callable[..., Any]
    land: Callable[..., Any]
    finish: Callable[..., Any]
    changes_data: bool = False
    brings: Mapping[str, int] = field(default_factory=dict)
    check_brought: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Prepared:
    dataset_id: int
    dataset: str
    root: str
    todo: Any
    parameters: dict[str, Any]
    model: str | None = None
    write_inputs: Callable[[Path], None] | None = None


@dataclass(frozen=True, kw_only=True)
class _Described(kinds.JobKind[Any]):
    def code(self) -> kinds.JobCode[Any]:
        module = importlib.import_module(UNCONVERTED[self.name])
        old: Kind = module.KIND

        def prepare(workspace, name, parameters, run_id):
            made = old.prepare(workspace, name, parameters.as_json(), run_id)
            return kinds.Prepared(
                made.dataset_id,
                made.dataset,
                made.root,
                made.todo,
                self.parameters.model_construct(**made.parameters),
                made.model,
                made.write_inputs,
            )

        def compute(work):
            work.parameters = dict(work.spec.parameters)
            return module.compute(work)

        check = None
        if old.check_brought is not None:
            check = lambda folder, job, workspace: old.check_brought(folder, job.spec, workspace=workspace)  # noqa: E731
        return kinds.JobCode(
            prepare=prepare,
            compute=compute,
            land=lambda cursor, job, table: old.land(cursor, job.spec, table),
            finish=lambda workspace, job: old.finish(workspace, job.spec),
            check_returned=check,
        )


def described(name: str) -> kinds.JobKind[Any]:
    old: Kind = importlib.import_module(UNCONVERTED[name]).KIND
    fields: dict[str, Any] = {}
    for key, default in old.defaults.items():
        alias = key if key == "with" else None
        marks = [IsPath()] if key in _PATHS else []
        info = pydantic.Field(default, alias=alias, description=key)
        kind = type(default) if type(default) is not str else str | list[str]
        annotation = kind
        for mark in marks:
            from typing import Annotated

            annotation = Annotated[annotation, mark]
        fields[key if alias is None else f"{key}_"] = (annotation, info)
    model = pydantic.create_model(f"Of{name}", __base__=Parameters, **fields)
    return _Described(
        name=name,
        title=name,
        icon="work",
        summary=name,
        lane=old.lane,
        parameters=model,
        changes_data=old.changes_data,
        here_only=name in _HERE_ONLY,
        brings=old.brings,
    )

"""The job kinds: what a kind says of itself, and where its code is.

A kind is two files of a folder in jobs/: `kind.py` holds KIND, a JobKind, light enough to be read at every start;
`job.py` holds JOB, a JobCode, which is imported when a job of the kind is prepared, computed or landed. A folder with
several kinds has them as `<name>_kind.py` and `<name>_job.py`. Being there is all the registration there is.
"""

import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import duckdb
import pyarrow as pa

from jobs.engine.errors import UnknownKind
from jobs.engine.parameters import Parameters, describe, path_names, read_parameters
from jobs.engine.parts import InParts
from jobs.engine.segment_schema import Segment
from jobs.engine.spec import JobSpec, JobView, ParameterView
from store.connection import Workspace
from store.subjects import SUBJECTS

if TYPE_CHECKING:
    from jobs.engine.worker import Work

FILES, COMPUTE, NETWORK = "files", "compute", "network"
_FIRST = ("import", "embed")
JOBS = Path(__file__).parents[1]
Figures = dict[str, Any]  # what came of a job, as it is kept as JSON
P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True)
class Order:
    """What somebody asks for: whose data, with which parameters. root: the dataset's folder, "" before it is known."""

    dataset: str
    parameters: Parameters
    root: str = ""


def same_parameters(asked: Order, active: Order) -> bool:
    """Whether an order asks for what an active job does: the same dataset and the same parameters."""
    return asked.dataset == active.dataset and asked.parameters == active.parameters


@dataclass(frozen=True)
class Prepared(Generic[P]):
    """What the owner found out before a worker starts: whose rows, and which are still missing.

    parameters: as they were given, with what was chosen for the person filled in.
    write_inputs(folder): called once the job's folder is laid out; leaves there what the worker needs of the file.
    """

    dataset_id: int
    dataset: str
    root: str
    todo: pa.Table
    parameters: P
    model: str | None = None
    write_inputs: Callable[[Path], None] | None = None


@dataclass(frozen=True)
class Job(Generic[P]):
    """A job as its kind sees it: the whole order, and its parameters with their types."""

    spec: JobSpec
    parameters: P

    @property
    def run_id(self) -> int:
        """The run that its rows belong to."""
        return self.spec.run_id

    @property
    def dataset_id(self) -> int:
        """The dataset it works on."""
        return self.spec.dataset_id


@dataclass(frozen=True)
class FollowUp:
    """An order that one job lets follow another, of the same dataset. kind: of the job that follows."""

    kind: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class JobCode(Generic[P]):
    """What a kind does. The owner calls prepare, land and finish; the worker's process calls compute.

    prepare(workspace, dataset_name, parameters, run_id): what is still missing; called again for a resume.
    compute(work): reads the todo, publishes segments, reports; its figures.
    land(cursor, job, table): takes a segment into an open transaction.
    finish(workspace, job): figures to add once all segments have landed.
    check_returned(folder, job, workspace=root): looks through the files that a job computed elsewhere brings back
    before they are taken in; the figures to keep.
    then(workspace, job): what is to follow a job that is done, or None; engine/following.py sees to it.
    """

    prepare: Callable[[Workspace, str, P, int], Prepared[P]]
    compute: Callable[["Work[P]"], Figures]
    land: Callable[[duckdb.DuckDBPyConnection, Job[P], pa.Table], None]
    finish: Callable[[Workspace, Job[P]], Figures]
    check_returned: Callable[..., Figures] | None = None
    then: Callable[[Workspace, Job[P]], FollowUp | None] | None = None


@dataclass(frozen=True, kw_only=True)
class JobKind(Generic[P]):
    """A job kind, described by itself.

    name: the word on the command line. title: on pages, "Label check". icon: of Material Symbols.
    summary: a sentence or two about what it does, for --help and the documents; Markdown.
    lane: one job a lane runs at a time (FILES, COMPUTE or NETWORK).
    parameters: the model of its parameters.
    changes_data: its segments change images, labels or splits, so it runs beside no other job of its dataset; its
    `land` notes what (store.subjects.note_changes).
    reads: what of the dataset its results rest on (of store.subjects): they are stale once one of it has changed. All
    of it unless the kind says otherwise; () for what does not grow old. A function says it of the parameters.
    here_only: it reads or writes folders of this machine (a network's weights, say), so it cannot be packed.
    needs_pictures: it reads picture files, so it can do nothing with a dataset of points; a function says it of the
    parameters.
    notes: what else is to be known, for the documents; Markdown.
    stale: what a page adds when it has said what has changed since: what still holds, and what to do.
    same_order(asked, active): whether an order asks for what an active job already does.
    outcome(view): what came of a finished job, in a sentence; "" where the figures say nothing of interest.
    verdict(figures): why a command that ran a finished job ends with the status 1 all the same; "" where it does not.
    variants: titles of orders that pages tell apart from the others of the kind (a speed trial), by their name.
    variant_of(parameters): the name of the variant that an order is, or "".
    brings: files of its folder that a job computed elsewhere brings back besides segments, and their bytes at most.
    lands_together: how many segments go into one transaction, while its worker is at work: of large vectors
    DuckDB writes what fills its units once, and what does not again and again.
    ends_with_follower: in a recipe, what needs it waits for the job that follows it (`JobCode.then`) as well.
    segment: what its segments may hold; None for a kind that is computed here only.
    in_parts: how its rows are computed in parts on other machines; None for a kind whose rows need each other.
    whole_because: why a kind is not computed in parts, as the end of a sentence and what to do instead.
    """

    name: str
    title: str
    icon: str
    summary: str
    lane: str
    parameters: type[P]
    changes_data: bool = False
    reads: tuple[str, ...] | Callable[[P], tuple[str, ...]] = SUBJECTS
    here_only: bool = False
    needs_pictures: bool | Callable[[P], bool] = False
    notes: str = ""
    stale: str = ""
    same_order: Callable[[Order, Order], bool] = same_parameters
    outcome: Callable[[JobView], str] | None = None
    verdict: Callable[[Mapping[str, Any]], str] | None = None
    variants: Mapping[str, str] = field(default_factory=dict)
    variant_of: Callable[[Mapping[str, Any]], str] | None = None
    brings: Mapping[str, int] = field(default_factory=dict)
    lands_together: int = 1
    ends_with_follower: bool = False
    segment: Segment | None = None
    in_parts: InParts[P] | None = None
    whole_because: str = ""

    def read(self, given: Mapping[str, object]) -> P:
        """`given` with the kind's defaults, checked; raises UnknownParameter."""
        return read_parameters(self.parameters, given, kind=self.name)

    def job(self, spec: JobSpec) -> Job[P]:
        """A job of this kind, from its order."""
        return Job(spec, self.read(spec.parameters))

    def subjects(self, parameters: P) -> tuple[str, ...]:
        """What a run with these parameters reads, of store.subjects."""
        return self.reads(parameters) if callable(self.reads) else self.reads

    def views(self) -> dict[str, ParameterView]:
        """What can be said of each parameter."""
        return describe(self.parameters)

    def reads_pictures(self, parameters: P) -> bool:
        """Whether a run with these parameters reads picture files."""
        return self.needs_pictures(parameters) if callable(self.needs_pictures) else self.needs_pictures

    @property
    def defaults(self) -> dict[str, Any]:
        """Each parameter's default, by name."""
        return {name: view.default for name, view in self.views().items()}

    def paths(self) -> tuple[str, ...]:
        """The names of the parameters that are paths of this machine."""
        return path_names(self.parameters)

    def code(self) -> JobCode[P]:
        """What it does, imported at the first use."""
        package, _, name = _modules()[self.name].rpartition(".")
        code: JobCode[P] = importlib.import_module(f"{package}.{name.removesuffix('kind')}job").JOB
        return code


def all_kinds() -> dict[str, JobKind[Any]]:
    """Every kind by its name."""
    return dict(_kinds())


def load_kind(name: str) -> JobKind[Any]:
    """The kind called `name`; raises UnknownKind, which lists those there are."""
    kinds = _kinds()
    if name not in kinds:
        raise UnknownKind(f"There is no job kind {name!r}. Kinds: {', '.join(kinds)}.")
    return kinds[name]


@functools.cache
def _kinds() -> dict[str, JobKind[Any]]:
    """Kinds in the order of their names, behind those that all others need."""
    kinds = {kind.name: kind for kind in (importlib.import_module(module).KIND for module in _kind_modules())}
    return {name: kinds[name] for name in sorted(kinds, key=lambda name: (name not in _FIRST, name != "import", name))}


@functools.cache
def _modules() -> dict[str, str]:
    return {importlib.import_module(module).KIND.name: module for module in _kind_modules()}


@functools.cache
def _kind_modules() -> tuple[str, ...]:
    """The dotted names of all modules that describe a kind."""
    paths = sorted([*JOBS.glob("*/kind.py"), *JOBS.glob("*/*_kind.py")])
    return tuple(f"jobs.{path.parent.name}.{path.stem}" for path in paths)

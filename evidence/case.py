"""What every measure is asked of: a dataset of an open workspace, with what several measures read, read once."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar, cast

from evidence.errors import CannotMeasure
from store.claims import EyeCounts, eye_counts
from store.connection import Workspace
from store.datasets import Dataset, class_names
from store.runs import AnyRun, FinishedRun, finished_runs

Read = TypeVar("Read")


class Case:
    """A dataset at one moment. What is read is kept as long as the case, so nobody keeps a case for long."""

    def __init__(self, workspace: Workspace, dataset: Dataset):
        self.workspace = workspace
        self.dataset = dataset
        self._kept: dict[Hashable, object] = {}

    def once(self, key: Hashable, read: Callable[[], Read]) -> Read:
        """What `read` gives, read at the first call with this key."""
        if key not in self._kept:
            self._kept[key] = read()
        return cast(Read, self._kept[key])

    def forget(self, kind: str) -> None:
        """Let go of what was read under keys that begin with `kind`, where it is large and not needed again."""
        self._kept = {key: kept for key, kept in self._kept.items() if not (isinstance(key, tuple) and key[0] == kind)}

    @property
    def generation(self) -> int:
        """The dataset's count of changes of images, labels, splits and decisions."""
        return self.workspace.data_generation(self.dataset.id)

    @property
    def names(self) -> list[str]:
        """The classes' names as they count now, by index."""
        return self.once("names", lambda: class_names(self.workspace, self.dataset.id))

    def name(self, index: int) -> str:
        """What a class is called."""
        return self.names[index] if 0 <= index < len(self.names) else f"class {index}"

    def runs(self, kind: str) -> list[FinishedRun]:
        """The dataset's finished runs of a kind, newest first."""
        return self.once(
            ("runs", kind), lambda: finished_runs(self.workspace, self.dataset.id, kind=kind, of=FinishedRun)
        )

    def run(self, kind: str, run_id: int, *, what: str) -> FinishedRun:
        """The finished run of that kind and number, the newest for 0. what: as it is called. Raises CannotMeasure."""
        return chosen(self.runs(kind), run_id, what=what)

    def eyes(self) -> EyeCounts:
        """How many labels of the kept images a person has looked at."""
        return self.once("eyes", lambda: eye_counts(self.workspace, self.dataset.id))


def chosen(runs: Sequence[AnyRun], run_id: int, *, what: str) -> AnyRun:
    """The run of that number, the newest (the first) for 0; raises CannotMeasure, which says what there is not."""
    if not run_id and runs:
        return runs[0]
    for run in runs:
        if run.run_id == run_id:
            return run
    if not run_id:
        raise CannotMeasure(f"There is no finished {what} of this dataset.")
    raise CannotMeasure(f"Run {run_id} is gone: there is no finished {what} of that number.")

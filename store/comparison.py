"""What runs are compared on: runs that predicted classes, the pictures they are scored on, what each said of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from store.connection import Workspace
from store.runs import FinishedRun, finished_runs

SOURCES = ("set", "version", "selection", "all")
OUT_OF_FOLD, HELD_OUT, ZERO_SHOT = "out-of-fold", "held-out", "zero-shot"

# Why a run's prediction of a picture does not count; the codes of RunPredictions.state.
HONEST = 0
STATES = (
    "",
    "it was trained on",
    "it chose the settings",
    "a near duplicate was trained on",
    "left out of the run",
    "no prediction",
    "probabilities that are not numbers",
    "another number of classes",
)
_TRAINED, _CHOSE, _NEAR, _LEFT_OUT, _NONE, _NO_NUMBER, _OTHER_CLASSES = range(1, len(STATES))
_BY_PART = {"train": _TRAINED, "validation": _CHOSE, "copy": _NEAR, "left-out": _LEFT_OUT}


@dataclass(frozen=True, kw_only=True)
class _RunOfAKind(FinishedRun):
    kind: str
    model: str | None
    prediction_kind: str | None


@dataclass(frozen=True, kw_only=True)
class PredictionRun(_RunOfAKind):
    """A finished run that predicted classes. n: pictures with probabilities. prediction_kind: how a model was kept from
    seeing them (OUT_OF_FOLD, HELD_OUT, ZERO_SHOT); None where nobody says, and then it cannot be scored.
    """

    n: int


@dataclass(frozen=True)
class _Count:
    run_id: int
    n: int


@dataclass(frozen=True)
class Source:
    """Which pictures runs are scored on: an evaluation set, a version (split: one of its splits, None: all), a saved
    selection, or all of the dataset.
    """

    source: str
    number: int = 0
    split: str | None = None

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise ValueError(f"source must be one of {', '.join(SOURCES)}, not {self.source!r}")


@dataclass(frozen=True)
class RunPredictions:
    """What a run said of n pictures. probabilities: (n, c) float32, NaN where state (n,) is not HONEST.

    state: int8, places in STATES: why the prediction does not count.
    """

    probabilities: np.ndarray
    state: np.ndarray


@dataclass(frozen=True)
class ScoredPicture:
    """A picture as it is shown among those scored; label: the one that counts now."""

    image_id: int
    sha256: str
    path: str
    given_label: int | None
    label: int | None
    removed: bool


def list_prediction_runs(workspace: Workspace, dataset_id: int) -> list[PredictionRun]:
    """The dataset's finished runs that predicted classes, newest first."""
    counts = {each.run_id: each.n for each in workspace.all("prediction_counts", _Count, dataset_id=dataset_id)}
    runs = []
    for run in finished_runs(workspace, dataset_id, kind=None, of=_RunOfAKind):
        if run.run_id in counts:
            by_kind = run.prediction_kind or (ZERO_SHOT if run.kind == ZERO_SHOT else None)
            runs.append(PredictionRun(**{**vars(run), "prediction_kind": by_kind}, n=counts[run.run_id]))
    return runs


def scored_pictures(workspace: Workspace, dataset_id: int, *, source: Source, label_run: int) -> pa.Table:
    """image_id, set_label, given_label, label, removed, is_checked, is_doubted of the pictures, by id.

    label_run: the label check whose doubts count; 0 without one.
    """
    return workspace.read("scored_pictures", dataset_id=dataset_id, label_run=label_run, **vars(source))


def predictions_of(workspace: Workspace, dataset_id: int, *, source: Source, run: PredictionRun) -> RunPredictions:
    """What a run said of the source's pictures, by id; only predictions of pictures that taught it nothing are HONEST.

    Held-out runs: only those it tested on. Validation pictures chose its best epoch; copies resemble what it learnt.
    """
    table = workspace.read("scored_predictions", dataset_id=dataset_id, run_id=run.run_id, **vars(source))
    probabilities, lengths = _matrix(table["probabilities"])
    state = np.full(table.num_rows, HONEST, np.int8)
    if run.prediction_kind not in (OUT_OF_FOLD, ZERO_SHOT):
        part = table["part"].combine_chunks().dictionary_encode()
        codes = [_BY_PART.get(name, HONEST) for name in part.dictionary.to_pylist()] + [_NONE]
        state = np.array(codes, np.int8)[part.indices.fill_null(len(codes) - 1).to_numpy()]
    state[(state == HONEST) & (lengths < 0)] = _NONE
    state[(state == HONEST) & (lengths != probabilities.shape[1])] = _OTHER_CLASSES
    state[(state == HONEST) & ~np.isfinite(probabilities.sum(axis=1))] = _NO_NUMBER
    probabilities[state != HONEST] = np.nan
    return RunPredictions(probabilities, state)


def facts_of(workspace: Workspace, dataset_id: int, *, image_ids: Sequence[int]) -> list[ScoredPicture]:
    """What is shown of a page of pictures, in their order."""
    ids = [int(image_id) for image_id in image_ids]
    return workspace.all("scored_facts", ScoredPicture, dataset_id=dataset_id, image_ids=ids) if ids else []


def _matrix(lists: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, c) float32, NaN where a row has none or another number of them; lengths (n,), -1 for null."""
    lengths = pc.list_value_length(lists).fill_null(-1).to_numpy().astype(np.int64)
    width = int(np.bincount(lengths[lengths >= 0], minlength=1).argmax())  # the usual number, where it is not one
    out = np.full((len(lengths), width), np.nan, np.float32)
    first = 0
    for chunk in lists.chunks if width else []:  # of a million pictures a copy of all is hundreds of megabytes
        mine = lengths[first : first + len(chunk)]
        values = pc.list_flatten(chunk).to_numpy(zero_copy_only=False)
        kept = np.repeat(mine == width, np.maximum(mine, 0))
        out[first : first + len(chunk)][mine == width] = values[kept].reshape(-1, width)
        first += len(chunk)
    return out, lengths

"""The tables of a workspace as a notebook reads them, as pandas or Arrow."""

import functools
import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import pyarrow as pa

from vitrine.command import house
from vitrine.errors import NotThere

Given = TypeVar("Given")


class Tables(Generic[Given]):
    """The tables of a workspace. Every method reads anew and gives a table of its own.

    dataset: the name of a dataset; None for all there are. Times are UTC. Labels are names: those that count now,
    corrected names of classes included. Raises NotThere for a dataset or a run that is not there, Unreadable where the
    workspace cannot be read.
    """

    def __init__(self, read: Callable[[str, dict[str, Any]], pa.Table], give: Callable[[pa.Table], Given]):
        self._run_statement = read
        self._give = give

    def datasets(self) -> Given:
        """A row a dataset: dataset_id (int32), dataset (its name), root, task ("single" or "multi" label), source,
        licence (str), n_images (that count), n_removed, n_missing (int64), imported_at (datetime).
        """
        return self._give(self._table("notebook_datasets", dataset=None))

    def classes(self, dataset: str | None = None) -> Given:
        """A row a class: dataset (str), index (int32), name (str; the corrected one where there is one), given_name."""
        return self._of_dataset("notebook_classes", dataset)

    def images(self, dataset: str | None = None, *, everything: bool = False) -> Given:
        """A row an image, by image_id (int64), with the label that counts today.

        dataset, path, file (where it lies; null for a point, which has no picture), label, given_label, split (str,
        null without one), labels (list of str; null where images have one label each), relabelled, removed, missing
        (bool), width, height (pixels), bytes, format, brightness (0 to 255), contrast, sharpness, entropy (float32),
        source, source_url, licence, sha256, pixel_sha256 (str), phash (uint64).
        Only images that count, unless `everything`: then also those that a decision removed or whose file is missing.
        """
        return self._of_dataset("notebook_images", dataset, everything=everything)

    def spaces(self, dataset: str | None = None) -> Given:
        """A row an embedding space, oldest first: space_id (int32), dataset, space (its name), model (str), dim
        (int32), weights_source (str), run_id (int32).
        """
        return self._of_dataset("notebook_spaces", dataset)

    def predictions(self, dataset: str | None = None, *, run: int | None = None) -> Given:
        """A row an image of a run that predicts; of each dataset's newest finished one, unless `run` names one.

        run_id (int32), dataset, image_id (int64), path, predicted (the likeliest class), confidence (float32, 0 to 1),
        fold (int32, null where there are none), probabilities (list of float32, one a class, in the order of
        `classes`). How the model was kept from seeing an image is the run's prediction_kind.
        """
        return self._of_run("notebook_predictions", dataset, run)

    def issues(self, dataset: str | None = None, *, run: int | None = None) -> Given:
        """A row a doubt of a label check, worst first; of each dataset's newest finished one, unless `run` names one.

        run_id (int32), dataset, image_id (int64), path, kind ("label", "outlier" or "duplicate"), score (float32, 0
        to 1; scores of two kinds do not compare), label (today's), suggested (null for outliers).
        """
        return self._of_run("notebook_issues", dataset, run)

    def detections(self, dataset: str | None = None, *, run: int | None = None) -> Given:
        """A row an object; of each dataset's newest finished detection, unless `run` names one.

        run_id (int32), dataset, image_id (int64), path, class (str), score (float32, 0 to 1), x1, y1, x2, y2 (float32,
        pixels of the upright picture, from its upper left corner), area (float32, pixels), mask (COCO's run-length
        code, str; null without one).
        """
        return self._of_run("notebook_detections", dataset, run)

    def decisions(self, dataset: str | None = None) -> Given:
        """A row an act of a person, in order of time; what was taken back has stands = False.

        decision_id (int64), dataset, image_id (int64), path, act ("keep", "relabel", "remove", "restore", "flag" or
        "undo"), label_before, label_after (names), labels_before, labels_after (lists of names, where images have
        several), stands (bool), reason, evidence (JSON), batch, undoes (int64), who, decided_at (datetime).
        """
        return self._of_dataset("notebook_decisions", dataset)

    def runs(self, dataset: str | None = None) -> Given:
        """A row a computation, oldest first: run_id (int32), dataset, kind, model, complete, stale (bool:
        something that it read has changed since), seconds (float64), seed, device, parameters, figures (JSON),
        prediction_kind, code_version, job_id, started_at, finished_at (datetime).
        """
        return self._of_dataset("notebook_runs", dataset)

    def _of_dataset(self, name: str, dataset: str | None, **values: Any) -> Given:
        table = self._table(name, dataset=dataset, **values)
        if dataset is not None and not table.num_rows:
            self._require_dataset(dataset)
        return self._give(table)

    def _of_run(self, name: str, dataset: str | None, run: int | None) -> Given:
        table = self._table(name, dataset=dataset, run=run)
        if not table.num_rows:
            if dataset is not None:
                self._require_dataset(dataset)
            if run is not None:
                self._require_run(run)
        return self._give(table)

    def _table(self, name: str, **values: Any) -> pa.Table:
        return self._run_statement(statement(name), values)

    def _require_dataset(self, dataset: str) -> None:
        names = self._table("notebook_datasets", dataset=None)["dataset"].to_pylist()
        if dataset not in names:
            raise NotThere(f"There is no dataset {dataset!r}. There are: {', '.join(map(repr, names)) or 'none'}.")

    def _require_run(self, run: int) -> None:
        if run not in self._table("notebook_runs", dataset=None)["run_id"].to_pylist():
            raise NotThere(f"There is no run {run!r}; `runs()` lists those there are.")


def statement(name: str) -> str:
    """The text of a statement of store/sql/reading.sql."""
    return _statements()[name]


@functools.cache
def _statements() -> dict[str, str]:
    """Read as text: the store itself is not imported into somebody's notebook."""
    text = (house() / "store" / "sql" / "reading.sql").read_text(encoding="utf-8")
    _, *parts = re.split(r"^-- name: *(\w+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))

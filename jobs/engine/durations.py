"""How long a job of a kind may take: as long as its last run here, else what it takes on two cores, by the pictures."""

from collections.abc import Iterable

from store.connection import Workspace
from store.datasets import list_datasets
from store.runs import FinishedRun, finished_runs

# Seconds a thousand pictures, and to begin with, on two cores (benchmarks/README.md, the animals).
_A_THOUSAND = {
    "import": 0.6, "embed": 12.5, "neighbours": 0.9, "duplicates": 0.2, "label-issues": 1.3, "projection": 1.8,
    "medoids": 1.5, "zero-shot": 1.5, "train": 0.8, "data-budget": 2.0, "detect": 60.0, "verify": 0.1,
}  # fmt: skip
_BEGINNING_S, _OTHERS_S = 3.0, 2.0
_UNKNOWN_SIZE = 5_000  # pictures of a dataset that has not been imported


def expected_seconds(workspace: Workspace, dataset: str, kinds: Iterable[str]) -> dict[str, float]:
    """Seconds that a job of each kind may take on a dataset, which may not be there yet."""
    known = next((one for one in list_datasets(workspace) if one.name == dataset), None)
    n_images = known.n_images if known is not None else _UNKNOWN_SIZE
    expected = {}
    for kind in kinds:
        runs = finished_runs(workspace, known.id, kind=kind, of=FinishedRun, n_rows=1) if known is not None else []
        guess = _BEGINNING_S + _A_THOUSAND.get(kind, _OTHERS_S) * n_images / 1_000
        expected[kind] = round(runs[0].seconds if runs and runs[0].seconds else guess, 1)
    return expected

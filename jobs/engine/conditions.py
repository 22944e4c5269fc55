"""What a step of a recipe needs before it is worth an order: a detector's weights, names that mean something."""

from pathlib import Path

from jobs.engine.errors import NotNow
from store.connection import Workspace
from store.datasets import Dataset, class_names

WEIGHTS = ".onnx"


def weights_in(root: Path) -> list[Path]:
    """The detectors' files in the folder `models` of the workspace `root`, by name."""
    return sorted(path for path in (root / "models").glob(f"*{WEIGHTS}") if path.is_file())


def weights_at_hand(root: Path) -> Path:
    """A detector's file in the workspace's folder `models`; raises NotNow where there is none."""
    found = weights_in(root)
    if not found:
        raise NotNow(
            "No detector's weights are at hand. Put an ONNX file into the workspace's folder models, or name one in "
            "the recipe, and analyse again."
        )
    return found[0]


def require_names(workspace: Workspace, dataset: Dataset) -> None:
    """Raise NotNow where a dataset's classes are called by numbers alone, of which a model of words knows nothing."""
    names = class_names(workspace, dataset.id)
    if names and not any(any(letter.isalpha() for letter in name) for name in names):
        raise NotNow(
            f"The classes are called {', '.join(names[:3])}{', ...' if len(names) > 3 else ''}: a model of words knows "
            "nothing of that. Name them on the page Dictionary, or give prompts in the recipe, and analyse again."
        )

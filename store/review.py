"""Review: which pictures to look at and in which order, what has been decided of them, and what that says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from store.connection import Workspace
from store.datasets import class_names
from store.rows import Bound, TableRow
from store.selections import selection_images

QUEUES = ("doubted", "outliers", "class", "unlabelled", "duplicates", "selection")
BLIND_IN_FOUR = 3  # of four pictures of a blind sample, so many are doubted in no way


@dataclass(frozen=True)
class ReviewQueue:
    """Which pictures to review: name is one of QUEUES; a class's index or a selection's number where it asks for one.

    run_id: the label check whose ranking counts; 0 without one. Doubted pictures, outliers and duplicates can be
    narrowed to a class.
    """

    name: str
    run_id: int = 0
    class_index: int | None = None
    selection_id: int | None = None

    def __post_init__(self) -> None:
        if self.name not in QUEUES:
            raise ValueError(f"queue must be one of {', '.join(QUEUES)}, not {self.name!r}")


@dataclass(frozen=True)
class BlindSample:
    """Images (n,) to be judged without knowing what the check says of them, and whether it doubts them (n,) bool."""

    image_ids: np.ndarray
    flagged: np.ndarray


@dataclass(frozen=True)
class ActiveInputs:
    """Of n pictures, by id: whether labelled and whether kept (n,) bool; held-out probabilities (n, c).

    votes: (n, 4) class indices, -1 for none, of the classifier, the neighbours, the copies and zero-shot.
    """

    image_ids: np.ndarray
    labelled: np.ndarray
    kept: np.ndarray
    probabilities: np.ndarray
    votes: np.ndarray


@dataclass(frozen=True)
class Before:
    """trusted: images (n,) whose label a run does not doubt. confusions: (c, c) doubted ones by given and suggested."""

    trusted: np.ndarray
    confusions: np.ndarray


@dataclass(frozen=True)
class Totals:
    """Kept images with a label: those that a check doubts in no way, those it does, and those of them nobody judged."""

    n_plain: int
    n_flagged: int
    n_flagged_open: int


@dataclass(frozen=True)
class _Confusion:
    label: int
    suggested: int
    n: int


def queue_ids(workspace: Workspace, dataset_id: int, *, queue: ReviewQueue) -> np.ndarray:
    """The images (n,) int64 of a queue in order, those already decided included: a place in it stays a place."""
    values: dict[str, Bound] = {"dataset_id": dataset_id, "class_index": queue.class_index}
    if queue.name == "selection":
        return selection_images(workspace, queue.selection_id or 0)
    if queue.name in ("doubted", "outliers"):
        outliers = queue.name == "outliers"
        kinds = ["outlier"] if outliers else ["label", "duplicate"]
        values |= {"run_id": queue.run_id, "kinds": kinds, "by_score": outliers}
        return _ids(workspace.read("review_issues", **values))
    if queue.name == "duplicates":
        return _ids(workspace.read("review_duplicates", **values))
    if queue.name == "unlabelled":
        values["class_index"] = None
    return _ids(workspace.read("review_class", **values, run_id=queue.run_id))


def blind_sample(workspace: Workspace, dataset_id: int, *, run_id: int, n: int, seed: int) -> BlindSample:
    """A sample of `n` labelled images, of which a quarter are doubted by the run; the same for the same seed."""
    n_plain = -(-n * BLIND_IN_FOUR // 4)
    values = {"dataset_id": dataset_id, "run_id": run_id, "n_plain": n_plain, "n_flagged": n - n_plain, "seed": seed}
    table = workspace.read("review_blind", **values)
    return BlindSample(_ids(table), table["flagged"].to_numpy())


def alike(
    workspace: Workspace, dataset_id: int, *, graph_run: int, image_id: int, min_cosine: float, same_label: bool
) -> np.ndarray:
    """`image_id` and those of its neighbours in a graph that are as near as asked (n,) int64, nearest first.

    same_label: only those whose source gives them the image's label, so that a decision on them changes nothing here.
    """
    values = {"dataset_id": dataset_id, "graph_run": graph_run, "image_id": image_id}
    return _ids(workspace.read("review_alike", **values, min_cosine=min_cosine, same_label=same_label))


def cosine_of_nth(workspace: Workspace, dataset_id: int, *, graph_run: int, image_id: int, n: int) -> float:
    """The cosine of an image's n-th neighbour in a graph, or of its last one where it has fewer; 1 without any."""
    values = {"dataset_id": dataset_id, "graph_run": graph_run, "image_id": image_id, "same_label": False}
    cosines = workspace.read("review_alike", **values, min_cosine=-1.0)["similarity"].to_pylist()
    return float(cosines[min(n, len(cosines) - 1)])


def decided_ids(workspace: Workspace, dataset_id: int, *, blind_run: int | None = None) -> np.ndarray:
    """Images (n,) int64, ascending, with an act that stands; blind_run: only acts in that run's blind sample."""
    return _ids(workspace.read("review_decided", dataset_id=dataset_id, blind_run=blind_run))


def items(workspace: Workspace, dataset_id: int, *, image_ids: Sequence[int], run_id: int) -> list[TableRow]:
    """What is to be shown of `image_ids`, in their order: names, label now, the newest act, the run's opinions."""
    asked = [int(image_id) for image_id in image_ids]
    return workspace.rows("review_items", dataset_id=dataset_id, image_ids=asked, run_id=run_id) if asked else []


def verdicts(workspace: Workspace, dataset_id: int, *, run_id: int) -> tuple[np.ndarray, np.ndarray]:
    """Images (n,) that people have judged and whether the label the run saw was wrong (n,) bool."""
    table = workspace.read("review_verdicts", dataset_id=dataset_id, run_id=run_id)
    return _ids(table), table["wrong"].to_numpy().astype(bool)


def blind_verdicts(workspace: Workspace, dataset_id: int, *, run_id: int) -> tuple[np.ndarray, np.ndarray]:
    """flagged, wrong (n,) bool of what was judged in the run's blind sample."""
    table = workspace.read("review_blind_verdicts", dataset_id=dataset_id, run_id=run_id)
    return table["flagged"].to_numpy().astype(bool), table["wrong"].to_numpy().astype(bool)


def totals(workspace: Workspace, dataset_id: int, *, run_id: int) -> Totals:
    """How many kept images a run doubts, and does not."""
    return workspace.one("review_totals", Totals, dataset_id=dataset_id, run_id=run_id)


def active_inputs(workspace: Workspace, dataset_id: int, *, run_id: int) -> ActiveInputs:
    """What a run's held-out probabilities and opinions are on the pictures that are still kept."""
    shares = workspace.read("read_predictions", dataset_id=dataset_id, run_id=run_id)
    shares = shares.filter(pc.is_valid(shares["probabilities"]))
    opinions = workspace.read("review_voices", dataset_id=dataset_id, run_id=run_id)
    n, ids = shares.num_rows, shares["image_id"].to_numpy()
    values = shares["probabilities"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    probabilities = values.reshape(n, -1) if n else np.zeros((0, 1), np.float32)
    rows = np.searchsorted(opinions["image_id"].to_numpy(), ids)  # a picture with probabilities has opinions too
    voters = ("neighbour_label", "copy_label", "zero_shot_label", "detected_label")
    labels = [opinions[name].fill_null(-1).to_numpy()[rows] for name in voters]
    votes = np.stack([probabilities.argmax(axis=1), *labels], axis=1)
    labelled, kept = (opinions[name].to_numpy(zero_copy_only=False)[rows].astype(bool) for name in ("labelled", "kept"))
    return ActiveInputs(ids, labelled, kept, probabilities, votes)


def doubted_before(workspace: Workspace, dataset_id: int, *, run_id: int) -> Before:
    """What a run does not doubt, and what it takes for what."""
    n_classes = len(class_names(workspace, dataset_id))
    confusions = np.zeros((n_classes, n_classes), np.int64)
    for pair in workspace.all("review_confusions", _Confusion, run_id=run_id):
        confusions[pair.label, pair.suggested] = pair.n
    return Before(_ids(workspace.read("review_trusted", dataset_id=dataset_id, run_id=run_id)), confusions)


def _ids(table: pa.Table) -> np.ndarray:
    return np.asarray(table["image_id"].to_numpy(), np.int64)

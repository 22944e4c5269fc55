"""What a training job is given of the file: which pictures with which labels, and what it is scored on."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics import budget
from analytics.budget import Facts
from analytics.duplicates import Pairs, near_enough
from analytics.wording import count
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.train.kind import TrainParameters
from jobs.train.splits import evaluation_name
from store.budget import list_budgets
from store.connection import Workspace
from store.datasets import Dataset, class_names
from store.duplicates import latest_comparison, read_pairs
from store.label_issues import list_label_runs
from store.training import find_evaluation_set, has_landed, images_to_train, images_to_treat
from store.versions import Version, choose_version, scored_splits

OF_VERSION, OF_BUDGET = "version: ", "data budget: run "
TREATMENTS = {
    "none": budget.RAW,
    "copies-out": budget.NO_COPIES,
    "outliers-out": budget.NO_OUTLIERS,
    "doubted-out": budget.NO_DOUBTED,
    "relabelled": budget.RELABELLED,
    "all-out": budget.CLEANED,
}


@dataclass(frozen=True)
class Given:
    """The pictures of a run (see store.training.images_to_train), class names, and what is to be said of both.

    evaluation: the name of what it is scored on. version: its name, "" without one. label_run: of the treatment, or 0.
    """

    images: pa.Table
    names: list[str]
    notes: list[str]
    evaluation: str
    version: str
    label_run: int


@dataclass(frozen=True)
class _ScoredOn:
    """What is scored on, as store.training is asked for it; all 0: still to be made.

    n_expected: how many pictures it holds; 0: unknown.
    """

    n_expected: int = 0
    set_id: int = 0
    evaluation_version: int = 0
    evaluation_splits: tuple[str, ...] = ()
    budget_run: int = 0


def given_to_train(workspace: Workspace, dataset: Dataset, parameters: TrainParameters, *, run_id: int) -> Given:
    """Everything a training run is given; no images once it has landed. Raises NothingToDo, UnknownVersion."""
    version = choose_version(workspace, dataset.id, named=parameters.version) if parameters.version else None

    def images_with(scored_on: _ScoredOn) -> pa.Table:
        return images_to_train(
            workspace,
            dataset.id,
            run_id=run_id,
            imported=parameters.labels == "imported",
            version_id=version.id if version else 0,
            set_id=scored_on.set_id,
            evaluation_version=scored_on.evaluation_version,
            evaluation_splits=scored_on.evaluation_splits,
            budget_run=scored_on.budget_run,
        )

    images = images_with(_ScoredOn())
    evaluation = _evaluation_of(parameters, version, splits=images["split"].to_pylist())
    scored_on = _scored_on(workspace, dataset.id, evaluation)
    if scored_on != _ScoredOn():
        images = images_with(scored_on)
    notes = _lost(images, version, n_expected=scored_on.n_expected, evaluation=evaluation)
    label_run = _label_run(workspace, dataset.id, parameters)
    if parameters.treatment != "none":
        images = _treated(images, workspace, dataset.id, parameters.treatment, label_run=label_run)
    if not images.num_rows and not has_landed(workspace, run_id=run_id):
        raise NothingToDo("Training needs labelled pictures of two classes at least, and there is none here.")
    names = class_names(workspace, dataset.id)
    images, unscored = _without_unknown(images, n_classes=len(names))
    names += [f"class {index}" for index in range(len(names), _n_labels(images))]
    return Given(images, names, notes + unscored, evaluation, version.name if version else "", label_run)


def near_pairs(workspace: Workspace, dataset_id: int, *, images: pa.Table) -> np.ndarray:
    """Near duplicates (m, 2) as rows of `images`: same file or pixels, and what the newest comparison found."""
    newest = latest_comparison(workspace, dataset_id)
    compared = Pairs(**read_pairs(workspace, dataset_id, run_id=newest.run_id if newest else 0))
    near = near_enough(compared, min_cosine=0.95, max_bits=4)
    ids = images["image_id"].to_numpy()
    row_of = {int(image_id): row for row, image_id in enumerate(ids)}
    both = [(row_of.get(int(a), -1), row_of.get(int(b), -1)) for a, b in zip(near.first, near.second, strict=True)]
    pairs = np.array([pair for pair in both if min(pair) >= 0], np.int64).reshape(-1, 2)
    return pairs if newest is not None else np.concatenate([pairs, np.full((1, 2), -1)])  # -1: nobody compared


def _evaluation_of(parameters: TrainParameters, version: Version | None, *, splits: list[str | None]) -> str:
    """The name of what is scored on; a version's own set where it has one and nothing else is asked for."""
    if parameters.evaluation or version is None or parameters.split == "chance" or not scored_splits(version):
        return evaluation_name(parameters, splits=splits)
    return f"{OF_VERSION}{version.name}"


def _scored_on(workspace: Workspace, dataset_id: int, name: str) -> _ScoredOn:
    """What the evaluation set `name` is made of; raises NothingToDo, UnknownParameter, UnknownVersion."""
    kept = find_evaluation_set(workspace, dataset_id, name=name)
    if kept is not None:
        return _ScoredOn(kept.n, set_id=kept.id)
    if name.startswith(OF_VERSION):
        version = choose_version(workspace, dataset_id, named=name.removeprefix(OF_VERSION))
        splits = scored_splits(version)
        if not splits:
            raise NothingToDo(
                f"The version {version.name!r} has no split to be scored on (test or val): freeze one with a "
                "validation set, on the page Versions."
            )
        return _ScoredOn(evaluation_version=version.id, evaluation_splits=splits)
    if name.startswith(OF_BUDGET):
        runs = {f"{OF_BUDGET}{run.run_id}": run for run in list_budgets(workspace, dataset_id)}
        if name not in runs:
            names = ", ".join(repr(each) for each in runs) or "none yet"
            raise UnknownParameter(f"train: there is no evaluation set {name!r} (data budgets: {names}).")
        n_evaluation = runs[name].figures.get("n_evaluation")
        n_expected = n_evaluation if isinstance(n_evaluation, int) else 0
        return _ScoredOn(n_expected, budget_run=runs[name].run_id)
    return _ScoredOn()


def _lost(images: pa.Table, version: Version | None, *, n_expected: int, evaluation: str) -> list[str]:
    """What cannot be used because its file is gone or has changed, in sentences."""
    if not images.num_rows:
        return []
    sentences = []
    n_own, n_set = (int(np.count_nonzero(images[name].to_numpy(zero_copy_only=False))) for name in ("own", "in_set"))
    if version is not None and n_own < version.n_labelled:
        n = version.n_labelled - n_own
        verb = "is gone or has" if n == 1 else "are gone or have"
        sentences.append(f"{count(n, 'labelled picture')} of the version {version.name} {verb} changed; left out.")
    if n_set < n_expected:
        n = n_expected - n_set
        verb = "is" if n == 1 else "are"
        sentences.append(f"{count(n, 'picture')} of the evaluation set {evaluation} {verb} gone; not scored.")
    return sentences


def _without_unknown(images: pa.Table, *, n_classes: int) -> tuple[pa.Table, list[str]]:
    """Evaluation pictures whose label no class has, and nobody trains on, lose it: they cannot be scored."""
    labels = images["label"].fill_null(-1).to_numpy().astype(np.int64)
    in_set = images["in_set"].to_numpy(zero_copy_only=False).astype(bool)
    unknown = in_set & (labels >= n_classes) & ~np.isin(labels, labels[~in_set])
    if not n_classes or not unknown.any():
        return images, []
    numbers = ", ".join(map(str, np.unique(labels[unknown])))
    kept = pa.array(labels.astype(np.int32), mask=(labels < 0) | unknown)
    n = int(unknown.sum())
    verb = "carries" if n == 1 else "carry"
    sentence = f"{count(n, 'picture')} of the evaluation set {verb} a label that no class has ({numbers}); not scored."
    return images.set_column(images.column_names.index("label"), "label", kept), [sentence]


def _n_labels(images: pa.Table) -> int:
    most = max((max(row, default=-1) for row in images["labels"].to_pylist() if row is not None), default=-1)
    return max(int(images["label"].fill_null(-1).to_numpy().max(initial=-1)), most) + 1


def _label_run(workspace: Workspace, dataset_id: int, parameters: TrainParameters) -> int:
    """The label check that a treatment goes by; 0 where none is needed. Raises NothingToDo, UnknownParameter."""
    if parameters.treatment == "none":
        return 0
    runs = [run.run_id for run in list_label_runs(workspace, dataset_id)]
    asked = parameters.label_run
    if asked and asked not in runs:
        raise UnknownParameter(f"train: run {asked} is no finished label check of this dataset (runs: {runs}).")
    if not runs and parameters.treatment != "copies-out":
        raise NothingToDo(
            "This treatment goes by what a label check found; check the labels first (kind label-issues)."
        )
    return asked or next(iter(runs), 0)


def _treated(images: pa.Table, workspace: Workspace, dataset_id: int, treatment: str, *, label_run: int) -> pa.Table:
    """`images` in a state of the data budget: left-out pictures gone, exchanged labels exchanged."""
    opinions = images_to_treat(workspace, dataset_id, label_run=label_run)
    opinions = opinions.take(np.searchsorted(opinions["image_id"].to_numpy(), images["image_id"].to_numpy()))
    own, in_set = (images[name].to_numpy(zero_copy_only=False).astype(bool) for name in ("own", "in_set"))
    labels = images["label"].fill_null(-1).to_numpy().astype(np.int64)
    copies, pixels = opinions["copy_group"].to_pylist(), images["pixel_sha256"].to_pylist()
    keys = [pixel if copy is None else copy for copy, pixel in zip(copies, pixels, strict=True)]
    numbers: dict[object, int] = {}
    facts = Facts(
        np.where(own & ~in_set, labels, -1),
        labels,
        removed=np.zeros(len(labels), bool),
        doubted=opinions["doubted"].to_numpy(zero_copy_only=False).astype(bool),
        suggested=opinions["suggested"].fill_null(-1).to_numpy().astype(np.int64),
        outlier=opinions["outlier"].to_numpy(zero_copy_only=False).astype(bool),
        group=np.array([numbers.setdefault(key, len(numbers)) for key in keys]),
        held_out=in_set,
    )
    states = budget.conditions(facts)
    taught = states.get(TREATMENTS[treatment], states[budget.RAW])
    labels = np.where(in_set, labels, taught)
    kept = images.set_column(
        images.column_names.index("label"), "label", pa.array(labels.astype(np.int32), mask=labels < 0)
    )
    return kept.filter(pa.array(in_set | (taught >= 0)))

"""A dataset whose labels are partly wrong, a spot check of it, and people who answer with what is really there."""

import numpy as np

from evidence.spot_check_desk import desk_of
from evidence.spot_check_plan import Plan, begin
from store import spot_checks
from store.connection import Workspace, utc_now
from store.datasets import Dataset, class_names
from store.decisions import Act, decide
from store.spot_checks import Answer
from store.statements import sql
from tests.support.small_workspace import image_row, land, new_dataset

NAMES = ("cat", "<b>lynx</b>", "wolf")
N = 300
TRUTH = np.arange(N) % 3
WRONG = np.arange(N) % 5 == 0  # 60 labels as imported
RIGHTED = np.arange(N) % 10 == 0  # 30 of them were put right


def mislabelled(workspace: Workspace, name: str = "birds") -> Dataset:
    """300 pictures of three classes, image i + 1 of TRUTH[i]; a fifth wrong as imported, half of these put right."""
    dataset = new_dataset(workspace, name)
    labels = np.where(WRONG, (TRUTH + 1) % 3, TRUTH)
    land(workspace, dataset.id, [image_row(f"{i:03}.png", label=int(label)) for i, label in enumerate(labels)])
    with workspace.writing(dataset.id) as cursor:
        for index, each in enumerate(NAMES):
            cursor.execute(
                "INSERT INTO class_name (dataset_id, index, name) VALUES (?, ?, ?)", [dataset.id, index, each]
            )
    first = workspace.read_text("SELECT max(id) AS id FROM image")["id"][0].as_py() - N + 1
    acts = [Act(int(i) + first, "relabel", label=int(TRUTH[i])) for i in np.flatnonzero(RIGHTED)]
    decide(workspace, dataset.id, acts, who="Ada")
    return dataset


def begun(workspace: Workspace, dataset: Dataset, **plan: object) -> int:
    """A spot check of a plan; its number."""
    names = class_names(workspace, dataset.id)
    return begin(workspace, dataset, Plan(**plan), names=names, who="Ada")


def answer_all(
    workspace: Workspace,
    dataset: Dataset,
    check_id: int,
    reviewer: str,
    *,
    n: int = 10_000,
    truth: np.ndarray = TRUTH,
    errs: float = 0.0,
    seed: int = 1,
) -> int:
    """Answer n items (or all) as a reviewer who takes a class for the next with a chance of errs; how many were."""
    rng = np.random.default_rng(seed)
    check = spot_checks.find_check(workspace, dataset.id, check_id=check_id)
    items, told = spot_checks.items(workspace, check_id), spot_checks.answers(workspace, check_id)
    before = len(told)
    while len(told) - before < n:
        desk = desk_of(items, told, reviewer=reviewer, n_reviewers=check.n_reviewers, n_ahead=1)
        if desk.is_done:
            break
        (item,) = desk.ahead
        said = (int(truth[item.image_id - 1]) + int(rng.random() < errs)) % len(check.class_names)
        told.append(Answer(len(told) + 1, item.item, reviewer, "class", said, utc_now(), 1_500))
    with workspace.writing(dataset.id) as cursor:  # as store.spot_checks.answer does, in one transaction
        for each in told[before:]:
            values = {name: value for name, value in vars(each).items() if name != "id"}
            cursor.execute(sql("insert_spot_check_answer"), {**values, "check_id": check_id})
    return len(told) - before


def judged(workspace: Workspace) -> Dataset:
    """The mislabelled birds with a closed check of 60 pictures that two people judged, one of them with errors."""
    dataset = mislabelled(workspace)
    check_id = begun(workspace, dataset, by=("changed",), n=60, n_reviewers=2, twice=0.2)
    answer_all(workspace, dataset, check_id, "Ben")
    answer_all(workspace, dataset, check_id, "Cleo", errs=0.15)
    spot_checks.close(workspace, dataset.id, check_id=check_id, who="Ada")
    return dataset

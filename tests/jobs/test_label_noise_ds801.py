"""The label check on real pictures: some 2,300 of the animals, embedded here by the default encoder."""

import hashlib
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from jobs.label_issues.judge import Judged, Material, judge
from jobs.label_issues.kind import LabelIssuesParameters
from models.catalogue import DEFAULT_MODEL
from models.imagenet_names import named_shares
from tests.support.animals import NAMES, embedded

N_OTHERS = 1_800

pytestmark = [pytest.mark.real_data, pytest.mark.long]


def conflicting_groups(folder: Path, labels: dict[str, int]) -> list[list[str]]:
    """Keys of byte-identical files that carry different labels."""
    groups = defaultdict(list)
    for key in sorted(labels):
        groups[hashlib.sha256((folder / "imgs" / f"{key}.jpg").read_bytes()).hexdigest()].append(key)
    return [keys for keys in groups.values() if len({labels[key] for key in keys}) > 1]


@pytest.fixture(scope="module")
def judged(ds801: Path) -> tuple[Judged, list[list[int]]]:
    """The check of all groups at odds and 1,800 other pictures; the rows of each group."""
    labels = {key: value.index(1) for key, value in json.loads((ds801 / "data-labels.json").read_text()).items()}
    groups = conflicting_groups(ds801, labels)
    chosen = [key for keys in groups for key in keys]
    others = sorted(set(labels) - set(chosen))
    chosen += [others[i] for i in np.random.default_rng(801).permutation(len(others))[:N_OTHERS]]
    files = [ds801 / "imgs" / f"{key}.jpg" for key in chosen]
    vectors = embedded(files)
    material = Material(
        vectors=vectors,
        labels=np.array([labels[key] for key in chosen]),
        pixels=np.array([hashlib.sha256(file.read_bytes()).hexdigest() for file in files]),
        hashes=np.arange(len(files)).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15),
        classes=NAMES,
        named=named_shares(vectors, model=DEFAULT_MODEL, names=NAMES),
    )
    place = {key: row for row, key in enumerate(chosen)}
    found = judge(material, parameters=LabelIssuesParameters(), report=lambda share, message: None)
    return found, [[place[key] for key in keys] for keys in groups]


def test_the_exchange_of_cheetah_and_jaguar_is_noticed_and_nothing_else(judged) -> None:
    found, _ = judged
    exchanged = {member.index: NAMES[member.shows] for circle in found.circles for member in circle}
    assert exchanged == {4: "Jaguar", 5: "Cheetah"}


def test_each_of_the_244_groups_at_odds_is_reported(judged) -> None:
    found, groups = judged
    assert len(groups) == 244
    labels, copies = found.material.labels, found.copies
    reported = (copies.n_other_label > 0) & (copies.label != labels)
    assert all(reported[rows].any() for rows in groups)
    assert not any(reported[rows].all() for rows in groups)  # the better labelled copy is not called an error


def test_about_two_in_five_labels_are_doubted(judged) -> None:
    found, _ = judged
    doubted = found.issues.is_issue | found.is_outlier
    assert 0.25 < doubted[488:].mean() < 0.55
    assert found.figures["noise"]["total"][0] > 0.2

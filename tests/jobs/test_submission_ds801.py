"""A submission of the real pictures: made, checked, spoiled; and the speed of its export."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from jobs.submission.rules import Originals, check_submission, key_of
from store.connection import open_workspace
from store.versions import freeze
from tests.support.exporting import imported, run_job
from tests.support.spoiled_submissions import SPOILED

pytestmark = [pytest.mark.real_data, pytest.mark.long, pytest.mark.timeout(900)]
N_KEPT = 600  # pictures of the submission that is spoiled over and over


@pytest.fixture(scope="module")
def animals(ds801, tmp_path_factory):
    """The real dataset with twenty validation pictures a class; version v1."""
    home = tmp_path_factory.mktemp("animals")
    workspace = open_workspace(home / "w")
    dataset = imported(workspace, ds801, "animals")
    with workspace.writing(dataset.id, changes_data=True) as cursor:
        cursor.execute(
            "UPDATE image SET split = CASE WHEN id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY "
            "label ORDER BY sha256) AS place FROM image WHERE sha256 NOT IN (SELECT sha256 FROM image GROUP BY 1 "
            "HAVING count(*) > 1)) WHERE place <= 20) THEN 'val' ELSE 'train' END"
        )
    freeze(workspace, dataset.id, name="v1", who="me")
    yield workspace, dataset, home
    workspace.close()


@pytest.fixture(scope="module")
def originals(ds801) -> Originals:
    """All keys of the course."""
    files = {key_of(path.name): path for path in sorted((ds801 / "imgs").iterdir())}
    return Originals(files, {key: hashlib.sha256(path.read_bytes()).hexdigest() for key, path in files.items()}, 10)


def test_pictures_without_notes_are_linked(animals) -> None:
    workspace, _, home = animals
    _, figures = run_job(workspace, "export", "animals", version="v1", folder=str(home / "linked"))
    assert figures["n_linked"] + figures["n_copied"] == 31_848


def test_a_submission_with_the_whole_budget_passes(animals, originals) -> None:
    workspace, _, home = animals
    order = {"version": "v1", "format": "ds801", "team": "aces", "folder": str(home / "full")}
    techniques = "oversampling,flip,crop,colour,randaugment,mixup,cutmix"
    _, figures = run_job(workspace, "export", "animals", **order, techniques=techniques)
    assert sum(figures["per_class"].values()) <= 50_000 < figures["n_pictures"]
    smallest, *_, largest = sorted(figures["per_class"].values())
    assert largest - smallest < 500
    assert check_submission(home / "full", originals) == []


@pytest.fixture(scope="module")
def small(animals, originals):
    """The submission thinned to some hundred pictures, so that it can be copied and spoiled quickly."""
    workspace, _, home = animals
    order = {"version": "v1", "format": "ds801", "team": "aces", "folder": str(home / "good"), "level": 2_000}
    run_job(workspace, "export", "animals", **order, techniques="oversampling,flip,mixup,cutmix", budget=50_000)
    training = home / "good" / "aces-training-set"
    labels = json.loads((training / "data-labels.json").read_text())
    by_chance = sorted(labels, key=lambda stem: hashlib.sha256(stem.encode()).hexdigest())
    copies = [stem for stem in by_chance if stem.endswith("oversampling-1")][:20]
    kept = {stem: labels[stem] for stem in [*copies, *[one for one in by_chance if "_over" not in one][:N_KEPT]]}
    for stem in labels.keys() - kept.keys():
        os.unlink(training / "imgs" / f"{stem}.jpg")
    (training / "data-labels.json").write_text(json.dumps(kept))
    return home / "good"


@pytest.mark.parametrize(("spoil", "rule"), SPOILED, ids=lambda value: getattr(value, "__name__", value))
def test_a_spoiled_real_submission_breaks_its_rule_and_no_other(small, originals, tmp_path, spoil, rule) -> None:
    copy = Path(shutil.copytree(small, tmp_path / "copy"))
    spoil(copy)
    also = ["validation-classes"] if spoil.__name__ == "too_few_to_validate" else []  # nine pictures, ten classes
    assert [finding.rule for finding in check_submission(copy, originals)] == [rule, *also]

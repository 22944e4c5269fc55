"""A dataset's card without its pictures."""

import csv
import json

import pyarrow.parquet as pq
import pytest

from jobs.report.card import card_facts, leave_facts, read_facts, write_card
from store.decisions import Act, decide
from store.versions import find_version
from tests.support.odd_dataset import CLASSES, NAME, VERSION, N, odd_dataset


@pytest.fixture
def dataset(workspace, tmp_path):
    return odd_dataset(workspace, tmp_path / "pictures")


def test_a_card_of_now_leaves_out_what_was_removed(workspace, dataset, tmp_path) -> None:
    (first, *_) = pq_ids(card_facts(workspace, dataset))
    decide(workspace, dataset.id, [Act(first, "remove")], who="me")
    facts = card_facts(workspace, dataset)
    assert facts.records.num_rows == N - 1 and facts.classes == CLASSES
    version = find_version(workspace, dataset.id, name=VERSION)
    assert card_facts(workspace, dataset, version).records.num_rows == N
    write_card(tmp_path / "out", facts)
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "removed by a person: 1 picture" in text and "not a frozen version" in text
    assert json.loads((tmp_path / "out" / "croissant.json").read_text())["version"] == "0.0.0-unfrozen"


def pq_ids(facts):
    return facts.records["image_id"].to_pylist()


def test_a_card_is_four_files_and_no_pictures(workspace, dataset, tmp_path) -> None:
    facts = card_facts(workspace, dataset, find_version(workspace, dataset.id, name=VERSION))
    write_card(tmp_path / "out", facts)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"README.md", "croissant.json", "records.parquet", "records.csv"}
    assert pq.read_table(tmp_path / "out" / "records.parquet").equals(facts.records)
    with (tmp_path / "out" / "records.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == [label or "" for label in facts.records["label"].to_pylist()]
    assert NAME in json.loads((tmp_path / "out" / "croissant.json").read_text())["name"]


def test_facts_that_were_left_for_a_worker_are_the_same(workspace, dataset, tmp_path) -> None:
    facts = card_facts(workspace, dataset)
    leave_facts(tmp_path, facts)
    again = read_facts(tmp_path)
    assert (again.about, again.classes) == (facts.about, facts.classes) and again.records.equals(facts.records)

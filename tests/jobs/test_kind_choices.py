"""Choices that a kind spells out, because it may import nothing heavy, are those of the code that they are made for."""

from typing import get_args

from analytics import label_noise
from jobs.engine.kinds import load_kind
from jobs.engine.parameters import Parameters
from jobs.label_issues.kind import LabelIssuesParameters


def choices(model: type[Parameters], name: str) -> tuple[str, ...]:
    """What a parameter may be, in the order of its model."""
    return get_args(model.model_fields[name].annotation)


def test_the_filters_of_a_label_check_are_those_of_its_method() -> None:
    assert choices(LabelIssuesParameters, "filter") == label_noise.FILTERS
    assert load_kind("label-issues").defaults["min_chance"] == label_noise.LEAST_CHANCE


def test_a_label_check_ordered_before_is_still_understood() -> None:
    before = {"space": "tiny", "least_chance": 0.3, "graph_run": 7, "predictions_run": 0}
    read = load_kind("label-issues").read(before)
    assert (read.min_chance, read.graph_run) == (0.3, 7)
    assert "least_chance" not in read.as_json() and read.as_json()["min_chance"] == 0.3
    assert load_kind("planted-labels").read({"most": "50"}).max_planted == 50

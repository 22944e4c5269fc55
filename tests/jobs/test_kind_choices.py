"""Choices that a kind spells out, because it may import nothing heavy, are those of the code that they are made for."""

import re
from typing import get_args

import pytest

from analytics import label_noise
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import load_kind
from jobs.engine.parameters import Parameters
from jobs.label_issues.kind import LabelIssuesParameters
from jobs.train.data import TREATMENTS
from jobs.train.kind import ON_VECTORS, TrainParameters
from models import protocol
from models.augment import AUGMENTS, MIXES
from models.catalogue import RESNETS


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


def test_what_a_network_may_be_trained_with_is_what_its_protocol_knows() -> None:
    assert choices(TrainParameters, "model") == (*RESNETS, *ON_VECTORS)
    assert choices(TrainParameters, "optimizer") == tuple(protocol.OPTIMIZERS)
    assert choices(TrainParameters, "augment") == AUGMENTS and choices(TrainParameters, "mix") == MIXES
    assert choices(TrainParameters, "loss") == protocol.LOSSES
    assert choices(TrainParameters, "selection") == protocol.SELECTIONS
    assert choices(TrainParameters, "treatment") == tuple(TREATMENTS)
    assert TrainParameters().model_dump(exclude={"device"}).items() >= {
        name: value for name, value in vars(protocol.Protocol()).items() if name not in ("architecture", "device")
    }.items()


def test_a_training_run_ordered_before_is_still_understood() -> None:
    read = load_kind("train").read({"model": "knn", "most_train": 40, "even": "yes", "evaluation": "Test split"})
    assert (read.max_train, read.even, read.on_vectors) == (40, True, True)


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"epochs": 3, "frozen_epochs": 4}, "train: frozen_epochs must lie between 0 and 3, not 4."),
        (
            {"selection": "small-loss", "mix": "mixup"},
            "train: selection small-loss judges single pictures, so mix must be none, not mixup.",
        ),
    ],
)
def test_training_parameters_that_do_not_go_together_are_refused(wrong, sentence) -> None:
    with pytest.raises(UnknownParameter, match=re.escape(sentence)):
        load_kind("train").read(wrong)
    assert load_kind("train").read({**wrong, "model": "knn"}).model == "knn"  # a network's settings mean nothing to it

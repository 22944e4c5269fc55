"""Choices that a kind spells out, because it may import nothing heavy, are those of the code that they are made for."""

import re
from typing import get_args

import pytest

from analytics import balancing, label_noise, zero_shot
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import load_kind
from jobs.engine.parameters import Parameters
from jobs.export import kind as export_kind
from jobs.export.formats import FORMATS
from jobs.label_issues.kind import LabelIssuesParameters
from jobs.train.data import TREATMENTS
from jobs.train.kind import ON_VECTORS, TrainParameters
from jobs.zero_shot import kind as zero_shot_kind
from models import protocol
from models.augment import AUGMENTS, MIXES
from models.catalogue import RESNETS
from pages.versions import export_formats


def choices(model: type[Parameters], name: str) -> tuple[str, ...]:
    """What a parameter may be, in the order of its model."""
    return get_args(model.model_fields[name].annotation)


def test_the_filters_of_a_label_check_are_those_of_its_method() -> None:
    assert choices(LabelIssuesParameters, "filter") == label_noise.FILTERS
    assert load_kind("label-issues").defaults["min_chance"] == label_noise.MIN_CHANCE


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
    assert (
        TrainParameters().model_dump(exclude={"device"}).items()
        >= {
            name: value for name, value in vars(protocol.Protocol()).items() if name not in ("architecture", "device")
        }.items()
    )


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


def test_formats_techniques_and_templates_are_those_that_are_made() -> None:
    assert choices(export_kind.ExportParameters, "format") == tuple(FORMATS) == tuple(export_formats.FORMATS)
    assert all(FORMATS[name].holds_boxes == offered.boxes for name, offered in export_formats.FORMATS.items())
    assert all(FORMATS[name].needs_one_label == offered.one_label for name, offered in export_formats.FORMATS.items())
    assert export_kind.TECHNIQUES == balancing.TECHNIQUES and zero_shot_kind.TEMPLATES == zero_shot.TEMPLATES


@pytest.mark.parametrize(
    "kind, wrong, sentence",
    [
        ("export", {"format": "xml"}, "export: format is one of folders, csv"),
        ("export", {"soft_labels": True}, "export: soft_labels can be written in the format ds801 alone."),
        ("export", {"techniques": "flip,flop"}, "export: techniques are different ones of oversampling, flip"),
        ("augment-preview", {"techniques": "flip,flip"}, "augment-preview: techniques are different ones of"),
        ("augment-preview", {"budget": 0}, "augment-preview: budget must lie at 1 or more, not 0."),
        (
            "attributes",
            {"temperature": "-1"},
            "attributes: temperature is 'auto' (the model's own) or a number above 0",
        ),
    ],
)
def test_what_cannot_be_made_is_refused(kind, wrong, sentence) -> None:
    with pytest.raises(UnknownParameter, match=re.escape(sentence)):
        load_kind(kind).read(wrong)


def test_an_attribute_is_read_as_it_was_kept() -> None:
    read = load_kind("attributes").read({"name": "pool", "with": "a pool", "without": "a lawn", "temperature": "0.5"})
    assert (read.with_, read.temperature, read.own_temperature) == ("a pool", 0.5, 0.5)
    assert read.changed(space="tiny").as_json() == {
        "name": "pool",
        "with": "a pool",
        "without": "a lawn",
        "space": "tiny",
        "temperature": 0.5,
    }
    assert load_kind("attributes").read(read.as_json()) == read

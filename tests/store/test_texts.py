"""What somebody types is no longer than it may be when it is kept: names, reasons, notes, prompts."""

import pytest

from store.class_names import correct_names
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.detections import MOST_CLASSES, name_classes
from store.errors import BadClassNames, BadPromptSet, TextTooLong
from store.medoids import name_cluster
from store.prompts import save_prompts
from store.texts import NAME, REASON, require_short
from store.versions import freeze
from tests.support.flock import make_birds

LONG = "x" * (REASON + 1)
FILLED_BY = {"birds": make_birds}


@pytest.fixture
def birds(workspace):
    return find_dataset(workspace, "birds")


def test_a_text_of_just_the_length_is_kept() -> None:
    require_short("x" * NAME, "The name", longest=NAME)
    require_short(None, "The name", longest=NAME)
    with pytest.raises(TextTooLong, match="The name has 501 characters; 500 are the most"):
        require_short("x" * (NAME + 1), "The name", longest=NAME)


def test_nothing_that_is_kept_is_longer(workspace, birds) -> None:
    prompts = {"by_class": [["a"]], "templates": ["{}"], "temperature": None, "who": "Ada"}
    for write in (
        lambda: decide(workspace, birds.id, [Act(1, "flag", reason=LONG)], who="Ada"),
        lambda: decide(workspace, birds.id, [Act(1, "flag")], who=LONG),
        lambda: correct_names(workspace, birds.id, names={0: LONG}, who="Ada"),
        lambda: correct_names(workspace, birds.id, names={0: "wren"}, who="Ada", reason=LONG),
        lambda: name_cluster(workspace, birds.id, run_id=1, cluster=0, name=LONG, who="Ada"),
        lambda: name_classes(workspace, birds.id, run_id=1, names=[LONG], who="Ada"),
        lambda: freeze(workspace, birds.id, name="v1", note=LONG, who="Ada"),
        lambda: save_prompts(workspace, birds.id, name="mine", note=LONG, **prompts),
    ):
        with pytest.raises(TextTooLong, match="are the most"):
            write()
    with pytest.raises(BadPromptSet, match="characters; 4,000,000 are the most"):
        save_prompts(workspace, birds.id, name="mine", **(prompts | {"by_class": [["x" * 1_000] * 4_001]}))


def test_a_hundred_thousand_names_are_looked_through_once(workspace, birds) -> None:
    names = [f"class {n}" for n in range(MOST_CLASSES)]
    for given, said in (
        ([*names[:-1], "class 7"], "“class 7” is there twice"),
        ([*names, "one more"], "100,001 names; a detector has 100,000"),
        (names, "is no finished detection"),
    ):
        with pytest.raises(BadClassNames, match=said):
            name_classes(workspace, birds.id, run_id=1, names=given, who="Ada")

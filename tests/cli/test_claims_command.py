"""`claims`: kept, listed, checked and forgotten from a shell, whether the app runs or not."""

import json

import pytest

from cli.claims import table
from cli.main import main
from store.claims import list_claims
from store.connection import open_workspace
from store.datasets import find_dataset
from store.decisions import Act, decide
from tests.support.compared_workspace import FIRST, SECOND, compared

pytestmark = pytest.mark.long


@pytest.fixture
def birds(tmp_path, filled_workspace):
    """The folder of a workspace that nobody has open."""
    import shutil

    return shutil.copytree(filled_workspace(compared), tmp_path / "w")


@pytest.fixture
def vitrine(birds, capsys):
    """Runs a command; its exit status, the JSON of its last line and all that it printed."""

    def run(*words: str):
        status = main(["claims", *words, "--workspace", str(birds)])
        printed = capsys.readouterr()
        lines = printed.out.strip().splitlines()
        return status, json.loads(lines[-1]) if lines else None, printed.out + printed.err

    return run


def test_a_claim_is_added_checked_moved_taken_over_and_forgotten(vitrine, birds) -> None:
    on = ("--dataset", "birds")
    status, claim, said = vitrine("add", "images", *on, "--class-index", "<b>lynx</b>")
    assert status == 0 and claim["sentence"] == "There are 40 images of <b>lynx</b>." and claim["sentence"] in said
    pair = f"{FIRST},{SECOND}"
    words = ("--runs", pair, "--source", "set", "--number", "1", "--sentence", "Cleaning brought {difference} points.")
    status, claim, said = vitrine("add", "difference", *on, *words)
    assert status == 0 and claim["sentence"] == "Cleaning brought 25.0 points."
    status, told, said = vitrine("check", *on)
    assert status == 0 and (told["hold"], told["moved"]) == (2, 0) and "2 claims, 2 hold." in said

    workspace = open_workspace(birds)
    dataset = find_dataset(workspace, "birds")
    decide(workspace, dataset.id, [Act(n, "remove") for n in range(1, 51)], who="Ben")
    workspace.close()
    status, told, said = vitrine("check", *on)
    assert status == 1 and told["moved"] == 1 and told["claims"][0]["verdict"] == "moved"
    assert "since then: 50 pictures removed by Ben" in said
    status, told, said = vitrine("list", *on)
    assert status == 0 and len(told["claims"]) == 2 and "moved" in said
    assert vitrine("check", *on, "2")[0] == 0  # only the second

    status, claim, said = vitrine("edit", "1", *on, "--anew")
    assert status == 0 and claim["verdict"] == "holds"
    status, claim, said = vitrine("edit", "1", *on, "--sentence", "I see {images} lynxes.")
    assert status == 0 and claim["sentence"].startswith("I see ")
    assert vitrine("forget", "1", *on)[0] == 0
    workspace = open_workspace(birds)
    assert [each.id for each in list_claims(workspace, dataset.id)] == [2]
    workspace.close()


def test_what_cannot_be_is_one_sentence_and_a_status(vitrine) -> None:
    on = ("--dataset", "birds")
    status, told, said = vitrine("check", *on)
    assert status == 0 and told["claims"] == [] and "No claim has been kept yet." in said
    for words, expected in (
        (("add", "beauty", *on), "There is no measure 'beauty'"),
        (("add", "images", *on, "--colour", "red"), "images: colour: Extra inputs"),
        (("add", "images", *on, "--sentence", "Many."), "Write {images} where it goes"),
        (("check", *on, "7"), "There is no claim 7 of this dataset"),
        (("edit", "7", *on), "Give --sentence"),
        (("forget", "7", *on), "There is no claim 7"),
        (("check", "--dataset", "cows"), "There is no dataset called 'cows'"),
    ):
        status, _, said = vitrine(*words)
        assert status in (1, 2) and expected in said and "Traceback" not in said


def test_measures_are_listed_with_their_parameters(vitrine) -> None:
    status, told, said = vitrine("measures")
    assert status == 0 and {"images", "difference", "share-wrong"} <= {each["measure"] for each in told["measures"]}
    assert "--class-index" in said and "balanced_accuracy | macro_f1" in said


def test_a_table_for_a_terminal_holds_nothing_that_a_terminal_acts_on() -> None:
    claim = {"claim": 1, "verdict": "holds", "sentence": "a\x1b[31m\nb", "numbers": {}, "why": [], "weak": ["\x07"]}
    assert "\x1b" not in table([claim]) and "\x07" not in table([claim]) and len(table([claim]).splitlines()) == 2

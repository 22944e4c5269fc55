"""Workspaces whose classes imports of before had numbered anew: what was meant is told, or that it cannot be."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from store.class_names import class_repairs, correct_names
from store.connection import Workspace, open_workspace
from store.datasets import class_names, class_table
from store.runs import RunStart, start_run
from store.training import list_evaluation_sets
from store.versions import freeze, list_versions
from tests.support.renumbered import Before
from tests.support.small_workspace import image_row, land, new_dataset

SPECIES = ["ant", "bee", "cat", "dog", "eel"]


@pytest.fixture
def pets(tmp_path):
    workspace = open_workspace(tmp_path / "w")
    before = Before(workspace, new_dataset(workspace, "pets").id)
    yield before
    before.workspace.close()


def labels(workspace: Workspace) -> dict[str, str | None]:
    """The name of each picture's class as it counts now, by its path."""
    name_of = {row["index"]: row["name"] for row in class_table(workspace, 1).to_pylist()}
    rows = workspace.read_text("SELECT path, label FROM current_image ORDER BY path").to_pylist()
    return {row["path"]: name_of.get(row["label"]) for row in rows}


def state(workspace: Workspace) -> str:
    return workspace.read_text("SELECT state FROM class_repair")["state"][0].as_py()


def test_a_class_that_came_first_gives_the_others_their_decisions_and_names_back(pets) -> None:
    pets.imported(["cat", "dog"])
    pets.relabel("cat/0.png", "dog")
    correct_names(pets.workspace, 1, names={1: "puppy"}, who="Ada")
    pets.imported(["bird", "cat", "dog"])
    assert labels(pets.workspace)["cat/0.png"] == "puppy" and class_names(pets.workspace, 1) == ["bird", "puppy", "dog"]
    workspace = pets.opened_again()
    assert class_names(workspace, 1) == ["bird", "cat", "puppy"]
    found = labels(workspace)
    assert (found["cat/0.png"], found["cat/1.png"], found["dog/0.png"]) == ("puppy", "cat", "puppy")
    (repair,) = class_repairs(workspace)
    assert (repair.state, repair.dataset) == (
        "mended",
        "pets",
    ) and "had given the classes new numbers" in repair.sentence


def test_a_class_that_went_leaves_nobody_twice(pets) -> None:
    pets.imported(["ant", "cat", "dog"])
    pets.relabel("cat/0.png", "dog")
    pets.relabel("cat/1.png", "ant")
    first = freeze(pets.workspace, 1, name="v1", who="Ada")
    pets.imported(["cat", "dog"])
    assert class_names(pets.workspace, 1) == ["cat", "dog", "dog"]
    workspace = pets.opened_again()
    assert class_names(workspace, 1) == ["cat", "dog", "ant"]
    assert labels(workspace) == {
        **{f"ant/{i}.png": "ant" for i in range(3)},
        "cat/0.png": "dog",
        "cat/1.png": "ant",
        "cat/2.png": "cat",
        **{f"dog/{i}.png": "dog" for i in range(3)},
    }
    (version,) = list_versions(workspace, 1)
    items = workspace.read_text(
        "SELECT path, item.label FROM version_item AS item JOIN image ON id = image_id"
    ).to_pylist()
    assert version.id == first.id and version.class_names == ("cat", "dog", "ant")
    assert {
        row["path"].split("/")[0]: version.class_names[row["label"]] for row in items if "cat" not in row["path"]
    } == {
        "ant": "ant",
        "dog": "dog",
    }


def test_pictures_whose_files_have_gone_keep_their_class_also_where_nobody_used_it(pets) -> None:
    pets.imported(["cat", "dog"])
    pets.imported(["ant", "cat", "dog"])
    pets.imported(["cat", "dog"])
    workspace = pets.opened_again()
    assert labels(workspace) == {f"{name}/{i}.png": name for name in ("ant", "cat", "dog") for i in range(3)}
    assert class_table(workspace, 1)["gone"].to_pylist() == [False, False, True]


def test_predictions_and_checks_and_evaluation_sets_follow(pets) -> None:
    pets.imported(["cat", "dog"])
    with pets.workspace.writing(1) as cursor:
        start_run(cursor, RunStart(77, 1, "train-1", "train", "knn", {}, None, "v", 0, None))
        cursor.execute(
            "INSERT INTO prediction (run_id, image_id, probabilities) SELECT 77, id, [0.25, 0.75] FROM image"
        )
        cursor.execute("INSERT INTO run_item (run_id, image_id, part, label) SELECT 77, id, 'test', label FROM image")
        cursor.execute("INSERT INTO evaluation_set SELECT 1, 1, 'mine', '{}', 77, now()::TIMESTAMP")
        cursor.execute("INSERT INTO evaluation_item (set_id, image_id, label) SELECT 1, id, label FROM image")
        cursor.execute("INSERT INTO label_issue SELECT 77, 1, 'label', 1.0, 1")
    pets.imported(["ant", "cat", "dog"])
    workspace = pets.opened_again()
    (share,) = workspace.read_text("SELECT DISTINCT probabilities FROM prediction")["probabilities"].to_pylist()
    assert share == [0, 0.25, 0.75]
    for table in ("run_item", "evaluation_item"):
        rows = workspace.read_text(
            f"SELECT path, item.label FROM {table} AS item JOIN image ON id = image_id"
        ).to_pylist()
        assert {row["path"].split("/")[0]: row["label"] for row in rows} == {"cat": 1, "dog": 2}
    assert workspace.read_text("SELECT suggested FROM label_issue")["suggested"].to_pylist() == [2]
    assert [each.name for each in list_evaluation_sets(workspace, 1)] == ["mine"]


def test_a_list_in_another_order_is_told_by_what_was_written(pets) -> None:
    pets.imported(["cat", "dog"], ordered=["dog", "cat"], flat=True)
    pets.keep("cat-1.png")
    pets.keep("dog-1.png")
    pets.relabel("cat-0.png", "dog")
    pets.imported(["cat", "dog"], ordered=["cat", "dog"], flat=True)
    assert labels(pets.workspace)["cat-0.png"] == "cat"
    assert labels(pets.opened_again())["cat-0.png"] == "dog"


@pytest.mark.long
def test_what_cannot_be_told_is_left_and_said(pets) -> None:
    pets.imported(["ant", "bee", "cat", "dog"])
    pets.imported(["ant", "bee", "cat", "dog"])
    pets.imported(["bee", "cat", "dog"])  # nothing was written here: the era tells nothing by itself
    pets.relabel("cat/0.png", "dog")
    pets.imported(["ant", "bee", "cat", "dog"])
    pets.imported(["bee", "cat", "dog"])
    workspace = pets.opened_again()
    assert labels(workspace)["cat/0.png"] == "dog"  # the label before tells which of two lists it was
    assert state(workspace) == "mended"


def test_a_number_that_two_lists_read_otherwise_is_said_to_be_unclear(pets) -> None:
    pets.imported(["ant", "cat", "dog"])
    pets.imported(["ant", "cat", "dog"])
    pets.run_sql(
        "INSERT INTO name_decision SELECT 1, 1, 1, 'kitty', 'kitten', NULL, NULL, 'b', NULL, 'Ada', now()::TIMESTAMP"
    )  # a correction of a correction whose first has been lost: of cat, or of dog?
    pets.run_sql("UPDATE run SET figures = NULL WHERE id = 2")  # and the import says not how many files it missed
    pets.imported(["cat", "dog"])
    workspace = pets.opened_again()
    (repair,) = class_repairs(workspace)
    assert repair.state == "unclear"
    assert (
        "number 1 before" in repair.sentence and "1 corrected name still hold it. Look at them again" in repair.sentence
    )


def test_a_workspace_that_was_never_renumbered_is_left_alone(pets) -> None:
    pets.imported(["cat", "dog"], ordered=["dog", "cat"], flat=True)
    pets.relabel("cat-0.png", "dog")
    pets.imported(["cat", "dog"], ordered=["dog", "cat"], flat=True)
    before, generation = labels(pets.workspace), pets.workspace.data_generation(1)
    workspace = pets.opened_again()
    assert labels(workspace) == before and state(workspace) == "fine" and class_repairs(workspace) == []
    assert workspace.data_generation(1) == generation


def test_numbers_that_were_kept_are_not_taken_for_renumbered_ones(pets) -> None:
    pets.imported(["cat", "dog"])
    pets.run_sql("INSERT INTO class_name VALUES (1, 2, 'ant', NULL)")  # as imports of today add a class
    with pets.workspace.writing(1) as cursor:
        start_run(cursor, RunStart(8, 1, "import-8", "import", None, {}, None, "v", 0, None))
    land(pets.workspace, 1, [image_row(f"ant/{i}.png", label=2) for i in range(3)], run_id=8)
    pets.source = ["cat", "dog", "ant"]
    pets.relabel("cat/0.png", "ant")
    before = labels(pets.workspace)
    workspace = pets.opened_again()
    assert labels(workspace) == before and state(workspace) == "fine"


CHANGES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(SPECIES), unique=True, min_size=2, max_size=5),
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 4)), max_size=3),
    ),
    min_size=2,
    max_size=4,
)


@pytest.mark.long
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(CHANGES)
def test_whatever_came_and_went_a_decision_means_its_class_or_is_said_to_be_unclear(tmp_path_factory, changes) -> None:
    root = Path(tmp_path_factory.mktemp("w")) / "w"
    workspace = open_workspace(root)
    before = Before(workspace, new_dataset(workspace, "pets").id)
    meant: dict[str, str] = {}
    for present, relabels in changes:
        before.imported(present)
        for of, i, to in relabels:
            path, name = f"{present[of % len(present)]}/{i}.png", present[to % len(present)]
            before.relabel(path, name)
            meant[path] = name
    workspace = before.opened_again()
    names = class_table(workspace, 1)["name"].to_pylist()
    found = labels(workspace)
    event(state(workspace))
    if state(workspace) != "unclear":
        assert {path: found[path] for path in meant} == meant
        assert len(set(names)) == len(names)
    untouched = {
        path: name for path, name in found.items() if path not in meant and path.split("/")[0] in changes[-1][0]
    }
    assert all(name == path.split("/")[0] for path, name in untouched.items())
    workspace.close()
    shutil.rmtree(root)


def test_a_class_that_was_away_for_a_while_is_not_taken_for_one_that_was_there(pets) -> None:
    pets.imported(["ant", "bee"])
    pets.imported(["ant", "cat"])  # number 1 is cat, while bee is away
    pets.relabel("ant/0.png", "cat")
    pets.imported(["ant", "bee"])
    workspace = pets.opened_again()
    assert labels(workspace)["ant/0.png"] == "cat" or state(workspace) == "unclear"


def test_a_class_that_was_away_between_is_not_taken_for_one_that_has_gone(pets) -> None:
    pets.imported(["ant", "bee"])
    pets.imported(["ant", "cat"])
    pets.relabel("cat/0.png", "cat")
    pets.imported(["ant", "cat"])  # what was written here has no label of before: number 1 may be bee, or cat
    pets.relabel("cat/0.png", "cat")
    pets.imported(["ant", "bee"])
    workspace = pets.opened_again()
    assert labels(workspace)["cat/0.png"] == "cat" or state(workspace) == "unclear"


def test_a_class_that_came_back_leaves_its_trace_in_what_the_import_missed(pets) -> None:
    pets.imported(["ant", "bee", "cat"])
    pets.imported(["ant", "cat"])
    pets.relabel("ant/0.png", "cat")
    pets.imported(["ant", "bee", "cat"])
    workspace = pets.opened_again()
    assert state(workspace) == "unclear" or labels(workspace)["ant/0.png"] == "cat"


def test_a_few_files_that_were_deleted_cast_no_doubt_on_the_classes(pets) -> None:
    pets.imported(["ant", "bee", "cat"])
    pets.imported(["ant", "bee", "cat"])
    pets.relabel("ant/0.png", "cat")
    pets.run_sql("UPDATE image SET missing = true WHERE path = 'bee/1.png'")
    pets.run_sql("UPDATE run SET figures = json_object('n_missing', 1) WHERE id = 2")
    pets.imported(["ant", "bee", "cat"])
    workspace = pets.opened_again()
    assert labels(workspace)["ant/0.png"] == "cat" and state(workspace) == "fine"


def test_how_many_files_an_import_missed_tells_which_list_it_had(pets) -> None:
    pets.imported(["ant", "cat", "dog"])
    pets.imported(["ant", "cat", "dog"])
    pets.run_sql(
        "INSERT INTO name_decision SELECT 1, 1, 1, 'kitty', 'kitten', NULL, NULL, 'b', NULL, 'Ada', now()::TIMESTAMP"
    )
    pets.imported(["cat", "dog"])
    assert class_names(pets.opened_again(), 1)[0] == "kitten" and state(pets.workspace) == "mended"

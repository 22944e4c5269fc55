"""A class is its name: whichever classes a folder has today, decisions and names stay where they were."""

import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.class_names import correct_names
from store.datasets import class_names, class_table, find_dataset
from store.decisions import Act, decide
from store.versions import diff, export_rows, freeze, list_versions
from tests.support.exporting import imported, noise
from tests.support.running import run_job


def draw(folder, **n_of: int) -> None:
    """Class folders with so many pictures each; those there already are left as they are."""
    for place, (name, n) in enumerate(n_of.items()):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in range(n):
            if not (folder / name / f"{i}.png").exists():
                noise(sum(name.encode()) * 100 + place + i).save(folder / name / f"{i}.png")


def names_now(workspace, dataset) -> dict[str, str | None]:
    """The name of each present picture's class, as it counts now, by its path."""
    name_of = {row["index"]: row["name"] for row in class_table(workspace, dataset.id).to_pylist()}
    rows = workspace.read_text("SELECT path, label FROM current_image WHERE NOT missing ORDER BY path").to_pylist()
    return {row["path"]: name_of.get(row["label"]) for row in rows}


@pytest.fixture
def folder(tmp_path):
    draw(tmp_path / "pets", cat=3, dog=3)
    return tmp_path / "pets"


def decided(workspace, folder):
    """The folder imported; its first cat is relabelled a dog, and dogs are called puppies."""
    dataset = imported(workspace, folder, "pets")
    (cat,) = workspace.read_text("SELECT id FROM image WHERE path = 'cat/0.png'")["id"].to_pylist()
    decide(workspace, dataset.id, [Act(cat, "relabel", label=1)], who="Ada")
    correct_names(workspace, dataset.id, names={1: "puppy"}, who="Ada")
    return dataset


@pytest.mark.long
def test_a_class_that_comes_later_and_sorts_first_moves_nothing(workspace, folder) -> None:
    dataset = decided(workspace, folder)
    before = names_now(workspace, dataset)
    assert before["cat/0.png"] == "puppy"
    draw(folder, bird=3)
    imported(workspace, folder, "pets")
    after = names_now(workspace, dataset)
    assert {path: name for path, name in after.items() if "bird" not in path} == before
    assert [after[f"bird/{i}.png"] for i in range(3)] == ["bird"] * 3
    assert class_names(workspace, dataset.id) == ["cat", "puppy", "bird"]
    shutil.rmtree(folder / "bird")
    imported(workspace, folder, "pets")
    assert names_now(workspace, dataset) == before
    draw(folder, ant=2, bird=2)  # one that is new, and one that comes back
    imported(workspace, folder, "pets")
    assert class_names(workspace, dataset.id) == ["cat", "puppy", "bird", "ant"]
    assert names_now(workspace, dataset)["bird/0.png"] == "bird"


@pytest.mark.long
def test_a_class_that_goes_leaves_the_others_their_numbers(workspace, folder) -> None:
    draw(folder, ant=2)
    dataset = imported(workspace, folder, "pets")
    assert class_names(workspace, dataset.id) == ["ant", "cat", "dog"]
    (cat,) = workspace.read_text("SELECT id FROM image WHERE path = 'cat/0.png'")["id"].to_pylist()
    decide(workspace, dataset.id, [Act(cat, "relabel", label=2)], who="Ada")
    shutil.rmtree(folder / "ant")
    imported(workspace, folder, "pets")
    assert names_now(workspace, dataset)["cat/0.png"] == "dog" and names_now(workspace, dataset)["cat/1.png"] == "cat"


def label_file(folder, labels: dict[str, object], names: list[str] | None = None) -> None:
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    if names is not None:
        (folder / "class_names.json").write_text(json.dumps(names), encoding="utf-8")


def drawn(folder, n: int):
    folder.mkdir()
    for i in range(n):
        noise(i).save(folder / f"{i}.png")
    return folder


@pytest.mark.long
def test_names_in_another_order_are_the_same_classes(workspace, tmp_path) -> None:
    folder = drawn(tmp_path / "pets", 4)
    one_hot = {f"{i}.png": [int(i < 2), int(i >= 2)] for i in range(4)}
    label_file(folder, one_hot, ["cat", "dog"])
    dataset = imported(workspace, folder, "pets")
    decide(workspace, dataset.id, [Act(1, "relabel", label=1)], who="Ada")
    before = names_now(workspace, dataset)
    label_file(folder, {path: list(reversed(hot)) for path, hot in one_hot.items()}, ["dog", "cat"])
    imported(workspace, folder, "pets")
    assert names_now(workspace, dataset) == before == {"0.png": "dog", "1.png": "cat", "2.png": "dog", "3.png": "dog"}
    assert class_names(workspace, dataset.id) == ["cat", "dog"]


@pytest.mark.long
def test_names_given_later_name_the_classes_there_are(workspace, tmp_path) -> None:
    folder = drawn(tmp_path / "pets", 4)
    one_hot = {f"{i}.png": [int(i < 2), int(i >= 2)] for i in range(4)}
    label_file(folder, one_hot)
    dataset = imported(workspace, folder, "pets")
    decide(workspace, dataset.id, [Act(1, "relabel", label=1)], who="Ada")
    label_file(folder, one_hot, ["cat", "dog"])
    imported(workspace, folder, "pets")
    assert class_names(workspace, dataset.id) == ["cat", "dog"]
    assert names_now(workspace, dataset) == {"0.png": "dog", "1.png": "cat", "2.png": "dog", "3.png": "dog"}


@pytest.mark.long
def test_a_class_renamed_in_a_table_is_the_same_class(workspace, tmp_path) -> None:
    folder = drawn(tmp_path / "pets", 5)
    kinds = ["cat", "cat", "dog", "dog", "dog"]
    label_file(folder, {f"{i}.png": kind for i, kind in enumerate(kinds)})
    dataset = imported(workspace, folder, "pets")
    decide(workspace, dataset.id, [Act(1, "relabel", label=1)], who="Ada")
    label_file(folder, {f"{i}.png": kind.replace("dog", "ape") for i, kind in enumerate(kinds)})
    imported(workspace, folder, "pets")
    assert class_names(workspace, dataset.id) == ["cat", "ape"]
    assert names_now(workspace, dataset)["0.png"] == "ape"


@pytest.mark.long
def test_a_class_split_in_halves_is_two_new_ones(workspace, tmp_path) -> None:
    folder = drawn(tmp_path / "pets", 6)
    label_file(folder, dict.fromkeys((f"{i}.png" for i in range(4)), "dog") | {"4.png": "cat", "5.png": "cat"})
    dataset = imported(workspace, folder, "pets")
    halves = {f"{i}.png": ("ape", "bear")[i % 2] for i in range(4)}
    label_file(folder, halves | {"4.png": "cat", "5.png": "cat"})
    imported(workspace, folder, "pets")
    assert class_names(workspace, dataset.id) == ["cat", "dog", "ape", "bear"]


@pytest.mark.long
def test_several_labels_keep_their_classes(workspace, tmp_path) -> None:
    folder = drawn(tmp_path / "scenes", 6)
    several = {f"{i}.png": [["sea"], ["sea", "sky"], ["sky", "sand"]][i % 3] for i in range(6)}
    label_file(folder, several)
    dataset = imported(workspace, folder, "scenes")
    assert class_names(workspace, dataset.id) == ["sand", "sea", "sky"]
    decide(workspace, dataset.id, [Act(1, "relabel", labels=[0, 2])], who="Ada")
    label_file(folder, several | {"5.png": ["ape", "sky"]})
    imported(workspace, folder, "scenes")
    names = class_names(workspace, dataset.id)
    assert names == ["sand", "sea", "sky", "ape"]
    rows = workspace.read_text("SELECT path, labels FROM current_image ORDER BY path").to_pylist()
    assert {row["path"]: {names[index] for index in row["labels"]} for row in rows} == {
        **{path: set(each) for path, each in several.items()},
        "0.png": {"sand", "sky"},
        "5.png": {"ape", "sky"},
    }


@pytest.mark.long
def test_versions_and_what_changed_since_name_the_same_classes(workspace, folder) -> None:
    dataset = decided(workspace, folder)
    first = freeze(workspace, dataset.id, name="v1", who="Ada")
    draw(folder, bird=3)
    imported(workspace, folder, "pets")
    second = freeze(workspace, dataset.id, name="v2", who="Ada")
    assert diff(workspace, dataset.id, before=first.id, after=second.id).n_by_kind == {"added": 3}
    assert [version.class_names for version in list_versions(workspace, dataset.id)] == [
        ("cat", "puppy", "bird"),
        ("cat", "puppy"),
    ]
    labels = {row["path"]: row["label"] for row in export_rows(workspace, first.id).to_pylist()}
    assert labels["cat/0.png"] == 1


ORDERS = st.lists(st.sampled_from(["ant", "bee", "cat", "dog", "eel"]), unique=True, min_size=2, max_size=5)


@pytest.mark.long
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ORDERS, min_size=2, max_size=4))
def test_whatever_classes_come_and_go_a_name_has_one_number_for_ever(workspace, tmp_path_factory, steps) -> None:
    folder = tmp_path_factory.mktemp("zoo") / "zoo"
    numbers: dict[str, int] = {}
    for present in steps:
        shutil.rmtree(folder, ignore_errors=True)
        draw(folder, **dict.fromkeys(sorted(present), 1))
        dataset = imported(workspace, folder, folder.parent.name)
        table = {row["name"]: row["index"] for row in class_table(workspace, dataset.id).to_pylist()}
        assert len(set(table.values())) == len(table) == class_table(workspace, dataset.id).num_rows
        assert numbers.items() <= table.items()
        numbers = table
        rows = workspace.read_text(
            f"SELECT path, label FROM current_image WHERE NOT missing AND dataset_id = {dataset.id}"
        ).to_pylist()
        assert {row["path"].split("/")[0]: row["label"] for row in rows} == {name: numbers[name] for name in present}
    assert find_dataset(workspace, folder.parent.name).id == dataset.id


@pytest.mark.long
def test_an_import_says_which_numbers_of_before_cannot_be_told(workspace, folder) -> None:
    dataset = imported(workspace, folder, "pets")
    with workspace.writing(dataset.id) as cursor:
        cursor.execute(
            "INSERT INTO class_repair (dataset_id, state, sentence, done_at) "
            "VALUES (1, 'unclear', 'Number 1 cannot be told.', now()::TIMESTAMP)"
        )
    job = run_job(workspace, "import", "pets")
    assert job.figures["message"] == "Number 1 cannot be told."

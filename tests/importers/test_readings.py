"""Ways to read a folder: what is plain is read, what can be meant in two ways is asked with what each would give."""

import pytest

from importers.inspect import inspect_folder
from importers.marker import KeptReading, keep_reading
from importers.types import LayoutError
from tests.support.laid_out import labels_of, make, options_of, problems_of, splits_of, table


def folder(tmp_path, folders, names=("1.jpg", "2.jpg")):
    return make(tmp_path, *(f"{each}/{name}" for each in folders for name in names))


@pytest.mark.parametrize(
    ("folders", "classes", "splits"),
    [
        (["training_set/training_set/cats", "test_set/test_set/cats"], {"cats"}, {"train", "test"}),
        (["seg_train/seg_train/sea", "seg_test/seg_test/sea", "seg_pred/seg_pred"], {"sea"}, {"train", "test", "pred"}),
        (["animals-train/cat", "animals-val/dog"], {"cat", "dog"}, {"train", "val"}),
        (["x/train/cat", "x/test/cat", "x/x/train/cat", "x/x/test/cat"], {"cat"}, {"train", "test"}),
        (["train/images/cat", "val/images/cat"], {"cat"}, {"train", "val"}),
        (["data/train/cat", "data/test/cat"], {"cat"}, {"train", "test"}),
    ],
)
def test_splits_that_are_doubled_wrapped_or_named_after_the_set_are_seen_through(tmp_path, folders, classes, splits):
    found = inspect_folder(folder(tmp_path, folders))
    assert found.question is None and set(found.class_names) == classes
    assert set(splits_of(found).values()) == splits


def test_a_dataset_that_holds_itself_once_more_has_its_own_classes(tmp_path):
    found = inspect_folder(folder(tmp_path, ["cat", "dog", "animals/cat", "animals/dog"]))
    assert found.class_names == ("cat", "dog") and found.question is None


@pytest.mark.parametrize("top", ["train/", ""])
def test_two_levels_of_folders_are_asked_about_and_each_answer_says_what_it_gives(tmp_path, top):
    prefixes = [f"{split}{kind}" for split in ((top, "test/") if top else ("",)) for kind in ("pets/cat", "wild/wolf")]
    found = inspect_folder(folder(tmp_path, prefixes))
    titles = {option.key.rpartition("/")[2]: option.title for option in found.question.options}
    assert "2 classes (pets, wild)" in titles["classes"] and "2 classes (cat, wolf)" in titles["classes-last"]
    assert "2 classes (pets/cat, wild/wolf)" in titles["classes-path"]


def test_levels_can_be_named_by_hand(tmp_path):
    root = folder(tmp_path, ["siteA/train/cat", "siteB/test/dog"])
    assert options_of(inspect_folder(root))[0] == "levels:-/split/class"
    found = inspect_folder(root, reading="levels:class/split/class")
    assert found.class_names == ("siteA/cat", "siteB/dog") and set(splits_of(found).values()) == {"train", "test"}
    for wrong in ("levels:", "levels:split", "levels:split/split/class", "levels:klass"):
        with pytest.raises(LayoutError, match="named from the top"):
            inspect_folder(root, reading=wrong)


def test_classes_in_the_names_of_files_are_offered_first(tmp_path):
    names = ["cat.0.jpg", "cat.1.jpg", "great_pyrenees_2.jpg", "great_pyrenees_12.jpg"]
    found = inspect_folder(make(tmp_path, *(f"train/{name}" for name in names), "test/1.jpg"))
    assert options_of(found) == ["splits/names", "splits", "classes"]
    assert found.class_names == ("cat", "great_pyrenees") and problems_of(found) == {"test/1.jpg": "no-label"}
    assert labels_of(found)["train/great_pyrenees_12.jpg"] == "great_pyrenees"


@pytest.mark.parametrize(
    "names",
    [
        ["IMG_0001.jpg", "IMG_0002.jpg", "DSC_0001.jpg", "DSC_0002.jpg"],
        ["1.jpg", "2.jpg", "3.jpg", "4.jpg"],
        ["a.jpg", "b.jpg", "c.jpg", "d.jpg"],
        ["train_1.jpg", "train_2.jpg", "test_1.jpg", "test_2.jpg"],
        ["cat_1.jpg", "cat_2.jpg", "cat_3.jpg"],
    ],
)
def test_what_cameras_and_counters_write_is_no_class(tmp_path, names):
    found = inspect_folder(make(tmp_path, *names))
    assert found.question is None and found.class_names == ()


def test_a_pattern_by_hand_reads_names(tmp_path):
    root = make(tmp_path, "x/001-cat-a.jpg", "x/002-dog-b.jpg", "x/odd.jpg")
    found = inspect_folder(root, reading=r"names:^\d+-(\w+)-")
    assert labels_of(found) == {"x/001-cat-a.jpg": "cat", "x/002-dog-b.jpg": "dog", "x/odd.jpg": None}
    for wrong in ("names:(", "names:cat"):
        with pytest.raises(LayoutError, match="regular expression|group in parentheses"):
            inspect_folder(root, reading=wrong)


def test_lists_of_names_say_the_splits_of_class_folders(tmp_path):
    root = make(tmp_path, *(f"images/{kind}/{number}.jpg" for kind in ("cat", "dog") for number in range(3)))
    (root / "meta").mkdir()
    (root / "meta/train.txt").write_text("cat/0\ncat/1\ndog/0\ndog/1\n")
    (root / "meta/test.txt").write_text("cat/2\ndog/2\ndog/9\n")
    found = inspect_folder(root)
    assert found.question is None and found.class_names == ("cat", "dog")
    assert splits_of(found)["images/cat/2.jpg"] == "test" and splits_of(found)["images/dog/1.jpg"] == "train"
    assert any("3 keys in meta/test.txt: 2 found" in said and "'dog/9'" in said for said in found.said)
    assert found.ignored == {"list of a split": 2}


def test_a_table_of_splits_goes_with_class_folders_and_says_where_it_cannot(tmp_path):
    root = make(tmp_path, "cat/1.jpg", "cat/2.jpg", "dog/1.jpg", "dog/3.jpg")
    table(root, "file,split", "cat/1.jpg,train", "dog/1.jpg,test", "2.jpg,val", "3.jpg,train", name="splits.csv")
    found = inspect_folder(root)
    assert splits_of(found) == {"cat/1.jpg": "train", "dog/1.jpg": "test", "cat/2.jpg": "val", "dog/3.jpg": "train"}
    table(root, "file,split", "1.jpg,train", name="splits.csv")
    found = inspect_folder(root)
    assert set(splits_of(found).values()) == {None}
    assert any("splits.csv was not used" in said and "several files" in said for said in found.said)


def test_numbered_folders_with_names_are_counted_from_where_the_names_say(tmp_path):
    root = make(tmp_path, "1/a.jpg", "2/b.jpg")
    (root / "classes.txt").write_text("rose\ntulip\n")
    assert labels_of(inspect_folder(root)) == {"1/a.jpg": "rose", "2/b.jpg": "tulip"}
    (root / "classes.txt").unlink()
    (root / "class_names.json").write_text('{"2": "tulip", "1": "rose", "7": "daisy"}')
    assert labels_of(inspect_folder(root)) == {"1/a.jpg": "rose", "2/b.jpg": "tulip"}


def test_links_to_a_store_are_followed_when_asked_and_offered_otherwise(tmp_path):
    store = make(tmp_path / "store", "a.jpg", "b.jpg", "c/d.jpg")
    root = tmp_path / "set"
    (root / "cat").mkdir(parents=True)
    (root / "cat/1.jpg").symlink_to(store / "a.jpg")
    (root / "cat/2.jpg").symlink_to(store / "b.jpg")
    (root / "dog").symlink_to(store / "c")
    (root / "cat/again").symlink_to(root)  # leads back
    found = inspect_folder(root)
    assert found.files.num_rows == 0 and "4 links lead out of the folder" in found.said[-1]
    found = inspect_folder(root, follow_links=True)
    assert labels_of(found) == {"cat/1.jpg": "cat", "cat/2.jpg": "cat", "dog/d.jpg": "dog"}


def test_a_reading_that_was_left_in_the_folder_is_found_again(tmp_path):
    root = folder(tmp_path, ["pets/cat", "pets/dog", "wild/wolf"])
    assert inspect_folder(root).question is not None
    keep_reading(root, KeptReading("classes-last"))
    found = inspect_folder(root)
    assert (found.question, found.class_names) == (None, ("cat", "dog", "wolf"))
    assert ".vitrine-reading.json in the folder says (classes-last)" in found.said[0]
    assert inspect_folder(root, reading="classes").class_names == ("pets", "wild")
    for wrong in ("{", '{"reading": 7}', '{"reading": "nonsense"}', '["classes"]'):
        (root / ".vitrine-reading.json").write_text(wrong)
        assert inspect_folder(root).question is not None

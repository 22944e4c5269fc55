"""A dataset's layout: what is plain is read, what is ambiguous asked, what is wrong gets a reason."""

import os
from collections import Counter
from pathlib import Path

import pytest

from importers.inspect import inspect_folder
from importers.types import LayoutError
from tests.support.laid_out import labels_of, make, options_of, problems_of, splits_of


def test_class_folders_are_classes(tmp_path):
    found = inspect_folder(make(tmp_path, "dog/1.jpg", "cat/2.jpg", "cat/1.jpg"))
    assert labels_of(found) == {"cat/1.jpg": "cat", "cat/2.jpg": "cat", "dog/1.jpg": "dog"}
    assert (found.layout, found.question, found.task) == ("classes", None, "single")
    assert found.class_names == ("cat", "dog") and "2 classes; 3 files" in found.title


def test_files_come_sorted(tmp_path):
    found = inspect_folder(make(tmp_path, "b/2.jpg", "a/10.jpg", "a/1.jpg", "b/1.jpg"))
    assert found.files["path"].to_pylist() == ["a/1.jpg", "a/10.jpg", "b/1.jpg", "b/2.jpg"]


def test_numbered_class_folders_are_sorted_by_number(tmp_path):
    found = inspect_folder(make(tmp_path, *(f"{number}/a.png" for number in (10, 9, 0))))
    assert found.class_names == ("0", "9", "10")


def test_splits_with_class_folders_are_recognised(tmp_path):
    found = inspect_folder(make(tmp_path, "train/cat/1.jpg", "valid/dog/1.jpg", "test/cat/2.jpg"))
    assert (found.layout, found.question) == ("splits/classes", None)
    assert labels_of(found) == {"train/cat/1.jpg": "cat", "valid/dog/1.jpg": "dog", "test/cat/2.jpg": "cat"}
    assert sorted(splits_of(found).values()) == ["test", "train", "val"]


def test_unlabelled_test_folder_beside_labelled_training_is_taken_unlabelled(tmp_path):
    found = inspect_folder(make(tmp_path, "train/cat/1.jpg", "train/dog/1.jpg", "test/9.jpg"))
    assert labels_of(found)["test/9.jpg"] is None and splits_of(found)["test/9.jpg"] == "test"
    assert problems_of(found) == {"test/9.jpg": "no-label"}


def test_classes_with_split_folders_are_recognised(tmp_path):
    found = inspect_folder(make(tmp_path, "bottle/train/1.png", "bottle/test/2.png", "cable/train/1.png"))
    assert (found.layout, found.class_names) == ("classes/splits", ("bottle", "cable"))
    assert splits_of(found)["bottle/test/2.png"] == "test"


def test_split_folders_with_pictures_are_asked_about(tmp_path):
    root = make(tmp_path, "train/1.jpg", "test/1.jpg", "validation/1.jpg")
    found = inspect_folder(root)
    assert options_of(found) == ["splits", "classes"] and "test, train, validation" in found.question.text
    assert set(labels_of(found).values()) == {None}
    answered = inspect_folder(root, reading="classes")
    assert set(labels_of(answered).values()) == {"train", "test", "validation"}
    assert set(splits_of(answered).values()) == {None}


def test_mix_of_split_words_and_other_names_is_asked_about(tmp_path):
    root = make(tmp_path, "train/1.jpg", "bus/1.jpg", "bicycle/1.jpg")
    assert options_of(inspect_folder(root))[:2] == ["classes", "splits/classes"]
    assert labels_of(inspect_folder(root))["train/1.jpg"] == "train"


def test_mix_with_class_folders_below_is_taken_for_splits_and_asked(tmp_path):
    root = make(tmp_path, "train/cat/1.jpg", "test/cat/1.jpg", "extra/cat/3.jpg")
    found = inspect_folder(root)
    assert options_of(found) == ["splits/classes", "classes"]
    assert splits_of(found)["extra/cat/3.jpg"] == "extra"


def test_folders_within_class_folders_are_asked_about(tmp_path):
    root = make(tmp_path, "pets/cat/1.jpg", "pets/dog/1.jpg", "wild/lynx/1.jpg")
    assert options_of(inspect_folder(root)) == ["classes", "classes-last", "classes-path", "flat"]
    assert set(labels_of(inspect_folder(root, reading="classes-last")).values()) == {"cat", "dog", "lynx"}


def test_one_unnamed_folder_is_asked_about_and_an_images_folder_is_not(tmp_path):
    assert options_of(inspect_folder(make(tmp_path / "a", "cats/1.jpg"))) == ["flat", "classes"]
    found = inspect_folder(make(tmp_path / "b", "images/1.jpg"))
    assert (found.layout, found.question) == ("flat", None)


def test_folder_around_everything_is_seen_through(tmp_path):
    found = inspect_folder(make(tmp_path, "animals-v2/cat/1.jpg", "animals-v2/dog/1.jpg"))
    assert (found.layout, found.class_names) == ("classes", ("cat", "dog"))


def test_flat_folder_has_no_labels(tmp_path):
    found = inspect_folder(make(tmp_path, "1.jpg", "2.png"))
    assert (found.layout, found.class_names, found.label_problems.num_rows) == ("flat", (), 0)


def test_picture_outside_the_class_folders_is_unlabelled_with_a_reason(tmp_path):
    found = inspect_folder(make(tmp_path, "cat/1.jpg", "dog/1.jpg", "stray.jpg"))
    assert problems_of(found) == {"stray.jpg": "no-label"} and labels_of(found)["stray.jpg"] is None


def test_val_and_valid_side_by_side_keep_their_names(tmp_path):
    found = inspect_folder(make(tmp_path, "val/cat/1.jpg", "valid/cat/1.jpg"))
    assert set(splits_of(found).values()) == {"val", "valid"}


def test_every_other_file_is_a_candidate(tmp_path):
    found = inspect_folder(make(tmp_path, "cat/1.jpg", "dog/2.jpg", "cat/notes.txt", "README.md", "cat/data.json"))
    assert set(labels_of(found)) == {"cat/1.jpg", "dog/2.jpg", "cat/notes.txt", "README.md", "cat/data.json"}


def test_hidden_and_system_files_are_counted_not_taken(tmp_path):
    root = make(
        tmp_path,
        "cat/1.jpg",
        "dog/1.jpg",
        ".git/a",
        ".git/b/c",
        "cat/.x.jpg",
        "__MACOSX/cat/._1.jpg",
        "Thumbs.db",
    )
    found = inspect_folder(make(root, "cat/.DS_Store", "desktop.ini"))
    assert found.files.num_rows == 2
    assert dict(found.ignored) == {"hidden file": 3, "left by the operating system": 4}


def test_html_and_sql_in_names_are_just_text(tmp_path):
    names = ["<b>bold", "x'; DROP TABLE image; --", 'a "quoted"', "new\nline", "emoji 🐈"]
    found = inspect_folder(make(tmp_path, *(f"{name}/1.jpg" for name in names)))
    assert set(found.class_names) == set(names)


def test_one_class_in_two_unicode_spellings_is_one_class(tmp_path):
    found = inspect_folder(make(tmp_path, "train/caf\u00e9/1.jpg", "test/cafe\u0301/2.jpg", "test/x/1.jpg"))
    assert found.class_names == ("caf\u00e9", "x")


# What can't be opened


def test_links_are_followed_inside_the_root_only(tmp_path):
    outside = make(tmp_path / "outside", "secret.jpg")
    root = make(tmp_path / "root", "cat/1.jpg", "dog/1.jpg")
    (root / "cat/inside.jpg").symlink_to(root / "dog/1.jpg")
    (root / "cat/outside.jpg").symlink_to(outside / "secret.jpg")
    (root / "cat/broken.jpg").symlink_to("nowhere.jpg")
    (root / "cat/self.jpg").symlink_to("self.jpg")
    (root / "loop").symlink_to(root)
    found = inspect_folder(root)
    assert set(labels_of(found)) == {"cat/1.jpg", "cat/inside.jpg", "dog/1.jpg"}
    assert {path: code for path, code, _ in found.unreadable} == {
        "cat/outside.jpg": "link-outside",
        "cat/broken.jpg": "broken-link",
        "cat/self.jpg": "broken-link",
        "loop": "link-to-folder",
    }


def test_root_that_is_a_link_is_followed(tmp_path):
    make(tmp_path / "real", "cat/1.jpg", "dog/1.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert inspect_folder(tmp_path / "link").files.num_rows == 2


def test_unreadable_folder_is_reported(tmp_path, monkeypatch):
    root = make(tmp_path, "cat/1.jpg", "dog/1.jpg", "locked/1.jpg")
    scandir = os.scandir

    def guarded(path: object) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found = inspect_folder(root)
    assert found.unreadable == (
        (
            "locked",
            "unreadable-folder",
            "The folder can't be read: This account has no permission to read it.",
        ),
    )
    assert found.files.num_rows == 2


def test_name_that_is_not_utf8_is_reported(tmp_path):
    make(tmp_path, "cat/1.jpg", "dog/1.jpg")
    Path(os.fsdecode(bytes(tmp_path) + b"/cat/caf\xe9.jpg")).write_bytes(b"x")
    found = inspect_folder(tmp_path)
    assert [(path, code) for path, code, _ in found.unreadable] == [("cat/caf\\xe9.jpg", "name-not-utf8")]


def test_pipe_is_reported(tmp_path):
    make(tmp_path, "cat/1.jpg", "dog/1.jpg")
    os.mkfifo(tmp_path / "cat/pipe.jpg")
    assert inspect_folder(tmp_path).unreadable[0][:2] == ("cat/pipe.jpg", "not-a-file")


def test_missing_root_file_root_and_empty_root_are_refused(tmp_path):
    with pytest.raises(LayoutError, match="There is no folder"):
        inspect_folder(tmp_path / "gone")
    (tmp_path / "a.jpg").touch()
    with pytest.raises(LayoutError, match="is a file, not a folder"):
        inspect_folder(tmp_path / "a.jpg")
    (tmp_path / "empty/also empty").mkdir(parents=True)
    with pytest.raises(LayoutError, match="holds no files"):
        inspect_folder(tmp_path / "empty")
    with pytest.raises(LayoutError, match="besides 1 hidden"):
        inspect_folder(make(tmp_path / "hidden", ".x"))


def test_unknown_reading_is_refused(tmp_path):
    with pytest.raises(LayoutError, match="no reading 'nonsense'"):
        inspect_folder(make(tmp_path, "1.jpg"), reading="nonsense")


@pytest.mark.real_data
def test_ds801_is_recognised_with_its_counts(ds801):
    found = inspect_folder(ds801)
    counts = Counter(found.files["label"].to_pylist())
    assert [counts[index] for index in range(10)] == [
        4698,
        1542,
        1949,
        5361,
        4911,
        2681,
        2292,
        3472,
        2520,
        2422,
    ]
    assert found.layout == "labels-one-hot" and found.label_problems.num_rows == 0 and found.question is None

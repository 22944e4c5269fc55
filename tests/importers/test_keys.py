"""Which file a key means: strict where strictness tells files apart, loose where only one can be meant."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.keys import HOW, FileIndex, Match

PATHS = ["images/cat 1.jpg", "images/Dog_2.JPG", "images/sub/x.png", "test/5.jpg", "train/7.jpg"]


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("cat 1", "images/cat 1.jpg"),
        ("  images/cat 1.jpg ", "images/cat 1.jpg"),
        ("images\\cat 1.jpg", "images/cat 1.jpg"),
        ("..\\..\\media\\upload\\4\\cat 1.jpg", "images/cat 1.jpg"),
        ("C:\\data\\images\\cat 1.jpg", "images/cat 1.jpg"),
        ("file:///home/me/images/cat%201.jpg", "images/cat 1.jpg"),
        ("https://host/bucket/images/cat%201.jpg?sig=a%2Fb&x=1#top", "images/cat 1.jpg"),
        ("/data/local-files/?d=images/cat%201.jpg", "images/cat 1.jpg"),
        ("/data/upload/1/0a1b2c3d-x.png", "images/sub/x.png"),
        ("dog_2.jpg", "images/Dog_2.JPG"),
        ("IMAGES/DOG_2.jpg", "images/Dog_2.JPG"),
        ("Dog_2.png", "images/Dog_2.JPG"),
        ("somewhere/else/x.png", "images/sub/x.png"),
    ],
)
def test_a_key_is_found_however_it_is_spelt(key, path):
    found = FileIndex(PATHS).find(key)
    assert isinstance(found, int) and PATHS[found] == path


@pytest.mark.parametrize(
    "key", ["train/5.jpg", "train/5", "test/7.png", "sub/7.jpg", "images/5.jpg", "nothing.jpg", "", "..", "//", "?"]
)
def test_a_key_leads_neither_into_another_split_nor_out_of_its_own_folder(key):
    assert FileIndex(PATHS).find(key) == "missing-file"


def test_a_table_in_a_folder_of_pictures_speaks_of_those_alone():
    files = FileIndex(["train/1.jpg", "train/2.jpg", "test/1.jpg", "test/3.jpg"])
    assert files.find("1.jpg") == "ambiguous-key"
    assert files.find("1.jpg", below="test") == 2
    assert files.find("3.jpg", below="train") == "missing-file"
    assert files.find("test/3.jpg", below="train") == 3  # a whole path says it
    assert files.find("3.jpg", below="annotations") == 3  # no pictures lie there


def test_a_file_about_one_split_means_pictures_of_that_split():
    files = FileIndex(["train/1.jpg", "test/1.jpg", "test/2.jpg"])
    assert [files.find("1.jpg", split=split) for split in ("train", "test")] == [0, 1]
    assert files.find("2.jpg", split="train") == "missing-file"


def test_letters_of_another_case_tell_files_apart_where_both_are_there():
    files = FileIndex(["a/x.jpg", "b/X.jpg"])
    assert (files.find("x.jpg"), files.find("X.jpg")) == (0, 1)
    assert FileIndex(["a/x.jpg", "b/X.jpg"]).find("x.JPG") in (0, "ambiguous-key")


def test_a_name_in_thousands_of_folders_is_found_by_its_folder_and_is_ambiguous_without():
    files = FileIndex([f"class{number}/0.jpg" for number in range(5_000)])
    assert files.find("CLASS4711/0.JPG") == 4711
    assert files.find("x/class4711/0.jpg") == 4711
    assert files.find("0.jpg") == "ambiguous-key"


_names = st.text(string.ascii_letters + string.digits + " _-%.äé", min_size=1, max_size=8).filter(
    lambda text: text.strip(". ")
)


@given(st.lists(st.tuples(_names, _names), min_size=1, max_size=8, unique=True))
def test_every_file_is_found_by_its_own_path_and_how_is_said(parts):
    paths = sorted({f"{folder}/{name}.png" for folder, name in parts})
    files = FileIndex(paths)
    for number, path in enumerate(paths):
        assert files.match(path) == Match(number, HOW.index("by path"))


@given(st.text(max_size=30), st.lists(_names, max_size=5))
def test_any_key_is_a_file_or_a_reason(key, names):
    found = FileIndex([f"{name}.jpg" for name in names]).find(key)
    assert found in ("missing-file", "ambiguous-key") or 0 <= found < len(names)

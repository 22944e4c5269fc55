"""What a bucket's listing may cost, without a store: its client is one that lists what a test says."""

import datetime

import pytest

from importers import store_listing
from importers.sources import StoreFolder
from importers.types import LayoutError

NOW = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)


class Listed:
    """A client that lists these objects, key and bytes, and gives no other answer."""

    def __init__(self, objects: dict[str, int]) -> None:
        self._objects = objects

    def get_paginator(self, name: str) -> "Listed":
        assert name == "list_objects_v2"
        return self

    def paginate(self, **asked: object):
        keys = sorted(key for key in self._objects if key.startswith(str(asked["Prefix"])))
        for first in range(0, len(keys), 2):
            page = [
                {"Key": key, "Size": self._objects[key], "LastModified": NOW, "ETag": '"e"'}
                for key in keys[first : first + 2]
            ]
            yield {"Contents": page}


@pytest.fixture
def lists(monkeypatch, tmp_path):
    """What a listing of s3://b1b/p makes of some objects."""

    def look(**objects: int):
        monkeypatch.setattr(store_listing, "client", lambda: Listed({f"p/{key}": n for key, n in objects.items()}))
        return store_listing.list_store(StoreFolder("s3://b1b/p", tmp_path))

    return look


def test_label_files_of_a_bucket_are_bounded(lists) -> None:
    listing = lists(**{"a.png": 5, "huge.csv": store_listing.MAX_LABEL_BYTES + 1})
    assert listing.paths == ["a.png"]
    ((path, code, reason),) = listing.unreadable
    assert (path, code) == ("huge.csv", "not-copied") and "1,073,741,825 bytes" in reason
    with pytest.raises(LayoutError, match="bytes of label files"):
        lists(**{f"{n}.csv": store_listing.MAX_LABEL_BYTES for n in range(9)})


def test_keys_that_are_no_paths_are_failures_and_lead_nowhere(lists) -> None:
    listing = lists(**{"ok.png": 1, "a//b.png": 1, "../up.csv": 1, "x/./y.json": 1, "folder/": 0, "cat/": 0})
    assert listing.paths == ["ok.png"]
    assert {code for _, code, _ in listing.unreadable} == {"odd-key"} and len(listing.unreadable) == 3


def test_hidden_and_system_objects_are_left_aside_and_an_empty_prefix_is_said(lists) -> None:
    listing = lists(**{"a.png": 1, ".hidden/x.png": 1, "b/.DS_Store": 1, "__MACOSX/a.png": 1})
    assert listing.paths == ["a.png"] and listing.ignored.total() == 3
    with pytest.raises(LayoutError, match="holds no objects"):
        lists(**{"folder/": 0})


def test_sizes_and_times_of_a_listing_are_remembered(lists, tmp_path) -> None:
    lists(**{"a.png": 7, "b/c.png": 9})
    sizes = store_listing.listed_sizes(StoreFolder("s3://b1b/p", tmp_path))
    assert {path: n for path, (n, _) in sizes.items()} == {"a.png": 7, "b/c.png": 9}
    asked = list(store_listing.sizes_of(StoreFolder("s3://b1b/p", tmp_path), ["b/c.png", "none.png"]))
    assert asked[0][0] == 9 and asked[1] == (None, None)

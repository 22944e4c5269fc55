"""Addresses in a store, what its refusals mean, and the cache of its objects: without a store."""

import datetime
import os

import pytest

from importers import stores
from importers.object_cache import IN_USE_S, ObjectCache
from importers.sources import StoreFolder, labels_of, named_root, object_time, read_ahead, root_of
from importers.stores import BucketError, address_of, checked_url, in_words, sentence
from importers.types import LayoutError


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("s3://animals", "s3://animals"),
        ("s3://animals/", "s3://animals"),
        (" s3://animals/2026/small/ ", "s3://animals/2026/small"),
        ("S3://my.bucket-1/ä b/猫", "s3://my.bucket-1/ä b/猫"),
    ],
)
def test_an_address_is_kept_in_one_way(written, kept) -> None:
    assert checked_url(written) == kept
    assert address_of(kept).url == kept


@pytest.mark.parametrize(
    "bad", ["s3://", "s3:///x", "s3://a/../b", "s3://aa/x//y", "s3://a b/c", "s3://KEY:SECRET@bucket/x"]
)
def test_an_address_that_is_none_is_refused_and_no_secret_is_repeated(bad) -> None:
    with pytest.raises(LayoutError) as refused:
        address_of(bad)
    assert "SECRET" not in str(refused.value)


def test_what_lies_below_an_address_is_its_key() -> None:
    assert address_of("s3://animals/small").below("cat/1.jpg").key == "small/cat/1.jpg"
    assert address_of("s3://animals").prefix == "" and address_of("s3://animals").below("a").key == "a"


class _Answer(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(f"An error occurred: AKIASECRET {code}")
        self.response = {"Error": {"Code": code}}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_Answer("NoSuchKey"), FileNotFoundError),
        (_Answer("404"), FileNotFoundError),
        (
            OSError("AWS Error ACCESS_DENIED during HeadObject operation: No response body."),
            PermissionError,
        ),
        (_Answer("AccessDenied"), PermissionError),
        (_Answer("SignatureDoesNotMatch"), BucketError),
        (OSError("AWS Error INVALID_ACCESS_KEY_ID during ListObjectsV2 operation: AKIASECRET"), BucketError),
        (OSError("AWS Error NETWORK_CONNECTION during GetObject operation: curlCode: 7"), BucketError),
    ],
)
def test_a_refusal_has_a_kind_and_a_sentence_without_what_the_store_said(error, kind, monkeypatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://user:hidden@127.0.0.1:9")
    meant = in_words(error, "s3://animals/cat/1.jpg")
    assert type(meant) is kind
    said = sentence(meant)
    assert "s3://animals/cat/1.jpg" in said and "AKIASECRET" not in said and "hidden" not in said


def test_an_object_written_over_within_the_second_has_another_time() -> None:
    at = datetime.datetime(2026, 5, 1, 12, 0, 0, 900_000, tzinfo=datetime.UTC)
    one, other = object_time(at, '"abc"'), object_time(at, '"abd"')
    assert one != other and one // 10**9 == other // 10**9 == int(at.timestamp())
    assert object_time(at.replace(microsecond=0), "abc") == one  # a listing and a head say it differently


def test_the_cache_stays_below_its_bound_and_lets_the_oldest_go(tmp_path) -> None:
    now = [1_000_000.0]
    cache = ObjectCache(tmp_path / "objects", bound=1000, clock=lambda: now[0])
    for n in range(12):
        path = cache.keep(f"s3://b/{n}", "e", lambda out: out.write(bytes(200)))
        os.utime(path, (now[0], now[0]))
        now[0] += IN_USE_S + 1
    assert cache.make_room() <= 1000
    kept = [n for n in range(12) if cache.find(f"s3://b/{n}", "e")]
    assert kept == [7, 8, 9, 10, 11]
    assert sum(path.stat().st_size for path in (tmp_path / "objects").rglob("*") if path.is_file()) == 1000


def test_what_was_used_a_moment_ago_stays_in_the_cache(tmp_path) -> None:
    cache = ObjectCache(tmp_path / "objects", bound=100)
    path = cache.keep("s3://b/1", "e", lambda out: out.write(bytes(5000)))
    assert cache.make_room() == 5000 and path.is_file()


def test_another_etag_is_another_object_and_a_failed_write_leaves_nothing(tmp_path) -> None:
    cache = ObjectCache(tmp_path / "objects")
    cache.keep("s3://b/1", "one", lambda out: out.write(b"first"))
    assert cache.find("s3://b/1", "two") is None

    def breaks(out):
        out.write(b"half")
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        cache.keep("s3://b/1", "two", breaks)
    assert cache.find("s3://b/1", "two") is None
    assert [path.read_bytes() for path in (tmp_path / "objects").rglob("*") if path.is_file()] == [b"first"]


def test_the_bound_is_said_by_the_environment(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("VITRINE_OBJECT_CACHE_MB", "3")
    assert ObjectCache(tmp_path).bound == 3 << 20
    monkeypatch.setenv("VITRINE_OBJECT_CACHE_MB", "lots")
    assert ObjectCache(tmp_path).bound == 4 << 30


def test_read_ahead_keeps_the_order_and_raises_at_its_turn() -> None:
    def read(path: str) -> str:
        if path == "3":
            raise FileNotFoundError(path)
        return path * 2

    got = []
    with pytest.raises(FileNotFoundError):
        for path, future in read_ahead(map(str, range(50)), read):
            got.append((path, future.result()))
    assert got == [("0", "00"), ("1", "11"), ("2", "22")]


def test_folders_stay_paths_and_addresses_become_prefixes(tmp_path) -> None:
    assert root_of(str(tmp_path), tmp_path) == tmp_path and named_root(f"{tmp_path}/a/..", tmp_path) == tmp_path
    root = named_root("s3://animals/small/", tmp_path / "cache")
    assert isinstance(root, StoreFolder) and str(root) == "s3://animals/small"
    assert str(root / "cat/1.jpg") == "s3://animals/small/cat/1.jpg"


def test_a_label_file_of_a_prefix_lies_below_it(tmp_path) -> None:
    root = "s3://animals/small"
    assert labels_of("labels.csv", root).as_posix() == "labels.csv"
    assert labels_of("s3://animals/small/a/labels.csv", root).as_posix() == "a/labels.csv"
    assert labels_of(str(tmp_path / "l.csv"), root) == tmp_path / "l.csv"
    for outside in ("s3://animals/smaller/labels.csv", "s3://other/labels.csv", "../../secret.csv"):
        with pytest.raises(LayoutError):
            labels_of(outside, root)


def test_the_endpoint_is_taken_from_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:8333")
    assert stores.endpoint() == "http://127.0.0.1:8333"
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert stores.endpoint() is None

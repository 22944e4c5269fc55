"""Each picture is kept once: not what the dataset has, not what came before, not what stands for others."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from importers.collecting.fetching import Fetched, Known, KnownPicture, Quota
from importers.collecting.fetching.known import Repeats
from importers.fingerprint import fingerprint
from importers.listing import list_folder
from tests.support.bad_server import BadServer, drawn, running
from tests.support.fetched import LIMITS, fetch, fetch_paths, files_of


@pytest.fixture
def server() -> Iterator[BadServer]:
    with running() as server:
        yield server


def known_picture(content: bytes, path: str = "old/a.jpg") -> KnownPicture:
    found = fingerprint(content, max_pixels=10**6)
    return KnownPicture(path, found.sha256, found.pixel_sha256, found.phash)


def test_the_same_bytes_pixels_and_looks_are_kept_once(server: BadServer, tmp_path: Path) -> None:
    paths = ["/good/1", "/octets/1", "/as/1?format=PNG", "/as/1?format=PPM", "/as/1?quality=30"]
    limits = replace(LIMITS, at_once=1)  # one after the other, so that it is known which is first
    found = fetch([server.url(path, host=f"h{n}.example") for n, path in enumerate(paths)], tmp_path, limits=limits)
    first, *others = found.values()
    assert first.outcome == "kept" and files_of(tmp_path) == [first.path]
    reasons = [each.reason for each in others]
    assert reasons == ["same bytes", "same pixels", "same pixels", "nearly the same"]
    assert {each.outcome for each in others} == {"duplicate"}
    assert {each.duplicate_of for each in others} == {first.path} and {each.path for each in others} == {""}


def test_what_the_dataset_has_is_not_kept_again(server: BadServer, tmp_path: Path) -> None:
    known = Known([known_picture(drawn(1), "old/a.jpg"), known_picture(drawn(2), "old/b.jpg")])
    found = fetch_paths(server, ["/good/1", "/as/2?quality=30", "/good/3"], tmp_path, known=known)
    assert [(each.reason, each.duplicate_of) for each in found.values()] == [
        ("same bytes", "old/a.jpg"),
        ("nearly the same", "old/b.jpg"),
        ("", ""),
    ]


def test_what_was_taken_down_stays_away(server: BadServer, tmp_path: Path) -> None:
    known = Known(refused={known_picture(drawn(1)).sha256: "taken down"})
    found = fetch_paths(server, ["/good/1", "/good/2"], tmp_path, known=known)
    assert [(each.outcome, each.reason) for each in found.values()] == [("refused", "taken down"), ("kept", "")]


def test_an_address_is_asked_once_however_often_it_is_wanted(server: BadServer, tmp_path: Path) -> None:
    found = fetch([server.url(path) for path in ("/good/1", "/good/1", "/html/1", "/html/1")], tmp_path)
    assert server.counts() == {"/good/1": 1, "/html/1": 1}
    kept, again, refused, refused_again = found.values()
    assert (again.outcome, again.reason, again.duplicate_of) == ("duplicate", "same address", kept.path)
    assert (
        (refused_again.outcome, refused_again.reason)
        == (refused.outcome, refused.reason)
        == ("refused", "not a picture")
    )


@pytest.mark.long
def test_a_picture_that_stands_for_others_is_taken_back(server: BadServer, tmp_path: Path) -> None:
    paths = [f"/placeholder/{number}" for number in range(7)] + ["/good/1"]
    found = fetch_paths(server, paths, tmp_path)
    assert Counter((each.outcome, each.reason) for each in found.values()) == {
        ("refused", "placeholder"): 7,
        ("kept", ""): 1,
    }
    assert files_of(tmp_path) == [found["/good/1"].path]
    again = fetch_paths(server, [*paths, "/placeholder/99"], tmp_path)
    assert again == {**found, "/placeholder/99": again["/placeholder/99"]}
    assert again["/placeholder/99"].reason == "placeholder"
    assert server.counts().total() == 9


@pytest.mark.long
def test_a_picture_that_many_sites_show_is_no_placeholder(server: BadServer, tmp_path: Path) -> None:
    urls = [server.url(f"/placeholder/{number}", host=f"h{number}.example") for number in range(13)]
    found = fetch(urls[:11], tmp_path / "some")
    assert Counter(each.reason for each in found.values()) == {"": 1, "same bytes": 10}
    found = fetch(urls, tmp_path / "many", limits=replace(LIMITS, at_once=1))
    assert {each.reason for each in found.values()} == {"placeholder"} and files_of(tmp_path / "many") == []


def test_a_copy_at_an_address_that_was_had_does_not_count_for_a_placeholder() -> None:
    repeats = Repeats(on_host=3, anywhere=9)
    same = Fetched(0, "kept", pixel_sha256="ab" * 32)
    assert repeats.note(same, "a.example") == []
    copy = Fetched(1, "duplicate", "same address", pixel_sha256="ab" * 32)
    assert repeats.note(copy, "") == repeats.note(replace(copy, number=2), "") == []
    bytes_ = Fetched(3, "duplicate", "same bytes", pixel_sha256="ab" * 32)
    assert repeats.note(bytes_, "a.example") == []
    assert repeats.note(replace(bytes_, number=4), "a.example") == [0, 1, 2, 3, 4]
    assert repeats.is_placeholder("ab" * 32) and not repeats.is_placeholder("cd" * 32)


def test_so_many_of_a_class_are_kept_and_no_more(server: BadServer, tmp_path: Path) -> None:
    quota = Quota(lambda number: "cats" if number % 2 else "dogs", {"cats": 3})
    paths = [f"/good/{number}" for number in range(20)]
    found = fetch_paths(
        server, paths, tmp_path, quota=quota, folder_of=lambda number: "cats" if number % 2 else "big/dogs"
    )
    assert Counter(each.outcome for each in found.values()) == {"kept": 13, "left": 7}
    assert Counter(path.rpartition("/")[0] for path in files_of(tmp_path)) == {"cats": 3, "big/dogs": 10}
    assert {each.reason for each in found.values() if each.outcome == "left"} == {"enough"}


def test_what_was_left_is_tried_when_there_is_room(server: BadServer, tmp_path: Path) -> None:
    paths = [f"/good/{number}" for number in range(6)]
    found = fetch_paths(server, paths, tmp_path, quota=Quota(sizes={"": 2}))
    assert Counter(each.outcome for each in found.values()) == {"kept": 2, "left": 4}
    found = fetch_paths(server, paths, tmp_path, quota=Quota(sizes={"": 5}))
    assert Counter(each.outcome for each in found.values()) == {"kept": 5, "left": 1}


@pytest.mark.parametrize(("limit", "reason"), [("max_requests", "requests"), ("max_total_bytes", "bytes")])
def test_a_limit_of_the_whole_run_leaves_the_rest(server: BadServer, tmp_path: Path, limit: str, reason: str) -> None:
    value = 5 if limit == "max_requests" else 5 * len(drawn(1))
    limits = replace(LIMITS, at_once=1, **{limit: value})
    found = fetch_paths(server, [f"/good/{number}" for number in range(60)], tmp_path, limits=limits)
    counts = Counter((each.outcome, each.reason) for each in found.values())
    assert counts[("kept", "")] + counts[("left", reason)] == 60
    assert counts[("left", reason)] > 0 and counts[("kept", "")] >= 4


@pytest.mark.parametrize("folder", ["/etc", "../x", "a/../../x", "", ".", ".hidden", "a/.b", "a\\b"])
def test_a_folder_that_is_none_below_the_root_is_refused(server: BadServer, tmp_path: Path, folder: str) -> None:
    with pytest.raises(ValueError, match="no folder below the root"):
        fetch_paths(server, ["/good/1"], tmp_path, folder_of=lambda number: folder)
    assert files_of(tmp_path) == []


def test_an_import_does_not_see_what_is_on_its_way(tmp_path: Path) -> None:
    (tmp_path / ".fetching-0123").mkdir()
    (tmp_path / ".fetching-0123" / "4.part").write_bytes(drawn(1))
    (tmp_path / "a.jpg").write_bytes(drawn(1))
    assert list_folder(tmp_path).paths == ["a.jpg"]


def test_a_known_picture_that_is_forgotten_may_come_again() -> None:
    known, picture = Known(), known_picture(drawn(1))
    found = (picture.sha256, picture.pixel_sha256, picture.phash)
    known.add(picture)
    assert known.twin(*found, near_bits=4).reason == "same bytes"
    near = picture.phash ^ 0b1011
    assert known.twin("00" * 32, "11" * 32, near, near_bits=3).reason == "nearly the same"
    assert known.twin("00" * 32, "11" * 32, near, near_bits=2) is None
    known.forget(picture)
    assert known.twin(*found, near_bits=4) is None


def test_flat_pictures_are_not_told_by_their_looks() -> None:
    known = Known([KnownPicture("a.png", "aa" * 32, "bb" * 32, 1 << 63)])
    assert known.twin("00" * 32, "11" * 32, 1 << 63, near_bits=4) is None


def test_the_nearest_of_many_is_named() -> None:
    known = Known(KnownPicture(f"{n}.jpg", f"{n:064x}", "", (n + 1) * 0x9E3779B97F4A7C15 % 2**64) for n in range(3000))
    asked = (1500 + 1) * 0x9E3779B97F4A7C15 % 2**64 ^ 1
    assert known.twin("ff" * 32, "ee" * 32, asked, near_bits=4).path == "1500.jpg"

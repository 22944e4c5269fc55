"""Takedowns: what they are about counts as removed as long as they stand, whatever else is done."""

import contextlib

import pytest

from store import takedown
from store.acting import CURATOR, LINK, REVIEWER, Actor, acting
from store.connection import Workspace
from store.decisions import Act, decide
from store.errors import BadTakedown, NotAllowed, UnknownDataset, UnknownTakedown
from store.gallery import PictureFilters, chosen_by, count_images, picture_file
from store.overview import totals
from store.picture_files import files_of
from store.takedown import EVERY, address_key, host_of, take_down, withdraw_takedown
from store.takedown_files import delete_files
from store.versions import export_rows, freeze, list_versions, restore
from tests.support.collected_rows import candidate, land_candidates
from tests.support.small_workspace import image_row, land, new_dataset

N = 6


def fill(workspace: Workspace) -> None:
    """Six images: 0 to 3 collected from two sites by two authors, 4 and 5 imported; a copy of image 0 was found."""
    dataset = new_dataset(workspace, "cats")
    rows = [image_row(f"a/{i}.jpg", label=0) for i in range(4)]
    rows += [image_row("a/4.jpg", label=0, source_url="https://Photos.example.org/4/"), image_row("a/5.jpg", label=0)]
    land(workspace, dataset.id, rows)
    found = [
        candidate(i, source="openverse" if i < 2 else "commons", query="cat", outcome="kept", path=f"a/{i}.jpg",
                  sha256=rows[i]["sha256"])
        for i in range(4)
    ]  # fmt: skip
    found.append(
        candidate(4, source="commons", query="cat", outcome="duplicate", why="same bytes", duplicate_of="a/0.jpg",
                  author="Eve  Copy")
    )  # fmt: skip
    land_candidates(workspace, dataset.id, found)


@pytest.fixture
def cats(workspace: Workspace) -> int:
    fill(workspace)
    return 1


def kept(workspace: Workspace, dataset_id: int) -> set[str]:
    return {row["path"] for row in workspace.rows("kept_export", dataset_id=dataset_id)}


def gone(workspace: Workspace, dataset_id: int) -> set[int]:
    """Which of the six are taken down, by the numbers in their names."""
    there = kept(workspace, dataset_id)
    return {i for i in range(N) if f"a/{i}.jpg" not in there}


@pytest.mark.parametrize(
    ("what", "value", "expected"),
    [
        ("address", "https://img.openverse.example/1.jpg", {1}),
        ("address", "http://openverse.example/photos/1/#top", {1}),  # its page, written otherwise
        ("address", "photos.example.org/4", {4}),  # of a table that was imported
        ("address", "https://img.commons.example/4.jpg", {0}),  # a copy that was found elsewhere
        ("author", " ada  2 ", {2}),
        ("author", "EVE COPY", {0}),
        ("site", "https://www.commons.example/anything", {2, 3}),  # and what lies below it; not the copy's site
        ("site", "img.openverse.example", {0, 1}),
        ("picture", "a/5.jpg", {5}),
        ("picture", "6", {5}),
        ("site", "example", None),
        ("author", "nobody", set()),
    ],
)
def test_a_takedown_removes_what_it_is_about(workspace, cats, what, value, expected) -> None:
    if expected is None:
        with pytest.raises(BadTakedown, match="names no host"):
            take_down(workspace, cats, what=what, value=value, who="ada")
        return
    made = take_down(workspace, cats, what=what, value=value, reason="asked by letter", who="ada")
    assert gone(workspace, cats) == expected and made.n_images == len(expected) and made.stands
    found = totals(workspace, cats)
    assert (found.n_images, found.n_removed, found.n_missing) == (N - len(expected), len(expected), 0)
    back = withdraw_takedown(workspace, cats, takedown_id=made.id, who="eve")
    assert gone(workspace, cats) == set() and not back.stands and back.withdrawn_by == "eve"


def test_the_same_pixels_in_another_file_go_with_a_picture(workspace, cats) -> None:
    land(workspace, cats, [image_row("b/copy.png", content="other", pixel_sha256=image_row("a/5.jpg")["pixel_sha256"])])
    assert take_down(workspace, cats, what="picture", value="a/5.jpg", who="ada").n_images == 2


def test_no_decision_and_no_restored_version_brings_it_back(workspace, cats) -> None:
    version = freeze(workspace, cats, name="v1", who="ada")
    take_down(workspace, cats, what="author", value="Ada 2", who="ada")
    decide(workspace, cats, [Act(3, "restore")], who="ada")
    restored = restore(workspace, cats, version=version, who="ada")
    assert gone(workspace, cats) == {2} and restored.n_restored == 0


def test_a_version_that_was_frozen_before_is_exported_without_it_and_says_how_many(workspace, cats) -> None:
    version = freeze(workspace, cats, name="v1", who="ada")
    take_down(workspace, cats, what="site", value="openverse.example", who="ada")
    assert {row["path"] for row in export_rows(workspace, version.id).to_pylist()} == {
        f"a/{i}.jpg" for i in range(2, N)
    }
    assert takedown.n_taken_down_of_version(workspace, version.id) == 2
    (still,) = list_versions(workspace, cats)
    assert still.n_images == N and still.n_missing == 0  # what was frozen stays as it was


def test_its_pixels_are_served_to_nobody(workspace, cats) -> None:
    assert files_of(workspace).find(workspace, 2) is not None
    take_down(workspace, cats, what="author", value="Ada 1", who="ada")
    assert files_of(workspace).find(workspace, 2) is None and picture_file(workspace, 2) is None
    assert files_of(workspace).find(workspace, 1) is not None


def test_a_picture_that_comes_later_is_taken_down_when_it_lands(workspace, cats) -> None:
    made = take_down(workspace, cats, what="address", value="https://late.example/9.jpg", who="ada")
    assert made.n_images == 0
    land(workspace, cats, [image_row("b/9.jpg", source_url="https://late.example/9.jpg")])
    assert "b/9.jpg" not in kept(workspace, cats)
    assert takedown.find_takedown(workspace, cats, takedown_id=made.id).n_images == 1
    again = candidate(9, source="late", query="cat", outcome="duplicate", why="same bytes", duplicate_of="a/5.jpg")
    take_down(workspace, cats, what="address", value=str(again["file_url"]), who="ada")
    land_candidates(workspace, cats, [again], run_id=901)
    assert gone(workspace, cats) == {5}


def test_results_of_before_are_stale_only_where_something_was_taken_down(workspace, cats) -> None:
    before = workspace.data_generation(cats)
    take_down(workspace, cats, what="author", value="nobody", who="ada")
    assert workspace.data_generation(cats) == before
    take_down(workspace, cats, what="author", value="Ada 3", who="ada")
    assert workspace.data_generation(cats) > before


def test_one_for_every_dataset_reaches_those_to_come(workspace, cats) -> None:
    made = take_down(workspace, EVERY, what="site", value="commons.example", who="ada")
    assert gone(workspace, cats) == {2, 3} and made.n_images == 2
    other = new_dataset(workspace, "dogs")
    land(workspace, other.id, [image_row("a/0.jpg", source_url="https://commons.example/7")])
    assert kept(workspace, other.id) == set()
    with pytest.raises(UnknownTakedown, match="has the number 1"):
        withdraw_takedown(workspace, cats, takedown_id=made.id, who="ada")
    withdraw_takedown(workspace, EVERY, takedown_id=made.id, who="ada")
    assert gone(workspace, cats) == set() and kept(workspace, other.id) == {"a/0.jpg"}


def test_what_cannot_be_recorded_is_refused_in_a_sentence(workspace, cats) -> None:
    take_down(workspace, cats, what="author", value="Ada 1", who="ada")
    for what, value, said in (
        ("author", "Ada 1", "is taken down already"),
        ("author", "  ", "Say which author"),
        ("colour", "red", "by address, author, site or picture"),
        ("picture", "99", "no picture '99'"),
        ("address", "not an address", "names no host"),
    ):
        with pytest.raises(BadTakedown, match=said):
            take_down(workspace, cats, what=what, value=value, who="ada")
    with pytest.raises(UnknownTakedown):
        withdraw_takedown(workspace, cats, takedown_id=77, who="ada")


def test_a_curator_takes_down_a_reviewer_does_not_and_it_is_in_the_log(workspace, cats) -> None:
    reviewer = Actor(role=REVIEWER, how=LINK, name="Rob")
    curator = Actor(role=CURATOR, how=LINK, name="Cleo", dataset_ids=frozenset([cats]))
    with acting(reviewer), pytest.raises(NotAllowed):
        take_down(workspace, cats, what="author", value="Ada 1", who="Rob")
    with acting(curator):
        made = take_down(workspace, cats, what="author", value="Ada 1", who="Cleo")
        with pytest.raises(UnknownDataset):
            take_down(workspace, EVERY, what="author", value="Ada 2", who="Cleo")
    assert made.who == "Cleo"
    (noted,) = [row for row in workspace.rows("list_audit", who="", act="take_down", before=None, n_rows=9)]
    assert noted["who"] == "Cleo" and noted["dataset"] == "cats"


@pytest.mark.parametrize(
    "url",
    ["https://www.Flickr.com/a/b/?q=1#x", "http://u:p@EXAMPLE.org:80/", "HTTPS://a.b.c", "foo", "", "https://x.org//",
     "ftp://www.www.x.org/é ü", "https://a.org/x?y=/"],
)  # fmt: skip
def test_the_file_and_this_process_compare_addresses_alike(workspace, url: str) -> None:
    with contextlib.closing(workspace.cursor()) as cursor:
        read = cursor.execute("SELECT address_key($1), host_of($1)", [url]).fetchone()
    assert read == (address_key(url), host_of(url))


def test_the_gallery_counts_it_among_the_removed(workspace, cats) -> None:
    take_down(workspace, cats, what="author", value="Ada 1", who="ada")
    removed = PictureFilters(check="removed")
    chosen = chosen_by(workspace, cats, check="removed")
    assert count_images(workspace, cats, filters=removed, chosen=chosen) == 1


def test_files_that_no_collection_wrote_here_stay(workspace, cats, tmp_path) -> None:
    """The dataset's folder is not below the workspace's `collected`, so nothing of it is touched."""
    root = tmp_path / "pictures" / "a"
    root.mkdir(parents=True)
    (root / "1.jpg").write_bytes(b"x")
    with workspace.writing(cats) as cursor:
        cursor.execute("UPDATE dataset SET root = $1", [str(tmp_path / "pictures")])
    made = take_down(workspace, cats, what="author", value="Ada 1", who="ada")
    done = delete_files(workspace, cats, takedown_id=made.id, who="ada")
    assert (done.n_files, done.n_elsewhere) == (0, 1) and (root / "1.jpg").is_file()


def test_no_link_leads_out_of_the_folder_that_may_be_deleted_from(workspace, cats, tmp_path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "1.jpg").write_bytes(b"x")
    ours = workspace.root / "collected" / "cats"
    ours.mkdir(parents=True)
    (ours / "a").symlink_to(outside)
    with workspace.writing(cats) as cursor:
        cursor.execute("UPDATE dataset SET root = $1", [str(ours)])
    made = take_down(workspace, cats, what="author", value="Ada 1", who="ada")
    assert delete_files(workspace, cats, takedown_id=made.id, who="ada").n_elsewhere == 1
    assert (outside / "1.jpg").is_file()

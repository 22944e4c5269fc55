"""Where pictures are from: of the bytes that are there, or were frozen; what is said of a licence, and of what."""

import datetime

import pytest

from store.gallery import PictureFilters, chosen_by, count_images
from store.origin import OriginFilters, collected_queries, kept_origins, licence_texts, origin_of, version_origins
from store.versions import freeze
from tests.support.collected_rows import candidate, land_candidates
from tests.support.small_workspace import image_row, land, new_dataset


@pytest.fixture
def cats(workspace) -> int:
    """Image 1 was collected under CC-BY 4.0, 2 under no known licence; 3 says its own, 4 says nothing."""
    dataset = new_dataset(workspace, "cats")
    rows = [image_row(f"{i}.jpg", label=0) for i in range(2)]
    rows += [image_row("2.jpg", label=0, licence=" MIT "), image_row("3.jpg", label=0, licence="Unknown")]
    land(workspace, dataset.id, rows)
    about = {"source": "openverse", "query": "cat", "outcome": "kept"}
    found = [
        candidate(0, **about, path="0.jpg", sha256=rows[0]["sha256"]),
        candidate(1, **about, path="1.jpg", sha256=rows[1]["sha256"], licence=None, licence_version=None),
    ]
    land_candidates(workspace, dataset.id, found)
    return dataset.id


def said(workspace, dataset_id: int) -> set[tuple[str, str, int]]:
    return {(each.licence, each.whose, each.n) for each in licence_texts(workspace, dataset_id)}


def test_a_licence_is_the_pictures_own_else_its_datasets_else_unknown(workspace, cats) -> None:
    assert said(workspace, cats) == {("CC-BY-4.0", "own", 1), ("MIT", "own", 1), ("", "unknown", 2)}
    with workspace.writing(cats) as cursor:
        cursor.execute("UPDATE dataset SET licence = 'CC0'")
    assert said(workspace, cats) == {("CC-BY-4.0", "own", 1), ("MIT", "own", 1), ("CC0", "dataset", 2)}


def test_an_origin_is_of_the_bytes_that_were_fetched(workspace, cats) -> None:
    found = origin_of(workspace, 1)
    assert found is not None and (found.author, found.rank, found.licence) == ("Ada 0", 1, "CC-BY")
    assert origin_of(workspace, 3) is None
    land(workspace, cats, [image_row("0.jpg", content="another picture in its place", label=0)])
    assert origin_of(workspace, 1) is None and ("CC-BY-4.0", "own", 1) not in said(workspace, cats)


def test_a_version_keeps_the_origin_of_what_was_frozen(workspace, cats) -> None:
    version = freeze(workspace, cats, name="v1", who="ada")
    row = image_row("0.jpg")
    later = datetime.datetime(2100, 1, 1)
    again = candidate(0, source="commons", query="kitten", outcome="kept", path="0.jpg", sha256=row["sha256"],
                      licence="CC0", licence_version="1.0", fetched_at=later)  # fmt: skip
    land_candidates(workspace, cats, [again], run_id=901)
    frozen = {each["image_id"]: each for each in version_origins(workspace, version.id).to_pylist()}
    now = {each["image_id"]: each for each in kept_origins(workspace, cats).to_pylist()}
    assert (frozen[1]["source"], frozen[1]["licence"]) == ("openverse", "CC-BY")
    assert (now[1]["source"], now[1]["licence"]) == ("commons", "CC0")
    land(workspace, cats, [image_row("0.jpg", content="another", label=0)])
    assert {each["image_id"]: each for each in version_origins(workspace, version.id).to_pylist()}[1][
        "author"
    ] == "Ada 0"
    assert set(frozen) == set(now) == {1, 2, 3}  # of the fourth nothing is known


def test_filters_meet_checks(workspace, cats) -> None:
    def n(check: str | None = None, **origin: object) -> int:
        filters = PictureFilters(check=check, origin=OriginFilters(**origin))
        chosen = chosen_by(workspace, cats, check=check, origin=filters.origin)
        return count_images(workspace, cats, filters=filters, chosen=chosen)

    assert [(each.source, each.query, each.n) for each in collected_queries(workspace, cats)] == [
        ("openverse", "cat", 2)
    ]
    assert n() == 4 and n(source="openverse") == 2 and n(query="dog") == 0
    assert n(licences=("",)) == 2 and n(licences=("MIT", "CC-BY-4.0")) == 2 and n(licences=()) == 0
    assert n(licences=("",), source="openverse") == 1
    assert n("without-embedding", licences=("MIT",)) == 1 and n("removed", licences=("MIT",)) == 0
    assert n("unlabelled", source="openverse") == 0

"""Where a picture is from: an address is one, words stay words."""

import pytest

from jobs.export.plan import rows_of
from store.connection import Workspace
from store.gallery import PictureFilters, export_csv, image_facts
from store.images import reconcile_source
from store.migrations import read_migrations
from store.versions import export_rows, freeze
from tests.support.small_workspace import image_row, land, new_dataset
from tests.support.source_state import source

SAID = {
    "http://a.org/b.png": True,
    "https://x/y?z=1#2": True,
    "s3://bucket/key": True,
    "www.example.org/cat": True,
    "camera 1": False,
    "hospital B": False,
    "http": False,
    "a.png": False,
    "see http://a.org": False,
    "": False,
}


def kept(workspace: Workspace) -> list[tuple[str | None, str | None]]:
    rows = workspace.read_text("SELECT source_url, source FROM image ORDER BY path").to_pylist()
    return [(row["source_url"], row["source"]) for row in rows]


@pytest.fixture
def pictures(workspace) -> int:
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{i:02}.png", source_url=said) for i, said in enumerate(SAID)])
    return dataset.id


def test_words_are_no_address(workspace, pictures) -> None:
    expected = [(said, None) if is_address else (None, said or None) for said, is_address in SAID.items()]
    assert kept(workspace) == expected
    files = {f"{i:02}.png": {"source_url": said} for i, said in enumerate(reversed(SAID))}
    reconcile_source(workspace, pictures, state=source(files, names=()), run_id=2)
    assert kept(workspace) == expected[::-1]
    facts = image_facts(workspace, pictures, image_id=1)
    assert (facts.source_url, facts.source) == kept(workspace)[0]
    assert "camera 1" in export_csv(workspace, pictures, filters=PictureFilters()).decode()


def test_what_was_kept_as_an_address_before_is_told_apart(workspace, pictures) -> None:
    expected = kept(workspace)
    (text,) = [one.text for one in read_migrations() if one.name == "source_in_words"]
    (update,) = [part for part in text.split(";") if "UPDATE image" in part]
    with workspace.writing(pictures) as cursor:
        cursor.execute("UPDATE image SET source_url = coalesce(source_url, source), source = NULL")
        cursor.execute(update)
    assert kept(workspace) == expected


def test_words_leave_with_a_version_beside_its_addresses(workspace, pictures) -> None:
    version = freeze(workspace, pictures, name="v1", who="Ada")
    rows = rows_of(export_rows(workspace, version.id))
    assert sorted((row.source_url or "", row.source or "") for row in rows) == sorted(
        (said, "") if is_address else ("", said) for said, is_address in SAID.items()
    )

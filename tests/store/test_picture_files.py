"""Files of images in memory: what a query would say, read again only when a file may be another one."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from store import picture_files
from store.connection import Workspace
from store.decisions import Act, decide
from store.gallery import picture_file
from store.images import land_images
from store.moves import land_move
from store.picture_files import NotAtHand, PictureFiles
from tests.support.small_workspace import SCHEMA, image_row, land, new_dataset


@pytest.fixture
def birds(workspace) -> int:
    """Five images: two in another format than the others, one shown in another way; in a second dataset two more."""
    dataset = new_dataset(workspace)
    rows = [image_row(f"{name}.png", label=0) for name in "ab"]
    rows += [
        image_row("ü c.jpg", format="JPEG", has_thumb=True, width=800, height=600),
        image_row("d.gif", format="GIF"),
    ]
    land(workspace, dataset.id, rows)
    other = new_dataset(workspace, "cats")
    land(workspace, other.id, [image_row("a.png"), image_row("deep/er/b.tif", format="TIFF", has_thumb=True)])
    with workspace.writing(dataset.id, changes_data=True) as cursor:
        cursor.execute("UPDATE image SET rendering = 'stretched' WHERE path = 'd.gif'")
        cursor.execute("DELETE FROM image WHERE path = 'b.png'")
    return dataset.id


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The statements that are read from now on."""
    names: list[str] = []
    really = Workspace.read

    def note(self: Workspace, statement: str, /, **values: object):
        names.append(statement)
        return really(self, statement, **values)

    monkeypatch.setattr(Workspace, "read", note)
    return names


def pieces_read(names: list[str]) -> int:
    return names.count("picture_files")


@pytest.mark.parametrize("piece", [1, 2, 4, 65_536])
def test_every_image_has_the_file_that_a_query_gives(workspace, birds, monkeypatch, piece) -> None:
    monkeypatch.setattr(picture_files, "PIECE", piece)
    files = PictureFiles()
    numbers = [*range(-2, 12), 10**15 - 1]
    assert [files.find(workspace, n) for n in numbers] == [picture_file(workspace, n) for n in numbers]
    assert [files.at_hand(workspace, n) for n in numbers] == [picture_file(workspace, n) for n in numbers]
    assert sum(files.find(workspace, n) is not None for n in numbers) == 5


def test_what_is_not_in_memory_is_never_read_by_asking_for_what_is(workspace, birds, read) -> None:
    files = PictureFiles()
    with pytest.raises(NotAtHand):
        files.at_hand(workspace, 1)
    assert not read
    files.find(workspace, 1)
    assert files.at_hand(workspace, 3) is not None and pieces_read(read) == 1


def test_numbers_that_no_image_has_read_nothing(workspace, birds, read) -> None:
    files = PictureFiles()
    for number in (0, 8, 10**9, 10**14):
        assert files.find(workspace, number) is None
    assert pieces_read(read) == 0 and files.n_bytes == 0


def test_a_decision_leaves_the_files_in_memory(workspace, birds, read) -> None:
    files = PictureFiles()
    before = files.find(workspace, 1)
    decide(workspace, birds, [Act(1, "keep", reason="r"), Act(3, "remove", reason="r")], who="me")
    with pytest.raises(NotAtHand):  # whether it is still right is asked once
        files.at_hand(workspace, 1)
    assert files.find(workspace, 1) == files.at_hand(workspace, 1) == before
    assert pieces_read(read) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"content": "other bytes"},
        {"has_thumb": True},
        {"width": 7},
        {"format": "WEBP"},
    ],
)
def test_an_import_that_finds_another_picture_is_seen_at_once(workspace, birds, change) -> None:
    files = PictureFiles()
    before = files.find(workspace, 1)
    with workspace.writing(birds) as cursor:  # as a job lands it: it notes itself what it changes
        table = pa.Table.from_pylist([image_row("a.png", **change)], schema=SCHEMA)
        land_images(cursor, birds, table=table, run_id=2)
    assert files.find(workspace, 1) == picture_file(workspace, 1) != before


def test_a_dataset_that_moves_takes_its_files_along(workspace, birds) -> None:
    files = PictureFiles()
    assert files.find(workspace, 1).root == "/pictures/birds"
    none = pa.table(
        {
            "image_id": pa.array([], pa.int64()),
            "state": pa.array([], pa.string()),
            "mtime_ns": pa.array([], pa.int64()),
            "was_missing": pa.array([], pa.bool_()),
        }
    )
    with workspace.writing(birds) as cursor:
        land_move(cursor, birds, table=none, root="/elsewhere", who="me", run_id=3)
    assert files.find(workspace, 1).root == "/elsewhere"
    assert files.find(workspace, 5).root == "/pictures/cats"


def test_many_who_ask_at_once_wait_for_one_reading(workspace, birds, read) -> None:
    files, gate = PictureFiles(), threading.Barrier(8)

    def ask(number: int):
        gate.wait()
        return files.find(workspace, 1 + 2 * (number % 2))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert {file.path for file in found} == {"a.png", "ü c.jpg"} and pieces_read(read) == 1


def test_so_many_pieces_stay_and_no_more(workspace, birds, monkeypatch, read) -> None:
    monkeypatch.setattr(picture_files, "PIECE", 1)
    monkeypatch.setattr(picture_files, "MOST_PIECES", 2)
    files = PictureFiles()
    for number in (1, 3, 1, 4):
        files.find(workspace, number)
        files.at_hand(workspace, number)
    assert pieces_read(read) == 3
    with pytest.raises(NotAtHand):
        files.at_hand(workspace, 3)
    assert files.at_hand(workspace, 1).path == "a.png"


def test_an_image_takes_seventy_bytes_and_its_path(workspace, birds) -> None:
    with workspace.writing(birds, changes_data=True) as cursor:
        cursor.execute(
            "INSERT INTO image (id, dataset_id, path, sha256, pixel_sha256, phash, width, height, bytes, mtime_ns, "
            "format, mode, n_frames, brightness, contrast, sharpness, entropy, has_thumb, run_id, imported_at) "
            "SELECT 100 + i, $1, 'train/class ' || i % 10 || '/' || lpad(i::VARCHAR, 20, '0'), sha256(i::VARCHAR), "
            "'', 0, 64, 64, 1, 1, 'JPEG', 'RGB', 1, 0, 0, 0, 0, false, 1, now() FROM range(20_000) AS made(i)",
            [birds],
        )
    files = PictureFiles()
    assert files.find(workspace, 100).path == "train/class 0/00000000000000000000"
    path_bytes = len("train/class 0/") + 20
    assert files.n_bytes < 20_010 * (70 + path_bytes)
    assert files.n_bytes > 20_000 * (40 + path_bytes)

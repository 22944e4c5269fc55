"""Opening a workspace: what is in the way is a sentence, and before a file is changed it is copied: nothing is lost."""

import errno
import os
import signal
import subprocess
import sys

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import connection, workspace_file
from store.connection import open_workspace
from store.datasets import class_names, find_dataset
from store.errors import (
    DiskFull,
    MigrationFailed,
    StoreError,
    WalDamaged,
    WorkspaceBusy,
    WorkspaceDamaged,
    WorkspaceRefused,
)
from store.migrations import Migration, read_migrations
from store.statements import sql
from store.workspace_file import FILE_NAME, WAL_NAME, set_wal_aside
from tests.support.before_house import recorded, workspace_before_house
from tests.support.places import PROJECT

_WRITES = """
import os, signal, sys
from store.connection import open_workspace
workspace = open_workspace(sys.argv[1])
for n in range(20):
    with workspace.writing() as cursor:
        cursor.execute("INSERT INTO class_name SELECT 1, range + ?, 'name', NULL FROM range(500)", [n * 1000])
os.kill(os.getpid(), signal.SIGKILL)
"""
BAD = Migration(
    number=len(read_migrations()) + 1, name="bad", text="CREATE TABLE half (a INTEGER); SELECT 1 FROM none;"
)


@pytest.fixture
def killed(tmp_path):
    """A workspace whose owner was killed: its last writes stand in the write-ahead log. "lock" is in its path."""
    root = tmp_path / "a lock on the block"
    assert subprocess.run([sys.executable, "-c", _WRITES, str(root)], cwd=PROJECT).returncode == -signal.SIGKILL
    assert (root / WAL_NAME).stat().st_size > 10_000
    return root


def n_classes(root) -> int:
    workspace = open_workspace(root)
    try:
        return workspace.read_text("SELECT count(*) AS n FROM class_name")["n"].to_pylist()[0]
    finally:
        workspace.close()


def damage(path) -> bytes:
    """Turn a byte in the middle over; what stood there before."""
    before = path.read_bytes()
    content = bytearray(before)
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    return before


# What lies in the way


@pytest.mark.parametrize("lock", ["lock", "LOCK", "Could not set lock on file"])
def test_a_damaged_file_is_not_called_busy_whatever_its_folder_is_called(tmp_path, lock):
    root = tmp_path / lock
    root.mkdir()
    (root / FILE_NAME).write_bytes(b"")
    with pytest.raises(WorkspaceDamaged, match="not a valid DuckDB database"):
        open_workspace(root)


@pytest.mark.long
def test_a_busy_file_is_called_busy_whatever_its_folder_is_called(killed):
    code = "import sys, duckdb; held = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    order = [sys.executable, "-c", code, str(killed / FILE_NAME)]
    with subprocess.Popen(order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        holder.stdout.readline()
        with pytest.raises(WorkspaceBusy, match=f"is open in process {holder.pid}"):
            open_workspace(killed)
        holder.communicate("\n")


@pytest.mark.parametrize("inside", ["", "below", "below/further"])
def test_a_path_that_is_a_file_is_a_sentence(tmp_path, inside):
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(WorkspaceRefused, match=r"notes\.txt is a file where a folder is needed.*--workspace DIR"):
        open_workspace(tmp_path / "notes.txt" / inside)
    assert (tmp_path / "notes.txt").read_text() == "notes"


@pytest.mark.parametrize("name", ["jobs", "thumbs"])
def test_a_file_where_a_workspace_has_a_folder_is_a_sentence(tmp_path, name):
    (tmp_path / name).write_text("")
    with pytest.raises(WorkspaceRefused, match=f"{name} is a file where a folder is needed"):
        open_workspace(tmp_path)


def test_a_folder_where_the_file_should_be_is_a_sentence(tmp_path):
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(WorkspaceDamaged, match="is no file"):
        open_workspace(tmp_path)


@pytest.mark.parametrize("path", ["a\0b", "~nobody-of-that-name/w", "x" * 5000])
def test_a_path_that_cannot_be_is_a_sentence(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkspaceRefused, match="There can be no workspace at"):
        open_workspace(path)


def test_links_in_a_circle_are_a_sentence(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(WorkspaceRefused):
        open_workspace(tmp_path / "a")


@pytest.mark.long
@given(path=st.text(max_size=30).filter(lambda text: "/" not in text and text.strip(". ")))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_is_a_workspace_or_a_sentence(tmp_path, path):
    try:
        opened = open_workspace(os.path.join(tmp_path, path))
    except StoreError:
        return
    opened.close()
    assert opened.root.parent == tmp_path


def test_a_full_disk_is_a_sentence_and_leaves_the_file_free(tmp_path, monkeypatch):
    def no_room(root):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(connection, "write_owner", no_room)
        with pytest.raises(DiskFull, match="Free some room"):
            open_workspace(tmp_path)
    open_workspace(tmp_path).close()


# A write-ahead log


@pytest.mark.long
def test_a_whole_log_is_read(killed):
    assert n_classes(killed) == 10_000


@pytest.mark.long
def test_a_damaged_log_is_named_and_can_be_set_aside_and_put_back(killed):
    before = damage(killed / WAL_NAME)
    with pytest.raises(WalDamaged, match=r"vitrine\.duckdb\.wal is damaged") as refused:
        open_workspace(killed)
    assert "set-log-aside" in str(refused.value) and "Move it away" not in str(refused.value)
    aside = set_wal_aside(killed)
    assert aside.name == f"{WAL_NAME}.damaged" and not (killed / WAL_NAME).exists()
    file = (killed / FILE_NAME).read_bytes()
    assert n_classes(killed) == 0, "what stood in the log alone is gone, the rest opens"
    (killed / FILE_NAME).write_bytes(file)
    (killed / WAL_NAME).write_bytes(before)
    assert n_classes(killed) == 10_000


@pytest.mark.parametrize("content", [b"garbage" * 500, b"\0" * 8 + b"x" * 100])
@pytest.mark.long
def test_what_is_no_log_is_named_before_anything_is_lost(killed, content):
    before = (killed / WAL_NAME).read_bytes()
    (killed / WAL_NAME).write_bytes(content)
    with pytest.raises(WalDamaged, match=r"vitrine\.duckdb\.wal is damaged"):
        open_workspace(killed)
    assert (killed / WAL_NAME).read_bytes() == content
    (killed / WAL_NAME).write_bytes(before)
    assert n_classes(killed) == 10_000


@pytest.mark.parametrize("content", [b"", bytes(4096)])
@pytest.mark.long
def test_what_a_power_cut_leaves_of_a_log_is_in_nobodys_way(killed, content):
    (killed / WAL_NAME).write_bytes(content)
    assert n_classes(killed) == 0


@pytest.mark.long
def test_a_log_that_can_be_read_is_not_set_aside(killed):
    with pytest.raises(WorkspaceRefused, match="opens with its log"):
        set_wal_aside(killed)
    assert n_classes(killed) == 10_000
    with pytest.raises(WorkspaceRefused, match="There is no"):
        set_wal_aside(killed)


@pytest.mark.long
def test_a_second_damaged_log_does_not_take_the_place_of_the_first(killed):
    content = (killed / WAL_NAME).read_bytes()
    file = (killed / FILE_NAME).read_bytes()
    for name in (f"{WAL_NAME}.damaged", f"{WAL_NAME}.damaged-2"):
        (killed / FILE_NAME).write_bytes(file)
        (killed / WAL_NAME).write_bytes(content)
        damage(killed / WAL_NAME)
        assert set_wal_aside(killed).name == name


# A file of an earlier version


@pytest.fixture
def old(tmp_path):
    """A workspace of schema 18 that this version has not opened yet."""
    return workspace_before_house(tmp_path)


def applied_in(path) -> int:
    with duckdb.connect(str(path), read_only=True) as file:
        return file.execute("SELECT max(number) FROM migration").fetchone()[0]


def test_a_file_of_an_earlier_version_is_copied_before_it_is_changed(old):
    before = (old / FILE_NAME).read_bytes()
    open_workspace(old).close()
    copy = old / "vitrine.schema-18.duckdb"
    assert copy.read_bytes() == before
    assert (applied_in(copy), applied_in(old / FILE_NAME)) == (18, len(read_migrations()))
    copy.unlink()
    open_workspace(old).close()
    assert not copy.exists(), "one that is up to date needs none"


LATEST = len(read_migrations())


@pytest.mark.parametrize(
    "schema", [1, LATEST - 1, *(pytest.param(number, marks=pytest.mark.long) for number in range(2, LATEST - 1))]
)
def test_a_file_of_any_schema_there_was_opens_with_what_is_in_it(tmp_path, schema):
    with duckdb.connect(str(tmp_path / FILE_NAME)) as file:
        file.execute(sql("create_migration_table"))
        for migration in read_migrations()[:schema]:
            file.execute(migration.text)
            file.execute("INSERT INTO migration VALUES (?, ?, now())", [migration.number, migration.name])
        file.execute(
            "INSERT INTO dataset (id, name, root, task, layout, import_options, created_at) "
            "VALUES (1, 'birds', '/birds', 'single', 'folders', '{}', now())"
        )
        file.execute("INSERT INTO class_name (dataset_id, index, name) VALUES (1, 0, 'crow')")
    opened = open_workspace(tmp_path)
    assert class_names(opened, find_dataset(opened, "birds").id) == ["crow"]
    opened.close()
    assert applied_in(tmp_path / f"vitrine.schema-{schema}.duckdb") == schema
    assert applied_in(tmp_path / FILE_NAME) == LATEST


def test_a_new_file_needs_no_copy(tmp_path):
    open_workspace(tmp_path).close()
    assert not list(tmp_path.glob("vitrine.schema-*"))


@pytest.mark.long
def test_a_migration_that_fails_is_one_sentence_and_the_file_is_as_it_was(old, monkeypatch):
    before = (old / FILE_NAME).read_bytes()
    with monkeypatch.context() as newer:
        newer.setattr("store.migrations.read_migrations", lambda *_: [*read_migrations(), BAD])
        for _ in range(2):
            with pytest.raises(MigrationFailed, match="it is as it was, of schema 18") as failed:
                open_workspace(old)
            assert "\n" not in str(failed.value) and "none does not exist" in str(failed.value)
            assert (old / FILE_NAME).read_bytes() == before
    assert sorted(path.name for path in old.glob("vitrine*")) == [FILE_NAME]
    opened = open_workspace(old)
    counted = {
        name: opened.count("count_rows", table_name=name) for name in recorded()["counts"] if name != "migration"
    }
    assert counted == {name: n for name, n in recorded()["counts"].items() if name != "migration"}
    opened.close()


def test_without_room_for_the_copy_nothing_is_changed(old, monkeypatch):
    before = (old / FILE_NAME).read_bytes()

    def no_room(source, target):
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(workspace_file.shutil, "copyfile", no_room)
    with pytest.raises(DiskFull, match="nothing was changed"):
        open_workspace(old)
    assert (old / FILE_NAME).read_bytes() == before
    assert not list(old.glob("*.part")) and not list(old.glob(".*.part"))


def test_a_new_workspace_that_cannot_be_made_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("store.migrations.read_migrations", lambda *_: [*read_migrations(), BAD])
    with pytest.raises(MigrationFailed, match="nothing is in it yet"):
        open_workspace(tmp_path)

"""The one owner of the file: opening, writing, migrating, copying."""

import os
import subprocess
import sys
import threading

import duckdb
import pytest

from store.connection import open_workspace
from store.errors import WorkspaceBusy, WorkspaceDamaged, WorkspaceTooNew
from store.migrations import migrate, read_migrations
from store.statements import sql
from store.workspace_file import FILE_NAME
from tests.support.places import PROJECT


def test_opening_makes_the_folders_and_the_file(workspace):
    assert {path.name for path in workspace.root.iterdir()} >= {FILE_NAME, "thumbs", "jobs", "models", "exports"}


def test_a_second_process_is_told_who_has_the_workspace(workspace):
    code = "from store.connection import open_workspace; import sys; open_workspace(sys.argv[1])"
    second = subprocess.run(
        [sys.executable, "-c", code, str(workspace.root)], cwd=PROJECT, capture_output=True, text=True, timeout=60
    )
    assert second.returncode != 0
    assert f"is open in process {os.getpid()}" in second.stderr
    assert "--workspace DIR" in second.stderr


def test_a_closed_workspace_can_be_opened_again(tmp_path):
    open_workspace(tmp_path).close()
    open_workspace(tmp_path).close()


def test_a_file_that_is_no_database_is_refused_in_a_sentence(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"this is no database" * 1000)
    with pytest.raises(WorkspaceDamaged, match="cannot be opened|not a workspace file"):
        open_workspace(tmp_path)


def test_a_file_of_a_newer_version_is_refused_and_can_be_opened_by_nobody_else_meanwhile(tmp_path):
    with open_workspace(tmp_path).writing() as cursor:
        cursor.execute(sql("insert_migration"), [9999, "from_the_future", "2030-01-01"])
    # the same process holds the file still: reopen through the same path
    with pytest.raises(WorkspaceTooNew, match="newer Vitrine \\(schema 9999"):
        open_workspace(tmp_path)


def test_a_failing_migration_leaves_nothing_of_itself(tmp_path):
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_good.sql").write_text("CREATE TABLE good (a INTEGER);")
    (folder / "0002_bad.sql").write_text("CREATE TABLE half (a INTEGER); SELECT * FROM nowhere;")
    connection = duckdb.connect()
    with pytest.raises(duckdb.CatalogException):
        migrate(connection, folder=folder)
    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert tables == {"good", "migration"}
    assert connection.execute("SELECT number FROM migration").fetchall() == [(1,)]


def test_migrations_are_numbered_without_gaps():
    assert [migration.number for migration in read_migrations()] == list(range(1, len(read_migrations()) + 1))


def test_a_failed_write_changes_neither_rows_nor_generation(workspace):
    before = workspace.generation()
    with pytest.raises(ZeroDivisionError), workspace.writing() as cursor:
        cursor.execute(sql("insert_migration"), [7000, "x", "2030-01-01"])
        raise ZeroDivisionError
    assert workspace.generation() == before
    assert {row["number"] for row in workspace.rows("applied_migrations")} == {m.number for m in read_migrations()}


def test_every_write_raises_the_generation_of_its_dataset_and_of_the_workspace(workspace):
    with workspace.writing(7):
        pass
    with workspace.writing():
        pass
    assert (workspace.generation(7), workspace.generation(0), workspace.generation(8)) == (1, 2, 0)


def test_threads_that_share_a_workspace_all_get_their_own_answers(workspace):
    wrong: list[object] = []

    def ask(number: int) -> None:
        for _ in range(100):
            found = workspace.read_text("SELECT $n::INTEGER AS n", n=number)["n"].to_pylist()
            if found != [number]:
                wrong.append((number, found))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_snapshot_opens_on_its_own_while_the_workspace_stays_open(workspace, tmp_path):
    target = tmp_path / "copy.duckdb"
    workspace.snapshot(target)
    with duckdb.connect(str(target), read_only=True) as copy:
        assert copy.execute("SELECT count(*) FROM current_label").fetchone() == (0,)
    with pytest.raises(FileExistsError, match="name a new file"):
        workspace.snapshot(target)


def test_a_snapshot_waits_for_no_write_and_holds_none_by_half(workspace, tmp_path):
    with workspace.writing() as cursor:
        cursor.execute("UPDATE generation SET value = 99")
        workspace.snapshot(tmp_path / "copy.duckdb")
    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as copy:
        assert copy.execute("SELECT count(*) FROM generation WHERE value >= 99").fetchone() == (0,)


def test_a_snapshot_with_a_quote_in_its_name_is_a_file_and_no_statement(workspace, tmp_path):
    target = tmp_path / "o'hara; DROP TABLE image.duckdb"
    workspace.snapshot(target)
    assert target.exists()
    assert workspace.rows("import_totals", dataset_id=1)[0]["n_images"] == 0


def test_busy_says_what_to_do():
    error = WorkspaceBusy("animals/vitrine.duckdb", pid=4121, started="14:02")
    assert str(error).splitlines() == [
        "animals/vitrine.duckdb is open in process 4121 (started 14:02).",
        "Stop that process, or open another workspace with --workspace DIR.",
    ]


_TAKES_A_NUMBER = """
import os, signal, sys
from store.connection import open_workspace
from store.runs import new_run_id
print(new_run_id(open_workspace(sys.argv[1])), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.long
def test_a_runs_number_is_not_given_again_after_its_owner_was_killed(tmp_path) -> None:
    order = [sys.executable, "-c", _TAKES_A_NUMBER, str(tmp_path / "w")]
    said = [subprocess.run(order, cwd=PROJECT, capture_output=True, text=True).stdout.strip() for _ in range(3)]
    assert said == ["1", "2", "3"]

"""The rolling backup: a copy of the file whenever a version is frozen, two kept, and never in the way."""

import contextlib
import json
import subprocess
import sys

import duckdb
import pytest

from jobs.engine import backups
from jobs.engine.backups import Backups
from jobs.engine.supervisor import Supervisor
from jobs.engine.troubles import Troubles
from store.connection import Workspace, open_workspace
from store.datasets import Dataset, find_dataset
from store.decisions import Act, decide
from store.errors import WorkspaceDamaged
from store.versions import freeze, list_versions
from store.workspace_file import FILE_NAME
from tests.support.flock import make_birds
from tests.support.places import PROJECT

FILLED_BY = {"birds": make_birds}


@pytest.fixture
def birds(workspace) -> Dataset:
    return find_dataset(workspace, "birds")


def frozen(workspace: Workspace, dataset: Dataset, n: int, *, by: Backups | Supervisor) -> None:
    """The versions v1 to v<n>, the owner looking after each."""
    for number in range(1, n + 1):
        freeze(workspace, dataset.id, name=f"v{number}", who="Ada")
        by.look() if isinstance(by, Backups) else by.tick()
        if isinstance(by, Backups):
            by.finish()


def names(workspace: Workspace) -> list[str]:
    folder = workspace.root / "backups"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_the_two_newest_versions_have_a_copy_that_opens(workspace, birds) -> None:
    frozen(workspace, birds, 3, by=Backups(workspace, troubles=Troubles()))
    assert names(workspace) == ["vitrine.version-2.duckdb", "vitrine.version-3.duckdb"]
    with duckdb.connect(str(workspace.root / "backups" / names(workspace)[1]), read_only=True) as copy:
        assert copy.execute("SELECT name FROM version ORDER BY id").fetchall() == [("v1",), ("v2",), ("v3",)]


def test_the_owners_round_makes_it_and_its_end_waits_for_it(workspace, birds) -> None:
    supervisor = Supervisor(workspace)
    supervisor.tick()
    assert names(workspace) == []
    frozen(workspace, birds, 1, by=supervisor)
    supervisor.stop()
    assert names(workspace) == ["vitrine.version-1.duckdb"]


def test_what_was_frozen_by_an_owner_that_was_killed_is_copied_by_the_next(workspace, birds) -> None:
    freeze(workspace, birds.id, name="v1", who="Ada")
    supervisor = Supervisor(workspace)
    supervisor.tick()
    supervisor.stop()
    assert names(workspace) == ["vitrine.version-1.duckdb"]
    made = (workspace.root / "backups" / names(workspace)[0]).stat().st_mtime_ns
    Supervisor(workspace).stop()
    assert (workspace.root / "backups" / names(workspace)[0]).stat().st_mtime_ns == made


def test_without_room_every_page_says_so_and_the_version_is_saved(workspace, birds) -> None:
    troubles = Troubles()
    frozen(workspace, birds, 1, by=Backups(workspace, troubles=troubles, room=lambda path: 1 << 20))
    assert names(workspace) == [] and [version.name for version in list_versions(workspace, birds.id)] == ["v1"]
    (said,) = troubles.sentences()
    assert "No backup" in said and "GB free" in said and str(workspace.root) not in said


def test_a_copy_that_fails_is_said_and_leaves_nothing(workspace, birds, monkeypatch) -> None:
    troubles = Troubles()
    monkeypatch.setattr(workspace, "snapshot", lambda target: (_ for _ in ()).throw(OSError("a broken disk")))
    frozen(workspace, birds, 1, by=Backups(workspace, troubles=troubles))
    assert names(workspace) == [] and "the log says why" in troubles.sentences()[0]


@pytest.mark.parametrize(("said", "n_kept"), [("0", 0), ("1", 1), ("many", backups.KEPT)])
def test_how_many_are_kept_can_be_said(workspace, birds, monkeypatch, said, n_kept) -> None:
    monkeypatch.setenv("VITRINE_BACKUPS", said)
    frozen(workspace, birds, 3, by=Backups(workspace, troubles=Troubles()))
    assert len(names(workspace)) == n_kept


def test_decisions_go_on_while_a_copy_is_made(workspace, birds, monkeypatch) -> None:
    copies = Backups(workspace, troubles=Troubles())
    whole = workspace.snapshot

    def with_a_decision_in_it(target) -> None:
        decide(workspace, birds.id, [Act(1, "remove")], who="Ada")
        whole(target)

    monkeypatch.setattr(workspace, "snapshot", with_a_decision_in_it)
    frozen(workspace, birds, 1, by=copies)
    assert names(workspace) == ["vitrine.version-1.duckdb"]


def test_a_damaged_file_names_the_copy_and_the_copy_opens(workspace, birds) -> None:
    frozen(workspace, birds, 1, by=Backups(workspace, troubles=Troubles()))
    workspace.close()
    (workspace.root / FILE_NAME).write_bytes(b"no database at all" * 1000)
    with pytest.raises(WorkspaceDamaged, match=r"backups/vitrine\.version-1\.duckdb"):
        open_workspace(workspace.root)
    (workspace.root / "backups" / "vitrine.version-1.duckdb").replace(workspace.root / FILE_NAME)
    with contextlib.closing(open_workspace(workspace.root)) as again:
        assert [version.name for version in list_versions(again, birds.id)] == ["v1"]


@pytest.mark.long
def test_the_command_that_freezes_leaves_a_copy(workspace, birds) -> None:
    workspace.close()
    words = [sys.executable, "-m", "jobs", "freeze", "--workspace", str(workspace.root), "--dataset", "birds", "v1"]
    told = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(told.stdout)["name"] == "v1"
    assert names(workspace) == ["vitrine.version-1.duckdb"]

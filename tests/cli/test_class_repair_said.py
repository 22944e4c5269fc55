"""The command that opens a workspace of before says what became of its classes."""

import pytest

from cli.main import main
from store.connection import open_workspace
from tests.support.renumbered import Before
from tests.support.small_workspace import new_dataset


@pytest.mark.long
def test_the_command_that_opens_a_workspace_says_what_was_mended_once(tmp_path, capsys) -> None:
    workspace = open_workspace(tmp_path / "w")
    before = Before(workspace, new_dataset(workspace, "pets").id)
    before.imported(["cat", "dog"])
    before.relabel("cat/0.png", "dog")
    before.imported(["ant", "cat", "dog"])
    before.run_sql("INSERT INTO class_repair (dataset_id, state) VALUES (1, 'due')")
    workspace.close()
    asked = ["--dataset", "pets", "--workspace", str(workspace.root)]
    assert main(["export-decisions", str(tmp_path / "first.json"), *asked]) == 0
    assert "pets: Imports of an earlier Vitrine had given the classes new numbers" in capsys.readouterr().err
    assert main(["export-decisions", str(tmp_path / "second.json"), *asked]) == 0
    assert "earlier Vitrine" not in capsys.readouterr().err

"""Takedowns from a shell: added, listed, withdrawn, with a JSON line at the end."""

import json

from cli.main import main
from store.connection import open_workspace
from tests.support.collected_rows import NAME, collected_dataset


def told(capsys, *words: object) -> dict:
    """What the command's last line says; it must succeed."""
    assert main([str(word) for word in words]) == 0
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_a_takedown_is_added_listed_and_withdrawn(tmp_path, capsys) -> None:
    workspace = open_workspace(tmp_path / "w")
    collected_dataset(workspace, n=3, freezes=False)
    workspace.close()
    here = ("--workspace", tmp_path / "w")
    made = told(capsys, "takedown", "add", "--dataset", NAME, "--author", "Ada 1", "--reason", "a letter",
                "--delete-files", *here)  # fmt: skip
    assert made["pictures"] == made["deleted"]["n_files"] == 2 and made["state"] == "stands"
    assert len(list((tmp_path / "w" / "collected").rglob("*.jpg"))) == 7
    everywhere = told(capsys, "takedown", "add", "--site", "commons.example", *here)
    assert everywhere["dataset"] == "" and everywhere["pictures"] == 3
    listed = told(capsys, "takedown", "list", "--dataset", NAME, *here)["takedowns"]
    assert [(each["what"], each["reason"]) for each in listed] == [("site", ""), ("author", "a letter")]
    back = told(capsys, "takedown", "withdraw", made["takedown"], "--dataset", NAME, *here)
    assert back["pictures"] == 0 and back["state"].startswith("withdrawn by")


def test_what_is_to_be_taken_down_is_named_once(tmp_path, capsys) -> None:
    here = ("--workspace", str(tmp_path / "w"))
    assert main(["takedown", "add", *here]) == 2
    assert "Name one of --address, --author, --site and --picture." in capsys.readouterr().err
    assert main(["takedown", "add", "--site", "a.example", "--author", "b", *here]) == 2
    assert main(["takedown", "add", "--site", "nowhere", *here]) == 1
    assert "names no host" in capsys.readouterr().err

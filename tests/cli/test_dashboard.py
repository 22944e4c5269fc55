"""`open`: which port, which folder; the words that Streamlit is given. The server itself: tests/packaging."""

import contextlib
import json
import os
import socket
from pathlib import Path

import pytest

from cli import dashboard
from cli.main import main
from store.workspace_file import write_owner
from tests.support.browser import free_port
from tests.support.places import PROJECT


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """What `open` would have become, instead of becoming it."""
    commands: list[list[str]] = []

    def become(words: list[str]) -> None:
        commands.append(words)

    monkeypatch.setattr(dashboard, "_become", become)
    return commands


@contextlib.contextmanager
def listening(port: int = 0):
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_that_is_taken_is_passed_over(monkeypatch, started, tmp_path) -> None:
    with listening() as taken:
        monkeypatch.setattr(dashboard, "FIRST_PORT", taken)
        assert main(["open", str(tmp_path / "w")]) == 0
    ((port, *_),) = started
    number = int(port.removeprefix("--server.port="))
    assert taken < number < taken + dashboard.N_PORTS


def test_a_port_that_was_asked_for_and_is_taken_is_a_sentence(started, tmp_path, capsys) -> None:
    with listening() as taken:
        assert main(["open", str(tmp_path / "w"), "--port", str(taken)]) == 1
    assert f"Something listens on port {taken} already" in capsys.readouterr().err and not started


def test_what_was_said_reaches_streamlit_and_the_app(started, tmp_path) -> None:
    port = free_port()
    words = ["--no-browser", "--host", "lab.example", "--host", "other.example", "--import-root", str(tmp_path)]
    assert main(["open", "--workspace", str(tmp_path / "w"), "--port", str(port), "--address", "0.0.0.0", *words]) == 0
    (given,) = started
    assert given == [
        f"--server.port={port}",
        "--server.address=0.0.0.0",
        "--server.headless=true",
        "--server.allowedHosts=lab.example",
        "--server.allowedHosts=other.example",
        "--browser.serverAddress=lab.example",
        "--",
        "--workspace",
        str(tmp_path / "w"),
        f"--import-root={tmp_path}",
    ]


def test_only_this_machine_reaches_it_unless_more_is_said(started, tmp_path) -> None:
    assert main(["open", str(tmp_path)]) == 0  # an empty folder may become a workspace
    assert "--server.address=localhost" in started[0] and not any("allowedHosts" in word for word in started[0])


def test_a_folder_of_pictures_is_no_workspace(started, tmp_path, capsys) -> None:
    (tmp_path / "cat.png").write_bytes(b"")
    assert main(["open", str(tmp_path)]) == 2
    assert "is no workspace" in capsys.readouterr().err and not started
    assert [path.name for path in tmp_path.iterdir()] == ["cat.png"]


def test_a_workspace_that_is_open_elsewhere_is_not_opened_twice(started, workspace, capsys) -> None:
    assert main(["open", str(workspace.root)]) == 1
    assert f"is open in process {os.getpid()}" in capsys.readouterr().err and not started


def test_a_workspace_that_an_app_shows_is_looked_at_there(started, workspace, monkeypatch, capsys) -> None:
    write_owner(workspace.root, address="http://localhost:8765")
    led_to: list[str] = []
    monkeypatch.setattr(dashboard.webbrowser, "open", led_to.append)
    monkeypatch.setattr(dashboard, "_has_screen", lambda: True)
    assert main(["open", str(workspace.root)]) == 0
    assert "is shown already, at http://localhost:8765" in capsys.readouterr().out
    assert led_to == ["http://localhost:8765"] and not started
    assert main(["open", str(workspace.root), "--no-browser"]) == 0 and len(led_to) == 1
    write_owner(workspace.root, address="http://elsewhere.example/")
    assert main(["open", str(workspace.root)]) == 1 and len(led_to) == 1  # nobody is led out of this machine


def test_it_becomes_streamlit_with_the_app_and_without_the_folder_it_stands_in(monkeypatch) -> None:
    def become(program: str, words: list[str]) -> None:
        raise InterruptedError(json.dumps(words))

    monkeypatch.setattr(os, "execv", become)
    with pytest.raises(InterruptedError) as became:
        dashboard._become(["--server.port=1"])
    words = json.loads(str(became.value))
    assert words[1:5] == ["-P", "-m", "streamlit", "run"] and Path(words[5]) == PROJECT / "app.py"


def test_help_begins_with_the_three_commands_that_a_visitor_needs(capsys) -> None:
    assert main([], program="vitrine") == 2
    said = capsys.readouterr()
    shown = (said.out + said.err).split("Options")[0]
    places = [shown.index(words) for words in ("vitrine demo", "vitrine open", "vitrine import DIR")]
    assert places == sorted(places)


def test_the_version_is_printed(capsys) -> None:
    assert main(["--version"], program="vitrine") == 0
    assert capsys.readouterr().out.startswith("vitrine 0.")


@pytest.mark.parametrize(("typed", "offered"), [("vitrine im", "import"), ("vitrine run emb", "embed")])
def test_the_shell_completes_commands_and_kinds(monkeypatch, capsys, typed: str, offered: str) -> None:
    monkeypatch.setenv("_VITRINE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    assert main([], program="vitrine") == 0
    assert offered in capsys.readouterr().out.split()


@pytest.mark.long
def test_an_import_without_a_name_is_called_as_its_folder(tmp_path, capsys) -> None:
    from PIL import Image

    (tmp_path / "pets").mkdir()
    Image.new("RGB", (20, 30)).save(tmp_path / "pets" / "one.png")
    words = ["--workspace", str(tmp_path / "w")]
    assert main(["import", str(tmp_path / "pets"), *words]) == 0
    capsys.readouterr()
    assert main(["list", "--json", *words]) == 0
    assert json.loads(capsys.readouterr().out)[0]["dataset"] == "pets"
    assert main(["import", *words]) == 2
    assert "Say what is to be imported" in capsys.readouterr().err

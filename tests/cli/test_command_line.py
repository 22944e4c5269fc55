"""The command line: documented, and clear when it refuses."""

import inspect
import json
import subprocess
import sys
import tempfile

import numpy as np
import pytest
import typer
from PIL import Image

from cli.documents import document_of, stale_documents
from cli.main import command_line, main
from cli.options import pairs
from cli.statuses import FAILED, answered
from jobs.engine.errors import UnknownKind, UnknownParameter
from jobs.engine.kinds import all_kinds, load_kind
from tests.support.places import PROJECT

DOCS = (PROJECT / "docs" / "commands.md").read_text(encoding="utf-8")


def commands() -> dict[str, inspect.Signature]:
    """Every command with the function's signature behind it, from which typer makes its options."""
    groups = [group for group in command_line().registered_groups if group.name != "run" and group.typer_instance]
    infos = [(group.name, info) for group in groups for info in group.typer_instance.registered_commands]
    return {
        f"{above} {name}" if isinstance(above, str) else name: inspect.signature(info.callback)
        for above, info in infos
        for name in [info.name or info.callback.__name__]
    }


def test_every_command_and_option_is_documented():
    seen = commands()
    assert {"import", "list", "pack", "freeze", "merge-decisions", "demo", "devices"} <= set(seen)
    for name, signature in seen.items():
        assert f"`{name}" in DOCS, name
        for parameter in signature.parameters.values():
            for option in getattr(parameter.annotation, "__metadata__", ()):
                for flag in getattr(option, "param_decls", None) or ():
                    assert flag in DOCS, f"{name} {flag}"


def test_the_page_of_every_kind_says_what_the_kind_says():
    assert not stale_documents(), "make docs"


@pytest.mark.parametrize("kind", all_kinds())
def test_every_kind_describes_itself_and_each_parameter(kind):
    described = load_kind(kind)
    assert described.title and described.icon and described.summary
    for view in described.views().values():
        assert view.help, f"{kind}: {view.name} says nothing of itself"
        assert view.flag in document_of(described)


def test_pairs_are_read_in_both_spellings():
    assert pairs(["--batch-size", "8", "--model=timm/x"]) == {"batch_size": "8", "model": "timm/x"}
    with pytest.raises(UnknownParameter, match="'loose' has no key"):
        pairs(["loose"])
    with pytest.raises(UnknownParameter, match="--model has no value"):
        pairs(["--model"])


def test_parameters_take_their_defaults_type():
    embed = load_kind("embed")
    found = embed.read({"batch_size": "8", "download": "yes"}).as_json()
    assert (found["batch_size"], found["download"], found["model"]) == (8, True, "efficientnet-lite0")
    with pytest.raises(UnknownParameter, match="batch_size is a number such as 0, not 'many'"):
        embed.read({"batch_size": "many"})
    with pytest.raises(UnknownParameter, match="download is yes or no, not 'perhaps'"):
        embed.read({"download": "perhaps"})
    with pytest.raises(UnknownParameter, match="embed has no parameter 'colour'. Parameters: batch_size"):
        embed.read({"colour": "red"})
    with pytest.raises(UnknownKind, match="Kinds: import, embed"):
        load_kind("dance")


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(3):
            pixels = np.full((20, 30, 3), 60 * number + len(name), np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{name} {number}.png")
    (folder / "dog" / "broken.png").write_bytes(b"GIF? no")
    return folder


@pytest.mark.long
def test_an_unknown_model_is_refused_before_a_job_is_made(pictures, tmp_path, capsys):
    words = ["--workspace", str(tmp_path / "w")]
    assert main(["import", str(pictures), *words, "--name", "pets"]) == 0
    assert main(["run", "embed", "--dataset", "pets", "--model", "resnet99", *words]) == 1
    assert "'resnet99' names no model" in capsys.readouterr().err
    assert len(list((tmp_path / "w" / "jobs").iterdir())) == 1


def last_line(capsys):
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


@pytest.mark.long
def test_import_ends_with_its_figures_and_a_second_import_finds_nothing_new(pictures, tmp_path, capsys):
    words = ["import", str(pictures), "--workspace", str(tmp_path / "w"), "--name", "pets"]
    assert main(words) == 0
    first = last_line(capsys)
    assert (first["n_images"], first["n_failures"], first["n_files"], first["state"]) == (6, 1, 7, "done")
    assert main(words) == 0
    second = last_line(capsys)
    assert (second["n_images"], second["n_read"], second["n_unchanged"]) == (6, 1, 6)  # the broken one is tried again
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(pictures / "cat" / "new.png")
    assert main(["import", "--workspace", str(tmp_path / "w"), "--name", "pets"]) == 0  # the folder is remembered
    assert last_line(capsys)["n_images"] == 7


@pytest.mark.long
def test_list_shows_what_was_run(pictures, tmp_path, capsys):
    words = ["--workspace", str(tmp_path / "w")]
    assert main(["list", *words]) == 0
    assert capsys.readouterr().out == "No jobs yet.\n"
    main(["import", str(pictures), *words, "--name", "pets"])
    capsys.readouterr()
    assert main(["list", *words]) == 0
    assert "done" in capsys.readouterr().out
    assert main(["list", "--json", *words]) == 0
    assert last_line(capsys)[0]["dataset"] == "pets"


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["run", "embed", "--dataset", "nobody"], 1, "There is no dataset called 'nobody'"),
        (["run", "embed", "--dataset", "x", "--colour", "red"], 2, "embed has no parameter 'colour'"),
        (["cancel", "embed-123456"], 1, "There is no job"),
        (["resume", "../../etc"], 1, "not a job's id"),
        (["import", "/nowhere/at/all", "--name", "x"], 1, "/nowhere/at/all"),
        (["pack", "embed-123456"], 1, "There is no job"),
        (["snapshot", "/nowhere/at/all.duckdb"], 1, "/nowhere/at/all"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_an_exit_status(tmp_path, capsys, words, status, sentence):
    assert main([*words, "--workspace", str(tmp_path)]) == status
    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error


@pytest.mark.long
def test_a_folder_that_can_be_read_two_ways_is_asked_about(pictures, tmp_path, capsys):
    (pictures / "cat").rename(pictures / "train")
    (pictures / "dog").rename(pictures / "val")
    words = ["import", str(pictures), "--workspace", str(tmp_path / "w"), "--name", "pets"]
    assert main(words) == 2
    assert "--reading" in capsys.readouterr().err
    assert main([*words, "--reading", "classes"]) == 0
    assert last_line(capsys)["n_images"] == 6


def test_the_module_runs_as_a_program():
    shown = subprocess.run(
        [sys.executable, "-m", "jobs", "--help"], cwd=PROJECT, capture_output=True, text=True, timeout=60
    )
    assert shown.returncode == 0
    assert "import" in shown.stdout


def test_an_error_that_nobody_foresaw_is_a_sentence_and_a_file_for_a_report(monkeypatch, capsys, tmp_path) -> None:
    @answered
    def command() -> None:
        raise RecursionError("a\nb" * 3_000)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(typer.Exit) as ended:
        command()
    said = capsys.readouterr().err
    (kept,) = tmp_path.iterdir()
    assert ended.value.exit_code == FAILED and "RecursionError" in said and str(kept) in said
    assert "Traceback" not in said and len(said) < 2_000
    assert "raise RecursionError" in kept.read_text()


def test_an_exit_with_a_status_keeps_it(capsys) -> None:
    @answered
    def command() -> None:
        raise typer.Exit(7)

    with pytest.raises(typer.Exit) as ended:
        command()
    assert ended.value.exit_code == 7 and not capsys.readouterr().err

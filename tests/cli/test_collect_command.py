"""`vitrine collect`: from a query to a dataset in one command; a sample first; what is refused."""

import json
from pathlib import Path

import pytest

from cli.main import main
from cli.statuses import DONE, FAILED, USAGE
from store.connection import open_workspace
from store.datasets import find_dataset
from store.vectors import list_spaces
from tests.support.api_server import OPENVERSE, many
from tests.support.collected import imitations


@pytest.fixture
def api(monkeypatch):
    with imitations(monkeypatch) as server:
        server.stock("openverse", "street art", many("a", 12, first_seed=1))
        server.stock("commons", "street art", many("b", 3, first_seed=100, licence=""))
        yield server


def last_line(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, object], str]:
    told = capsys.readouterr()
    return json.loads(told.out.splitlines()[-1]), told.err


@pytest.mark.long
def test_a_query_becomes_a_dataset_and_what_became_of_it_is_a_table(api, capsys, tmp_path) -> None:
    words = ["collect", "--query", "street art", "--class", "wall", "--source", "openverse", "--source", "commons"]
    assert main([*words, "--n", "5", "--licence", "cc-by,cc0", "--workspace", str(tmp_path / "w")]) == DONE
    line, table = last_line(capsys)
    assert (line["n_kept"], line["state"], line["then"]["kind"], line["then"]["state"]) == (5, "done", "import", "done")
    assert "openverse" in table and "enough" in table.splitlines()[-1]
    workspace = open_workspace(tmp_path / "w")
    assert find_dataset(workspace, "street art").n_images == 5
    workspace.close()


@pytest.mark.long
def test_a_table_of_queries_and_a_recipe_that_begins_with_them(api, capsys, tmp_path) -> None:
    table = tmp_path / "queries.csv"
    table.write_text("query,class,n\nstreet art,wall,4\n")
    place = ["--workspace", str(tmp_path / "w")]
    assert main(["collect", "--queries", str(table), "--source", "openverse", "--dataset", "walls", *place]) == DONE
    recipe = tmp_path / "daily.toml"
    recipe.write_text(
        "[steps.collect]\n"
        'parameters = { sources = "openverse", queries = [{ query = "street art", class = "wall", n = 3 }] }\n'
        '[steps.embed]\nneeds = ["collect"]\n'
    )
    capsys.readouterr()
    for name, n_images in (("walls", 7), ("new walls", 3)):
        assert main(["analyse", name, "--recipe", str(recipe), *place]) == DONE
        told, _ = last_line(capsys)
        assert told["steps"]["collect"]["state"] == "done" and "3 kept" in told["steps"]["collect"]["sentence"]
        workspace = open_workspace(tmp_path / "w")
        assert find_dataset(workspace, name).n_images == n_images
        (space,) = list_spaces(workspace, find_dataset(workspace, name).id)
        assert space.n_vectors == n_images, "what needs it finds the pictures imported"
        workspace.close()


def test_a_sample_shows_the_first_candidates_and_fetches_none(api, capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["collect", "--query", "street art", "--sample"]) == DONE
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0].split()[:3] == ["source", "rank", "licence"] and len(lines) == 1 + 12 + 3
    assert "CC-BY 4.0" in lines[1] and "Ada Example" in lines[1] and "a-0" in lines[1]
    assert "unknown" in lines[-1] and lines[-1].endswith("licence")
    assert not api.n_asked("/pictures/") and not list(Path(tmp_path).iterdir())


def test_a_sample_of_a_source_that_refuses_is_a_sentence(api, capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    api.fail_next[OPENVERSE] = [(403, {}, b"{}")]
    assert main(["collect", "--query", "street art", "--source", "openverse", "--sample"]) == FAILED
    assert "Openverse could not be asked" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say what is searched for"),
        (["--query", "a", "--queries", "b.csv"], "not both"),
        (["--queries", "nowhere.csv"], "cannot be read"),
        (["--query", "a", "--source", "google-images"], "does not say under which licence"),
        (["--query", "a", "--nonsense", "1"], "has no parameter 'nonsense'"),
    ],
)
def test_what_cannot_be_collected_is_refused_before_a_workspace_is_made(
    words: list[str], said: str, capsys, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["collect", *words]) == USAGE
    assert said in capsys.readouterr().err and not list(Path(tmp_path).iterdir())

"""CONTRIBUTING.md's worked example, followed in a copy of the project: a kind, a page, a table, files of their own."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.support.places import PROJECT

# processes of its own, each of which opens the app
pytestmark = [pytest.mark.timeout(900), pytest.mark.long]
BLOCK = re.compile(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_COPIED = (".git", ".venv", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", "workspace")
OPEN_PAGE = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("pages/frame.py", default_timeout=60).run()
app.switch_page("class_colour/page.py").run()
assert not app.exception and not app.error, (app.exception, app.error)
print("\\n".join(element.value for element in app.markdown))
"""


def blocks() -> dict[str, str]:
    """The files of the example: path -> text."""
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return {path: body for path, body in BLOCK.findall(text)}


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and not set(path.parts) & set(NOT_COPIED))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the example's files in it, and the pages of the documents written."""
    folder = tmp_path_factory.mktemp("project") / "vitrine"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    before = digests(folder)
    last = max(int(path.name[:4]) for path in (folder / "store" / "migrations").glob("*.sql"))
    for path, text in blocks().items():
        path = re.sub(r"migrations/\d{4}", f"migrations/{last + 1:04d}", path)
        assert not (folder / path).exists(), f"{path} is there already: the example must bring files of its own"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    run(folder, "-m", "cli.documents")
    after = digests(folder)
    changed = [path for path, digest in before.items() if after.get(path) != digest]
    assert not changed, f"the example changes {changed}"
    return folder


def run(folder: Path, *words: str) -> str:
    """What a Python process in the copy prints; fails with its errors."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environment |= {"PYTHONPATH": str(folder), "VITRINE_WORKSPACE": str(folder.parent / "w")}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of one colour each."""
    folder = tmp_path_factory.mktemp("pictures")
    for name, colour in (("brick", (200, 40, 20)), ("grass", (10, 160, 30))):
        (folder / name).mkdir()
        for number in range(3):
            Image.new("RGB", (40 + number, 30), colour).save(folder / name / f"{name} {number}.png")
    return folder


def test_the_example_is_whole() -> None:
    assert {Path(path).parts[0] for path in blocks()} == {"store", "docs", "jobs", "pages"}
    assert len(blocks()) == 10


def test_job_command_line_and_page_work(copy: Path, pictures: Path) -> None:
    workspace = ["--workspace", str(copy.parent / "w")]
    run(copy, "-m", "jobs", "import", str(pictures), "--name", "walls", *workspace)
    said = run(copy, "-m", "jobs", "run", "class-colour", "--dataset", "walls", "--side", "8", *workspace)
    line = json.loads(said.strip().splitlines()[-1])
    assert (line["state"], line["n_coloured"], line["n_failed"], line["side"]) == ("done", 6, 0, 8)
    again = run(copy, "-m", "jobs", "list", *workspace)
    assert "class-colour-" in again
    shown = run(copy, "-c", OPEN_PAGE).replace("\\", "")
    assert "**brick**: #c82814, the mean of 3 pictures" in shown
    assert "**grass**: #0aa01e, the mean of 3 pictures" in shown


def test_help_and_refusals_come_from_the_model(copy: Path) -> None:
    shown = run(copy, "-m", "jobs", "run", "class-colour", "--help")
    assert "--side" in shown and "pixels a side" in shown
    words = ["-m", "jobs", "run", "class-colour", "--dataset", "walls", "--side", "0"]
    refused = subprocess.run(
        [sys.executable, *words], cwd=copy, env={**os.environ, "PYTHONPATH": str(copy)}, capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert "class-colour: side must lie between 1 and 512, not 0." in refused.stderr


def test_the_tests_of_documents_and_rooms_hold(copy: Path) -> None:
    page = (copy / "docs" / "jobs" / "class-colour.md").read_text(encoding="utf-8")
    assert "| `--side` | 16 | pixels a side to which a picture is reduced before the mean (between 1 and 512) |" in page
    files = ["tests/test_rooms.py", "tests/store/test_data_model.py", "tests/store/test_statements.py"]
    run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "tests/cli/test_command_line.py", "-k",
        "not runs_as_a_program and not import")  # fmt: skip
    run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/docs/test_site.py", "-k", "has_its_documentation")
    run(copy, "-m", "ruff", "check", "jobs/class_colour", "pages/class_colour", "store/class_colour.py")
    run(copy, "-m", "ruff", "format", "--check", "jobs/class_colour", "pages/class_colour", "store/class_colour.py")


def test_the_example_has_no_error_of_types(copy: Path) -> None:
    run(copy, "-m", "mypy", "jobs/class_colour", "pages/class_colour", "store/class_colour.py")

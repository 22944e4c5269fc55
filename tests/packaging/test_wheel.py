"""The wheel: built, put into an empty environment that sees the requirements alone, and used from another folder."""

import contextlib
import json
import os
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.support.browser import App, free_port, until_it_answers
from tests.support.places import PROJECT

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
ROOMS = (
    "analytics",
    "cli",
    "components",
    "evidence",
    "figures",
    "importers",
    "jobs",
    "models",
    "pages",
    "service",
    "store",
)
N_PICTURES = 6
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")


def run(words: list[str | Path], *, cwd: Path, **more: str) -> str:
    """What a command prints; it must succeed. Nothing of this process's own paths reaches it, `more` variables do."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VITRINE"))}
    environment |= more
    done = subprocess.run(
        [*map(str, words)],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{words}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline."""
    folder = tmp_path_factory.mktemp("wheel")
    run([*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder, PROJECT], cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment with the wheel in it; all else is seen from the one of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    python = commands / Path(sys.executable).name
    own = Path(run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], cwd=folder).strip())
    (own / "requirements.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    run([*PIP, "--python", python, "install", "--no-deps", "--no-index", "--ignore-installed", wheel], cwd=folder)
    return commands


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person's folder: pictures of two classes, and modules of their own that are called as our rooms are."""
    folder = tmp_path_factory.mktemp("person")
    for number in range(N_PICTURES):
        place = folder / "pets" / ("cat" if number % 2 else "dog")
        place.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 255, (300, 40, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(place / f"{number}.png")
    for room in ROOMS:
        (folder / f"{room}.py").write_text("WHOSE = 'mine'\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def embedded(installed: Path, folder: Path) -> Path:
    """A workspace with the pictures and their vectors, made by the command alone."""
    said = run([installed / "vitrine", "import", "pets", "--workspace", "w"], cwd=folder)
    assert json.loads(said.splitlines()[-1])["n_images"] == N_PICTURES
    said = run([installed / "vitrine", "run", "embed", "--dataset", "pets", "--workspace", "w"], cwd=folder)
    assert json.loads(said.splitlines()[-1])["state"] == "done"
    return folder / "w"


@contextlib.contextmanager
def opened(installed: Path, workspace: Path) -> Iterator[App]:
    """`vitrine open` on a workspace, from another folder, ended by its process id."""
    port = free_port()
    words = [installed / "vitrine", "open", workspace.name, "--no-browser", "--port", str(port)]
    log = workspace.parent / "app.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*map(str, words)], cwd=workspace.parent, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        yield until_it_answers(App(f"http://localhost:{port}", process, log), within_s=180)
    finally:
        process.terminate()
        assert process.wait(timeout=60) is not None


def get(app: App, path: str, *, host: str | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(app.url + path, headers={} if host is None else {"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_its_only_name_is_vitrine(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"vitrine"}
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name or name.endswith("setup.py")]


def test_all_that_lies_in_the_rooms_travels_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        travelled = {
            name.removeprefix("vitrine/house/") for name in archive.namelist() if name.startswith("vitrine/house/")
        }
    here = {
        path.relative_to(PROJECT).as_posix()
        for room in ROOMS
        for path in (PROJECT / room).rglob("*")
        if path.is_file() and not {"__pycache__", "node_modules"} & {*path.parts} and not path.name.startswith(".")
    }
    beside = {".streamlit/config.toml", "app.py", "requirements.txt"}
    beside |= {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "docs").glob("data-model*/*.md")}
    assert travelled == here | beside | {"docs/data-model.md"}


def test_the_environment_does_not_see_the_clone(installed: Path, folder: Path) -> None:
    python = installed / Path(sys.executable).name
    program = "import json, sys, vitrine, models; print(json.dumps([sys.path, vitrine.__file__, models.WHOSE]))"
    paths, file, whose = json.loads(run([python, "-c", program], cwd=folder))
    assert not [path for path in paths if path and Path(path).resolve() == PROJECT]
    assert not Path(file).resolve().is_relative_to(PROJECT) and whose == "mine"


def test_the_command_says_its_version_and_completes(installed: Path, folder: Path) -> None:
    from jobs.engine.version import VERSION

    assert run([installed / "vitrine", "--version"], cwd=folder) == f"vitrine {VERSION}\n"
    # by the variable: `--show-completion` asks for the shell that it was typed in, and a test is typed in none
    assert "_VITRINE_COMPLETE" in run([installed / "vitrine"], cwd=folder, _VITRINE_COMPLETE="source_bash")
    assert "demo" in run([installed / Path(sys.executable).name, "-m", "vitrine", "--help"], cwd=folder)


def test_the_dashboard_serves_from_another_folder(installed: Path, embedded: Path) -> None:
    with opened(installed, embedded) as app:
        assert get(app, "/_stcore/health") == (200, b"ok")
        status, picture = get(app, "/vitrine/thumb/1")
        assert status == 200 and len(picture) > 100
        # our settings are read, though there are none in the folder it was started in
        assert get(app, "/_stcore/health", host="elsewhere.example")[0] in (400, 403)
        words = [installed / "vitrine", "open", embedded, "--no-browser"]
        again = subprocess.run(words, capture_output=True, text=True, timeout=60)
        assert again.returncode == 0 and f"is shown already, at {app.url} " in again.stdout


OPEN_PAGES = """
import sys
from vitrine.command import house
sys.path.insert(0, str(house()))
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(str(house() / "pages" / "frame.py"), default_timeout=120).run()
for page in ("overview", "pictures", "map", "review", "dictionary", "jobs"):
    app.switch_page(f"{page}/page.py").run()
    assert not app.exception and not app.error, (page, app.exception, app.error)
print([title.value for title in app.title])
"""


def test_pages_find_what_they_draw_with(installed: Path, embedded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = installed / Path(sys.executable).name
    words = [python, "-c", f"import os\nos.environ['VITRINE_WORKSPACE'] = {str(embedded)!r}\n{OPEN_PAGES}"]
    assert "Jobs" in run(words, cwd=embedded.parent)


def test_a_packed_job_takes_the_code_along(installed: Path, embedded: Path) -> None:
    vitrine = installed / "vitrine"
    hold = ["run", "neighbours", "--dataset", "pets", "--hold", "--workspace", "w"]
    job = json.loads(run([vitrine, *hold], cwd=embedded.parent).splitlines()[-1])["job"]
    run([vitrine, "pack", job, "--output", "job.zip", "--workspace", "w"], cwd=embedded.parent)
    with zipfile.ZipFile(embedded.parent / "job.zip") as archive:
        assert {"requirements.txt", "jobs/worker.py", "store/migrations/0001_foundation.sql"} <= {*archive.namelist()}


def test_the_notebook_runs(installed: Path, folder: Path) -> None:
    """Its cells, one after the other, in a process that knows of Vitrine what was installed."""
    notebook = json.loads((PROJECT / "docs" / "notebook.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 5 and not any(cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    (folder / "notebook.py").write_text("\n\n".join(cells), encoding="utf-8")
    said = run([installed / Path(sys.executable).name, "notebook.py"], cwd=folder)
    assert "Vitrine shows" in said

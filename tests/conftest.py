"""What several test files share: the real pictures, and where they are looked for."""

import os
import shutil
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from streamlit.testing.v1 import AppTest

from pages.ui import owner
from store.connection import open_workspace
from tests.support.browser import chromium

PROJECT = Path(__file__).parent.parent
N_DS801 = 31_848
# a busy machine is no failure: no test of ours is timed
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of third-party data: $VITRINE_SHARED, or `../shared` beside the project."""
    folder = Path(os.environ.get("VITRINE_SHARED") or PROJECT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"the real pictures are missing: no folder {folder} (name it with VITRINE_SHARED)")
    return folder.resolve()


@pytest.fixture(scope="session")
def ds801(shared: Path) -> Path:
    """The unpacked ds801 set (`imgs/`, `data-labels.json`), outside the project; unpacked once a machine.

    $VITRINE_DS801 names an unpacked one. Tests must not write into it.
    """
    named = os.environ.get("VITRINE_DS801")
    if named:
        return Path(named).resolve()
    archive = shared / "data" / "ds801.tar.xz"
    if not archive.is_file():
        pytest.skip(f"the real pictures are missing: no {archive}")
    kept = Path(tempfile.gettempdir()) / f"vitrine-ds801-{os.getuid()}-{archive.stat().st_size}"
    if not kept.exists():
        _unpack(archive, kept)
    folder = kept / "ds801"
    n_pictures = sum(1 for entry in os.scandir(folder / "imgs") if entry.name.endswith(".jpg"))
    assert n_pictures == N_DS801, f"{folder} holds {n_pictures} pictures, not {N_DS801}; remove {kept}"
    return folder


@pytest.fixture
def workspace(tmp_path):
    """An open, empty workspace."""
    opened = open_workspace(tmp_path / "w")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser():
    """A Chromium for the tests of one file."""
    with chromium() as started:
        yield started


@pytest.fixture
def open_app_page(tmp_path, monkeypatch):
    """Opens a page (`overview.py`) of an app on an empty workspace, with a query; fails if the page shows an error."""
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "w"))
    owner.close()

    def opened(file: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "pages" / "frame.py"), default_timeout=30).run()
        for name, value in query.items():
            app.query_params[name] = value
        app.switch_page(file).run()
        assert not app.exception and not app.error, app.error
        return app

    yield opened
    owner.close()


def _unpack(archive: Path, kept: Path) -> None:
    partial = Path(tempfile.mkdtemp(prefix=f"{kept.name}-", dir=kept.parent))
    with tarfile.open(archive) as packed:
        packed.extractall(partial, filter="data")
    try:
        partial.rename(kept)
    except OSError:  # another test process was quicker
        shutil.rmtree(partial)

"""What several test files share: the real pictures, and where they are looked for."""

import contextlib
import functools
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

# Small arrays lose by a second thread, and threads that wait for each other by spinning take the processor from the
# test beside them: a small t-SNE took twenty times as long. Set before numpy and torch are imported; children inherit.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pytest
import streamlit as st
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pages.ui import owner
from store.connection import Workspace, open_workspace
from tests.support.browser import chromium
from tests.support.places import PROJECT
from tests.support.visit import visit
from tests.support.weed import forget_connections, running_weed, sign_in

N_DS801 = 31_848
# A busy machine is no failure: no test of ours is timed. The same examples each time: what is looked for beyond them is
# looked for by `python -m tests.support.fuzz` with seeds of its own.
settings.register_profile("untimed", deadline=None, derandomize=True)
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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """How `make test` spreads the tests over processes."""
    from tests.support.distribution import ByFile

    return ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def packages_are_scanned_once():
    """Each AppTest asks every installed package whether it brings components: a third of a second, always the same."""
    with pytest.MonkeyPatch.context() as patch:
        scanned = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scanned)
        yield


@pytest.fixture(scope="session", autouse=True)
def constants_are_kept(tmp_path_factory):
    """What models.kept keeps is made once a run, and never in the home of whoever runs the tests."""
    here = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITRINE_CACHE", str((here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / "cache"))
        yield


@pytest.fixture(scope="session")
def empty_workspace(tmp_path_factory) -> Path:
    """A closed workspace without a dataset, to be copied: making its tables takes longer than a copy."""
    root = tmp_path_factory.mktemp("empty") / "w"
    open_workspace(root).close()
    return root


@pytest.fixture(scope="session")
def filled_workspace(tmp_path_factory, empty_workspace) -> Callable[[Callable[[Workspace], object]], Path]:
    """filled_workspace(fill) is a closed workspace that `fill` was called with, to be copied: each is made once."""

    @functools.cache
    def filled(fill: Callable[[Workspace], object]) -> Path:
        root = shutil.copytree(empty_workspace, tmp_path_factory.mktemp(fill.__name__) / "w")
        with contextlib.closing(open_workspace(root)) as opened:
            fill(opened)
        return root

    return filled


@pytest.fixture
def template(request, empty_workspace, filled_workspace) -> Path:
    """The closed workspace that the test's own one is a copy of: an empty one.

    A file of tests may say otherwise: FILLED_BY holds, by the name of a fixture, the function that fills a workspace
    for tests that ask for this fixture. The first that a test asks for counts.
    """
    for fixture, fill in getattr(request.module, "FILLED_BY", {}).items():
        if fixture in request.fixturenames:
            return filled_workspace(fill)
    return empty_workspace


@pytest.fixture
def workspace(tmp_path, template):
    """An open workspace, empty by default."""
    opened = open_workspace(shutil.copytree(template, tmp_path / "w"))
    yield opened
    opened.close()


@pytest.fixture
def app_workspace(tmp_path_factory, monkeypatch, template) -> Path:
    """The folder of a workspace, empty by default, that the app in this process opens when it is asked for a page."""
    root = shutil.copytree(template, tmp_path_factory.mktemp("app") / "w")
    monkeypatch.setenv("VITRINE_WORKSPACE", str(root))
    owner.close()
    st.cache_data.clear()  # its keys are a dataset's number and generation, which every workspace begins anew
    yield root
    owner.close()


@pytest.fixture(scope="module")
def browser():
    """A Chromium for the tests of one file."""
    with chromium() as started:
        yield started


@pytest.fixture
def open_app_page(app_workspace):
    """Opens a page (`map/page.py`) of an app on an empty workspace, with a query; fails if the page shows an error."""

    def opened(file: str, **query: str) -> AppTest:
        app = visit(file, **query)
        assert not app.exception and not app.error, app.error
        return app

    return opened


def _unpack(archive: Path, kept: Path) -> None:
    partial = Path(tempfile.mkdtemp(prefix=f"{kept.name}-", dir=kept.parent))
    with tarfile.open(archive) as packed:
        packed.extractall(partial, filter="data")
    try:
        partial.rename(kept)
    except OSError:  # another test process was quicker
        shutil.rmtree(partial)


@pytest.fixture(scope="session")
def weed(tmp_path_factory):
    """A store that speaks S3, one for all tests that ask for it; skipped, by name, where the program is missing."""
    with running_weed(tmp_path_factory.mktemp("weed")) as running:
        yield running


@pytest.fixture
def store(weed, monkeypatch):
    """The store, with its owner signed in; connections of before and after it are forgotten."""
    sign_in(monkeypatch, weed)
    yield weed
    forget_connections()

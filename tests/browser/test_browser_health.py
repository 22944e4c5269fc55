"""The page Health in Chromium on real animals: well where nothing changed, planted drift with its pictures."""

import json
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pytest
from PIL import Image

from store.workspace_file import FILE_NAME
from tests.support.animals import NAMES
from tests.support.browser import (
    IN_CHROMIUM,
    NARROW,
    WIDE,
    foreign_requests,
    jobs_line,
    open_page,
    running_app,
    settle,
    text_of,
)

pytestmark = [*IN_CHROMIUM, pytest.mark.real_data]
NEW, OLD_NAME, POLICY = "Orangutan", "Lynx", "Cat"
N_BEFORE, N_LATER, N_NEW = 500, 160, 60


def by_class(ds801: Path) -> dict[str, list[Path]]:
    """The pictures by the class that they were given, in the order of their names."""
    labels: dict[str, list[int]] = json.loads((ds801 / "data-labels.json").read_text(encoding="utf-8"))
    found: dict[str, list[Path]] = {name: [] for name in NAMES}
    for key in sorted(labels):
        found[NAMES[int(np.argmax(labels[key]))]].append((ds801 / "imgs" / Path(key).name).with_suffix(".jpg"))
    return found


def copy(paths: list[Path], folder: Path, *, darker: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        if darker:
            pixels = np.asarray(Image.open(path).convert("RGB"), np.float32) * 0.5
            Image.fromarray(pixels.astype(np.uint8)).save(folder / path.name, quality=92)
        else:
            shutil.copy(path, folder / path.name)


def age(workspace: Path, days: int) -> None:
    """Let all pictures that are there have come in some days earlier."""
    with duckdb.connect(workspace / FILE_NAME) as file:
        file.execute("UPDATE image SET imported_at = imported_at - to_days(?::INTEGER)", [days])


def look(workspace: Path, folder: Path) -> dict[str, object]:
    """Import what is new, embed it, compare; what the comparison found."""
    jobs_line(workspace, "import", folder, "--name", "animals", "--yes")
    jobs_line(workspace, "run", "embed", "--dataset", "animals")
    said: dict[str, object] = json.loads(jobs_line(workspace, "run", "drift", "--dataset", "animals").splitlines()[-1])
    return said


@pytest.fixture(scope="module")
def looked(ds801, tmp_path_factory):
    """Animals of three days: the second like the first, the third darker, with a new species and another policy."""
    folder = tmp_path_factory.mktemp("animals")
    pictures, workspace, found = folder / "pictures", folder / "w", by_class(ds801)
    usual = {name: paths for name, paths in found.items() if name != NEW}
    n = (N_BEFORE + N_LATER) // len(usual)
    for day in (slice(0, N_BEFORE // len(usual)), slice(N_BEFORE // len(usual), n)):
        if day.start:
            jobs_line(workspace, "import", pictures, "--name", "animals", "--yes")
            age(workspace, 1)
        for name, paths in usual.items():
            copy(paths[day], pictures / name)
    calm = look(workspace, pictures)
    age(workspace, 1)
    for name, paths in usual.items():
        copy(paths[n : n + 12], pictures / name, darker=True)
    copy(found[NEW][:N_NEW], pictures / NEW)
    copy(found[OLD_NAME][n + 12 : n + 92], pictures / POLICY)
    return workspace, calm, look(workspace, pictures)


def test_nothing_drifts_where_nothing_changed_and_each_planted_change_is_named(looked) -> None:
    _, calm, planted = looked
    assert calm["drifted"] == [] and calm["n_measures"] >= 10, calm
    assert {"brightness", "class_shares", "clusters", "labels"} <= set(planted["drifted"]), planted


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "420"])
def test_planted_drift_is_seen_with_its_pictures(looked, browser, tmp_path, size) -> None:
    workspace, _, _ = looked
    with running_app(workspace, log=tmp_path / "app.log") as app:
        page = open_page(browser, app, "/health?dataset=animals&view=Drift", size=size)
        page.get_by_text("Pictures in new clusters").wait_for(timeout=60_000)
        settle(page)
        said = text_of(page)
        for words in ("limits are crossed", "Brightness", "New clusters", "Labels", "Classes before and lately"):
            assert words in said
        drawn = page.locator(".gallery img")
        assert drawn.count() > 20
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.goto(f"{app.url}/health?dataset=animals&view=Limits")
        page.get_by_text("Who is told").wait_for(timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert not foreign_requests(app)

"""docs/pictures: a picture of every page, taken of the demo. `python -m tests.support.pictures` takes them anew.

`make pictures` does the same. Chromium must be installed. The demo workspace is copied first, so nothing is written to
the one that is there; without one (--workspace), it is made, which takes minutes. With names of pages, only those.
"""

import argparse
import getpass
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from PIL import Image
from playwright.sync_api import Browser, Page

from pages.ui.registry import all_pages
from store.workspace_file import FILE_NAME
from tests.support.browser import App, chromium, running_app, settle
from tests.support.places import PROJECT
from tests.support.typed_queries import type_queries

PICTURES = PROJECT / "docs" / "pictures"
WIDTH = 1440
COLOURS = 128  # of a picture's palette: what is drawn on a page has few
MAX_BYTES, MAX_BYTES_OF_ALL = 150_000, 4_000_000
# A page is taken once it has looked the same for so long, and at the latest after so long.
STILL_S, PATIENCE_S = 4.0, 60.0
# Pictures in components, too: those stand in shadow trees.
ALL_LOADED = """() => {
  const waiting = (root) => [...root.querySelectorAll("*")].some((element) => {
    const box = element.getBoundingClientRect();
    const seen = box.bottom > 0 && box.top < window.innerHeight && box.width > 0;
    const missing = element.tagName === "IMG" && seen && !element.complete;
    return missing || (element.shadowRoot && waiting(element.shadowRoot));
  });
  return !waiting(document);
}"""
# Names of the machine on which it is taken: where the workspace lies, and who is at work.
RENAME = """(names) => {
  const renamed = (text) => names.reduce((so_far, [from, to]) => so_far.replaceAll(from, to), text);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) walk.currentNode.data = renamed(walk.currentNode.data);
  for (const field of document.querySelectorAll("input")) {
    if (renamed(field.value) !== field.value) field.value = renamed(field.value);
  }
}"""


@dataclass(frozen=True)
class Shot:
    """How a page is shown.

    query: what stands behind the question mark. height: in pixels. act: what a visitor of the demo does before, given
    the page and the folder of the demo's pictures.
    """

    query: str = ""
    height: int = 1000
    act: Callable[[Page, Path], None] | None = None


def look_at_folder(page: Page, pictures: Path) -> None:
    """Name the demo's folder on the Import page and have it looked at."""
    page.get_by_label("Folder", exact=True).fill(str(pictures))
    page.get_by_role("button", name="Look at it").click()


def wait_for_devices(page: Page, pictures: Path) -> None:
    """Let the Jobs page find out which devices there are."""
    page.get_by_text("Looking for GPUs").wait_for(state="hidden")


def take_review_in(page: Page, pictures: Path) -> None:
    """Have a reviewer's file taken in: words on a picture, on a claim, on all of it, and scores."""
    found = sorted(pictures.rglob("*.png"))[0]
    of_picture = {"kind": "picture", "sha256": hashlib.sha256(found.read_bytes()).hexdigest(), "path": found.name}
    written = (
        ("a", {"kind": "general"}, "Clear from the first page on. What would you **not** do again?"),
        (
            "b",
            of_picture,
            "Is this one written by hand, or printed?\n\n- the edges are even\n- the stroke has one width",
        ),
        ("c", {"kind": "claim", "claim": 1}, "How do you know? Nobody has looked at a label yet."),
    )
    comments = [
        {"id": name, "on": about, "text": text, "at": f"2026-11-30T1{hour}:00:00Z"}
        for hour, (name, about, text) in enumerate(written)
    ]
    scores = [{"criterion": "theme", "title": "Creativity of theme", "score": 4, "of": 5, "note": "A set that lies."}]
    review = {"format": "vitrine-review", "version": 1, "reviewer": "Cleo", "saved_at": "2026-11-30T14:00:00Z"}
    text = json.dumps({**review, "comments": comments, "scores": scores}).encode()
    page.get_by_role("button", name="Take a review in").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "review.json", "mimeType": "application/json", "buffer": text}
    )
    page.get_by_role("button", name="Take it in", exact=False).last.click()
    page.get_by_text("came in").wait_for()
    page.keyboard.press("Escape")


def ask_for_birds(page: Page, pictures: Path) -> None:
    """Write two queries on the page Collect, and show them with the sources that are asked."""
    page.get_by_role("textbox", name="Name of the dataset").fill("birds of prey")
    page.keyboard.press("Enter")
    settle(page)
    type_queries(page, ("kite", "red kite bird", "500"), ("buzzard", "common buzzard", "500"))
    page.get_by_role("heading", name="Collect pictures").scroll_into_view_if_needed()


def sync_with_qdrant(page: Page, pictures: Path) -> None:
    """Bring the demo's vectors to Qdrant's engine, in a folder beside the pictures."""
    page.get_by_label("Address", exact=True).fill(f"edge:{pictures.parent / 'qdrant'}")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sync", exact=True).click()
    page.get_by_text("counted there").wait_for(timeout=120_000)


SHOTS = {
    "collect": Shot(height=1340, act=ask_for_birds),
    "overview": Shot(height=1120),
    "duplicates": Shot(query="same=Same+file&same=Same+pixels"),
    "label_noise": Shot(height=1120),
    "qdrant": Shot(height=1120, act=sync_with_qdrant),
    "quality": Shot(query="below_dark=0.5"),
    "compare": Shot(height=1120),
    "data_budget": Shot(height=1120),
    "import_data": Shot(height=1120, act=look_at_folder),
    "jobs": Shot(act=wait_for_devices),
    "reviewers": Shot(height=1120, act=take_review_in),
    "spot_check": Shot(query="strata=Doubted+or+not&each=Equally"),
    "train": Shot(height=1120),
}


def take(workspace: Path, *, folders: Sequence[str], out: Path = PICTURES) -> list[Path]:
    """Write a PNG for each page in folders, of the demo in workspace, and give their paths."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vitrine-pictures-") as scratch:
        copy = _copied(workspace, Path(scratch))
        with running_app(copy, log=Path(scratch) / "app.log") as app, chromium("--force-color-profile=srgb") as browser:
            return [_taken(browser, app, folder, workspace=copy, out=out) for folder in folders]


def small(png: bytes) -> bytes:
    """The picture with a palette of at most COLOURS colours, as PNG."""
    with Image.open(io.BytesIO(png)) as whole:
        reduced = whole.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    reduced.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def too_heavy(pictures: Sequence[Path]) -> list[str]:
    """What of the pictures weighs more than a page, or all of them, may."""
    sizes = {path: path.stat().st_size for path in pictures}
    heavy = [f"{path.name} has {size:,} bytes of {MAX_BYTES:,}" for path, size in sizes.items() if size > MAX_BYTES]
    total = sum(sizes.values())
    return heavy + ([f"all have {total:,} bytes of {MAX_BYTES_OF_ALL:,}"] if total > MAX_BYTES_OF_ALL else [])


def _taken(browser: Browser, app: App, folder: str, *, workspace: Path, out: Path) -> Path:
    shot = SHOTS.get(folder, Shot())
    page = browser.new_page(viewport={"width": WIDTH, "height": shot.height}, color_scheme="light")
    page.set_default_timeout(120_000)
    page.goto(f"{app.url}/{all_pages()[folder].address}{'?' if shot.query else ''}{shot.query}")
    settle(page, timeout_s=120)
    if shot.act:
        shot.act(page, workspace / "demo" / "pictures")
        settle(page, timeout_s=120)
    names = [
        [str(workspace), "/home/me/workspace"],
        [f"by {getpass.getuser()}", "by me"],
        [f", {getpass.getuser()}", ", me"],
    ]
    path = out / f"{folder}.png"
    path.write_bytes(small(_still(page, names=names)))
    page.close()
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", file=sys.stderr)
    return path


def _still(page: Page, *, names: list[list[str]]) -> bytes:
    """The page as PNG, once every picture on it is there and nothing has moved for a while."""
    began = last_change = time.monotonic()
    seen = b""
    while time.monotonic() - last_change < STILL_S and time.monotonic() - began < PATIENCE_S:
        page.wait_for_function(ALL_LOADED)
        page.evaluate(RENAME, names)
        now = page.screenshot(animations="disabled")
        if now != seen:
            seen, last_change = now, time.monotonic()
        page.wait_for_timeout(500)
    return seen


def _copied(workspace: Path, scratch: Path) -> Path:
    copy = Path(shutil.copytree(workspace, scratch / "workspace"))
    with duckdb.connect(str(copy / FILE_NAME)) as connection:
        roots = connection.execute("SELECT id, root FROM dataset").fetchall()
        for number, root in roots:
            tail = Path(root).parts[-2:]  # demo/pictures
            connection.execute("UPDATE dataset SET root = ? WHERE id = ?", [str(copy.joinpath(*tail)), number])
    return copy


def main() -> None:
    """Take the pictures of the pages that are named, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="folders of pages/; all where none is named")
    parser.add_argument("--workspace", type=Path, help="a workspace with the finished demo; one is made without")
    parser.add_argument("--out", type=Path, default=PICTURES)
    given = parser.parse_args()
    unknown = set(given.pages) - set(all_pages())
    if unknown:
        parser.error(f"no such page: {', '.join(sorted(unknown))}; there are {', '.join(all_pages())}")
    with tempfile.TemporaryDirectory(prefix="vitrine-demo-") as scratch:
        workspace = given.workspace or Path(scratch) / "workspace"
        if not given.workspace:
            demo = [sys.executable, "-m", "jobs", "demo", "--workspace", str(workspace)]
            subprocess.run(demo, cwd=PROJECT, check=True)
        paths = take(workspace, folders=given.pages or list(all_pages()), out=given.out)
    sys.exit("\n".join(too_heavy(paths)) or None)


if __name__ == "__main__":
    main()

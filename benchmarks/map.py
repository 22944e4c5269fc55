"""The map at a million points: bytes sent, first paint, lasso to thumbnails, messages while moving.

    python benchmarks/map.py [--n 1000000] [--browser]

A workspace of made-up pictures and points is written to a temporary folder. The server's times are measured through its
own routes and functions, in this process; --browser also opens the page in headless Chromium with software WebGL. What
a user would pick instead, a Plotly or Altair chart in Streamlit, sends all points as JSON at every change of colour:
its bytes are printed beside ours.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.app import check, open_page
from benchmarks.support.synthetic import DATASET_ID, MAP, add_map, make_workspace
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb, seconds_of, timed

BARS = {"lasso": 0.5, "colour": 1_000_000, "sent": 15_000_000, "paint": 3.0}


def main() -> None:
    """Print a table of the server's part, and of the browser's where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1_000_000, help="points (1000000)")
    parser.add_argument("--browser", action="store_true", help="also measure in Chromium")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        root = Path(folder) / "w"
        os.environ["VITRINE_WORKSPACE"] = str(root)
        workspace = make_workspace(root, n=arguments.n, n_classes=10)
        add_map(workspace, n=arguments.n)
        workspace.close()
        print(f"{conditions()}, {arguments.n:,} points")
        print_header("what", "seconds", "bytes", "bar")
        measure_server(root, arguments.n)
        say("peak memory of the server process", note=f"{peak_mb():,.0f} MB")
        if arguments.browser:
            measure_browser(root, arguments.n, Path(folder) / "app.log")


def measure_server(root: Path, n: int) -> None:
    """Bytes and seconds of every request that the map makes, through the app's own routes."""
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from pages.map import http, routes, selection_sets
    from pages.ui import owner
    from store import projections

    client = TestClient(Starlette(routes=routes.ROUTES))
    get = client.get
    address = f"/vitrine/map/{MAP}"
    points, seconds = timed(lambda: get(f"{address}/points").content)
    say("points, first time", seconds, n_bytes=len(points))
    total = len(points) + len(get(http.code_url()).content)
    for name in ("label", "brightness", "trust"):
        codes, seconds = timed(lambda name=name: get(f"{address}/colour/{name}").content)
        total += len(codes) if name == "label" else 0
        say(f"a change of colour: {name}", seconds, n_bytes=len(codes), bar=BARS["colour"])
    fits, seconds = timed(lambda: get(f"{address}/filter?class=3&measure=sharpness&low=0.2&high=0.8").content)
    say("a change of filter", seconds, n_bytes=len(fits), bar=n // 8 + 1)
    say("sent for a first look (points, label, code)", n_bytes=total, bar=BARS["sent"])
    rows = [len(json.dumps([round(float(x), 4), round(float(y), 4), 3])) + 1 for x, y in sample_places()]
    as_json = sum(rows) * n // len(rows)
    ratio = f"{as_json / n:.0f} times a colour of ours"
    say("a chart of all points as JSON, each change", n_bytes=as_json, note=ratio)
    x, y = np.frombuffer(points, "<f4", n, 4), np.frombuffer(points, "<f4", n, 4 + 4 * n)
    headers = {"Content-Type": "application/octet-stream"}
    spans = []
    for turn in range(7):
        body = np.packbits((np.abs(x - 0.1 * turn + 0.3) < 0.4) & (np.abs(y) < 0.4), bitorder="little").tobytes()

        def lasso(body: bytes = body) -> int:
            key = client.post(f"{address}/chosen", content=body, headers=headers).json()["key"]
            found = selection_sets.chosen(key, run_id=MAP)
            first = found.image_ids[:60]
            rows = projections.selected_images(owner.get().workspace, DATASET_ID, run_id=MAP, image_ids=first)
            assert rows.num_rows == len(first)
            return len(found.image_ids)

        n_chosen, seconds = timed(lasso)
        spans.append(seconds)
    say(f"lasso ({n_chosen:,} points) to 60 rows, first", spans[0], bar=BARS["lasso"])
    say("the same, median of the next six", statistics.median(spans[1:]), bar=BARS["lasso"])
    keys = [
        client.post(f"{address}/chosen", content=np.packbits(x > edge, bitorder="little").tobytes(), headers=headers)
        for edge in (0.2, -0.1, 0.4)
    ]
    measure_script(root, [answer.json()["key"] for answer in keys])
    owner.close()


def measure_script(root: Path, keys: list[str]) -> None:
    """The whole script of the page, as it runs after a lasso: everything that the server does for the gallery."""
    app = open_page(root, "map/page.py").run()
    spans = []
    for key in keys:
        app.session_state["map_drawn"] = {"dataset": DATASET_ID, "key": key, "turn": key}
        spans.append(seconds_of(app.run))
        check(app)
        assert any("selected" in each.value for each in app.subheader)
    say("the page's whole script after a lasso", statistics.median(spans), bar=BARS["lasso"])


def sample_places() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2000, 2))


def measure_browser(root: Path, n: int, log: Path) -> None:
    """First paint after the data's arrival, lasso to thumbnails as a visitor waits for them, messages while moving."""
    from tests.support.browser import WEBGL, WIDE, chromium, running_app

    with running_app(root, log=log) as app, chromium(*WEBGL) as browser:
        page = browser.new_page(viewport=WIDE)
        heard: list[float] = []
        frames: list[str] = []
        page.on("response", lambda answer: heard.append(time.perf_counter()) if is_data(answer.url) else None)
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append("sent")))
        page.goto(f"{app.url}/map")
        page.locator(f'.vmap-stage[data-drawn="{n}"]').wait_for(timeout=240_000)
        painted = page.evaluate(PAINTED)
        say("first paint after the data, Chromium, software", painted, bar=BARS["paint"])
        page.wait_for_timeout(3000)
        box = page.locator(".vmap-stage").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        before = len(frames)
        page.wait_for_timeout(4000)
        idle = len(frames) - before
        before, requests, began = len(frames), len(heard), time.perf_counter()
        for _ in range(5):
            page.mouse.wheel(0, -120)
        page.mouse.down()
        page.mouse.move(x + 90, y + 40, steps=6)
        page.mouse.up()
        page.wait_for_timeout(3000)
        alone = f"the strip of jobs alone sends {idle} in 4 s"
        moving = f"{len(frames) - before} messages, {len(heard) - requests} columns ({alone})"
        say("sent while moving and zooming", time.perf_counter() - began, note=moving)
        page.get_by_role("button", name="Whole map").click()
        page.get_by_role("button", name="Box", exact=True).click()
        page.mouse.move(x - 100, y - 100)
        page.mouse.down()
        page.mouse.move(x + 100, y + 100, steps=4)
        began = time.perf_counter()
        page.mouse.up()
        page.locator("[aria-label='Selected pictures'] button.picture").nth(59).wait_for(timeout=120_000)
        say("box to 60 thumbnails, as a visitor waits", time.perf_counter() - began)


PAINTED = """() => {
  const arrived = performance.getEntriesByType("resource").filter(e => /vitrine.map.*(points|colour)/.test(e.name));
  const painted = performance.getEntriesByName("vitrine-map-painted")[0].startTime;
  return (painted - Math.max(...arrived.map(e => e.responseEnd))) / 1000;
}"""


def is_data(url: str) -> bool:
    return "/vitrine/map/" in url and "/facts/" not in url


def say(
    what: str, seconds: float | None = None, *, n_bytes: int | None = None, bar: float | None = None, note: str = ""
) -> None:
    """A row of the table; bar: bytes where it is large, else seconds."""
    limit = note if bar is None else f"{bar:,} {'bytes' if bar > 10 else 's'}"
    spent = None if seconds is None else f"{seconds:.3f}"
    print_row(what, spent, None if n_bytes is None else f"{n_bytes:,}", limit)


if __name__ == "__main__":
    main()

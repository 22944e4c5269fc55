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
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

SEED, CLASSES, CENTRES, RUN = 801, 10, 40, 1
BARS = {"lasso": 0.5, "colour": 1_000_000, "sent": 15_000_000, "paint": 3.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1_000_000, help="points (1000000)")
    parser.add_argument("--browser", action="store_true", help="also measure in Chromium")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "w"
        os.environ["VITRINE_WORKSPACE"] = str(root)
        make_workspace(root, arguments.n)
        print(f"{arguments.n:,} points, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        measure_server(arguments.n)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{'peak memory of the server process':44}{peak:10.0f} MB")
        if arguments.browser:
            measure_browser(root, arguments.n, Path(folder) / "app.log")


def make_workspace(root: Path, n: int) -> None:
    """A dataset of `n` pictures in ten classes, with a finished map; nothing of it is on the disk but the rows."""
    from store.connection import open_workspace
    from store.datasets import ensure_dataset
    from store.runs import RunStart, finish_run, new_run_id, start_run

    workspace = open_workspace(root)
    dataset = ensure_dataset(workspace, "synthetic", root="/nowhere", task="single", layout="classes")
    rng = np.random.default_rng(SEED)
    centres = rng.normal(size=(CENTRES, 2)) * 6
    places = (centres[rng.integers(CENTRES, size=n)] + rng.normal(size=(n, 2))).astype(np.float32)
    run_id = new_run_id(workspace)
    wanted = {"method": "tsne", "perplexity": 30.0, "dimensions": 2, "metric": "cosine", "seed": SEED, "pca_dims": 50}
    start = RunStart(run_id, dataset.id, "projection-000001", "projection", "none", wanted, SEED, "benchmark", 1, None)
    with workspace.writing(dataset.id, changes_data=True) as cursor:
        cursor.register("places", pa.table({"x": places[:, 0], "y": places[:, 1], "n": np.arange(n) + 1}))
        cursor.execute(MAKE_IMAGES)
        cursor.execute("INSERT INTO class_name SELECT 1, range, 'class ' || range, NULL FROM range(10)")
        cursor.execute(f"INSERT INTO projection_point SELECT {run_id}, n, x, y, NULL, random(), NULL FROM places")
        start_run(cursor, start)
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures={"n_points": n, "notes": []})
    workspace.close()


MAKE_IMAGES = """INSERT INTO image BY NAME SELECT n AS id, 1 AS dataset_id, 'f' || n % 7 || '/' || n || '.jpg' AS path,
    md5(n::VARCHAR) || md5(n::VARCHAR) AS sha256, md5(n::VARCHAR) AS pixel_sha256, hash(n) AS phash, 64 AS width,
    64 AS height, 2000 AS bytes, 1 AS mtime_ns, 'JPEG' AS format, 'RGB' AS mode, 1 AS n_frames,
    n % 10 AS label,
    CASE WHEN n % 5 = 0 THEN 'val' ELSE 'train' END AS split, random() * 255 AS brightness,
    random() * 100 AS contrast, random() * 900 AS sharpness, random() * 8 AS entropy, false AS has_thumb,
    false AS missing, 1 AS run_id,
    TIMESTAMP '2026-01-01' AS imported_at FROM places"""


def measure_server(n: int) -> None:
    """Bytes and seconds of every request that the map makes, through the app's own routes."""
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from pages.map import http, routes, selection_sets
    from pages.ui import owner
    from store import projections

    client = TestClient(Starlette(routes=routes.ROUTES))
    get = client.get
    address = f"/vitrine/map/{RUN}"
    points, seconds = timed(lambda: get(f"{address}/points").content)
    say("points, first time", seconds, len(points))
    total = len(points) + len(get(http.code_url()).content)
    for name in ("label", "brightness", "trust"):
        codes, seconds = timed(lambda name=name: get(f"{address}/colour/{name}").content)
        total += len(codes) if name == "label" else 0
        say(f"a change of colour: {name}", seconds, len(codes), bar=BARS["colour"])
    fits, seconds = timed(lambda: get(f"{address}/filter?class=3&measure=sharpness&low=0.2&high=0.8").content)
    say("a change of filter", seconds, len(fits), bar=n // 8 + 1)
    say("sent for a first look (points, label, code)", 0.0, total, bar=BARS["sent"])
    rows = [len(json.dumps([round(float(x), 4), round(float(y), 4), 3])) + 1 for x, y in sample_places()]
    as_json = sum(rows) * n // len(rows)
    ratio = f"{as_json / n:.0f} times a colour of ours"
    print(f"{'a chart of all points as JSON, each change':44}{'':12}{as_json:14,} bytes: {ratio}")
    x, y = np.frombuffer(points, "<f4", n, 4), np.frombuffer(points, "<f4", n, 4 + 4 * n)
    headers = {"Content-Type": "application/octet-stream"}
    spans = []
    for turn in range(7):
        body = np.packbits((np.abs(x - 0.1 * turn + 0.3) < 0.4) & (np.abs(y) < 0.4), bitorder="little").tobytes()

        def lasso(body: bytes = body) -> int:
            key = client.post(f"{address}/chosen", content=body, headers=headers).json()["key"]
            found = selection_sets.chosen(key, run_id=RUN)
            first = found.image_ids[:60]
            rows = projections.selected_images(owner.get().workspace, 1, run_id=RUN, image_ids=first)
            assert rows.num_rows == len(first)
            return len(found.image_ids)

        n_chosen, seconds = timed(lasso)
        spans.append(seconds)
    say(f"lasso ({n_chosen:,} points) to 60 rows, first", spans[0], 0, bar=BARS["lasso"])
    say("the same, median of the next six", statistics.median(spans[1:]), 0, bar=BARS["lasso"])
    keys = [
        client.post(f"{address}/chosen", content=np.packbits(x > edge, bitorder="little").tobytes(), headers=headers)
        for edge in (0.2, -0.1, 0.4)
    ]
    measure_script([answer.json()["key"] for answer in keys])
    owner.close()


def measure_script(keys: list[str]) -> None:
    """The whole script of the page, as it runs after a lasso: everything that the server does for the gallery."""
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(Path(__file__).parents[1] / "pages" / "frame.py"), default_timeout=120).run()
    app.switch_page("map/page.py").run()
    spans = []
    for key in keys:
        app.session_state["map_drawn"] = {"dataset": 1, "key": key, "turn": key}
        spans.append(timed(app.run)[1])
        assert not app.exception and any("selected" in each.value for each in app.subheader)
    say("the page's whole script after a lasso", statistics.median(spans), 0, bar=BARS["lasso"])


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
        print(f"{'first paint after the data, Chromium, software':44}{painted:10.2f} s (bar {BARS['paint']} s)")
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
        print(f"{'sent while moving and zooming':44}{time.perf_counter() - began:10.2f} s {moving}")
        page.get_by_role("button", name="Whole map").click()
        page.get_by_role("button", name="Box", exact=True).click()
        page.mouse.move(x - 100, y - 100)
        page.mouse.down()
        page.mouse.move(x + 100, y + 100, steps=4)
        began = time.perf_counter()
        page.mouse.up()
        page.locator("[aria-label='Selected pictures'] button.picture").nth(59).wait_for(timeout=120_000)
        print(f"{'box to 60 thumbnails, as a visitor waits':44}{time.perf_counter() - began:10.2f} s")


PAINTED = """() => {
  const arrived = performance.getEntriesByType("resource").filter(e => /vitrine.map.*(points|colour)/.test(e.name));
  const painted = performance.getEntriesByName("vitrine-map-painted")[0].startTime;
  return (painted - Math.max(...arrived.map(e => e.responseEnd))) / 1000;
}"""


def is_data(url: str) -> bool:
    return "/vitrine/map/" in url and "/facts/" not in url


def timed(act: Callable[[], object]) -> tuple[object, float]:
    began = time.perf_counter()
    found = act()
    return found, time.perf_counter() - began


def say(what: str, seconds: float, n_bytes: int, *, bar: float | None = None) -> None:
    limit = "" if bar is None else f"(bar {bar:,} {'bytes' if bar > 10 else 's'})"
    sent = f"{n_bytes:14,} bytes" if n_bytes else " " * 20
    print(f"{what:44}{seconds:10.3f} s{sent} {limit}", flush=True)


if __name__ == "__main__":
    main()

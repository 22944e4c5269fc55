"""A report as HTML and a bundle for reviewers: seconds, memory, megabytes; how fast they open and the map moves.

    python benchmarks/bundle.py                                  # made-up workspaces of --sizes images, no pictures
    python benchmarks/bundle.py --copy-of W --dataset NAME       # a copy of a workspace's file; its pictures are read

Seconds and memory are those of `vitrine run`, with the start of its two processes. The bars: a bundle of 25 MB in 60
seconds, opened in 4; a million images in under 2 GB.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.claims import fill
from benchmarks.support.child import watched
from benchmarks.support.synthetic import DATASET, add_label_check, add_map, add_zero_shot, make_workspace
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions
from store.datasets import find_dataset
from store.workspace_file import FILE_NAME

CLAIMS = 30
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
_FRAMES = (
    "(() => { const began = performance.now(); for (let i = 0; i < 20; i++) { bundlePage.map.moveBy(3, 2); "
    "bundlePage.map.paint(); } return (performance.now() - began) / 20; })()"
)
_CLAIMS = (
    "(async () => { const began = performance.now(); await bundleClaims.recomputeAll(); "
    "return performance.now() - began; })()"
)


def main() -> None:
    """Print a table of what was written, and one of what a browser makes of it."""
    arguments = _arguments()
    print(conditions())
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-", dir=arguments.into) as folder:
        written = []
        print_header("images", "file", "seconds", "peak MB", "MB", "pictures")
        for n in arguments.sizes if arguments.copy_of is None else [0]:
            root = Path(folder) / f"w{n}"
            dataset = _made(root, n) if arguments.copy_of is None else _copied(root, arguments)
            for kind, options in (("report", ["--format", "html"]), ("bundle", ["--budget-mb", arguments.budget])):
                found = _run(root, kind, dataset, options)
                written.append((kind, Path(found["file"])))
                figures = (f"{found['seconds']:.1f}", f"{found['peak']:,.0f}", f"{found['n_bytes'] / 1e6:.1f}")
                print_row(f"{n:,}" if n else dataset, kind, *figures, found.get("n_pictures"))
        if CHROMIUM:
            _open_all(written)


def _made(root: Path, n: int) -> str:
    workspace = make_workspace(root, n=n)
    add_label_check(workspace, n=n)
    add_zero_shot(workspace)
    add_map(workspace, n=n)
    fill(workspace, find_dataset(workspace, DATASET), most=CLAIMS)
    workspace.close()
    return DATASET


def _copied(root: Path, arguments: argparse.Namespace) -> str:
    root.mkdir()
    shutil.copy(arguments.copy_of / FILE_NAME, root / FILE_NAME)
    return str(arguments.dataset)


def _run(root: Path, kind: str, dataset: str, options: list[object]) -> dict[str, float]:
    told = watched("-m", "jobs", "run", kind, "--dataset", dataset, "--workspace", root, *options)
    return {**json.loads(told["last_line"]), "seconds": told["seconds"], "peak": told["peak_mb"]}


def _open_all(written: list[tuple[str, Path]]) -> None:
    """Open each file in Chromium: seconds until it can be read, milliseconds a frame of the map and of all claims."""
    from playwright.sync_api import sync_playwright

    print_header("file", "MB", "opens in, s", "map, ms a frame", "all claims, ms")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for kind, path in written:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            began = time.perf_counter()
            page.goto(path.as_uri(), wait_until="load")
            while kind == "bundle" and not page.evaluate("document.documentElement.dataset.ready === 'yes'"):
                page.wait_for_timeout(10)
            opened = time.perf_counter() - began
            frame = claims = None
            if kind == "bundle":
                page.evaluate("location.hash = 'map'")
                while not page.evaluate("Boolean(bundlePage.map)"):
                    page.wait_for_timeout(10)
                frame, claims = f"{page.evaluate(_FRAMES):.1f}", f"{page.evaluate(_CLAIMS):,.0f}"
            print_row(kind, f"{path.stat().st_size / 1e6:.1f}", f"{opened:.2f}", frame, claims)
            page.close()
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[31_848, 1_000_000])
    # not --workspace, which the app in this process would take for its own
    parser.add_argument("--copy-of", type=lambda text: Path(text).resolve(), help="a workspace's folder")
    parser.add_argument("--dataset", default=DATASET)
    parser.add_argument("--budget", type=int, default=25, help="megabytes of the bundle (25)")
    parser.add_argument("--into", type=Path, help="where the workspaces are made")
    return parser.parse_args()


if __name__ == "__main__":
    main()

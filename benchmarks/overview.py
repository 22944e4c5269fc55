"""Seconds and memory of the overview and the gallery, beside the same figures computed with pandas.

    python benchmarks/overview.py [--workspace W --dataset NAME] [--n 1000000] [--rounds 7]

Without --workspace it times a synthetic workspace of --n images (100 classes, three splits, 81 sizes, every hundredth
image twice), made in a temporary folder; with --workspace also that one, on a copy of its file.

Measured: the app as people start it (`streamlit run`), asked over its agent API: process start to first page, further
visitors' pages (warm: figures cached), and the peak memory of the process; then, in a process of its own, the
figures without any cache (what the first visitor after a change waits for), and pages of the gallery. pandas reads
the same rows from a Parquet manifest and computes the same figures, by hash and by groupby.
"""

import argparse
import json
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import date
from pathlib import Path

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))

from store import gallery, overview  # noqa: E402
from store.connection import FILE_NAME, Workspace, open_workspace  # noqa: E402
from store.datasets import class_table, ensure_dataset, find_dataset  # noqa: E402

PAGES = ("first", "middle", "sharpest", "class", "duplicates")
FILL = """
INSERT INTO image
SELECT nextval('image_ids'), $dataset_id, 'train/' || (i % 100) || '/img_' || lpad(i::VARCHAR, 8, '0') || '.jpg',
    sha256((CASE WHEN i % 100 = 7 THEN i - 1 ELSE i END)::VARCHAR), sha256(i::VARCHAR), hash(i),
    200 + (hash(i * 3) % 9) * 100, 200 + (hash(i * 5) % 9) * 100, 20000 + hash(i * 7) % 100000, 0, 'JPEG', 'RGB', 1,
    (hash(i * 11) % 100)::INTEGER, NULL,
    CASE WHEN hash(i * 13) % 10 < 8 THEN 'train' WHEN hash(i * 13) % 10 = 8 THEN 'val' ELSE 'test' END, NULL, NULL,
    hash(i * 17) % 256, hash(i * 19) % 128, hash(i * 23) % 4000, (hash(i * 29) % 800) / 100.0, false, false, 1, now()
FROM range($n) AS rows(i)
"""


def main() -> None:
    arguments = _arguments()
    if arguments.uncached:
        print(json.dumps(measure_uncached(Path(arguments.workspace), arguments)))
        return
    if arguments.pandas:
        print(json.dumps(measure_pandas(Path(arguments.workspace), arguments)))
        return
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        cases = []
        if arguments.workspace:
            copy = Path(folder) / "copy"
            copy.mkdir()
            shutil.copy(Path(arguments.workspace) / FILE_NAME, copy / FILE_NAME)
            cases.append((copy, arguments.dataset))
        make_workspace(Path(folder) / "synthetic", n=arguments.n)
        cases.append((Path(folder) / "synthetic", "synthetic"))
        print(f"{date.today()}, {platform.processor() or platform.machine()}, median of {arguments.rounds}\n")
        for root, dataset in cases:
            _print(measure_all(root, dataset=dataset, arguments=arguments))


def make_workspace(root: Path, *, n: int) -> None:
    """A workspace with one dataset of `n` made-up images, straight into the table."""
    workspace = open_workspace(root)
    dataset = ensure_dataset(workspace, "synthetic", root=str(root), task="single", layout="classes")
    with workspace.writing(dataset.id, changes_data=True) as cursor:
        cursor.execute(
            "INSERT INTO class_name SELECT $dataset_id, i, 'class ' || i, NULL FROM range(100) AS rows(i)",
            {"dataset_id": dataset.id},
        )
        cursor.execute(FILL, {"dataset_id": dataset.id, "n": n})
    workspace.close()


def measure_all(root: Path, *, dataset: str, arguments: argparse.Namespace) -> dict[str, object]:
    """Everything about one workspace; nothing else may have it open."""
    workspace = open_workspace(root)
    found = find_dataset(workspace, dataset)
    manifest = root / "manifest.parquet"
    with workspace.writing(found.id) as cursor:
        cursor.execute(f"COPY (SELECT * FROM image WHERE dataset_id = {found.id}) TO '{manifest}' (FORMAT parquet)")
    workspace.close()
    app = measure_app(root, rounds=arguments.rounds)
    ours, theirs = (_in_own_process(kind, root, dataset, arguments.rounds) for kind in ("--uncached", "--pandas"))
    return {"n": found.n_images, **app, **ours, **theirs}


def measure_app(root: Path, *, rounds: int) -> dict[str, float]:
    """Start the app and visit its overview and gallery: seconds, and the process's peak memory in MB."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [
        f"--server.port={port}",
        "--server.headless=true",
        "--server.enableAgentApi=true",
        "--logger.level=error",
    ]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options, "--", "--workspace", str(root)]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_up(port)
        up = time.perf_counter() - started
        _visit(port, {})
        first = time.perf_counter() - started
        warm = _median(lambda: _visit(port, {}), rounds)
        pictures = _median(lambda: _visit(port, {"page": "pictures"}), rounds)
        peak = next(
            int(line.split()[1]) / 1000
            for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
            if line.startswith("VmHWM")
        )
    finally:
        process.terminate()
        process.wait(timeout=30)
    return {"app_up": up, "app_first_page": first, "app_warm": warm, "app_warm_pictures": pictures, "app_peak_mb": peak}


def measure_uncached(root: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """The overview's script without and with its cache, its figures alone, and pages of the gallery."""
    import os

    os.environ["VITRINE_WORKSPACE"] = str(root)
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    from pages.ui import owner

    app = AppTest.from_file(str(PROJECT / "pages" / "frame.py"), default_timeout=120).run()
    if app.exception or app.error:
        raise SystemExit(f"the overview stopped: {app.exception} {app.error}")

    def without_cache() -> None:
        st.cache_data.clear()
        app.run()

    workspace = owner.get().workspace
    dataset = find_dataset(workspace, arguments.dataset)
    found = {
        "script_uncached": _median(without_cache, arguments.rounds),
        "script_warm": _median(lambda: app.run(), arguments.rounds),
        "figures": _median(lambda: our_figures(workspace, dataset.id), arguments.rounds),
        **{
            f"gallery_{name}": seconds
            for name, seconds in _gallery_pages(workspace, dataset.id, arguments.rounds).items()
        },
    }
    owner.close()
    return found


def our_figures(workspace: Workspace, dataset_id: int) -> dict[str, object]:
    """The overview's figures, straight from the file."""
    totals = overview.totals(workspace, dataset_id)
    n_classes = class_table(workspace, dataset_id).num_rows
    overview.embedded(workspace, dataset_id, n_images=totals.n_images)
    overview.problems(workspace, dataset_id)
    overview.stale_runs(workspace, dataset_id)
    overview.split_counts(workspace, dataset_id)
    return {
        "totals": totals,
        "classes": overview.class_counts(workspace, dataset_id),
        "sizes": overview.size_counts(workspace, dataset_id),
        "formats": overview.format_counts(workspace, dataset_id),
        "duplicates": overview.duplicates(workspace, dataset_id),
        "samples": overview.class_samples(workspace, dataset_id, classes=range(min(n_classes, 12)), n=12, seed=0),
    }


def _gallery_pages(workspace: Workspace, dataset_id: int, rounds: int) -> dict[str, float]:
    n_images = overview.totals(workspace, dataset_id).n_images

    def page(wanted: gallery.Wanted, *, first: int) -> Callable[[], object]:
        def read() -> None:
            chosen = gallery.chosen_by(workspace, dataset_id, check=wanted.check)
            gallery.count_images(workspace, dataset_id, wanted=wanted, chosen=chosen)
            gallery.list_images(workspace, dataset_id, wanted=wanted, chosen=chosen, first=first, n_rows=60)

        return read

    pages = {
        "first": page(gallery.Wanted(), first=0),
        "middle": page(gallery.Wanted(), first=n_images // 2),
        "sharpest": page(gallery.Wanted(sort="sharpness", descending=True), first=0),
        "class": page(gallery.Wanted(class_index=3), first=0),
        "duplicates": page(gallery.Wanted(check="duplicates"), first=0),
    }
    return {name: _median(read, rounds) for name, read in pages.items()}


def measure_pandas(root: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """The same figures with pandas: from the manifest, and from a table that is in memory already."""
    import pandas
    import psutil

    manifest = root / "manifest.parquet"
    columns = ["id", "path", "sha256", "label", "split", "width", "height", "format", "mode", "bytes"]

    def read_and_count() -> None:
        pandas_figures(pandas.read_parquet(manifest, columns=columns))

    whole = _median(read_and_count, arguments.rounds)
    table = pandas.read_parquet(manifest, columns=columns)
    agree(root, arguments.dataset, pandas_figures(table))
    return {
        "pandas": whole,
        "pandas_in_memory": _median(lambda: pandas_figures(table), arguments.rounds),
        "pandas_mb": psutil.Process().memory_info().rss / 1e6,
    }


def pandas_figures(table: object) -> dict[str, object]:
    """Totals, classes by split, sizes, formats, duplicates and samples of a DataFrame with image's columns."""
    twins = table[table.duplicated("sha256", keep=False)].groupby("sha256")
    per_group = twins.agg(n=("id", "size"), splits=("split", "nunique"), labels=("label", "nunique"))
    return {
        "n": len(table),
        "bytes": int(table["bytes"].sum()),
        "classes": table.groupby(["label", "split"], dropna=False).size(),
        "splits": table["split"].value_counts(dropna=False),
        "sizes": table.groupby(["width", "height"]).size().sort_values(ascending=False),
        "formats": table.groupby(["format", "mode"])["bytes"].agg(["size", "sum"]),
        "duplicates": (
            len(per_group),
            int(per_group["n"].sum()),
            int((per_group["splits"] > 1).sum()),
            int((per_group["labels"] > 1).sum()),
        ),
        "samples": table[table["label"] < 12]
        .groupby("label")
        .sample(12, random_state=0, replace=True)[["id", "sha256", "path"]],
    }


def agree(root: Path, dataset: str, theirs: dict[str, object]) -> None:
    """Stop if pandas finds other figures than the store does."""
    workspace = open_workspace(root)
    ours = our_figures(workspace, find_dataset(workspace, dataset).id)
    workspace.close()
    twins = ours["duplicates"]
    same = (
        (ours["totals"].n_images, ours["totals"].bytes) == (theirs["n"], theirs["bytes"])
        and (twins.n_groups, twins.n_images, twins.n_groups_across, twins.n_groups_conflicting) == theirs["duplicates"]
        and (ours["classes"].num_rows, ours["sizes"].num_rows) == (len(theirs["classes"]), len(theirs["sizes"]))
    )
    if not same:
        raise SystemExit(f"the figures differ: {ours['totals']}, {twins}; pandas {theirs['n']}, {theirs['duplicates']}")


def _in_own_process(kind: str, root: Path, dataset: str, rounds: int) -> dict[str, float]:
    command = [sys.executable, __file__, kind, "--workspace", str(root), "--dataset", dataset, "--rounds", str(rounds)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def _visit(port: int, request: dict[str, object]) -> None:
    """A new visitor's first page, waited for until it is whole."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/_stcore/agent/interact",
        json.dumps(request).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        told = json.load(answer)
    if told["status"] != "ready":
        raise SystemExit(f"the page is not ready: {json.dumps(told)[:500]}")


def _wait_until_up(port: int) -> None:
    deadline = time.perf_counter() + 60
    while time.perf_counter() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise SystemExit("the app did not start within a minute")


def _median(work: Callable[[], object], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _print(row: dict[str, object]) -> None:
    ms = {key: f"{value * 1000:,.0f} ms" for key, value in row.items() if key not in ("n", "app_peak_mb", "pandas_mb")}
    ratio = {key: f"{row[key] / row['figures']:.1f}x ours" for key in ("pandas", "pandas_in_memory")}
    lines = [
        ("app, process start to answering", ms["app_up"]),
        ("app, process start to first page whole", ms["app_first_page"]),
        ("app, another visitor's overview (warm)", ms["app_warm"]),
        ("app, another visitor's pictures (warm)", ms["app_warm_pictures"]),
        ("app, peak memory", f"{row['app_peak_mb']:,.0f} MB"),
        ("overview's script, nothing cached", ms["script_uncached"]),
        ("overview's script, warm", ms["script_warm"]),
        ("figures alone, nothing cached", ms["figures"]),
        *((f"gallery, {name} page of 60, nothing cached", ms[f"gallery_{name}"]) for name in PAGES),
        ("pandas from Parquet, same figures", f"{ms['pandas']} ({ratio['pandas']}, {row['pandas_mb']:,.0f} MB)"),
        ("pandas, table in memory already", f"{ms['pandas_in_memory']} ({ratio['pandas_in_memory']})"),
    ]
    print(f"## {row['n']:,} images\n\n| what | median |\n|---|---|")
    print("\n".join(f"| {what} | {value} |" for what, value in lines) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workspace", help="time this workspace too, on a copy of its file")
    parser.add_argument("--dataset", default="animals", help="the dataset's name in it")
    parser.add_argument("--n", type=int, default=1_000_000, help="images of the synthetic workspace")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--uncached", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--pandas", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()

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
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.app import check, open_page, running_app
from benchmarks.support.child import answer, run_ways
from benchmarks.support.synthetic import DATASET, make_workspace
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, median_seconds, peak_mb, seconds_of
from store import gallery, overview
from store.connection import Workspace, open_workspace
from store.datasets import class_table, find_dataset
from store.workspace_file import FILE_NAME

PAGES = ("first", "middle", "sharpest", "class", "duplicates")


def main() -> None:
    """Print a table a workspace, or (with --way) measure one way and answer with a line of JSON."""
    arguments = _arguments()
    if arguments.way:
        answer(lambda: WAYS[arguments.way](arguments.workspace, arguments))
        return
    print(f"{conditions()}, median of {arguments.rounds}")
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        if arguments.workspace:
            copy = Path(folder) / "copy"
            copy.mkdir()
            shutil.copy(arguments.workspace / FILE_NAME, copy / FILE_NAME)
            measure_all(copy, dataset=arguments.dataset, rounds=arguments.rounds)
        make_workspace(Path(folder) / "synthetic", n=arguments.n).close()
        measure_all(Path(folder) / "synthetic", dataset=DATASET, rounds=arguments.rounds)


def measure_all(root: Path, *, dataset: str, rounds: int) -> None:
    """Print everything about one workspace; nothing else may have it open."""
    workspace = open_workspace(root)
    found = find_dataset(workspace, dataset)
    manifest = root / "manifest.parquet"
    with workspace.writing(found.id) as cursor:
        cursor.execute(f"COPY (SELECT * FROM image WHERE dataset_id = {found.id}) TO '{manifest}' (FORMAT parquet)")
    workspace.close()
    app = measure_app(root, rounds=rounds)
    ways = run_ways(__file__, WAYS, "--workspace", root, "--dataset", dataset, "--rounds", rounds)
    _print(found.n_images, app=app, ours=ways["uncached"], theirs=ways.get("pandas"))


def measure_app(root: Path, *, rounds: int) -> dict[str, float]:
    """Start the app and visit its overview and gallery: seconds, and the process's peak memory in MB."""
    with running_app(root) as app:
        first = app.up_s + seconds_of(app.visit)
        warm = median_seconds(app.visit, rounds=rounds)
        pictures = median_seconds(lambda: app.visit({"page": "pictures"}), rounds=rounds)
        return {"up": app.up_s, "first": first, "warm": warm, "pictures": pictures, "peak_mb": app.peak_mb()}


def measure_uncached(root: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """The overview's script without and with its cache, its figures alone, and pages of the gallery."""
    app = open_page(root, "overview/page.py")
    import streamlit as st

    from pages.ui import owner

    def without_cache() -> None:
        st.cache_data.clear()
        app.run()

    workspace, rounds = owner.get().workspace, arguments.rounds
    dataset_id = find_dataset(workspace, arguments.dataset).id
    found = {
        "script_uncached": median_seconds(without_cache, rounds=rounds),
        "script_warm": median_seconds(app.run, rounds=rounds),
        "figures": median_seconds(lambda: our_figures(workspace, dataset_id), rounds=rounds),
    }
    found |= {f"gallery_{name}": spent for name, spent in _gallery_pages(workspace, dataset_id, rounds).items()}
    check(app)
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

    def page(filters: gallery.PictureFilters, *, first: int) -> Callable[[], object]:
        def read() -> None:
            chosen = gallery.chosen_by(workspace, dataset_id, check=filters.check)
            gallery.count_images(workspace, dataset_id, filters=filters, chosen=chosen)
            gallery.list_images(workspace, dataset_id, filters=filters, chosen=chosen, first=first, n_rows=60)

        return read

    pages = {
        "first": page(gallery.PictureFilters(), first=0),
        "middle": page(gallery.PictureFilters(), first=n_images // 2),
        "sharpest": page(gallery.PictureFilters(sort="sharpness", descending=True), first=0),
        "class": page(gallery.PictureFilters(class_index=3), first=0),
        "duplicates": page(gallery.PictureFilters(check="duplicates"), first=0),
    }
    return {name: median_seconds(read, rounds=rounds) for name, read in pages.items()}


def measure_pandas(root: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """The same figures with pandas: from the manifest, and from a table that is in memory already."""
    import pandas

    manifest = root / "manifest.parquet"
    columns = ["id", "path", "sha256", "label", "split", "width", "height", "format", "mode", "bytes"]

    def read_and_count() -> None:
        pandas_figures(pandas.read_parquet(manifest, columns=columns))

    whole = median_seconds(read_and_count, rounds=arguments.rounds)
    table = pandas.read_parquet(manifest, columns=columns)
    agree(root, arguments.dataset, pandas_figures(table))
    in_memory = median_seconds(lambda: pandas_figures(table), rounds=arguments.rounds)
    return {"whole": whole, "in_memory": in_memory, "peak_mb": peak_mb()}


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


WAYS = {"uncached": measure_uncached, "pandas": measure_pandas}


def _print(n: int, *, app: dict[str, float], ours: dict[str, float], theirs: dict[str, float] | None) -> None:
    print(f"\n## {n:,} images")
    print_header("what", "median")
    print_row("app, process start to answering", _ms(app["up"]))
    print_row("app, process start to first page whole", _ms(app["first"]))
    print_row("app, another visitor's overview (warm)", _ms(app["warm"]))
    print_row("app, another visitor's pictures (warm)", _ms(app["pictures"]))
    print_row("app, peak memory", f"{app['peak_mb']:,.0f} MB")
    print_row("overview's script, nothing cached", _ms(ours["script_uncached"]))
    print_row("overview's script, warm", _ms(ours["script_warm"]))
    print_row("figures alone, nothing cached", _ms(ours["figures"]))
    for name in PAGES:
        print_row(f"gallery, {name} page of 60, nothing cached", _ms(ours[f"gallery_{name}"]))
    for title, name in (("from Parquet, same figures", "whole"), ("table in memory already", "in_memory")):
        if theirs:
            ratio = f"{theirs[name] / ours['figures']:.1f}x ours"
            print_row(f"pandas, {title}", f"{_ms(theirs[name])} ({ratio}; peak {theirs['peak_mb']:,.0f} MB)")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, help="time this workspace too, on a copy of its file")
    parser.add_argument("--dataset", default="animals", help="the dataset's name in it")
    parser.add_argument("--n", type=int, default=1_000_000, help="images of the synthetic workspace")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()

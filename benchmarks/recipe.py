"""The whole recipe step by step, beside the tools that people chain to the same end.

    python benchmarks/recipe.py --pictures DIR [--peers-python PATH] [--fastdup-python PATH] [--skip-peers]

Vitrine: `python -m jobs analyse DIR` in a workspace of its own, import included, with the default recipe. The chain:
CleanVision (what import measures), EfficientNet-Lite0 in a PyTorch loop with a DataLoader (embed), scikit-learn's exact
neighbours, fastdup's one run (duplicates), scikit-learn's logistic regression out of fold and cleanlab's Datalab
(label-issues), PCA and openTSNE (map), k-means for twelve k (medoids, which are for 99), a logistic regression
(classifier), learning curves of five sizes and two seeds with all labels and without the doubted ones (data-budget).
Nothing stands beside zero-shot. PATHs are interpreters of environments that have cleanvision and datasets, or fastdup;
a step whose package is missing is skipped by name, and neither side of it is in the sums. With --embed-rows N the
PyTorch loop takes N pictures, and its seconds are multiplied. With --workspace W our side is read from an analysis that
has ended there. Seconds of processor are of the step and all that it started; the chain's threads wait passively, as
ours do: on a machine that does other work, compare those.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.chain import CHAIN, SET_UP
from benchmarks.support.child import tried
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions
from jobs.engine.processes import WAITING


def main() -> None:
    """Print a table of the steps, and the ratio of the sums."""
    given = _options()
    print(conditions())
    with tempfile.TemporaryDirectory(dir=given.scratch) as scratch:
        folder = Path(scratch)
        workspace = given.workspace or folder / "workspace"
        if given.workspace:
            ours, whole = read_ours(workspace)
        else:
            ours, whole = run_ours(given.pictures, workspace, only=given.only)
        print_header("Vitrine's step", "seconds", "what came of it")
        for name, step in ours.items():
            print_row(name, f"{step.get('seconds', 0):.1f}", step.get("sentence", step["state"]))
        used = f"{whole['cpu_s']:.0f} s of processor" if whole["cpu_s"] else ""
        print_row("the whole command", f"{whole['seconds']:.0f}", used)
        if given.skip_peers:
            return
        n_rows = write_rows(workspace, folder)
        print_header("the chain's step", "beside", "n", "seconds", "processor seconds", "peak MB")
        theirs = run_chain(given, folder, n_rows=n_rows)
    _say_ratio(ours, whole, theirs)


def run_ours(pictures: Path, workspace: Path, *, only: str) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The steps of an analysis by name, and seconds, seconds of processor and memory of the whole command."""
    words = ["-m", "jobs", "analyse", pictures, "--workspace", workspace, "--name", "pictures"]
    if only:
        workspace.mkdir()
        recipe = workspace / "only.toml"
        recipe.write_text(f"[steps.{only}]\n")
        words += ["--recipe", recipe]
    whole, complaint = tried(sys.executable, *words)
    if whole["status"]:
        raise SystemExit(f"analyse ended with {whole['status']}: {complaint[-2000:]}")
    return json.loads(whole["last_line"])["steps"], whole


def read_ours(workspace: Path) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The same of the first analysis of a workspace that has ended and began with an import."""
    from jobs.engine.analysis import load_all, summary

    done = next(each for each in load_all(workspace) if not each.is_active and each.steps[0].kind == "import")
    return dict(summary(done)["steps"]), {"seconds": sum(step.seconds for step in done.steps), "cpu_s": 0.0}


def write_rows(workspace: Path, folder: Path) -> int:
    """The labelled pictures' paths and labels, as the chain's steps read them; how many."""
    import duckdb

    from store.workspace_file import FILE_NAME

    with duckdb.connect(str(workspace / FILE_NAME), read_only=True) as connection:
        (space,) = connection.execute("SELECT min(id) FROM embedding_space").fetchone() or (0,)
        rows = connection.execute(
            "SELECT path, current_label.label, vector FROM image "
            "JOIN current_label ON current_label.image_id = image.id "
            f"JOIN vector_{int(space)} AS v ON v.image_id = image.id "
            "WHERE current_label.label IS NOT NULL ORDER BY path"
        ).fetchnumpy()
    (folder / "paths.json").write_text(json.dumps([str(path) for path in rows["path"]]))
    np.save(folder / "labels.npy", np.asarray(rows["label"], dtype=np.int64))
    # ours, for the steps behind an embedding of few
    np.save(folder / "vectors.npy", np.stack(rows["vector"]).astype(np.float32))
    return len(rows["path"])


def run_chain(given: argparse.Namespace, folder: Path, *, n_rows: int) -> dict[str, dict[str, Any]]:
    """The figures of each step of the chain that can run here, by name, told as they come."""
    pythons = {"own": sys.executable, "peers": given.peers_python, "fastdup": given.fastdup_python}
    found: dict[str, dict[str, Any]] = {}
    for step in CHAIN:
        if given.chain and step.name not in given.chain:
            continue
        python = pythons[step.python]
        if not python:
            print(f"Skipped {step.name}: --{step.python}-python names no interpreter that has it.", flush=True)
            continue
        script = folder / "step.py"
        script.write_text(SET_UP + step.code)
        few = given.embed_rows if step.of == "embed" else 0
        figures, complaint = tried(python, script, folder, given.pictures, few, environment=WAITING)
        if figures["status"]:
            print(complaint[-1500:], file=sys.stderr)
            print(f"Skipped {step.name}: it ended with {figures['status']}.", flush=True)
            continue
        if few:
            figures |= {name: figures[name] * n_rows / few for name in ("seconds", "cpu_s")}
        found[step.name] = figures
        print_row(
            step.name, step.of, f"{n_rows:,}", f"{figures['seconds']:.1f}", f"{figures['cpu_s']:.0f}",
            f"{figures['peak_mb']:,.0f}",
        )  # fmt: skip
    return found


def _say_ratio(
    ours: Mapping[str, Mapping[str, Any]], whole: Mapping[str, Any], theirs: Mapping[str, Mapping[str, Any]]
) -> None:
    skipped = {step.of for step in CHAIN if step.name not in theirs}
    seconds = sum(step.get("seconds", 0.0) for name, step in ours.items() if name not in skipped)
    chain = sum(theirs[step.name]["seconds"] for step in CHAIN if step.of not in skipped)
    cpu = sum(theirs[step.name]["cpu_s"] for step in CHAIN if step.of not in skipped)
    print(f"\nthe chain: {chain:.0f} s, {cpu:.0f} s of processor; Vitrine's steps beside it: {seconds:.0f} s")
    print(f"{seconds / max(chain, 1e-9):.2f} of the chain's time (goal: 0.5)")
    if whole["cpu_s"]:
        print(f"{whole['cpu_s'] / max(cpu, 1e-9):.2f} of its processor seconds, by the whole command")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--peers-python", help="the interpreter of an environment with cleanvision and datasets")
    parser.add_argument("--fastdup-python", help="the interpreter of an environment with fastdup")
    parser.add_argument("--skip-peers", action="store_true")
    parser.add_argument("--chain", nargs="+", choices=[step.name for step in CHAIN], help="these of the chain's steps")
    parser.add_argument("--embed-rows", type=int, default=0)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--only", default="", help="of Vitrine's recipe this step alone")
    parser.add_argument("--scratch", type=Path, help="where the workspace is made; without it the system's folder")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""`import-vectors`: features that were computed elsewhere, and what was seen of their files, as a table."""

import getpass
import itertools
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.client import connect, outcome
from cli.follow import waited
from cli.options import DEFAULT_WORKSPACE, PAIRS, WorkspaceOption, pairs
from cli.statuses import answered
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import Figures

app = typer.Typer()


@app.command("import-vectors", rich_help_panel="Data", context_settings=PAIRS)
@answered
def import_vectors(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="CSV, TSV, Parquet, npy or npz; or a folder")],
    dataset: Annotated[str, typer.Option("--dataset", help="the dataset's name", metavar="NAME")],
    name: Annotated[str, typer.Option("--name", help="the embedding space's name", metavar="SPACE")] = "imported",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Import features that were computed elsewhere: of a dataset's pictures, or as a dataset of points.

    Other `--key value` pairs are parameters of the job kind `import-vectors`; `run import-vectors --help` lists them.
    """
    words = [*files, *context.args]
    paths = list(itertools.takewhile(lambda word: not word.startswith("--"), words))
    parameters = {**pairs(words[len(paths) :]), **_files(paths), "space": name}
    with connect(workspace) as client:
        order = {"kind": "import-vectors", "dataset": dataset, "parameters": parameters, "who": getpass.getuser()}
        state = waited(client, "start", **order)
        print(_checks(state.get("figures") or {}), file=sys.stderr)
        print(json.dumps(outcome(state), default=str))


def _checks(figures: Figures) -> str:
    """What was seen of each file, as a table; columns in which all files have nothing are left out."""
    files: list[dict[str, Any]] = figures.get("checks", [])
    if not files:
        return ""
    always = ("n_rows", "n_features", "n_taken")
    names = [name for name in files[0] if name.startswith("n_") and (name in always or any(one[name] for one in files))]
    head = ["file", *(name[2:].replace("_", " ") for name in names)]
    rows = [[str(one["file"]), *(f"{one[name]:,}" for name in names)] for one in files]
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in [head, *rows]]
    lines += [f"{one['file']}: {one['problem']}" for one in files if one["problem"]]
    return "\n".join([str(figures.get("reading", "")), *lines])


def _files(words: list[str]) -> dict[str, object]:
    """Files on the command line as parameters: one file or folder, or the names of several files of one folder."""
    paths = [Path(word).expanduser().absolute() for word in words]
    if len(paths) == 1:
        return {"files": str(paths[0])}
    folders = {path.parent for path in paths}
    if len(folders) != 1:
        raise UnknownParameter(
            "import-vectors: the files lie in several folders. Put them, or links to them, into one."
        )
    return {"files": str(folders.pop()), "only": [path.name for path in paths]}

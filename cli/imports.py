"""`import`: a folder as a dataset, with the question that a person at a terminal is asked; `move`: one found again."""

import getpass
import json
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from analytics.wording import count
from cli.client import connect
from cli.follow import follow
from cli.options import DEFAULT_WORKSPACE, PAIRS, OnOption, WorkspaceOption, pairs
from cli.statuses import answered
from importers.packed_pictures import unpack_pictures
from importers.sources import named_root
from importers.types import FolderContents
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import load_kind

app = typer.Typer()


@app.command("import", rich_help_panel="Data", context_settings=PAIRS)
@answered
def import_folder(
    context: typer.Context,
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="the folder, or s3://BUCKET/PREFIX; remembered after the first import")
    ] = "",
    name: Annotated[
        str, typer.Option("--name", help="the dataset's name; without it the folder's", metavar="NAME")
    ] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    on: OnOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask before starting")] = False,
) -> None:
    """Import a folder of pictures as a dataset, or what is new in it.

    Other `--key value` pairs are parameters of the job kind `import`; `run import --help` lists them.
    """
    parameters = pairs(context.args)
    if not (folder or name):
        raise UnknownParameter(
            "Say what is to be imported: `import DIR`, or `import --name NAME` for what is new in it."
        )
    if folder:
        parameters["folder"] = str(named_root(folder, Path()))
        name = name or str(parameters["folder"]).rstrip("/").rpartition("/")[2]
    order = load_kind("import").read(parameters)
    if folder and sys.stdin.isatty() and not yes:
        from jobs.import_.job import inspect

        with tempfile.TemporaryDirectory() as cache:  # no workspace is made before the answer
            parameters |= _confirmed(inspect(order, cache=Path(cache)))
    with connect(workspace) as client:
        follow(client, "start", kind="import", dataset=name, parameters=parameters, who=getpass.getuser(), on=on)


@app.command("move", rich_help_panel="Data")
@answered
def move(
    name: Annotated[str, typer.Argument(metavar="NAME", help="the dataset's name")],
    folder: Annotated[str, typer.Argument(metavar="DIR", help="the folder in which its pictures lie now")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Find a dataset again whose folder was renamed or lies on another disk; vectors and decisions stay."""
    parameters = {"folder": str(named_root(folder, Path()))}
    with connect(workspace) as client:
        follow(client, "start", kind="move", dataset=name, parameters=parameters, who=getpass.getuser())


def _confirmed(contents: FolderContents) -> dict[str, object]:
    """Show what was found, ask what is open, and ask before the start."""
    print(_summary(contents), file=sys.stderr)
    answers: dict[str, object] = {}
    if contents.question is not None:
        print(contents.question.text, file=sys.stderr)
        for option in contents.question.options:
            print(f"  {option.key}: {option.title}", file=sys.stderr)
        answers["reading"] = input("Which? ").strip()
    if input("Import this? [Y/n] ").strip().lower() in ("n", "no"):
        raise KeyboardInterrupt
    return answers


def _summary(contents: FolderContents) -> str:
    """What is in a folder, in a few lines."""
    lines = [
        contents.title,
        f"{count(contents.files.num_rows, 'file')}, {count(len(contents.class_names), 'class', 'classes')}, "
        f"task: {contents.task} label",
    ]
    lines += contents.said
    for reason, n in contents.ignored.items():
        lines.append(f"left out: {n:,} ({reason})")
    if contents.unreadable:
        lines.append(f"cannot be opened: {len(contents.unreadable):,}")
    if contents.label_problems.num_rows:
        lines.append(f"labels with a problem: {contents.label_problems.num_rows:,}")
    return "\n".join(lines)


@app.command("unpack-pictures", rich_help_panel="Data")
@answered
def unpack_packed_pictures(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="a Parquet table or tar shard, or a folder of them")],
    target: Annotated[Path, typer.Argument(metavar="DIR", help="a new folder, for the pictures and their labels")],
) -> None:
    """Write the pictures of Parquet tables (Hugging Face) or tar shards (WebDataset) as files, to import them."""
    done = unpack_pictures(source.expanduser(), target.expanduser())
    for shard, n in done.without.items():
        print(f"{shard}: {count(n, 'row holds', 'rows hold')} no picture", file=sys.stderr)
    print(
        f"{count(done.n_pictures, 'picture')}, {done.n_labelled:,} with a label. "
        f"Now: vitrine import {shlex.quote(str(target))} --name NAME",
        file=sys.stderr,
    )
    print(json.dumps({"n_pictures": done.n_pictures, "n_labelled": done.n_labelled, "folder": str(target)}))

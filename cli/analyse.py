"""`analyse`: from a folder, or a dataset, to findings in one command."""

import getpass
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.client import Client, connect
from cli.options import DEFAULT_WORKSPACE, PAIRS, WorkspaceOption, pairs
from cli.progress import describe, duration
from cli.statuses import DONE, FAILED, answered
from jobs.engine.analysis import FOLDER, FRESH, WAITING, Analysis, StepState, is_good, load, summary
from jobs.engine.errors import JobError, JobFailed, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.recipes import default_text, read_recipe
from jobs.engine.spec import RUNNING
from store.errors import StoreError

app = typer.Typer()
POLL_S = 0.3


@app.command("analyse", rich_help_panel="Data", context_settings=PAIRS)
@answered
def analyse(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="DIR_OR_DATASET", help="a folder of pictures, or a dataset's name")],
    name: Annotated[str, typer.Option("--name", help="the dataset's name; without it the folder's")] = "",
    recipe: Annotated[Path | None, typer.Option("--recipe", help="a recipe (TOML) in place of the default one")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> int:
    """Import a folder if need be, run what is missing or stale, and say what was found.

    Stopped by Ctrl-C it is cancelled; killed, it goes on where it was when the command is given again, or the app is
    opened. With a folder, other `--key value` pairs are parameters of the import (`run import --help`).
    """
    text = "" if recipe is None else _text(recipe)
    read_recipe(text or default_text())
    folder = Path(what).expanduser()
    is_folder = folder.is_dir()
    source = {"folder": str(folder.resolve()), **pairs(context.args)} if is_folder else None
    dataset = name or (folder.resolve().name if is_folder else what)
    if context.args and not is_folder:
        raise UnknownParameter(f"{' '.join(context.args)} belongs to an import, and {what} is no folder.")
    with connect(workspace) as client:
        done = waited_analysis(client, dataset=dataset, recipe=text, source=source)
        try:
            found = client.ask("findings", dataset=dataset)
        except (StoreError, JobError):  # its import failed, so there is no such dataset
            found = []
    for finding in found:
        print(f"- {finding['sentence']}", file=sys.stderr)
    print(json.dumps({**summary(done), "findings": found}, default=str))
    return DONE if is_good(done) else FAILED


@app.command("recipe", rich_help_panel="Data")
@answered
def recipe_text(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="a recipe to be checked")] = None,
) -> None:
    """Print the default recipe, to be edited and kept; with FILE, check one and say in which order it runs."""
    if file is None:
        print(default_text(), end="")
        return
    print(", ".join(step.name for step in read_recipe(_text(file)).steps))


def _text(file: Path) -> str:
    try:
        return file.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownParameter(f"The recipe {file} cannot be read: {error}.") from error


def waited_analysis(client: Client, *, dataset: str, recipe: str, source: dict[str, Any] | None) -> Analysis:
    """An analysis at its end; what is told on the way says steps_of."""
    analysis_id = asked_analysis(client, dataset=dataset, recipe=recipe, source=source)
    for _ in steps_of(client, analysis_id):
        pass
    return stored_analysis(client, analysis_id)


def asked_analysis(client: Client, *, dataset: str, recipe: str, source: dict[str, Any] | None) -> str:
    """The id of the analysis that the owner has begun, or of the one that is at work on the dataset."""
    return str(client.ask("analyse", dataset=dataset, recipe=recipe, source=source, who=getpass.getuser()))


def stored_analysis(client: Client, analysis_id: str) -> Analysis:
    """An analysis as its file has it; raises JobFailed where there is none."""
    analysis = load(client.root / FOLDER / f"{analysis_id}.json")
    if analysis is None:
        raise JobFailed(f"{analysis_id} is not in the workspace any more.")
    return analysis


def steps_of(client: Client, analysis_id: str) -> Iterator[StepState]:
    """The steps of an analysis, each once it is over, until all of them are; Ctrl-C cancels it.

    Each is told on standard error; on a terminal what is at work is shown in between.
    """
    told: set[str] = set()
    line = _Line()
    while True:
        analysis = stored_analysis(client, analysis_id)
        for step in analysis.steps:
            if step.is_over and step.name not in told:
                told.add(step.name)
                line.say(f"{step.name}: {step.state}. {step.sentence}")
                yield step
        if not analysis.is_active:
            line.say("")
            return
        line.show(_at_work(client.root, analysis))
        try:
            client.look_after()
            time.sleep(POLL_S)
        except KeyboardInterrupt:
            client.ask("cancel_analysis", analysis_id=analysis_id)


def _at_work(root: Path, analysis: Analysis) -> str:
    """'4 of 10 done; map: 12,288 of 31,848; about 6 min left'."""
    words = [f"{len(analysis.steps) - analysis.count(WAITING, RUNNING)} of {len(analysis.steps)} steps"]
    for step in analysis.steps:
        if step.state == RUNNING and step.job_id:
            folder = job_folder(root, step.job_id)
            queued = folder.state().get("state") != RUNNING
            words.append(f"{step.name}: {'waiting' if queued else describe(folder.progress())}")
    left = sum(step.expected_s for step in analysis.steps if not step.is_over and step.state != FRESH)
    words.append(analysis.trouble or f"about {duration(left)} left in all")
    return "; ".join(words)


class _Line:
    """Lines on standard error; on a terminal with one at the end that changes."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._shown = ""

    def say(self, sentence: str) -> None:
        """Print a line that stays."""
        start = "\r\x1b[K" if self._shown else ""
        self._shown = ""
        if sentence or start:
            print(f"{start}{sentence}", file=sys.stderr, flush=True)

    def show(self, text: str) -> None:
        """Draw the line that changes."""
        if self._is_terminal and text != self._shown:
            self._shown = text
            print(f"\r\x1b[K{text[:200]}", end="", file=sys.stderr, flush=True)

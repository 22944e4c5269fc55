"""`claims`: sentences with numbers that can be asked for again, for people and for a team's checks."""

import getpass
import json
import shutil
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from analytics.wording import count
from cli.client import connect
from cli.options import DEFAULT_WORKSPACE, PAIRS, DatasetOption, WorkspaceOption, pairs
from cli.statuses import DONE, FAILED, answered
from jobs.engine.errors import UnknownParameter

app = typer.Typer(no_args_is_help=True)
HOLDS, MOVED = "holds", "moved"  # evidence.verdicts
ClaimArgument = Annotated[int, typer.Argument(metavar="CLAIM", help="the claim's number, as `claims list` shows it")]
Told = dict[str, Any]  # a claim as jobs.engine.claim_requests tells it


@app.command("list")
@answered
def list_claims(dataset: DatasetOption, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """List the claims of a dataset with what was measured of them last; nothing is computed."""
    with connect(workspace) as client:
        claims = client.ask("claims", dataset=dataset)
    print(table(claims) or "No claim has been kept yet.")
    print(json.dumps({"claims": claims}))


@app.command()
@answered
def check(
    dataset: DatasetOption,
    claims: Annotated[
        list[int] | None, typer.Argument(metavar="CLAIM...", help="only these claims", show_default=False)
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> int:
    """Ask every claim again: the status is 1 where one moved or cannot be recomputed."""
    with connect(workspace) as client:
        found = client.ask("check-claims", dataset=dataset, only=list(claims or ()), who=getpass.getuser())
    print(table(found) or "No claim has been kept yet.")
    n_holding = sum(claim["verdict"] == HOLDS for claim in found)
    n_moved = sum(claim["verdict"] == MOVED for claim in found)
    summary = {"hold": n_holding, "moved": n_moved, "cannot_be_recomputed": len(found) - n_holding - n_moved}
    print(json.dumps({**summary, "claims": found}))
    return DONE if n_holding == len(found) else FAILED


@app.command(context_settings=PAIRS)
@answered
def add(
    context: typer.Context,
    measure: Annotated[str, typer.Argument(metavar="MEASURE", help="a measure, as `claims measures` lists them")],
    dataset: DatasetOption,
    sentence: Annotated[
        str,
        typer.Option("--sentence", help="with {measure} for its number; one is proposed", show_default=False),
    ] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Keep a claim: a sentence with the number of a measure in it. `--key value` pairs are the measure's parameters."""
    order = {"measure": measure, "parameters": _values(pairs(context.args)), "sentence": sentence}
    with connect(workspace) as client:
        claim = client.ask("add-claim", dataset=dataset, **order, who=getpass.getuser())
    print(table([claim]))
    print(json.dumps(claim))


@app.command()
@answered
def edit(
    claim: ClaimArgument,
    dataset: DatasetOption,
    sentence: Annotated[str, typer.Option("--sentence", help="the new wording", show_default=False)] = "",
    anew: Annotated[bool, typer.Option("--anew", help="it says the numbers of now from now on")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Word a claim anew, or have it say the numbers of now."""
    if not sentence and not anew:
        raise UnknownParameter("Give --sentence with the new wording, or --anew for the numbers of now.")
    with connect(workspace) as client:
        order = {"claim": claim, "sentence": sentence, "anew": anew, "who": getpass.getuser()}
        told = client.ask("edit-claim", dataset=dataset, **order)
    print(table([told]))
    print(json.dumps(told))


@app.command()
@answered
def forget(claim: ClaimArgument, dataset: DatasetOption, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Have a claim count no more; its values stay in the file."""
    with connect(workspace) as client:
        print(json.dumps(client.ask("forget-claim", dataset=dataset, claim=claim, who=getpass.getuser())))


@app.command()
@answered
def measures(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """List the measures there are, each with its parameters."""
    with connect(workspace) as client:
        found = client.ask("measures")
    for each in found:
        print(f"{each['measure']}: {each['title']}")
        for name, kind in each["parameters"].items():
            print(f"    --{name.replace('_', '-')}  {kind}")
    print(json.dumps({"measures": found}))


def table(claims: Sequence[Told]) -> str:
    """Claims as lines: number, verdict and sentence, and below what moved, why, and what weakens it."""
    width = max(shutil.get_terminal_size((120, 24)).columns, 60)
    lines = []
    for claim in claims:
        lines.append(f"{claim['claim']:>4}  {claim['verdict']:<20}  {_one_line(claim['sentence'], width - 28)}")
        if claim["verdict"] != HOLDS:
            lines += [f"      {name}: {_one_line(number['said'], 400)}" for name, number in claim["numbers"].items()]
            lines += [f"      since then: {_one_line(part, 400)}" for part in claim["why"]]
        lines += [f"      weak: {_one_line(part, 400)}" for part in claim["weak"]]
    if len(claims) > 1:
        n_holding = sum(claim["verdict"] == HOLDS for claim in claims)
        lines.append(f"{count(len(claims), 'claim')}, {count(n_holding, 'holds', 'hold')}.")
    return "\n".join(lines)


def _one_line(text: str, longest: int) -> str:
    """A text without what a terminal would act on, cut where it is too long."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _values(given: dict[str, object]) -> dict[str, object]:
    """Parameters from the command line: lists are written with commas, `--runs 11,12`."""
    return {
        name: value.split(",") if isinstance(value, str) and name in ("runs", "kinds") else value
        for name, value in given.items()
    }

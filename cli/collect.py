"""`collect`: pictures from sources of the web, with their origin and licence, as a dataset."""

import asyncio
import getpass
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.client import connect
from cli.follow import tell, waited
from cli.options import DEFAULT_WORKSPACE, PAIRS, WorkspaceOption, pairs
from cli.statuses import DONE, FAILED, answered
from jobs.collect.kind import GIVEN, CollectParameters
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import load_kind

app = typer.Typer()
_SAMPLE = 20
_LONGEST = 40  # characters of a cell
_COUNTS = ("found", "kept", "duplicate", "refused", "failed", "left")


@app.command("collect", rich_help_panel="Data", context_settings=PAIRS)
@answered
def collect(
    context: typer.Context,
    query: Annotated[str, typer.Option("--query", help="what is searched for", metavar="TEXT")] = "",
    class_name: Annotated[str, typer.Option("--class", help="the class of that query's pictures")] = "",
    queries: Annotated[
        Path | None, typer.Option("--queries", help="a table (CSV) of query, class and n, in place of --query")
    ] = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="who is asked; may be given again")] = None,
    licence: Annotated[str, typer.Option("--licence", help="cc-by,cc0, …; free, commercial, any")] = "free",
    dataset: Annotated[str, typer.Option("--dataset", help="the dataset's name", metavar="NAME")] = "",
    new_since: Annotated[bool, typer.Option("--new-since", help="only what is new since the last time")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="show the first candidates; fetch nothing")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> int:
    """Collect pictures from Openverse, Wikimedia Commons and others, or from a list of addresses, as a dataset.

    `--n 500` says how many of a query; that and other `--key value` pairs are parameters of the job kind `collect`,
    which `run collect --help` lists. Killed, it goes on by `resume ID`; given again, it adds what it does not have.
    """
    parameters = {"licences": licence, "new_only": new_since, **pairs(context.args)}
    if source:
        parameters["sources"] = ",".join(source)
    if rows := _rows(query, class_name, queries):
        parameters["queries"] = rows
    order = load_kind("collect").read(parameters)
    if sample:
        return _show_sample(order)
    name = dataset or _named_after(order)
    with connect(workspace) as client:
        state = waited(client, "start", kind="collect", dataset=name, parameters=parameters, who=getpass.getuser())
        asks = dict(state.get("figures") or {}).get("asks", [])
        if asks:
            print(_table(asks), file=sys.stderr)
        tell(client, state)
    return DONE


def _rows(query: str, class_name: str, queries: Path | None) -> object:
    if query and queries is not None:
        raise UnknownParameter("Say --query, or --queries FILE: not both.")
    if queries is not None:
        try:
            return queries.expanduser().read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UnknownParameter(f"The queries of {queries} cannot be read: {error}.") from error
    return [{"query": query, "class": class_name}] if query else []


def _named_after(order: CollectParameters) -> str:
    """What the dataset is called where nobody says: as the file, or the first query."""
    given = any(name in GIVEN for name in order.source_names)
    name = Path(order.file).stem if given else order.rows[0].query
    return "".join(mark if mark.isalnum() or mark in " ._-" else " " for mark in name).strip()[:100] or "collected"


def _show_sample(order: CollectParameters) -> int:
    """Print the first candidates, and who could not be asked."""
    from jobs.collect.sampling import as_rows, samples

    found = asyncio.run(samples(order, n=_SAMPLE))
    rows = list(as_rows(found))
    if rows:
        print(_lines([_shown(row) for row in rows]))
    failed = [each.sentence for each in found if each.sentence]
    for sentence in dict.fromkeys(failed):
        print(sentence, file=sys.stderr)
    return FAILED if failed and not rows else DONE


def _shown(row: Mapping[str, Any]) -> dict[str, str]:
    size = f"{row['width']} x {row['height']}" if row["width"] and row["height"] else ""
    shown = {
        "source": row["source"],
        "rank": f"{row['rank']:,}",
        "licence": row["licence"],
        "size": size,
        "author": row["author"] or "",
        "title": row["title"] or "",
        "address": row["file_url"],
        "not taken": row["why"],
    }
    return {name: value if name == "address" else value[:_LONGEST] for name, value in shown.items()}


def _table(asks: Sequence[Mapping[str, Any]]) -> str:
    """What became of what each question found."""
    rows = [
        {
            "source": str(ask["source"]),
            "query": str(ask["query"])[:_LONGEST],
            **{name: f"{int(ask[f'n_{name}']):,}" for name in _COUNTS},
            "ended": str(ask["state"]),
        }
        for ask in asks
    ]
    said = [f"{ask['source']}: {ask['sentence']}" for ask in asks if ask["sentence"]]
    return "\n".join([_lines(rows), *dict.fromkeys(said)])


def _lines(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as columns of text, below their names."""
    names = list(rows[0])
    cells = [names, *([row[name] for name in names] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(names))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)

"""`run KIND`: a command a job kind, with its help and options made of the kind's own parameters."""

import getpass
import inspect
import types
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.client import connect
from cli.follow import follow
from cli.options import DEFAULT_WORKSPACE, PAIRS, DatasetOption, OnOption, WorkspaceOption, pairs
from cli.statuses import answered
from cli.uploads import warn
from importers.stores import address_of
from jobs.engine.kinds import JobKind, all_kinds, load_kind
from jobs.engine.spec import ParameterView

_HOLD_HELP = "prepare only, to pack or resume it later"
_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def run_commands() -> typer.Typer:
    """A group with a command for each job kind there is."""
    group = typer.Typer(no_args_is_help=True)
    for kind in all_kinds().values():
        group.command(kind.name, help=kind.summary, short_help=kind.title, context_settings=PAIRS)(_command(kind))
    return group


def sentence_about(view: ParameterView) -> str:
    """What a parameter does, what it may be and what it is without: for --help and the documents."""
    choices = f"one of {', '.join(choice for choice in view.choices if choice)}" if view.choices else ""
    notes = [note for note in (choices, view.range_in_words().removeprefix("at ")) if note]
    return f"{view.help} ({'; '.join(notes)})" if notes else view.help


def default_in_words(view: ParameterView) -> str:
    """A default as it would be written on the command line; "" where it is nothing."""
    return ("yes" if view.default else "no") if isinstance(view.default, bool) else str(view.default)


def _command(kind: JobKind[Any]) -> types.FunctionType:
    """A function with an option for each parameter; typer reads its signature."""
    views = kind.views()
    name, names = kind.name, {_python_name(view): view.name for view in views.values()}

    def run_kind(
        context: typer.Context, workspace: Path, dataset: str, hold: bool, on: str, **given: str | None
    ) -> None:
        named = {names[key]: value for key, value in given.items() if value is not None}
        parameters = {**named, **pairs(context.args)}
        load_kind(name).read(parameters)  # refused here in words, before a workspace is made for it
        if parameters.get("to"):
            warn(address_of(str(parameters["to"])))
        with connect(workspace) as client:
            order = {"kind": name, "dataset": dataset, "parameters": parameters, "hold": hold, "on": on}
            follow(client, "start", **order, who=getpass.getuser())

    signature = [
        inspect.Parameter("context", _KEYWORD, annotation=typer.Context),
        inspect.Parameter("workspace", _KEYWORD, annotation=WorkspaceOption, default=DEFAULT_WORKSPACE),
        inspect.Parameter("dataset", _KEYWORD, annotation=DatasetOption),
        inspect.Parameter("hold", _KEYWORD, annotation=Annotated[bool, typer.Option("--hold", help=_HOLD_HELP)],
                          default=False),
        inspect.Parameter("on", _KEYWORD, annotation=OnOption, default=""),
        *(_parameter(view) for view in views.values()),
    ]  # fmt: skip
    command = answered(run_kind)
    command.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]  # functions take any attribute
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in signature}
    return command  # type: ignore[return-value]  # functools.wraps gives a function


def _parameter(view: ParameterView) -> inspect.Parameter:
    option = typer.Option(
        view.flag,
        help=f"{sentence_about(view)} [default: {default_in_words(view) or 'none'}]",
        metavar=view.type.upper() if not view.is_path else "PATH",
        show_default=False,
        rich_help_panel="Parameters",
    )
    return inspect.Parameter(_python_name(view), _KEYWORD, annotation=Annotated[str | None, option], default=None)


def _python_name(view: ParameterView) -> str:
    """A name that a function's argument may have, and that is none of the command's own: "with" is a keyword."""
    return f"of_{view.name}"

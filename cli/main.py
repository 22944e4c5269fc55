"""The command line: `python -m jobs COMMAND`. It works whether the app runs or not.

A command that runs a job shows its progress on a terminal, exits non-zero on failure, and ends standard output
with one JSON line: run id, seconds, and the run's main figures.
"""

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path

from cli.client import Client, connect, outcome
from cli.demo.run import run_demo
from cli.progress import ProgressLine
from importers.types import FolderContents, LayoutError
from jobs.engine.errors import JobError, NeedsAnswer, PackRefused, UnknownParameter
from jobs.engine.folder import all_job_folders, job_folder
from jobs.engine.kinds import all_kinds
from jobs.engine.pack import pack, unpack
from jobs.engine.spec import DONE, RUNNING
from models.errors import ModelError
from store.connection import FILE_NAME
from store.decision_files import CONFLICTS
from store.errors import StoreError

EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    parser = _parser()
    known, rest = parser.parse_known_args(arguments)
    if rest and known.command not in ("run", "import"):
        parser.error(f"unknown argument {rest[0]!r}")
    try:
        return int(known.do(known, rest) or 0)
    except NeedsAnswer as error:
        print(error, file=sys.stderr)
        return EXIT_USAGE
    except UnknownParameter as error:
        print(error, file=sys.stderr)
        return EXIT_USAGE
    except (JobError, LayoutError, ModelError, StoreError, OSError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return EXIT_INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m jobs", description="Vitrine's jobs. See docs/commands.md.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, do, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("--workspace", type=Path, default=Path("workspace"), help="default: ./workspace")
        added.set_defaults(do=do)
        return added

    added = command("import", _import, "Import a folder of pictures as a dataset, or what is new in it.")
    added.add_argument("folder", metavar="DIR", nargs="?", default="")
    added.add_argument("--name", required=True, help="the dataset's name")
    added.add_argument("--yes", action="store_true", help="do not ask before starting")
    added = command("run", _run, "Run a job and wait for it; other --key value pairs are its parameters.")
    added.add_argument("kind", choices=list(all_kinds()))
    added.add_argument("--dataset", required=True)
    added.add_argument("--hold", action="store_true", help="prepare only, to pack or resume it later")
    command("list", _list, "List the jobs of a workspace.").add_argument("--json", action="store_true")
    added = command("check-submission", _check, "Check a folder against every rule of a DS801 submission.")
    added.add_argument("folder", metavar="DIR", type=Path)
    added.add_argument(
        "--original", required=True, metavar="W/NAME", help="the workspace and the dataset that the course gave out"
    )
    for name, text in (
        ("cancel", "End a running job; what it finished is kept."),
        ("resume", "Go on with a job that ended early, for the rows still missing."),
        ("retry", "Start an ended job anew with the same parameters."),
    ):
        command(name, _CHANGES[name], text).add_argument("id", metavar="ID")
    added = command("pack", _pack, "Write a job with its pictures and code to a zip that runs on any machine.")
    added.add_argument("id", metavar="ID")
    added.add_argument("--output", type=Path, help="default: ID.zip")
    added.add_argument("--originals", action="store_true", help="also where the people of the dataset are blurred")
    added = command("unpack", _unpack, "Bring the results of a packed job back.")
    added.add_argument("archive", metavar="ZIP", type=Path)
    added.add_argument("--job", required=True, metavar="ID")
    added = command("snapshot", _snapshot, "Write a consistent copy of the database, also while the app runs.")
    added.add_argument("target", metavar="FILE", type=Path)
    _add_decision_commands(command)
    command("devices", _devices, "Print the devices a job can run on, as JSON.")
    command("demo", _demo, "Make the demo workspace: digits with planted, recorded defects.")
    return parser


def _add_decision_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    frozen = command("freeze", _freeze, "Keep a dataset as it is now under a name: a version.")
    frozen.add_argument("name", metavar="NAME")
    frozen.add_argument("--note", default="", help="what changed, in a sentence")
    written = command("export-decisions", _export_decisions, "Write everything that was decided to a file.")
    merged = command("merge-decisions", _merge_decisions, "Take in the decisions of another workspace.")
    merged.add_argument("--conflicts", choices=CONFLICTS, default="list", help="what differs comes in, or is left out")
    merged.add_argument("--dry-run", action="store_true", help="only say what it would bring")
    for added in (written, merged):
        added.add_argument("file", metavar="FILE", type=Path)
    for added in (frozen, written, merged):
        added.add_argument("--dataset", required=True)


def _import(known: argparse.Namespace, rest: list[str]) -> None:
    from jobs.import_.job import inspect

    parameters = _pairs(rest)
    if known.folder:
        parameters["folder"] = str(Path(known.folder).expanduser().resolve())
    if known.folder and sys.stdin.isatty() and not known.yes:
        parameters |= _confirmed(inspect(parameters))
    with connect(known.workspace) as client:
        _follow(client, "start", kind="import", dataset=known.name, parameters=parameters, who=getpass.getuser())


def _run(known: argparse.Namespace, rest: list[str]) -> None:
    wanted = {"kind": known.kind, "dataset": known.dataset, "parameters": _pairs(rest), "hold": known.hold}
    with connect(known.workspace) as client:
        _follow(client, "start", **wanted, who=getpass.getuser())


def _check(known: argparse.Namespace, rest: list[str]) -> int:
    """Print a line for each rule that is broken; the status is 1 where one of them is an error."""
    above, _, name = known.original.rstrip("/").rpartition("/")
    root = Path(above) if above else known.workspace
    if not (root.expanduser() / FILE_NAME).is_file():
        raise UnknownParameter(f"There is no workspace in {root}; write --original WORKSPACE/DATASET.")
    with connect(root) as client:
        order = {"dataset": name, "parameters": {"folder": str(known.folder.expanduser().absolute())}}
        said = outcome(_waited(client, "start", kind="check-submission", **order, who=getpass.getuser()))
    asks = {rule["rule"]: rule["asks"] for rule in said.pop("rules")}
    for finding in said["findings"]:
        rule = finding["rule"]
        print(f"{finding['level'].upper()} {rule} ({finding['n']:,}): {asks[rule]}", file=sys.stderr)
        for example in finding["examples"]:
            print(f"    {example}", file=sys.stderr)
    verdict = "passes" if said["passes"] else "fails"
    print(f"{verdict}: {said['n_errors']} errors, {said['n_warnings']} warnings", file=sys.stderr)
    print(json.dumps(said, default=str))
    return 0 if said["passes"] else EXIT_FAILED


def _follow(client: Client, action: str, **arguments: object) -> None:
    print(json.dumps(outcome(_waited(client, action, **arguments)), default=str))


def _waited(client: Client, action: str, **arguments: object) -> dict[str, object]:
    """A job's state at its end, with its progress shown until then; Ctrl-C cancels it."""
    job_id = str(client.ask(action, **arguments))
    with ProgressLine(job_id) as line:
        try:
            state = client.wait(job_id, report=line.show)
        except KeyboardInterrupt:
            client.ask("cancel", job_id=job_id)
            client.wait(job_id, report=line.show)
            raise
    return state


def _list(known: argparse.Namespace, rest: list[str]) -> None:
    states = []
    for folder in all_job_folders(known.workspace.resolve()):
        state = folder.state()
        if state:
            state["progress"] = vars(folder.progress()) if state["state"] == RUNNING else None
            states.append(state)
    states.sort(key=lambda state: str(state["created_at"]))
    if known.json:
        print(json.dumps(states, default=str))
        return
    for state in states:
        print(_list_line(state))
    if not states:
        print("No jobs yet.")


def _list_line(state: dict[str, object]) -> str:
    progress = state["progress"]
    # an analysis may leave several rows an image, or a few in all
    done = progress["done"] if progress else state["n_todo"] if state["state"] == DONE else state["n_done"]
    counts = f"{done:>9,} of {state['n_todo']:,}"
    return f"{state['id']:<18} {state['state']:<12} {state['dataset']:<20} {counts:<22} {state['message']}".rstrip()


def _cancel(known: argparse.Namespace, rest: list[str]) -> None:
    with connect(known.workspace) as client:
        client.ask("cancel", job_id=known.id)
        state = client.wait(known.id, report=lambda progress: None)
    print(json.dumps({"job": known.id, "state": state["state"], "message": state["message"]}))


def _resume(known: argparse.Namespace, rest: list[str]) -> None:
    with connect(known.workspace) as client:
        _follow(client, "resume", job_id=known.id)


def _retry(known: argparse.Namespace, rest: list[str]) -> None:
    with connect(known.workspace) as client:
        _follow(client, "retry", job_id=known.id, who=getpass.getuser())


_CHANGES = {"cancel": _cancel, "resume": _resume, "retry": _retry}


def _pack(known: argparse.Namespace, rest: list[str]) -> None:
    target = known.output or Path(f"{known.id}.zip")
    dataset = job_folder(known.workspace.resolve(), known.id).spec().dataset
    with connect(known.workspace) as client:
        if not known.originals and client.ask("people-are-blurred", dataset=dataset):
            raise PackRefused(
                f"The people of {dataset} are blurred in all that leaves the app, and a packed job holds the pictures "
                "as they are, for it computes on them. Give it to your own machine alone, with --originals."
            )
    n_pictures = pack(known.workspace.resolve(), known.id, target, report=lambda done, total: None)
    print(json.dumps({"job": known.id, "file": str(target), "pictures": n_pictures, "bytes": target.stat().st_size}))


def _unpack(known: argparse.Namespace, rest: list[str]) -> None:
    job_folder(known.workspace.resolve(), known.job).spec()
    with connect(known.workspace) as client:
        n_segments = unpack(client.root, known.archive, known.job)
        state = client.ask("land", job_id=known.job)
    print(json.dumps({"job": known.job, "segments": n_segments, "state": state}))


def _snapshot(known: argparse.Namespace, rest: list[str]) -> None:
    target = known.target.resolve()
    with connect(known.workspace) as client:
        client.ask("snapshot", target=str(target))
    print(json.dumps({"file": str(target), "bytes": target.stat().st_size}))


def _freeze(known: argparse.Namespace, rest: list[str]) -> None:
    order = {"dataset": known.dataset, "name": known.name, "note": known.note}
    with connect(known.workspace) as client:
        print(json.dumps(client.ask("freeze", **order, who=getpass.getuser())))


def _export_decisions(known: argparse.Namespace, rest: list[str]) -> None:
    with connect(known.workspace) as client:
        print(json.dumps(client.ask("export-decisions", dataset=known.dataset, target=str(known.file.resolve()))))


def _merge_decisions(known: argparse.Namespace, rest: list[str]) -> None:
    order = {"dataset": known.dataset, "conflicts": known.conflicts, "dry_run": known.dry_run}
    with connect(known.workspace) as client:
        print(json.dumps(client.ask("merge-decisions", **order, source=str(known.file.resolve()))))


def _devices(known: argparse.Namespace, rest: list[str]) -> None:
    from models.devices import list_devices

    print(json.dumps([vars(device) for device in list_devices()]))


def _demo(known: argparse.Namespace, rest: list[str]) -> None:
    with connect(known.workspace) as client:
        run_demo(client, say=lambda text: print(text, file=sys.stderr))


def _confirmed(found: FolderContents) -> dict[str, object]:
    """Show what was found, ask what is open, and ask before the start."""
    print(_summary(found), file=sys.stderr)
    answers: dict[str, object] = {}
    if found.question is not None:
        print(found.question.text, file=sys.stderr)
        for option in found.question.options:
            print(f"  {option.key}: {option.title}", file=sys.stderr)
        answers["reading"] = input("Which? ").strip()
    if input("Import this? [Y/n] ").strip().lower() in ("n", "no"):
        raise KeyboardInterrupt
    return answers


def _summary(found: FolderContents) -> str:
    """What was found in a folder, in a few lines."""
    lines = [found.title, f"{found.files.num_rows:,} files, {len(found.class_names)} classes, task: {found.task} label"]
    for reason, n in found.ignored.items():
        lines.append(f"left out: {n:,} ({reason})")
    if found.unreadable:
        lines.append(f"cannot be opened: {len(found.unreadable):,}")
    if found.label_problems.num_rows:
        lines.append(f"labels with a problem: {found.label_problems.num_rows:,}")
    return "\n".join(lines)


def _pairs(rest: list[str]) -> dict[str, object]:
    """`--key value` and `--key=value` pairs as a dictionary; dashes in a key become underscores."""
    pairs: dict[str, object] = {}
    words = iter(rest)
    for word in words:
        name, has_value, value = word.partition("=")
        if not name.startswith("--"):
            raise UnknownParameter(f"Parameters are written --key value; {word!r} has no key.")
        if not has_value:
            value = next(words, None)
            if value is None:
                raise UnknownParameter(f"{name} has no value; write {name} VALUE.")
        pairs[name[2:].replace("-", "_")] = value
    return pairs


if __name__ == "__main__":
    sys.exit(main())

"""A job followed from the command line: its progress on a terminal, its outcome as the last line of standard output."""

import json
from typing import Any

from cli.client import Client, JobState, outcome
from cli.progress import ProgressLine
from jobs.engine.errors import JobFailed
from jobs.engine.kinds import load_kind
from jobs.engine.spec import DONE

_OF_FOLLOWER = (
    *("n_looked_at", "n_objects", "n_masks", "n_named", "n_names_unmatched", "n_bad_annotations"),
    *("to", "manifest", "n_files", "n_bytes", "public"),
)


def follow(client: Client, action: str, **arguments: object) -> None:
    """Have the owner do what starts a job, wait for its end and that of what follows it, and print its outcome.

    Raises JobFailed; once the outcome stands on standard output, where it is what follows that failed, or where what
    the job found out is no good news by its kind's verdict.
    """
    tell(client, waited(client, action, **arguments))


def tell(client: Client, state: JobState) -> None:
    """Print the outcome of a job that has ended, once what follows it has, too; raises JobFailed as `follow` does."""
    line = outcome(state)
    if state["state"] != DONE:
        print(json.dumps(line, default=str))
        return
    try:
        follower = client.follower_of(str(state["id"]))
    except JobFailed:
        print(json.dumps(line, default=str))
        raise
    if follower is None:
        print(json.dumps(line, default=str))
        _hold_to_verdict(state)
        return
    after = _watched(client, follower)
    print(json.dumps({**line, "then": _in_short(after)}, default=str))
    outcome(after)


def waited(client: Client, action: str, **arguments: object) -> JobState:
    """A job's state at its end, with its progress shown until then; Ctrl-C cancels it."""
    return _watched(client, str(client.ask(action, **arguments)))


def _watched(client: Client, job_id: str) -> JobState:
    with ProgressLine(job_id) as line:
        try:
            state = client.wait(job_id, report=line.show)
        except KeyboardInterrupt:
            client.ask("cancel", job_id=job_id)
            client.wait(job_id, report=line.show)
            raise
    return state


def _hold_to_verdict(state: JobState) -> None:
    verdict = load_kind(str(state["kind"])).verdict
    against = verdict(state.get("figures") or {}) if verdict else ""
    if against:
        raise JobFailed(against)


def _in_short(state: JobState) -> dict[str, Any]:
    """What is said of a job that followed another one, beside the outcome of that."""
    figures = state.get("figures") or {}
    found = {name: figures[name] for name in _OF_FOLLOWER if name in figures}
    return {"kind": state["kind"], "job": state["id"], "run": state["run_id"], "state": state["state"], **found}

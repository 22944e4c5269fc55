"""A job followed from the command line: its progress on a terminal, its outcome as the last line of standard output."""

import json

from cli.client import Client, JobState, outcome
from cli.progress import ProgressLine


def follow(client: Client, action: str, **arguments: object) -> None:
    """Have the owner do what starts a job, wait for its end, and print its outcome; raises JobFailed."""
    print(json.dumps(outcome(waited(client, action, **arguments)), default=str))


def waited(client: Client, action: str, **arguments: object) -> JobState:
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

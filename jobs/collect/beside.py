"""Pictures that another tool fetched: nothing is asked for, the files stay where they are, and their origin is read."""

import datetime
import hashlib
from collections.abc import Callable
from pathlib import Path

from importers.collecting.fetching import Fetched
from importers.collecting.sources.sidecars import pictures_beside
from jobs.collect.asks import Ask
from jobs.collect.inputs import TAKEN_DOWN, Inputs, Verdict, judged
from jobs.collect.kind import CollectParameters
from jobs.collect.searching import END
from jobs.collect.tally import KEPT, Tally


def read_beside(
    ask: Ask,
    parameters: CollectParameters,
    inputs: Inputs,
    *,
    root: Path,
    publish: Callable[[Tally], None],
    report: Callable[[int], None],
) -> tuple[Tally, int]:
    """Note every picture below `root` that has a JSON file beside it; and how many of those say no address.

    Which licences are taken is not asked: the pictures are here already. What was taken down is noted as refused.
    """
    tally, number, n_silent = Tally(), 0, 0
    for beside in pictures_beside(root, query=ask.query):
        if beside.candidate is None:
            n_silent += 1
            continue
        verdict = judged(beside.candidate, inputs, parameters.changed(licences="any", exclude_sites=""))
        try:
            with (root / beside.path).open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            state = (root / beside.path).stat()
        except OSError:
            tally.note_verdict(ask, number, beside.candidate, Verdict("failed", "broken"))
        else:
            is_down = verdict is not None and verdict.reason == TAKEN_DOWN
            if is_down or inputs.known.refusal(sha256):
                tally.note_verdict(ask, number, beside.candidate, Verdict("refused", TAKEN_DOWN))
            else:
                when = datetime.datetime.fromtimestamp(state.st_mtime, datetime.UTC)
                fetched = Fetched(
                    number, KEPT, path=beside.path, sha256=sha256, n_bytes=state.st_size, fetched_at=when.isoformat()
                )
                tally.note_fetched(ask, beside.candidate, fetched)
        number += 1
        publish(tally)
        report(number)
    tally.note_ask(ask, n_requests=0, state=END, sentence="")
    return tally, n_silent

"""What became of each candidate so far: counts by question, rows to be published. The last word on a number holds."""

import datetime
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from importers.collecting.candidate import Candidate
from importers.collecting.fetching import Fetched
from jobs.collect.asks import Ask
from jobs.collect.inputs import Verdict
from store.collected import SEGMENT

KEPT, DUPLICATE, REFUSED, FAILED, LEFT = "kept", "duplicate", "refused", "failed", "left"
OUTCOMES = (KEPT, DUPLICATE, REFUSED, FAILED, LEFT)
_LIMITS = ("requests", "bytes")  # of the fetcher's reasons for what it left
Row = dict[str, Any]


class Tally:
    """Counts, and the rows that wait to be published.

    n_of_group: kept pictures by group. n_fetched: candidates that were asked for. reasons: of what was not kept, by
    question, outcome and reason.
    """

    def __init__(self) -> None:
        self._outcomes: dict[int, tuple[int, str, str]] = {}
        self.counts: dict[int, Counter[str]] = {}
        self.reasons: dict[int, Counter[tuple[str, str]]] = {}
        self.n_of_group: Counter[str] = Counter()
        self.n_fetched = 0
        self.rows: list[Row] = []

    def knows(self, number: int) -> bool:
        """Whether it is known what became of a candidate."""
        return number in self._outcomes

    def note_verdict(self, ask: Ask, number: int, candidate: Candidate, verdict: Verdict) -> None:
        """Note a candidate of which nothing is asked."""
        row = _row(ask, number, candidate, verdict.outcome, verdict.reason)
        self._note(ask, number, {**row, "duplicate_of": verdict.duplicate_of or None})

    def note_fetched(self, ask: Ask, candidate: Candidate, fetched: Fetched) -> None:
        """Note what a fetch gave; one that comes again with another outcome replaces what was said before."""
        reason = "limit" if fetched.outcome == LEFT and fetched.reason in _LIMITS else fetched.reason
        row = _row(ask, fetched.number, candidate, fetched.outcome, reason)
        if fetched.outcome in (KEPT, DUPLICATE) or fetched.sha256:
            row |= {
                "path": fetched.path or None,
                "duplicate_of": fetched.duplicate_of or None,
                "sha256": fetched.sha256 or None,
                "etag": fetched.etag or None,
                "bytes": fetched.n_bytes or None,
                "width": fetched.width or candidate.width,
                "height": fetched.height or candidate.height,
            }
        self.n_fetched += fetched.outcome != LEFT and not self.knows(fetched.number)
        row["fetched_at"] = _utc(fetched.fetched_at)
        self._note(ask, fetched.number, row)

    def note_ask(self, ask: Ask, *, n_requests: int, state: str, sentence: str) -> None:
        """Note how a question stands."""
        self.rows.append(
            {
                **_of_ask(ask),
                "ask": ask.number,
                "n_wanted": ask.n_wanted,
                "n_requests": n_requests,
                "state": state,
                "sentence": sentence or None,
            }
        )

    def take_rows(self) -> pa.Table | None:
        """The rows that wait, the last of each number, as a table; None where none does."""
        if not self.rows:
            return None
        last = {(row.get("n"), row.get("ask")): row for row in self.rows}
        self.rows = []
        return pa.Table.from_pylist(list(last.values()), schema=SEGMENT)

    def total(self, outcome: str) -> int:
        """How many candidates ended so."""
        return sum(counts[outcome] for counts in self.counts.values())

    def figures_of(self, ask: Ask) -> dict[str, int]:
        """The counts of a question: n_found and n_<outcome>."""
        counts = self.counts.get(ask.number, Counter())
        return {"n_found": sum(counts.values()), **{f"n_{outcome}": counts[outcome] for outcome in OUTCOMES}}

    def _note(self, ask: Ask, number: int, row: Row) -> None:
        outcome, reason = row["outcome"], row["why"] or ""
        counts = self.counts.setdefault(ask.number, Counter())
        reasons = self.reasons.setdefault(ask.number, Counter())
        before = self._outcomes.get(number)
        if before is not None:
            counts[before[1]] -= 1
            reasons[before[1:]] -= 1
            self.n_of_group[ask.group] -= before[1] == KEPT
        counts[outcome] += 1
        reasons[outcome, reason] += 1
        self.n_of_group[ask.group] += outcome == KEPT
        self._outcomes[number] = (ask.number, outcome, reason)
        self.rows.append(row)


def _of_ask(ask: Ask) -> Row:
    return {"source": ask.source, "query": ask.query, "class": ask.class_name or None}


def _row(ask: Ask, number: int, candidate: Candidate, outcome: str, reason: str) -> Row:
    return {
        **_of_ask(ask),
        "n": number,
        "class": ask.class_name or candidate.class_name,
        "rank": candidate.rank,
        "page_url": candidate.page_url,
        "file_url": candidate.file_url,
        "title": candidate.title,
        "author": candidate.author,
        "licence": candidate.licence,
        "licence_version": candidate.licence_version,
        "licence_url": candidate.licence_url,
        "attribution": candidate.attribution,
        "raw": _as_json(candidate.raw),
        "outcome": outcome,
        "why": reason or None,
        "width": candidate.width,
        "height": candidate.height,
    }


def _as_json(raw: Mapping[str, Any]) -> str | None:
    return json.dumps(raw, default=str) if raw else None


def _utc(text: str) -> datetime.datetime | None:
    """A time of ISO 8601 in UTC, without a zone, as the file keeps it."""
    if not text:
        return None
    moment = datetime.datetime.fromisoformat(text)
    return moment.astimezone(datetime.UTC).replace(tzinfo=None) if moment.tzinfo else moment

"""Whether a claim still holds: what it said beside what its measures say now, and what came in between."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analytics.wording import count
from evidence.measure import all_measures
from evidence.wording import change, filled, in_words
from store.claims import ActsBetween, Claim, Moment, RunBetween, ValueRow, acts_between, runs_between
from store.connection import Workspace
from store.rows import JsonObject
from store.subjects import SUBJECT_OF_ACT

HOLDS, MOVED, GONE = "holds", "moved", "cannot be recomputed"
VERDICTS = (GONE, MOVED, HOLDS)  # the worst first
MOST_NAMED = 4
_TOLERANCE = 1e-9
_ACTS = {
    "keep": ("label kept", "labels kept"),
    "relabel": ("label changed", "labels changed"),
    "remove": ("picture removed", "pictures removed"),
    "restore": ("picture restored", "pictures restored"),
    "flag": ("picture flagged", "pictures flagged"),
    "undo": ("decision taken back", "decisions taken back"),
}
_KINDS = {
    "import": "import",
    "embed": "embedding",
    "label-issues": "label check",
    "train": "training",
    "zero-shot": "zero-shot run",
    "duplicates": "search for duplicates",
    "projection": "map",
    "medoids": "search for representatives",
    "data-budget": "data budget",
    "detect": "detection",
    "planted-labels": "run with planted labels",
}


@dataclass(frozen=True)
class Compared:
    """One number of a claim: as it was said, as it is now, its verdict and that in words; by: how far it moved."""

    name: str
    then: ValueRow
    now: ValueRow
    verdict: str
    said: str
    by: str = ""


@dataclass(frozen=True)
class Judged:
    """A claim with its verdict: the worst of its numbers'.

    numbers: in the order of their names. why: what came since that may have moved it, a part each. weak: what weakens
    it, a sentence each. Both, and said of each number, hold names of the dataset and of people as they are.
    """

    claim: Claim
    verdict: str
    numbers: tuple[Compared, ...]
    why: tuple[str, ...]
    weak: tuple[str, ...]

    @property
    def then(self) -> str:
        """The sentence with the numbers that it was kept with."""
        return filled(self.claim.sentence, {each.name: each.then for each in self.numbers})

    @property
    def now(self) -> str:
        """The sentence with the numbers of now."""
        return filled(self.claim.sentence, {each.name: each.now for each in self.numbers})


def judged(
    workspace: Workspace, dataset_id: int, claim: Claim, *, then: Sequence[ValueRow], now: Sequence[ValueRow]
) -> Judged:
    """A claim with the verdict on its numbers, `then` as kept and `now` as measured last."""
    by_name = {each.name: each for each in now}
    numbers = tuple(
        _compared(each, by_name.get(each.name, each), sentence=claim.sentence)
        for each in sorted(then, key=lambda one: one.name)
    )
    verdict = min((each.verdict for each in numbers), key=VERDICTS.index, default=GONE)
    weak = tuple(dict.fromkeys(sentence for each in numbers for sentence in each.now.weak))
    why: tuple[str, ...] = ()
    if verdict == MOVED:
        before, after = numbers[0].then, numbers[0].now
        why = what_came(
            workspace,
            dataset_id,
            claim.measures,
            since=Moment(before.last_decision, before.measured_at),
            until=Moment(after.last_decision, after.measured_at),
        )
    return Judged(claim, verdict, numbers, why, weak)


def what_came(
    workspace: Workspace, dataset_id: int, measures: JsonObject, *, since: Moment, until: Moment
) -> tuple[str, ...]:
    """Decisions, imports and runs between two moments, counted and named: those that such a claim reads, else all."""
    asked = [all_measures().get(str(each.get("measure"))) for each in measures.values()]
    reads = {subject for each in asked if each is not None for subject in each.reads}
    kinds = {kind for each in asked if each is not None for kind in each.kinds}
    read = what_came_of(workspace, dataset_id, reads=reads, kinds=kinds, since=since, until=until)
    return read or what_came_of(workspace, dataset_id, reads=None, kinds=None, since=since, until=until)


def what_came_of(
    workspace: Workspace,
    dataset_id: int,
    *,
    reads: Collection[str] | None,
    kinds: Collection[str] | None,
    since: Moment,
    until: Moment,
) -> tuple[str, ...]:
    """Decisions, imports and runs between two moments, counted and named: of what is read (None: all of them).

    reads: of store.subjects, and "keep"; undone decisions count as read. kinds: of runs; imports always count.
    """
    acts = acts_between(workspace, dataset_id, since=since, until=until)
    runs = runs_between(workspace, dataset_id, since=since, until=until)
    if reads is not None:
        undone = ("undo",) if reads else ()
        acts = [act for act in acts if act.act in undone or SUBJECT_OF_ACT.get(act.act, act.act) in reads]
    if kinds is not None:
        runs = [run for run in runs if run.kind == "import" or run.kind in kinds]
    return (*map(_act_in_words, acts), *_runs_in_words(runs))


def _compared(then: ValueRow, now: ValueRow, *, sentence: str) -> Compared:
    if now.number is None:
        return Compared(then.name, then, now, GONE, now.reason or "It cannot be computed.")
    if then.number is None:
        return Compared(then.name, then, now, MOVED, f"It could not be computed then; now it is {in_words(now)}.")
    if abs(now.number - then.number) <= _TOLERANCE * max(1.0, abs(then.number)):
        return Compared(then.name, then, now, HOLDS, "The same number.")
    moved = change(then.number, now.number, then.unit)
    if then.low is not None and then.high is not None and then.low <= now.number <= then.high:
        return Compared(then.name, then, now, HOLDS, f"Moved {moved}, within its interval of then.", moved)
    if filled(sentence, {then.name: then}) == filled(sentence, {then.name: now}):
        return Compared(then.name, then, now, HOLDS, f"Moved {moved}; the sentence reads the same.", moved)
    said = f"Moved {moved}, from {in_words(then)} to {in_words(now)}."
    return Compared(then.name, then, now, MOVED, said, moved)


def _act_in_words(acts: ActsBetween) -> str:
    one, many = _ACTS.get(acts.act, (f"act “{acts.act}”", f"acts “{acts.act}”"))
    n = acts.n if acts.act == "undo" else acts.n_images
    who = ", ".join(acts.who[:MOST_NAMED]) + (" and others" if len(acts.who) > MOST_NAMED else "")
    when = f"{acts.since:%d %B %Y, %H:%M}"
    if f"{acts.until:%d %B %Y, %H:%M}" != when:
        when += f" to {acts.until:%d %B %Y, %H:%M}"
    return f"{count(n, one, many)} by {who} ({when} UTC)"


def _runs_in_words(runs: Sequence[RunBetween]) -> list[str]:
    by_kind: dict[str, list[RunBetween]] = {}
    for run in runs:
        by_kind.setdefault(run.kind, []).append(run)
    told = []
    for kind, some in by_kind.items():
        name = _KINDS.get(kind, kind)
        numbers = ", ".join(str(run.run_id) for run in some[-MOST_NAMED:])
        plural = f"{name}es" if name.endswith("ch") else f"{name}s"
        which = "run" if len(some) == 1 else "runs"
        told.append(f"{count(len(some), name, plural)} ({which} {numbers})")
    return told

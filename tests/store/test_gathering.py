"""Work that is gathered: what many ask for at once is done together, and each is told its own."""

import threading
import time
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.datasets import Dataset, find_dataset
from store.decisions import Act, decide, history
from store.errors import DecisionRefused
from store.gathering import Gathering
from tests.support.flock import make_birds, now

N_BIRDS = 12
FILLED_BY = {"flock": lambda workspace: make_birds(workspace, N_BIRDS)}


@pytest.fixture
def flock(workspace) -> Dataset:
    return find_dataset(workspace, "birds")


def at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """What each of `works` gives or raises, each on a thread of its own."""
    results: list[object] = [None] * len(works)

    def run(place: int) -> None:
        try:
            results[place] = works[place]()
        except Exception as error:  # noqa: BLE001  # the test's to look at
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return results


def held(gathering: Gathering, n_waiting: int) -> Callable[[], None]:
    """A wait, to be called by the first to work, until `n_waiting` others stand behind it."""

    def wait() -> None:
        deadline = time.monotonic() + 60
        while len(gathering._waiting) < n_waiting and time.monotonic() < deadline:
            time.sleep(0.001)

    return wait


def test_what_is_asked_while_one_is_at_work_is_done_together() -> None:
    calls: list[list[int]] = []

    def double_all(asked: Sequence[int]) -> list[int]:
        calls.append(list(asked))
        if len(calls) == 1:
            held(gathering, 9)()
        return [2 * number for number in asked]

    gathering: Gathering[int, int] = Gathering(double_all)
    told = at_once([lambda number=number: gathering.ask(number) for number in range(10)])
    assert told == [2 * number for number in range(10)]
    assert [len(call) for call in calls] == [1, 9]


def test_an_answer_that_is_an_error_is_its_askers_alone_and_one_that_is_raised_everybodys() -> None:
    def do_all(asked: Sequence[str]) -> list[str | Exception]:
        if "first" in asked:
            held(gathering, 3)()
        if "all" in asked:
            raise LookupError("nobody")
        return [ValueError(one) if one == "bad" else one for one in asked]

    gathering: Gathering[str, str] = Gathering(do_all)
    told = at_once([lambda one=one: gathering.ask(one) for one in ("first", "bad", "good", "fine")])
    assert [str(one) for one in told if isinstance(one, ValueError)] == ["bad"] and told.count("good") == 1
    with pytest.raises(LookupError, match="nobody"):
        gathering.ask("all")
    assert gathering.ask("again") == "again"


def test_a_thread_that_is_told_to_end_leaves_the_others_their_turn() -> None:
    ended = threading.Event()

    def do_all(asked: Sequence[int]) -> list[int]:
        if 0 in asked and not ended.is_set():
            ended.set()
            raise KeyboardInterrupt
        return list(asked)

    gathering: Gathering[int, int] = Gathering(do_all)
    with pytest.raises(KeyboardInterrupt):
        gathering.ask(0)
    assert gathering.ask(1) == 1


def gathered_decisions(workspace, dataset: Dataset, wanted: list[list[Act]]) -> list[object]:
    """`decide` for each of `wanted` at once, all of them waiting while another transaction holds the file."""
    n_before = workspace.n_writes
    with workspace.writing():
        works = [lambda acts=acts: decide(workspace, dataset.id, acts, who=f"p{len(acts)}") for acts in wanted]
        behind = threading.Thread(target=lambda: results.extend(at_once(works)))
        results: list[object] = []
        behind.start()
        gathering = _gathering_of(workspace, dataset)
        held(gathering, len(wanted) - 1)()
    behind.join(timeout=60)
    assert workspace.n_writes - n_before <= 1 + 2 * len(wanted)
    return results


def _gathering_of(workspace, dataset: Dataset) -> Gathering:
    deadline = time.monotonic() + 60
    while ("decisions", dataset.id) not in workspace._gatherings and time.monotonic() < deadline:
        time.sleep(0.001)
    return workspace._gatherings["decisions", dataset.id]


def test_decisions_at_once_are_three_transactions_at_most(workspace, flock) -> None:
    n_before = workspace.n_writes
    wanted = [[Act(1 + number % N_BIRDS, "keep")] for number in range(N_BIRDS)]
    results = gathered_decisions(workspace, flock, wanted)
    assert all(result.n == 1 for result in results)
    assert workspace.n_writes - n_before <= 3  # the one that was waited for, the first behind it, the rest together
    assert history(workspace, flock.id).num_rows == N_BIRDS


def test_one_refused_decision_does_not_refuse_those_beside_it(workspace, flock) -> None:
    results = gathered_decisions(workspace, flock, [[Act(1, "remove")], [Act(999, "remove")], [Act(2, "keep")]])
    assert [type(result) for result in results].count(DecisionRefused) == 1
    assert isinstance(results[1], DecisionRefused) and "the first is 999" in str(results[1])
    assert now(workspace)[1] == (0, True) and history(workspace, flock.id).num_rows == 2


def test_what_is_decided_twice_at_once_remembers_what_the_first_made_of_it(workspace, flock) -> None:
    gathered_decisions(workspace, flock, [[Act(3, "keep")], *([Act(1, "relabel", label=n)] for n in (1, 2))])
    acts = history(workspace, flock.id, image_id=1).sort_by("id").to_pylist()
    assert [(act["label_before"], act["label_after"]) for act in acts] in ([(0, 1), (1, 2)], [(0, 2), (2, 1)])


ACTS = st.builds(Act, st.integers(1, N_BIRDS + 2), st.sampled_from(["keep", "remove"]))


@pytest.mark.long
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(ACTS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_gathered_decisions_are_what_each_would_have_been_alone(workspace, flock, wanted) -> None:
    before = history(workspace, flock.id, n_rows=100_000).num_rows
    results = gathered_decisions(workspace, flock, wanted)
    n_saved = 0
    for acts, result in zip(wanted, results, strict=True):
        if any(act.image_id > N_BIRDS for act in acts):
            assert isinstance(result, DecisionRefused)
        else:
            assert result.n == len(acts)
            n_saved += len(acts)
    assert history(workspace, flock.id, n_rows=100_000).num_rows - before == n_saved

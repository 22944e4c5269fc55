"""Work that many threads ask for at once and that costs as much for one as for all of them: a transaction, say."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")


@dataclass(eq=False)
class _Turn(Generic[Asked, Told]):
    asked: Asked
    told: Told | Exception | None = None
    is_done: bool = False


class Gathering(Generic[Asked, Told]):
    """One thread works; what others ask for meanwhile is done together, in the order of asking, by the first of them.

    `ask` comes back when its part is done, never before. This is the group commit of databases.
    Ref: DeWitt et al., Implementation Techniques for Main Memory Database Systems, 1984.

    do_all: what was asked for, in order, to as many answers; an exception among them is raised to its asker alone,
    one that it raises itself to all of them.
    """

    def __init__(self, do_all: Callable[[Sequence[Asked]], Sequence[Told | Exception]]):
        self._do_all = do_all
        self._waiting: list[_Turn[Asked, Told]] = []
        self._guard = threading.Lock()
        self._at_work = threading.Lock()

    def ask(self, asked: Asked) -> Told:
        """Have `asked` done, alone or with others; what `do_all` says of it, or raises."""
        turn: _Turn[Asked, Told] = _Turn(asked)
        with self._guard:
            self._waiting.append(turn)
        with self._at_work:
            while not turn.is_done:
                self._work()
        if isinstance(turn.told, Exception):
            raise turn.told
        return turn.told  # type: ignore[return-value]  # a None here is what do_all answered

    def _work(self) -> None:
        with self._guard:
            turns, self._waiting = self._waiting, []
        try:
            answers = self._do_all([turn.asked for turn in turns])
        except Exception as error:  # noqa: BLE001  # raised again, to whoever asked
            answers = [error] * len(turns)
        except BaseException:  # this thread is told to end: the others' turns are left to them
            with self._guard:
                self._waiting = turns + self._waiting
            raise
        for turn, answer in zip(turns, answers, strict=True):
            turn.told, turn.is_done = answer, True

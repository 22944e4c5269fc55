"""Which class a number meant at a time when each import gave the classes new numbers. Pure.

An era lasts from one import to the next. The classes of an era stood in the order in which they stand today, without
those that came later and with those that have gone since; what was written down meanwhile says which of these it was.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_MAX_DOUBTFUL = 8  # classes that may have been there or not, up to which all cases are tried
_MIN_SHARE = 0.8  # of what is written of a number, from which on it is believed


@dataclass(frozen=True)
class Held:
    """What a file holds of a dataset's classes.

    names: today, by number; a name may stand twice, and then the first is today's. first_era: of each class that had
    pictures, the first era with one. gone: classes whose pictures have all gone. votes: by era and number, how often
    something that was written then speaks for a name.
    """

    names: Sequence[str]
    n_eras: int
    first_era: Mapping[str, int]
    gone: frozenset[str]
    votes: Mapping[tuple[int, int], Counter[str]]


def names_by_era(held: Held) -> list[dict[int, str]]:
    """The names of each era by number, as far as they can be told; the last era's are today's."""
    eras = [_told(held, era) for era in range(held.n_eras - 1)]
    return [*eras, dict(enumerate(held.names))]


def _told(held: Held, era: int) -> dict[int, str]:
    """Names on which all cases that fit agree; where none fits, those that were written down."""
    written = {number: _believed(votes) for (at, number), votes in held.votes.items() if at == era}
    certain = {number: name for number, name in written.items() if name is not None}
    most_rows = len(held.names)  # rows of classes were never taken away: no era had more of them than there are
    fitting = [names for names in _cases(held, era) if len(names) <= most_rows and _fits(names, certain)]
    if not fitting:
        return certain
    first, *others = fitting
    agreed = {n: name for n, name in enumerate(first) if all(n < len(one) and one[n] == name for one in others)}
    most = {number: votes.most_common(1)[0][0] for (at, number), votes in held.votes.items() if at == era}
    return {number: name for number, name in agreed.items() if most.get(number, name) == name}


def _believed(votes: Counter[str]) -> str | None:
    """The name that nearly all votes are for; None where they differ."""
    (name, n), *_ = votes.most_common(1)
    return name if n >= _MIN_SHARE * votes.total() else None


def _fits(names: Sequence[str], certain: Mapping[int, str]) -> bool:
    return all(number < len(names) and names[number] == name for number, name in certain.items())


def _cases(held: Held, era: int) -> Iterator[list[str]]:
    """The lists of names that an import of that era can have given, in order."""
    rows = list(dict.fromkeys(held.names))
    last = max((place for place, name in enumerate(rows) if name not in held.gone), default=-1)
    kept = set(rows[: last + 1])  # a class that has gone and stands before others that have not has kept its number
    there = [name for name in rows[: last + 1] if held.first_era.get(name, 0) <= era]
    gone = sorted(name for name in held.gone - kept if held.first_era.get(name, 0) <= era)
    sure = [name for name in gone if held.first_era.get(name, 0) == era]
    doubtful = [name for name in gone if name not in sure]
    is_sorted = there == in_order(there)
    if len(doubtful) > _MAX_DOUBTFUL:
        return
    for n in range(len(doubtful) + 1):
        for chosen in itertools.combinations(doubtful, n):
            yield from _with_gone(there, [*sure, *chosen], rows=rows, is_sorted=is_sorted)


def _with_gone(there: list[str], gone: list[str], *, rows: Sequence[str], is_sorted: bool) -> Iterator[list[str]]:
    """The lists in which classes that have gone can have stood: sorted in, in an order of their own, or at the end."""
    if not gone:
        yield there
        return
    if is_sorted:
        yield in_order([*there, *gone])
    elif len(gone) == 1:
        for place in range(len(there) + 1):
            yield [*there[:place], gone[0], *there[place:]]
    if set(gone) <= set(rows):  # they have a number to this day, which may be the one that they always had
        yield [*there, *(name for name in rows if name in gone)]


def in_order(names: Sequence[str]) -> list[str]:
    """As imports sort the names of classes that come without an order: whole numbers by value."""
    if all(name.isdecimal() for name in names):
        return sorted(names, key=lambda name: (int(name), name))
    return sorted(names)

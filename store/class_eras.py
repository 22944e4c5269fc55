"""Which class a number meant at a time when each import gave the classes new numbers. Pure.

An era lasts from one import to the next. The classes of an era stood in the order in which they stand today, without
those that came later and with those that have gone since; one may have been away for a while and come back, where the
import then missed as many pictures. What was written down meanwhile says which of these it was.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_MAX_DOUBTFUL = 10  # classes that may have been there or not, up to which all cases are tried
_MIN_SHARE = 0.8  # of what is written of a number, from which on it is believed


@dataclass(frozen=True)
class Held:
    """What a file holds of a dataset's classes.

    names: today, by number; a name may stand twice, and then the first is today's. n_by_era: of each class that had
    pictures, how many came in which era. gone: classes whose pictures have all gone. votes: by era and number, how
    often something that was written then speaks for a name. away: of each era, how many known pictures it may have
    missed; None where it is not known, and what is there today is taken to have been there.
    """

    names: Sequence[str]
    n_by_era: Mapping[str, Mapping[int, int]]
    gone: frozenset[str]
    votes: Mapping[tuple[int, int], Counter[str]]
    away: Sequence[int | None]

    def first_era(self, name: str) -> int:
        """The first era with a picture of the class; 0 for one that never had any."""
        return min(self.n_by_era.get(name, ()), default=0)

    def n_known(self, name: str, era: int) -> int:
        """How many pictures of the class had come by the end of an era."""
        return sum(n for at, n in self.n_by_era.get(name, {}).items() if at <= era)

    def may_be_away(self, name: str, era: int) -> bool:
        """Whether a class that is there today can have been missed whole in an era."""
        away = self.away[era]
        return away is not None and self.first_era(name) < era and 0 < self.n_known(name, era) <= away


def names_by_era(held: Held) -> list[dict[int, str]]:
    """The names of each era by number, as far as they can be told; the last era's are today's."""
    eras = [_told(held, era) for era in range(len(held.away) - 1)]
    return [*eras, dict(enumerate(held.names))]


def _told(held: Held, era: int) -> dict[int, str]:
    """Names on which all cases that fit agree; where none fits, those that were written down."""
    written = {number: _believed(votes) for (at, number), votes in held.votes.items() if at == era}
    certain = {number: name for number, name in written.items() if name is not None}
    most_rows = len(held.names)  # rows of classes were never taken away: no era had more of them than there are
    cases = _cases(held, era, certain=frozenset(certain.values()))
    fitting = [names for names in cases if len(names) <= most_rows and _fits(names, certain)]
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


def _cases(held: Held, era: int, *, certain: frozenset[str]) -> Iterator[list[str]]:
    """The lists of names that an import of that era can have given, in order.

    certain: names that were there, by what was written.
    """
    rows = list(dict.fromkeys(held.names))
    last = max((place for place, name in enumerate(rows) if name not in held.gone), default=-1)
    kept = rows[: last + 1]  # a class that has gone and stands before others that have not has kept its number
    there = [name for name in kept if held.first_era(name) <= era]
    gone = sorted(name for name in held.gone.difference(kept) if held.first_era(name) <= era)
    away = [name for name in there if name not in certain and held.may_be_away(name, era)]
    doubtful = [name for name in gone if held.first_era(name) < era and name not in certain]
    is_sorted = there == in_order(there)
    if len(away) + len(doubtful) > _MAX_DOUBTFUL:
        return
    n_away = held.away[era]
    for missed in _subsets([*away, *doubtful]):
        if n_away is not None and sum(held.n_known(name, era) for name in missed) > n_away:
            continue
        left = [name for name in there if name not in missed]
        yield from _with_gone(left, [name for name in gone if name not in missed], rows=rows, is_sorted=is_sorted)


def _subsets(names: Sequence[str]) -> Iterator[frozenset[str]]:
    for n in range(len(names) + 1):
        for chosen in itertools.combinations(names, n):
            yield frozenset(chosen)


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

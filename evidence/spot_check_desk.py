"""Which picture a reviewer sees next, so that nobody is asked twice by mistake and repetitions come unannounced."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.spot_checks import Answer, Item


@dataclass(frozen=True)
class Desk:
    """What lies before a reviewer: the next items in order, how many they answered, and of how many in all."""

    ahead: tuple[Item, ...]
    n_answered: int
    n_all: int

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.ahead


def desk_of(
    items: Sequence[Item], answers: Sequence[Answer], *, reviewer: str, n_reviewers: int, n_ahead: int = 6
) -> Desk:
    """The next items of a reviewer.

    A picture is asked of n_reviewers people, the first who come to it. Where each is asked of one, every other person
    begins at the end, so that two at work do not meet. A repetition comes to who answered the picture, once so many
    others lie between; at the end those come that are left.
    """
    mine = [each.item for each in answers if each.reviewer == reviewer]
    answered = set(mine)
    others: dict[int, set[str]] = {}
    people = list(dict.fromkeys(each.reviewer for each in answers))
    for each in answers:
        if each.reviewer != reviewer:
            others.setdefault(each.item, set()).add(each.reviewer)
    firsts = [
        each
        for each in items
        if each.first_item is None and each.item not in answered and len(others.get(each.item, ())) < n_reviewers
    ]
    if n_reviewers == 1 and (people.index(reviewer) if reviewer in people else len(people)) % 2:
        firsts.reverse()
    reachable = {*answered, *(each.item for each in firsts)}
    again = [
        each
        for each in items
        if each.first_item is not None and each.item not in answered and each.first_item in reachable
    ]
    ahead = _in_order(firsts, again, mine=mine, n=n_ahead)
    return Desk(tuple(ahead), len(mine), len(mine) + len(firsts) + len(again))


def _in_order(firsts: Sequence[Item], again: Sequence[Item], *, mine: Sequence[int], n: int) -> list[Item]:
    """The next n of both; mine: what was answered, in order."""
    place = {item: number for number, item in enumerate(mine)}
    left, waiting, shown = list(firsts), list(again), list[Item]()
    while len(shown) < n and (left or waiting):
        now = len(mine) + len(shown)
        due = [each for each in waiting if _is_due(each, place=place, now=now)]
        if due or not left:
            chosen = due[0] if due else waiting[0]
            waiting.remove(chosen)
        else:
            chosen = left.pop(0)
        place[chosen.item] = now
        shown.append(chosen)
    return shown


def _is_due(item: Item, *, place: dict[int, int], now: int) -> bool:
    first = place.get(-1 if item.first_item is None else item.first_item)
    return first is not None and now - first > (item.after or 0)

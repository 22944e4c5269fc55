"""Which picture each row of a label file means, and how many were found in which way."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.wording import count
from importers.keys import HOW, SURE, FileIndex
from importers.label_rows import LabelRows
from importers.problems import Problems
from importers.types import Problem

_FIRST_SHOWN = 3


@dataclass
class Matches:
    """number_of: for each row the picture that it means, or None. hows: how many were found how, of rows."""

    number_of: list[int | None]
    hows: Counter[int]
    missing: list[str]
    ambiguous: list[str]

    def in_words(self, file_name: str) -> str:
        """How many keys were found and how, and the first of those that were not."""
        n = sum(self.hows.values())
        how = ", ".join(f"{self.hows[each]:,} {HOW[each]}" for each in sorted(self.hows))
        text = f"{count(len(self.number_of), 'key')} in {file_name}: {n:,} found" + (f" ({how})" if how else "")
        for keys, what in ((self.missing, "not here"), (self.ambiguous, "could mean several files")):
            if keys:
                first = ", ".join(repr(key[:80]) for key in keys[:_FIRST_SHOWN])
                text += f"; {len(keys):,} {what}: {first}{', …' if len(keys) > _FIRST_SHOWN else ''}"
        return text + "."


def matched_rows(rows: LabelRows, paths: Sequence[str], problems: Problems) -> Matches:
    """Which picture each row means. What is found by little more than a name gives way to a key that says more."""
    files = FileIndex(paths)
    found = Matches([None] * len(rows.keys), Counter(), [], [])
    loose: dict[int, list[int]] = {}
    how_of: dict[int, int] = {}
    below, of_split = rows.below or [""] * len(rows.keys), rows.of_split or [None] * len(rows.keys)
    failed: list[tuple[int, str]] = []
    sure: set[int] = set()
    for row, key in enumerate(rows.keys):
        match = files.match(key, below=below[row], split=of_split[row])
        if isinstance(match, str):
            failed.append((row, match))
        elif match.how <= SURE:
            found.number_of[row] = match.number
            found.hows[match.how] += 1
            sure.add(match.number)
        else:
            loose.setdefault(match.number, []).append(row)
            how_of[row] = match.how
    for number, same in loose.items():
        if number in sure:
            failed += [(row, "missing-file") for row in same]
        elif len({rows.keys[row] for row in same}) > 1:
            failed += [(row, "ambiguous-key") for row in same]
        else:
            for row in same:
                found.number_of[row] = number
                found.hows[how_of[row]] += 1
    for row, code in sorted(failed):
        (found.missing if code == "missing-file" else found.ambiguous).append(rows.keys[row])
        problems.add(_not_found(rows.keys[row], code, rows.values[row]))
    return found


def _not_found(key: str, code: str, value: Any) -> Problem:
    if code == "missing-file":
        return Problem(key, code, "There is no such file in the folder.", as_text(value))
    return Problem(key, code, "Several files could be meant; write the path instead of the name.", as_text(value))


def as_text(value: Any) -> str:
    if isinstance(value, list):
        value = value[:200]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text[:200]

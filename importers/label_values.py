"""What the cells of a label column say: a number, a name, or several of either; where it can be two, both."""

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from importers.hints import SEVERAL, Hints
from importers.json_labels import labels_in_cells

_WHOLE = re.compile(
    r"[+-]?(0|[1-9]\d{0,17})(\.0+)?"
)  # a leading zero, or more digits, is a name: no class has such a number
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")
_LONGEST_LIST = 20_000  # characters of a list that is written in a cell
_LIKELY = 0.5  # of the parts stand in several combinations: they are labels of their own
_UNLIKELY = 1 / 3


@dataclass(frozen=True)
class Meaning:
    """A reading of a label column. several: what stands between several labels, a name of SEVERAL; "" needs no word."""

    several: str
    values: list[Any]


def meanings(cells: Sequence[Any], hints: Hints, *, is_multi: bool) -> list[Meaning]:
    """The ways to read a column's cells, the likeliest first; more than one where it must be asked.

    is_multi: its heading speaks of several labels. A whole number is a number if all are and none has a leading zero.
    """
    texts = [_plain(cell, hints.missing_texts) for cell in cells]
    given = [text for text in texts if text is not None]
    in_json = None if hints.several else labels_in_cells(texts)
    if in_json is not None:
        return [Meaning("", in_json)]
    if hints.several:
        mark = SEVERAL[hints.several]
        return [Meaning(hints.several, [_parts(text, mark) if mark else text for text in texts])]
    if not given or not all(isinstance(text, str) for text in given):
        return [Meaning("", texts)]
    if all(map(_WHOLE.fullmatch, given)):
        return [Meaning("", [None if text is None else int(text.partition(".")[0]) for text in texts])]
    lists = _as_lists(texts)
    if lists is not None:
        return [Meaning("", lists)]
    return _by_marks(texts, Counter(given), is_multi=is_multi)


def _plain(cell: Any, missing: frozenset[str]) -> Any:
    if isinstance(cell, str):
        cell = cell.strip()
    return None if cell != cell or cell == "" or (isinstance(cell, str) and cell in missing) else cell


def _as_lists(texts: Sequence[str | None]) -> list[Any] | None:
    """The lists that are written in the cells, as in "['cat', 'dog']"; None where they hold other things."""
    known: dict[str, Any] = {}
    for text in texts:
        if text is None or text in known:
            continue
        if not (text[0] in "[(" and text[-1] in "])") or len(text) > _LONGEST_LIST:
            return None
        try:
            known[text] = list(ast.literal_eval(text))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            quoted = [one or two for one, two in _QUOTED.findall(text)]
            bare = [part.strip() for part in text[1:-1].split(",")]
            known[text] = quoted or [part for part in bare if part]
        if len(known[text]) == 1 and isinstance(known[text][0], str) and " " in text and "," not in text:
            known[text] = [one or two for one, two in _QUOTED.findall(text)] or known[text]  # numpy's ['cat' 'dog']
    return [None if text is None else known[text] for text in texts]


def _by_marks(texts: Sequence[str | None], counts: Counter[str], *, is_multi: bool) -> list[Meaning]:
    """As one label each, and as several labels, for the mark that splits the texts best."""
    single = Meaning("", list(texts))
    best: tuple[float, str] | None = None
    for name, mark in SEVERAL.items():
        if mark and any(mark in text for text in counts):
            likely = _recombined(counts, mark)
            if best is None or likely > best[0]:
                best = (likely, name)
    if best is None:
        return [single]
    likely, name = best
    mark = SEVERAL[name]
    several = Meaning(name, [_parts(text, mark) for text in texts])
    is_surely = mark in "|;" or (likely >= _LIKELY and (is_multi or mark == ","))
    if mark not in "|;" and likely < _UNLIKELY:
        return [single]
    if is_surely and is_multi:
        return [Meaning("", several.values)]
    likelier_several = is_surely or likely >= _LIKELY
    named = Meaning("no", single.values)
    return [several, named] if likelier_several else [named, several]


def _recombined(counts: Counter[str], mark: str) -> float:
    """The share of a text's parts that stand in more than one text: labels do, the words of a name do not."""
    seen: Counter[str] = Counter()
    for text in counts:
        seen.update(set(_split(text, mark)))
    parts = {part for text in counts if mark in text for part in _split(text, mark)}
    n_again = sum(seen[part] > 1 for part in parts)
    return n_again / max(1, len(parts)) if len(seen) <= len(counts) or n_again > len(parts) / 2 else 0.0


def _split(text: str, mark: str) -> list[str]:
    return [part.strip() for part in text.split(mark) if part.strip()]


def _parts(text: Any, mark: str) -> Any:
    return _split(text, mark) if isinstance(text, str) else text

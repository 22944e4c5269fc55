"""Names as they are drawn: strangers' names on one line, letter by letter, not too long, and no two alike."""

import re
import unicodedata
from collections.abc import Iterable

_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
# Plotly reads some tags, entities, $formulas$ and %{values} in the texts that it draws, tooltips too
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "%": "&#37;"})
_LETTER_PX = 6.4  # the mean width of a letter at the size of labels


def one_line(name: object) -> str:
    """A name on one line: line breaks as ↵, characters that cannot be seen or turn the writing around as �."""
    text = re.sub(r"\r\n|\r|\n", "↵", str(name)).replace("\t", " ")
    return _UNSEEN.sub("\ufffd", text)


def literal(name: object, *, px: float | None = None) -> str:
    """A name as Plotly is to draw it: on one line, its markup as letters, and cut with … where it is wider than px."""
    text = one_line(name)
    return (text if px is None else _cut(text, n_letters=int(px / _LETTER_PX))).translate(_MARKUP)


def distinct(names: Iterable[object]) -> list[str]:
    """The names on one line each, with a count behind those that came before: two bars never share a place."""
    seen: dict[str, int] = {}
    unlike = []
    for name in map(one_line, names):
        seen[name] = seen.get(name, 0) + 1
        unlike.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unlike


def text_px(name: object, *, most: float) -> float:
    """About how wide a name is drawn that is cut at `most` pixels."""
    return min(most, sum(_widths(one_line(name))) * _LETTER_PX)


def _widths(text: str) -> list[int]:
    """How many letters' room each takes: Chinese and the like are twice as wide."""
    return [2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text]


def _cut(text: str, *, n_letters: int) -> str:
    """The text where it fits, else as much as fits with … behind it."""
    widths = _widths(text)
    if sum(widths) <= n_letters:
        return text
    room, n = n_letters - 1, 0
    while n < len(text) and widths[n] <= room:
        room -= widths[n]
        n += 1
    return text[:n] + "…"

"""Texts of a report as a page or a slide can take them: seen, cut, with places where a long word may end a line."""

import re
import unicodedata

from analytics.wording import count
from evidence.report.parts import Source

# what nobody sees, and what turns the writing around; lines and tabs stay, and so does where a long word may break
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_LONG_WORD, _BETWEEN = 24, 12
_WORD = re.compile(rf"\S{{{_LONG_WORD},}}")
_MAY_BREAK = "\u200b"  # no letter: a line may end here


def seen(text: str) -> str:
    """A text with � for each character that cannot be seen or turns the writing around."""
    return _UNSEEN.sub("\ufffd", text)


def n_widths(text: str) -> int:
    """How many letters' room a text takes: Chinese and the like are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def source_line(source: Source) -> str:
    """Where a block is from, in words; "" where nothing is known."""
    runs = ", ".join(str(number) for number in source.run_ids)
    said = [
        f"page {source.page.replace('_', ' ')}" if source.page else "",
        f"run{'s' if len(source.run_ids) > 1 else ''} {runs}" if runs else "",
        f"drawn {source.drawn_at}" if source.drawn_at else "",
    ]
    return "Source: " + ", ".join(filter(None, said)) if any(said) else ""


def rows_said(n_shown: int, n_rows: int) -> str:
    """How many rows stand of how many; "" where all do."""
    return f"{n_shown:,} of {count(n_rows, 'row')}." if n_rows > n_shown else ""


def breakable(text: str) -> str:
    """A text whose long words may end a line within, where they would run off the page."""
    return _WORD.sub(lambda word: _with_breaks(word[0]), text)


def cut(text: str, n_letters: int) -> str:
    """A name with … where it is longer than so many letters, breakable."""
    return breakable(text if len(text) <= n_letters else text[: n_letters - 1].rstrip() + "…")


def _with_breaks(word: str) -> str:
    """After signs that part a path, and after so many letters without one. Nothing within Arabic or the like."""
    said, since = "", 0
    for letter in word:
        said, since = said + letter, since + 1
        if letter in "/\\_-.,;:&=" or since >= _BETWEEN and letter.isascii():
            said, since = said + _MAY_BREAK, 0
    return said.removesuffix(_MAY_BREAK)

"""Numbers of measures and sentences with numbers in them, in words. No text of a stranger is ever read as a format."""

import re
from collections.abc import Mapping, Sequence

from analytics.wording import count, file_size
from evidence.value import Interval, Value
from store.claims import MeasuredRow

ENDS = ("low", "high", "n")  # what of a number may be named behind an underscore: {score_low}
NOT_KNOWN = "(not known)"
_PLACE = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]{0,60})\}")


def written(number: float | None, unit: str) -> str:
    """A number as it stands in a sentence: 31,848; 34.7 % for a share; 7.1 for points; 0.987 for a score."""
    if number is None or number != number:
        return NOT_KNOWN
    if unit == "count":
        return f"{number:,.0f}"
    if unit == "share":
        return f"{100 * number:.1f} %"
    if unit == "points":
        return f"{100 * number:.1f}"
    if unit == "bytes":
        return file_size(number)
    if unit == "p":
        return "less than 0.001" if number < 0.001 else f"{number:.3f}"
    return f"{number:,.1f}" if unit == "ratio" else f"{number:.2f}" if unit == "mean" else f"{number:.3f}"


def with_unit(number: float | None, unit: str) -> str:
    """A number that stands alone: as `written`, with what makes it plain: "+7.1 points", "4.2 times", "p = 0.031"."""
    text = written(number, unit)
    if text == NOT_KNOWN:
        return "not known"
    if unit == "points":
        sign = "+" if number is not None and number > 0 and text.strip("0.") else ""
        return f"{sign}{text} points"
    if unit == "p":
        return f"p {'' if text.startswith('less') else 'of '}{text}"
    return f"{text} times" if unit == "ratio" else text


def change(then: float, now: float, unit: str) -> str:
    """By how much a number moved: "by +50", "by -1.3 points"."""
    by = now - then
    unit_of_change = "points" if unit == "share" else unit
    text = written(abs(by), unit_of_change)
    sign = "-" if by < 0 else "+"
    if not any(digit in text for digit in "123456789"):
        text = f"{abs(by) * (100 if unit_of_change == 'points' else 1):.2g}"
    return f"by {sign}{text}" + (" points" if unit_of_change == "points" else "")


def in_words(value: MeasuredRow | Value) -> str:
    """A number with its interval: "34.7 % (33.9 % to 35.5 %)"; why there is none where there is none."""
    if value.number is None:
        return "not known"
    low, high = ends(value)
    text = with_unit(value.number, value.unit)
    return text if low is None else f"{text} ({written(low, value.unit)} to {written(high, value.unit)})"


def ends(value: MeasuredRow | Value) -> tuple[float | None, float | None]:
    """The ends of a value's interval; None and None without one."""
    if isinstance(value, MeasuredRow):
        return (value.low, value.high) if value.high is not None else (None, None)
    interval: Interval | None = value.interval
    return (interval.low, interval.high) if interval is not None else (None, None)


def literal(name: object) -> str:
    """A name as it is written into a claim's sentence, so that it is not taken for the place of a number."""
    return " ".join(str(name).split()).replace("{", "{{").replace("}", "}}")


def places(sentence: str) -> set[str]:
    """What a sentence names between braces."""
    return {found[1] for found in _PLACE.finditer(sentence) if found[1]}


def filled(sentence: str, values: Mapping[str, MeasuredRow | Value]) -> str:
    """The sentence with each `{name}` of `values` replaced by its number, and `{name_low}`, `{name_high}`, `{name_n}`.

    Once, from left to right: what is filled in is not looked at again, and what is no such place stays as it is typed.
    `{{` and `}}` are braces.
    """

    def text_of(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        if found[1] in values:
            value = values[found[1]]
            return written(value.number, value.unit)
        name, _, end = found[1].rpartition("_")
        return _end(values[name], end) if name in values and end in ENDS else found[0]

    return _PLACE.sub(text_of, sentence)


def names_a_number(sentence: str, names: Sequence[str]) -> bool:
    """Whether the sentence has a place for one of the numbers."""
    return bool(places(sentence) & {*names, *(f"{name}_{end}" for name in names for end in ENDS)})


def pictures(value: MeasuredRow | Value) -> str:
    """What a number rests on: "3,196 pictures"."""
    return count(value.n, "picture")


def _end(value: MeasuredRow | Value, end: str) -> str:
    if end == "n":
        return f"{value.n:,}"
    low, high = ends(value)
    return written(low if end == "low" else high, value.unit)

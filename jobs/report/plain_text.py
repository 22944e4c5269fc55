"""Texts and numbers of a Plotly figure as they are read: without its markup, in the formats that our charts name."""

import html
import math
import re

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(b|i|u|s|em|strong|sub|sup|span|a)(\s[^>]*)?>", re.IGNORECASE)
_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def plain(text: object) -> str:
    """A text without Plotly's tags and with its entities as letters: a name that was made literal is itself again."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", str(text))))


def written(value: float, form: str, *, digits: int = 0) -> str:
    """A number in one of d3's formats that our charts use: ',d', '~%', '.0%', '~s', '~g', '+,'; else as short as it is.

    digits: behind the point, where the format leaves it open.
    """
    value = float(value)
    if abs(value) < 1e-12:
        value = 0.0
    if form.endswith("%"):
        return _minus(_trimmed(f"{value * 100:,.{_after_point(form, max(digits - 2, 0))}f}", form) + "%")
    if form.endswith("s"):
        return _minus(_short(value))
    if form.endswith("d"):
        return _minus(f"{value:,.0f}" if float(value).is_integer() else "")
    if form.endswith(("f", "g")) or not form:
        return _minus(f"{value:,.{_after_point(form, digits)}f}" if form.endswith("f") else f"{value:,.6g}")
    return _minus(f"{value:,.{digits}f}")


def _after_point(form: str, otherwise: int) -> int:
    found = re.search(r"\.(\d+)", form)
    return int(found[1]) if found else otherwise


def _trimmed(text: str, form: str) -> str:
    """Without zeros at the end, where the format has ~."""
    return text.rstrip("0").rstrip(".") if "~" in form and "." in text else text


def _short(value: float) -> str:
    """1200 as 1.2k."""
    for size, prefix in _PREFIXES:
        if abs(value) >= size:
            return f"{value / size:.6g}{prefix}"
    return f"{value:.6g}" if math.isfinite(value) else ""


def _minus(text: str) -> str:
    return text.replace("-", "−")

"""Markdown of strangers made safe: a few signs count, and all else is letters. No picture, HTML, heading or formula."""

import re

from figures.names import one_line
from pages.ui.text import plain

# What counts within a line: code, bold, italic, a link to the web. Each ends where it begins: nothing holds another.
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<bold>[^*\s](?:[^*\n]*[^*\s])?)\*\*"
    r"|(?<![*\w])\*(?P<italic>[^*\s](?:[^*\n]*[^*\s])?)\*(?![*\w])"
    r"|\[(?P<words>[^\[\]\n]+)\]\((?P<address>https?://(?P<host>[A-Za-z0-9.-]+)(?::\d+)?(?:[/?#][^\s()<>\"'\\\[\]`*|$]*)?)\)"
)
_LINE = re.compile(r"(?P<sign>[-*] |\d{1,3}[.)] |> )(?P<rest>.*)")


def safe_markdown(text: str) -> str:
    """The text as Markdown in which lists, quotes, code, **bold**, *italic* and links to the web count.

    A link says its host. Everything else stands there letter for letter.
    """
    return "\n".join(_line(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _line(line: str) -> str:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return f"{_inline(line.strip())}  " if line.strip() else ""
    sign = found["sign"].strip()
    mark = ">" if sign == ">" else "-" if sign in "-*" else f"{sign[:-1]}."
    return f"{mark} {_inline(found['rest'].strip())}"


def _inline(text: str) -> str:
    parts, end = [], 0
    for found in _INLINE.finditer(text):
        parts += [_letters(text[end : found.start()]), _marked(found)]
        end = found.end()
    return "".join([*parts, _letters(text[end:])])


def _marked(found: re.Match[str]) -> str:
    if found["code"] is not None:
        return f"`{_code(found['code'])}`" if found["code"].strip() else _letters(found[0])
    if found["bold"] is not None:
        return f"**{_letters(found['bold'])}**"
    if found["italic"] is not None:
        return f"*{_letters(found['italic'])}*"
    return f"[{_letters(found['words'])} ({_letters(found['host'])})]({found['address']})"


def _code(text: str) -> str:
    """Code as it is: nothing in it counts but what cannot be seen."""
    return one_line(" ".join(text.split()))


def _letters(text: str) -> str:
    """plain(), with the blanks at its ends kept."""
    stripped = text.strip()
    if not stripped:
        return " " if text else ""
    before, after = " " * (text[0].isspace()), " " * (text[-1].isspace())
    return f"{before}{plain(stripped)}{after}"

"""Names as they are drawn: strangers' names on one line, and no two alike."""

import re
from collections.abc import Iterable

_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def one_line(name: object) -> str:
    """A name on one line: line breaks as ↵, characters that cannot be seen or turn the writing around as �."""
    text = re.sub(r"\r\n|\r|\n", "↵", str(name)).replace("\t", " ")
    return _UNSEEN.sub("\ufffd", text)


def distinct(names: Iterable[object]) -> list[str]:
    """The names on one line each, with a count behind those that came before: two bars never share a place."""
    seen: dict[str, int] = {}
    unlike = []
    for name in map(one_line, names):
        seen[name] = seen.get(name, 0) + 1
        unlike.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unlike

"""HTML that is put together from elements: whatever is not one becomes text, so that no name is ever read as markup."""

import html
import re
from collections.abc import Iterable


class Html(str):
    """Markup that is ready to be written; a plain `str` beside it is text."""

    __slots__ = ()


Child = str | None
_ENDING = re.compile(r"</(?=script)|<!--", re.IGNORECASE)
_EMPTY = frozenset({"img", "meta", "br", "hr", "input"})


def escaped(text: str) -> Html:
    """The text as markup that shows exactly its characters; markup as it is."""
    return text if isinstance(text, Html) else Html(html.escape(text))


def joined(children: Iterable[Child]) -> Html:
    """The children one after another."""
    return Html("".join(escaped(child) for child in children if child))


def tag(name: str, *children: Child, **attributes: str | int | bool | None) -> Html:
    """An element. attributes: `class_` is class, `data_same` is data-same; None and False leave one out."""
    written = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in _EMPTY:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(children)}</{name}>")


def name_tag(name: str, text: str, **attributes: str | int | bool | None) -> Html:
    """An element with a name of the dataset or of a person, written in the direction of its own script."""
    return tag(name, str(text), dir="auto", **attributes)


def script_text(code: str) -> Html:
    """A script or a data block as it may stand between <script> tags: nothing in it ends them."""
    return Html(_ENDING.sub(lambda found: found[0].replace("<", r"\x3c"), code))


def json_text(code: str) -> Html:
    """JSON as it may stand between <script> tags."""
    return Html(code.replace("<", r"\u003c").replace("\u2028", r"\u2028").replace("\u2029", r"\u2029"))


def _attribute(key: str, value: object) -> str:
    key = key.rstrip("_").replace("_", "-")
    return f" {key}" if value is True else f' {key}="{html.escape(str(value))}"'

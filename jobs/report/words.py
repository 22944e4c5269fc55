"""The curator's Markdown as HTML that can do nothing: no tags of its own, no picture from elsewhere, plain links."""

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token

from jobs.report.markup import Html, escaped

_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_TOP = 3  # the curator's headings begin below a block's title


def html_of(text: str) -> Html:
    """Markdown as HTML: paragraphs, lists, tables, links to http, https and mailto; tags in it are shown as letters."""
    return Html(_reader().render(text))


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.validateLink = lambda url: bool(_LINK.match(url.strip()))  # type: ignore[method-assign]
    reader.add_render_rule("image", _picture_as_words)
    reader.add_render_rule("link_open", _link)
    for rule in ("heading_open", "heading_close"):
        reader.add_render_rule(rule, _heading)
    return reader


def _picture_as_words(
    _self: RendererProtocol, tokens: Sequence[Token], at: int, _options: object, _env: MutableMapping[str, Any]
) -> str:
    return f"<em>{escaped(tokens[at].content)}</em>"


def _link(
    self: Any, tokens: Sequence[Token], at: int, options: object, env: MutableMapping[str, Any]
) -> str:  # a page that is opened from a report is told nothing of it
    tokens[at].attrSet("rel", "noopener noreferrer")
    tokens[at].attrSet("target", "_blank")
    return str(self.renderToken(tokens, at, options, env))


def _heading(self: Any, tokens: Sequence[Token], at: int, options: object, env: MutableMapping[str, Any]) -> str:
    level = min(6, int(tokens[at].tag[1:]) + _TOP)
    tokens[at].tag = f"h{level}"
    return str(self.renderToken(tokens, at, options, env))

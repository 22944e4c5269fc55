"""The curator's Markdown as HTML, or as Markdown that can do nothing either: no tags, no picture from elsewhere."""

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token

from jobs.report.markup import Html, escaped

_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_CODE = re.compile(r"(^(`{3,}|~{3,}).*?^\2[`~]*[ \t]*$|(?<![`\\])(`+)(?!`).*?(?<!`)\3(?!`))", re.DOTALL | re.MULTILINE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_PICTURE = re.compile(r"(?<!\\)!(?=\[)")
_END = "the end"
_TOP = 3  # the curator's headings begin below a block's title


def html_of(text: str) -> Html:
    """Markdown as HTML: paragraphs, lists, tables, links to http, https and mailto; tags in it are shown as letters."""
    return Html(_reader().render(text))


def safe_markdown(text: str) -> str:
    """The words as Markdown that a forge shows: tags as letters, pictures from elsewhere as links, all code closed."""
    pieces = _CODE.split(text)
    # of four: what is between code, the code, and its two fences, which stand in it
    outside = [_TAG.sub(r"\\<", _PICTURE.sub("", piece)) for piece in pieces[::4]]
    code = [*pieces[1::4], ""]
    written = "".join(piece for both in zip(outside, code, strict=True) for piece in both)
    if _has_tags(written):  # where code begins was seen otherwise
        written = _TAG.sub(r"\\<", _PICTURE.sub("", text))
    return _closed(written)


def _has_tags(text: str) -> bool:
    tokens = _forge().parse(text)
    within = [inner for token in tokens for inner in token.children or []]
    return any(token.type in ("html_block", "html_inline", "image") for token in (*tokens, *within))


def _closed(text: str) -> str:
    """The text with a fence at its end where it leaves one open, which would take what follows into it."""
    last = _forge().parse(f"{text}\n\n{_END}")[-1]
    return f"{text}\n{last.markup}" if last.type == "fence" else text


@cache
def _forge() -> MarkdownIt:
    """Markdown as GitHub reads it, tags too."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


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

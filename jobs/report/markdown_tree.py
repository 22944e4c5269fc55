"""The curator's Markdown as a tree of plain dicts, for writers that have none: no HTML, pictures as their words."""

from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Node = dict[str, Any]
_SAFE = ("http://", "https://", "mailto:")
_WITHIN = {"strong": "strong", "em": "em", "s": "strike"}
_BLOCKS = {"paragraph": "paragraph", "blockquote": "quote", "bullet_list": "list", "list_item": "item"}


def markdown_tree(text: str) -> list[Node]:
    """The blocks of the text, in order, each with its kind, and `of` for what is in it.

    paragraph, quote, list, item, rule; heading with level; numbers with start; code with text; table with rows of
    cells. Within lines: text, code and break; strong, em, strike; link with to, of http, https and mailto alone.
    """
    parsed = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).parse(text)
    return [node for child in SyntaxTreeNode(parsed).children for node in _block(child)]


def plain_words(text: str) -> str:
    """The text without its marks, a line a block: for notes, which have no look."""
    return "\n".join(line for node in markdown_tree(text) for line in _lines(node))


def _block(node: SyntaxTreeNode) -> Iterator[Node]:
    if node.type in _BLOCKS:
        yield {"kind": _BLOCKS[node.type], "of": [each for child in node.children for each in _block(child)]}
    elif node.type == "inline":
        yield from _joined(each for child in node.children for each in _inline(child))
    elif node.type == "ordered_list":
        start = int(node.attrs.get("start", 1))
        yield {"kind": "numbers", "start": start, "of": [each for child in node.children for each in _block(child)]}
    elif node.type == "heading":
        yield {
            "kind": "heading",
            "level": int(node.tag[1:]),
            "of": [each for child in node.children for each in _block(child)],
        }
    elif node.type in ("fence", "code_block"):
        yield {"kind": "code", "text": node.content.rstrip("\n")}
    elif node.type == "hr":
        yield {"kind": "rule"}
    elif node.type == "table":
        rows = [row for part in node.children for row in part.children]
        yield {"kind": "table", "rows": [[_cell(cell) for cell in row.children] for row in rows]}


def _cell(cell: SyntaxTreeNode) -> list[Node]:
    return [each for child in cell.children for each in _block(child)]


def _inline(node: SyntaxTreeNode) -> Iterator[Node]:
    """What stands within a line."""
    within = [each for child in node.children for each in _inline(child)]
    if node.type == "text":
        yield {"kind": "text", "text": node.content}
    elif node.type == "softbreak":
        yield {"kind": "text", "text": " "}
    elif node.type == "hardbreak":
        yield {"kind": "break"}
    elif node.type == "code_inline":
        yield {"kind": "mono", "text": node.content}
    elif node.type in _WITHIN:
        yield {"kind": _WITHIN[node.type], "of": list(_joined(iter(within)))}
    elif node.type == "link" and str(node.attrs.get("href", "")).lower().startswith(_SAFE):
        yield {"kind": "link", "to": str(node.attrs["href"]), "of": list(_joined(iter(within)))}
    elif node.type == "image":
        yield {"kind": "text", "text": node.content}
    else:
        yield from within


def _joined(nodes: Iterator[Node]) -> Iterator[Node]:
    """Neighbouring texts as one."""
    said = ""
    for node in nodes:
        if node["kind"] == "text":
            said += node["text"]
            continue
        if said:
            yield {"kind": "text", "text": said}
            said = ""
        yield node
    if said:
        yield {"kind": "text", "text": said}


def _lines(node: Node) -> Iterator[str]:
    if node["kind"] in ("list", "numbers"):
        for item in node["of"]:
            yield "- " + " ".join(line for each in item["of"] for line in _lines(each))
    elif node["kind"] == "quote":
        for each in node["of"]:
            yield from _lines(each)
    elif node["kind"] == "table":
        for row in node["rows"]:
            yield " | ".join("".join(map(_said, cell)) for cell in row)
    elif node["kind"] in ("paragraph", "heading", "code"):
        yield _said(node)


def _said(node: Node) -> str:
    if node["kind"] == "break":
        return " "
    return str(node["text"]) if "text" in node else "".join(_said(each) for each in node.get("of", []))

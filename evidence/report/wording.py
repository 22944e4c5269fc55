"""Cells of a report's tables, and places in the curator's words, as every format writes them."""

import re
from collections.abc import Mapping

from evidence.report.parts import Cell, Column
from evidence.wording import with_unit, written

NOTHING = "–"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$@^='\"/&])")
_CLAIM = re.compile(r"\{claim (\d{1,9})\}")


def cell_text(value: Cell, column: Column) -> str:
    """A cell as it is read: 31,848; 34.7 %; +7.1; a dash where there is nothing."""
    if value is None or (isinstance(value, float) and value != value):
        return NOTHING
    if isinstance(value, str) or column.kind == "text":
        return str(value)
    if column.kind == "number":
        return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"
    if column.kind == "points":
        return with_unit(float(value), "points").removesuffix(" points")
    return written(float(value), column.kind)


def literal_markdown(text: object) -> str:
    """A name as Markdown that shows exactly its characters, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def claims_named(text: str) -> list[int]:
    """The numbers of the claims that the words name as `{claim 3}`."""
    return [int(number) for number in _CLAIM.findall(text)]


def with_claims(text: str, sentences: Mapping[int, str]) -> str:
    """The words with each `{claim 3}` replaced by that claim's sentence, made literal; unknown ones say so."""

    def sentence(found: re.Match[str]) -> str:
        number = int(found[1])
        return literal_markdown(sentences[number]) if number in sentences else f"*(there is no claim {number})*"

    return _CLAIM.sub(sentence, text)

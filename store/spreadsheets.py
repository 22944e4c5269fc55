"""Tables for people's spreadsheets: CSV in which no cell is a formula."""

import io
import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

# What Excel, LibreOffice and Google Sheets take for the beginning of a formula, in half and in full width, also behind
# blanks and what cannot be seen; a tab or a line break before it moves it into a cell of its own.
# Ref: OWASP, "CSV Injection".
_BEGINS = r"[\s\x00-\x20\x{200B}\x{2060}\x{FEFF}]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|[\t\r\n]"
_FORMULA = re.compile(re.sub(r"\\x\{([0-9A-F]+)\}", r"\\u\1", _BEGINS))
# "+4.1 points [1.2, 7.0], not significant" and the like: signs, digits and these words call nothing and point nowhere.
_NUMBER = r"[+-]?\d(?:[\d.,%\s\[\]()+–-]|points?|to)*(?:not significant|one draw)?"
MARK = "'"  # what a spreadsheet takes for "this is text"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a cell with this text for a formula."""
    return _FORMULA.match(text) is not None


def harmless(text: str) -> str:
    """The text as a cell that stays text: with an apostrophe before what would be a formula. Numbers are left alone."""
    return f"{MARK}{text}" if is_formula(text) and not re.fullmatch(_NUMBER, text) else text


def without_formulas(table: pa.Table) -> pa.Table:
    """The table with every text and every column's name as a cell that stays text."""
    columns = [_harmless_column(column) for column in table.columns]
    return pa.table(columns, names=[harmless(name) for name in table.column_names])


def as_csv(table: pa.Table) -> bytes:
    """A table of texts and numbers as CSV with a header, in UTF-8; texts are quoted, and none is a formula."""
    out = io.BytesIO()
    pyarrow.csv.write_csv(without_formulas(table), out)
    return out.getvalue()


def _harmless_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    is_number = pc.match_substring_regex(column, f"^(?:{_NUMBER})$")
    is_one = pc.and_not(pc.match_substring_regex(column, f"^(?:{_BEGINS})"), is_number)
    marked = pc.binary_join_element_wise(pa.scalar(MARK, column.type), column, pa.scalar("", column.type))
    return pc.if_else(pc.fill_null(is_one, False), marked, column)

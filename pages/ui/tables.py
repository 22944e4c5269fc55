"""Tables on pages, which people download as CSV by a button of the table itself: no text in them is a formula."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from store.spreadsheets import harmless, without_formulas


def show(rows: Any, *, on: DeltaGenerator | None = None, **options: Any) -> Any:
    """Draw rows as `st.dataframe` does, with its options; what it gives back is given back.

    rows: a table of Arrow or pandas, dicts of columns or rows. on: where to draw; here by default.
    """
    return (on or st).dataframe(tidy(rows), **options)


def tidy(rows: Any) -> Any:
    """The rows with an apostrophe before each text that a spreadsheet would take for a formula."""
    if isinstance(rows, pa.Table):
        return without_formulas(rows)
    if isinstance(rows, pd.DataFrame):
        return rows.apply(lambda column: column.map(_cell)).rename(columns=_cell)
    if isinstance(rows, Mapping):
        return {_cell(name): _cells(column) for name, column in rows.items()}
    return [_of_row(row) for row in rows] if isinstance(rows, Sequence) and not isinstance(rows, str) else rows


def _of_row(row: Any) -> Any:
    return {_cell(name): _cell(value) for name, value in row.items()} if isinstance(row, Mapping) else _cell(row)


def _cells(column: Any) -> Any:
    return _cell(column) if isinstance(column, list | tuple) else column


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_cell(each) for each in value]
    return harmless(value) if isinstance(value, str) else value

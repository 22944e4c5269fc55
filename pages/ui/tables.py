"""Tables on pages, which people download as CSV by a button of the table itself: no text in them is a formula."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from store.spreadsheets import harmless, without_formulas


def show(rows: Any, *, on: DeltaGenerator | None = None, **options: Any) -> Any:
    """Draw rows as `st.dataframe` does, with its options; what it gives back is given back.

    rows: a table of Arrow or pandas, dicts of columns or rows. on: where to draw; here by default. Shares in [0, 1] of
    a column whose format is "percent" are drawn with one decimal each, as everywhere: "0.2 %" above "-84.0 %".
    """
    config = dict(options.pop("column_config", None) or {})
    shares = {name for name, column in config.items() if _format(column) == "percent"}
    config |= {name: _in_percent(config[name]) for name in shares}
    return (on or st).dataframe(tidy(_hundredfold(rows, shares)), column_config=config, **options)


def tidy(rows: Any) -> Any:
    """The rows with an apostrophe before each text that a spreadsheet would take for a formula."""
    if isinstance(rows, pa.Table):
        return without_formulas(rows)
    if isinstance(rows, pd.DataFrame):
        return rows.apply(lambda column: column.map(_cell)).rename(columns=_cell)
    if isinstance(rows, Mapping):
        return {_cell(name): _cells(column) for name, column in rows.items()}
    return [_of_row(row) for row in rows] if isinstance(rows, Sequence) and not isinstance(rows, str) else rows


def _format(column: Any) -> str | None:
    return (column.get("type_config") or {}).get("format") if isinstance(column, Mapping) else None


def _in_percent(column: Mapping[str, Any]) -> dict[str, Any]:
    """The column of shares as one of percents; Streamlit's own "percent" has none to two decimals, as they come."""
    about = dict(column["type_config"])
    for end in ("min_value", "max_value"):
        if about.get(end) is not None:
            about[end] = 100 * about[end]
    return {**column, "type_config": {**about, "format": "%.1f %%"}}


def _hundredfold(rows: Any, names: set[str]) -> Any:
    """The rows with the columns `names` in percents."""
    if not names:
        return rows
    if isinstance(rows, pa.Table):
        for name in names & set(rows.column_names):
            percents = pc.multiply(rows[name].cast(pa.float64()), 100.0)
            rows = rows.set_column(rows.schema.get_field_index(name), name, percents)
        return rows
    if isinstance(rows, pd.DataFrame):
        return rows.assign(**{name: 100 * rows[name] for name in names & set(rows.columns)})
    if isinstance(rows, Mapping):
        return {name: [_percent(v) for v in column] if name in names else column for name, column in rows.items()}
    return [{name: _percent(v) if name in names else v for name, v in row.items()} for row in rows]


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _of_row(row: Any) -> Any:
    return {_cell(name): _cell(value) for name, value in row.items()} if isinstance(row, Mapping) else _cell(row)


def _cells(column: Any) -> Any:
    return _cell(column) if isinstance(column, list | tuple) else column


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_cell(each) for each in value]
    return harmless(value) if isinstance(value, str) else value

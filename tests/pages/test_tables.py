"""Tables on pages can be downloaded: no text in them is a formula, and every page draws them that way."""

import ast

import pandas as pd
import pyarrow as pa
import pytest
import streamlit as st

from pages.ui.tables import show, tidy
from tests.support.places import PROJECT

PAGES = PROJECT / "pages"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"=n": "=1", "k": -1, "many": ["=2", 3]}], [{"'=n": "'=1", "k": -1, "many": ["'=2", 3]}]),
        ({"n": ["@x", "-4.5 %"], "=m": [1, None]}, {"n": ["'@x", "-4.5 %"], "'=m": [1, None]}),
        ([], []),
        (None, None),
    ],
)
def test_rows_and_columns_of_texts(rows, expected) -> None:
    assert tidy(rows) == expected


def test_tables_of_arrow_and_pandas() -> None:
    given = {"n": ["=1", "x"], "k": [-1, 2]}
    expected = {"n": ["'=1", "x"], "k": [-1, 2]}
    assert tidy(pa.table(given)).to_pydict() == expected
    assert tidy(pd.DataFrame(given)).to_dict("list") == expected


def test_no_page_draws_a_table_that_was_not_looked_through() -> None:
    wild = []
    for path in PAGES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "dataframe":
                wild.append(str(path.relative_to(PAGES)))
    assert wild == ["ui/tables.py"]


@pytest.mark.parametrize(
    "rows",
    [
        pa.table({"n": [1, 2], "share": [0.002, -0.8404]}),
        pd.DataFrame({"n": [1, 2], "share": [0.002, -0.8404]}),
        {"n": [1, 2], "share": [0.002, -0.8404]},
        [{"n": 1, "share": 0.002}, {"n": 2, "share": -0.8404}],
    ],
)
def test_shares_of_a_column_have_one_decimal_each(rows, monkeypatch) -> None:
    drawn = []
    monkeypatch.setattr(st, "dataframe", lambda table, **options: drawn.append((table, options)))
    bar = st.column_config.ProgressColumn(format="percent", min_value=-1.0, max_value=1)
    show(rows, column_config={"share": bar, "n": "Number", "other": bar}, hide_index=True)
    ((table, options),) = drawn
    about = options["column_config"]["share"]["type_config"]
    assert (about["format"], about["min_value"], about["max_value"]) == ("%.1f %%", -100, 100)
    assert options["column_config"]["n"] == "Number" and options["hide_index"] is True
    table = pd.DataFrame(table.to_pydict() if isinstance(table, pa.Table) else table)
    assert table["share"].tolist() == pytest.approx([0.2, -84.04]) and table["n"].tolist() == [1, 2]


def test_a_share_that_is_not_known_stays_unknown(monkeypatch) -> None:
    drawn = []
    monkeypatch.setattr(st, "dataframe", lambda table, **options: drawn.append(table))
    show([{"share": None}, {"share": 1.0}], column_config={"share": st.column_config.NumberColumn(format="percent")})
    show(
        pa.table({"share": pa.array([None, 1.0])}),
        column_config={"share": st.column_config.NumberColumn(format="percent")},
    )
    assert drawn[0] == [{"share": None}, {"share": 100.0}] and drawn[1]["share"].to_pylist() == [None, 100.0]

"""Tables on pages can be downloaded: no text in them is a formula, and every page draws them that way."""

import ast

import pandas as pd
import pyarrow as pa
import pytest

from pages.ui.tables import tidy
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

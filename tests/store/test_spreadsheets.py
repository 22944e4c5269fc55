"""CSV for people: no cell is a formula in a spreadsheet, numbers stay numbers, and the rest stays as it is."""

import csv
import io
import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.failures import to_csv
from store.gallery import PictureFilters, export_csv
from store.selections import as_csv, images_table
from store.spreadsheets import harmless, is_formula
from tests.support.small_workspace import failure_row, image_row, land, new_dataset

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+SUM(A1:A9)",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    '=HYPERLINK("http://x","y")',
    "\t=1",
    "\r=1",
    "\n=1",
    "\tplain",
    "  =1",
    "\u200b=1",
    "\ufeff=1",
    "＝1+1",
    "＋A1",
    "－A1",
    "＠A1",
    "=",
    "-",
)
PLAIN = ("a.png", "x=1", "a@b.c", "1-2", "", "'=1", "über", "–", "−", "🦊", "#1", "(=1)")
NUMBERS = (
    "-1",
    "+0.5",
    "-12.5 %",
    "+4.1 points [-1.0, +9.2]",
    "+4.1 points (-1.0 to +9.2)",
    "-1,000.25",
    "-0.3 points (-5.6 to +5.1), not significant",
    "+0.4 points, one draw",
)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_an_apostrophe_and_keeps_its_text(text) -> None:
    assert is_formula(text) and harmless(text) == f"'{text}"
    assert rows_of(as_csv(pa.table({"name": [text, None]})))[1] == [f"'{text}"]


@pytest.mark.parametrize("text", [*PLAIN, *NUMBERS])
def test_other_texts_and_numbers_stay_as_they_are(text) -> None:
    assert harmless(text) == text
    assert rows_of(as_csv(pa.table({"name": ["x", text]})))[2] == [text]


def test_headers_are_cells_too_and_numbers_keep_their_sign() -> None:
    table = pa.table({"=A1": pa.array([-1.5]), "n": pa.array([-3]), "kind": pa.array(["=1"]).dictionary_encode()})
    assert rows_of(as_csv(table)) == [["'=A1", "n", "kind"], ["-1.5", "-3", "'=1"]]


@settings(max_examples=200, derandomize=True)
@given(st.text() | st.sampled_from("=+-@\t\r ").flatmap(lambda first: st.text().map(lambda rest: first + rest)))
@pytest.mark.long
def test_no_cell_of_any_text_is_a_formula_and_both_ways_agree(text) -> None:
    cell = harmless(text)
    assert cell in (text, f"'{text}")
    if cell and cell[0] in "=+-@\t\r":  # a number, which calls nothing and points nowhere
        assert re.fullmatch(r"[+-]\d[^A-Za-z!|'\"=@$]*", re.sub("not significant|one draw|points?|to", "", cell))
    ((written,), *_) = rows_of(as_csv(pa.table({"n": [text or "x"]})))[1:] or [[""]]
    assert written == harmless(text or "x")


def test_every_download_of_the_store_is_harmless(workspace) -> None:
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("=cmd.png", source_url="@x y"), failure_row("+bad.png", reason="=1")])
    downloads = [
        export_csv(workspace, dataset.id, filters=PictureFilters()),
        as_csv(images_table(workspace, dataset.id, image_ids=[1])),
        to_csv(pa.table({"path": ["+bad.png"], "reason": ["=1"]})),
    ]
    for content in downloads:
        cells = [cell for row in rows_of(content) for cell in row]
        assert not any(is_formula(cell) for cell in cells) and any(cell.startswith("'") for cell in cells)

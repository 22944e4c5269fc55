"""The data dictionary: what stands in the file, joined with what docs/data-model.md and its pages say about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from store.connection import Workspace

DOCUMENT = Path(__file__).parents[1] / "docs" / "data-model.md"
_VECTOR_TABLE = re.compile(r"vector_\d+")
VECTOR_DOC = "vector_<id>"


@dataclass(frozen=True)
class ColumnDoc:
    """What the document says about a column."""

    name: str
    type: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class TableDoc:
    """What the document says about a table or view."""

    name: str
    is_view: bool
    meaning: str
    columns: tuple[ColumnDoc, ...]


@dataclass(frozen=True)
class SchemaColumn:
    """A column as the file has it."""

    name: str
    type: str
    nullable: bool


@dataclass(frozen=True)
class SchemaTable:
    """A table or view as the file has it."""

    name: str
    is_view: bool
    columns: tuple[SchemaColumn, ...]

    @property
    def doc_name(self) -> str:
        """The heading it has in the document: all tables of vectors share one."""
        return VECTOR_DOC if _VECTOR_TABLE.fullmatch(self.name) else self.name


@dataclass(frozen=True)
class _SchemaRow:
    table_name: str
    is_view: bool
    column_name: str
    type: str
    nullable: bool


@dataclass(frozen=True)
class Entry:
    """A table or view of the file with what is known of it; columns: column, type, unit, meaning."""

    name: str
    is_view: bool
    n_rows: int
    meaning: str
    columns: pa.Table


def read_document(path: Path = DOCUMENT) -> str:
    """The text of docs/data-model.md, then that of each page in the folder of its name beside it, by name."""
    pages = [path, *sorted(path.with_suffix("").glob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def describe(workspace: Workspace, *, text: str) -> list[Entry]:
    """Every table and view of the file, counted and joined with its description in `text`, in the order of `text`.

    text: as parse_document reads it; what it does not describe comes last, by name.
    """
    documents = parse_document(text)
    position = {name: i for i, name in enumerate(documents)}
    tables = sorted(read_schema(workspace), key=lambda table: position.get(table.doc_name, len(position)))
    return [_entry(workspace, table, documents.get(table.doc_name)) for table in tables]


def search_entries(entries: Sequence[Entry], words: str) -> list[Entry]:
    """The entries that hold every word, in their name, meaning, columns or the columns' meanings; columns that
    hold none of them are left out unless the table itself is what was looked for.
    """
    terms = words.lower().split()
    return [hit for hit in (_matching(entry, terms) for entry in entries) if hit is not None]


def read_schema(workspace: Workspace) -> list[SchemaTable]:
    """Every table and view of the file with its columns, by name."""
    tables: dict[str, tuple[bool, list[SchemaColumn]]] = {}
    for row in workspace.all("schema_columns", _SchemaRow):
        _, columns = tables.setdefault(row.table_name, (row.is_view, []))
        columns.append(SchemaColumn(row.column_name, row.type, row.nullable))
    return [SchemaTable(name, is_view, tuple(columns)) for name, (is_view, columns) in tables.items()]


def count_rows(workspace: Workspace, table: SchemaTable) -> int:
    """How many rows a table or view of the file has."""
    return workspace.count("count_rows", table_name=table.name)


def parse_document(text: str) -> dict[str, TableDoc]:
    """The tables that a text like docs/data-model.md describes, by name.

    A table begins with a heading "### `name`" or "### `name` (view)"; the text before its Markdown table is its
    meaning; the Markdown table's rows are "| `column` | type | unit | meaning |".
    """
    tables = {}
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        match = re.fullmatch(r"`([^`]+)`( \(view\))?", heading.strip())
        if match:
            body = re.split(r"^##? ", body, flags=re.MULTILINE)[0]
            tables[match[1]] = TableDoc(match[1], bool(match[2]), _meaning(body), _columns(body))
    return tables


def _entry(workspace: Workspace, table: SchemaTable, doc: TableDoc | None) -> Entry:
    described = {column.name: column for column in doc.columns} if doc else {}
    nothing = ColumnDoc("", "", "", "Not described.")
    columns = pa.table(
        {
            "column": [column.name for column in table.columns],
            "type": [column.type for column in table.columns],
            "unit": [described.get(column.name, nothing).unit for column in table.columns],
            "meaning": [described.get(column.name, nothing).meaning for column in table.columns],
        }
    )
    meaning = doc.meaning if doc else "Not described."
    return Entry(table.name, table.is_view, count_rows(workspace, table), meaning, columns)


def _matching(entry: Entry, terms: Sequence[str]) -> Entry | None:
    about = f"{entry.name} {entry.meaning}".lower()
    rows = [" ".join(map(str, row.values())).lower() for row in entry.columns.to_pylist()]
    if not all(word in about or any(word in row for row in rows) for word in terms):
        return None
    hits = [any(word in row for word in terms) for row in rows]
    if any(hits) and not any(word in entry.name.lower() for word in terms):
        return replace(entry, columns=entry.columns.filter(pa.array(hits)))
    return entry


def _meaning(body: str) -> str:
    before = body.partition("\n|")[0] if not body.startswith("|") else ""
    return " ".join(before.split())


def _columns(body: str) -> tuple[ColumnDoc, ...]:
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+?) \| ([^|]*?) ?\| (.+?) \|$", body, flags=re.MULTILINE)
    return tuple(ColumnDoc(*row) for row in rows)

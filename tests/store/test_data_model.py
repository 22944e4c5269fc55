"""docs/data-model.md, with its pages, and the schema say the same, both ways."""

import re

from store.connection import Workspace
from store.dictionary import (
    VECTOR_DOC,
    SchemaTable,
    TableDoc,
    count_rows,
    describe,
    parse_document,
    read_document,
    read_schema,
    search_entries,
)
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset

TEXT = read_document()
SAMPLE = """
## Things

### `thing`

One row is a thing,
of any kind.

| column | type | unit | meaning |
|---|---|---|---|
| `id` | INTEGER | | Its number. |
| `weight` | DOUBLE | kg | How heavy: `0` is nothing. |

## Other things

### `seen` (view)

One row is a thing that is seen.

| column | type | unit | meaning |
|---|---|---|---|
| `labels` | INTEGER[] | | Several. |
"""


def land_all_kinds(workspace: Workspace) -> None:
    """Rows for every kind of table: also vectors."""
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png", label=0), image_row("b.png")])
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))


FILLED_BY = {"workspace": land_all_kinds}


def differences(documents: dict[str, TableDoc], tables: list[SchemaTable]) -> list[str]:
    """What the document and the schema say differently, one sentence each."""
    schema = {table.doc_name: table for table in tables}
    wrong = [f"{name} is not described" for name in schema.keys() - documents.keys()]
    wrong += [f"{name} is described but not there" for name in documents.keys() - schema.keys()]
    for name in schema.keys() & documents.keys():
        doc, table = documents[name], schema[name]
        if doc.is_view != table.is_view:
            wrong.append(f"{name} is {'a view' if table.is_view else 'a table'}")
        described = [(column.name, column.type) for column in doc.columns]
        there = [(column.name, re.sub(r"FLOAT\[\d+\]", "FLOAT[dim]", column.type)) for column in table.columns]
        wrong += [
            f"{name}.{column} {kind} is not described so" for column, kind in there if (column, kind) not in described
        ]
        wrong += [f"{name}.{column} {kind} is not there" for column, kind in described if (column, kind) not in there]
        if not wrong and described != there:
            wrong.append(f"{name}: the columns come in the order {', '.join(column for column, _ in there)}")
    return wrong


def test_the_document_describes_the_schema_and_nothing_else(workspace) -> None:
    wrong = differences(parse_document(TEXT), read_schema(workspace))
    assert not wrong, "\n".join(wrong)


def test_a_row_of_the_document_that_cannot_be_read_is_not_lost_silently() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]
    assert sum(len(doc.columns) for doc in parse_document(TEXT).values()) == len(rows)


def test_a_difference_of_each_kind_is_seen(workspace) -> None:
    schema = read_schema(workspace)
    for changed, expected in (
        (TEXT.replace("| `split` | VARCHAR |", "| `split` | INTEGER |"), "image.split"),
        (TEXT.replace("| `phash` |", "| `fhash` |"), "image.fhash"),
        (TEXT.replace("### `segment`", "### `segments`"), "segment is not described"),
        (TEXT.replace("### `current_label` (view)", "### `current_label`"), "current_label is a view"),
    ):
        assert any(expected in sentence for sentence in differences(parse_document(changed), schema)), expected


def test_a_document_is_read_by_table_and_column() -> None:
    found = parse_document(SAMPLE)
    assert list(found) == ["thing", "seen"]
    assert found["thing"].meaning == "One row is a thing, of any kind."
    weight = found["thing"].columns[1]
    assert (weight.name, weight.type, weight.unit, weight.meaning) == (
        "weight",
        "DOUBLE",
        "kg",
        "How heavy: `0` is nothing.",
    )
    assert found["seen"].is_view
    assert found["seen"].columns[0].type == "INTEGER[]"
    assert found["seen"].columns[0].unit == ""


def test_a_page_in_the_documents_folder_belongs_to_it(tmp_path) -> None:
    (tmp_path / "data-model.md").write_text("# The model\n" + SAMPLE)
    (tmp_path / "data-model").mkdir()
    (tmp_path / "data-model" / "b.md").write_text("# B\n\n### `last`\n\nOne row is a b.\n")
    (tmp_path / "data-model" / "a.md").write_text(SAMPLE.replace("`thing`", "`a_thing`").replace("`seen`", "`a_seen`"))
    found = parse_document(read_document(tmp_path / "data-model.md"))
    assert list(found) == ["thing", "seen", "a_thing", "a_seen", "last"]
    assert found["a_seen"].meaning == "One row is a thing that is seen."
    assert found["a_seen"].columns == found["seen"].columns
    assert found["last"].meaning == "One row is a b."


def test_rows_are_counted_table_by_table(workspace) -> None:
    counted = {table.name: count_rows(workspace, table) for table in read_schema(workspace)}
    assert (counted["image"], counted["current_label"], counted["vector_1"], counted["decision"]) == (2, 2, 2, 0)


def test_every_table_of_vectors_shares_one_description(workspace) -> None:
    names = {table.name: table.doc_name for table in read_schema(workspace)}
    assert names["vector_1"] == VECTOR_DOC
    assert names["image"] == "image"


def test_entries_join_the_file_with_the_document(workspace) -> None:
    entries = {entry.name: entry for entry in describe(workspace, text=TEXT)}
    assert entries["image"].n_rows == 2
    assert entries["image"].meaning.startswith("One row is an image whose file could be read.")
    bytes_row = next(row for row in entries["image"].columns.to_pylist() if row["column"] == "bytes")
    assert bytes_row == {"column": "bytes", "type": "BIGINT", "unit": "bytes", "meaning": "Size of the file."}
    assert "Not described." not in str([entry.columns.to_pylist() for entry in entries.values()])


def test_search_finds_tables_by_name_and_columns_by_meaning(workspace) -> None:
    entries = describe(workspace, text=TEXT)
    assert search_entries(entries, "") == entries
    by_column = {entry.name: entry.columns["column"].to_pylist() for entry in search_entries(entries, "perceptual")}
    assert by_column == {name: ["phash"] for name in ("image", "current_image", "kept_image")}
    by_name = {entry.name: entry.columns.num_rows for entry in search_entries(entries, "SEGMENT")}
    assert by_name["segment"] == 5
    assert search_entries(entries, "perceptual giraffe") == []

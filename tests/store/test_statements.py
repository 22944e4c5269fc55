"""Named statements: one file a store module, every name once, every statement used."""

import ast
import re

import pytest

from store.errors import BadStatements, StoreError, UnknownStatement
from store.statements import FOLDER, read_statements, sql, vector_sql, vector_table
from tests.support.places import PROJECT

STORE = PROJECT / "store"
TAKE_A_NAME = ("sql", "vector_sql", "read", "rows", "all", "first", "one", "value", "count")


def texts(source: str) -> set[str]:
    """Every text that stands in a module."""
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def asked_for(source: str) -> set[str]:
    """The names that a module gives to what takes a statement's name."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in TAKE_A_NAME
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def modules() -> dict[str, str]:
    """The text of every module of the store, and of what reads its statements in a notebook, by name."""
    notebook = [PROJECT / "vitrine" / "reading.py", PROJECT / "vitrine" / "tables.py"]
    texts_of = {path.stem: path.read_text(encoding="utf-8") for path in [*STORE.glob("*.py"), *notebook]}
    assert len(texts_of) == len([*STORE.glob("*.py")]) + len(notebook), "two of them have one name"
    return texts_of


def test_every_statement_names_the_columns_that_come_out():
    for statements in read_statements(FOLDER).values():
        for name, text in statements.items():
            assert text.startswith("-- out: "), name


def test_every_file_of_statements_belongs_to_a_module_that_uses_it():
    sources = modules()
    for stem, statements in read_statements(FOLDER).items():
        assert stem in sources, f"store/sql/{stem}.sql has no store/{stem}.py beside it"
        assert statements.keys() & texts(sources[stem]), f"store/{stem}.py uses nothing of its file"


def test_every_statement_is_used():
    used = set().union(*(texts(source) for source in modules().values()))
    unused = [name for statements in read_statements(FOLDER).values() for name in statements if name not in used]
    assert not unused, unused


def test_every_statement_that_is_asked_for_is_there():
    there = {name for statements in read_statements(FOLDER).values() for name in statements}
    missing = {f"{stem}: {name}" for stem, source in modules().items() for name in asked_for(source) - there}
    assert not missing, missing


def test_an_unknown_statement_is_refused_in_a_sentence():
    with pytest.raises(UnknownStatement) as refused:
        sql("no_such_statement")
    assert str(refused.value) == "No file of store/sql has a statement `-- name: no_such_statement`."
    assert isinstance(refused.value, KeyError) and isinstance(refused.value, StoreError)


def test_statements_are_read_from_every_file_of_the_folder(tmp_path):
    (tmp_path / "colours.sql").write_text("-- name: one\n-- out: n\nSELECT 1 AS n\n\n-- name: two\nSELECT 2\n")
    (tmp_path / "shapes.sql").write_text("-- about shapes\n\n-- name: three\nSELECT 3 -- of them\n")
    assert read_statements(tmp_path) == {
        "colours": {"one": "-- out: n\nSELECT 1 AS n\n", "two": "SELECT 2\n"},
        "shapes": {"three": "SELECT 3 -- of them\n"},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-- name: one\n-- out: nothing\n", "nothing stands under"),
        ("SELECT 1\n-- name: one\nSELECT 1", "no line"),
        ("-- name: one\nSELECT 1\n-- name: one\nSELECT 2", "a.sql gives the name one again, which a.sql has given"),
        ("-- name: not a name\nSELECT 1", "is no name for a statement"),
        ("-- name:\nSELECT 1", "is no name for a statement"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path, text, message):
    (tmp_path / "a.sql").write_text(text)
    with pytest.raises(BadStatements, match=message):
        read_statements(tmp_path)


def test_a_name_is_given_once_in_all_files(tmp_path):
    for stem in ("a", "b"):
        (tmp_path / f"{stem}.sql").write_text("-- name: one\nSELECT 1")
    with pytest.raises(BadStatements, match="b.sql gives the name one again, which a.sql has given"):
        read_statements(tmp_path)


@pytest.mark.parametrize("space_id", [0, -1, 10**12])
def test_a_vector_tables_name_is_checked(space_id):
    with pytest.raises(ValueError, match="positive whole number"):
        vector_table(space_id)


def test_a_statement_about_vectors_names_the_table_of_its_space():
    assert "FROM vector_7" in vector_sql("count_vectors", space_id=7)
    assert "FLOAT[3]" in vector_sql("create_vector_table", space_id=7, dim=3)


def test_every_insert_names_its_columns():
    """A column that a later migration adds must not shift what an older statement writes."""
    for statements in read_statements(FOLDER).values():
        for name, text in statements.items():
            inserts = re.findall(r"INSERT INTO \S+ *(\(|BY NAME)?", text)
            assert all(inserts), name

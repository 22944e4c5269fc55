"""Rows with types: columns become fields, and what does not fit is refused where it comes in."""

import datetime
from dataclasses import dataclass

import pyarrow as pa
import pytest

from store.errors import RowMismatch
from store.rows import JsonObject, rows_of

NOON = datetime.datetime(2024, 5, 1, 12)


@dataclass(frozen=True)
class Bird:
    """A field of each kind."""

    id: int
    name: str
    weight: float
    is_ringed: bool
    seen_at: datetime.datetime
    picture: bytes
    labels: list[int]
    names: tuple[str, ...]
    about: JsonObject


@dataclass(frozen=True)
class Maybe:
    """Fields that know None."""

    id: int | None
    labels: list[int] | None
    shares: list[float | None]
    about: JsonObject | None


def bird_table(**changed: pa.Array) -> pa.Table:
    """One bird."""
    columns = {
        "id": pa.array([1], pa.int64()),
        "name": pa.array(["wren"]),
        "weight": pa.array([9.5], pa.float32()),
        "is_ringed": pa.array([True]),
        "seen_at": pa.array([NOON], pa.timestamp("us")),
        "picture": pa.array([b"\x00"]),
        "labels": pa.array([[1, 2]], pa.list_(pa.int32())),
        "names": pa.array([["a", "b"]]),
        "about": pa.array(['{"ring": 7}']),
    }
    return pa.table(columns | changed)


def test_each_column_becomes_the_field_of_its_name():
    assert rows_of(bird_table(), Bird) == [
        Bird(1, "wren", 9.5, True, NOON, b"\x00", [1, 2], ("a", "b"), {"ring": 7}),
    ]


def test_columns_without_a_field_are_left_out_and_no_row_is_no_row():
    assert rows_of(bird_table(other=pa.array([3])), Bird) == rows_of(bird_table(), Bird)
    assert rows_of(bird_table().slice(0, 0), Bird) == []


def test_nulls_reach_fields_that_know_none():
    table = pa.table(
        {
            "id": pa.nulls(1, pa.int32()),
            "labels": pa.nulls(1),
            "shares": pa.array([[0.5, None]], pa.list_(pa.float64())),
            "about": pa.nulls(1, pa.string()),
        }
    )
    assert rows_of(table, Maybe) == [Maybe(None, None, [0.5, None], None)]


def test_json_that_is_null_is_an_empty_object():
    assert rows_of(bird_table(about=pa.nulls(1, pa.string())), Bird)[0].about == {}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"id": pa.array(["1"])}, "Bird.id is given a column of the type string"),
        ({"id": pa.array([1.0])}, "Bird.id is given a column of the type double"),
        ({"id": pa.array([True])}, "Bird.id is given a column of the type bool"),
        ({"weight": pa.array([1])}, "Bird.weight is given a column of the type int64"),
        ({"name": pa.nulls(1, pa.string())}, "Bird.name is given a null, which it does not know"),
        ({"labels": pa.array([["a"]])}, "Bird.labels is given a column of the type list"),
        ({"labels": pa.array([[1, None]])}, "Bird.labels is given a list with a null in it"),
        ({"about": pa.array(["[1]"])}, "Bird.about is given JSON that is no object"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changed, message):
    with pytest.raises(RowMismatch, match=message):
        rows_of(bird_table(**changed), Bird)


def test_a_field_without_a_column_is_refused_by_name():
    with pytest.raises(RowMismatch, match="Bird.name has no column; the columns are id"):
        rows_of(bird_table().drop_columns(["name"]), Bird)


def test_a_type_that_no_column_has_is_refused():
    @dataclass
    class Odd:
        shape: complex

    with pytest.raises(TypeError, match="shape: a row cannot be given a field of the type"):
        rows_of(bird_table(), Odd)


@dataclass(frozen=True)
class Number:
    """A row of the table migration."""

    number: int


@dataclass(frozen=True)
class ClassName:
    """A row of class_names."""

    name: str


def test_statements_are_read_as_rows_as_one_row_and_as_a_value(workspace):
    numbers = workspace.all("applied_migrations", Number)
    assert numbers[0] == workspace.first("applied_migrations", Number) == Number(1)
    assert workspace.count("applied_migrations") == workspace.value("applied_migrations", int) == 1
    with pytest.raises(RowMismatch, match=f"applied_migrations gives {len(numbers)} rows where one is expected"):
        workspace.one("applied_migrations", Number)
    with pytest.raises(RowMismatch, match="applied_migrations gives 1, which is no str"):
        workspace.value("applied_migrations", str)


def test_where_there_is_no_row_there_is_none_and_nothing_to_count(workspace):
    assert workspace.first("class_names", ClassName, dataset_id=7) is None
    assert workspace.value("run_dataset", int, run_id=7) is None
    with pytest.raises(RowMismatch, match="run_dataset gives None, which is no int"):
        workspace.count("run_dataset", run_id=7)

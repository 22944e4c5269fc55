"""The SQL statements of store/sql, read once; and the one identifier that is ever put into one."""

import functools
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"
_VECTOR_TABLE = re.compile(r"vector_[1-9][0-9]{0,8}")


@functools.cache
def sql(name: str) -> str:
    """The text of store/sql/<name>.sql."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def vector_table(space_id: int) -> str:
    """The name of an embedding space's table: the only identifier a statement is ever given."""
    name = f"vector_{int(space_id)}"
    if not _VECTOR_TABLE.fullmatch(name):
        raise ValueError(f"space_id must be a positive whole number, not {space_id!r}")
    return name


def vector_sql(name: str, *, space_id: int, dim: int | None = None) -> str:
    """A statement of store/sql with its `{vector_table}` (and `{dim}`) filled in."""
    text = sql(name).replace("{vector_table}", vector_table(space_id))
    return text if dim is None else text.replace("{dim}", str(int(dim)))

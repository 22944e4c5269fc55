"""The SQL statements of store/sql, read once; and the one identifier that is ever put into one.

A file of store/sql holds the statements of the store module of its name, each under a line `-- name: gallery_page`
(the format of the library aiosql), then comments that list the columns that come out, then the statement.
"""

import functools
import re
from pathlib import Path

from store.errors import BadStatements, UnknownStatement

FOLDER = Path(__file__).parent / "sql"
_NAME = re.compile(r"^-- name: *(.*)$", flags=re.MULTILINE)
_VECTOR_TABLE = re.compile(r"vector_[1-9][0-9]{0,8}")


def sql(name: str) -> str:
    """The text of the statement `name`, comments included; raises UnknownStatement."""
    try:
        return _all_statements()[name]
    except KeyError:
        raise UnknownStatement(f"No file of store/sql has a statement `-- name: {name}`.") from None


def vector_table(space_id: int) -> str:
    """The name of an embedding space's table: the only identifier a statement is ever given."""
    name = f"vector_{int(space_id)}"
    if not _VECTOR_TABLE.fullmatch(name):
        raise ValueError(f"space_id must be a positive whole number, not {space_id!r}")
    return name


def vector_sql(name: str, *, space_id: int, dim: int | None = None) -> str:
    """A statement with its `{vector_table}` (and `{dim}`) filled in."""
    text = sql(name).replace("{vector_table}", vector_table(space_id))
    return text if dim is None else text.replace("{dim}", str(int(dim)))


def read_statements(folder: Path) -> dict[str, dict[str, str]]:
    """The statements of a folder: text by name, by the stem of the file that holds it.

    Raises BadStatements, naming the file, for a statement without a name or a text, and for a name given twice.
    """
    by_file: dict[str, dict[str, str]] = {}
    file_of: dict[str, str] = {}
    for path in sorted(folder.glob("*.sql")):
        statements = by_file[path.stem] = {}
        before, *parts = _NAME.split(path.read_text(encoding="utf-8"))
        if _without_comments(before):
            raise BadStatements(f"{path.name} begins with a statement that has no line `-- name: ...` above it.")
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            name = name.strip()
            if not name.isidentifier():
                raise BadStatements(f"{path.name}: {name!r} is no name for a statement; use letters, digits and _.")
            if not _without_comments(text):
                raise BadStatements(f"{path.name}: nothing stands under `-- name: {name}`.")
            if name in file_of:
                raise BadStatements(f"{path.name} gives the name {name} again, which {file_of[name]} has given.")
            file_of[name] = path.name
            statements[name] = f"{text.strip()}\n"
    return by_file


@functools.cache
def _all_statements() -> dict[str, str]:
    return {name: text for statements in read_statements(FOLDER).values() for name, text in statements.items()}


def _without_comments(text: str) -> str:
    return re.sub(r"--.*", "", text).strip()

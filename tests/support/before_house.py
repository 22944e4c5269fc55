"""A workspace that was written by the code of commit e9fcc3f, before the house was rebuilt (schema 18).

40 pictures drawn by code (circles, squares, stripes; one label wrong, one file twice, one nearly twice, one broken),
imported, embedded by the default encoder, and put through every kind of job that a CPU does in a minute; then people
decided, named, selected and froze two versions. One zero-shot job was killed, and can be resumed. What stood in the
file when that code closed it is in `recorded.json`, beside the workspace in the archive.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb

from tests.support.places import PROJECT

ARCHIVE = PROJECT / "tests" / "data" / "workspace_before_house.zip"
DATASET = "shapes"
_MADE_AT = "/tmp/vitrine-before"


def workspace_before_house(folder: Path) -> Path:
    """Unpack it into `folder`, and let its paths lead there; the workspace's folder, which nobody has opened since."""
    with zipfile.ZipFile(ARCHIVE) as packed:
        packed.extractall(folder)
    root = folder / "workspace"
    for path in root.glob("jobs/*/*.json"):
        path.write_text(path.read_text(encoding="utf-8").replace(_MADE_AT, str(folder)), encoding="utf-8")
    with duckdb.connect(str(root / "vitrine.duckdb")) as connection:
        for table, column in (("dataset", "root"), ("run", "parameters"), ("job", "parameters")):
            statement = f"UPDATE {table} SET {column} = replace({column}, $before, $now)"
            connection.execute(statement, {"before": _MADE_AT, "now": str(folder)})
    return root


def recorded() -> dict[str, Any]:
    """What stood in the file when the code before closed it."""
    with zipfile.ZipFile(ARCHIVE) as packed:
        content: dict[str, Any] = json.loads(packed.read("recorded.json"))
    return content

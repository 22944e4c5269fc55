"""Reference results: what others have published of a dataset, typed in or read from a CSV, to compare runs with."""

import csv
import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadReference
from store.statements import sql

LONGEST = 200  # characters of a name or a source
MOST_BYTES = 1_000_000  # of a CSV
WHOLE = "balanced accuracy"  # what the row of the mean is called in a CSV


@dataclass(frozen=True)
class Reference:
    """A published result. recalls: by class index in [0, 1], None where not published.

    set_id, set_name: the evaluation set it was measured on, if it is one of the dataset's; None: another one.
    """

    id: int
    name: str
    balanced_accuracy: float
    recalls: tuple[float | None, ...]
    set_id: int | None
    set_name: str | None
    source: str
    who: str
    created_at: datetime.datetime


@dataclass(frozen=True)
class Figures:
    """What a CSV holds: recalls by class index (None: not in it), and the balanced accuracy where it has that row."""

    recalls: tuple[float | None, ...]
    balanced_accuracy: float | None


def list_references(workspace: Workspace, dataset_id: int) -> list[Reference]:
    """The dataset's reference results, by name."""
    return workspace.all("list_references", Reference, dataset_id=dataset_id)


@does("save_reference")
def save_reference(
    workspace: Workspace,
    dataset_id: int,
    *,
    name: str,
    recalls: Sequence[float | None],
    balanced_accuracy: float | None = None,
    source: str,
    set_id: int | None = None,
    who: str,
) -> int:
    """Keep a published result; its number. Without a balanced accuracy it is the mean of the recalls, if all are known.

    Raises BadReference for no name or source, a figure outside [0, 1], and where there is no figure at all.
    """
    for what, text in (("name", name), ("source", source)):
        if not text.strip() or len(text.strip()) > LONGEST:
            raise BadReference(f"A reference needs a {what} of 1 to {LONGEST} characters; not {len(text.strip())}.")
    published = [value for value in recalls if value is not None]
    if balanced_accuracy is None:
        if not published or len(published) < len(recalls):
            raise BadReference("Give the balanced accuracy, or the recall of every class: it is their mean.")
        balanced_accuracy = sum(published) / len(published)
    for value in (balanced_accuracy, *published):
        if not 0 <= value <= 1:
            raise BadReference(f"A share lies between 0 and 1 (0.3622 for 36.22 %); {value:g} does not.")
    if any(one.name.casefold() == name.strip().casefold() for one in list_references(workspace, dataset_id)):
        raise BadReference(f"There is a reference called {name.strip()!r} already. Forget it, or choose another name.")
    values = {"dataset_id": dataset_id, "name": name.strip(), "balanced_accuracy": float(balanced_accuracy)}
    values |= {"recalls": [None if value is None else float(value) for value in recalls], "set_id": set_id}
    values |= {"source": source.strip(), "who": who, "created_at": utc_now()}
    with workspace.writing(dataset_id) as cursor:
        return int(cursor.execute(sql("insert_reference"), values).fetchall()[0][0])


@does("delete_reference")
def delete_reference(workspace: Workspace, dataset_id: int, *, reference_id: int) -> None:
    """Forget a reference; a number that is not there changes nothing."""
    with workspace.writing(dataset_id) as cursor:
        cursor.execute(sql("delete_reference"), {"reference_id": reference_id, "dataset_id": dataset_id})


def read_csv(content: bytes, *, names: Sequence[str]) -> Figures:
    """Figures from a CSV whose columns are class (index or name) and recall (0.3088, or 30.88 %).

    A row whose class is `balanced accuracy` gives that. Raises BadReference, which names the line and the value.
    """
    if len(content) > MOST_BYTES:
        raise BadReference(f"This file has {len(content):,} bytes; a line for each class takes far fewer.")
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadReference(f"This is no CSV in UTF-8 ({error}). Its columns are class,recall.") from error
    if rows and [cell.strip().lower() for cell in rows[0][:2]] == ["class", "recall"]:
        rows[0] = []
    recalls: list[float | None] = [None] * len(names)
    whole = None
    by_name = {name.casefold(): index for index, name in enumerate(names)}
    for line, row in enumerate(rows, start=1):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) < 2:
            raise BadReference(f"Line {line} holds {row[0]!r} alone; each line is a class and its recall.")
        key, value = row[0].strip().casefold(), _share(row[1], line=line)
        if key == WHOLE:
            whole = value
            continue
        index = by_name.get(key, int(key) if key.isdecimal() and len(key) < 9 else -1)
        if not 0 <= index < len(names):
            raise BadReference(f"Line {line}: there is no class {row[0].strip()!r} (0 to {len(names) - 1}, or a name).")
        if recalls[index] is not None:
            raise BadReference(f"Line {line}: the class {row[0].strip()!r} comes twice.")
        recalls[index] = value
    return Figures(tuple(recalls), whole)


def _share(text: str, *, line: int) -> float:
    """0.3088 of "0.3088", ".3088" or "30.88 %"."""
    bare = text.strip()
    percent = bare.endswith("%")
    try:
        value = float(bare.removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise BadReference(f"Line {line}: a recall lies between 0 and 1, or ends in %; {bare!r} does not.")
    return value

"""A table of pictures as a folder that can be imported: a link a picture, and the table beside them as CSV."""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np

from vitrine.errors import NotShown

if TYPE_CHECKING:
    import pandas as pd

TABLE = "table.csv"
PATHS = ("path", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "img", "picture")


def folder_of_links(
    table: Any, folder: Path, *, path: str = "", label: str = "", split: str = ""
) -> tuple[Path, list[str]]:
    """Make `folder` with a link to each picture of `table`, and the words that `vitrine import` needs for it.

    table: a row a picture. path, label, split: its columns; "" looks for the usual names. Which columns hold labels and
    splits is told by the import, as of any table beside pictures. Where links may not be made the pictures are copied.
    Raises KeyError, TypeError, NotShown where no path leads to a file.
    """
    frame = _frame(table)
    for column in filter(None, (path, label, split)):
        if column not in frame.columns:
            raise KeyError(f"The table has no column {column!r}. It has: {', '.join(map(str, frame.columns))}.")
    key = path or _path_column(frame)
    folder.mkdir(parents=True)
    names = _linked([Path(os.path.abspath(os.path.expanduser(str(value)))) for value in frame[key]], folder)
    if len(frame.columns) == 1:
        return folder, ["--follow-links=yes"]
    written = frame.map(_cell)
    written[key] = names
    written.to_csv(folder / TABLE, index=False)
    if not (label or split):
        return folder, ["--follow-links=yes"]
    named = {"path": key, "label": label, "split": split}
    said = urlencode({role: column for role, column in named.items() if column})
    return folder, ["--follow-links=yes", f"--reading=labels:{TABLE}?{said}"]


def _frame(table: Any) -> "pd.DataFrame":
    frame = table.to_pandas() if hasattr(table, "to_pandas") else table
    if not hasattr(frame, "columns") or not hasattr(frame, "to_csv"):
        raise TypeError(f"show takes a folder or a table of pictures, not {type(table).__name__}.")
    frame = frame.reset_index(drop=True)
    return frame.rename(columns=str)  # type: ignore[no-any-return]  # whatever gave it


def _path_column(frame: "pd.DataFrame") -> str:
    """The column of paths: by its name, or by what its first value is."""
    by_name = {str(column).lower(): str(column) for column in reversed(list(frame.columns))}
    for name in PATHS:
        if name in by_name:
            return by_name[name]
    for column in frame.columns:
        values = frame[column].dropna()
        if (
            len(values)
            and isinstance(values.iloc[0], str | os.PathLike)
            and Path(values.iloc[0]).expanduser().is_file()
        ):
            return str(column)
    raise NotShown(
        f"No column of the table looks like paths of pictures; name it with path=. It has: {', '.join(frame.columns)}."
    )


def _linked(paths: Sequence[Path], folder: Path) -> list[str]:
    """The name of each path's link; a path that occurs twice has one. Raises NotShown where none leads to a file."""
    names: dict[Path, str] = {}
    for path in paths:
        names.setdefault(path, f"{len(names) + 1:06d} {path.name}")
    if not any(path.is_file() for path in names):
        first = ", ".join(str(path) for path in list(names)[:3])
        raise NotShown(f"None of the table's paths leads to a file. The first: {first or 'there are no rows'}.")
    for path, name in names.items():
        try:
            (folder / name).symlink_to(path)  # also where it leads nowhere: then the import says so
        except OSError:  # Windows lets few people make links
            if path.is_file():
                shutil.copyfile(path, folder / name)
    return [names[path] for path in paths]


def _cell(value: Any) -> Any:
    """A cell as a label file has it: several labels of one picture as a list in JSON."""
    if isinstance(value, np.ndarray | list | tuple | set):
        return json.dumps([str(item) for item in value])
    return value

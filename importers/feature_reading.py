"""Which column of a table of features is the id, the label, the split, and which are the features."""

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ID_NAMES: tuple[str, ...] = ("id", "image_id", "imageid", "image", "image_name", "img", "path", "image_path")
ID_NAMES += ("filepath", "file_path", "filename", "file_name", "file", "name", "key", "uuid", "sample", "index")
LABEL_NAMES = ("label", "labels", "class", "class_name", "classname", "class_id", "category", "target", "y", "species")
SPLIT_NAMES = ("split", "subset", "partition", "set", "fold_name")
VECTOR_NAMES = ("vector", "vectors", "embedding", "embeddings", "features", "feature", "x", "emb", "arr_0")
NO_COLUMN = "none"
LOOKED_AT = 1 << 20  # bytes from a file's start by which it is read
_ROWS_LOOKED_AT = 40
_SEPARATORS = ",;\t|"
_MAX_TOLD = 6


class FeaturesRefused(Exception):
    """A file that cannot be read as a table of features; the text says why and what to do."""


@dataclass(frozen=True)
class Asked:
    """What a person said of the columns, by name or number from 1; "": nothing was said, "none": there is none."""

    id: str = ""
    label: str = ""
    split: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """How a table is read. columns: all names in order; has_header: whether they stand in the file. id None: by row.

    vector: one column that holds whole lists, in place of `features`. guessed: what nobody said and no heading says.
    """

    columns: tuple[str, ...]
    features: tuple[str, ...]
    id: str | None = None
    label: str | None = None
    split: str | None = None
    left_out: tuple[str, ...] = ()
    has_header: bool = True
    separator: str = ","
    vector: str | None = None
    guessed: bool = False
    encoding: str = "utf8"

    def sentence(self) -> str:
        """What was understood, for a person to check."""
        where = "" if self.has_header else " (the file has no heading, columns are numbered)"
        features = f"column {self.vector} holds the features" if self.vector else self._features()
        parts = [
            f"the id is column {self.id}" if self.id else "no column is an id: rows are numbered",
            f"the label is column {self.label}" if self.label else "there is no label",
            *([f"the split is column {self.split}"] if self.split else []),
            features,
            *([f"left out: {', '.join(self.left_out[:_MAX_TOLD])}"] if self.left_out else []),
        ]
        text = "; ".join(parts) + where
        return f"{text[0].upper()}{text[1:]}."

    def _features(self) -> str:
        if len(self.features) == 1:
            return f"1 feature, {self.features[0]}"
        return f"{len(self.features):,} features, {self.features[0]} to {self.features[-1]}"


def read_table_head(head: bytes, asked: Asked) -> Reading:
    """How a CSV file is read, by its first bytes. Raises FeaturesRefused."""
    text, encoding = _text(head)
    separator = _separator(text)
    lines = (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row)
    rows = list(itertools.islice(lines, _ROWS_LOOKED_AT + 2))
    if len(head) >= LOOKED_AT and 1 < len(rows) < _ROWS_LOOKED_AT + 2:
        rows = rows[:-1]  # the last one may be cut
    if not rows:
        raise FeaturesRefused("The file holds no row.")
    first, sample = rows[0], rows[1 : _ROWS_LOOKED_AT + 1]
    has_header = _is_header(first, sample)
    columns = tuple(cell.strip() for cell in first) if has_header else tuple(str(n + 1) for n in range(len(first)))
    columns = tuple(name or f"column {n + 1}" for n, name in enumerate(columns))
    if len(set(columns)) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise FeaturesRefused(f"The heading has the column {twice!r} more than once. Name each column once.")
    if not has_header:
        sample = rows[: _ROWS_LOOKED_AT + 1]
    if not sample:
        raise FeaturesRefused("The file has a heading and no row.")
    cells = {name: [row[n] for row in sample if n < len(row)] for n, name in enumerate(columns)}
    kinds = {name: _kind(values) for name, values in cells.items()}
    unnamed = has_header and not first[0].strip()
    return _reading(
        columns, kinds, cells, asked, has_header=has_header, separator=separator, has_index=unnamed, encoding=encoding
    )


def read_columns(kinds: Mapping[str, str], cells: Mapping[str, Sequence[object]], asked: Asked) -> Reading:
    """How a table with typed columns is read. kinds: whole, number, text or list; cells: a few values of each."""
    columns = tuple(kinds)
    lists = [name for name, kind in kinds.items() if kind == "list"]
    texts = {name: [str(value) for value in values] for name, values in cells.items()}
    if not lists:
        return _reading(columns, kinds, texts, asked, has_header=True, separator="", has_index=False)
    if len(lists) > 1:
        named = [name for name in lists if name.lower() in VECTOR_NAMES]
        if len(named) != 1:
            raise FeaturesRefused(
                f"Several columns hold lists ({', '.join(lists[:_MAX_TOLD])}). Leave out all but one."
            )
        lists = named
    others = tuple(name for name in columns if name not in lists)
    chosen = {part: _chosen(part, others, getattr(asked, part)) for part in ("id", "label", "split")}
    left_out = tuple(name for name in others if name not in chosen.values())
    id_, label, split = (chosen[part] for part in ("id", "label", "split"))
    return Reading(columns, (), id=id_, label=label, split=split, left_out=left_out, vector=lists[0])


def _reading(
    columns: tuple[str, ...],
    kinds: Mapping[str, str],
    cells: Mapping[str, Sequence[str]],
    asked: Asked,
    *,
    has_header: bool,
    separator: str,
    has_index: bool,
    encoding: str = "utf8",
) -> Reading:
    left_out = [_column(columns, name) for name in asked.left_out]
    if has_index and kinds[columns[0]] == "whole" and asked.id not in (columns[0], "1"):
        left_out.append(columns[0])  # pandas writes its own row numbers under an empty heading
    free = tuple(name for name in columns if name not in left_out)
    chosen = {part: _chosen(part, free, getattr(asked, part)) for part in ("id", "label", "split")}
    guessed = False
    if not has_header:
        guessed = _guess(chosen, free, kinds, cells, asked)
    features = [name for name in free if name not in chosen.values()]
    texts = [name for name in features if kinds[name] == "text"]
    if texts:
        raise FeaturesRefused(
            f"Column {texts[0]} holds text ({_first_text(cells[texts[0]])!r:.60}), so it is no feature. Say what it "
            f"is: --id-column, --label-column, --split-column or --leave-out {texts[0]}."
        )
    if not features:
        raise FeaturesRefused("No column is left that could be a feature.")
    return Reading(
        columns,
        tuple(features),
        id=chosen["id"],
        label=chosen["label"],
        split=chosen["split"],
        left_out=tuple(left_out),
        has_header=has_header,
        separator=separator,
        guessed=guessed,
        encoding=encoding,
    )


def _guess(
    chosen: dict[str, str | None],
    free: tuple[str, ...],
    kinds: Mapping[str, str],
    cells: Mapping[str, Sequence[str]],
    asked: Asked,
) -> bool:
    """Fill in the id and the label of a table without a heading, from what its first columns hold; whether any was."""
    before = dict(chosen)
    front = [name for name in free[:4] if name not in chosen.values()]
    is_odd = {name: kinds[name] in ("text", "whole") for name in front}
    rest_is_whole = all(kinds[name] == "whole" for name in free[4:]) and len(free) > 4
    if rest_is_whole and not any(kinds[name] == "text" for name in front) and not (asked.id or asked.label):
        raise FeaturesRefused(
            "The file has no heading, and all its columns are whole numbers, so that it cannot be told which is the "
            "id and which the label. Say with --id-column 1 and --label-column 2, or none for either."
        )
    if not asked.id:
        chosen["id"] = next((name for name in front if is_odd[name] and _differ(cells[name])), None)
    if not asked.label:
        after = [name for name in front if is_odd[name] and name != chosen["id"]]
        chosen["label"] = next((name for name in after if not _differ(cells[name]) or kinds[name] == "text"), None)
    return chosen != before


def _chosen(part: str, columns: tuple[str, ...], asked: str) -> str | None:
    """The column for a part: as asked, or the one whose heading says so."""
    if asked == NO_COLUMN:
        return None
    if asked:
        return _column(columns, asked)
    known = {"id": ID_NAMES, "label": LABEL_NAMES, "split": SPLIT_NAMES}[part]
    lowered = {name.lower().strip().replace(" ", "_").replace("-", "_"): name for name in reversed(columns)}
    return next((lowered[name] for name in known if name in lowered), None)


def _column(columns: tuple[str, ...], asked: str) -> str:
    if asked in columns:
        return asked
    if asked.isdecimal() and 0 < int(asked) <= len(columns):
        return columns[int(asked) - 1]
    some = ", ".join(columns[:_MAX_TOLD])
    raise FeaturesRefused(f"There is no column {asked!r}; the first of {len(columns):,} are {some}.")


def _is_header(first: Sequence[str], sample: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: a cell of it is no number, where those below are."""
    if not sample:
        return any(_kind([cell]) == "text" for cell in first[-1:])
    return any(
        _kind([cell]) == "text" and _kind([row[n] for row in sample if n < len(row)]) != "text"
        for n, cell in enumerate(first)
    )


def _kind(values: Sequence[str]) -> str:
    """whole, number or text: what all values that are there can be read as."""
    kinds = {_kind_of(value.strip()) for value in values if value.strip()}
    return "text" if "text" in kinds else "number" if "number" in kinds else "whole" if kinds else "number"


def _kind_of(value: str) -> str:
    if value.lstrip("+-").isdecimal():
        return "whole"
    try:
        float(value)
    except ValueError:
        return "text" if value.lower() not in ("na", "null", "none", "#n/a") else "number"
    return "number"


def _first_text(values: Sequence[str]) -> str:
    return next((value for value in values if _kind([value]) == "text"), "")


def _differ(values: Sequence[str]) -> bool:
    return len(set(values)) == len(values)


def _text(head: bytes) -> tuple[str, str]:
    """The text, and how it is written: what is no UTF-8 is taken for Latin-1, in which any byte is a letter."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FeaturesRefused("The file is written as UTF-16. Save it as UTF-8.")
    try:
        return head.decode("utf-8-sig"), "utf8"
    except UnicodeDecodeError as error:
        if len(head) >= LOOKED_AT and error.start >= len(head) - 4:  # a letter that was cut
            return head[: error.start].decode("utf-8-sig"), "utf8"
    return head.decode("latin-1"), "latin-1"


def _separator(text: str) -> str:
    line = text.partition("\n")[0]
    return max(_SEPARATORS, key=line.count)

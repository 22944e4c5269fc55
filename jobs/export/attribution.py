"""Who made the pictures of an export and on what terms: ATTRIBUTION.csv and ATTRIBUTION.txt beside them.

They are written where any origin or licence is known. A picture that was made of two names both; of one whose licence
is not said it says that it is not known, and nothing is taken for free.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.said_licences import UNKNOWN, SaidLicence, read_said
from analytics.wording import count
from jobs.export.plan import Entry
from store.spreadsheets import as_csv

CSV, TEXT = FILES = ("ATTRIBUTION.csv", "ATTRIBUTION.txt")
LAID_OUT = "origins.parquet"  # in a job's folder
NOT_KNOWN = "licence not known"
_COLUMNS = (
    "path", "title", "author", "licence", "version", "licence_url", "source", "page_url", "file_url", "attribution",
)  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """What is known of where a picture is from. said: its licence as it is said; licence: the source's code of it."""

    said: str | None = None
    source: str | None = None
    query: str | None = None
    page_url: str | None = None
    file_url: str | None = None
    title: str | None = None
    author: str | None = None
    licence: str | None = None
    licence_version: str | None = None
    licence_url: str | None = None
    attribution: str | None = None
    fetched_at: datetime.datetime | None = None

    @property
    def read(self) -> SaidLicence:
        """The licence, as far as it can be read."""
        return read_said(self.licence, version=self.licence_version) if self.licence else read_said(self.said)

    @property
    def terms_url(self) -> str:
        """Where the licence can be read; "" where that is not known."""
        return self.licence_url or self.read.url

    @property
    def credit(self) -> str:
        """The words by which the picture is to be credited: the source's own, else made of what is known."""
        if self.attribution:
            return " ".join(self.attribution.split())
        what = f"“{' '.join(self.title.split())}”" if self.title else "A picture"
        by = f" by {' '.join(self.author.split())}" if self.author else ""
        terms = self.read.code or NOT_KNOWN
        where = f" ({self.terms_url})" if self.terms_url else ""
        page = self.page_url or self.file_url
        return f"{what}{by}, {terms}{where}{f', {page}' if page else ''}"


Origins = Mapping[int, Origin]


def leave_origins(folder: Path, table: pa.Table) -> None:
    """Leave `store.origin.version_origins` in a job's folder."""
    pq.write_table(table, folder / LAID_OUT)


def read_origins(folder: Path) -> Origins:
    """What was left, by image; nothing of a job that was laid out before."""
    return origins_of(pq.read_table(folder / LAID_OUT)) if (folder / LAID_OUT).is_file() else {}


def origins_of(table: pa.Table) -> Origins:
    """The rows of `store.origin.version_origins`, or `kept_origins`, by image."""
    names = [field.name for field in fields(Origin)]
    return {row["image_id"]: Origin(**{name: row[name] for name in names}) for row in table.to_pylist()}


def write_attribution(
    folder: Path, entries: Iterator[tuple[Entry, int, int | None, str | None]], origins: Origins, *, title: str
) -> list[str]:
    """Write both files, and give their names; nothing where neither origin nor licence of any picture is known.

    entries: an entry, its image, the second image of a mixture, and the address that the picture's own row says.
    """
    rows = [row for each in entries for row in _rows(*each, origins=origins)]
    if not any(is_known for _, _, is_known in rows):
        return []
    cells = [_cells(path, origin) for path, origin, _ in rows]
    (folder / CSV).write_bytes(
        as_csv(pa.Table.from_pylist(cells, pa.schema([(name, pa.string()) for name in _COLUMNS])))
    )
    (folder / TEXT).write_text(_text([(path, origin) for path, origin, _ in rows], title), encoding="utf-8")
    return list(FILES)


def _rows(
    entry: Entry, image_id: int, partner_id: int | None, source_url: str | None, *, origins: Origins
) -> Iterator[tuple[str, Origin, bool]]:
    for each in dict.fromkeys((image_id, *([] if partner_id is None else [partner_id]))):
        found = origins.get(each)
        address = source_url if each == image_id else None
        yield entry.path, found or Origin(file_url=address), found is not None or address is not None


def _cells(path: str, origin: Origin) -> dict[str, str | None]:
    read = origin.read
    return {
        "path": path,
        "title": origin.title,
        "author": origin.author,
        "licence": read.name or None,
        "version": read.version or None,
        "licence_url": origin.terms_url or None,
        "source": origin.source,
        "page_url": origin.page_url,
        "file_url": origin.file_url,
        "attribution": origin.credit,
    }


def _text(rows: list[tuple[str, Origin]], title: str) -> str:
    """The same to be read: how many pictures are under which licence, then a credit a picture."""
    n_paths = len({path for path, _ in rows})
    counted = Counter(origin.read.code for _, origin in rows)
    lines = [
        f"Attribution of {' '.join(title.split()) or 'this dataset'}",
        "",
        f"{count(n_paths, 'picture')}. {CSV} says the same as a table.",
        "What their sources say was written down when they were fetched, and may be wrong: ask before you rely on it.",
        "",
        "Licences",
        *(
            f"  {code or NOT_KNOWN}: {count(n, 'picture')}"
            for code, n in sorted(counted.items(), key=lambda each: (each[0] == UNKNOWN, -each[1], each[0]))
        ),
        "",
        "Pictures",
    ]
    for path, origin in rows:
        lines += [f"  {_line(path)}", f"    {_line(origin.credit)}"]
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)

"""A dataset's card without its pictures: README.md, Croissant 1.1 metadata, and a row a picture.

The owner reads the facts and leaves them in a job's folder; the worker writes the files.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.export.about import About, about_dataset
from jobs.export.attribution import origins_of
from jobs.export.card import CARD, card
from jobs.export.content import Content
from jobs.export.croissant import CSV, FILE, PARQUET, croissant, file_object, records_set
from jobs.export.packing import one_config
from jobs.export.plan import Entry, rows_of
from jobs.export.records import RECORDS, composition, records_of, write_records
from store.connection import Workspace
from store.datasets import Dataset, class_names
from store.exports import kept_rows
from store.origin import kept_origins, version_origins
from store.spreadsheets import as_csv
from store.versions import Version, export_rows

FACTS, ROWS = "card.json", "card.parquet"  # in a job's folder
TABLE = "records.csv"
_NOTES = ("The pictures are not in this folder. Paths are those below the dataset's own folder.",)


@dataclass(frozen=True)
class CardFacts:
    """What a card is written of. classes: names by index; records: as jobs.export.records has them."""

    about: About
    classes: tuple[str, ...]
    records: pa.Table


def card_facts(workspace: Workspace, dataset: Dataset, version: Version | None = None) -> CardFacts:
    """What is known of a version, or of a dataset as it is now."""
    about = about_dataset(workspace, dataset, version)
    table = kept_rows(workspace, dataset.id) if version is None else export_rows(workspace, version.id)
    classes = tuple(class_names(workspace, dataset.id)) if version is None else version.class_names
    rows = rows_of(table)
    entries = [Entry(number, row.path, row.split) for number, row in enumerate(rows)]
    found = kept_origins(workspace, dataset.id) if version is None else version_origins(workspace, version.id)
    content = Content(rows, classes, dataset.task == "multi", entries, origins=origins_of(found))
    return CardFacts(about, classes, records_of(content, source=about.source, licence=about.licence))


def write_card(folder: Path, facts: CardFacts) -> None:
    """Write README.md, croissant.json, records.parquet and records.csv into a folder, which is made.

    Programs read the Parquet table; in the other one, which is for spreadsheets, no cell is a formula.
    """
    folder.mkdir(parents=True, exist_ok=True)
    records, made_of = facts.records, composition(facts.records, classes=facts.classes)
    write_records(folder, records)
    (folder / TABLE).write_bytes(as_csv(_with_texts(records)))
    files = [
        file_object(folder, RECORDS, form=PARQUET, about="A row a picture."),
        file_object(folder, TABLE, form=CSV, about="The same for people's spreadsheets."),
    ]
    sets = [records_set(records.column_names, classes=bool(facts.classes), splits=made_of.has_splits)]
    metadata = croissant(facts.about, made_of, files=files, record_sets=sets)
    (folder / FILE).write_text(json.dumps(metadata, ensure_ascii=False, indent=1), encoding="utf-8")
    listed = [
        f"`{FILE}`: Croissant 1.1 metadata, for programs",
        f"`{RECORDS}`: a row a picture, for programs",
        f"`{TABLE}`: the same for spreadsheets, with an apostrophe before what would be a formula",
    ]
    text = card(facts.about, made_of, configs=one_config({"records": RECORDS}), notes=_NOTES, files=listed)
    (folder / CARD).write_text(text, encoding="utf-8")


def leave_facts(folder: Path, facts: CardFacts) -> None:
    """Leave the facts in a job's folder."""
    said = {"about": facts.about.model_dump(), "classes": list(facts.classes)}
    (folder / FACTS).write_text(json.dumps(said), encoding="utf-8")
    pq.write_table(facts.records, folder / ROWS)


def read_facts(folder: Path) -> CardFacts:
    """What `leave_facts` left."""
    said = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return CardFacts(About.model_validate(said["about"]), tuple(said["classes"]), pq.read_table(folder / ROWS))


def _with_texts(records: pa.Table) -> pa.Table:
    """Lists as one cell each, which a table of text can hold."""
    for at, field in enumerate(records.schema):
        if pa.types.is_list(field.type):
            cells = ["|".join(map(str, cell or [])) for cell in records.column(at).to_pylist()]
            records = records.set_column(at, field.name, pa.array(cells, pa.string()))
    return records

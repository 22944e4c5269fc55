"""The card and the Croissant metadata that go with an export: README.md, croissant.json, and the records' table."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from jobs.export.about import About
from jobs.export.attribution import CSV as ATTRIBUTION
from jobs.export.attribution import TEXT as ATTRIBUTION_TEXT
from jobs.export.attribution import write_attribution
from jobs.export.card import CARD, card
from jobs.export.content import Content, Format
from jobs.export.croissant import (
    CSV,
    FILE,
    PARQUET,
    TAR,
    Json,
    croissant,
    file_object,
    file_set,
    picture_files,
    pictures_set,
    records_set,
    shards_set,
)
from jobs.export.plan import Entry
from jobs.export.records import RECORDS, Composition, composition, records_of, write_records

_FILES = {
    CARD: "this card",
    FILE: "Croissant 1.1 metadata, for programs",
    RECORDS: "a row a picture: path, label, split, SHA-256, size, source, licence, author",
    ATTRIBUTION: "who made each picture, where it is from and on what terms, as a table for spreadsheets",
    ATTRIBUTION_TEXT: "the same to be read, with a credit for each picture",
}


def describe_export(folder: Path, content: Content, *, form: Format, about: About, notes: Sequence[str]) -> list[str]:
    """Write the files, and give their names; one whose layout somebody checks gets no card, but its attribution."""
    credited = write_attribution(folder, _sources(content), content.origins, title=about.title)
    if not form.has_card:
        return credited
    records = records_of(content, source=about.source, licence=about.licence)
    made_of = composition(records, classes=content.classes)
    if form.shard_columns is None:
        write_records(folder, records)
        files, record_sets = _beside(folder, content, made_of, columns=records.column_names)
    else:
        files = [file_set("shards", includes=["data/*.parquet"], forms=[PARQUET], about="Pictures and what is known.")]
        record_sets = [shards_set(form.shard_columns(content))]
    if credited:
        files.append(file_object(folder, ATTRIBUTION, form=CSV, about="Who made each picture, and on what terms."))
    metadata = croissant(about, made_of, files=files, record_sets=record_sets)
    (folder / FILE).write_text(json.dumps(metadata, ensure_ascii=False, indent=1), encoding="utf-8")
    written = [name for name in _FILES if name in (CARD, FILE) or (folder / name).is_file()]
    text = card(
        about,
        made_of,
        boxes=content.boxes is not None,
        configs=form.configs(content),
        notes=notes,
        files=[f"`{name}`: {_FILES[name]}" for name in written],
    )
    (folder / CARD).write_text(text, encoding="utf-8")
    return written


def _sources(content: Content) -> Iterator[tuple[Entry, int, int | None, str | None]]:
    """Each entry with the images that it is made of, and its address."""
    for entry in content.entries:
        row = content.row(entry)
        partner = content.rows[entry.partner].image_id if entry.partner >= 0 else None
        yield entry, row.image_id, partner, row.source_url


def _beside(
    folder: Path, content: Content, made_of: Composition, *, columns: Sequence[str]
) -> tuple[list[Json], list[Json]]:
    """Files and record sets of an export with a table of its records; shards of pictures are named, not opened.

    mlcroissant unpacks a shard into one place for all datasets by its name, so that two of them would be mixed up.
    """
    files = [file_object(folder, RECORDS, form=PARQUET, about="A row a picture.")]
    files += [
        file_object(folder, path.name, form=TAR, about="A shard of pictures.") for path in sorted(folder.glob("*.tar"))
    ]
    sets = [records_set(columns, classes=bool(made_of.classes), splits=made_of.has_splits)]
    formats = [_format(content, entry) for entry in content.entries]
    pictures = picture_files([entry.path for entry in content.entries], formats) if len(files) == 1 else None
    if pictures is not None:
        files.append(pictures)
        sets.append(pictures_set(multi=made_of.multi, has_splits=made_of.has_splits))
    return files, sets


def _format(content: Content, entry: Entry) -> str:
    """What a picture is written as: a made one as its name says."""
    if entry.technique in ("", "oversampling"):
        return content.row(entry).format
    return "PNG" if entry.path.endswith(".png") else "JPEG"

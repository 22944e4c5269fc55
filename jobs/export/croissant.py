"""Croissant 1.1 metadata: what files there are, and how their records are read. JSON-LD, which mlcroissant loads.

Every name of people is a value, never an @id, a pattern or a path of ours. Ref: https://docs.mlcommons.org/croissant/
"""

import glob
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics.wording import count
from jobs.export.about import About
from jobs.export.card import UNKNOWN, cited
from jobs.export.records import RECORDS, Composition

FILE = "croissant.json"
VERSION = "http://mlcommons.org/croissant/1.1"
PARQUET, CSV, TAR = "application/x-parquet", "text/csv", "application/x-tar"
Json = dict[str, Any]

_CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{name: f"cr:{name}" for name in ("arrayShape", "citeAs", "column", "containedIn")},
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{
        name: f"cr:{name}"
        for name in (
            *("equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet", "format", "includes"),
            *("isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references"),
            *("regex", "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
        )
    },
}
_SEMVER = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){0,2}")
_SPLITS = {
    "train": "cr:TrainingSplit",
    "val": "cr:ValidationSplit",
    "valid": "cr:ValidationSplit",
    "validation": "cr:ValidationSplit",
    "test": "cr:TestSplit",
}
_TYPES = {"text": "sc:Text", "url": "sc:URL", "int": "cr:Int64", "image": "sc:ImageObject", "split": "cr:Split"}
_READ = ("image/jpeg", "image/png")  # what mlcroissant opens; beside one of them it opens others too
_MIME = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "TIFF": "image/tiff", "BMP": "image/bmp"}
_ABOUT = {
    "image_id": "The picture's number in the workspace that wrote this; of a made picture its parent's.",
    "path": "Where the picture lies in the folder, or what it is called in its shard.",
    "label": "The name of the picture's class.",
    "labels": "The names of the picture's classes.",
    "class_index": "The number of the picture's class.",
    "class_indices": "The numbers of the picture's classes.",
    "split": "The split that the picture is in.",
    "sha256": "The SHA-256 of the picture's file; nothing where it was made.",
    "width": "Pixels across.",
    "height": "Pixels down.",
    "source_url": "Where the picture is from.",
    "source": "Where the picture is from, in words.",
    "licence": "The picture's licence, as its source says it.",
    "licence_url": "Where the licence can be read.",
    "title": "What the picture is called at its source.",
    "author": "Who made the picture, as its source says.",
    "page_url": "The page that shows the picture at its source.",
    "attribution": "The words by which the picture is to be credited.",
    "technique": "How the picture was made from others, where it was.",
}


def croissant(about: About, made_of: Composition, *, files: Sequence[Json], record_sets: Sequence[Json]) -> Json:
    """The metadata. files: distribution, record_sets: as the functions below give them, without classes and splits."""
    licences = list(dict.fromkeys(licence or UNKNOWN for licence, _ in made_of.licences)) or [UNKNOWN]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": about.title,
        "description": described(about, made_of),
        "conformsTo": VERSION,
        "citeAs": cited(about),
        "license": licences[0] if len(licences) == 1 else licences,
        "version": version_of(about),
        **({"datePublished": about.date, "dateCreated": about.date} if about.date else {}),
        "keywords": ["image", "vitrine", *(["classification"] if made_of.classes else [])],
        "distribution": list(files),
        "recordSet": [*_classes(made_of), *_splits(made_of), *record_sets],
    }


def described(about: About, made_of: Composition) -> str:
    """The dataset in two sentences, and its theme where one was written."""
    what = f"{count(made_of.n, 'picture')} in {count(len(made_of.classes), 'class', 'classes')}."
    blurred = " People are blurred." if about.people_blurred else ""
    return f"{about.theme + ' ' if about.theme else ''}{what}{blurred} README.md says more."


def version_of(about: About) -> str:
    """A version as Croissant wants it: its own name where that is one (v1.2), else its number."""
    if not about.version:
        return "0.0.0-unfrozen"
    own = about.version.strip().removeprefix("v")
    if _SEMVER.fullmatch(own):
        return f"{own}{'.0' * (2 - own.count('.'))}"
    return f"{about.number}.0.0"


def file_object(folder: Path, name: str, *, form: str, about: str) -> Json:
    """A file that lies in the folder, with its size and SHA-256."""
    with (folder / name).open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "@type": "cr:FileObject",
        "@id": name.replace(" ", "-") if name.isascii() else hashlib.sha256(name.encode()).hexdigest()[:16],
        "name": name,
        "description": about,
        "contentUrl": name,
        "contentSize": f"{(folder / name).stat().st_size} B",
        "encodingFormat": form,
        "sha256": sha256,
    }


def file_set(name: str, *, includes: Sequence[str], forms: Sequence[str], about: str) -> Json:
    """Files that lie in the folder, by patterns."""
    return {
        "@type": "cr:FileSet",
        "@id": name,
        "name": name,
        "description": about,
        "includes": list(includes),
        "encodingFormat": list(forms),
    }


def picture_files(paths: Sequence[str], formats: Sequence[str]) -> Json | None:
    """The pictures that lie as files, by their endings; None where mlcroissant can open none of them.

    formats: Pillow's names.
    """
    forms = sorted(
        {_MIME.get(form, f"image/{form.lower()}") for form in formats}, key=lambda form: (form not in _READ, form)
    )
    names = [path.rpartition("/")[2] for path in paths]
    endings = sorted({f"*.{glob.escape(name.rpartition('.')[2])}" if "." in name else "*" for name in names})
    if not endings or forms[0] not in _READ:
        return None
    includes = [pattern for ending in endings for pattern in (ending, f"**/{ending}")]
    return file_set("pictures", includes=includes, forms=forms, about="The pictures.")


def records_set(columns: Sequence[str], *, file: str = RECORDS, classes: bool = False, splits: bool = False) -> Json:
    """The records as a table says them. classes, splits: whether those are listed, so that a column points at them."""
    fields = [_column(name, file) for name in columns]
    for field in fields:
        name = field["name"]
        if name == "class_index" and classes:
            field["references"] = {"field": {"@id": "classes/index"}}
        if name == "split" and splits:
            field["references"] = {"field": {"@id": "splits/name"}}
    key = {"@id": "records/path"}
    return _record_set("records", fields, about="A record a picture, without its pixels.", key=key)


def pictures_set(*, multi: bool, has_splits: bool) -> Json:
    """Each picture that lies as a file, with its label; it is found by its path."""
    path = {
        **_field("picture-files", "path", "text", about=_ABOUT["path"]),
        "source": {
            "fileSet": {"@id": "pictures"},
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": r"([\s\S]*)"},  # a path becomes text
        },
        "references": {"fileObject": {"@id": RECORDS}, "extract": {"column": "path"}},
    }
    image = {
        **_field("picture-files", "image", "image", about="The picture."),
        "source": {"fileSet": {"@id": "pictures"}, "extract": {"fileProperty": "content"}},
    }
    names = ["labels" if multi else "label", *(["split"] if has_splits else [])]
    others = [_column(name, RECORDS, record_set="picture-files") for name in names]
    return _record_set("picture-files", [path, image, *others], about="A record a picture file, with its pixels.")


def shards_set(columns: Mapping[str, str]) -> Json:
    """The records of Parquet shards with the bytes of pictures in them. columns: to the kinds of their values."""
    fields = []
    for name, kind in columns.items():
        field = _field("records", name, kind, about=_ABOUT.get(name, "The picture." if kind == "image" else name))
        source: Json = {"fileSet": {"@id": "shards"}, "extract": {"column": name}}
        fields.append(field | {"source": source | ({"transform": {"jsonPath": "bytes"}} if kind == "image" else {})})
        if name in ("labels", "class_indices"):
            fields[-1] |= {"isArray": True, "arrayShape": "-1"}
    return _record_set("records", fields, about="A record a picture, with its pixels.")


def _column(name: str, file: str, *, record_set: str = "records") -> Json:
    is_number = name in ("image_id", "class_index", "class_indices", "width", "height")
    kind = "int" if is_number else "url" if name.endswith("_url") else "text"
    field = _field(record_set, name, kind, about=_ABOUT[name])
    if name in ("labels", "class_indices"):
        field |= {"isArray": True, "arrayShape": "-1"}
    return field | {"source": {"fileObject": {"@id": file}, "extract": {"column": name}}}


def _field(record_set: str, name: str, kind: str, *, about: str) -> Json:
    own = {"@type": "cr:Field", "@id": f"{record_set}/{name}", "name": name}
    return own | {"description": about, "dataType": _TYPES[kind]}


def _record_set(name: str, fields: Sequence[Json], *, about: str, **others: object) -> Json:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": about,
        **others,
        "field": list(fields),
    }


def _classes(made_of: Composition) -> list[Json]:
    if not made_of.classes:
        return []
    fields = [
        _field("classes", "index", "int", about="The number of the class, from 0."),
        _field("classes", "name", "text", about="What the class is called."),
    ]
    rows = [{"classes/index": index, "classes/name": name} for index, name in enumerate(made_of.classes)]
    return [_enumeration("classes", fields, rows, kind="sc:Enumeration", key="classes/index", about="The classes.")]


def _splits(made_of: Composition) -> list[Json]:
    """The splits, with what they are for where their names say it."""
    named = [split for split in made_of.splits if split is not None]
    if not named:
        return []
    fields = [_field("splits", "name", "text", about="What the split is called.")]
    rows: list[Json] = [{"splits/name": split} for split in named]
    if all(split in _SPLITS for split in named):
        fields.append(_field("splits", "url", "url", about="What the split is for."))
        rows = [{"splits/name": split, "splits/url": _SPLITS[split]} for split in named]
    return [_enumeration("splits", fields, rows, kind=_TYPES["split"], key="splits/name", about="The splits.")]


def _enumeration(name: str, fields: list[Json], rows: list[Json], *, kind: str, key: str, about: str) -> Json:
    return _record_set(name, fields, about=about, dataType=kind, key={"@id": key}, data=rows)

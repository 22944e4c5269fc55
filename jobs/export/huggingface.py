"""Hugging Face's Parquet: shards with the bytes of pictures, class names in the schema; the card says the splits."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.export.content import Content, Format
from jobs.export.notes import masks_left_out
from jobs.export.packing import Shards, library_splits, one_config, place_in_shards
from jobs.export.plan import Entry

GROUP_ROWS, GROUP_BYTES = 100, 16 << 20  # what is held in memory before it is written
_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
Row = dict[str, Any]


def schema_of(content: Content) -> pa.Schema:
    """The columns of a shard, with what the library `datasets` reads their meaning from."""
    classes = {"names": _unlike(content.classes), "_type": "ClassLabel"}
    features: dict[str, object] = {"image": {"_type": "Image"}}
    fields: list[pa.Field] = [pa.field("image", _IMAGE)]
    if content.multi:
        fields.append(pa.field("labels", pa.list_(pa.int64())))
        features["labels"] = {"feature": classes, "_type": "Sequence"}
    elif content.classes:
        fields.append(pa.field("label", pa.int64()))
        features["label"] = classes
    if content.boxes is not None:
        objects = [("bbox", pa.list_(pa.list_(pa.float32(), 4))), ("category", pa.list_(pa.int64()))]
        objects += [] if content.boxes.is_truth else [("score", pa.list_(pa.float32()))]
        fields.append(pa.field("objects", pa.struct(objects)))
        features["objects"] = _objects(content)
    for name in ("split", "source_path", "source_url", "source", "licence"):
        fields.append(pa.field(name, pa.string()))
        features[name] = {"dtype": "string", "_type": "Value"}
    return pa.schema(fields, {"huggingface": json.dumps({"info": {"features": features}})})


def _objects(content: Content) -> dict[str, object]:
    """The features of boxes: lists of the same length."""
    number = {"dtype": "float32", "_type": "Value"}
    bbox = {"feature": {"feature": number, "length": 4, "_type": "Sequence"}, "_type": "Sequence"}
    category = {"feature": {"names": _unlike(content.box_names), "_type": "ClassLabel"}, "_type": "Sequence"}
    objects: dict[str, object] = {"bbox": bbox, "category": category}
    is_scored = content.boxes is not None and not content.boxes.is_truth
    return objects | ({"score": {"feature": number, "_type": "Sequence"}} if is_scored else {})


def _unlike(names: tuple[str, ...]) -> list[str]:
    """Names of which no two are the same, as a ClassLabel asks for."""
    return [name if names.index(name) == place else f"{name} ({place})" for place, name in enumerate(names)]


@dataclass
class _Shard:
    path: Path
    content: Content
    schema: pa.Schema
    rows: list[Row] = field(default_factory=list)
    n_bytes: int = 0

    def __post_init__(self) -> None:
        self.writer = pq.ParquetWriter(self.path, self.schema)

    def write(self, entry: Entry, data: bytes) -> None:
        self.rows.append(_row(self.content, entry, data))
        self.n_bytes += len(data)
        if len(self.rows) >= GROUP_ROWS or self.n_bytes >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self.writer.close()

    def _flush(self) -> None:
        if self.rows:
            self.writer.write_table(pa.Table.from_pylist(self.rows, self.schema))
        self.rows, self.n_bytes = [], 0


def _row(content: Content, entry: Entry, data: bytes) -> Row:
    row, held, boxes = content.row(entry), content.held(entry), content.boxes_of(entry)
    return {
        "image": {"bytes": data, "path": entry.path.rpartition("/")[2]},
        "labels": held,
        "label": next(iter(held), None),
        "objects": {
            "bbox": [box.sides for box in boxes],
            "category": [box.place for box in boxes],
            "score": [box.score for box in boxes],
        },
        "split": entry.split,
        "source_path": row.path,
        "source_url": row.source_url,
        "source": row.source,
        "licence": row.licence,
    }


def _pack(folder: Path, content: Content) -> Shards:
    schema, names = schema_of(content), library_splits(content)

    def name_of(split: str, number: int, of: int) -> str:
        return f"data/{names[split]}-{number:05d}-of-{of:05d}.parquet"

    return Shards(folder, content, lambda path: _Shard(path, content, schema), name_of)


def _describe(folder: Path, content: Content) -> None:
    """Nothing beside the shards but the card: it says which of them are which split."""


def _configs(content: Content) -> list[dict[str, object]]:
    return one_config({name: f"data/{name}-*" for name in library_splits(content).values()})


def _shard_columns(content: Content) -> dict[str, str]:
    """The columns that Croissant speaks of: all but the boxes."""
    held = {"labels": "int"} if content.multi else {"label": "int"} if content.classes else {}
    texts = {name: "text" for name in ("split", "source_path", "source", "licence")}
    return {"image": "image", **held, **texts, "source_url": "url"}


HUGGINGFACE = Format(
    "Hugging Face Parquet",
    place_in_shards,
    _describe,
    lambda content: "",
    holds_boxes=True,
    notes=masks_left_out,
    pack=_pack,
    configs=_configs,
    shard_columns=_shard_columns,
)

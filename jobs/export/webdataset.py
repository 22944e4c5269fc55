"""WebDataset: tar shards in which each picture lies beside its class's number and a JSON of all that is known of it."""

import glob
import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path

from analytics.wording import count
from jobs.export.content import Content, Format, write_names
from jobs.export.notes import masks_left_out
from jobs.export.packing import Shards, library_splits, one_config, place_in_shards
from jobs.export.plan import Entry

BOX_NAMES_FILE = "box_class_names.json"


@dataclass
class _Shard:
    path: Path
    content: Content

    def __post_init__(self) -> None:
        self.archive = tarfile.open(self.path, "w")  # noqa: SIM115  close() ends it

    def write(self, entry: Entry, data: bytes) -> None:
        key, _, ending = entry.path.rpartition("/")[2].rpartition(".")
        self._add(f"{key}.{ending.lower()}", data)
        held = self.content.held(entry)
        if held and not self.content.multi:
            self._add(f"{key}.cls", str(held[0]).encode())
        self._add(f"{key}.json", json.dumps(_known(self.content, entry), ensure_ascii=False).encode())

    def close(self) -> None:
        self.archive.close()

    def _add(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        self.archive.addfile(member, io.BytesIO(data))


def _known(content: Content, entry: Entry) -> dict[str, object]:
    row, labels = content.row(entry), content.labels(entry)
    known: dict[str, object] = {"labels": labels} if content.multi else {"label": next(iter(labels), None)}
    known |= {"split": entry.split, "width": row.width, "height": row.height, "source_path": row.path}
    said = {"source_url": row.source_url, "source": row.source, "licence": row.licence}
    origin = content.origins.get(row.image_id)
    if origin is not None and origin.source:
        said |= {"title": origin.title, "author": origin.author, "page_url": origin.page_url}
        said |= {"licence_url": origin.terms_url, "attribution": origin.credit}
    known |= {name: value for name, value in said.items() if value}
    if content.boxes is not None:
        known["boxes"] = [
            {"bbox": box.sides, "label": content.box_names[box.place]}
            | ({} if box.score is None else {"score": round(box.score, 5)})
            for box in content.boxes_of(entry)
        ]
    return known


def _place(content: Content) -> list[Entry]:
    """What follows the first point of a name is the kind of a file, so that a key has none."""
    return place_in_shards(content, points=False)


def _pack(folder: Path, content: Content) -> Shards:
    return Shards(
        folder, content, lambda path: _Shard(path, content), lambda split, number, of: f"{split}-{number:06d}.tar"
    )


def _describe(folder: Path, content: Content) -> None:
    """The names of the numbers in .cls, and of the boxes' classes."""
    write_names(folder, content)
    if content.boxes is not None:
        text = json.dumps(list(content.boxes.names), ensure_ascii=False)
        (folder / BOX_NAMES_FILE).write_text(text, encoding="utf-8")


def _notes(content: Content) -> list[str]:
    notes = masks_left_out(content)
    if content.multi:
        notes.append(".cls holds one label, and these pictures have several: they stand in .json as `labels`.")
        return notes
    n_without = sum(not content.held(entry) for entry in content.entries)
    if n_without:
        notes.append(f"{count(n_without, 'picture has', 'pictures have')} no label, and so no .cls.")
    return notes


def _configs(content: Content) -> list[dict[str, object]]:
    return one_config({name: f"{glob.escape(split)}-*.tar" for split, name in library_splits(content).items()})


WEBDATASET = Format(
    "WebDataset",
    _place,
    _describe,
    lambda content: "",
    holds_boxes=True,
    notes=_notes,
    pack=_pack,
    configs=_configs,
)

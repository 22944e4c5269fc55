"""Boxes that were marked before: of a COCO file, of annotations of another format, or as they came with an import."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics.wording import count
from importers.annotations import as_coco, find_annotations, sizes_by_key
from importers.boxes import Pictures, boxes_of_folder
from importers.class_naming import names_given
from importers.keys import FileIndex
from importers.listing import list_folder
from importers.sources import labels_of
from jobs.detect.coco_boxes import CocoBoxes, coco_of, read_coco
from jobs.detect.coco_match import Matched, matched
from jobs.detect.kind import DetectParameters
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import read_json, write_json
from jobs.engine.worker import Work
from models.detector_catalogue import AS_ANNOTATED
from store.datasets import Dataset

ANNOTATIONS = "annotations.json"  # in the job's folder


@dataclass(frozen=True)
class Imported:
    """How a dataset's annotations were read when it was imported. mark: which changes when any of them does."""

    reading: str
    mark: str
    n_boxes: int
    labels: str = ""
    class_names: str | list[str] = ""
    follow_links: bool = False

    @classmethod
    def of(cls, dataset: Dataset) -> "Imported | None":
        """What the last import of a dataset found; None where it found no boxes."""
        kept: Any = dataset.import_options.get("boxes_found")
        if not isinstance(kept, dict) or not kept.get("n_boxes"):
            return None
        options: Any = dataset.import_options
        given = {name: options[name] for name in ("labels", "class_names", "follow_links") if options.get(name)}
        return cls(str(kept["reading"]), str(kept["mark"]), int(kept["n_boxes"]), **given)

    def leave(self, folder: Path) -> None:
        """Write it down for the worker."""
        write_json(folder / ANNOTATIONS, asdict(self))


def read_marked(work: Work[DetectParameters], pictures: pa.Table) -> tuple[CocoBoxes, Matched]:
    """What the annotations hold, and the same by the dataset's own paths. pictures: path, width, height of all.

    Raises UnknownParameter and LayoutError where they cannot be read, NothingToDo where they are of other pictures.
    """
    if work.parameters.model == AS_ANNOTATED:
        file, found = _as_imported(work, pictures)
    else:
        file = _named(Path(work.parameters.weights).expanduser(), pictures)
        found = matched(file, pictures, root=work.root)
    boxes = found.boxes
    if not found.n_named:
        raise NothingToDo(
            f"None of the {count(pictures.num_rows, 'picture')} of {work.spec.dataset} is named in {boxes.title}: its "
            f"file_name entries, such as {boxes.example!r}, must be paths or file names of this dataset."
        )
    return file, found


def _as_imported(work: Work[DetectParameters], pictures: pa.Table) -> tuple[CocoBoxes, Matched]:
    told = Imported(**(read_json(work.folder.path / ANNOTATIONS) or {}))
    sizes = list(zip(pictures["width"].to_pylist(), pictures["height"].to_pylist(), strict=True))
    read = boxes_of_folder(
        work.root,
        Pictures(pictures["path"].to_pylist(), sizes),
        reading=told.reading,
        labels=labels_of(told.labels, work.spec.root) if told.labels else None,
        class_names=names_given(told.class_names),
        follow_links=told.follow_links,
    )
    file = coco_of(read.content, Path(read.title))
    return file, matched(file, pictures, root=work.root, missing=read.unmatched)


def _named(path: Path, pictures: pa.Table) -> CocoBoxes:
    """The boxes of a COCO file, or of annotations of another format in a folder or a file of theirs."""
    if path.suffix.lower() == ".json":
        return read_coco(path)
    root = path if path.is_dir() else path.parent
    listing = list_folder(root)
    index = FileIndex(listing.paths)
    sets = find_annotations(listing, index)
    found = next((each for each in sets if path.is_dir() or each.where in (path.name, ".")), None)
    if found is None:
        raise UnknownParameter(f"detect: {path} holds no annotations that are known: COCO, YOLO, VOC, CVAT, LabelMe.")
    sizes = list(zip(pictures["width"].to_pylist(), pictures["height"].to_pylist(), strict=True))
    return coco_of(as_coco(found, sizes_by_key(pictures["path"].to_pylist(), sizes)), path)

"""YOLO's tree for detectors, as Ultralytics reads it: data.yaml, images/SPLIT and labels/SPLIT."""

from pathlib import Path

import yaml

from analytics.wording import count
from jobs.export.boxes import Box
from jobs.export.content import IMAGES, Content, Format, place_in_image_folders, split_folders
from jobs.export.notes import of_boxes
from jobs.export.plan import ExportRow
from jobs.export.tables import MANIFEST, write_manifest

FILE, LABELS = "data.yaml", "labels"
_SPLITS = ("train", "val", "test")  # those that Ultralytics knows
_READ = (
    "JPEG",
    "PNG",
    "BMP",
    "TIFF",
    "WEBP",
    "MPO",
    "AVIF",
    "HEIF",
    "JPEG2000",
)  # Pillow's names


def _describe(folder: Path, content: Content) -> None:
    """A text for each picture that the run looked at, also an empty one; numbers of classes are those of data.yaml."""
    for entry in content.entries:
        boxes, row = content.boxes_of(entry), content.row(entry)
        side = folder / LABELS / entry.path.removeprefix(f"{IMAGES}/").rpartition(".")[0]
        side.parent.mkdir(parents=True, exist_ok=True)
        if boxes or content.boxes is None or content.boxes.has_looked_at(row.image_id):
            side.with_name(f"{side.name}.txt").write_text("".join(_line(box, row) for box in boxes), encoding="utf-8")
    about = {**_split_paths(content), "names": dict(enumerate(content.box_names))}
    is_plain = all(name.isprintable() for name in content.box_names)  # else an odd end of a line is lost
    text = yaml.safe_dump(about, allow_unicode=is_plain, sort_keys=False, width=1000)
    (folder / FILE).write_text(text, encoding="utf-8")
    write_manifest(folder, content)


def _line(box: Box, row: ExportRow) -> str:
    """The class, the middle and the sides, in shares of the picture's."""
    across, down = (box.x1 + box.x2) / 2 / row.width, (box.y1 + box.y2) / 2 / row.height
    wide, high = (box.x2 - box.x1) / row.width, (box.y2 - box.y1) / row.height
    return f"{box.place} {across:.8f} {down:.8f} {wide:.8f} {high:.8f}\n"


def _split_paths(content: Content) -> dict[str, str]:
    """What data.yaml says of splits: train and val always, which Ultralytics asks for."""
    folders = split_folders(content)
    used = {split: f"{IMAGES}/{folders[split]}".rstrip("/") for split in content.splits}
    known = {split: used[split] for split in _SPLITS if split in used}
    anything = next(iter([*known.values(), *used.values()]), IMAGES)
    return {"train": known.get("train", used.get(None, anything)), "val": known.get("val", anything)} | known


def _notes(content: Content) -> list[str]:
    notes = of_boxes(content, "YOLO")
    splits = content.splits
    paths = _split_paths(content)
    for split in ("train", "val"):
        if split not in splits:
            notes.append(
                f"No picture is in the split {split}, which Ultralytics asks for: {FILE} names {paths[split]} for it"
                + (", so nothing is proved by what is measured there." if split == "val" else ".")
            )
    others = [split or "none" for split in splits if split not in _SPLITS] if content.has_splits else []
    if others:
        notes.append(f"{FILE} has no place for the splits {', '.join(others)}: their folders lie in {IMAGES}.")
    odd = [content.row(entry).format for entry in content.entries if content.row(entry).format not in _READ]
    if odd:
        notes.append(f"Ultralytics does not read {', '.join(sorted(set(odd)))}: {count(len(odd), 'picture')}.")
    return notes


def _is_cut_jpeg(file: str) -> bool:
    """A JPEG without its end mark: Ultralytics opens and saves those, in their place, when it looks at labels."""
    with open(file, "rb") as opened:
        if opened.read(2) != b"\xff\xd8":
            return False
        opened.seek(-2, 2)
        return opened.read() != b"\xff\xd9"


YOLO = Format(
    "YOLO",
    place_in_image_folders,
    _describe,
    lambda content: f"yolo:{FILE}",
    holds_boxes=True,
    labels_in=lambda content: MANIFEST,
    notes=_notes,
    is_mended=_is_cut_jpeg,
)

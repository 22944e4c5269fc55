"""Folders of pictures with boxes in the layouts that tools for annotation write, as their documents describe them."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (64, 32)
Boxes = Sequence[tuple[str, float, float, float, float]]  # class, x, y, width, height in pixels
Write = Callable[[Path, str], None]


def write_plain(path: Path, text: str) -> None:
    """A file as most programs write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def pictures(root: Path, names: Sequence[str]) -> None:
    """Small pictures, each unlike the others."""
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(number).integers(0, 256, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
        Image.fromarray(noise).save(root / name, "PNG")


def classes_of(said: Mapping[str, Boxes]) -> list[str]:
    return sorted({box[0] for boxes in said.values() for box in boxes})


def coco(root: Path, said: Mapping[str, Boxes], write: Write = write_plain, *, file: str = "instances.json") -> None:
    classes = classes_of(said)
    annotations = [
        {"image_id": number, "category_id": classes.index(name) + 1, "bbox": list(box), "iscrowd": 0}
        for number, boxes in enumerate(said.values())
        for name, *box in boxes
    ]
    content = {
        "images": [{"id": n, "file_name": name, "width": SIZE[0], "height": SIZE[1]} for n, name in enumerate(said)],
        "annotations": [{"id": number, **each} for number, each in enumerate(annotations)],
        "categories": [{"id": number + 1, "name": name} for number, name in enumerate(classes)],
    }
    write(root / file, json.dumps(content, ensure_ascii=False))


def yolo(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    classes = classes_of(said)
    for name, boxes in said.items():
        lines = [
            f"{classes.index(kind)} {(x + w / 2) / SIZE[0]} {(y + h / 2) / SIZE[1]} {w / SIZE[0]} {h / SIZE[1]}"
            for kind, x, y, w, h in boxes
        ]
        write(root / f"{name.rpartition('.')[0]}.txt", "".join(f"{line}\n" for line in lines))
    write(root / "data.yaml", f"names: {json.dumps(classes, ensure_ascii=False)}\n")


def voc(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    for name, boxes in said.items():
        objects = "".join(
            f"<object><name>{kind}</name><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{x + w}</xmax>"
            f"<ymax>{y + h}</ymax></bndbox></object>\n"
            for kind, x, y, w, h in boxes
        )
        size = f"<size><width>{SIZE[0]}</width><height>{SIZE[1]}</height><depth>3</depth></size>"
        text = f"<annotation>\n<filename>{name.rpartition('/')[2]}</filename>{size}{objects}</annotation>\n"
        write(root / f"{name.rpartition('.')[0]}.xml", text)


def cvat(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    images = "".join(
        f'<image id="{number}" name="{name}" width="{SIZE[0]}" height="{SIZE[1]}">'
        + "".join(
            f'<box label="{kind}" xtl="{x}" ytl="{y}" xbr="{x + w}" ybr="{y + h}" occluded="0"/>\n'
            for kind, x, y, w, h in boxes
        )
        + "</image>\n"
        for number, (name, boxes) in enumerate(said.items())
    )
    write(root / "annotations.xml", f"<annotations>\n<version>1.1</version>\n{images}</annotations>\n")


def labelme(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    for name, boxes in said.items():
        shapes = [
            {"label": kind, "shape_type": "rectangle", "points": [[x, y], [x + w, y + h]]} for kind, x, y, w, h in boxes
        ]
        content = {
            "version": "5.4.1",
            "imagePath": name.rpartition("/")[2],
            "imageWidth": SIZE[0],
            "imageHeight": SIZE[1],
            "shapes": shapes,
        }
        write(root / f"{name.rpartition('.')[0]}.json", json.dumps(content, ensure_ascii=False, indent=1))


def open_images(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    rows = [
        (name.rpartition("/")[2].rpartition(".")[0], "xclick", kind, 1, x / SIZE[0], (x + w) / SIZE[0], y / SIZE[1],
         (y + h) / SIZE[1], 0)
        for name, boxes in said.items()
        for kind, x, y, w, h in boxes
    ]  # fmt: skip
    header = ("ImageID", "Source", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax", "IsOccluded")
    write(root / "annotations-bbox.csv", _table([header, *rows]))


def object_rows(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    """A row an object, as TensorFlow's tutorials write them."""
    header = ("filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax")
    rows = [(name, *SIZE, kind, x, y, x + w, y + h) for name, boxes in said.items() for kind, x, y, w, h in boxes]
    write(root / "objects.csv", _table([header, *rows]))


def hugging_face(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    lines = [
        {"file_name": name, "objects": {"bbox": [list(box[1:]) for box in boxes], "categories": [b[0] for b in boxes]}}
        for name, boxes in said.items()
    ]
    write(root / "metadata.jsonl", "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines))


def _regions(boxes: Boxes) -> list[dict[str, object]]:
    return [
        {
            "x": 100 * x / SIZE[0],
            "y": 100 * y / SIZE[1],
            "width": 100 * w / SIZE[0],
            "height": 100 * h / SIZE[1],
            "rotation": 0,
            "rectanglelabels": [kind],
        }
        for kind, x, y, w, h in boxes
    ]


def _sizes() -> dict[str, object]:
    return {"original_width": SIZE[0], "original_height": SIZE[1]}


def label_studio(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    tasks = [
        {
            "id": number,
            "data": {"image": f"/data/upload/1/0a1b2c3d-{name.rpartition('/')[2]}"},
            "annotations": [
                {
                    "id": number,
                    "was_cancelled": False,
                    "result": [
                        {
                            "type": "rectanglelabels",
                            "from_name": "label",
                            "to_name": "image",
                            "value": region,
                            **_sizes(),
                        }
                        for region in _regions(boxes)
                    ],
                }
            ],
        }
        for number, (name, boxes) in enumerate(said.items())
    ]
    write(root / "project-1-at-2024-05-01.json", json.dumps(tasks, ensure_ascii=False))


def label_studio_min(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    rows = [
        {
            "image": f"/data/upload/1/0a1b2c3d-{name.rpartition('/')[2]}",
            "id": number,
            "label": [{**region, **_sizes()} for region in _regions(boxes)],
            "annotator": 1,
            "annotation_id": number,
            "created_at": "2024-05-01T10:00:00Z",
            "lead_time": 4.2,
        }
        for number, (name, boxes) in enumerate(said.items())
    ]
    write(root / "project-1-min.json", json.dumps(rows, ensure_ascii=False))


def label_studio_csv(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    header = ("annotation_id", "annotator", "created_at", "id", "image", "label", "lead_time", "updated_at")
    rows = [
        (
            number,
            1,
            "2024-05-01T10:00:00Z",
            number,
            f"/data/upload/1/0a1b2c3d-{name.rpartition('/')[2]}",
            json.dumps([{**region, **_sizes()} for region in _regions(boxes)], ensure_ascii=False),
            4.2,
            "2024-05-01T10:00:00Z",
        )
        for number, (name, boxes) in enumerate(said.items())
    ]
    write(root / "project-1.csv", _table([header, *rows]))


def fiftyone(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    samples = [
        {
            "_id": {"$oid": f"{number:024x}"},
            "filepath": name,
            "tags": [],
            "metadata": None,
            "ground_truth": {
                "_cls": "Detections",
                "detections": [
                    {
                        "_id": {"$oid": f"{number:024x}"},
                        "_cls": "Detection",
                        "attributes": {},
                        "tags": [],
                        "label": kind,
                        "bounding_box": [x / SIZE[0], y / SIZE[1], w / SIZE[0], h / SIZE[1]],
                    }
                    for kind, x, y, w, h in boxes
                ],
            },
        }
        for number, (name, boxes) in enumerate(said.items())
    ]
    write(root / "samples.json", json.dumps({"samples": samples}, ensure_ascii=False))
    write(root / "metadata.json", json.dumps({"name": "pets", "media_type": "image", "sample_fields": []}))


def fiftyone_detection(root: Path, said: Mapping[str, Boxes], write: Write = write_plain) -> None:
    classes = classes_of(said)
    labels = {
        name.rpartition("/")[2].rpartition(".")[0]: [
            {"label": classes.index(kind), "bounding_box": [x / SIZE[0], y / SIZE[1], w / SIZE[0], h / SIZE[1]]}
            for kind, x, y, w, h in boxes
        ]
        for name, boxes in said.items()
    }
    write(root / "labels.json", json.dumps({"classes": classes, "labels": labels}, ensure_ascii=False))


FORMATS: dict[str, Callable[..., None]] = {
    each.__name__: each
    for each in (
        coco, yolo, voc, cvat, labelme, open_images, object_rows, hugging_face, label_studio, label_studio_min,
        label_studio_csv, fiftyone, fiftyone_detection,
    )
}  # fmt: skip
WITHOUT_EMPTY = ("open_images", "object_rows")  # a row an object: a picture without one is not named


def _table(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()

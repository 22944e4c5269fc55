"""What the reference reader of each format finds in an export: run by a Python that has these readers.

`python tests/support/reference_readers.py OUT FOLDER`: OUT becomes a JSON of each format whose folder lies in FOLDER.
What is found of a format: names (of boxes' classes), labels by picture, boxes by picture (class, corners in pixels),
splits (how many pictures each has). A picture is called by what tells it from the others there.
"""

import json
import sys
import traceback
from pathlib import Path


def read_yolo(folder):
    from ultralytics.data.dataset import YOLODataset
    from ultralytics.data.utils import check_det_dataset

    data = check_det_dataset(str(folder / "data.yaml"), autodownload=False)
    boxes, splits = {}, {}
    for split in ("train", "val", "test"):
        found = YOLODataset(img_path=data[split], data=data, task="detect", augment=False, imgsz=64, cache=False)
        splits[split] = len(found.labels)
        for one in found.labels:
            height, width = one["shape"]
            rows = zip(one["cls"].ravel().tolist(), one["bboxes"].tolist(), strict=True)
            boxes[Path(one["im_file"]).stem] = [
                [data["names"][int(number)], *corners(x * width, y * height, w * width, h * height, middle=True)]
                for number, (x, y, w, h) in rows
            ]
    return {"names": list(data["names"].values()), "boxes": boxes, "splits": splits}


def read_coco(folder):
    from pycocotools.coco import COCO

    coco = COCO(str(folder / "annotations.json"))
    names = {number: one["name"] for number, one in coco.cats.items()}
    boxes = {
        image["file_name"]: [
            [names[one["category_id"]], *corners(*one["bbox"])]
            for one in coco.loadAnns(coco.getAnnIds(imgIds=[number]))
        ]
        for number, image in coco.imgs.items()
    }
    n_pixels = sum(int(coco.annToMask(one).sum()) for one in coco.anns.values() if one["segmentation"])
    return {"names": list(names.values()), "boxes": boxes, "n_pixels": n_pixels}


def read_voc(folder):
    import supervision

    found = supervision.DetectionDataset.from_pascal_voc(str(folder / "JPEGImages"), str(folder / "Annotations"))
    sets = (folder / "ImageSets" / "Main").glob("*.txt")
    splits = {path.stem: len(path.read_text(encoding="utf-8").splitlines()) for path in sets}
    return {"names": found.classes, "boxes": of_supervision(found), "splits": splits}


def read_labelme(folder):
    import supervision

    boxes, names = {}, set()
    for split in (folder / "images").iterdir():
        found = supervision.DetectionDataset.from_labelme(str(split), str(split))
        boxes |= of_supervision(found)
        names |= set(found.classes)
    return {"names": sorted(names), "boxes": boxes}


def read_cvat(folder):
    from labelformat.formats.cvat import CVATObjectDetectionInput

    found = CVATObjectDetectionInput(folder / "annotations.xml")
    boxes = {
        Path(one.image.filename).stem: [
            [each.category.name, each.box.xmin, each.box.ymin, each.box.xmax, each.box.ymax] for each in one.objects
        ]
        for one in found.get_labels()
    }
    return {"names": [one.name for one in found.get_categories()], "boxes": boxes}


def read_huggingface(folder):
    from datasets import load_dataset

    found = load_dataset(str(folder))
    labels, boxes, names = {}, {}, []
    for pictures in found.values():
        features = pictures.features
        names = features["objects"]["category"].feature.names
        for row in pictures:
            assert row["image"].size == (64, 48)
            key = row["source_path"]
            labels[key] = None if row["label"] is None else features["label"].int2str(row["label"])
            places = zip(row["objects"]["category"], row["objects"]["bbox"], strict=True)
            boxes[key] = [[names[number], *corners(*sides)] for number, sides in places]
    splits = {split: len(pictures) for split, pictures in found.items()}
    return {"names": names, "boxes": boxes, "labels": labels, "splits": splits}


def read_webdataset(folder):
    import webdataset

    names = json.loads((folder / "class_names.json").read_text(encoding="utf-8"))
    labels, boxes, splits = {}, {}, {}
    for split in ("train", "val", "test"):
        shards = sorted(str(path) for path in folder.glob(f"{split}-*.tar"))
        for one in webdataset.WebDataset(shards, shardshuffle=False).decode("pil"):
            picture = one.get("png") or one.get("jpg")
            assert picture.size == (64, 48)
            key = one["json"]["source_path"]
            labels[key] = names[one["cls"]] if "cls" in one else None
            boxes[key] = [[each["label"], *corners(*each["bbox"])] for each in one["json"]["boxes"]]
            splits[split] = splits.get(split, 0) + 1
    return {"boxes": boxes, "labels": labels, "splits": splits}


def corners(x, y, width, height, *, middle=False):
    """Left, top, right, bottom of a box by its left upper corner, or by its middle."""
    left, top = (x - width / 2, y - height / 2) if middle else (x, y)
    return [left, top, left + width, top + height]


def of_supervision(found):
    """Boxes by picture."""
    return {
        Path(path).stem: [
            [found.classes[number], *map(float, box)]
            for number, box in zip(each.class_id.tolist(), each.xyxy, strict=True)
        ]
        for path, each in found.annotations.items()
    }


READERS = {name.removeprefix("read_"): reader for name, reader in globals().items() if name.startswith("read_")}


def main(out: Path, folder: Path) -> None:
    """Read what is there; a reader's failure is its result."""
    said = {}
    for name, reader in READERS.items():
        if (folder / name).is_dir():
            try:
                said[name] = reader(folder / name)
            except Exception:  # noqa: BLE001  whatever a reader says against an export is what is to be known
                said[name] = {"failure": traceback.format_exc()}
    out.write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

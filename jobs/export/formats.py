"""The formats of an export, by the name that an order gives them."""

from jobs.export.class_folders import CLASS_FOLDERS
from jobs.export.coco import COCO
from jobs.export.content import Format
from jobs.export.cvat import CVAT
from jobs.export.fiftyone import FIFTYONE
from jobs.export.huggingface import HUGGINGFACE
from jobs.export.labelme import LABELME
from jobs.export.labelstudio import LABELSTUDIO
from jobs.export.submission import SUBMISSION
from jobs.export.tables import CSV, IMAGEFOLDER, PARQUET
from jobs.export.voc import VOC
from jobs.export.webdataset import WEBDATASET
from jobs.export.yolo import YOLO

FORMATS: dict[str, Format] = {
    "folders": CLASS_FOLDERS,
    "csv": CSV,
    "parquet": PARQUET,
    "imagefolder": IMAGEFOLDER,
    "coco": COCO,
    "yolo": YOLO,
    "voc": VOC,
    "cvat": CVAT,
    "labelme": LABELME,
    "labelstudio": LABELSTUDIO,
    "fiftyone": FIFTYONE,
    "huggingface": HUGGINGFACE,
    "webdataset": WEBDATASET,
    "ds801": SUBMISSION,
}

"""The kind `export`: a version as a folder."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import Parameters, ServerPath
from jobs.engine.sent_on import SentOn

TECHNIQUES = ("oversampling", "flip", "crop", "colour", "randaugment", "mixup", "cutmix")


class _OfVersion(Parameters):
    version: str = Field("", description='the version\'s name (the page "Versions" freezes one)')


class AugmentationParameters(_OfVersion):
    """How the classes of a version's training split are balanced by augmented pictures."""

    techniques: str = Field(
        "",
        description="balances the classes of the training split with augmented pictures: any of "
        f"`{','.join(TECHNIQUES)}`",
    )
    level: int = Field(0, ge=0, description="pictures that each class is raised to; 0: as many as the largest has")
    budget: int = Field(
        50_000,
        ge=1,
        description="training pictures in all, those that are there included; the level is lowered until it holds",
    )
    soft_labels: bool = Field(
        False,
        description="`ds801`: a mixture's label has both parents' parts. The course's rule says one-hot, so the check "
        "fails",
    )
    seed: int = Field(801, ge=0, description="of what is augmented; the same seed makes the same bytes")

    @field_validator("techniques")
    @classmethod
    def _require_techniques(cls, value: str) -> str:
        names = _split(value)
        if set(names) - set(TECHNIQUES) or len(set(names)) < len(names):
            raise ValueError(f"are different ones of {', '.join(TECHNIQUES)}, not {names}.")
        return value

    @property
    def asked_techniques(self) -> tuple[str, ...]:
        """The techniques that are asked for; none means that nothing is augmented."""
        return _split(self.techniques)


class _Target(_OfVersion):
    format: Literal[
        "folders",
        "csv",
        "parquet",
        "imagefolder",
        "coco",
        "yolo",
        "voc",
        "cvat",
        "labelme",
        "labelstudio",
        "fiftyone",
        "huggingface",
        "webdataset",
        "ds801",
    ] = Field(
        "folders",
        description="`folders` (a folder a class), `csv`, `parquet`, `imagefolder` (Hugging Face), `coco`, `yolo` "
        "(Ultralytics' tree for detectors), `voc` (Pascal VOC), `cvat` (CVAT for images 1.1), `labelme`, "
        "`labelstudio`, `fiftyone`, `huggingface` (Parquet with the pictures in it), `webdataset` (tar shards), "
        "`ds801` (the course's submission)",
    )
    detections: str = Field(
        "",
        description="whose boxes are written where the format holds boxes: the number of a detection run, `latest` or "
        "`none`. Without it the run that people marked, if there is just one, else none, which is said",
    )
    min_score: float = Field(
        0.5, ge=0.0, le=1.0, description="boxes from this score on; those that people marked have none, and all count"
    )
    folder: ServerPath = Field(
        "",
        description="where to; it must not exist. Without it `exports/DATASET-VERSION-FORMAT` in the workspace",
    )
    copies: bool = Field(
        False,
        description="`yes` copies pictures; else they are hard links, which take no room, and copies where the disk "
        "has none",
    )
    positions: Literal["strip", "keep"] = Field(
        "strip",
        description="`strip` leaves GPS positions out, and with them all that a camera notes beside the pixels (EXIF, "
        "XMP, IPTC, comments) but for orientation and colour profile; the pixels stay as they are. `keep` takes the "
        "files as they are",
    )
    team: str = Field("team", description="`ds801`: whose submission it is")


class ExportParameters(AugmentationParameters, _Target, SentOn):
    """What an export may be ordered with."""

    @field_validator("detections")
    @classmethod
    def _require_detections(cls, value: str) -> str:
        value = value.strip()
        if value not in ("", "none", "latest") and not (value.isdecimal() and len(value) < 10):
            raise ValueError(f"is the number of a detection run, latest or none, not {value[:40]!r}.")
        return value

    @model_validator(mode="after")
    def _require_soft_format(self) -> Self:
        if self.soft_labels and self.format != "ds801":
            raise ValueError("soft_labels can be written in the format ds801 alone.")
        return self


def _split(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


KIND = JobKind(
    name="export",
    whole_because="a folder is written whole or not at all, mostly as links to pictures on its own disk.",
    title="Export",
    icon="ac_unit",
    summary=(
        "A version as a folder: whole, or not there at all. Reading it back gives the same version, without a question."
    ),
    notes=(
        "Tables of text (`manifest.csv`, `metadata.csv`) carry every path and name unchanged, so that they read back "
        "the same. A spreadsheet takes cells that begin with `=`, `+`, `-` or `@` for formulas: where there are some, "
        "the run and the folder's `.vitrine-export.json` say how many. Open such a table with all columns as text. "
        "What pages offer as CSV is made for spreadsheets, with an apostrophe before such cells.\n\n"
        "Boxes go into `coco` (with masks), `yolo`, `voc` (in whole pixels), `cvat`, `labelme`, `labelstudio` (what a "
        "detector found as predictions), `fiftyone`, `huggingface` and `webdataset`, in pixels of the upright picture "
        "or shares of it. Where annotations lie beside the pictures, `manifest.parquet` says the labels, splits and "
        "sources of whole pictures, which YOLO, Pascal VOC and COCO with boxes have no place for. What a format cannot "
        "hold is said by the run and in `.vitrine-export.json`. `huggingface` and `webdataset` are written picture by "
        "picture into shards of 256 MB; `unpack-pictures` makes a folder of them again, with `boxes.json`.\n\n"
        "Every format but `ds801`, whose folders are checked file by file, carries a card (`README.md`, as Hugging "
        "Face reads it) and Croissant 1.1 metadata (`croissant.json`). Their records are `records.parquet`, a row a "
        "picture, or, in `huggingface`, the shards. Decisions and the estimate of wrong labels in the card are those "
        "of the day of the export. What is not known is said to be unknown. An import passes over these files.\n\n"
        "Where an origin or a licence of any picture is known, `ATTRIBUTION.csv` and `ATTRIBUTION.txt` say who made "
        "each, where it is from, on what terms, and how it is to be credited; a mixture names both. Pictures that were "
        "taken down since a version was frozen are left out, which the run says."
    ),
    lane=FILES,
    needs_pictures=True,
    parameters=ExportParameters,
    reads=(),
    here_only=True,
)

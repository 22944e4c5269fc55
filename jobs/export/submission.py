"""The DS801 submission as a format: two folders with imgs/ and data-labels.json, named as the course wants them."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from analytics.wording import count
from jobs.engine.errors import ExportRefused
from jobs.export.content import Content, Format, write_names
from jobs.export.plan import Entry, ExportRow, suffix

SIDE = 64  # pixels
MOST_TRAINING = 50_000
LEAST_VALIDATION, MOST_VALIDATION = 10, 1_000
TRAINING, VALIDATION = "training-set", "validation-set"
IMGS, LABELS = "imgs", "data-labels.json"
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")
_PICTURE_NAME = re.compile(r"img_.+\.jpg")


def check_team(team: str) -> None:
    """Raise ExportRefused for a team's name that cannot begin a folder's."""
    if not _TEAM.fullmatch(team):
        raise ExportRefused(f"{team!r} cannot be a team's name: use letters, digits, '-', '_' and '.', at most 61.")


def check_rows(rows: Sequence[ExportRow], *, classes: Sequence[str]) -> None:
    """Raise ExportRefused where a version cannot become a submission, saying what is wrong and what to do."""
    odd = [row for row in rows if (row.width, row.height, row.format, row.mode) != (SIDE, SIDE, "JPEG", "RGB")]
    if odd:
        one = odd[0]
        raise ExportRefused(
            f"{count(len(odd), 'picture is', 'pictures are')} not {SIDE}x{SIDE} RGB JPEG, which a submission takes "
            f"alone; the first is {one.path} ({one.width}x{one.height} {one.mode} {one.format}). "
            f"Take {'it' if len(odd) == 1 else 'them'} out first."
        )
    wrong = [row for row in rows if not _PICTURE_NAME.fullmatch(_name(row))]
    if wrong:
        raise ExportRefused(
            f"{count(len(wrong), 'picture is', 'pictures are')} not called img_KEY.jpg, as the originals of a "
            f"submission are; the first is {wrong[0].path}. Is this the course's dataset?"
        )
    validation = [row for row in rows if row.split == "val"]
    n_training = sum(row.split != "val" for row in rows)
    if not LEAST_VALIDATION <= len(validation) <= MOST_VALIDATION:
        raise ExportRefused(
            f"This version has {count(len(validation), 'picture')} in the split val; a submission needs "
            f"{LEAST_VALIDATION} to {MOST_VALIDATION:,}. Build a validation set, then freeze a version with it."
        )
    held = {row.label for row in validation}
    lacking = [name for index, name in enumerate(classes) if index not in held]
    if lacking:
        raise ExportRefused(
            f"The validation set has no picture of {lacking[0]}; every class must be there once or more."
        )
    if n_training > MOST_TRAINING:
        raise ExportRefused(
            f"This version has {n_training:,} training pictures; at most {MOST_TRAINING:,} may be given."
        )


def usable_rows(rows: Sequence[ExportRow]) -> list[int]:
    """The rows that can be in a submission: those with a label."""
    return [index for index, row in enumerate(rows) if row.label is not None]


def _name(row: ExportRow) -> str:
    return row.path.rpartition("/")[2]


def _place(content: Content) -> list[Entry]:
    placed = []
    for entry in content.entries:
        stem = _name(content.row(entry)).removesuffix(".jpg")
        behind = f"_{suffix(entry.technique, entry.number)}" if entry.technique else ""
        which = VALIDATION if entry.split == "val" else TRAINING
        placed.append(replace(entry, path=f"{content.team}-{which}/{IMGS}/{stem}{behind}.jpg"))
    return placed


def _describe(folder: Path, content: Content) -> None:
    for which in (TRAINING, VALIDATION):
        inside = f"{content.team}-{which}/{IMGS}/"
        labels = {
            entry.path.removeprefix(inside).removesuffix(".jpg"): _label(content, entry)
            for entry in content.entries
            if entry.path.startswith(inside)
        }
        (folder / f"{content.team}-{which}" / LABELS).write_text(json.dumps(labels), encoding="utf-8")
    write_names(folder, content)


def _label(content: Content, entry: Entry) -> list[float]:
    """One-hot; of a mixture the parent's class, or (soft_labels) each parent's part."""
    own = content.held(entry)[0]
    label: list[float] = [0] * len(content.classes)
    label[own] = 1
    if content.soft_labels and entry.partner >= 0:
        other = content.rows[entry.partner].label
        if other is not None and other != own:
            label[own], label[other] = round(entry.own_share, 4), round(1 - entry.own_share, 4)
    return label


SUBMISSION = Format(
    "DS801 submission", _place, _describe, lambda content: "labels:*", needs_one_label=True, has_card=False
)

"""Detections drawn over pictures: for galleries, and as HTML over a large one."""

import html
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from figures.names import one_line
from pages.detections import http
from pages.detections.queries import RunClasses
from pages.ui import blurring, filters, gallery
from pages.ui.base_path import under
from pages.ui.rows import Row
from pages.ui.text import count

MOST_SHAPES = 120  # boxes drawn over one picture, the best ones


@dataclass(frozen=True)
class Look:
    """What is drawn: boxes, class names at them, masks; only classes in `only` (None: all)."""

    boxes: bool = True
    words: bool = False
    masks: bool = True
    only: frozenset[int] | None = None

    def takes(self, row: Row) -> bool:
        """Whether an object is drawn."""
        return self.only is None or row["class_index"] in self.only


def items(
    table: pa.Table,
    boxes: Mapping[int, list[Row]],
    classes: RunClasses,
    look: Look,
    *,
    run_id: int,
    score: float,
    names: Sequence[str],
) -> list[gallery.Item]:
    """A thumbnail for each row (image_id, sha256, path, width, height, label, labels), with what was found in it."""
    return [
        gallery.Item(
            row["image_id"],
            row["sha256"],
            describe(boxes[row["image_id"]], classes, look),
            _label(row, names=names),
            drawing=drawing(row, boxes[row["image_id"]], classes, look, run_id=run_id, score=score),
        )
        for row in table.to_pylist()
    ]


def drawing(
    row: Row,
    objects: list[Row],
    classes: RunClasses,
    look: Look,
    *,
    run_id: int,
    score: float,
) -> gallery.Drawing:
    """The boxes and masks of one picture."""
    drawn = [each for each in objects if look.takes(each)][-MOST_SHAPES:]
    shapes = [
        (
            each["x1"],
            each["y1"],
            each["x2"],
            each["y2"],
            classes.colour(each["class_index"]),
            _words(each, classes, look),
        )
        for each in drawn
    ]
    overlay = ""
    if look.masks and any(each["has_mask"] for each in drawn):
        overlay = mask_address(run_id, int(row["image_id"]), drawn, classes, score=score)
    return gallery.Drawing(int(row["width"]), int(row["height"]), shapes if look.boxes else (), overlay)


def html_over(drawn: gallery.Drawing) -> str:
    """The same as HTML, to lie over a picture in a box of its own shape; sides are shares of it."""
    parts = []
    if drawn.overlay:
        whole = "position:absolute;inset:0;width:100%;height:100%"
        parts.append(f'<img src="{html.escape(drawn.overlay)}" alt="" style="{whole}">')
    for x1, y1, x2, y2, colour, words in drawn.shapes:
        left, top = 100 * x1 / drawn.width, 100 * y1 / drawn.height
        width, height = 100 * max(x2 - x1, 0) / drawn.width, 100 * max(y2 - y1, 0) / drawn.height
        at = f"position:absolute;left:{left:.2f}%;top:{top:.2f}%"
        box = f"{at};width:{width:.2f}%;height:{height:.2f}%;border:2px solid {colour};box-sizing:border-box"
        parts.append(f'<span style="{box}"></span>')
        if words:
            label = f"{at};transform:translateY({'-100%' if top > 4 else '0'});background:{colour};color:#fff"
            text = "font-size:.68rem;line-height:1.25;padding:0 .25rem;white-space:nowrap"
            parts.append(f'<span style="{label};{text}">{html.escape(one_line(words))}</span>')
    return "".join(parts)


def describe(objects: list[Row], classes: RunClasses, look: Look) -> str:
    """ "4 person, 2 car": what is drawn in a picture, the commonest first."""
    per_class: dict[int, int] = {}
    for each in objects:
        if look.takes(each):
            per_class[each["class_index"]] = per_class.get(each["class_index"], 0) + 1
    order = sorted(per_class.items(), key=lambda pair: (-pair[1], pair[0]))
    parts = [f"{n} {classes.names.get(index, f'class {index}')}" for index, n in order[:3]]
    if len(order) > 3:
        parts.append(f"{count(len(order) - 3)} more")
    return ", ".join(parts) or "nothing"


def mask_address(run_id: int, image_id: int, objects: list[Row], classes: RunClasses, *, score: float) -> str:
    """Where a picture's masks are served as a transparent picture."""
    colours = {each["class_index"]: classes.colour(each["class_index"])[1:] for each in objects}
    codes = ",".join(f"{index}-{colour}" for index, colour in sorted(colours.items()))
    values = {"s": f"{score:g}", "c": codes, "v": blurring.stamp()}
    return under(f"{http.PREFIX}/{run_id}/{image_id}?{urllib.parse.urlencode(values)}")


def _words(row: Row, classes: RunClasses, look: Look) -> str:
    if not look.words:
        return ""
    return f"{classes.names.get(row['class_index'], 'class ' + str(row['class_index']))} {row['score']:.2f}"


def _label(row: Row, *, names: Sequence[str]) -> str:
    if "label" in row and (row["label"] is not None or row["labels"]):
        return filters.label_text(row["label"], row["labels"], names=names)
    return str(row["path"]).rsplit("/", 1)[-1]

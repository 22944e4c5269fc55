"""What formats cannot hold, in sentences that go with an export."""

import re

from analytics.wording import count
from jobs.export.boxes import n_unseen
from jobs.export.content import Content
from jobs.export.tables import MANIFEST

_NO_XML = re.compile("[\\x00-\\x1f\\x7f\\ufffe\\uffff\\ud800-\\udfff]")


def xml_text(text: str) -> str:
    """A text as XML can hold it and gives it back: control characters are blanks."""
    return _NO_XML.sub(" ", text)


def names_for_xml(content: Content) -> list[str]:
    """Of a format in XML: that a class is called otherwise there."""
    odd = [name for name in (*content.box_names, *content.classes) if _NO_XML.search(name)]
    return [f"XML cannot hold the class name {odd[0]!r} as it is: control characters became blanks."] if odd else []


def labels_apart(content: Content, name: str) -> list[str]:
    """Of a format without a place for labels of whole pictures: that those stand in the manifest alone."""
    n_labelled = sum(bool(content.held(entry)) for entry in content.entries)
    if not n_labelled:
        return []
    return [
        f"{name} has no place for labels of whole pictures: those of {count(n_labelled, 'picture')} stand in "
        f"{MANIFEST} alone, which Vitrine reads back."
    ]


def scores_left_out(content: Content, name: str) -> list[str]:
    """Of a format without a place for scores."""
    if content.boxes is None or content.boxes.is_truth:
        return []
    return [f"{name} has no place for scores: every box from the score that was asked for on is written alike."]


def masks_left_out(content: Content) -> list[str]:
    """Of a format that is written with boxes alone."""
    if content.boxes is None or not content.boxes.n_masks:
        return []
    masks = count(content.boxes.n_masks, "object has a mask", "objects have a mask")
    return [f"{masks}, of which only the boxes are written here; COCO holds the masks."]


def unseen(content: Content) -> list[str]:
    """That the run did not look at all pictures, where others take these for pictures without an object."""
    boxes = content.boxes
    if boxes is None:
        return []
    n = n_unseen(boxes, (content.row(entry).image_id for entry in content.entries))
    if not n:
        return []
    were, have = ("was", "has") if n == 1 else ("were", "have")
    taken = "it for a picture without an object" if n == 1 else "them for pictures without an object"
    return [
        f"{count(n, 'picture')} {were} not looked at by detection run {boxes.run_id}, and {have} no boxes here: "
        f"programs take {taken}."
    ]


def of_boxes(content: Content, name: str) -> list[str]:
    """All that is to be said of a format of boxes without scores, masks and labels of whole pictures."""
    return [*labels_apart(content, name), *scores_left_out(content, name), *masks_left_out(content)]

"""The label in what a JSON value says of a picture, however deep it stands."""

import json
from typing import Any

from importers.columns import HEADERS, heading

# In what a file says of a picture, the words behind which its label stands, best known first.
_LABEL_WORDS = (
    *HEADERS["label"][:-1],
    "label_text",
    "choices",
    "choice",
    "classification",
    "classifications",
    "name",
    "value",
)
_LABEL_PARTS = ("objects", "annotations", "annotation", "detections", "regions", "result", "results", "value")
_DEEPEST = 6


def label_of(value: Any, depth: int = 0) -> Any:
    """The label in what a file says of a picture, however deep it stands; the value itself where that is plain."""
    if depth > _DEEPEST or not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        if not value or not any(isinstance(one, dict) for one in value):
            return value
        found = [label_of(one, depth + 1) for one in value]
        labels = [label for one in found for label in (one if isinstance(one, list) else [one])]
        plain = list(dict.fromkeys(label for label in labels if isinstance(label, str | int | float)))
        return plain if len(plain) != 1 else plain[0]
    region = next((inner for key, inner in value.items() if key.endswith("labels") and _are_names(inner)), None)
    if region is not None:  # of Label Studio's: rectanglelabels, polygonlabels
        return region if len(region) != 1 else region[0]
    by_word = {heading(key): inner for key, inner in value.items()}
    for word in (*_LABEL_WORDS, *_LABEL_PARTS):
        inner = by_word.get(word)
        if inner not in (None, "", [], {}):
            label = label_of(inner, depth + 1)
            if label is not None and not isinstance(label, dict):
                return label
    if any(by_word.get(word) == [] for word in (*_LABEL_WORDS, *_LABEL_PARTS)):
        return []  # a list of objects without any
    return None if depth else value


def alike(values: list[Any], is_nested: list[bool]) -> list[Any]:
    """Labels of pictures, of which one that stands alone is a list too where another has several."""
    if not any(nested and isinstance(value, list) for value, nested in zip(values, is_nested, strict=True)):
        return values
    return [
        [value] if nested and isinstance(value, str | int | float) else value
        for value, nested in zip(values, is_nested, strict=True)
    ]


def labels_in_cells(texts: list[Any]) -> list[Any] | None:
    """The labels in cells that are written as JSON; None where none of them is."""
    is_json = [isinstance(text, str) and (text.startswith(("{", "[{")) or text == "[]") for text in texts]
    if not any(isinstance(text, str) and text != "[]" for text, is_one in zip(texts, is_json, strict=True) if is_one):
        return None
    values = [label_of(cell_in_json(text)) if is_one else text for text, is_one in zip(texts, is_json, strict=True)]
    if not any(value != text for value, text in zip(values, texts, strict=True)):
        return None
    return alike(values, is_json)


def cell_in_json(text: str) -> Any:
    """What a cell of a table holds that is written as JSON, as Label Studio's are; the text itself for any other."""
    ends = ("{", "}") if text.startswith("{") else ("[{", "]")
    if text != "[]" and not (text.startswith(ends[0]) and text.endswith(ends[1])):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)

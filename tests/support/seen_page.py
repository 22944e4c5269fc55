"""What a page says and offers, for tests of pages."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

_KINDS = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "success", "error", "code")


def texts(app: AppTest) -> str:
    """All that the page says, a line an element, kind by kind; its figures with their labels."""
    lines = [str(element.value) for kind in _KINDS for element in app.get(kind)]
    return "\n".join(lines + [f"{metric.label} {metric.value}" for metric in app.metric])


def metric(app: AppTest, label: str) -> str:
    """The one figure called `label`."""
    (found,) = [each.value for each in app.metric if each.label == label]
    return found


def button(app: AppTest, words: str) -> Button:
    """The one button whose label holds `words`."""
    (found,) = [each for each in app.button if words in each.label]
    return found


def sent(app: AppTest, *, holding: str) -> list[dict[str, Any]]:
    """What was sent to the page's components that were sent something with the key `holding`, in order."""
    told = [each.proto.json or each.proto.mixed.json for each in app.get("bidi_component")]
    return [data for data in map(json.loads, filter(None, told)) if holding in data]

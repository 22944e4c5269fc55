"""What a page says and offers, for tests of pages."""

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

"""All that a page sent to a visitor: every element and block, with what is in it."""

from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

REFUSAL = "This is for a"  # how store.acting begins what it tells somebody whose role does not hold a deed


def everything(app: AppTest) -> Iterator[Any]:
    """Every element and block that was drawn, dialogs and the sidebar too."""
    yield from _below(app._tree)


def said(app: AppTest) -> bytes:
    """All that was sent, as it goes over the line: texts, tables and the data of components."""
    protos = [getattr(each, "proto", None) for each in everything(app)]
    return b"\n".join(proto.SerializeToString() for proto in protos if proto is not None)


def refusals(app: AppTest) -> list[str]:
    """What was said of deeds that whoever is here may not do."""
    told = [each.value for each in app.error] + [each.value for each in app.exception]
    return [each for each in told if REFUSAL in each]


def hollow_popovers(app: AppTest) -> list[str]:
    """The labels of popovers that hold an alert and nothing else: shells of forms that are not there."""
    found = [each for each in everything(app) if isinstance(each, Block) and each.type == "popover"]
    return [each.proto.popover.label for each in found if {inner.type for inner in _leaves(each)} <= {"alert", "info"}]


def _leaves(block: Block) -> Iterator[Any]:
    yield from (each for each in _below(block) if not isinstance(each, Block))


def _below(block: Any) -> Iterator[Any]:
    yield block
    for child in block.children.values():
        if isinstance(child, Block):
            yield from _below(child)
        else:
            yield child

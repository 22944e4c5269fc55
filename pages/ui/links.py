"""Numbers in addresses: a link is written by anybody, so what is no number of ours is as if it were not there."""

from typing import Any

import streamlit as st
from starlette.convertors import Convertor, register_url_convertor

MOST_DIGITS = 15  # an id or a place has fewer; a float still holds each of them


def number_of(text: object) -> int | None:
    """The whole number that a text is, from 0 to 15 digits; None for anything else."""
    written = str(text)
    return int(written) if written.isdecimal() and len(written) <= MOST_DIGITS else None


def number_in_url(key: str) -> int | None:
    """The whole number that the address has under `key`, or None."""
    return number_of(st.query_params.get(key, ""))


def whole_number(label: str, low: int, high: int, value: int, *, key: str, step: int = 1, **options: Any) -> int:
    """Draw a field for a whole number, bound to the address under `key`; the number, within its range.

    Streamlit takes `?k=1e309` into a field of whole numbers and ends the page; one of decimals turns it away.
    """
    ends = (float(low), float(max(low, high)), float(value), float(step))
    given = st.number_input(label, *ends, "%.0f", key=key, bind="query-params", **options)
    return min(max(int(given), low), max(low, high))


class _Number(Convertor[int]):
    """A whole number in the path of a route; a longer one is no such path."""

    regex = f"[0-9]{{1,{MOST_DIGITS}}}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


NUMBER = "number"  # in a route: f"/picture/{{image_id:{links.NUMBER}}}"
register_url_convertor(NUMBER, _Number())

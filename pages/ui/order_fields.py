"""Widgets for what a job is ordered with. Defaults, ranges and choices come from the kind's own model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from jobs.engine.spec import ParameterView
from pages.ui import session


@dataclass(frozen=True)
class OrderFields:
    """The parameters of one kind, each drawn as a widget that gives what may be ordered.

    Every method takes the parameter's name, and the widget's label, key and help; without help, the model's sentence.
    """

    views: Mapping[str, ParameterView]

    def whole(
        self,
        name: str,
        *,
        label: str,
        key: str,
        help: str | None = None,
        low: int | None = None,
        high: int | None = None,
        default: int | None = None,
        step: int = 1,
        width: int | Literal["stretch"] = "stretch",
    ) -> int:
        """A field for a whole number. low, high, default: where the page knows better than the model."""
        view = self.view(name)
        low, high = _whole(low, view.low), _whole(high, view.high)
        value = int(view.default if default is None else default)
        value = value if high is None else min(value, high)
        return int(st.number_input(label, low, high, value, step, key=key, help=_help(help, view), width=width))

    def number(
        self,
        name: str,
        *,
        label: str,
        key: str,
        help: str | None = None,
        step: float | None = None,
        format: str | None = None,
    ) -> float:
        """A field for a number."""
        view = self.view(name)
        low, high = (None if end is None else float(end) for end in (view.low, view.high))
        value = float(view.default)
        return float(st.number_input(label, low, high, value, step, format, key=key, help=_help(help, view)))

    def share(self, name: str, *, label: str, key: str, help: str | None = None) -> float:
        """A slider for a number whose range has two ends."""
        view = self.view(name)
        ends = (0.0 if view.low is None else float(view.low), 1.0 if view.high is None else float(view.high))
        return float(st.slider(label, *ends, float(view.default), key=key, help=_help(help, view)))

    def one_of(self, name: str, titles: Mapping[str, str], *, label: str, key: str, help: str | None = None) -> str:
        """A selector. titles: of the choices, in the order of the page; the model's default is chosen at first."""
        view = self.view(name)
        choices = list(titles)
        first = choices.index(view.default) if view.default in choices else 0
        chosen = st.selectbox(label, choices, first, format_func=titles.__getitem__, key=key, help=_help(help, view))
        return str(chosen)

    def view(self, name: str) -> ParameterView:
        """What the model says of a parameter, by its name or one that it had before."""
        if name in self.views:
            return self.views[name]
        return next(view for view in self.views.values() if name in view.former_names)


def of(kind: str) -> OrderFields:
    """The parameters of a job kind."""
    return OrderFields(session.supervisor().kinds()[kind].views())


def _help(asked: str | None, view: ParameterView) -> str:
    """What the page says of a parameter, or else the model's sentence."""
    return view.help if asked is None else asked


def _whole(asked: int | None, end: object) -> int | None:
    """An end of a range, by the page or else by the model."""
    told = end if asked is None else asked
    return None if told is None else int(str(told))

"""A form's fields have the defaults, ranges and choices of the kind's model."""

from streamlit.testing.v1 import AppTest


def order() -> None:
    from typing import Annotated, Literal

    import streamlit as st
    from pydantic import Field

    from jobs.engine.parameters import Formerly, Parameters, describe
    from pages.ui.order_fields import OrderFields

    class Toy(Parameters):
        folds: int = Field(5, ge=2, le=50, description="how many folds")
        max_size: Annotated[int, Formerly("most_size")] = Field(10, ge=0)
        rate: float = Field(0.25, ge=0, le=1)
        metric: Literal["cosine", "euclidean"] = Field("euclidean")

    fields = OrderFields(describe(Toy))
    given = {
        "folds": fields.whole("folds", label="Folds", key="folds"),
        "few": fields.whole("folds", label="Few folds", key="few", high=3),
        "max_size": fields.whole("most_size", label="Size", key="size", default=7, low=5),
        "rate": fields.number("rate", label="Rate", key="rate", step=0.05, help="faster"),
        "share": fields.share("rate", label="Share", key="share"),
        "metric": fields.one_of("metric", {"cosine": "By angle", "euclidean": "By length"}, label="By", key="metric"),
    }
    st.json(given)


def test_fields_are_told_by_the_model() -> None:
    app = AppTest.from_function(order).run()
    assert not app.exception
    folds, few, size, rate = app.number_input
    assert (folds.value, folds.min, folds.max, folds.help) == (5, 2, 50, "how many folds")
    assert (few.value, few.max) == (3, 3)
    assert (size.value, size.min, size.max) == (7, 5, None)
    assert (rate.value, rate.min, rate.max, rate.step, rate.help) == (0.25, 0, 1, 0.05, "faster")
    assert (app.slider[0].value, app.slider[0].max) == (0.25, 1)
    assert (app.selectbox[0].value, app.selectbox[0].options) == ("euclidean", ["By angle", "By length"])

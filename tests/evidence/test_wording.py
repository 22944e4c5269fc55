"""Sentences with numbers in them: only a claim's own places are filled, and no text of a stranger is a format."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.value import Interval, Value
from evidence.wording import change, filled, in_words, literal, names_a_number, places, with_unit, written

SHARE = Value(number=0.347, unit="share", n=31_848, interval=Interval(0.339, 0.355, "bootstrap"))
STRANGE = ("<script>alert(1)</script>", "**قطة**", "🐈‍⬛ {}", "{share}", "{0.__class__}", "}{", "%s %(a)s", "{share!r}")


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (31_848, "count", "31,848"),
        (0.34694, "share", "34.7 %"),
        (-0.0712, "points", "-7.1"),
        (3.472, "ratio", "3.5"),
        (1.236, "mean", "1.24"),
        (0.96871, "score", "0.969"),
        (0.0312, "p", "0.031"),
        (0.0002, "p", "less than 0.001"),
        (56_200_000, "bytes", "56 MB"),
        (None, "share", "(not known)"),
        (float("nan"), "share", "(not known)"),
    ],
)
def test_each_unit_has_its_way_of_writing(number, unit, text) -> None:
    assert written(number, unit) == text


def test_a_number_that_stands_alone_says_its_unit() -> None:
    assert with_unit(0.0712, "points") == "+7.1 points" and with_unit(-0.0712, "points") == "-7.1 points"
    assert with_unit(0.0, "points") == "0.0 points" and with_unit(3.5, "ratio") == "3.5 times"
    assert in_words(SHARE) == "34.7 % (33.9 % to 35.5 %)" and in_words(Value(number=None, unit="p")) == "not known"


def test_a_change_is_told_in_the_unit_and_never_as_nothing() -> None:
    assert change(31_848, 31_798, "count") == "by -50" and change(0.347, 0.36, "share") == "by +1.3 points"
    assert change(0.5, 0.50001, "share") == "by +0.001 points"


def test_only_the_places_of_the_claims_own_numbers_are_filled() -> None:
    said = filled("About {share} ({share_low} to {share_high}, n = {share_n}); {other} {} {share.x}", {"share": SHARE})
    assert said == "About 34.7 % (33.9 % to 35.5 %, n = 31,848); {other} {} {share.x}"
    assert filled("{{share}} is {share}", {"share": SHARE}) == "{share} is 34.7 %"


@pytest.mark.parametrize("name", STRANGE)
def test_a_strangers_name_in_a_sentence_stays_text(name) -> None:
    said = filled(f"About {{share}} of {literal(name)} are wrong.", {"share": SHARE})
    assert said == f"About 34.7 % of {name} are wrong."


@given(st.text(max_size=60).map(lambda text: " ".join(text.split())))
def test_any_name_comes_out_as_it_went_in(name) -> None:
    assert filled(f"{literal(name)}: {{share}}", {"share": SHARE}) == f"{name}: 34.7 %"


def test_what_is_filled_in_is_not_looked_at_again() -> None:
    odd = Value(number=1, unit="count")
    assert filled("{a}{b}", {"a": odd}) == "1{b}" and places("{a} {b_low} {{c}} {}") == {"a", "b_low"}


def test_a_sentence_names_a_number_or_is_no_claim() -> None:
    assert names_a_number("{share_low} or more", ["share"]) and names_a_number("{share}", ["share"])
    assert not names_a_number("{{share}} {other} {}", ["share"])

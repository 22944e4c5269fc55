"""Names that are one but for their writing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.alike_names import alike_names


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Cat", "dog", "cat"], [(0, 2)]),
        (["polar bear", "polar_bear", "Polar-Bear ", "bear"], [(0, 1, 2)]),
        (["caf\u00e9", "cafe\u0301", "cafe"], [(0, 1)]),
        (["\uff23\uff21\uff34", "cat", "Stra\u00dfe", "STRASSE"], [(0, 1), (2, 3)]),
        (["cat", "cats", "c at"], []),
        (["", " ", "-", "_"], []),
        (["7", "07"], []),
        ([], []),
    ],
)
def test_names_by_hand(names, expected) -> None:
    assert alike_names(names) == expected


@given(st.lists(st.text(max_size=6), max_size=8))
def test_every_name_is_in_one_group_at_most_and_the_other_way_of_writing_changes_nothing(names) -> None:
    places = [place for group in alike_names(names) for place in group]
    assert len(places) == len(set(places))
    assert alike_names([f" {name} " for name in names]) == alike_names(names)

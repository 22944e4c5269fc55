"""Each door is tried a little; for an hour of it see run.py."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.doors import TARGETS
from tests.support.fuzz import try_door
from tests.support.wild import changed, damaged

FEW = 8


@pytest.mark.long
@pytest.mark.parametrize("door", sorted(set(TARGETS) - {"routes", "deep links"}))
def test_a_door_holds(door, capsys) -> None:
    assert try_door(door, seed=3, seconds=0, examples=FEW) == 0
    assert f"| {door} | " in capsys.readouterr().out


@pytest.mark.long
def test_a_door_that_does_not_hold_is_found(monkeypatch) -> None:
    def opened(folder):
        def one(drawn: bytes) -> None:
            assert drawn != b"", "nothing came"

        return one

    monkeypatch.setitem(TARGETS, "zips", type(TARGETS["zips"])(damaged([b"abc"]), opened))
    with pytest.raises(AssertionError, match="nothing came"):
        try_door("zips", seed=3, seconds=0, examples=2_000)


@given(st.data())
def test_what_is_changed_is_still_a_document(data) -> None:
    drawn = data.draw(changed({"a": [1, {"b": "c"}]}))
    json.dumps(drawn)

"""Limits of quality gates: declared, set, given; what passes; and their words."""

import math

import pytest

from analytics.gates import AT_LEAST, BY_NAME, GATES, SUBJECTS, chosen_limits, in_unit, limit_of, limits_from


def test_every_gate_belongs_to_a_subject_and_its_default_is_a_limit() -> None:
    assert {gate.subject for gate in GATES} == set(SUBJECTS) and len(BY_NAME) == len(GATES)
    for gate in GATES:
        assert limit_of(gate.name, gate.limit) == gate.limit


def test_limits_of_a_run_come_before_those_that_were_set_and_those_before_the_declared() -> None:
    kept = {"import.failures": 0.2, "import.labels": None, "no.longer.known": 1.0}
    limits = chosen_limits(kept, limits_from("import.failures=0.5, freshness.newest=26,vectors.same=off"))
    assert (limits["import.failures"], limits["freshness.newest"], limits["import.pictures"]) == (0.5, 26.0, 1.0)
    assert not {"import.labels", "vectors.same", "no.longer.known"} & limits.keys()
    assert "freshness.newest" not in chosen_limits()


@pytest.mark.parametrize("text", ["import.failure=1", "import.failures=2", "import.failures=x", "import.failures",
                                  "import.pictures=-1", "import.pictures=nan", "import.pictures=inf"])  # fmt: skip
def test_a_limit_that_is_none_is_refused_in_a_sentence(text) -> None:
    with pytest.raises(ValueError, match=r"names no gate|a limit is a number"):
        limits_from(text)


def test_a_limit_itself_passes_and_what_could_not_be_measured_does_not() -> None:
    for gate in GATES:
        worse = 0.4 if gate.limit_kind == AT_LEAST else 0.6
        assert gate.passes(0.5, 0.5) and not gate.passes(worse, 0.5)
        assert not gate.passes(None, 0.5) and not gate.passes(math.nan, 0.5)


def test_a_sentence_says_what_was_found_how_many_and_the_limit() -> None:
    gate = BY_NAME["import.failures"]
    assert gate.sentence(0.03, 0.01, n_wrong=30) == "Files not taken in: 3 % (30), at most 1 %."
    assert (
        BY_NAME["import.pictures"].sentence(None, 1, n_wrong=0).endswith("could not be measured, at least 1 picture.")
    )
    assert [in_unit(1, "entries"), in_unit(2, "entries"), in_unit(1.25, "hours")] == [
        "1 entry",
        "2 entries",
        "1.2 hours",
    ]

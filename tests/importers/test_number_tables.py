"""The fast reader of plain numbers: what it reads is what the usual one reads, and what is not plain it leaves."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers import feature_files, number_tables
from importers.feature_files import pieces_of, reading_of
from importers.feature_reading import Asked, FeaturesRefused


def both(path) -> list[tuple[list[str], list[str | None], np.ndarray]]:
    """ids, labels and vectors by the fast and by the usual reader."""
    found = []
    for is_large in (True, False):
        pieces = list(pieces_of(path, reading_of(path, Asked(id="1", label="2")), is_large=is_large))
        ids = [one for piece in pieces for one in piece.ids or ()]
        labels = [one for piece in pieces for one in piece.labels or ()]
        found.append((ids, labels, np.concatenate([piece.vectors for piece in pieces])))
    return found


NUMBERS = st.one_of(
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-1e30, 1e30).map(lambda value: f"{value:.17g}"),
    st.integers(-(10**25), 10**25).map(str),
    st.sampled_from(["0", "-0.0", "1.", ".5", "1e5", "1E-5", "+3", "00012.500", "1e-60", "12345678901234567890123"]),
)
ROW = st.tuples(st.text("abc019-_.", min_size=1, max_size=8), st.sampled_from(["cat", "x y", "7"]), NUMBERS, NUMBERS)


@pytest.mark.long
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=12), ending=st.sampled_from(["\n", "\r\n"]), block=st.integers(30, 400))
def test_both_readers_read_the_same(tmp_path, monkeypatch, rows, ending, block) -> None:
    monkeypatch.setattr(number_tables, "BLOCK_BYTES", block)
    path = tmp_path / "f.csv"
    path.write_bytes(ending.join(["id,label,f0,f1", *(",".join(row) for row in rows)]).encode())
    (ids, labels, fast), (usual_ids, usual_labels, usual) = both(path)
    assert ids == usual_ids == [row[0] for row in rows] and labels == usual_labels
    assert np.array_equal(np.isfinite(fast), np.isfinite(usual))
    both_finite = np.isfinite(fast)
    assert np.allclose(fast[both_finite], usual[both_finite], rtol=1.2e-7, atol=0)


@pytest.mark.long
@pytest.mark.parametrize("odd", ["nan,1", "inf,1", ",1", "1", "1,2,3", '"1",2', "oops,1", "1e,2", "0x1,2", "1e999,1"])
def test_what_is_not_plain_is_read_by_the_other_reader_from_there_on(tmp_path, monkeypatch, odd) -> None:
    monkeypatch.setattr(number_tables, "BLOCK_BYTES", 60)
    lines = [f"p{n},cat,{n}.5,{n}" for n in range(40)]
    lines[20] = f"p20,cat,{odd}"
    path = tmp_path / "f.csv"
    path.write_text("\n".join(["id,label,f0,f1", *lines]))
    seen = []
    usual = feature_files._csv_pieces
    monkeypatch.setattr(feature_files, "_csv_pieces", lambda *a, **k: seen.append(k.get("at", 0)) or usual(*a, **k))
    try:
        (ids, _, fast), (usual_ids, _, slow) = both(path)
    except FeaturesRefused as refused:
        assert "oops" in str(refused) or "0x1" in str(refused) or "1e" in str(refused)
        return
    assert ids == usual_ids and np.array_equal(fast, slow, equal_nan=True)
    assert seen[0] > 200  # what came before was read fast

"""Decisions files from strangers are read whole or refused whole; what came in before is read, and healed."""

import contextlib
import json

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import review
from store.connection import open_workspace
from store.datasets import find_dataset
from store.decision_files import decisions_file, merge_decisions, preview_merge
from store.decision_texts import MOST_ACTS, MOST_BYTES, MOST_VALUES, read_acts, read_evidence
from store.decisions import Act, decide, history, undo
from store.errors import BadDecisionFile
from tests.support.small_workspace import image_row, land, new_dataset

BAD_EVIDENCE = ("seen by eye", "[1]", '"x"', "", "{", '{"a": "\\ud800"}', "[" * 15_000, "null")
SHA256 = image_row("0.png")["sha256"]


def an_act(**changed: object) -> dict[str, object]:
    return {
        "sha256": SHA256,
        "path": "0.png",
        "act": "keep",
        "who": "Ada",
        "decided_at": "2026-03-01T10:00:00",
        **changed,
    }


def a_file(*acts: object) -> str:
    return json.dumps({"format": "vitrine-decisions", "version": 1, "dataset": "birds", "classes": [], "acts": acts})


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A workspace of three pictures, and its dataset."""
    workspace = open_workspace(tmp_path_factory.mktemp("here"))
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{i}.png") for i in range(3)])
    yield workspace, dataset.id
    workspace.close()


def the_store_can_be_read(workspace, dataset_id) -> None:
    """Everything that looks into evidence answers, and the workspace's own file can be taken in."""
    review.verdicts(workspace, dataset_id, run_id=1)
    review.blind_verdicts(workspace, dataset_id, run_id=1)
    review.decided_ids(workspace, dataset_id, blind_run=1)
    workspace.read_text("SELECT * FROM validation_answer")
    for row in history(workspace, dataset_id).to_pylist():
        assert json.dumps(read_evidence(row["evidence"])).encode()
    preview_merge(workspace, dataset_id, decisions_file(workspace, dataset_id, dataset="birds"))


@pytest.mark.parametrize("evidence", [*BAD_EVIDENCE, 3, [1], "x" * 20_001, {"a": "x" * 20_001}])
def test_evidence_that_is_no_object_is_refused(here, evidence) -> None:
    with pytest.raises(BadDecisionFile, match="Act 2 of the file: evidence must be a JSON object"):
        merge_decisions(*here, a_file(an_act(), an_act(evidence=evidence)))
    assert not history(*here).num_rows


@pytest.mark.parametrize(
    "time",
    [
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31",
        "1969-12-31",
        "",
        1e18,
        None,
        [],
        "1" * 99,
    ],
)
@pytest.mark.parametrize("name", ["decided_at", "undone_at"])
def test_a_time_of_another_age_is_refused(here, name, time) -> None:
    if time is None and name == "undone_at":
        return  # not taken back
    with pytest.raises(BadDecisionFile, match=f"Act 1 of the file: {name} is no time"):
        merge_decisions(*here, a_file(an_act(**{name: time}, undone_by="Bo")))


def test_a_time_of_another_zone_is_taken_in_as_utc() -> None:
    (act,) = read_acts(a_file(an_act(decided_at="2026-03-01T12:00:00+02:00")))
    assert act.decided_at.isoformat() == "2026-03-01T10:00:00"


@pytest.mark.parametrize("who", ["", "  ", "\t\n", "\u200b", "a\0b", None, 3, ["Ada"], "x" * 201])
@pytest.mark.parametrize("name", ["who", "undone_by"])
def test_an_act_of_nobody_is_refused(here, name, who) -> None:
    with pytest.raises(BadDecisionFile, match="undone_by|who"):
        merge_decisions(*here, a_file(an_act(**{name: who}, undone_at="2026-03-02")))


@pytest.mark.parametrize("name", ["who", "path", "reason", "sha256", "act", "label", "evidence"])
def test_half_a_surrogate_pair_is_refused_however_it_is_written(here, name) -> None:
    escaped = a_file(an_act(**{name: "SIGN"})).replace("SIGN", "\\ud800")
    plain = a_file(an_act(**{name: "SIGN"})).replace("SIGN", "\ud800")
    for text in (escaped, escaped.encode(), plain, plain.encode(errors="surrogatepass")):
        with pytest.raises(BadDecisionFile):
            merge_decisions(*here, text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        a_file(an_act()).replace('"acts": [', '"acts": [' + "[" * 100_000),
        a_file(an_act(evidence={"a": 1})).replace('{"a": 1}', '{"a":' * 5_000 + "1" + "}" * 5_000),
        a_file({}),
        a_file(*[{}] * 1_000),
        a_file(an_act(act={"keep": 1})),
        a_file(an_act(act="undo")),
        a_file(an_act(labels=["x"] * 2_000, act="relabel")),
        a_file(an_act(path="")),
        "9" * 5_000,
        "",
        b"\xff\xfe\x00",
        b"\x80abc",
        "NaN",
    ],
)
def test_what_is_no_decisions_file_is_refused_in_a_short_sentence(here, text) -> None:
    with pytest.raises(BadDecisionFile) as refused:
        merge_decisions(*here, text)
    assert len(str(refused.value)) < 400


def test_a_file_is_bounded_in_bytes_values_and_acts() -> None:
    with pytest.raises(BadDecisionFile, match="larger than 64 MiB"):
        read_acts(b" " * (MOST_BYTES + 1))
    with pytest.raises(BadDecisionFile, match=f"more than {MOST_VALUES:,} values"):
        read_acts(b"[" + b"0," * MOST_VALUES + b"0]")
    text = a_file(*[0] * 2).replace("0, 0", ",".join([json.dumps(an_act())] * 3))
    assert len(read_acts(text)) == 3 and MOST_ACTS * len(json.dumps(an_act())) < MOST_BYTES


def test_files_with_a_mark_of_their_encoding_are_read() -> None:
    text = a_file(an_act(who="Ådå"))
    for content in (text.encode("utf-8-sig"), text.encode("utf-16"), "\ufeff" + text):
        assert read_acts(content)[0].who == "Ådå"


def test_an_act_that_a_file_repeats_counts_once(tmp_path) -> None:
    with contextlib.closing(open_workspace(tmp_path)) as workspace:
        dataset = new_dataset(workspace)
        land(workspace, dataset.id, [image_row("0.png"), image_row("1.png")])
        merged = merge_decisions(workspace, dataset.id, a_file(an_act(), an_act(), an_act(path="was/elsewhere.png")))
        assert (merged.n_new, merged.n_known, merged.n_repeated) == (1, 0, 2)
        assert history(workspace, dataset.id).num_rows == 1
        again = merge_decisions(workspace, dataset.id, a_file(an_act(), an_act()))
        assert (again.n_new, again.n_known, again.n_repeated) == (0, 1, 1)
        gone = an_act(undone_at="2026-03-02T00:00:00", undone_by="Bo")
        undone = merge_decisions(workspace, dataset.id, a_file(an_act(), gone, gone))
        assert (undone.n_new, undone.n_undone, undone.n_repeated) == (0, 1, 2)
        assert [row["act"] for row in history(workspace, dataset.id).to_pylist()] == ["undo", "keep"]


def test_an_act_that_stands_twice_from_before_is_taken_back_whole(tmp_path) -> None:
    with contextlib.closing(open_workspace(tmp_path)) as workspace:
        dataset = new_dataset(workspace)
        land(workspace, dataset.id, [image_row("0.png")])
        merge_decisions(workspace, dataset.id, a_file(an_act(act="remove")))
        with workspace.writing(dataset.id) as cursor:
            cursor.execute("INSERT INTO decision SELECT * REPLACE (2 AS id) FROM decision")
        gone = an_act(act="remove", undone_at="2026-03-02T00:00:00", undone_by="Bo")
        merge_decisions(workspace, dataset.id, a_file(gone))
        assert not any(row["stands"] for row in history(workspace, dataset.id).to_pylist())


def test_what_was_shown_is_kept_as_it_was_and_numbers_that_are_none_are_null(tmp_path) -> None:
    with contextlib.closing(open_workspace(tmp_path)) as workspace:
        dataset = new_dataset(workspace)
        land(workspace, dataset.id, [image_row("0.png")])
        shown = {"margin": float("nan"), "far": float("inf"), "names": ["é", {"n": 10**400}], "share": 0.25}
        decide(workspace, dataset.id, [Act(1, "keep", evidence=shown)], who="Ada")
        text = decisions_file(workspace, dataset.id, dataset="birds")
        (act,) = read_acts(text)
        assert json.loads(act.evidence) == {"margin": None, "far": None, "names": ["é", {"n": 10**400}], "share": 0.25}


@pytest.mark.long
def test_a_workspace_that_holds_such_acts_is_read_and_healed_when_it_is_opened(tmp_path) -> None:
    with contextlib.closing(open_workspace(tmp_path)) as workspace:
        dataset = new_dataset(workspace)
        land(workspace, dataset.id, [image_row(f"{i}.png") for i in range(len(BAD_EVIDENCE) + 1)])
        for image_id, evidence in enumerate([*BAD_EVIDENCE, '{"queue": "blind", "run": 1}'], start=1):
            kept = decide(workspace, dataset.id, [Act(image_id, "keep" if image_id % 2 else "flag")], who="Ada")
            with workspace.writing(dataset.id) as cursor:
                cursor.execute("UPDATE decision SET evidence = ? WHERE batch = ?", [evidence, kept.batch])
        the_store_can_be_read(workspace, dataset.id)  # without the healing, by a tolerant reading
        assert review.decided_ids(workspace, dataset.id, blind_run=1).tolist() == [len(BAD_EVIDENCE) + 1]
    with duckdb.connect(str(tmp_path / "vitrine.duckdb")) as connection:
        connection.execute("UPDATE decision SET who = ' \u200b', decided_at = '9999-12-31 23:59:59' WHERE image_id = 1")
        connection.execute("DELETE FROM migration WHERE number = 20")
    with contextlib.closing(open_workspace(tmp_path)) as workspace:
        rows = {row["image_id"]: row for row in history(workspace, dataset.id).to_pylist()}
        notes = [read_evidence(rows[image_id]["evidence"]) for image_id in range(1, len(BAD_EVIDENCE) + 1)]
        assert notes == [{"note": evidence} for evidence in BAD_EVIDENCE]  # nothing that was written is lost
        assert read_evidence(rows[len(BAD_EVIDENCE) + 1]["evidence"]) == {"queue": "blind", "run": 1}
        assert (rows[1]["who"], rows[1]["decided_at"].year) == ("unknown", 2199)
        the_store_can_be_read(workspace, find_dataset(workspace, "birds").id)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_TIMES = st.datetimes(timezones=st.none() | st.timezones()).map(lambda time: time.isoformat())
_FIELDS = {
    "sha256": st.just(SHA256),
    "path": st.sampled_from(["0.png", "1.png"]),
    "act": st.sampled_from(["keep", "relabel", "remove", "restore", "flag"]),
    "who": st.sampled_from(["Ada", "Bo"]),
    "decided_at": _TIMES,
}
_OTHERS = dict.fromkeys(["reason", "evidence", "label", "labels", "undone_by", "undone_at", "more"], _ANYTHING)
_ACT = st.fixed_dictionaries(
    {name: st.one_of(usual, usual, usual, _ANYTHING) for name, usual in _FIELDS.items()},
    optional=_OTHERS | {"evidence": _ANYTHING | _ANYTHING.map(json.dumps) | st.text(), "undone_at": _TIMES | _ANYTHING},
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(acts=st.lists(_ACT, max_size=3))
@pytest.mark.long
def test_any_file_is_taken_in_or_refused_and_the_store_answers_afterwards(here, acts) -> None:
    workspace, dataset_id = here
    try:
        merged = merge_decisions(workspace, dataset_id, json.dumps(json.loads(a_file()) | {"acts": acts}))
    except BadDecisionFile:
        return
    the_store_can_be_read(workspace, dataset_id)
    if merged.batch is not None:
        undo(workspace, dataset_id, batch=merged.batch, who="test")

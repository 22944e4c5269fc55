"""Segments that come back from elsewhere: what a kind cannot have is refused with a count, and nothing is taken in."""

import json
import math
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.engine.errors import PackRefused
from jobs.engine.folder import job_folder
from jobs.engine.kinds import all_kinds
from jobs.engine.pack import unpack
from jobs.engine.segment_schema import IMAGE_ONCE, Known, Segment, check_segments, share
from jobs.engine.segment_size import rows_at_once
from jobs.engine.supervisor import Supervisor
from store.connection import open_workspace
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset

KNOWN = Known(pa.array([1, 2, 3], pa.int64()), n_classes=2)
ABOUT = {"model": "tiny", "dim": 2, "preprocess": {}, "weights_source": "test", "weights_sha256": "0" * 64}


def example(values, known: Known) -> object:
    """A value that a column may hold."""
    one = {"text": "x", "yes or no": True}.get(values.type, max(values.low, 0) if math.isfinite(values.low) else 0)
    one = known.image_ids[0].as_py() if values.of_images else one
    one = int(one) if values.type == "whole number" else one
    return one if values.most is None else [one]


def wild_values(values) -> list[object]:
    """Values that it may not, each of the type of its column."""
    if values.type == "yes or no":
        return []
    if values.type == "text":
        wild = ["x" * (values.longest + 1)] if values.longest < 10**6 else []
    elif values.of_images:
        wild = [-1, 99, 2**62]
    elif values.of_classes:
        wild = [-2, 2, 2**31 - 1]
    elif values.type == "whole number":
        wild = [int(values.low) - 1, int(values.high) + 1]
    else:
        wild = [values.low - 1 - abs(values.low), values.high + 1 + values.high, 1e308, -1e308, -math.inf]
        wild += [math.nan] * (not values.or_nan) + [math.inf] * (not values.or_endless)
    return wild if values.most is None else [[each] for each in wild]


def arrow_type(values) -> pa.DataType:
    kind = {"whole number": pa.int64(), "number": pa.float64(), "text": pa.string(), "yes or no": pa.bool_()}[
        values.type
    ]
    return kind if values.most is None else pa.list_(kind)


def written(path, segment, rows) -> list:
    """A segment's rows as a file; columns that a kind says the width of have two values."""
    types = {name: arrow_type(values) for name, values in segment.columns.items()}
    types |= {name: pa.list_(types[name].value_type, 2) for name in segment.widths}
    rows = [{name: value * 2 if name in segment.widths else value for name, value in row.items()} for row in rows]
    about = {"about": json.dumps(ABOUT), "classes": json.dumps({0: "cat"})}
    schema = pa.schema(list(types.items()), metadata={name: about[name] for name in segment.about})
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return [path]


KINDS = {name: kind.segment for name, kind in all_kinds().items() if kind.segment is not None}


def test_every_kind_that_can_run_elsewhere_states_what_its_segments_hold() -> None:
    stated, here = set(KINDS), {name for name, kind in all_kinds().items() if kind.here_only}
    assert not stated & here
    assert stated | here == set(all_kinds())


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.long
def test_no_column_of_any_kind_holds_a_wild_value(tmp_path, kind) -> None:
    segment = KINDS[kind]
    row = {name: example(values, KNOWN) for name, values in segment.columns.items()}
    check_segments(written(tmp_path / "fine.parquet", segment, [row]), segment, KNOWN)
    n_tried = 0
    for name, values in segment.columns.items():
        for wild in wild_values(values):
            path = written(tmp_path / "wild.parquet", segment, [{**row, name: wild}])
            with pytest.raises(PackRefused, match=f"Of the 1 row .* in 1 row {name} holds"):
                check_segments(path, segment, KNOWN)
            n_tried += 1
    assert n_tried >= 4


def test_what_is_wrong_is_told_with_its_count(tmp_path) -> None:
    segment = Segment(columns={"image_id": IMAGE_ONCE, "share": share()}, needed=("image_id", "share"))
    rows = [{"image_id": n, "share": value} for n, value in [(1, 0.5), (2, math.nan), (3, 7.0), (-4, None)]]
    with pytest.raises(PackRefused) as refused:
        check_segments(written(tmp_path / "a.parquet", segment, rows), segment, KNOWN)
    said = str(refused.value)
    assert "Of the 4 rows" in said and "in 2 rows share holds what is no number from" in said
    assert "in 1 row image_id holds what is no picture of the dataset" in said and "Nothing was taken in." in said
    twice = [{"image_id": 1, "share": 0.5}]
    paths = written(tmp_path / "b.parquet", segment, twice) + written(tmp_path / "c.parquet", segment, twice)
    with pytest.raises(PackRefused, match="in 1 row image_id holds a picture twice"):
        check_segments(paths, segment, KNOWN)


def test_more_rows_than_the_dataset_allows_are_refused_before_they_are_read(tmp_path) -> None:
    segment = Segment(columns={"image_id": IMAGE_ONCE, "share": share()}, needed=("image_id",))
    pq.write_table(pa.table({"image_id": np.ones(1_000_000, np.int64)}), tmp_path / "a.parquet")
    with pytest.raises(PackRefused, match="more than 1,003 rows, and this dataset has 3 pictures"):
        check_segments([tmp_path / "a.parquet"], segment, KNOWN)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pa.table({"image_id": [1]}), "no column share"),
        (pa.table({"image_id": ["1"], "share": [0.5]}), "column image_id of the results is of the type string"),
        (pa.table({"image_id": [1], "share": [[0.5]]}), "column share of the results is of the type list"),
        (pa.table({"image_id": [1.0], "share": [0.5]}), "column image_id"),
        (pa.table([[1], [1], [0.5]], names=["image_id", "image_id", "share"]), "column image_id twice"),
        (
            pa.table(
                {"image_id": [None], "share": [0.5]},
                schema=pa.schema([("image_id", pa.int64()), ("share", pa.float32())]),
            ),
            "image_id holds nothing",
        ),
    ],
)
def test_other_tables_are_refused(tmp_path, table, said) -> None:
    segment = Segment(columns={"image_id": IMAGE_ONCE, "share": share()}, needed=("image_id", "share"))
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(PackRefused, match=said):
        check_segments([tmp_path / "a.parquet"], segment, KNOWN)


@pytest.mark.parametrize(
    "about",
    [
        b"",
        b"{",
        b"[]",
        *(json.dumps({**ABOUT, **wild}).encode() for wild in ({"dim": 3}, {"dim": 10**9}, {"model": 3})),
    ],
)
def test_what_vectors_say_of_themselves_is_looked_at(tmp_path, about) -> None:
    segment = KINDS["embed"]
    (path,) = written(
        tmp_path / "a.parquet", segment, [{"image_id": 1, "sha256": "0", "vector": [0.5], "reason": None}]
    )
    pq.write_table(pq.read_table(path).replace_schema_metadata({"about": about}), path)
    with pytest.raises(PackRefused):
        check_segments([path], segment, KNOWN)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.fixed_dictionaries({"image_id": st.integers(-5, 9) | st.none(), "share": st.none() | st.floats(width=32)}),
        max_size=6,
    )
)
def test_what_passes_is_what_may_be(tmp_path, rows) -> None:
    """The twin looks at one row after the other."""
    segment = Segment(columns={"image_id": IMAGE_ONCE, "share": share()}, needed=("image_id", "share"))
    ids = [row["image_id"] for row in rows]
    fine = all(image_id in (1, 2, 3) for image_id in ids) and len(set(ids)) == len(ids)
    fine &= all(row["share"] is None or -1e-3 <= row["share"] <= 1 + 1e-3 for row in rows)
    path = written(tmp_path / "a.parquet", segment, rows)
    if fine:
        check_segments(path, segment, KNOWN)
    else:
        with pytest.raises(PackRefused):
            check_segments(path, segment, KNOWN)


def test_forged_results_leave_the_workspace_as_it_was(tmp_path) -> None:
    workspace = open_workspace(tmp_path / "w")
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{n}.png") for n in range(4)])
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    supervisor = Supervisor(workspace)
    job_id = supervisor.start("neighbours", dataset=dataset.name, parameters={"k": 2}, hold=True)
    segment = KINDS["neighbours"]
    fine = [{"image_id": n, "neighbours": [n % 4 + 1], "similarities": [0.5], "reason": None} for n in range(1, 5)]
    forged = [{**row, "similarities": [math.nan], "neighbours": [-3]} for row in fine]
    for rows, refused in ((forged, True), (fine, False)):
        with zipfile.ZipFile(tmp_path / "results.zip", "w") as archive:
            archive.write(written(tmp_path / "s.parquet", segment, rows)[0], "job/segments/000000.parquet")
        unpack(workspace.root, tmp_path / "results.zip", job_id)
        if refused:
            with pytest.raises(PackRefused, match="in 4 rows neighbours .* in 4 rows similarities"):
                supervisor.land(job_id)
            assert supervisor.job(job_id).state == "held" and not job_folder(workspace.root, job_id).segments()
            assert not (job_folder(workspace.root, job_id).path / "incoming").exists()
        else:
            assert supervisor.land(job_id) == "done"
    workspace.close()


def encoded(value: object, n: int) -> pa.Array:
    """A value n times, which takes next to nothing in a file."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([value]))


@pytest.mark.long
def test_small_files_of_much_are_refused_before_their_rows_are_read(tmp_path, monkeypatch) -> None:
    known = Known(pa.array(np.arange(100_000), pa.int64()), n_classes=2)
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", lambda *_, **__: pytest.fail("rows were read"))
    ids = pa.array(np.arange(1_000))
    vectors = pa.ListArray.from_arrays(
        pa.array([0, 20_000_000], pa.int32()), pa.array(np.zeros(20_000_000, np.float32))
    )
    for kind, table in {
        "embed": pa.table({"image_id": ids, "sha256": ids.cast("string"), "reason": encoded("x" * (1 << 20), 1_000)}),
        "attributes": pa.table({"image_id": ids, "share": ids * 0.0, "reason": encoded("x", 1_000)}).append_column(
            "more", encoded("y" * (1 << 20), 1_000)
        ),
        "zero-shot": pa.table({"image_id": [1], "probabilities": vectors, "reason": pa.array([None], pa.string())}),
        "neighbours": pa.table({"image_id": ids, "reason": encoded("x", 1_000)}).append_column(
            "names", pa.ListArray.from_arrays(np.arange(1_001, dtype=np.int32), encoded("z" * (1 << 20), 1_000))
        ),
    }.items():
        path = tmp_path / f"{kind}.parquet"
        pq.write_table(table, path, store_schema=False)
        assert path.stat().st_size < 300_000
        segment = Segment(columns=KINDS[kind].columns, needed=("image_id", "reason"))
        with pytest.raises(PackRefused, match="takes [0-9,]+ bytes of memory; one of its size may take"):
            check_segments([path], segment, known)


@pytest.mark.long
def test_a_hundred_million_equal_rows_are_refused_by_their_number(tmp_path) -> None:
    path = tmp_path / "a.parquet"
    with pq.ParquetWriter(path, pa.schema([("image_id", pa.int64()), ("reason", pa.string())])) as writer:
        piece = pa.table(
            {"image_id": np.ones(5_000_000, np.int64), "reason": pa.array([None] * 5_000_000, pa.string())}
        )
        for _ in range(20):
            writer.write_table(piece, row_group_size=5_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(PackRefused, match="more than 1,003 rows"):
        check_segments([path], KINDS["embed"], KNOWN)


@pytest.mark.long
def test_long_rows_are_read_a_few_at_a_time(tmp_path) -> None:
    rng = np.random.default_rng(1)
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(rng.random(400 * 40_000)), 40_000)
    pq.write_table(pa.table({"vector": vectors}), tmp_path / "a.parquet")
    assert 100 < rows_at_once(tmp_path / "a.parquet") < 250
    pq.write_table(pa.table({"vector": [1.0] * 10}), tmp_path / "a.parquet")
    assert rows_at_once(tmp_path / "a.parquet") == 16_384


@pytest.mark.long
def test_a_results_zip_of_much_is_refused_before_it_is_unpacked(tmp_path) -> None:
    workspace = open_workspace(tmp_path / "w")
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{n}.png") for n in range(4)])
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    job_id = Supervisor(workspace).start("neighbours", dataset=dataset.name, parameters={"k": 2}, hold=True)
    with zipfile.ZipFile(tmp_path / "results.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("job/segments/000000.parquet", bytes(200 << 20))
    with pytest.raises(PackRefused, match="more than 100 times as many"):
        unpack(workspace.root, tmp_path / "results.zip", job_id)
    assert not (job_folder(workspace.root, job_id).path / "incoming").exists()
    workspace.close()

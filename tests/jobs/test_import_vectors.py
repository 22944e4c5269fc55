"""Features computed elsewhere: every kind of file, what is wrong with its rows, and whose they are."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers.feature_files import pieces_of, reading_of
from importers.feature_reading import Asked, FeaturesRefused
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.supervisor import Supervisor
from store.datasets import class_names, find_dataset
from store.points import vector_files, vector_imports, vector_problems
from store.vectors import list_spaces, read_vectors
from tests.support.exporting import imported, noise
from tests.support.points import clouds, write_csv
from tests.support.running import run_job

IDS = [f"p{n}" for n in range(12)]


def vectors_by_path(workspace, name: str, *, space: str) -> dict[str, list[float]]:
    dataset = find_dataset(workspace, name)
    (found,) = [one for one in list_spaces(workspace, dataset.id) if one.name == space]
    ids, vectors = read_vectors(workspace, found)
    rows = workspace.read_text("SELECT id, path FROM image WHERE dataset_id = $d", d=dataset.id).to_pylist()
    path_of = {row["id"]: row["path"] for row in rows}
    return {path_of[one]: vector for one, vector in zip(ids.tolist(), vectors.tolist(), strict=True)}


def labels_by_path(workspace, name: str) -> dict[str, str | None]:
    dataset = find_dataset(workspace, name)
    names = class_names(workspace, dataset.id)
    rows = workspace.read_text("SELECT path, label FROM image WHERE dataset_id = $d", d=dataset.id).to_pylist()
    return {row["path"]: None if row["label"] is None else names[row["label"]] for row in rows}


def checks_of(workspace, name: str) -> list[dict[str, object]]:
    (run, *_) = vector_imports(workspace, find_dataset(workspace, name).id)
    return vector_files(workspace, run.run_id).to_pylist()


def written(path, form: str, vectors: np.ndarray, labels: list[str]):
    """The same features in one of many forms."""
    if form == "csv":
        return write_csv(path / "f.csv", IDS, labels, vectors)
    if form == "csv without heading":
        return write_csv(path / "f.csv", IDS, labels, vectors, header=False)
    if form == "semicolons":
        return write_csv(path / "f.csv", IDS, labels, vectors, delimiter=";")
    if form == "tsv":
        return write_csv(path / "f.tsv", IDS, labels, vectors, delimiter="\t")
    if form == "parquet":
        columns = {f"f{n}": vectors[:, n] for n in range(vectors.shape[1])}
        pq.write_table(pa.table({"label": labels, "filename": IDS, **columns}), path / "f.parquet")
        return path / "f.parquet"
    if form == "parquet of lists":
        pq.write_table(pa.table({"id": IDS, "embedding": list(vectors), "label": labels}), path / "f.parquet")
        return path / "f.parquet"
    np.savez(path / "f.npz", features=vectors, names=np.array(IDS), labels=np.array(labels))
    return path / "f.npz"


FORMS = ["csv", "csv without heading", "semicolons", "tsv", "parquet", "parquet of lists", "npz"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_file_becomes_the_same_points(workspace, tmp_path, form) -> None:
    vectors, labels = clouds(12, dim=5)
    job = run_job(workspace, "import-vectors", "points", files=str(written(tmp_path, form, vectors, labels)), space="s")
    assert (job.figures["n_taken"], job.figures["n_features"]) == (12, 5)
    found = vectors_by_path(workspace, "points", space="s")
    assert np.allclose([found[one] for one in IDS], vectors)
    assert labels_by_path(workspace, "points") == dict(zip(IDS, labels, strict=True))
    assert find_dataset(workspace, "points").layout == "points"


def test_rows_of_an_npy_file_are_numbered(workspace, tmp_path) -> None:
    vectors, _ = clouds(7, dim=4)
    np.save(tmp_path / "f.npy", vectors)
    job = run_job(workspace, "import-vectors", "points", files=str(tmp_path / "f.npy"))
    assert "rows are numbered" in job.figures["reading"]
    assert list(vectors_by_path(workspace, "points", space="imported")) == [str(n) for n in range(7)]


def test_what_is_wrong_with_rows_is_counted_and_listed(workspace, tmp_path) -> None:
    vectors, labels = clouds(6, dim=4)
    write_csv(tmp_path / "part2.csv", IDS[:6], labels, vectors)
    again = np.concatenate([vectors[5:6], vectors[:2] + 1, np.full((1, 4), np.nan), vectors[:1], vectors[:1]])
    again[4, 2] = np.inf
    write_csv(tmp_path / "part10.csv", [IDS[5], IDS[0], IDS[7], IDS[8], IDS[9], ""], [labels[5], *"abcd", "e"], again)
    write_csv(tmp_path / "part11.csv", ["x"], ["a"], np.zeros((1, 5), np.float32))
    (tmp_path / "part12.csv").write_text("id,label,f0,f1,f2,f3\nq,a,1,2,3,4\nr,a,1,2,3\n")
    (tmp_path / "part13.csv").write_text("id,label,f0,f1,f2,f3\nq2,a,1,2,3,4\nr2,a,1,2,oops,4\n")
    job = run_job(workspace, "import-vectors", "points", files=str(tmp_path))
    first, second, third, fourth, fifth = checks_of(workspace, "points")
    assert [one["file"] for one in (first, second)] == ["part2.csv", "part10.csv"]  # by number
    assert (first["n_rows"], first["n_taken"], first["n_features"]) == (6, 6, 4) and first["problem"] is None
    counts = {name: second[f"n_{name}"] for name in ("repeated", "conflicting", "not_finite", "without_id", "taken")}
    assert counts == {"repeated": 1, "conflicting": 1, "not_finite": 2, "without_id": 1, "taken": 1}
    assert third["problem"] == "It has 5 features, and the files before it 4."
    assert fourth["n_bad_lines"] == 1 and fourth["n_taken"] == 1 and fourth["n_constant"] == 0
    assert "oops" in fifth["problem"]
    assert job.figures["n_files_refused"] == 2
    (run,) = vector_imports(workspace, find_dataset(workspace, "points").id)
    problems = vector_problems(workspace, run.run_id).to_pylist()
    assert [(one["row"], one["key"]) for one in problems if "other numbers" in one["reason"]] == [(2, IDS[0])]
    found = vectors_by_path(workspace, "points", space="imported")
    assert np.allclose(found[IDS[0]], vectors[0]) and IDS[8] not in found


def test_constant_columns_are_said_for_each_file_and_for_all(workspace, tmp_path) -> None:
    vectors, labels = clouds(12, dim=6)
    vectors[:, 2] = 7
    vectors[:6, 4], vectors[6:, 4] = 1, 2
    write_csv(tmp_path / "a.csv", IDS[:6], labels[:6], vectors[:6])
    write_csv(tmp_path / "b.csv", IDS[6:], labels[6:], vectors[6:])
    job = run_job(workspace, "import-vectors", "points", files=str(tmp_path))
    assert [one["n_constant"] for one in checks_of(workspace, "points")] == [2, 2]
    assert job.figures["n_constant"] == 1 and job.figures["constant"] == [2]


def test_a_second_file_adds_points_and_one_that_contradicts_changes_none(workspace, tmp_path) -> None:
    vectors, labels = clouds(12, dim=4)
    run_job(
        workspace,
        "import-vectors",
        "points",
        files=str(write_csv(tmp_path / "a.csv", IDS[:6], labels[:6], vectors[:6])),
    )
    mixed = vectors.copy()
    mixed[0] += 1
    file = write_csv(tmp_path / "b.csv", IDS, labels, mixed)
    job = run_job(workspace, "import-vectors", "points", files=str(file))
    assert (job.figures["n_taken"], job.figures["n_repeated"], job.figures["n_conflicting"]) == (6, 5, 1)
    assert len(labels_by_path(workspace, "points")) == 12
    assert np.allclose(vectors_by_path(workspace, "points", space="imported")[IDS[0]], vectors[0])
    with pytest.raises(UnknownParameter, match="has a space 'imported' already"):
        Supervisor(workspace).start(
            "import-vectors",
            dataset="points",
            parameters={"files": str(file), "model": "other"},
            hold=True,
            trusted=True,
        )


def test_the_same_file_again_is_no_failure(workspace, tmp_path) -> None:
    vectors, labels = clouds(12, dim=4)
    file = str(write_csv(tmp_path / "a.csv", IDS, labels, vectors))
    run_job(workspace, "import-vectors", "points", files=file)
    job = run_job(workspace, "import-vectors", "points", files=file)
    assert job.figures["n_taken"] == 0 and job.figures["n_repeated"] == 12
    assert len(vectors_by_path(workspace, "points", space="imported")) == 12


def test_labels_keep_their_zeros_and_numbers_are_in_order(workspace, tmp_path) -> None:
    vectors, _ = clouds(12, dim=4)
    labels = ["010", "2", "10", "007"] * 3
    file = write_csv(tmp_path / "a.csv", IDS, labels, vectors)
    run_job(workspace, "import-vectors", "points", files=str(file))
    assert set(labels_by_path(workspace, "points").values()) == {"010", "2", "10", "007"}
    assert class_names(workspace, find_dataset(workspace, "points").id)[:2] == ["2", "007"]


def test_labels_by_number_are_named_and_others_are_unknown(workspace, tmp_path) -> None:
    vectors, _ = clouds(12, dim=4)
    file = write_csv(tmp_path / "a.csv", IDS, ["0", "1", "dog", "9"] * 3, vectors)
    job = run_job(workspace, "import-vectors", "points", files=str(file), class_names="cat,dog")
    assert job.figures["n_unknown_label"] == 3
    assert list(labels_by_path(workspace, "points").values())[:4] == ["cat", "dog", "dog", None]


@pytest.fixture
def pets(workspace, tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for n in range(3):
            noise(n + 10 * (name == "dog")).save(tmp_path / "pets" / name / f"{name}{n}.png")
    return imported(workspace, tmp_path / "pets", "pets")


@pytest.mark.long
def test_features_of_pictures_find_them_by_name(workspace, pets, tmp_path) -> None:
    vectors, _ = clouds(7, dim=4)
    names = [
        "cat/cat0.png",
        "/data/pets/cat/cat1.png",
        "cat2",
        "dog\\dog0.png",
        "./dog/dog1.png",
        "dog2.png",
        "nobody.png",
    ]
    file = write_csv(tmp_path / "f.csv", names, ["cat"] * 3 + ["dog", "dog", "wolf", "cat"], vectors)
    job = run_job(workspace, "import-vectors", "pets", files=str(file), space="mobile")
    assert (job.figures["n_taken"], job.figures["n_unmatched"], job.figures["n_unknown_label"]) == (6, 1, 1)
    found = vectors_by_path(workspace, "pets", space="mobile")
    paths = [f"cat/cat{n}.png" for n in range(3)] + [f"dog/dog{n}.png" for n in range(3)]
    assert np.allclose([found[path] for path in paths], vectors[:6])
    assert set(labels_by_path(workspace, "pets").values()) == {"cat", "dog"}


@pytest.mark.long
def test_rows_without_names_belong_to_pictures_only_where_it_is_said(workspace, pets, tmp_path) -> None:
    vectors, _ = clouds(6, dim=4)
    np.save(tmp_path / "f.npy", vectors)
    with pytest.raises(NothingToDo, match="--row-order yes"):
        run_job(workspace, "import-vectors", "pets", files=str(tmp_path / "f.npy"))
    run_job(workspace, "import-vectors", "pets", files=str(tmp_path / "f.npy"), row_order=True)
    found = vectors_by_path(workspace, "pets", space="imported")
    assert np.allclose([found[path] for path in sorted(found)], vectors)


@pytest.mark.parametrize(
    ("content", "asked", "said"),
    [
        ("id,label,f0\na,x,1\nb,y,2\n", Asked(), "The id is column id; the label is column label; 1 feature, f0."),
        ("name,class,split,a,b\nq,x,train,1,2\n", Asked(), "the split is column split; 2 features, a to b"),
        (
            "a.jpg,cat,0.5,1.5\nb.jpg,cat,0.1,2.5\n",
            Asked(),
            "the label is column 2; 2 features, 3 to 4",
        ),
        ("0,3,0.5,1.5\n1,3,0.1,2.5\n2,1,.1,3.5\n", Asked(), "The id is column 1; the label is column 2; 2 features"),
        ("0.25,0.5\n0.5,0.75\n", Asked(), "no column is an id: rows are numbered; there is no label; 2 features"),
        (
            ",id,f0\n0,a,1\n1,b,2\n",
            Asked(),
            "there is no label; 1 feature, f0; left out: column 1",
        ),
        ("id,f0,f1\na,1,2\n", Asked(id="none", left_out=("id",)), "no column is an id"),
        ("code,kind,f0\na,x,1\n", Asked(id="code", label="2"), "The id is column code; the label is column kind"),
        ("\ufeffid;label;f0\n1;2;0,5\n", Asked(), None),
        ("1,2,3\n4,5,6\n", Asked(), None),
        ("id,note,f0\na,hello,1\n", Asked(), None),
        ("id,id,f0\na,b,1\n", Asked(), None),
        ("id,label\na,b\n", Asked(), None),
        ("id,f0\n", Asked(), None),
        ("", Asked(), None),
        ("id,f0\na,1\n", Asked(id="nothing"), None),
    ],
)
def test_the_reading_is_said_or_the_question_is(tmp_path, content, asked, said) -> None:
    (tmp_path / "f.csv").write_text(content, encoding="utf-8")
    if content == "1,2,3\n4,5,6\n":
        reading = reading_of(tmp_path / "f.csv", asked)
        assert "The id is column 1" in reading.sentence() and reading.guessed
        return
    if said is None:
        with pytest.raises(FeaturesRefused):
            reading_of(tmp_path / "f.csv", asked)
        return
    text = reading_of(tmp_path / "f.csv", asked).sentence()
    assert said.lower() in text.lower()


def test_a_pickle_is_never_read(tmp_path) -> None:
    np.save(tmp_path / "f.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(FeaturesRefused):
        list(pieces_of(tmp_path / "f.npy", reading_of(tmp_path / "f.npy", Asked())))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300) | st.text('0123456789.,;-e"\n naif\t', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path, content) -> None:
    for name in ("f.csv", "f.npy", "f.npz", "f.parquet"):
        (tmp_path / name).write_bytes(content)
        try:
            reading = reading_of(tmp_path / name, Asked())
            for piece in pieces_of(tmp_path / name, reading):
                assert piece.vectors.ndim == 2
        except FeaturesRefused as refused:
            assert str(refused)


@pytest.mark.parametrize(("files", "only"), [("nothing", ""), (".", "nothing.csv"), (".", "../f.csv")])
def test_files_that_are_not_there_are_refused(workspace, tmp_path, files, only) -> None:
    parameters = {"files": str(tmp_path / files), "only": only}
    with pytest.raises(UnknownParameter):
        Supervisor(workspace).start("import-vectors", dataset="p", parameters=parameters, hold=True, trusted=True)
    assert not workspace.read_text("SELECT * FROM dataset").num_rows


@pytest.mark.long
def test_the_command_takes_several_files_and_shows_their_checks(tmp_path, capsys) -> None:
    from cli.main import main

    vectors, labels = clouds(12, dim=4)
    names = [
        str(write_csv(tmp_path / f"{n}.csv", IDS[n : n + 6], labels[n : n + 6], vectors[n : n + 6])) for n in (0, 5)
    ]
    assert main(["import-vectors", *names, "--dataset", "p", "--name", "s", "--workspace", str(tmp_path / "w")]) == 0
    shown = capsys.readouterr()
    figures = json.loads(shown.out.splitlines()[-1])
    assert (figures["n_taken"], figures["n_repeated"], figures["space"]) == (11, 1, "s")
    assert "repeated" in shown.err and "1.csv" not in shown.err and "5.csv" in shown.err

"""Attributes by prompt: what open_clip itself says of the two sides; a line, both of its sides, each class's share."""

from functools import partial

import numpy as np
import pyarrow as pa
import pytest

from analytics import yes_no
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import load_kind
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from jobs.zero_shot.attributes_job import prompts_of
from pages.map import colours
from pages.ui import owner
from store.attributes import image_attributes, list_attribute_runs, read_answers
from store.decisions import Act, decide
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset
from tests.support.visit import visit


def test_a_line_divides_and_the_nearest_to_it_come_first_below() -> None:
    shares = np.array([0.9, 0.2, 0.5, 0.4, 0.5], np.float32)
    found = yes_no.divide(shares, labels=np.array([0, 0, 1, -1, 1]), n_classes=2, line=0.5)
    assert found.above.tolist() == [0, 2, 4] and found.below.tolist() == [3, 1]
    assert found.n_yes.tolist() == [1, 2, 0] and found.n.tolist() == [2, 2, 1]
    nothing = yes_no.divide(shares[:0], labels=np.array([], int), n_classes=2, line=0.5)
    assert not len(nothing.above) and nothing.n.tolist() == [0, 0, 0]
    everything = yes_no.divide(shares, labels=np.zeros(5, int), n_classes=1, line=0)
    assert len(everything.above) == 5 and not len(everything.below)
    assert yes_no.histogram(np.array([0.0, 1.0]))[0].sum() == 2


def test_prompts_come_a_line_each_and_senseless_ones_are_refused() -> None:
    kind = load_kind("attributes")

    def prompts(**given):
        return prompts_of(kind.read({"name": "pool", "with": "a pool", "without": "a lawn", **given}))

    assert prompts(**{"with": "a pool\n a blue pool |a pool"}).by_class == (("a pool", "a blue pool"), ("a lawn",))
    assert prompts(temperature="0.5").temperature == 0.5
    for given, said in (
        ({"without": " "}, "without"),
        ({"with": "a lawn"}, "'a lawn' stands on both sides"),
        ({"temperature": "warm"}, "warm"),
        ({"temperature": "0"}, "above 0"),
    ):
        with pytest.raises(UnknownParameter, match=f"attributes: .*{said}"):
            prompts(**given)


def lay_out(workspace, monkeypatch, *, n: int = 8):
    """A dataset with vectors of four dimensions; with the fixture `read` yes is the first axis, no the second."""
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{i}.png", label=i % 2) for i in range(n)])
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    land_random_vectors(workspace, dataset.id, images, name="tiny")
    return dataset


@pytest.fixture
def read(monkeypatch):
    from analytics import zero_shot
    from jobs.zero_shot import attributes_job
    from jobs.zero_shot import job as zero_shot_job

    axes = np.eye(4, dtype=np.float32)[:2]

    def reader_of(about, prompts):
        return zero_shot_job.Reader(lambda vectors: zero_shot.cosines(vectors, axes), 0.5, "axes")

    monkeypatch.setattr(attributes_job, "reader_of", reader_of)
    monkeypatch.setattr(zero_shot_job, "text_half", lambda model: "clip")


QUESTION = {"name": "pool", "with": "a pool", "without": "a lawn"}


def test_every_kept_picture_gets_the_softmax_of_both_cosines(workspace, read, monkeypatch) -> None:
    from store.vectors import list_spaces, read_vectors

    dataset = lay_out(workspace, monkeypatch)
    decide(workspace, dataset.id, [Act(3, "remove")], who="me")
    job = run_job(workspace, "attributes", dataset.name, **QUESTION)
    assert job.state == DONE
    (run,) = list_attribute_runs(workspace, dataset.id)
    found = read_answers(workspace, dataset.id, run_id=run.run_id)
    ids, vectors = read_vectors(workspace, list_spaces(workspace, dataset.id)[0])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    expected = 1 / (1 + np.exp((unit[:, 1] - unit[:, 0]) / 0.5))
    assert found.image_ids.tolist() == [image for image in ids.tolist() if image != 3]
    assert np.allclose(found.shares, expected[ids != 3], atol=1e-5)
    assert run.name == "pool" and run.figures["method"] == "clip"
    assert image_attributes(workspace, image_id=1) == [("pool", pytest.approx(float(expected[0]), abs=1e-5))]
    again = run_job(workspace, "attributes", dataset.name, **{**QUESTION, "with": "a lake"})
    assert image_attributes(workspace, image_id=1)[0][0] == "pool" and again.state == DONE  # the newest run of a name


def test_a_question_without_a_name_or_a_reader_is_refused(workspace, monkeypatch) -> None:
    dataset = lay_out(workspace, monkeypatch)
    supervisor = Supervisor(workspace)
    for given, said in (({**QUESTION, "name": " "}, "--name of 1 to 60"), (QUESTION, "has no text half")):
        with pytest.raises(UnknownParameter, match=said):
            supervisor.start("attributes", dataset=dataset.name, parameters=given)


def test_the_newest_attribute_is_a_colour_of_the_map(workspace, read, monkeypatch) -> None:
    assert "Attribute" in colours.offered({"attributes"}) and "Attribute" not in colours.offered(set())
    dataset = lay_out(workspace, monkeypatch)
    run_job(workspace, "attributes", dataset.name, **QUESTION)
    (run,) = list_attribute_runs(workspace, dataset.id)
    with workspace.writing(dataset.id) as cursor:
        cursor.execute(
            "INSERT INTO run (id, dataset_id, job_id, kind, parameters, code_version, input_generation, started_at, "
            "complete) VALUES (77, $1, 'x', 'projection', '{}', 'x', 0, now()::TIMESTAMP, true)",
            [dataset.id],
        )
        cursor.execute("INSERT INTO projection_point (run_id, image_id, x, y) VALUES (77, 2, 0, 0), (77, 9999, 1, 1)")
    values = colours.find("attribute").read(workspace, 77)
    found = read_answers(workspace, dataset.id, run_id=run.run_id)
    assert values[0] == pytest.approx(found.shares[found.image_ids.tolist().index(2)]) and np.isnan(values[1])


@pytest.fixture
def page(app_workspace):
    return partial(visit, "attributes/page.py")


def test_the_page_says_what_is_missing_and_takes_a_question_over(page, monkeypatch) -> None:
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png", label=0)])
    app = page(ask="pool")
    assert not app.exception and "This dataset has none yet" in app.info[0].value


def test_the_page_divides_by_the_line_and_names_the_question(page, read, monkeypatch) -> None:
    workspace = owner.get().workspace
    dataset = lay_out(workspace, monkeypatch)
    run_job(workspace, "attributes", dataset.name, **QUESTION)
    (run,) = list_attribute_runs(workspace, dataset.id)
    shares = read_answers(workspace, dataset.id, run_id=run.run_id).shares
    app = page()
    assert not app.exception, app.exception
    said = " ".join(each.value for each in (*app.caption, *app.subheader))
    assert f"Yes: {(shares >= 0.5).sum()} of 8" in said and "Yes: a pool. No: a lawn." in said
    app.slider(key="line").set_value(0.0).run()
    assert "Yes: 8 of 8 (100 %)" in " ".join(each.value for each in app.subheader)
    table = app.dataframe[0].value
    assert pa.Table.from_pandas(table)["Of"].to_pylist() == [4, 4]

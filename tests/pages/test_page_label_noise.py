"""The label noise page: its states, its words, and what its buttons decide."""

import json
from types import SimpleNamespace

import pytest

from jobs.engine.supervisor import Supervisor
from pages.label_noise import planted, wording
from pages.ui import owner
from store.class_names import standing_correction
from store.datasets import class_names, find_dataset
from store.decisions import Act, decide, history
from store.label_issues import list_label_runs
from tests.support.detected_workspace import land_boxes
from tests.support.noisy_workspace import NAMES, checked_birds, noisy_birds
from tests.support.seen_page import button, texts
from tests.support.small_workspace import image_row, land, new_dataset

PAGE = "label_noise/page.py"
FILLED_BY = {"checked": checked_birds, "birds": noisy_birds}


@pytest.fixture
def birds(app_workspace):
    """Birds with wrong labels; not checked yet."""
    return find_dataset(owner.get().workspace, "birds")


@pytest.fixture
def checked(app_workspace):
    """The birds after a label check."""
    return find_dataset(owner.get().workspace, "birds")


def test_an_empty_workspace_gets_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"


def test_without_vectors_the_page_says_what_is_missing(open_app_page) -> None:
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row("a.png", label=0)])
    assert "needs a vector for each picture" in texts(open_app_page(PAGE))


def test_several_labels_an_image_are_explained(open_app_page) -> None:
    new_dataset(owner.get().workspace, "scenes", task="multi")
    assert "for datasets with a single label" in texts(open_app_page(PAGE))


def test_the_first_check_is_started_from_the_page(open_app_page, birds, monkeypatch) -> None:
    asked: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named)))
    app = open_app_page(PAGE)
    assert "No label of this dataset has been checked yet" in texts(app)
    app.number_input(key="noise_folds").set_value(4).run()
    app.button(key="noise_start").click().run()
    assert not app.exception and not app.error
    ((kind, named),) = asked
    assert (kind, named["dataset"]) == ("label-issues", "birds")
    assert named["parameters"] == {"space": "tiny", "filter": "prune_by_class", "folds": 4, "min_chance": 0.2}


def test_the_list_is_ranked_and_says_why(open_app_page, checked) -> None:
    app = open_app_page(PAGE)
    table = app.dataframe[0].value
    assert 15 <= len(table) <= 40 and list(table.columns)[:3] == ["picture", "given", "suggested"]
    assert table["why"].str.contains("neighbours share its label").any()
    assert table["picture"].str.startswith("/vitrine/thumb/").all()
    assert table["against"][0].startswith("3 of 3") or table["against"][0].startswith("2 of 2")
    assert [metric.label for metric in app.metric][:3] == ["Labels judged", "Doubted labels", "Outliers"]


def test_filters_come_from_the_url(open_app_page, checked) -> None:
    app = open_app_page(PAGE, given="cat", agreement="Two or more")
    assert set(app.dataframe[0].value["given"]) == {"cat"}
    nothing = open_app_page(PAGE, given="cat", suggested="cat", agreement="Three or more", state="Decided")
    assert "Nothing fits these filters" in texts(nothing)


def test_a_page_of_the_list_is_relabelled_and_taken_back(open_app_page, checked) -> None:
    app = open_app_page(PAGE, given="cat", agreement="Two or more")
    shown = len(app.dataframe[0].value)
    next(toggle for toggle in app.toggle if toggle.label == "All on this page").set_value(True).run()
    button(app, "Relabel").click().run()
    assert not app.exception and not app.error
    workspace = owner.get().workspace
    acts = history(workspace, checked.id).to_pylist()
    assert len(acts) == shown and {act["act"] for act in acts} == {"relabel"}
    assert all('"run"' in act["evidence"] and "self_confidence" in act["evidence"] for act in acts)
    assert f"{shown} pictures relabelled" in texts(app) and f"{shown} labels changed" in texts(app)
    button(app, "Take it back").click().run()
    assert not any(act["stands"] for act in history(workspace, checked.id).to_pylist())
    assert "labels changed" not in texts(app)


def test_a_stale_check_says_what_changed(open_app_page, checked) -> None:
    decide(owner.get().workspace, checked.id, [Act(1, "remove")], who="me")
    assert "1 picture removed or missing. Check again" in texts(open_app_page(PAGE))


def test_the_matrix_and_the_rates_are_drawn(open_app_page, checked) -> None:
    app = open_app_page(PAGE, view="Noise matrix")
    assert "of all labels are wrong" in texts(app)
    assert len(app.get("plotly_chart")) == 2


def test_outliers_are_counted_before_they_go_and_go_in_one_batch(open_app_page, checked) -> None:
    app = open_app_page(PAGE, view="Outliers")
    table = app.dataframe[0].value
    n_out = int(table["would go"].sum())
    assert n_out and f"**{n_out} of 240 pictures would go**" in texts(app)
    app.slider(key="out").set_value(app.slider(key="out").min).run()
    assert int(app.dataframe[0].value["would go"].sum()) > n_out
    app = open_app_page(PAGE, view="Outliers")
    button(app, f"Remove {n_out} pictures").click().run()
    acts = history(owner.get().workspace, checked.id).to_pylist()
    assert len(acts) == n_out and len({act["batch"] for act in acts}) == 1
    assert "**0 of" in texts(app)


def test_exchanged_names_are_offered_corrected_and_taken_back(open_app_page, checked) -> None:
    workspace = owner.get().workspace
    run = list_label_runs(workspace, checked.id)[0]
    circle = [
        {"index": 0, "shows": 2, "n_for": 40, "n_against": 2, "low": 0.8},
        {"index": 2, "shows": 0, "n_for": 30, "n_against": 1, "low": 0.8},
    ]
    put_figures(run.run_id, {**run.figures, "names": [circle]})
    app = open_app_page(PAGE)
    assert "The names cat and wolf seem exchanged" in texts(app)
    button(app, "Correct the names").click().run()
    assert class_names(workspace, checked.id) == ["wolf", NAMES[1], "cat"]
    assert "seem exchanged" not in texts(app) and "cat is now wolf" in texts(app)
    button(app, "Take it back").click().run()
    assert class_names(workspace, checked.id) == list(NAMES) and not standing_correction(workspace, checked.id)
    assert "seem exchanged" in texts(app)


def put_figures(run_id: int, figures: dict[str, object]) -> None:
    with owner.get().workspace.writing(1) as cursor:
        cursor.execute("UPDATE run SET figures = $1 WHERE id = $2", [json.dumps(figures), run_id])


def test_class_names_of_strangers_are_never_markup(open_app_page, checked) -> None:
    app = open_app_page(PAGE)
    assert "<b>" not in texts(app)
    assert "<b>lynx</b>" in set(app.dataframe[0].value["given"])  # a cell of a table shows its characters


def test_planted_truth_is_scored_only_where_it_is(open_app_page, checked, tmp_path) -> None:
    planted._scores.clear()
    assert "Against the truth" not in texts(open_app_page(PAGE))
    workspace = owner.get().workspace
    pictures = workspace.root / "demo" / "pictures"
    pictures.mkdir(parents=True)
    with workspace.writing(checked.id) as cursor:
        cursor.execute("UPDATE dataset SET root = $1", [str(pictures)])
        cursor.execute("UPDATE image SET path = 'train/' || coalesce(label, 9) || '/' || path")
        right = cursor.execute("SELECT path FROM image WHERE label IS NOT NULL").fetchall()
    truth = {path: path.split("/")[1] for (path,) in right}
    wrong = [path for path in truth if path.split("/")[-1] < "018.png"]
    truth |= {path: "another" for path in wrong}
    content = {"true_labels": truth, "no_digits": []}
    (workspace.root / "demo" / "truth.json").write_text(json.dumps(content), encoding="utf-8")
    planted._scores.clear()
    app = open_app_page(PAGE)
    assert "Against the truth" in texts(app)
    (metric,) = [metric for metric in app.metric if metric.label.startswith("Wrong labels:")]
    assert int(metric.value.split()[0]) >= 90


def test_a_detection_is_asked_unless_it_is_left_out(open_app_page, birds, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append(named["parameters"]))
    app = open_app_page(PAGE)
    assert not [box for box in app.selectbox if box.label == "Ask a detector"]
    run_id = land_boxes(owner.get().workspace, birds, {"000.png": [(0, 0.9, 0, 0, 9, 9)]}, names=("cat", "dog"))
    app = open_app_page(PAGE)
    app.button(key="noise_start").click().run()
    app.selectbox(key="noise_detector").set_value("None").run()
    app.button(key="noise_start").click().run()
    assert not app.exception and [each["detection_run"] for each in asked] == [run_id, -1]


def test_a_blind_embedding_is_said_to_be_one() -> None:
    assert "hardly be told apart" in wording.doubt_sentence(
        SimpleNamespace(figures={"accuracy": 0.3, "largest_class": 0.28})
    )
    assert not wording.doubt_sentence(SimpleNamespace(figures={"accuracy": 0.56, "largest_class": 0.17}))
    assert not wording.doubt_sentence(SimpleNamespace(figures={}))


def test_reasons_in_words() -> None:
    row = {
        "label": 0,
        "suggested": 1,
        "self_confidence": 0.01,
        "margin": -0.8,
        "n_neighbours": 90,
        "neighbour_label": 1,
        "neighbour_share": 0.7,
        "own_share": 0.0111,
        "n_copies": 1,
        "n_other_label": 1,
        "copy_label": 1,
        "zero_shot": True,
        "zero_shot_label": 1,
        "zero_shot_share": 0.86,
        "n_heard": 4,
        "classifier": True,
        "neighbours": True,
        "copies": True,
        "detections": False,
        "detected_label": 0,
    }
    assert wording.why(row, names=["cat", "lynx"]) == (
        "lynx suits it better by 80 %; 1 of 90 neighbours shares its label, 63 are lynx; its copy is labelled "
        "otherwise; lynx suits the group; by names alone lynx (86 %); a detector finds cat in it"
    )
    assert wording.votes(row) == "4 of 4: classifier, neighbours, copies, zero-shot"

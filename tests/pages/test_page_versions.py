"""The versions page: its states, its words, and what its buttons do."""

import json

import pytest

from jobs.engine.intake import Intake
from jobs.engine.supervisor import Supervisor
from pages.ui import owner
from pages.ui.text import plain
from store.datasets import find_dataset
from store.decisions import Act, decide, history
from store.validation import answer, list_candidates
from store.versions import NOW, diff, freeze, list_versions
from tests.support.detected_workspace import land_boxes
from tests.support.exporting import draw_course_set, imported, run_job
from tests.support.noisy_workspace import NAMES, check_labels, checked_birds, noisy_birds, truth_and_labels
from tests.support.seen_page import button, texts
from tests.support.small_workspace import new_dataset

PAGE = "versions/page.py"
FILLED_BY = {"checked": checked_birds, "birds": noisy_birds}


@pytest.fixture
def birds(app_workspace):
    """Birds with vectors; no version yet."""
    return find_dataset(owner.get().workspace, "birds")


@pytest.fixture
def checked(app_workspace):
    """The birds after a label check."""
    return find_dataset(owner.get().workspace, "birds")


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str, dict[str, object]]]:
    """The jobs that the page wants to start."""
    found: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: found.append((kind, named)))
    return found


def other(image_id: int) -> int:
    """Another class than the image's own."""
    return (int(truth_and_labels()[1][image_id - 1]) + 1) % 3


def versions(dataset):
    return list_versions(owner.get().workspace, dataset.id)


@pytest.mark.parametrize("part", ["Versions", "Compare", "Validation set", "Export", "Check a submission"])
def test_an_empty_workspace_gets_a_friendly_word(open_app_page, part) -> None:
    assert open_app_page(PAGE, part=part).title[0].value == "An empty display case"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("Versions", "No version yet"),
        ("Compare", "freeze a version first"),
        ("Validation set", "its labels must be right"),
        ("Export", "freeze one first"),
        ("Check a submission", "tested against every rule"),
    ],
)
def test_a_dataset_of_nothing_says_what_comes_first(open_app_page, part, words) -> None:
    new_dataset(owner.get().workspace)
    assert words in texts(open_app_page(PAGE, part=part))


@pytest.mark.long
def test_a_version_is_frozen_from_the_page(open_app_page, birds) -> None:
    app = open_app_page(PAGE)
    app.text_input(key="version_name_0").set_value("raw <b>")
    app.text_input(key="version_note_0").set_value("as it came")
    button(app, "Freeze this version").click().run()
    (made,) = versions(birds)
    assert (made.name, made.note, made.n_images) == ("raw <b>", "as it came", 240)
    assert not app.exception and "<b>" not in texts(app) and "Nothing has changed since" in texts(app)
    decide(owner.get().workspace, birds.id, [Act(1, "remove"), Act(20, "relabel", label=other(20))], who="me")
    assert "1 removed, 1 relabelled" in texts(open_app_page(PAGE))


def test_a_name_that_is_taken_is_one_sentence(open_app_page, birds) -> None:
    freeze(owner.get().workspace, birds.id, name="v1", who="me")
    app = open_app_page(PAGE)
    app.text_input(key="version_name_1").set_value("v1")
    button(app, "Freeze this version").click().run()
    assert "There is a version" in app.error[0].value and len(versions(birds)) == 1


@pytest.mark.long
def test_a_version_is_brought_back_and_taken_back_again(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    v1 = freeze(workspace, birds.id, name="v1", who="me")
    decide(workspace, birds.id, [Act(1, "remove"), Act(20, "relabel", label=other(20))], who="app")
    app = open_app_page(PAGE)
    assert "1 picture would come back" in texts(app)
    button(app, "Bring v1 back").click().run()
    assert diff(workspace, birds.id, before=v1.id, after=NOW).n == 0
    assert {act["reason"] for act in history(workspace, birds.id).to_pylist()} >= {"restored version v1"}
    button(app, "Take it back").click().run()
    assert diff(workspace, birds.id, before=v1.id, after=NOW).n == 2


def test_two_versions_are_compared_from_the_url(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    freeze(workspace, birds.id, name="v1", who="me")
    decide(workspace, birds.id, [Act(1, "remove"), Act(20, "relabel", label=other(20)), Act(3, "remove")], who="me")
    freeze(workspace, birds.id, name="v2", who="me")
    app = open_app_page(PAGE, part="Compare", before="v1", after="v2")
    assert [(metric.label, metric.value) for metric in app.metric] == [("Removed", "2"), ("Relabelled", "1")]
    assert list(app.dataframe[0].value["class"]) == list(NAMES) and "Showing 2 pictures removed" in texts(app)
    assert "Showing 1 picture relabelled" in texts(
        open_app_page(PAGE, part="Compare", before="v1", change="Relabelled")
    )
    assert "The same pictures" in texts(open_app_page(PAGE, part="Compare", before="v2", after="Now"))


@pytest.mark.long
def test_a_proposal_is_asked_for_and_answered_on_the_page(open_app_page, birds, monkeypatch) -> None:
    workspace = owner.get().workspace
    assert "no label check has been made yet" in texts(open_app_page(PAGE, part="Validation set"))
    check_labels(workspace, birds.name)
    with monkeypatch.context() as patch:
        found: list = []
        patch.setattr(Supervisor, "start", lambda self, kind, **named: found.append((kind, named["parameters"])))
        app = open_app_page(PAGE, part="Validation set")
        app.number_input(key="validation_each").set_value(5).run()
        button(app, "Propose pictures").click().run()
        assert found == [("validation", {"per_class": 5})]
    spec, _ = run_job(workspace, "validation", "birds", per_class=5, min_cosine=0.999)
    app = open_app_page(PAGE, part="Validation set")
    assert "show a **cat**, and only that? 5 to go" in texts(app)
    [each for each in app.button if each.label == "No"][0].click().run()
    [each for each in app.button if each.label == "Right"][0].click().run()
    assert "4 to go" in texts(app)
    button(app, "Confirm all 4 shown").click().run()
    assert not app.exception
    told = [one.confirmed for one in list_candidates(workspace, birds.id, run_id=spec.run_id) if one.label == 0]
    assert told.count(True) == 5 and told[0] is False
    button(app, "Go on with").click().run()
    assert "<b>" not in texts(app) and "show a **\\<b" in texts(app)  # the next class is called <b>lynx</b>


@pytest.mark.long
def test_the_confirmed_set_goes_into_the_version(open_app_page, checked) -> None:
    workspace = owner.get().workspace
    spec, _ = run_job(workspace, "validation", "birds", per_class=5, min_cosine=0.999)
    own = list_candidates(workspace, checked.id, run_id=spec.run_id)[:3]
    answer(workspace, checked.id, run_id=spec.run_id, candidates=own, confirmed=True, who="me")
    app = open_app_page(PAGE)
    assert app.checkbox[0].label == "With the validation set of 3 confirmed pictures"
    button(app, "Freeze this version").click().run()
    (made,) = versions(checked)
    assert made.validation_run == spec.run_id and made.splits == ("train", "val")
    app = open_app_page(PAGE)
    app.checkbox[0].uncheck().run()
    button(app, "Freeze this version").click().run()
    assert versions(checked)[0].validation_run is None


def test_an_export_is_ordered_with_its_budget_in_view(open_app_page, birds, asked) -> None:
    freeze(owner.get().workspace, birds.id, name="v1", who="me")
    app = open_app_page(PAGE, part="Export", format="DS801 submission")
    app.text_input(key="export_team").set_value(" aces ")
    next(pills for pills in app.get("button_group") if pills.key == "making").set_value(["Flip", "Mixup"]).run()
    assert "pictures would be added" in texts(app) and app.number_input(key="making_budget").value == 50_000
    app.toggle(key="making_soft").set_value(True).run()
    assert "a submission with soft labels fails" in texts(app)
    button(app, "Preview").click().run()
    button(app, "Export this version").click().run()
    assert not app.exception
    (preview, first), (export, second) = asked
    assert (preview, first["parameters"]["techniques"]) == ("augment-preview", "flip,mixup")
    assert (export, second["dataset"]) == ("export", "birds")
    assert second["parameters"] == {
        "version": "v1",
        "format": "ds801",
        "copies": False,
        "team": "aces",
        "techniques": "flip,mixup",
        "budget": 50_000,
        "level": 0,
        "soft_labels": True,
    }


def test_an_export_with_boxes_names_the_run_that_people_marked(open_app_page, birds, asked) -> None:
    workspace = owner.get().workspace
    freeze(workspace, birds.id, name="v1", who="me")
    app = open_app_page(PAGE, part="Export", format="YOLO")
    assert app.radio(key="format").value == "YOLO" and "No boxes go along" in texts(app)
    path = workspace.rows("images_to_embed", dataset_id=birds.id)[0]["path"]
    marked = land_boxes(workspace, birds, {path: [(0, 1.0, 1, 1, 9, 9)]}, is_truth=True)
    found = land_boxes(workspace, birds, {path: [(0, 0.9, 1, 1, 9, 9)]})
    app = open_app_page(PAGE, part="Export", format="YOLO")
    assert app.selectbox(key="export_boxes").value == f"Run {marked}: marked by people"
    button(app, "Export this version").click().run()
    other = next(title for title in app.selectbox(key="export_boxes").options if title.startswith(f"Run {found}"))
    app.selectbox(key="export_boxes").set_value(other).run()
    app.slider(key="export_min_score").set_value(0.3).run()
    button(app, "Export this version").click().run()
    app.selectbox(key="export_boxes").set_value("No boxes").run()
    button(app, "Export this version").click().run()
    assert not app.exception
    said = [order["parameters"] for _, order in asked]
    assert [(one["format"], one["detections"], one.get("min_score")) for one in said] == [
        ("yolo", str(marked), None),
        ("yolo", str(found), 0.3),
        ("yolo", "none", None),
    ]


def test_several_labels_leave_out_what_needs_one(open_app_page) -> None:
    workspace = owner.get().workspace
    dataset = new_dataset(workspace, "scenes", task="multi")
    from tests.support.small_workspace import image_row, land

    land(workspace, dataset.id, [image_row("a.png", labels=[0])])
    freeze(workspace, dataset.id, name="v1", who="me")
    app = open_app_page(PAGE, part="Export")
    assert app.radio(key="format").options == ["CSV manifest", "Parquet manifest", "Hugging Face imagefolder"]
    assert "DS801" not in " ".join(app.radio(key="format").options)
    assert "one label a picture" in texts(open_app_page(PAGE, part="Validation set"))


@pytest.fixture
def course(open_app_page, tmp_path):
    """A course's dataset that was exported, previewed and checked."""
    workspace = owner.get().workspace
    dataset = imported(workspace, draw_course_set(tmp_path / "course", n=40), "course")
    freeze(workspace, dataset.id, name="v1", who="me")
    run_job(workspace, "export", "course", version="v1", techniques="flip")
    run_job(workspace, "augment-preview", "course", version="v1", techniques="mixup")
    (tmp_path / "empty").mkdir()
    run_job(workspace, "check-submission", "course", folder=str(tmp_path / "empty"))
    return dataset


@pytest.mark.long
def test_exports_and_previews_are_shown(open_app_page, course) -> None:
    app = open_app_page(PAGE, part="Export")
    assert "**v1** as Class folders: 60 pictures" in texts(app) and "40 linked, 20 drawn" in texts(app)
    next(pills for pills in app.get("button_group") if pills.key == "making").set_value(["Mixup"]).run()
    assert "**Mixup**" in texts(app) and "drawn for other choices" not in texts(app)
    shown = json.dumps([element.proto.body for element in app.get("html")])
    assert shown.count("data:image/jpeg;base64,") == 8


@pytest.mark.long
def test_a_check_is_shown_as_a_table(open_app_page, course, asked) -> None:
    app = open_app_page(PAGE, part="Check a submission")
    assert "1 rule is broken" in texts(app)
    table = app.dataframe[0].value
    assert list(table["result"])[0] == "❌ broken" and len(app.dataframe) == 2
    assert set(table["result"][1:]) == {"✅"} and table["times"][0] == 2
    app.text_input(key="check_folder").set_value(" /somewhere ")
    button(app, "Check").click().run()
    assert asked[0][0] == "check-submission" and asked[0][1]["parameters"] == {"folder": "/somewhere"}


def test_an_export_goes_to_a_bucket_too_and_a_public_one_waits_for_a_word(
    open_app_page, birds, asked, monkeypatch
) -> None:
    freeze(owner.get().workspace, birds.id, name="v1", who="me")
    ways = {"s3://private/x": "", "s3://public/x": "Anybody can read what is written to s3://public: its policy."}
    monkeypatch.setattr(Intake, "public_warning", lambda self, url: ways[url])
    app = open_app_page(PAGE, part="Export")
    app.text_input(key="export_to").set_value("s3://public/x").run()
    assert [error.value for error in app.error] == [plain(ways["s3://public/x"])]
    assert button(app, "Export this version").disabled
    app.checkbox(key="export_to_public s3://public/x").check().run()
    button(app, "Export this version").click().run()
    app.text_input(key="export_to").set_value("s3://private/x").run()
    assert not app.error
    button(app, "Export this version").click().run()
    (_, first), (_, second) = asked
    assert (first["parameters"]["to"], first["parameters"]["to_public"]) == ("s3://public/x", True)
    assert second["parameters"]["to"] == "s3://private/x" and not second["parameters"]["to_public"]


def test_visitors_are_not_asked_for_a_bucket(open_app_page, birds) -> None:
    freeze(owner.get().workspace, birds.id, name="v1", who="me")
    owner.get().supervisor.intake.import_roots = []
    app = open_app_page(PAGE, part="Export")
    assert "Export this version" in [one.label for one in app.button]
    assert "export_to" not in [one.key for one in app.text_input]

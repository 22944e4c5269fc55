"""The detections page: its states, its filters, its words, and what its buttons start."""

import pytest

from jobs.engine.supervisor import Supervisor
from pages.ui import owner
from store.connection import Workspace
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.privacy import privacy_of
from tests.support.detected_workspace import STREET, land_boxes, small_street
from tests.support.seen_page import metric, texts
from tests.support.small_workspace import image_row, land

PAGE = "detections/page.py"


def detected_street(workspace: Workspace) -> None:
    land_boxes(workspace, small_street(workspace), STREET)


FILLED_BY = {"looked": detected_street, "street": small_street}


@pytest.fixture
def street(app_workspace):
    """Four images; nobody has looked yet."""
    return find_dataset(owner.get().workspace, "street")


@pytest.fixture
def looked(app_workspace):
    """The street after a detection."""
    return find_dataset(owner.get().workspace, "street")


def test_an_empty_workspace_gets_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"


def test_the_first_detection_is_started_from_the_page(open_app_page, street, monkeypatch) -> None:
    asked: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named)))
    app = open_app_page(PAGE)
    assert "No detector has looked at these pictures yet" in texts(app)
    assert app.selectbox(key="detect_model").value.startswith("torchvision/")  # which everybody has
    app.selectbox(key="detect_model").set_value("onnx").run()
    assert app.button(key="detect_start").disabled
    app.text_input(key="detect_onnx").set_value("/m/yolo.onnx").run()
    app.selectbox(key="detect_names").set_value("COCO's 80").run()
    app.button(key="detect_start").click().run()
    assert not app.exception and not app.error
    ((kind, named),) = asked
    assert kind == "detect" and named["dataset"] == "street"
    assert named["parameters"] == {
        "model": "onnx",
        "weights": "/m/yolo.onnx",
        "names": "coco80",
        "score_floor": 0.1,
        "nms_iou": 0.5,
    }


def test_a_backend_that_is_not_installed_says_the_command(open_app_page, street, monkeypatch) -> None:
    from models import detector_catalogue

    monkeypatch.setattr(
        detector_catalogue, "missing_command", lambda package: "" if package != "detectron2" else "pip get it"
    )
    app = open_app_page(PAGE)
    app.selectbox(key="detect_model").set_value(f"detectron2/{detector_catalogue.DETECTRON2_DEFAULT}").run()
    assert "pip get it" in texts(app) and app.button(key="detect_start").disabled


def test_figures_and_pictures_follow_the_score(open_app_page, looked) -> None:
    app = open_app_page(PAGE)
    assert (metric(app, "Pictures looked at"), metric(app, "Objects")) == ("4", "5")
    assert (metric(app, "Pictures with people"), metric(app, "Classes found")) == ("2", "2 of 2")
    assert "Showing all 4 pictures" in texts(app)
    app.slider(key="score").set_value(0.85).run()
    assert metric(app, "Objects") == "2" and not app.exception
    sure = open_app_page(PAGE, score="0.85")
    assert metric(sure, "Objects") == "2"


def test_at_least_n_of_a_class_comes_from_the_url(open_app_page, looked) -> None:
    query = {"class": "person", "count": "at least 2"}
    assert "Showing 1 picture" in texts(open_app_page(PAGE, **query))
    none = {"class": "car", "count": "none", "label": "cat"}
    assert "Showing 1 picture" in texts(open_app_page(PAGE, **none))
    assert "No picture fits these filters" in texts(open_app_page(PAGE, count="at least 50"))


@pytest.mark.parametrize("view", ["Per picture", "Together", "Places and sizes", "By label", "Two detections"])
@pytest.mark.long
def test_every_view_is_drawn_also_where_nothing_scores_enough(open_app_page, looked, view) -> None:
    for score in ("0.3", "1.0"):
        app = open_app_page(PAGE, view=view, score=score)
        assert not app.exception and not app.error


def test_people_per_picture_are_drawn(open_app_page, looked) -> None:
    app = open_app_page(PAGE, view="Per picture", **{"class": "person"})
    assert "Mean 0.8 a picture, median 0, at most 2; 4 pictures looked at." in texts(app)
    assert app.dataframe[0].value["class"].tolist() == ["person", "car"]


def test_a_label_without_its_own_class_leads_to_its_pictures(open_app_page, street) -> None:
    land_boxes(
        owner.get().workspace, street, {"a.png": [(0, 0.9, 0, 0, 9, 9)], "b.png": [], "c.png": []}, names=("Cat",)
    )
    app = open_app_page(PAGE, view="By label")
    assert "**1 of 2 pictures** labelled cat (50 %) shows no Cat by this detector." in texts(app)
    next(button for button in app.button if button.label == "Show them").click().run()
    assert not app.exception and "Showing 1 picture" in texts(app)


def test_a_class_that_the_model_does_not_know_leads_to_words(open_app_page, looked) -> None:
    app = open_app_page(PAGE, ask="po[o]l")
    assert "knows 2 classes, and none is called “po\\[o\\]l”" in texts(app)
    assert "This model knows it: person" in texts(open_app_page(PAGE, ask="PERS"))


def test_two_detections_are_compared_and_scored_against_marked_boxes(open_app_page, looked) -> None:
    workspace = owner.get().workspace
    truth = {
        "a.png": [(0, 1.0, 0, 0, 10, 20), (0, 1.0, 20, 0, 30, 20)],
        "b.png": [(0, 1.0, 30, 10, 40, 30)],
        "c.png": [],
    }
    land_boxes(workspace, looked, truth, names=("person",), is_truth=True)
    app = open_app_page(PAGE, view="Two detections")
    assert "**60 % of all objects are seen by both**: 3 of 5 objects" in texts(app)
    next(toggle for toggle in app.toggle if toggle.label.startswith("Score")).set_value(True).run()
    assert not app.exception and metric(app, "AP50") == "100 %"


def test_people_are_blurred_by_one_switch_and_shown_again(open_app_page, looked) -> None:
    app = open_app_page(PAGE)
    assert "**2 of 4 pictures** show people, from a score of 0.20 on" in texts(app)
    app.button(key="blur_on").click().run()
    assert not app.exception and privacy_of(owner.get().workspace, looked.id).blurs_people
    app.button(key="blur_off").click().run()
    assert not privacy_of(owner.get().workspace, looked.id).blurs_people


def test_what_came_since_is_said(open_app_page, looked) -> None:
    workspace = owner.get().workspace
    land(workspace, looked.id, [image_row("new.png")])
    assert "1 picture came or changed after this detection" in texts(open_app_page(PAGE))
    decide(workspace, looked.id, [Act(5, "remove")], who="me")
    assert "came or changed" not in texts(open_app_page(PAGE))


def test_crops_are_ordered_with_the_score_that_is_shown(open_app_page, looked, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named["parameters"])))
    app = open_app_page(PAGE, score="0.4")
    app.selectbox(key="crop_class").set_value("person").run()
    app.button(key="crop_start").click().run()
    assert not app.exception and asked[0][0] == "crops"
    assert asked[0][1] | {"detection_run": 0} == {
        "detection_run": 0,
        "class_name": "person",
        "min_score": 0.4,
        "margin": 0.05,
        "name": "street person",
    }


def test_classes_without_a_name_are_named_on_the_page(open_app_page, street) -> None:
    land_boxes(owner.get().workspace, street, STREET, names=("class 0", "car"))
    app = open_app_page(PAGE)
    assert "1 class without a name" in texts(app)
    assert "Pictures with people" not in {metric.label for metric in app.metric}
    field = next(area for area in app.text_area if area.label.startswith("A name a line"))
    assert field.value == "class 0\ncar"
    field.set_value("person\n\ncar").run()
    app.button(key="detect_name").click().run()
    assert "one is empty" in app.error[0].value
    field.set_value("person\ncar\ntree").run()
    app.button(key="detect_name").click().run()
    assert not app.error and not app.exception
    figures = {metric.label: metric.value for metric in app.metric}
    assert "without a name" not in texts(app) and figures["Classes found"] == "2 of 3"
    assert "Pictures with people" in figures
    app.button(key="detect_coco").click().run()
    assert next(area for area in app.text_area if area.label.startswith("A name")).value.count("\n") == 79


def test_a_class_of_an_absurd_number_gets_no_field_of_a_million_lines(open_app_page, street) -> None:
    workspace = owner.get().workspace
    run_id = land_boxes(workspace, street, STREET, names=("person", "car"))
    with workspace.writing(street.id) as cursor:
        cursor.execute("INSERT INTO detected_class VALUES ($1, 4000000, 'class 4000000')", [run_id])
    app = open_app_page(PAGE)
    assert "1 class without a name; it is called by its number." in texts(app)
    assert not [area for area in app.text_area if area.label.startswith("A name a line")]


def test_class_names_of_strangers_are_never_markup(open_app_page, street) -> None:
    names = ("<b>person</b>", "[x](y)", "class 2")
    land_boxes(owner.get().workspace, street, STREET, names=names)
    for view in ("Pictures", "Per picture", "Together", "By label"):
        app = open_app_page(PAGE, view=view)
        assert "<b>person" not in texts(app)
        assert "1 class without a name" in texts(app)

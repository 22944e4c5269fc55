"""The page "Saliency": the map that is drawn belongs to the picture that is asked for; its states, its words."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from jobs.engine.query import Queries
from jobs.engine.supervisor import Supervisor
from pages.saliency import draw, sheet
from pages.train import wording
from pages.ui import owner
from store.decisions import Act, decide
from store.saliency import list_saliency_runs
from store.subjects import PICTURES, note_changes
from store.training import list_training_runs
from tests.support.running import run_job
from tests.support.seen_page import texts
from tests.support.seen_workspace import CORNERS, SIDE, N, land_network, patches
from tests.support.small_workspace import new_dataset

PAGE = "saliency/page.py"
_OVER = re.compile(r'src="data:image/png;base64,([^"]+)"')


@pytest.fixture(scope="module")
def child():
    """One process that answers all of these tests, for each would load torch anew."""
    queries = Queries()
    yield queries
    queries.close()


@pytest.fixture(autouse=True)
def one_child(child, monkeypatch):
    monkeypatch.setattr("jobs.engine.supervisor.Queries", lambda: child)
    monkeypatch.setattr(child, "close", lambda: None)


@pytest.fixture
def seen(open_app_page, tmp_path):
    open_app_page(PAGE)
    workspace = owner.get().workspace
    dataset = patches(workspace, tmp_path / "pictures")
    return dataset, land_network(workspace, dataset)


def drawn(app) -> list[tuple[str, np.ndarray]]:
    """Of each picture that is drawn large: its address, and how opaque the map over it is, (height, width)."""
    found = []
    for element in app.get("html"):
        over = _OVER.search(element.proto.body)
        address = re.search(r'src="(/vitrine/picture/[^"]+)"', element.proto.body)
        if over and address:
            with Image.open(io.BytesIO(base64.b64decode(over[1]))) as opened:
                found.append((address[1], np.asarray(opened.convert("RGBA"))[..., 3].astype(int)))
    return found


def test_an_empty_workspace_and_a_dataset_without_a_network_get_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"
    new_dataset(owner.get().workspace, "bare")
    assert "needs one that was trained" in texts(open_app_page(PAGE, dataset="bare"))


def test_a_network_whose_weights_are_elsewhere_is_counted(open_app_page, tmp_path) -> None:
    open_app_page(PAGE)
    workspace = owner.get().workspace
    land_network(workspace, patches(workspace, tmp_path / "pictures"), keep=False)
    assert "trained elsewhere" in texts(open_app_page(PAGE)).replace("\n", " ")


@pytest.mark.long
def test_the_maps_picture_is_the_selected_picture(open_app_page, seen) -> None:
    for i in (1, 6, 11, 16):  # one patch in each corner
        app = open_app_page(PAGE, picture=str(i + 1))
        (left, right), (x, y) = drawn(app), CORNERS[i % 4]
        assert left[0].startswith(f"/vitrine/picture/{i + 1}?") and right[0] == left[0]
        at_y, at_x = np.unravel_index(left[1].argmax(), left[1].shape)
        scale = left[1].shape[0] / SIDE
        assert abs(at_y / scale - y) <= 10 and abs(at_x / scale - x) <= 10
        assert left[1].max() == 255 and right[1].max() < 200  # one scale: the other colour is not there


@pytest.mark.long
def test_two_classes_stand_side_by_side_from_the_url(open_app_page, seen) -> None:
    app = open_app_page(PAGE, picture="2", left="blue", right="green")
    left, right = drawn(app)
    assert right[1].max() == 255 and left[1].max() < 200
    assert "**blue**: probability" in texts(app) and "**green**: probability" in texts(app)
    assert "4 × 4 places, one every 16" in texts(app) and "there the map is exact" not in texts(app)
    assert "there the map is exact" in texts(open_app_page(PAGE, picture="2", method="CAM"))
    coarse = open_app_page(PAGE, picture="2", method="Grad-CAM, last stage")
    assert "2 × 2 places" in texts(coarse)


def test_beside_the_square_that_a_network_sees_nothing_is_drawn() -> None:
    values = np.ones((8, 8), np.float32)
    uri = draw.overlay(values, stride=8, side=64, width=200, height=100, top=1.0, longest=100)
    with Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1]))) as opened:
        alpha = np.asarray(opened)[..., 3]
    assert alpha.shape == (50, 100)
    assert (alpha[:, 25:75] == 255).all() and not alpha[:, :25].any() and not alpha[:, 75:].any()
    nothing = draw.overlay(-values, stride=8, side=64, width=64, height=64, top=0.0)
    with Image.open(io.BytesIO(base64.b64decode(nothing.split(",", 1)[1]))) as opened:
        assert not np.asarray(opened)[..., 3].any()


def test_names_of_strangers_stay_text() -> None:
    said = draw.picture_html("/x", name='"><script>', width=3, height=4, over="", opacity=0.5)
    assert "<script>" not in said


@pytest.mark.long
def test_a_picture_that_is_not_there_or_cannot_be_read_is_a_sentence(open_app_page, seen, tmp_path) -> None:
    assert "has no picture 999" in texts(open_app_page(PAGE, picture="999"))
    (tmp_path / "pictures" / "03.png").write_bytes(b"no picture")
    app = open_app_page("train/page.py")
    app.query_params["picture"] = "4"
    app.switch_page(PAGE).run()
    assert not app.exception and app.error


@pytest.mark.long
def test_the_list_leads_through_losses_and_one_class(open_app_page, seen) -> None:
    app = open_app_page(PAGE)
    assert drawn(app)[0][0].startswith(f"/vitrine/picture/{N}?")  # the top loss
    app.button[[button.label for button in app.button].index("Next")].click().run()
    assert drawn(app)[0][0].startswith(f"/vitrine/picture/{N - 1}?")
    assert drawn(open_app_page(PAGE, of="green", order="Surest"))[0][0].startswith("/vitrine/picture/17?")


@pytest.mark.long
def test_the_sheet_is_ordered_from_the_page_and_shown_when_it_is_there(open_app_page, seen, monkeypatch) -> None:
    dataset, run_id = seen
    asked = []
    with monkeypatch.context() as patched:
        patched.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named)))
        app = open_app_page(PAGE)
        app.button(key="saliency_start").click().run()
    assert asked[0][0] == "saliency" and asked[0][1]["parameters"] == {"train_run": run_id}
    workspace = owner.get().workspace
    run_job(workspace, "saliency", dataset.name, per_class=6)
    app = open_app_page(PAGE, sheet="blue")
    table = app.dataframe[0].value
    assert list(table["Class"]) == ["red", "green", "blue"] and (table["Pictures"] == 6).all()
    assert "Mean of 6 maps for blue" in texts(app) and "An even map would have" in texts(app)
    assert _OVER.search(sheet.over_picture(*_sheet_of(dataset), 18).replace("'", '"'))
    assert sheet.over_picture(*_sheet_of(dataset), 1) == ""  # the network learnt from it
    decide(workspace, dataset.id, [Act(1, "remove")], who="me")
    assert "older than the data" not in texts(open_app_page(PAGE))  # a sheet rests on pictures, not on decisions
    with workspace.writing(dataset.id) as cursor:
        note_changes(cursor, dataset.id, [PICTURES])
    assert "pictures came, went or changed. The network" in texts(open_app_page(PAGE)).replace("\n", " ")


def _sheet_of(dataset):
    workspace = owner.get().workspace
    here = (str(workspace.root), dataset.id, workspace.generation(dataset.id))
    (run,) = list_training_runs(workspace, dataset.id)
    return here, run, list_saliency_runs(workspace, dataset.id)[0]


@pytest.mark.long
def test_the_train_page_leads_here(open_app_page, seen) -> None:
    dataset, run_id = seen
    app = open_app_page("train/page.py")
    links = [link.proto.label for link in app.get("page_link")]
    assert "Saliency" in links
    (run,) = list_training_runs(owner.get().workspace, dataset.id)
    assert open_app_page(PAGE, run=wording.title(run)).selectbox(key="run").value == wording.title(run)

"""Sets of points on the map's page: left by a browser, saved, decided on, shared by two maps."""

import functools

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.map import routes
from pages.ui import owner
from store.datasets import find_dataset
from tests.support import seen_page
from tests.support.mapped_workspace import keep, land_birds, land_map, selected, sent
from tests.support.seen_page import texts


@pytest.fixture
def page(open_app_page):
    return functools.partial(open_app_page, "map/page.py")


FILLED_BY = {"birds": land_birds}


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


@pytest.fixture
def client(page) -> TestClient:
    return TestClient(Starlette(routes=routes.ROUTES))


def test_a_set_left_by_the_browser_comes_back_for_any_map(client, birds) -> None:
    first, second = land_map(birds), land_map(birds, n_points=20)
    key = keep(client, first, [0, 3, 39])
    same = client.get(f"/vitrine/map/{first}/chosen/{key}")
    assert same.content == bytes([0b1001, 0, 0, 0, 0b10000000])
    assert client.get(f"/vitrine/map/{second}/chosen/{key}").content == bytes([0b1001, 0, 0])
    again = client.get(f"/vitrine/map/{first}/chosen/{key}", headers={"If-None-Match": same.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("body", [b"", b"abcd", b"abcdef" * 1000])
def test_a_set_of_another_size_is_refused(client, birds, body: bytes) -> None:
    run_id = land_map(birds)
    headers = {"Content-Type": "application/octet-stream"}
    assert client.post(f"/vitrine/map/{run_id}/chosen", content=body, headers=headers).status_code in (400, 413)
    assert client.post(f"/vitrine/map/{run_id}/chosen", content=bytes(5)).status_code == 415
    assert client.post("/vitrine/map/77/chosen", content=bytes(5), headers=headers).status_code == 404
    assert client.get(f"/vitrine/map/{run_id}/chosen/nothing").status_code == 404
    assert client.get(f"/vitrine/map/{run_id}/chosen/s1x").status_code == 404


def test_what_is_caught_is_shown_with_its_trust(page, client, birds) -> None:
    run_id = land_map(birds)
    app = selected(page, keep(client, run_id, list(range(8))), 8)
    assert "8 of 40 selected" in texts(app)
    assert "The map misplaces these points" in texts(app)
    app = selected(page, keep(client, run_id, list(range(20, 40))), 20)
    assert "The map misplaces these points" not in texts(app)
    assert "These keep 76 % of their neighbours on the map, all points 50 %." in texts(app)


@pytest.mark.long
def test_a_saved_selection_has_a_link_and_can_be_forgotten(page, client, birds) -> None:
    run_id = land_map(birds)
    app = selected(page, keep(client, run_id, [1, 2]), 2)
    app.text_input(key="map_name").set_value("*two*").run()
    app.button(key="map_save").click().run()
    assert not app.exception and not app.error
    assert app.selectbox(key="selection").value == "*two*"
    assert "Saved as \\*two\\*." in texts(app)
    restored = page(selection="*two*")
    assert sent(restored)["chosen"] == {"turn": "saved-1", "url": f"/vitrine/map/{run_id}/chosen/s1"}
    assert "2 of 40 selected" in texts(restored)
    assert client.get(f"/vitrine/map/{run_id}/chosen/s1").content == bytes([0b110, 0, 0, 0, 0])
    assert "2 of 40 selected" in texts(page(selection="1"))
    restored.button(key="map_delete").click().run()
    assert "Nothing is selected." in texts(restored)
    assert "has no selection called \\*two\\*" in texts(page(selection="*two*"))


def test_a_name_that_is_taken_is_refused_in_words(page, client, birds) -> None:
    key = keep(client, land_map(birds), [1, 2])
    for refusals in (0, 1):
        app = selected(page, key, 2)
        app.text_input(key="map_name").set_value("two").run()
        app.button(key="map_save").click().run()
        assert len(app.error) == refusals
    assert "already" in app.error[0].value


def test_a_set_that_was_forgotten_is_said_so(page, birds) -> None:
    land_map(birds)
    assert "not kept any longer" in texts(selected(page, "0" * 24, 3))


def test_pictures_off_the_map_are_counted(page, client, birds) -> None:
    whole, part = land_map(birds), land_map(birds, n_points=20)
    app = selected(page, keep(client, whole, [0, 30]), 2)
    assert app.selectbox(key="run").value.endswith(f"run {part}")
    assert "1 picture of them is not on this map." in texts(app)


@pytest.mark.long
def test_all_that_is_selected_is_relabelled_at_once_and_taken_back(page, client, birds) -> None:
    app = selected(page, keep(client, land_map(birds), [0, 2, 4]), 3)
    app.segmented_control(key="map_act").set_value("Relabel").run()
    assert app.button(key="map_decide").disabled
    app.selectbox(key="map_new_label").set_value("<i>crow</i>").run()
    app.button(key="map_decide").click().run()
    assert not app.exception and "3 pictures relabelled." in texts(app)
    facts = [client.get(f"/vitrine/map/1/facts/{image_id}").json()["title"] for image_id in (1, 3, 5, 7)]
    assert facts == ["<i>crow</i>"] * 3 + ["great tit"]
    app.button(key="map_undo").click().run()
    assert "Taken back: 3 decisions." in texts(app)
    assert client.get("/vitrine/map/1/facts/1").json()["title"] == "great tit"


def test_two_maps_side_by_side_share_the_selection(page, client, birds) -> None:
    first, second = land_map(birds), land_map(birds, perplexity=5.0)
    key = keep(client, first, [0, 1])
    app = selected(page, key, 2)
    titles = app.selectbox(key="run").options
    app = selected(page, key, 2, run=titles[0], beside=titles[1])
    runs = seen_page.sent(app, holding="points")
    assert [pane["run"] for pane in runs] == [second, first]
    assert [pane["chosen"]["url"] for pane in runs] == [f"/vitrine/map/{run}/chosen/{key}" for run in (second, first)]

"""Under a path of a host (`server.baseUrlPath`), what we serve ourselves is asked for and answered there."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit import config

from pages.detections.draw import mask_address
from pages.detections.queries import RunClasses
from pages.map import http as map_http
from pages.map.filter import MapFilter
from pages.map.picture import picture_url
from pages.map.projector import projector_url
from pages.ui import media, registry
from pages.ui.base_path import routes_under, under


@pytest.fixture(params=["", "animals", "/team/animals/"])
def base(request):
    config.set_option("server.baseUrlPath", request.param)
    yield "/" + request.param.strip("/") if request.param else ""
    config.set_option("server.baseUrlPath", "")


def test_every_address_of_ours_begins_with_the_path(base) -> None:
    none = MapFilter()
    addresses = [
        under("/vitrine/review/"),
        media.thumb_url(1, "a" * 64),
        media.picture_url(1, "a" * 64),
        map_http.code_url(),
        map_http.points_url(1),
        map_http.colour_url(1, "label", generation=1),
        map_http.facts_url(1),
        map_http.filter_url(1, none, generation=1),
        map_http.keep_url(1),
        projector_url(1),
        picture_url(1, "label", none, generation=1),
        mask_address(1, 1, [], RunClasses({}, []), score=0.5),
    ]
    assert [address for address in addresses if not address.startswith(f"{base}/vitrine/")] == []


def test_every_route_of_ours_answers_below_the_path_and_nowhere_else(base) -> None:
    ours = [*media.ROUTES, *registry.routes()]
    routes = routes_under(ours)
    assert [route.path for route in routes] == [base + route.path for route in ours]
    assert [getattr(route, "methods", None) for route in routes] == [getattr(route, "methods", None) for route in ours]
    assert [getattr(route, "least", "") for route in routes] == [getattr(route, "least", "") for route in ours]
    client = TestClient(Starlette(routes=routes))
    assert client.get(f"{base}/vitrine/map/code.js").status_code == 200
    if base:
        assert client.get("/vitrine/map/code.js").status_code == 404


def test_a_former_address_leads_to_todays_below_the_same_path(base) -> None:
    former, page = next(
        (page.former_addresses[0], page) for page in registry.all_pages().values() if page.former_addresses
    )
    client = TestClient(Starlette(routes=routes_under(registry.routes())), follow_redirects=False)
    answer = client.get(f"{base}/{former}?n=2")
    assert answer.status_code == 307 and answer.headers["location"] == f"./{page.address}?n=2"

"""All that is served by HTTP for the map."""

from pages.map import http, picture, projector

ROUTES = [*http.ROUTES, *picture.ROUTES, *projector.ROUTES]

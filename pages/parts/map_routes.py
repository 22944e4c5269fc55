"""All that is served by HTTP for the map."""

from pages.parts import map_data, map_picture, map_projector

ROUTES = [*map_data.ROUTES, *map_picture.ROUTES, *map_projector.ROUTES]

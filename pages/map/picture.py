"""The map's picture over HTTP: an SVG with legend and caption, as the page colours and filters it."""

import threading
import urllib.parse
from collections.abc import Sequence

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from analytics.point_sets import unpack_set
from figures.names import one_line
from pages.map import colours, http, wording
from pages.map import filter as map_filter
from pages.map import svg as map_svg
from pages.ui import links, owner
from pages.ui.base_path import under
from pages.ui.filters import class_labels
from pages.ui.ruled import ruled
from pages.ui.session import SettledGeneration
from pages.ui.text import count, share
from store import projections
from store.datasets import class_table, list_datasets

AT_ONCE = 2  # pictures that are drawn; others wait
_places = threading.BoundedSemaphore(AT_ONCE)


def picture_url(run_id: int, colour: str, wanted: map_filter.MapFilter, *, generation: SettledGeneration) -> str:
    """Where the picture of a run's map is served; `&hide=` and codes joined by dots leave some out."""
    query = urllib.parse.urlencode({"colour": colour, "v": generation})
    return under(f"{http.PREFIX}/{run_id}/picture.svg?{query}&{wanted.query()}")


def caption(run: projections.ProjectionRun, *, n_shown: int) -> list[str]:
    """How the map was made, of how many points, and how far it can be trusted; plain text."""
    wanted, figures = run.parameters, run.figures
    first = "" if wanted.get("method") == "pca" else f", PCA to {wanted.get('pca_dims')} dimensions first"
    lines = [
        f"{one_line(wording.title(run))}: {wanted.get('metric')} distances{first if wanted.get('pca_dims') else ''}, "
        f"seed {wanted.get('seed')}. {count(n_shown, 'point')}"
        f"{f' of {run.n_points:,}' if n_shown < run.n_points else ''}.",
    ]
    if figures.get("trustworthiness") is not None:
        lines.append(
            f"Trustworthiness {float(figures['trustworthiness']):.3f}, continuity {float(figures['continuity']):.3f}; "
            f"{share(float(figures['neighbours_kept']))} of each point's {figures['k']} nearest are kept on the map."
        )
    made = f"{run.finished_at:%d %B %Y}" if run.finished_at else ""
    return [*lines, f"Vitrine {one_line(run.code_version)}, {made}. Axes have no unit."]


async def _picture(request: Request) -> Response:
    def work() -> Response:
        run_id, words = request.path_params["run_id"], request.query_params
        colour = colours.find(words.get("colour", ""))
        if colour is None:
            return Response("There is no such colour.", status_code=404)
        try:
            wanted = map_filter.from_query(words.multi_items())
            hidden = [int(code) for code in words.get("hide", "").split(".") if code and len(code) < 10]
        except ValueError as error:
            return Response(f"This is no picture: {error}", status_code=400)
        with _places:
            svg = _draw(run_id, colour, wanted, hidden)
        return http.answer(request, svg.encode(), media_type="image/svg+xml")

    return await http.guarded(work)


def _draw(run_id: int, colour: colours.MapColour, wanted: map_filter.MapFilter, hidden: Sequence[int]) -> str:
    workspace = owner.get().workspace
    dataset_id = projections.run_dataset(workspace, run_id)
    runs = [run for run in projections.list_projections(workspace, dataset_id) if run.run_id == run_id]
    if not runs:
        raise LookupError(f"There is no map of run {run_id}.")
    root, generation = str(workspace.root), http.generation_of(run_id)
    places, ids = projections.points(workspace, run_id)
    found = colours.coded(root, run_id, colour.name, generation)
    names = class_labels(class_table(workspace, dataset_id))
    looks = colours.colouring(colour, found, url="", class_names=names)
    shown = np.ones(len(ids), bool)
    if not wanted.is_open:
        shown = unpack_set(map_filter.fitting(root, run_id, wanted, generation)[0], n=len(ids))
    shown = map_svg.hide(shown, found.codes.codes, hidden=hidden)
    name = next(dataset.name for dataset in list_datasets(workspace) if dataset.id == dataset_id)
    title = f"{name}, by {looks.title[:1].lower()}{looks.title[1:]}"
    said = caption(runs[0], n_shown=int(shown.sum()))
    return map_svg.draw(map_svg.Plate(places, found.codes.codes, shown, looks, title, said))


ROUTES = [ruled(f"{http.PREFIX}/{{run_id:{links.NUMBER}}}/picture.svg", _picture)]

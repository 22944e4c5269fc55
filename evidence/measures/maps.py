"""How far a map can be trusted."""

from typing import Literal

from pydantic import Field

from evidence.case import Case, chosen
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters
from evidence.value import Value
from store.projections import list_projections

_SAID = {
    "trustworthiness": "The map has a trustworthiness of {map_trust} of 1.",
    "continuity": "The map has a continuity of {map_trust} of 1.",
    "neighbours_kept": "On the map {map_trust} of a picture's nearest are kept on average.",
    "stability": "A second map would have {map_trust} of a picture's nearest on this one.",
}


class MapParameters(Parameters):
    """run: the map's number, 0: the newest. what: of its fidelity."""

    run: int = Field(0, ge=0)
    what: Literal["trustworthiness", "continuity", "neighbours_kept", "stability"] = "trustworthiness"


def _trust(case: Case, asked: MapParameters) -> Value:
    runs = case.once("maps", lambda: list_projections(case.workspace, case.dataset.id))
    run = chosen(runs, asked.run, what="map")
    number = run.figures.get(asked.what)
    if number is None:
        raise CannotMeasure(f"The {asked.what.replace('_', ' ')} of map {run.run_id} was not measured.")
    n = run.n_points
    if asked.what in ("trustworthiness", "continuity"):
        n = int(run.figures.get("n_sampled") or n)
    return Value(
        number=float(number),
        unit="share" if asked.what in ("neighbours_kept", "stability") else "score",
        n=n,
        run_ids=(run.run_id,),
        weak=("The map is older than the pictures.",) if run.is_stale else (),
    )


MEASURES = (
    Measure(
        name="map-trust", title="Fidelity of a map", unit="score", parameters=MapParameters, compute=_trust,
        sentence=lambda case, asked: _SAID[asked.what], page="map", kinds=("projection",),
        about="Trustworthiness and continuity by Venna and Kaski (2006); neighbours kept of the 15 nearest.",
    ),
)  # fmt: skip

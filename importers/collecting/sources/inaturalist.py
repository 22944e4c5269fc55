"""iNaturalist: photos of living things, as observed. Ref: https://api.inaturalist.org/v1/docs/ (observations)."""

from collections.abc import AsyncIterator
from typing import Any

from importers.collecting.about import INATURALIST
from importers.collecting.candidate import Candidate
from importers.collecting.elsewhere import address_of_source
from importers.collecting.licences import ARR, Licence, codes_allowed, read_licence
from importers.collecting.sources.source import (
    Filters,
    JsonClient,
    Page,
    Said,
    candidate,
    list_of,
    object_or_nothing,
    page_of,
    text_of,
)

ADDRESS = "https://api.inaturalist.org/v1/observations"
PER_PAGE = 100
_MOST = 10_000  # results by pages
_SIZES = {"small": "small", "medium": "medium", "large": "large", "": "large"}


class INaturalist:
    """The source `inaturalist`."""

    async def search(self, query: str, filters: Filters, client: JsonClient, after: str = "") -> AsyncIterator[Page]:
        """The pages of an answer. after: the page's number and the rank reached, "2:131"."""
        number, rank = (int(part) for part in (after or "1:0").split(":"))
        while number:
            answer = await client.get_json(
                address_of_source(INATURALIST, ADDRESS), _asked(query, filters, number), {"Accept": "application/json"}
            )
            observations = list_of(answer, "iNaturalist", "results")
            total = answer.get("total_results")
            n_results = min(total, _MOST) if isinstance(total, int) else 0
            following = number + 1 if observations and number * PER_PAGE < n_results else 0
            photos = [(each, photo) for each in observations for photo in _photos(each)]
            found = [
                _candidate(query, place, each, photo, filters) for place, (each, photo) in enumerate(photos, rank + 1)
            ]
            rank += len(photos)
            yield page_of(found, after=f"{following}:{rank}" if following else "")
            number = following


def _asked(query: str, filters: Filters, number: int) -> dict[str, str]:
    codes = [code.lower() for code in codes_allowed(filters.words) if code.startswith("CC")]
    given = {
        "q": query,
        "photos": "true",
        "photo_license": ",".join(codes),
        "locale": filters.language,
        "page": str(number),
        "per_page": str(PER_PAGE),
        "order_by": "created_at" if filters.newest else "votes",
        "order": "desc",
    }
    return {name: value for name, value in given.items() if value}


def _photos(observation: dict[str, Any]) -> list[dict[str, Any]]:
    photos = observation.get("photos")
    return [each if isinstance(each, dict) else {} for each in photos] if isinstance(photos, list) else []


def _candidate(
    query: str, rank: int, observation: dict[str, Any], photo: dict[str, Any], filters: Filters
) -> Candidate | None:
    taxon, user = object_or_nothing(observation.get("taxon")), object_or_nothing(observation.get("user"))
    code = photo.get("license_code")
    licence = Licence(ARR) if code is None and "license_code" in photo else read_licence(text_of(code))
    sides = object_or_nothing(photo.get("original_dimensions"))
    address = str(photo.get("url") or "").replace("/square.", f"/{_SIZES[filters.size]}.")
    return candidate(
        INATURALIST,
        query,
        rank,
        Said(
            address,
            licence=licence,
            page_url=observation.get("uri"),
            title=taxon.get("preferred_common_name") or taxon.get("name"),
            author=user.get("name") or user.get("login"),
            width=sides.get("width"),
            height=sides.get("height"),
            raw={
                "observation": observation.get("id"),
                "photo": photo.get("id"),
                "taxon": taxon.get("name"),
                "attribution": photo.get("attribution"),
                "quality_grade": observation.get("quality_grade"),
            },
        ),
    )

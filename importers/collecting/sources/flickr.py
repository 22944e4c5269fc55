"""Flickr, with a key of one's own. Ref: https://www.flickr.com/services/api/flickr.photos.search.html"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from importers.collecting.about import FLICKR
from importers.collecting.candidate import Candidate
from importers.collecting.elsewhere import address_of_source
from importers.collecting.keys import read_key
from importers.collecting.licences import ARR, Licence, codes_allowed, read_licence
from importers.collecting.sources.source import (
    Filters,
    JsonClient,
    Page,
    Said,
    SourceError,
    candidate,
    list_of,
    object_of,
    page_of,
    text_of,
)

ADDRESS = "https://api.flickr.com/services/rest/"
PER_PAGE = 100
_MOST = 4_000  # results of a query: more are the first ones again
_SIZES = ("o", "k", "h", "l", "c", "z", "m")  # from the largest
_SIZE_OF = {"small": ("m", "z", "c"), "medium": ("z", "c", "l"), "large": ("l", "h", "k", "o")}
_COLOURS = {
    "red": "0", "brown": "1", "orange": "2", "yellow": "4", "green": "6", "turquoise": "7", "blue": "8",
    "purple": "9", "pink": "a", "white": "c", "grey": "d", "black": "e",
}  # fmt: skip
_KINDS = {"photo": "0", "illustration": "2,3", "drawing": "2,3"}
_WRONG_KEY = (100, 105, 106)


class Flickr:
    """The source `flickr`. Which number stands for which licence, Flickr is asked: it adds some now and then."""

    def __init__(self) -> None:
        self._licences: dict[str, Licence | None] = {}

    async def search(self, query: str, filters: Filters, client: JsonClient, after: str = "") -> AsyncIterator[Page]:
        """The pages of an answer."""
        if not self._licences:
            self._licences = await _ask_licences(client)
        number = int(after or 1)
        while number:
            answer = await _ask(client, "flickr.photos.search", self._asked(query, filters, number))
            photos = list_of(answer, "Flickr", "photos", "photo")
            n_pages = object_of(answer, "Flickr", "photos").get("pages")
            last = min(n_pages, _MOST // PER_PAGE) if isinstance(n_pages, int) else 0
            following = number + 1 if photos and number < last else 0
            first = (number - 1) * PER_PAGE + 1
            found = [self._candidate(query, rank, each, filters) for rank, each in enumerate(photos, first)]
            yield page_of(found, after=str(following or ""))
            number = following

    def _asked(self, query: str, filters: Filters, number: int) -> dict[str, str]:
        allowed = codes_allowed(filters.words)
        numbers = [one for one, licence in self._licences.items() if licence is not None and licence.code in allowed]
        given = {
            "text": query,
            "page": str(number),
            "per_page": str(PER_PAGE),
            "media": "photos",
            "sort": "date-posted-desc" if filters.newest else "relevance",
            "license": ",".join(numbers),
            "safe_search": "1" if filters.safe else "3",
            "content_types": _KINDS.get(filters.kind, ""),
            "color_codes": _COLOURS.get(filters.colour, ""),
            "extras": ",".join(["license", "owner_name", *(f"url_{size}" for size in _SIZES)]),
        }
        return {name: value for name, value in given.items() if value}

    def _candidate(self, query: str, rank: int, photo: dict[str, Any], filters: Filters) -> Candidate | None:
        sizes = _SIZE_OF.get(filters.size, _SIZES)
        size = next((one for one in (*sizes, *_SIZES) if photo.get(f"url_{one}")), "")
        owner, number = text_of(photo.get("owner")), text_of(photo.get("id"))
        return candidate(
            FLICKR,
            query,
            rank,
            Said(
                photo.get(f"url_{size}"),
                licence=self._licences.get(str(photo.get("license"))),
                page_url=f"https://www.flickr.com/photos/{owner}/{number}" if owner and number else None,
                title=photo.get("title"),
                author=photo.get("ownername"),
                width=photo.get(f"width_{size}"),
                height=photo.get(f"height_{size}"),
                raw={
                    name: photo.get(name) for name in ("id", "owner", "ownername", "title", "license") if name in photo
                },
            ),
        )


async def _ask(client: JsonClient, method: str, given: Mapping[str, str]) -> dict[str, Any]:
    asked = {"method": method, "api_key": read_key("flickr"), "format": "json", "nojsoncallback": "1", **given}
    answer = object_of(await client.get_json(address_of_source(FLICKR, ADDRESS), asked, {}), "Flickr")
    if answer.get("stat") != "ok":
        if answer.get("code") in _WRONG_KEY:
            raise SourceError("Flickr does not know the key. Look at VITRINE_FLICKR_KEY, or at keys.toml.")
        raise SourceError(f"Flickr refused: {text_of(answer.get('message')) or 'it did not say why'}.")
    return answer


async def _ask_licences(client: JsonClient) -> dict[str, Licence | None]:
    """What each of Flickr's numbers stands for; None for what is no licence that is known here."""
    answer = await _ask(client, "flickr.photos.licenses.getInfo", {})
    named = list_of(answer, "Flickr", "licenses", "license")
    found = {
        str(each.get("id")): read_licence(text_of(each.get("name")), url=text_of(each.get("url"))) for each in named
    }
    return {**found, "0": Licence(ARR)}

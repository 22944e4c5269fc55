"""Google's and Bing's image results, as SerpAPI gives them. Ref: https://serpapi.com/images-results and
https://serpapi.com/bing-images-api"""

from collections.abc import AsyncIterator
from typing import Any

from importers.collecting.about import BING, GOOGLE
from importers.collecting.elsewhere import address_of_source
from importers.collecting.keys import read_key, without_keys
from importers.collecting.sources.source import (
    Filters,
    JsonClient,
    Page,
    Said,
    SourceError,
    candidate,
    object_of,
    page_of,
    text_of,
)

ADDRESS = "https://serpapi.com/search.json"
_NOTHING = "hasn't returned any results"
_TBS = {  # of Google, what its own pages put into the address
    "size": {"large": "isz:l", "medium": "isz:m", "small": "isz:i"},
    "kind": {"photo": "itp:photo", "illustration": "itp:clipart", "drawing": "itp:lineart"},
}
_COLOURS = {"turquoise": "teal", "grey": "gray"}
_BING_KINDS = {"photo": "photo", "illustration": "clipart", "drawing": "linedrawing"}


class SerpApi:
    """The sources `google-images` and `bing-images`; pages are numbered, or begin at a result."""

    def __init__(self, name: str):
        self._name = name
        self._title = {GOOGLE: "SerpAPI (Google Images)", BING: "SerpAPI (Bing Images)"}[name]

    async def search(self, query: str, filters: Filters, client: JsonClient, after: str = "") -> AsyncIterator[Page]:
        """The pages of an answer. after: the page's number and the rank reached, "1:100"."""
        number, rank = (int(part) for part in (after or "0:0").split(":"))
        while True:
            key = read_key("serpapi")
            asked = {**self._asked(query, filters, number, rank), "api_key": key}
            answer = object_of(await client.get_json(address_of_source(self._name, ADDRESS), asked, {}), self._title)
            said = text_of(answer.get("error"))
            if said and _NOTHING not in said:
                raise SourceError(f"{self._title} refused: {without_keys(said, key)}")
            results = answer.get("images_results", [])
            if not isinstance(results, list):
                raise SourceError(f"{self._title} gave an answer that cannot be understood.")
            found = [
                candidate(
                    self._name,
                    query,
                    place,
                    Said(
                        each.get("original"),
                        page_url=each.get("link"),
                        title=each.get("title"),
                        width=each.get("original_width"),
                        height=each.get("original_height"),
                        raw={
                            name: value
                            for name, value in each.items()
                            if name in ("position", "source", "title", "tag")
                        },
                    ),
                )
                for place, each in enumerate((one if isinstance(one, dict) else {} for one in results), rank + 1)
            ]
            rank += len(results)
            number += 1
            yield page_of(found, after=f"{number}:{rank}" if results else "")
            if not results:
                return

    def _asked(self, query: str, filters: Filters, number: int, rank: int) -> dict[str, str]:
        given: dict[str, Any]
        if self._name == GOOGLE:
            colour = f"ic:specific,isc:{_COLOURS.get(filters.colour, filters.colour)}" if filters.colour else ""
            wanted = [_TBS["size"].get(filters.size, ""), _TBS["kind"].get(filters.kind, ""), colour]
            wanted.append("sbd:1" if filters.newest else "")
            given = {
                "engine": "google_images",
                "ijn": str(number),
                "hl": filters.language,
                "safe": "active" if filters.safe else "off",
                "tbs": ",".join(filter(None, wanted)),
            }
        else:
            given = {
                "engine": "bing_images",
                "first": str(rank + 1),
                "safeSearch": "Strict" if filters.safe else "Off",
                "imagesize": filters.size,
                "photo": _BING_KINDS.get(filters.kind, ""),
                "color2": f"FGcls_{_COLOURS.get(filters.colour, filters.colour).upper()}" if filters.colour else "",
            }
        return {name: value for name, value in {"q": query, **given}.items() if value}

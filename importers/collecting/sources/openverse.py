"""Openverse: openly licensed pictures of many collections. Ref: https://api.openverse.org/v1/ (images/)."""

from collections.abc import AsyncIterator

from importers.collecting.about import OPENVERSE
from importers.collecting.elsewhere import address_of_source
from importers.collecting.licences import codes_allowed, read_licence
from importers.collecting.sources.source import (
    Filters,
    JsonClient,
    Page,
    Said,
    candidate,
    list_of,
    page_of,
)

ADDRESS = "https://api.openverse.org/v1/images/"
PER_PAGE = 20  # what is given without a key
_MOST_PAGES = 12  # 240 results: what is given without a key
_CODES = {"CC0": "cc0", "PDM": "pdm"}
_KINDS = {"photo": "photograph", "illustration": "illustration", "drawing": "digitized_artwork"}


class Openverse:
    """The source `openverse`."""

    async def search(self, query: str, filters: Filters, client: JsonClient, after: str = "") -> AsyncIterator[Page]:
        """The pages of an answer."""
        number = int(after or 1)
        while number:
            answer = await client.get_json(address_of_source(OPENVERSE, ADDRESS), _asked(query, filters, number), {})
            results = list_of(answer, "Openverse", "results")
            n_pages = answer.get("page_count")
            last = min(n_pages, _MOST_PAGES) if isinstance(n_pages, int) else _MOST_PAGES
            following = number + 1 if results and number < last else 0
            first = (number - 1) * PER_PAGE + 1
            found = [
                candidate(
                    OPENVERSE,
                    query,
                    rank,
                    Said(
                        each.get("url"),
                        licence=read_licence(
                            each.get("license"), version=each.get("license_version"), url=each.get("license_url")
                        ),
                        page_url=each.get("foreign_landing_url"),
                        title=each.get("title"),
                        author=each.get("creator"),
                        width=each.get("width"),
                        height=each.get("height"),
                        raw={name: value for name, value in each.items() if name not in ("tags", "fields_matched")},
                    ),
                )
                for rank, each in enumerate(results, first)
            ]
            yield page_of(found, after=str(following or ""))
            number = following


def _asked(query: str, filters: Filters, number: int) -> dict[str, str]:
    codes = [_CODES.get(code) or code.removeprefix("CC-").lower() for code in codes_allowed(filters.words)]
    given = {
        "q": query,
        "page": str(number),
        "page_size": str(PER_PAGE),
        "license": ",".join(code for code in codes if code not in ("arr", "pd")),
        "category": _KINDS.get(filters.kind, ""),
        "size": filters.size,
        "mature": "" if filters.safe else "true",
    }
    return {name: value for name, value in given.items() if value}

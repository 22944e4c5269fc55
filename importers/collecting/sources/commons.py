"""Wikimedia Commons, by MediaWiki's API. Ref: https://www.mediawiki.org/wiki/API:Imageinfo (extmetadata)."""

import json
from collections.abc import AsyncIterator
from typing import Any

from importers.collecting.about import COMMONS
from importers.collecting.candidate import Candidate
from importers.collecting.elsewhere import address_of_source
from importers.collecting.licences import read_licence
from importers.collecting.sources.source import (
    Filters,
    JsonClient,
    Page,
    Said,
    SourceError,
    candidate,
    object_of,
    object_or_nothing,
    page_of,
    text_of,
    text_of_html,
)

ADDRESS = "https://commons.wikimedia.org/w/api.php"
PER_PAGE = 50
_FIELDS = "LicenseShortName|License|LicenseUrl|UsageTerms|Artist|Credit|Attribution|ImageDescription|ObjectName"


class Commons:
    """The source `commons`."""

    async def search(self, query: str, filters: Filters, client: JsonClient, after: str = "") -> AsyncIterator[Page]:
        """The pages of an answer. after: what MediaWiki says to go on with, and the rank, as JSON."""
        going_on, rank = json.loads(after) if after else ({}, 0)
        while True:
            asked = {**_asked(query, filters), **going_on}
            answer = await client.get_json(address_of_source(COMMONS, ADDRESS), asked, {})
            said = object_of(answer, "Wikimedia Commons")
            if "error" in said:
                info = text_of(said["error"].get("info")) if isinstance(said["error"], dict) else None
                raise SourceError(f"Wikimedia Commons refused: {info or 'it did not say why'}")
            pages = object_or_nothing(said.get("query", {})).get("pages", [] if "query" not in said else None)
            if not isinstance(pages, list):
                raise SourceError("Wikimedia Commons gave an answer that cannot be understood.")
            pages = sorted((each for each in pages if isinstance(each, dict)), key=_place)
            found = [_candidate(query, number, each) for number, each in enumerate(pages, rank + 1)]
            rank += len(pages)
            going_on = {str(name): str(value) for name, value in object_or_nothing(said.get("continue")).items()}
            ends = not going_on or not pages
            yield page_of(found, after="" if ends else json.dumps([going_on, rank]))
            if ends:
                return


def _asked(query: str, filters: Filters) -> dict[str, str]:
    given = {
        "action": "query",
        "format": "json",
        "formatversion": "2",
        "generator": "search",
        "gsrsearch": f"filetype:bitmap {query}",
        "gsrnamespace": "6",
        "gsrlimit": str(PER_PAGE),
        "gsrsort": "create_timestamp_desc" if filters.newest else "relevance",
        "prop": "imageinfo",
        "iiprop": "url|size|mime|extmetadata",
        "iiextmetadatafilter": _FIELDS,
        "iiextmetadatalanguage": filters.language or "en",
    }
    return given


def _place(page: dict[str, Any]) -> int:
    return page["index"] if isinstance(page.get("index"), int) else 1_000_000


def _candidate(query: str, rank: int, page: dict[str, Any]) -> Candidate | None:
    infos = page.get("imageinfo")
    info = infos[0] if isinstance(infos, list) and infos and isinstance(infos[0], dict) else {}
    about = object_or_nothing(info.get("extmetadata"))
    said = {name: each.get("value") for name, each in about.items() if isinstance(each, dict)}
    licence = next(
        (
            found
            for name in ("LicenseShortName", "License", "UsageTerms")
            if (found := read_licence(text_of_html(said.get(name)), url=text_of(said.get("LicenseUrl")))) is not None
        ),
        None,
    )
    name = str(page.get("title", "")).removeprefix("File:").rpartition(".")[0]
    return candidate(
        COMMONS,
        query,
        rank,
        Said(
            info.get("url"),
            licence=licence,
            page_url=info.get("descriptionurl"),
            title=text_of_html(said.get("ObjectName")) or name,
            author=text_of_html(said.get("Artist")) or text_of_html(said.get("Credit")),
            attribution=text_of_html(said.get("Attribution")),
            width=info.get("width"),
            height=info.get("height"),
            raw={"title": page.get("title"), "pageid": page.get("pageid"), "mime": info.get("mime"), **said},
        ),
    )

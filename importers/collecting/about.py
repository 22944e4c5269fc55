"""What is to be known of each source before anybody is asked: terms, limits, keys, licences. Light to import."""

from dataclasses import dataclass

OPENVERSE, COMMONS, FLICKR, INATURALIST = "openverse", "commons", "flickr", "inaturalist"
GOOGLE, BING = "google-images", "bing-images"
LIST, SAVED_PAGE, SIDECARS = "list", "saved-page", "sidecars"


@dataclass(frozen=True)
class AboutSource:
    """A source in words. name: as in orders. terms: a sentence; terms_url: where they stand. limit: its rate, in words.

    licences: which fields it gives, a sentence; gives_licence: whether any. key: the name of the key it needs, "" for
    none; key_url: where one is had. per_minute: requests it is asked at most. needs_file: it is read from a file.
    filters: which filters of an order it can be asked for.
    """

    name: str
    title: str
    terms: str
    terms_url: str
    limit: str
    licences: str
    gives_licence: bool = True
    key: str = ""
    key_url: str = ""
    per_minute: float = 60.0
    needs_file: bool = False
    filters: tuple[str, ...] = ()


WHY_A_THIRD_PARTY = (
    "Google and Bing have no official image search any more that a new user can get: Bing's search APIs were retired "
    "on 11 August 2025, and Google's Custom Search JSON API is closed to new customers and ends on 1 January 2027. "
    "Their results are had from a paid third party (SerpAPI), with a key of your own; they do not say under which "
    "licence a picture is."
)
_SERPAPI_TERMS = (
    "A paid third party that reads result pages; the pictures belong to whoever made them, and may be under copyright."
)

SOURCES: dict[str, AboutSource] = {
    about.name: about
    for about in (
        AboutSource(
            name=OPENVERSE,
            title="Openverse",
            terms="Openly licensed pictures of many collections; check the licence at the source before use.",
            terms_url="https://docs.openverse.org/terms_of_service.html",
            limit="20 pictures a page, 20 requests a minute and 200 a day without a key",
            licences="Code, version, address, author and attribution of each picture.",
            per_minute=20,
            filters=("licences", "size", "kind", "safe"),
        ),
        AboutSource(
            name=COMMONS,
            title="Wikimedia Commons",
            terms="Free pictures, each under terms of its own that its page states; asked politely, with a contact.",
            terms_url="https://commons.wikimedia.org/wiki/Commons:Reusing_content_outside_Wikimedia",
            limit="50 pictures a page, one request at a time",
            licences="Name, address, author and terms of each picture, as its page has them.",
            per_minute=60,
            filters=("language",),
        ),
        AboutSource(
            name=FLICKR,
            title="Flickr",
            terms="A key is free for non-commercial use; a photo is used under the licence that its owner chose.",
            terms_url="https://www.flickr.com/help/terms/api",
            limit="3,600 requests an hour, 4,000 pictures a query",
            licences="The licence that the owner chose, and the owner's name.",
            key="flickr",
            key_url="https://www.flickr.com/services/apps/create/",
            per_minute=60,
            filters=("licences", "size", "kind", "colour", "safe"),
        ),
        AboutSource(
            name=INATURALIST,
            title="iNaturalist",
            terms="Observations of living things; each photo is under the licence that its observer chose, or none.",
            terms_url="https://www.inaturalist.org/pages/terms",
            limit="60 requests a minute, 10,000 a day",
            licences="The observer's licence and name; without one all rights are reserved.",
            per_minute=60,
            filters=("licences", "language"),
        ),
        AboutSource(
            name=GOOGLE,
            title="Google Images, by SerpAPI",
            terms=_SERPAPI_TERMS,
            terms_url="https://serpapi.com/legal",
            limit="100 pictures a request; each request is paid for",
            licences="None: the licence of a picture is not known.",
            gives_licence=False,
            key="serpapi",
            key_url="https://serpapi.com/manage-api-key",
            per_minute=30,
            filters=("size", "kind", "colour", "language", "safe"),
        ),
        AboutSource(
            name=BING,
            title="Bing Images, by SerpAPI",
            terms=_SERPAPI_TERMS,
            terms_url="https://serpapi.com/legal",
            limit="some 35 pictures a request; each request is paid for",
            licences="None: the licence of a picture is not known.",
            gives_licence=False,
            key="serpapi",
            key_url="https://serpapi.com/manage-api-key",
            per_minute=30,
            filters=("size", "kind", "colour", "language", "safe"),
        ),
        AboutSource(
            name=LIST,
            title="A list of addresses",
            terms="CSV, Parquet or text with an address a row, as img2dataset reads them; its terms are yours to know.",
            terms_url="",
            limit="each host at a polite rate",
            licences="What its columns say: license, author, page_url.",
            needs_file=True,
        ),
        AboutSource(
            name=SAVED_PAGE,
            title="A saved page",
            terms="A page of results that you saved from your browser; its pictures belong to whoever made them.",
            terms_url="",
            limit="each host at a polite rate",
            licences="None: the licence of a picture is not known.",
            gives_licence=False,
            needs_file=True,
        ),
        AboutSource(
            name=SIDECARS,
            title="A folder with side-car files",
            terms="Pictures that gallery-dl or img2dataset fetched, with a JSON file beside each; nothing is fetched.",
            terms_url="",
            limit="none: it is read from this disk",
            licences="What the JSON files say.",
            needs_file=True,
        ),
    )
}

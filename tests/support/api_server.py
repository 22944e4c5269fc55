"""Imitations of the sources' APIs and of the hosts of their pictures, on this machine: paging, refusals, bad pictures.

Answers have the shapes recorded in tests/data/collect. What goes wrong is said beforehand (`fail_next`) or lies in the
catalogue: a picture that is missing, is HTML, is cut short, is too small, is somebody else's twin.
"""

import copy
import functools
import io
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image

from importers.collecting.elsewhere import VARIABLE
from tests.support.places import PROJECT

KEY = "a-key-of-nobody-7f3d9c"
Json = dict[str, Any]
Reply = tuple[int, dict[str, str], bytes]
OPENVERSE, COMMONS, FLICKR, INATURALIST, SERPAPI = "/openverse", "/commons", "/flickr", "/inaturalist", "/serpapi"
_PLACES = {
    "openverse": OPENVERSE,
    "commons": COMMONS,
    "flickr": FLICKR,
    "inaturalist": INATURALIST,
    "google-images": SERPAPI,
    "bing-images": SERPAPI,
}
_PER_PAGE = {OPENVERSE: 20, COMMONS: 50, FLICKR: 100, INATURALIST: 100, SERPAPI: 10}
_CODES = {"by": "CC BY 4.0", "by-nc-nd": "CC BY-NC-ND 4.0", "cc0": "CC0", "": "See the page"}
_FLICKR = {"by": "4", "cc0": "9", "": "7", "by-nc-nd": "0"}


@dataclass(frozen=True)
class Shown:
    """A picture of a catalogue. seed: pictures of one seed look the same. kind: picture, smaller (the same pixels in
    another file), missing, html, cut, tiny, noai, error.
    """

    name: str
    seed: int
    licence: str = "by"
    author: str = "Ada Example"
    kind: str = "picture"


def recorded(name: str) -> Json:
    """The recorded answer of a source."""
    content: Json = json.loads((PROJECT / "tests" / "data" / "collect" / f"{name}.json").read_text(encoding="utf-8"))
    return content


def many(prefix: str, n: int, *, first_seed: int, licence: str = "by", kind: str = "picture") -> list[Shown]:
    """A catalogue of different pictures."""
    return [Shown(f"{prefix}-{place}", first_seed + place, licence=licence, kind=kind) for place in range(n)]


@functools.lru_cache(maxsize=512)
def drawn(seed: int, *, side: int = 96, quality: int = 90) -> bytes:
    """A picture that looks like no other: smooth colours and some edges, as JPEG."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 6, 3), dtype=np.uint8))
    out = io.BytesIO()
    coarse.resize((side, side), Image.Resampling.BICUBIC).save(out, "JPEG", quality=quality)
    return out.getvalue()


@dataclass
class ApiServer:
    """What the imitations answer. shelves: a catalogue by source and query ("openverse", "wall").

    asked: requests by path, in order; the queries of those to APIs too. fail_next: replies that come before the true
    ones, by path.
    """

    url: str
    shelves: dict[tuple[str, str], list[Shown]] = field(default_factory=dict)
    fail_next: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    agents: Counter[str] = field(default_factory=Counter)

    @property
    def environment(self) -> dict[str, str]:
        """What a process must be told to ask here."""
        said = {"sources": {name: f"{self.url}{place}" for name, place in _PLACES.items()}, "hosts": ["127.0.0.1"]}
        return {VARIABLE: json.dumps(said), "VITRINE_FLICKR_KEY": KEY, "VITRINE_SERPAPI_KEY": KEY}

    def stock(self, source: str, query: str, shelf: Sequence[Shown]) -> None:
        """Let a source answer a query with these pictures."""
        self.shelves[source, query] = list(shelf)

    def n_asked(self, place: str) -> int:
        """How many requests a path, or what is below it, has had."""
        return sum(path.startswith(place) for path, _ in self.asked)

    def picture_requests(self) -> Counter[str]:
        """How often each picture was asked for."""
        return Counter(path for path, _ in self.asked if path.startswith("/pictures/"))

    def reply(self, path: str, asked: Mapping[str, str]) -> Reply:
        """The answer to a request."""
        waiting = self.fail_next.get(path) or self.fail_next.get(f"/{path.split('/')[1]}")
        if waiting:
            return waiting.pop(0)
        if path.startswith("/pictures/"):
            return self._picture(path.removeprefix("/pictures/").partition(".")[0])
        if path == "/robots.txt":
            return 404, {}, b""
        answer = {
            OPENVERSE: self._openverse,
            COMMONS: self._commons,
            FLICKR: self._flickr,
            INATURALIST: self._inaturalist,
            SERPAPI: self._serpapi,
        }.get(path)
        if answer is None:
            return 404, {}, b"{}"
        status, content = answer(asked)
        return status, {"Content-Type": "application/json"}, json.dumps(content).encode()

    def _page(self, source: str, query: str, number: int) -> tuple[list[Shown], int]:
        """A page of a catalogue, from 1, and how many there are."""
        shelf, size = self.shelves.get((source, query), []), _PER_PAGE[_PLACES[source]]
        return shelf[(number - 1) * size : number * size], -(-len(shelf) // size)

    def _address(self, shown: Shown) -> str:
        return f"{self.url}/pictures/{shown.name}.jpg"

    def _openverse(self, asked: Mapping[str, str]) -> tuple[int, Json]:
        number, size = int(asked["page"]), int(asked["page_size"])
        if size > 20:
            return 401, {"detail": "page_size must be between 1 & 20 for unauthenticated requests"}
        page, n_pages = self._page("openverse", asked["q"], number)
        like = recorded("openverse")
        codes = asked["license"].split(",") if "license" in asked else list(_CODES)
        entries = []
        for shown in (each for each in page if each.licence in codes):
            entry = copy.deepcopy(like["results"][0])
            entry |= {"id": shown.name, "title": shown.name, "url": self._address(shown), "creator": shown.author}
            entry |= {"license": shown.licence, "license_version": "4.0", "license_url": None}
            entries.append(entry | {"foreign_landing_url": f"https://example.org/{shown.name}"})
        return 200, {**like, "page": number, "page_count": n_pages, "results": entries}

    def _commons(self, asked: Mapping[str, str]) -> tuple[int, Json]:
        start = int(asked.get("gsroffset", 0))
        query = asked["gsrsearch"].removeprefix("filetype:bitmap ")
        number = start // _PER_PAGE[COMMONS] + 1
        page, n_pages = self._page("commons", query, number)
        like = recorded("commons")["query"]["pages"][1]
        entries = []
        for place, shown in enumerate(page, start + 1):
            entry = copy.deepcopy(like)
            entry |= {"pageid": place, "index": place, "title": f"File:{shown.name}.jpg"}
            info = entry["imageinfo"][0]
            info |= {"url": self._address(shown), "descriptionurl": f"https://example.org/File:{shown.name}.jpg"}
            about = info["extmetadata"]
            about["LicenseShortName"]["value"] = _CODES[shown.licence]
            for name in ("LicenseUrl", "License", "UsageTerms"):
                del about[name]
            entries.append(entry)
        more = {"continue": {"gsroffset": start + _PER_PAGE[COMMONS], "continue": "gsroffset||"}}
        return 200, {"batchcomplete": True, **(more if number < n_pages else {}), "query": {"pages": entries[::-1]}}

    def _flickr(self, asked: Mapping[str, str]) -> tuple[int, Json]:
        like = recorded("flickr")
        if asked.get("api_key") != KEY:
            return 200, like["wrong_key"]
        if asked["method"] == "flickr.photos.licenses.getInfo":
            return 200, like["licenses"]
        page, n_pages = self._page("flickr", asked["text"], int(asked["page"]))
        entries = []
        for shown in page:
            if "license" in asked and _FLICKR[shown.licence] not in asked["license"].split(","):
                continue
            entry = {**like["search"]["photos"]["photo"][0], "id": shown.name, "title": shown.name}
            entry |= {"license": _FLICKR[shown.licence], "url_l": self._address(shown), "ownername": shown.author}
            entries.append(entry)
        photos = {**like["search"]["photos"], "page": int(asked["page"]), "pages": n_pages, "photo": entries}
        return 200, {"photos": photos, "stat": "ok"}

    def _inaturalist(self, asked: Mapping[str, str]) -> tuple[int, Json]:
        page, _ = self._page("inaturalist", asked["q"], int(asked["page"]))
        like = recorded("inaturalist")
        entries = []
        for shown in page:
            entry = copy.deepcopy(like["results"][0])
            photo = entry["photos"][0] | {"url": self._address(shown), "license_code": f"cc-{shown.licence}"}
            entries.append(entry | {"photos": [photo], "uri": f"https://example.org/{shown.name}"})
        total = len(self.shelves.get(("inaturalist", asked["q"]), []))
        return 200, {**like, "total_results": total, "page": int(asked["page"]), "results": entries}

    def _serpapi(self, asked: Mapping[str, str]) -> tuple[int, Json]:
        like = recorded("serpapi")
        if asked.get("api_key") != KEY:
            return 401, like["wrong_key"]
        source = asked["engine"].replace("_", "-")
        size = _PER_PAGE[SERPAPI]
        number = int(asked["ijn"]) + 1 if source == "google-images" else (int(asked["first"]) - 1) // size + 1
        page, _ = self._page(source, asked["q"], number)
        if not page:
            return 200, like["nothing"]
        entry = like["google"]["images_results"][0]
        results = [{**entry, "original": self._address(shown), "title": shown.name} for shown in page]
        return 200, {**like["google"], "images_results": results}

    def _picture(self, name: str) -> Reply:
        shown = next((each for shelf in self.shelves.values() for each in shelf if each.name == name), None)
        if shown is None or shown.kind == "missing":
            return 404, {}, b"not here"
        if shown.kind == "html":
            return 200, {"Content-Type": "image/jpeg"}, b"<!doctype html><title>Sign in</title><form>password</form>"
        if shown.kind == "error":
            return 500, {}, b""
        content = drawn(shown.seed, side=8) if shown.kind == "tiny" else drawn(shown.seed)
        headers = {"Content-Type": "image/jpeg", "ETag": f'"{name}"'}
        if shown.kind == "smaller":
            picture = Image.open(io.BytesIO(content))
            out = io.BytesIO()
            picture.save(out, "PNG")
            content = out.getvalue()
        if shown.kind == "cut":
            content = content[: len(content) // 2]
        if shown.kind == "noai":
            headers["X-Robots-Tag"] = "noai"
        return 200, headers, content


@contextmanager
def api_server() -> Iterator[ApiServer]:
    """The imitations, at a free port of this machine, until the block ends."""
    served: list[ApiServer] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            with lock:
                served[0].asked.append((parts.path, asked))
                served[0].agents[self.headers.get("User-Agent", "")] += 1
                status, headers, body = served[0].reply(parts.path, asked)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of who hung up: refusing a picture before its end does."""

    lock = threading.Lock()
    server = Server(("127.0.0.1", 0), Handler)
    served.append(ApiServer(f"http://127.0.0.1:{server.server_address[1]}"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield served[0]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

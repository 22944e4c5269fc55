"""A client of the similarity service, with nothing but Python's own library: `Client("http://127.0.0.1:8600")`.

from vitrine.client import Client
animals = Client("http://127.0.0.1:8600", key="vitrine_...").dataset("animals")
animals.similar(17)                 # by a number of the dataset
animals.similar("photo.jpg")        # by a file, or by its bytes
animals.similar([0.1, 0.7])         # by a vector
animals.words("in the grass")
"""

import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vitrine.errors import VitrineError

Answer = dict[str, Any]  # as the service's JSON has it; its OpenAPI says what is in it
_TRIES, _LONGEST_WAIT_S = 4, 30.0


class NotAnswered(VitrineError):
    """The service refused, or is not there. status: of HTTP, 0 where nobody answered; slug: tells refusals apart."""

    def __init__(self, message: str, *, status: int = 0, slug: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.status, self.slug, self.request_id = status, slug, request_id


class Client:
    """A service. address: without a slash at its end. key: needed from other machines. seconds: until one gives up.

    A busy service (429, 503) is asked again up to three times, when it says.
    """

    def __init__(self, address: str, *, key: str | None = None, seconds: float = 60.0) -> None:
        self._address, self._seconds = address.rstrip("/"), seconds
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def datasets(self) -> list[Answer]:
        """The datasets that the key may see."""
        found: list[Answer] = self.get("/datasets")["datasets"]
        return found

    def dataset(self, name: str) -> "ServedDataset":
        """A dataset, by its name or slug; nothing is asked yet."""
        return ServedDataset(self, name)

    def get(self, path: str, **query: object) -> Answer:
        """What an address answers to GET. Raises NotAnswered."""
        answer: Answer = json.loads(self.content(path, **query))
        return answer

    def content(self, path: str, **query: object) -> bytes:
        """The bytes that an address answers. Raises NotAnswered."""
        return self._ask(urllib.request.Request(self._url(path, query), headers=self._headers))

    def post(self, path: str, body: bytes, content_type: str, **query: object) -> Answer:
        """What an address answers to POST. Raises NotAnswered."""
        headers = {**self._headers, "Content-Type": content_type}
        answer: Answer = json.loads(self._ask(urllib.request.Request(self._url(path, query), body, headers)))
        return answer

    def _url(self, path: str, query: Mapping[str, object]) -> str:
        given = {name.removesuffix("_"): value for name, value in query.items() if value is not None}
        return f"{self._address}{path}" + (f"?{urllib.parse.urlencode(given)}" if given else "")

    def _ask(self, request: urllib.request.Request) -> bytes:
        for tries_left in reversed(range(_TRIES)):
            try:
                with urllib.request.urlopen(request, timeout=self._seconds) as answer:
                    content: bytes = answer.read()
                    return content
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503) or not tries_left:
                    raise _refusal(error) from error
                time.sleep(min(float(error.headers.get("Retry-After") or 1), _LONGEST_WAIT_S))
            except (urllib.error.URLError, OSError) as error:
                raise NotAnswered(f"Nobody answers at {self._address}: {error}.") from error
        raise AssertionError("the last try returns or raises")


class ServedDataset:
    """A dataset of a service. Filters are class_, split, licence, min_sharpness and the like."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self._at = client, f"/datasets/{urllib.parse.quote(name, safe='')}"

    def about(self) -> Answer:
        """What can be asked of it."""
        return self._client.get(self._at)

    def classes(self) -> list[Answer]:
        """Its classes, by index."""
        found: list[Answer] = self._client.get(f"{self._at}/classes")["classes"]
        return found

    def image(self, image_id: int) -> Answer:
        """All that is known of an image."""
        return self._client.get(f"{self._at}/images/{image_id}")

    def thumbnail(self, image_id: int) -> bytes:
        """A small picture of it, the bytes of a file."""
        return self._client.content(f"{self._at}/images/{image_id}/thumbnail")

    def objects(self, image_id: int) -> list[Answer]:
        """The detected objects in an image, the surest first."""
        found: list[Answer] = self._client.get(f"{self._at}/images/{image_id}/detections")["objects"]
        return found

    def images(self, **filters: object) -> Iterator[Answer]:
        """The images that fit, by number; pages are asked for as they are needed."""
        after: int | None = 0
        while after is not None:
            page = self._client.get(f"{self._at}/images", limit=1000, after=after, **filters)
            yield from page["images"]
            after = page["next"]

    def similar(
        self, what: "int | str | Path | bytes | Sequence[float]", *, limit: int = 10, **filters: object
    ) -> list[Answer]:
        """The images nearest to an image (its number), a picture (a path, or bytes) or a vector, nearest first."""
        if isinstance(what, int):
            answer = self._client.get(f"{self._at}/images/{what}/similar", limit=limit, **filters)
        elif isinstance(what, str | Path | bytes):
            answer = self._sent("similar/picture", what, limit=limit, **filters)
        else:
            asked = {"vector": [float(value) for value in what], "limit": limit}
            asked |= {name.removesuffix("_"): value for name, value in filters.items()}
            answer = self._client.post(f"{self._at}/similar/vector", json.dumps(asked).encode(), "application/json")
        found: list[Answer] = answer["neighbours"]
        return found

    def words(self, text: str, *, limit: int = 10, **filters: object) -> list[Answer]:
        """The images nearest to words, nearest first."""
        found: list[Answer] = self._client.get(f"{self._at}/similar/words", text=text, limit=limit, **filters)[
            "neighbours"
        ]
        return found

    def classify(self, picture: str | Path | bytes, *, limit: int = 10) -> list[Answer]:
        """What the best network says of a picture, the likeliest class first."""
        found: list[Answer] = self._sent("classify", picture, limit=limit)["classes"]
        return found

    def duplicates(self, picture: str | Path | bytes, **how: object) -> Answer:
        """Whether a picture `is_in` already, and its `copies`. how: min_cosine, max_bits, limit."""
        return self._sent("duplicates", picture, **how)

    def _sent(self, address: str, picture: str | Path | bytes, **query: object) -> Answer:
        content = picture if isinstance(picture, bytes) else Path(picture).read_bytes()
        edge = secrets.token_hex(16)
        head = f'--{edge}\r\nContent-Disposition: form-data; name="picture"; filename="picture"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self._client.post(f"{self._at}/{address}", body, f"multipart/form-data; boundary={edge}", **query)


def _refusal(error: urllib.error.HTTPError) -> NotAnswered:
    try:
        told = json.loads(error.read())
        detail, slug = str(told["detail"]), str(told["type"]).rpartition(":")[2]
    except (ValueError, KeyError, TypeError):
        detail, slug = f"HTTP {error.code}", ""
    return NotAnswered(detail, status=error.code, slug=slug, request_id=str(error.headers.get("X-Request-ID") or ""))

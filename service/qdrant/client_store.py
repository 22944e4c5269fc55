"""Qdrant through its client: a server by REST, or the client's own mode in memory for tests."""

import contextlib
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
import numpy as np
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse

from service.qdrant.address import KEY, key
from service.qdrant.contract import FILTERS, Floats, Found, Hit, NoCollection, Payload, Point, QdrantError, Shape

_AT_WORK = models.CollectionStatus.YELLOW
_LOOK_EVERY_S = 0.5


class ClientStore:
    """A Qdrant that a client speaks to. where: how sentences call it. is_server: memory is none, and has no index."""

    def __init__(self, client: QdrantClient, *, where: str, is_server: bool = True) -> None:
        self._client, self._where, self._is_server = client, where, is_server

    def behind(self, alias: str) -> str | None:
        """The collection that an alias leads to, or None."""
        with self._told():
            aliases = self._client.get_aliases().aliases
        return next((one.collection_name for one in aliases if one.alias_name == alias), None)

    def describe(self, collection: str) -> Found | None:
        """What a collection is; None where there is none."""
        with self._told():
            names = {one.name for one in self._client.get_collections().collections}
            if collection not in names:
                return None
            vectors = self._client.get_collection(collection).config.params.vectors
        n = self.count(collection)
        if not isinstance(vectors, models.VectorParams):
            return Found(0, "", n)
        return Found(int(vectors.size), str(vectors.distance.value).lower(), n)

    def create(self, collection: str, shape: Shape) -> None:
        """Make an empty collection, with an index of each key of FILTERS."""
        quantised = models.ScalarQuantization(
            scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8, always_ram=True)
        )
        with self._told():
            self._client.create_collection(
                collection,
                vectors_config=models.VectorParams(size=shape.dim, distance=models.Distance.COSINE),
                hnsw_config=models.HnswConfigDiff(m=shape.m, ef_construct=shape.ef_construct),
                quantization_config=quantised if shape.quantised else None,
            )
            for name in FILTERS if self._is_server else ():
                self._client.create_payload_index(collection, name, models.PayloadSchemaType.KEYWORD, wait=True)

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Write points whole."""
        with self._told():
            sent = [models.PointStruct(id=one.id, vector=one.vector.tolist(), payload=one.payload) for one in points]
            self._client.upsert(collection, sent, wait=True)

    def say_anew(self, collection: str, payloads: Mapping[str, Payload]) -> None:
        """Replace payloads, all in one request."""
        operations = [
            models.OverwritePayloadOperation(overwrite_payload=models.SetPayload(payload=payload, points=[point_id]))
            for point_id, payload in payloads.items()
        ]
        if operations:
            with self._told():
                self._client.batch_update_points(collection, operations, wait=True)

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Delete points."""
        with self._told():
            self._client.delete(collection, models.PointIdsList(points=list(ids)), wait=True)

    def count(self, collection: str) -> int:
        """How many points there are, counted."""
        with self._told():
            return int(self._client.count(collection, exact=True).count)

    def read(self, collection: str, ids: Sequence[str]) -> dict[str, Point]:
        """Points by id."""
        with self._told():
            found = self._client.retrieve(collection, list(ids), with_payload=True, with_vectors=True)
        return {
            str(one.id): Point(str(one.id), np.asarray(one.vector, np.float32), dict(one.payload or {}))
            for one in found
        }

    def index(self, collection: str) -> bool:
        """Whether the server is done with its index; it builds by itself."""
        with self._told():
            is_done = bool(self._client.get_collection(collection).status != _AT_WORK)
        if not is_done:
            time.sleep(_LOOK_EVERY_S)
        return is_done

    def lead(self, alias: str, collection: str) -> None:
        """Let an alias lead to a collection: what it led to before goes in the same request."""
        made = models.CreateAliasOperation(
            create_alias=models.CreateAlias(collection_name=collection, alias_name=alias)
        )
        before = models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias))
        has_one = self.behind(alias) is not None
        with self._told():
            self._client.update_collection_aliases([before, made] if has_one else [made])

    def drop(self, collection: str) -> None:
        """Delete a collection."""
        with self._told():
            self._client.delete_collection(collection)

    def near(
        self, name: str, vector: Floats, *, k: int, only: Mapping[str, Sequence[str]], exact: bool = False
    ) -> list[Hit]:
        """The k nearest points."""
        must: list[Any] = [
            models.FieldCondition(key=key_of, match=models.MatchAny(any=list(values)))
            for key_of, values in only.items()
        ]
        with self._told():
            found = self._client.query_points(
                name,
                query=vector.tolist(),
                limit=k,
                query_filter=models.Filter(must=must) if must else None,
                search_params=models.SearchParams(exact=True) if exact and self._is_server else None,
                with_payload=True,
            ).points
        return [Hit(str(one.id), float(one.score), dict(one.payload or {})) for one in found]

    def close(self) -> None:
        """Give the connections up."""
        self._client.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except UnexpectedResponse as error:
            raise _refusal(error.status_code, _reason(error), self._where) from None
        except ResponseHandlingException as error:
            raise QdrantError(_unreached(error.source, self._where)) from None
        except (QdrantException, ApiException, ValueError, httpx.HTTPError, OSError) as error:
            raise QdrantError(f"{self._where} gave no answer that can be read: {_short(str(error))}") from None


def connected(url: str, *, key: str | None, timeout_s: int) -> QdrantClient:
    """A client of the server at `url`; nothing is asked yet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a key over http: the sync says so itself
        return QdrantClient(url=url, api_key=key, timeout=timeout_s, check_compatibility=False)


def _refusal(status: int | None, reason: str, where: str) -> QdrantError:
    if status in (401, 403):
        given = "the one that was sent opens nothing there" if key() else "none was sent"
        return QdrantError(f"{where} wants another key: {given}. {KEY} in the environment names it.")
    if status == 404:
        return NoCollection(f"{where} knows no such collection: {reason}")
    return QdrantError(f"{where} refused ({status}): {reason}")


def _reason(error: UnexpectedResponse) -> str:
    """What the server says of itself."""
    with contextlib.suppress(ValueError, AttributeError, TypeError):
        said = error.structured().get("status")
        if isinstance(said, dict) and said.get("error"):
            return _short(str(said["error"]))
    return _short(error.content.decode(errors="replace") or error.reason_phrase)


def _unreached(source: object, where: str) -> str:
    if isinstance(source, httpx.ConnectTimeout | httpx.ReadTimeout | httpx.WriteTimeout | httpx.PoolTimeout):
        return f"{where} did not answer in time. Is it at work? Sync again: what is there already is not sent again."
    if isinstance(source, httpx.ConnectError):
        return f"{where} cannot be reached: {_short(str(source))}. Is Qdrant running there?"
    return f"{where} gave no answer that can be read: {_short(str(source))}"


def _short(text: str) -> str:
    """A line of a stranger's, without our key should they repeat it."""
    line = " ".join(text.split())[:300]
    secret = key()
    return line.replace(secret, "(the key)") if secret else line

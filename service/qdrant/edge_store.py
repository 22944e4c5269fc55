"""Qdrant's engine in this process, in a folder: a collection is a shard in it, aliases stand in a file beside them.

One process at a time has the folder. It is the engine that a server runs, without the server: for trying out, for tests
and for measurements.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import qdrant_edge as edge

from service.qdrant.contract import FILTERS, Floats, Found, Hit, NoCollection, Payload, Point, QdrantError, Shape

_ALIASES, _LOCK, _CONFIG = "aliases.json", ".lock", "edge_config.json"
_FULL_SCAN_KB = 10_000  # a server's default: fewer kilobytes of vectors are compared one by one
_NAME = re.compile(r"[\w.-]{1,255}")


class EdgeStore:
    """Shards of Qdrant's engine below `folder`, which is made where it is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, Any] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / _LOCK).open("w")
        except OSError as error:
            raise QdrantError(f"{folder} can hold no collections: {error.strerror}.") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise QdrantError(
                f"Another process has {folder}: one at a time may. Wait for it, or use a server."
            ) from None

    def behind(self, alias: str) -> str | None:
        """The collection that an alias leads to, or None."""
        return self._aliases().get(alias)

    def describe(self, collection: str) -> Found | None:
        """What a collection is; None where there is none."""
        if not (self._path(collection) / _CONFIG).is_file():
            return None
        config = json.loads((self._path(collection) / _CONFIG).read_text(encoding="utf-8"))
        params = config.get("vectors", {}).get("", {})
        return Found(int(params.get("size", 0)), str(params.get("distance", "")).lower(), self.count(collection))

    def create(self, collection: str, shape: Shape) -> None:
        """Make an empty shard, with an index of each key of FILTERS."""
        path = self._path(collection)
        if not path.name or (path / _CONFIG).is_file():
            raise QdrantError(f"There is a collection {collection} in {self._folder} already.")
        shutil.rmtree(path, ignore_errors=True)  # of one whose making was cut short
        quantised = edge.ScalarQuantizationConfig(edge.ScalarType.Int8, always_ram=True)
        config = edge.EdgeConfig(
            vectors={"": edge.EdgeVectorParams(size=shape.dim, distance=edge.Distance.Cosine)},
            hnsw_config=edge.HnswIndexConfig(shape.m, shape.ef_construct, _FULL_SCAN_KB),
            quantization_config=quantised if shape.quantised else None,
        )
        with self._told():
            shard = self._open[collection] = edge.EdgeShard.create(str(path), config)
            for name in FILTERS:
                shard.update(edge.UpdateOperation.create_field_index(name, edge.PayloadSchemaType.Keyword))
            shard.flush()

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Write points whole."""
        with self._told():
            sent = [edge.Point(one.id, {"": one.vector.tolist()}, one.payload) for one in points]
            self._shard(collection).update(edge.UpdateOperation.upsert_points(sent))

    def say_anew(self, collection: str, payloads: Mapping[str, Payload]) -> None:
        """Replace payloads, one after the other."""
        with self._told():
            shard = self._shard(collection)
            for point_id, payload in payloads.items():
                shard.update(edge.UpdateOperation.overwrite_payload([point_id], payload))

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Delete points."""
        with self._told():
            self._shard(collection).update(edge.UpdateOperation.delete_points(list(ids)))

    def count(self, collection: str) -> int:
        """How many points there are, counted."""
        with self._told():
            return int(self._shard(collection).count(edge.CountRequest(exact=True)))

    def read(self, collection: str, ids: Sequence[str]) -> dict[str, Point]:
        """Points by id."""
        with self._told():
            found = self._shard(collection).retrieve(list(ids), True, True)
        return {
            str(one.id): Point(str(one.id), np.asarray(one.vector, np.float32), dict(one.payload or {}))
            for one in found
        }

    def index(self, collection: str) -> bool:
        """Build the index of what has come since; it takes as long as it takes."""
        with self._told():
            shard = self._shard(collection)
            shard.optimize()
            shard.flush()
        return True

    def lead(self, alias: str, collection: str) -> None:
        """Let an alias lead to a collection."""
        if not (self._path(collection) / _CONFIG).is_file():
            raise NoCollection(f"There is no collection {collection} in {self._folder}.")
        self._write_aliases({**self._aliases(), alias: collection})

    def drop(self, collection: str) -> None:
        """Delete a collection, and the aliases that lead to it."""
        shard = self._open.pop(collection, None)
        if shard is not None:
            shard.close()
        left = {alias: name for alias, name in self._aliases().items() if name != collection}
        self._write_aliases(left)
        shutil.rmtree(self._path(collection), ignore_errors=True)

    def near(
        self, name: str, vector: Floats, *, k: int, only: Mapping[str, Sequence[str]], exact: bool = False
    ) -> list[Hit]:
        """The k nearest points."""
        must: list[Any] = [edge.FieldCondition(key, match=edge.MatchAny(list(values))) for key, values in only.items()]
        request = edge.QueryRequest(
            limit=k,
            query=edge.Query.Nearest(vector.tolist()),
            filter=edge.Filter(must=must) if must else None,
            params=edge.SearchParams(exact=exact),
            with_payload=True,
        )
        with self._told():
            found = self._shard(self._aliases().get(name, name)).query(request)
        return [Hit(str(one.id), float(one.score), dict(one.payload or {})) for one in found]

    def close(self) -> None:
        """Close the shards, and let another process in."""
        while self._open:
            _, shard = self._open.popitem()
            shard.close()
        self._lock.close()

    def _path(self, collection: str) -> Path:
        """The folder of a shard. Raises NoCollection for what is no name of one."""
        if not _NAME.fullmatch(collection) or collection.startswith("."):
            raise NoCollection(f"{collection[:80]!r} is no name of a collection.")
        return self._folder / "collections" / collection

    def _shard(self, collection: str) -> Any:
        if collection not in self._open:
            path = self._path(collection)
            if not (path / _CONFIG).is_file():
                raise NoCollection(f"There is no collection {collection} in {self._folder}.")
            self._open[collection] = edge.EdgeShard.load(str(path))
        return self._open[collection]

    def _aliases(self) -> dict[str, str]:
        path = self._folder / _ALIASES
        try:
            found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        except (OSError, ValueError):
            raise QdrantError(f"{path} cannot be read: which collection is meant is not known.") from None
        return found

    def _write_aliases(self, aliases: dict[str, str]) -> None:
        part = self._folder / f"{_ALIASES}.part"
        part.write_text(json.dumps(aliases, indent=1), encoding="utf-8")
        os.replace(part, self._folder / _ALIASES)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except QdrantError:
            raise
        except Exception as error:  # noqa: BLE001 - the engine knows no other class
            raise QdrantError(
                f"Qdrant's engine in {self._folder} refused: {' '.join(str(error).split())[:300]}"
            ) from None

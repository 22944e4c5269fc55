"""Qdrant's REST addresses, as far as a sync and a search ask them, on loopback: the client's memory mode answers.

No server of Qdrant is at hand for the tests. What goes over the wire is what the client sends and reads; what answers
is its model of a server, so this says nothing of a real server's speed, index or bounds.
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import BaseModel
from qdrant_client import QdrantClient, models


@dataclass
class RestQdrant:
    """A server that is at work. key: that it wants; None: any or none. heard: the keys that were sent, in order."""

    url: str = ""
    key: str | None = None
    silent: threading.Event = field(default_factory=threading.Event)  # while set, no request is answered
    closing: threading.Event = field(default_factory=threading.Event)
    heard: list[str | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    client: QdrantClient = field(default_factory=lambda: QdrantClient(":memory:"))
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextlib.contextmanager
def rest_qdrant(*, key: str | None = None) -> Iterator[RestQdrant]:
    """The server, until the block ends."""
    state = RestQdrant(key=key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
        state.client.close()


def _handler(state: RestQdrant) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            sent, path = self.headers.get("api-key"), self.path.partition("?")[0]
            state.heard.append(sent)
            state.asked.append(f"{self.command} {path}")
            if state.silent.is_set():
                state.closing.wait(20)
                return
            if state.key is not None and sent != state.key:
                self.say(401, b"Must provide an API key or an Authorization bearer token")
                return
            try:
                with state.lock:
                    result = _dispatch(state.client, self.command, path.strip("/").split("/"), body)
            except ValueError as error:
                status = 404 if "not found" in str(error) else 400
                self.say(status, json.dumps({"status": {"error": str(error)}, "time": 0}).encode())
                return
            self.say(200, json.dumps({"result": _plain(result), "status": "ok", "time": 0}).encode())

        do_GET = do_PUT = do_POST = do_DELETE = answer

        def say(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: object) -> None:
            pass

    return Handler


def _plain(result: Any) -> Any:
    if isinstance(result, BaseModel):
        return result.model_dump(mode="json", exclude_none=True)
    return [_plain(one) for one in result] if isinstance(result, list) else result


def _dispatch(client: QdrantClient, method: str, path: list[str], body: dict[str, Any]) -> Any:
    """What an address answers."""
    match method, *path:
        case "GET", "aliases":
            return client.get_aliases()
        case "GET", "collections":
            return client.get_collections()
        case "POST", "collections", "aliases":
            actions = models.ChangeAliasesOperation.model_validate(body).actions
            return client.update_collection_aliases(actions)
        case "GET", "collections", name:
            return client.get_collection(name)
        case "PUT", "collections", name:
            made = models.CreateCollection.model_validate(body)
            return client.create_collection(name, vectors_config=made.vectors)
        case "DELETE", "collections", name:
            return client.delete_collection(name)
        case "PUT", "collections", _, "index":
            return models.UpdateResult(status=models.UpdateStatus.COMPLETED)
        case "PUT", "collections", name, "points":
            return client.upsert(name, models.PointsList.model_validate(body).points)
        case "POST", "collections", name, "points", "batch":
            operations = models.UpdateOperations.model_validate(body).operations
            return client.batch_update_points(name, operations)
        case "POST", "collections", name, "points", "delete":
            return client.delete(name, models.PointIdsList.model_validate(body))
        case "POST", "collections", name, "points", "count":
            return client.count(name)
        case "POST", "collections", name, "points", "query":
            asked = models.QueryRequest.model_validate(body)
            return client.query_points(
                name, query=asked.query, query_filter=asked.filter, limit=asked.limit or 10, with_payload=True
            )
        case "POST", "collections", name, "points":
            asked_points = models.PointRequest.model_validate(body)
            return client.retrieve(name, asked_points.ids, with_payload=True, with_vectors=True)
    raise ValueError(f"{method} {path} not found")

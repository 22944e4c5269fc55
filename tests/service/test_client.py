"""The client of Python's own library against a service that really listens."""

import threading
import time

import numpy as np
import pytest
import uvicorn

from service.limits import Limits
from tests.support.browser import free_port
from tests.support.served import N, drawn, new_key, service_over, vector_of, write_version
from vitrine.client import Client, NotAnswered


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    write_version(folder, dataset="colours / größe")
    return folder


@pytest.fixture(scope="module")
def address(index):
    """A service on a free port of this machine, in a thread."""
    port = free_port()
    limits = Limits(rate=5, burst=400)
    server = uvicorn.Server(uvicorn.Config(service_over(index, limits=limits).asgi, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(400):
        if server.started:
            break
        time.sleep(0.02)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


def test_everything_is_asked_by_name_or_slug(address, tmp_path) -> None:
    client = Client(address + "/")
    (about,) = client.datasets()
    colours = client.dataset(about["slug"])
    assert colours.about() == about and len(colours.classes()) == 3
    assert [each["id"] for each in colours.images()] == list(range(1, N + 1))
    assert {each["labels"][0] for each in colours.images(class_="red")} == {"red"}
    assert colours.image(4)["id"] == 4 and colours.thumbnail(4)[:2] == b"\xff\xd8" and len(colours.objects(1)) == 2
    (tmp_path / "p.png").write_bytes(drawn(4))
    by_number = [each["id"] for each in colours.similar(4, limit=3)]
    for what in (
        drawn(4),
        tmp_path / "p.png",
        str(tmp_path / "p.png"),
        vector_of(drawn(4)),
        vector_of(drawn(4)).tolist(),
    ):
        found = [each["id"] for each in colours.similar(what, limit=4)]
        assert found == [4, *by_number]
    assert {each["labels"][0] for each in colours.similar(np.ones(8), limit=5, class_="blue")} == {"blue"}
    assert colours.words("red", limit=2) and colours.classify(drawn(8))[0]["name"] == "blue"
    assert colours.duplicates(drawn(4), limit=1)["copies"][0]["because"] == "file"


def test_pages_are_asked_for_as_they_are_needed(address, monkeypatch) -> None:
    client = Client(address)
    asked = []
    plain = client.get
    monkeypatch.setattr(
        client, "get", lambda path, **query: asked.append(query) or plain(path, **{**query, "limit": 8})
    )
    slug = plain("/datasets")["datasets"][0]["slug"]
    assert len(list(client.dataset(slug).images())) == N and [each["after"] for each in asked] == [0, 8, 16, 24]


def test_a_refusal_is_an_error_with_its_sentence(address) -> None:
    with pytest.raises(NotAnswered, match="no dataset 'nothing'") as refused:
        Client(address).dataset("nothing").about()
    assert (refused.value.status, refused.value.slug) == (404, "no-such-dataset") and refused.value.request_id


def test_nobody_there_is_an_error_with_the_address() -> None:
    port = free_port()
    with pytest.raises(NotAnswered, match=f"Nobody answers at http://127.0.0.1:{port}"):
        Client(f"http://127.0.0.1:{port}").datasets()


def test_a_busy_service_is_asked_again_when_it_says(tmp_path, monkeypatch) -> None:
    write_version(tmp_path)
    secret = new_key(tmp_path)
    port = free_port()
    service = service_over(tmp_path, limits=Limits(rate=1000, burst=1))
    server = uvicorn.Server(uvicorn.Config(service.asgi, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    waited = []
    monkeypatch.setattr("vitrine.client.time.sleep", lambda seconds: waited.append(seconds))
    client = Client(f"http://127.0.0.1:{port}", key=secret)
    for _ in range(400):
        if server.started:
            break
        threading.Event().wait(0.02)
    service.serving.rates._rate = 1e-9
    assert client.datasets()
    with pytest.raises(NotAnswered) as refused:
        client.datasets()
    assert refused.value.status == 429 and len(waited) == 3 and max(waited) <= 30
    server.should_exit = True
    thread.join(20)

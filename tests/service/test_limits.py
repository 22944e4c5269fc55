"""What is too much: bytes, pixels, seconds; and what comes of an error that nobody foresaw."""

import io
import time

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from service.limits import Limits
from tests.support.served import client_of, drawn, service_over, write_version

ADDRESSES = ("similar/picture", "classify", "duplicates")


@pytest.fixture
def index(tmp_path):
    write_version(tmp_path)
    return tmp_path


def post(client, address: str, content: bytes):
    return client.post(f"/datasets/colours/{address}", files={"picture": ("a.png", content)})


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_picture_of_too_many_bytes_is_refused(index, address: str) -> None:
    client = client_of(service_over(index, limits=Limits(upload_bytes=2_000)))
    assert post(client, address, b"x" * 2_001).status_code == 413  # within what a form may add
    answer = post(client, address, b"x" * 50_000)
    assert answer.status_code == 413 and answer.json()["type"].endswith("too-many-bytes")


def test_a_body_that_says_no_length_is_cut_off(index) -> None:
    client = client_of(service_over(index, limits=Limits(upload_bytes=2_000)))
    n_read = 0

    def endless():
        nonlocal n_read
        yield b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
        while n_read < 1_000:
            n_read += 1
            yield b"x" * 1_000

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = client.post("/datasets/colours/classify", content=endless(), headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(index, address: str) -> None:
    service = service_over(index, limits=Limits(pixels=10_000))
    out = io.BytesIO()
    Image.new("RGB", (200, 100)).save(out, "PNG")
    answer = post(client_of(service), address, out.getvalue())
    assert answer.status_code == 413 and "20,000 pixels" in answer.json()["detail"]
    assert service.serving.reader.n_pictures == 0


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "content", [b"", b"no picture", drawn(1)[:200], b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe", b"GIF89a"]
)
def test_what_is_no_picture_is_refused_in_words(index, address: str, content: bytes) -> None:
    answer = post(client_of(service_over(index)), address, content)
    assert answer.status_code == 422 and answer.json()["detail"].endswith(".")


def test_a_form_without_a_picture_is_refused(index) -> None:
    client = client_of(service_over(index))
    assert client.post("/datasets/colours/classify", data={"picture": "text"}).status_code == 422
    assert client.post("/datasets/colours/classify").status_code == 422


def test_a_request_that_takes_too_long_is_given_up(index) -> None:
    service = service_over(index, limits=Limits(seconds=0.1))
    service.serving.reader.picture = lambda index, content: time.sleep(0.6) or np.ones(8, np.float32)
    answer = post(client_of(service), "similar/picture", drawn(1))
    assert answer.status_code == 503 and answer.json()["type"].endswith("too-slow") and answer.headers["retry-after"]


def test_an_error_that_nobody_foresaw_says_nothing_of_the_inside(index, caplog) -> None:
    service = service_over(index)

    def broken(index, content):
        raise KeyError("/secret/place")

    service.serving.reader.picture = broken
    client = TestClient(service.asgi, client=("127.0.0.1", 1), raise_server_exceptions=False)
    answer = post(client, "similar/picture", drawn(1))
    assert answer.status_code == 500 and "/secret/place" not in answer.text
    assert answer.json()["request_id"] in caplog.text and answer.headers["x-request-id"] == answer.json()["request_id"]

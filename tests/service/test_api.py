"""The addresses, asked of an index of thirty drawn pictures."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from service.limits import Limits
from tests.support.served import (
    CLASSES,
    DIM,
    N,
    client_of,
    drawn,
    every_address,
    new_key,
    service_over,
    vector_of,
    write_version,
)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    write_version(folder)
    write_version(folder, dataset="secret", ids=range(1, 6))
    return folder


@pytest.fixture(scope="module")
def client(index):
    return client_of(service_over(index))


def nearest(number: int) -> list[int]:
    """The ids of the images that have a vector, nearest to picture `number` first."""
    vectors = {other: vector_of(drawn(other)) for other in range(1, N)}
    own = vector_of(drawn(number))
    cosine = {other: own @ v / np.linalg.norm(v) / np.linalg.norm(own) for other, v in vectors.items()}
    return sorted(cosine, key=lambda other: -cosine[other])


def sent(content: bytes) -> dict[str, tuple[str, bytes]]:
    """A form with a picture."""
    return {"picture": ("picture.png", content)}


def test_the_datasets_and_what_can_be_asked_of_them(client) -> None:
    told = client.get("/datasets").json()["datasets"]
    assert [each["name"] for each in told] == ["colours", "secret"]
    assert (told[0]["n_images"], told[0]["n_vectors"], told[0]["n_classes"]) == (N, N - 1, 3)
    assert client.get(f"/datasets/{told[0]['slug']}").json() == client.get("/datasets/colours").json() == told[0]


def test_classes_with_their_numbers_of_images(client) -> None:
    told = client.get("/datasets/colours/classes").json()["classes"]
    assert [(each["name"], each["n_images"]) for each in told] == [("red", 10), ("green", 9), ("blue", 10)]


def test_an_image_with_all_that_is_known(client) -> None:
    told = client.get("/datasets/colours/images/5").json()
    assert (told["path"], told["labels"], told["split"], told["licence"]) == ("blue/005.png", ["blue"], "test", "CC0")
    assert told["quality"]["brightness"] == 5 and told["has_vector"]
    assert not client.get(f"/datasets/colours/images/{N}").json()["has_vector"]


def test_an_image_that_is_not_there_is_a_problem(client) -> None:
    answer = client.get("/datasets/colours/images/99", headers={"X-Request-ID": "mine-1"})
    assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:vitrine:problem:no-such-image",
        "title": "Not Found",
        "status": 404,
        "detail": "colours has no image 99.",
        "instance": "/datasets/colours/images/99",
        "request_id": "mine-1",
    }
    assert answer.headers["x-request-id"] == "mine-1"


@pytest.mark.parametrize("given", ["with space", "x" * 65, "<b>", ""])
def test_an_odd_number_of_a_request_is_replaced(client, given: str) -> None:
    answer = client.get("/health", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] not in ("", given)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("class=red", [n for n in range(1, N + 1) if n % 3 == 0]),
        ("split=test", [n for n in range(1, N + 1) if n % 5 == 0]),
        ("licence=CC0", list(range(1, 10))),
        ("min_brightness=28", [28, 29, 30]),
        ("class=green&split=test", [10, 25]),
        ("max_brightness=0.5", []),
        ("split=nowhere", []),
        ("min_sharpness=1e300", []),
        ("max_sharpness=1e300&class=red&split=test", [15, 30]),
    ],
)
def test_filters_let_through_what_they_say(client, asked: str, wanted: list[int]) -> None:
    told = client.get(f"/datasets/colours/images?{asked}").json()
    assert [each["id"] for each in told["images"]] == wanted and told["n_matching"] == len(wanted)


def test_pages_follow_each_other_without_a_gap(client) -> None:
    seen, after = [], 0
    while after is not None:
        page = client.get(f"/datasets/colours/images?limit=7&after={after}").json()
        seen += [each["id"] for each in page["images"]]
        after = page["next"]
    assert seen == list(range(1, N + 1))


def test_an_unknown_class_is_refused(client) -> None:
    assert client.get("/datasets/colours/images?class=pink").json()["type"].endswith("no-such-class")


def test_images_like_one_are_the_nearest_without_itself(client) -> None:
    told = client.get("/datasets/colours/images/4/similar?limit=6").json()
    assert [each["id"] for each in told["neighbours"]] == nearest(4)[1:7]
    assert told["version"] == "000001" and told["method"].startswith("exact")


def test_images_like_one_under_a_filter(client) -> None:
    told = client.get("/datasets/colours/images/4/similar?class=blue&limit=4").json()["neighbours"]
    wanted = [other for other in nearest(4) if other % 3 == 2]
    assert [each["id"] for each in told] == wanted[:4] and {each["labels"][0] for each in told} == {"blue"}


def test_an_image_without_a_vector_is_like_nothing(client) -> None:
    answer = client.get(f"/datasets/colours/images/{N}/similar")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:vitrine:problem:no-vector")


def test_images_like_a_picture_that_is_sent(client) -> None:
    told = client.post("/datasets/colours/similar/picture?limit=3", files=sent(drawn(8))).json()["neighbours"]
    assert [each["id"] for each in told] == nearest(8)[:3] and told[0]["cosine"] == pytest.approx(1, abs=1e-5)


def test_images_like_a_vector_of_any_length(client) -> None:
    vector = (1e30 * vector_of(drawn(8)).astype(float) / 1e15).tolist()
    told = client.post("/datasets/colours/similar/vector", json={"vector": vector, "limit": 3}).json()["neighbours"]
    assert [each["id"] for each in told] == nearest(8)[:3]


@pytest.mark.parametrize(
    ("vector", "slug"), [([0.0] * DIM, "no-direction"), ([1.0] * (DIM - 1), "other-length"), ([], "unfit-request")]
)
def test_a_vector_that_says_nothing_is_refused(client, vector: list[float], slug: str) -> None:
    answer = client.post("/datasets/colours/similar/vector", json={"vector": vector})
    assert answer.status_code == 422 and answer.json()["type"].endswith(slug)


@pytest.mark.parametrize(
    "text", ['{"vector": [NaN]}', '{"vector": [1e999]}', "{", '{"vector": "a"}', "[]", '{"vector": [1], "x": 1}']
)
def test_what_is_no_vector_is_refused_in_words(client, text: str) -> None:
    answer = client.post("/datasets/colours/similar/vector", content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422 and answer.json()["errors"]


def test_images_like_words(client) -> None:
    told = client.get("/datasets/colours/similar/words?text=green&limit=3").json()["neighbours"]
    assert {each["labels"][0] for each in told if each["labels"]} == {"green"}


def test_a_picture_is_classified_likeliest_first(client) -> None:
    told = client.post("/datasets/colours/classify", files=sent(drawn(8))).json()
    assert told["classes"][0]["name"] == "blue" and told["network"]["run"] == 4
    shares = [each["probability"] for each in told["classes"]]
    assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(1, abs=1e-5)


def saved(content: bytes, form: str) -> bytes:
    """A picture's file in another format."""
    out = io.BytesIO()
    Image.open(io.BytesIO(content)).save(out, form, **({"quality": 95} if form == "JPEG" else {}))
    return out.getvalue()


@pytest.mark.parametrize(("form", "because"), [("PNG", "file"), ("BMP", "pixels"), ("JPEG", "hash")])
def test_a_picture_that_is_in_already_is_found_and_why(client, form: str, because: str) -> None:
    content = drawn(11) if form == "PNG" else saved(drawn(11), form)
    told = client.post("/datasets/colours/duplicates?min_cosine=1", files=sent(content)).json()
    first = told["copies"][0]
    assert told["is_in"] and (first["id"], first["because"]) == (11, because)
    assert first["cosine"] > 0.99


def test_a_picture_that_is_not_in_is_not_found(client) -> None:
    told = client.post("/datasets/colours/duplicates?min_cosine=1&max_bits=0", files=sent(drawn(500))).json()
    assert told == {"is_in": False, "copies": []}


def test_thumbnails_are_kept_by_what_is_in_them(client) -> None:
    answer = client.get("/datasets/colours/images/4/thumbnail")
    assert answer.headers["content-type"] == "image/jpeg" and Image.open(io.BytesIO(answer.content)).size == (24, 24)
    again = client.get("/datasets/colours/images/4/thumbnail", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content
    assert client.get("/datasets/colours/images/2/thumbnail").status_code == 404  # it could not be drawn
    assert client.get("/datasets/colours/images/4/picture").json()["type"].endswith("no-pixels")


def test_the_objects_in_an_image_the_surest_first(client) -> None:
    told = client.get("/datasets/colours/images/1/detections").json()
    assert [each["box"] for each in told["objects"]] == [[1, 2, 3, 4], [5, 6, 7, 8]] and told["detection_run"] == 3
    assert client.get("/datasets/colours/images/2/detections").json()["objects"] == []


@pytest.mark.parametrize("path", ["/nowhere", "/datasets/none", "/datasets/none/images/1/similar", "/datasets//images"])
def test_what_is_not_there_is_a_problem(client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404 and answer.json()["status"] == 404


def test_another_method_is_a_problem(client) -> None:
    answer = client.delete("/datasets")
    assert answer.status_code == 405 and answer.headers["content-type"] == "application/problem+json"


def test_openapi_is_3_1_with_examples_and_a_problem_for_every_refusal(client, index) -> None:
    text = client.get("/openapi.json").json()
    assert text["openapi"].startswith("3.1")
    schemas = text["components"]["schemas"]
    assert all(
        "examples" in prop
        for prop in schemas["ImageInfo"]["properties"].values()
        if "type" in prop and prop["type"] in ("string", "integer")
    )
    for methods in text["paths"].values():
        for about in methods.values():
            kinds = {
                kind
                for status, told in about["responses"].items()
                if status in ("404", "422")
                for kind in told.get("content", {})
            }
            assert kinds <= {"application/problem+json"}
    assert "HTTPValidationError" not in json.dumps(text)
    assert len(list(every_address(service_over(index)))) == 18


def test_the_page_that_tries_it_loads_nothing_from_elsewhere(client) -> None:
    page = client.get("/docs")
    assert (
        "://" not in page.text.replace("http://www.w3.org", "")
        and "default-src 'self'" in page.headers["content-security-policy"]
    )
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert name in page.text and client.get(f"/docs/{name}").status_code == 200


def test_numbers_for_prometheus_name_routes_and_not_images(client) -> None:
    client.get("/datasets/colours/images/1")
    text = client.get("/metrics").text
    assert 'vitrine_requests_total{method="GET",route="/datasets/{dataset}/images/{image_id}",status="200"}' in text
    assert "images/1" not in text and 'vitrine_index_images{dataset="colours"} 30.0' in text


def test_health_readiness_and_version(client, tmp_path) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"ready": True, "n_datasets": 2}
    assert client.get("/version").json() == {"version": "0.0.0", "index_format": 1}
    empty = client_of(service_over(tmp_path)).get("/ready")
    assert empty.status_code == 503 and empty.json() == {"ready": False, "n_datasets": 0}


def test_a_key_of_one_dataset_sees_no_other(tmp_path) -> None:
    write_version(tmp_path)
    write_version(tmp_path, dataset="secret", ids=range(1, 6))
    client = client_of(service_over(tmp_path), address="10.0.0.9")
    headers = {"Authorization": f"Bearer {new_key(tmp_path, 'colours')}"}
    assert [each["name"] for each in client.get("/datasets", headers=headers).json()["datasets"]] == ["colours"]
    for path in (
        "",
        "/classes",
        "/images",
        "/images/1",
        "/images/1/similar",
        "/images/1/thumbnail",
        "/similar/words?text=a",
    ):
        there, nowhere = (client.get(f"/datasets/{name}{path}", headers=headers) for name in ("secret", "nowhere"))
        assert there.status_code == nowhere.status_code == 404
        assert there.json()["detail"].replace("secret", "nowhere") == nowhere.json()["detail"]
    assert client.post("/datasets/secret/classify", headers=headers, files=sent(drawn(1))).status_code == 404


def test_every_address_but_three_asks_for_a_key(index) -> None:
    service = service_over(index)
    client = client_of(service, address="10.0.0.9")
    is_open = {
        path
        for method, path in every_address(service)
        if client.request(method, path.replace("{dataset}", "colours").replace("{image_id}", "1")).status_code != 401
    }
    assert is_open == {"/health", "/ready", "/version"}


def test_cors_is_off_unless_a_site_is_named(index) -> None:
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    closed = client_of(service_over(index)).get("/datasets", headers=asked)
    assert "access-control-allow-origin" not in closed.headers
    named = client_of(service_over(index, cors_origins=["https://app.example"]))
    assert named.get("/datasets", headers=asked).headers["access-control-allow-origin"] == "https://app.example"
    assert (
        "access-control-allow-origin" not in named.get("/datasets", headers={"Origin": "https://other.example"}).headers
    )


def test_a_dataset_without_vectors_or_networks_says_so(tmp_path) -> None:
    write_version(tmp_path, network=None, detection=None, space=None, classes=list(CLASSES))
    client = client_of(service_over(tmp_path, limits=Limits(rate=0)))
    assert client.get("/ready").json()["ready"] is False  # vectors of no space are no index

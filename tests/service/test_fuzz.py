"""Everything that the service's OpenAPI allows, and what it does not, asked by schemathesis: no error of the server."""

import io
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from PIL import Image
from schemathesis import APIOperation, Case
from schemathesis.checks import CHECKS

from service.limits import Limits
from tests.support.served import N, drawn, new_key, service_over, write_version

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
EXAMPLES = 25  # an address; another seed tries others: --hypothesis-seed=N
WANTED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    """The service's OpenAPI, asked with a key that opens its one dataset."""
    index = tmp_path_factory.mktemp("index")
    write_version(index, dataset="animals")
    service = service_over(index, limits=Limits(rate=0, upload_bytes=200_000))
    headers = {"X-API-Key": new_key(index)}
    loaded = schemathesis.openapi.from_asgi("/openapi.json", service.asgi, headers=headers)
    loaded.config.update(headers=headers)
    return loaded


def operations(loaded) -> list[APIOperation]:
    """Every address and method."""
    return [result.ok() for result in loaded.get_all_operations()]


def test_nothing_that_is_asked_is_an_error_of_the_server(fuzzed) -> None:
    """Not by schemathesis' own plugin, which asks pytest for what it no longer has."""
    checks = [check for check in CHECKS.get_all() if check.__name__ in WANTED]
    assert len(checks) == len(WANTED)
    asked = operations(fuzzed)
    assert len(asked) == 18
    n_asked = 0

    for operation in asked:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(case=operation.as_strategy())
        def ask(case: Case) -> None:
            nonlocal n_asked
            for variant in variants(case):
                variant.call_and_validate(checks=checks)
                n_asked += 1

        ask()
    assert n_asked > 20 * len(asked)


def variants(case: Case) -> Iterator[Case]:
    """What was drawn, then the same about a dataset, an image and pictures that are there."""
    yield case
    if not case.path_parameters:
        return
    case.path_parameters["dataset"] = "animals"  # else most of what is asked ends at a dataset that is not there
    yield case
    if isinstance(case.path_parameters.get("image_id"), int):
        case.path_parameters["image_id"] = case.path_parameters["image_id"] % N + 1
        yield case
    if isinstance(case.body, dict) and "picture" in case.body:
        for content in (drawn(3), HUGE, drawn(4)[:300]):
            case.body["picture"] = content
            yield case


def huge() -> bytes:
    """A small file of many pixels."""
    out = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(out, "PNG")
    return out.getvalue()


HUGE = huge()

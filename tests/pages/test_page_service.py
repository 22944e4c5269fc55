"""The page Service: the index, lines to copy, keys that are shown once."""

import datetime
import shlex
from dataclasses import replace

import pytest

from pages.service import alone, examples, http, state
from pages.service.keys import state_of
from pages.ui import owner
from service.live_index import LiveState
from store.connection import utc_now
from store.datasets import find_dataset
from store.service_keys import ServiceKey, list_service_keys
from tests.support.seen_page import texts
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset
from tests.support.visit import visit

PAGE = "service/page.py"


@pytest.fixture
def birds(app_workspace):
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{i}.png", label=i % 2) for i in range(6)])
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    return dataset


def test_an_empty_workspace_has_a_friendly_page(open_app_page) -> None:
    assert "empty display case" in texts(open_app_page(PAGE))


def test_the_index_is_built_by_a_click_and_told(birds) -> None:
    app = visit(PAGE)
    assert "is built when it is first asked for" in texts(app)
    next(button for button in app.button if button.label == "Build the index now").click().run()
    http.CATALOGUE.settle()
    app.run()
    assert not app.exception and "is ready**, as the dataset is now: 6 pictures, 6 vectors" in texts(app)


def test_a_key_is_shown_once_and_can_be_revoked(birds) -> None:
    app = visit(PAGE)
    app.text_input[0].set_value("the annotation tool")
    next(button for button in app.button if button.label == "Make the key").click().run()
    (secret,) = [code.value for code in app.code if code.value.startswith("vitrine_")]
    (kept,) = list_service_keys(owner.get().workspace)
    assert kept.name == "the annotation tool" and kept.datasets is None and kept.expires_at is not None
    app.run()
    assert not [code for code in app.code if secret in code.value]
    next(button for button in app.button if button.label == "Revoke").click().run()
    assert list_service_keys(owner.get().workspace)[0].revoked_at is not None
    assert not [button for button in app.button if button.label == "Revoke"] and not app.exception


def test_a_key_without_a_name_is_refused_in_words(birds) -> None:
    app = visit(PAGE)
    next(button for button in app.button if button.label == "Make the key").click().run()
    assert any("needs a name" in error.value for error in app.error) and not list_service_keys(owner.get().workspace)


def test_names_of_datasets_are_quoted_where_they_are_typed() -> None:
    odd = "a b'; rm -rf $HOME"
    line = alone.command_lines(odd, workspace="w").splitlines()[0]
    assert shlex.split(line)[3] == odd
    assert "rm -rf" not in examples.curl_lines(odd, 1, address="http://h/api")
    compile(examples.python_lines(odd, 1, address="http://h/api"), "example", "exec")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "is ready**, as the dataset is now"),
        ({"is_current": False}, "older than the dataset"),
        ({"is_building": True}, "is being built"),
        ({"n_images": 0}, "could not be built"),
    ],
)
def test_the_state_of_an_index_in_words(birds, changed: dict, said: str) -> None:
    about = {"n_images": 6, "n_vectors": 6, "n_bytes": 96, "method": "exact", "seconds": 0.0, "is_current": True}
    now = LiveState(**{**about, "is_building": False, **changed})
    assert said in state.sentence(find_dataset(owner.get().workspace, "birds"), now)


def test_the_state_of_a_key_in_words(birds) -> None:
    now = utc_now()
    key = ServiceKey(1, "k", "a", None, "me", now, None, None, None, None)
    assert state_of(key, now=now) == "can be used"
    assert state_of(replace(key, expires_at=now - datetime.timedelta(1)), now=now) == "expired"
    assert state_of(replace(key, revoked_at=now, revoked_by="you"), now=now) == "revoked by you"

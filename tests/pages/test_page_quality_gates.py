"""The gates on the page Quality: what failed and why, and limits that the owner sets and others do not see."""

from functools import partial

import pytest

from pages.ui import owner
from store.acting import CURATOR, LINK, REVIEWER, Actor, resolve_by
from store.gates import kept_limits
from tests.support.running import run_job
from tests.support.seen_page import texts
from tests.support.small_workspace import image_row, land, new_dataset


@pytest.fixture
def page(open_app_page):
    return partial(open_app_page, "quality/page.py")


@pytest.fixture
def birds():
    workspace = owner.get().workspace
    dataset = new_dataset(workspace, "birds")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=0) for n in range(3)])
    return dataset


@pytest.fixture
def as_role():
    """Look at the page as somebody of a role."""
    before = []

    def look(role: str) -> None:
        before.append(resolve_by(lambda: Actor(role=role, how=LINK, name="Ben")))

    yield look
    for one in before[:1]:
        resolve_by(one)


def labels(app) -> list[str]:
    return [each.label for each in app.expander]


def keys(app) -> set[str]:
    return {each.key for each in app.button}


def test_before_the_first_check_the_page_says_so_and_offers_one(page, birds) -> None:
    app = page()
    assert not app.exception
    assert "Quality gates: not checked yet" in labels(app) and {"gates_check", "gates_set"} <= keys(app)


def test_gates_that_failed_come_first_with_the_rows_that_are_wrong(page, birds) -> None:
    run_job(owner.get().workspace, "verify", "birds", only="import")  # whose files are nowhere
    app = page()
    assert not app.exception
    assert "Quality gates: 1 of 4 failed" in labels(app)
    found = app.dataframe[0].value
    assert found["gate"][0] == "Pictures whose file is gone or of another size"
    assert found["passed"].tolist() == ["failed", "passed", "passed", "passed"] and found["found"][0] == "3 pictures"
    assert app.dataframe[1].value["path"].tolist() == ["0.png", "1.png", "2.png"]


def test_the_owner_sets_a_limit_and_switches_a_gate_off(page, birds) -> None:
    app = page()
    app.number_input(key="gates_limit_import.pictures").set_value(50.0).run()
    app.button(key="gates_set").click().run()
    workspace = owner.get().workspace
    assert not app.exception and kept_limits(workspace, birds.id) == {"import.pictures": 50.0}
    app.toggle(key="gates_asked_import.pictures").set_value(False).run()
    app.button(key="gates_set").click().run()
    assert kept_limits(workspace, birds.id) == {"import.pictures": None}


def test_a_curator_checks_but_sets_no_limit_and_a_reviewer_sees_no_paths(page, birds, as_role) -> None:
    run_job(owner.get().workspace, "verify", "birds", only="import")
    as_role(CURATOR)
    assert keys(page()) & {"gates_check", "gates_set"} == {"gates_check"}
    as_role(REVIEWER)
    app = page()
    assert not app.exception
    assert not keys(app) & {"gates_check", "gates_set"} and "Quality gates: 1 of 4 failed" in labels(app)
    assert not any("path" in frame.value.columns for frame in app.dataframe)
    assert "0.png" not in texts(app)

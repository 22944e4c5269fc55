"""What the overview says, and what health and words make of counts."""

import time
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from jobs.engine.kinds import all_kinds
from pages.overview import health
from pages.ui import owner
from store.duplicates import NearCounts
from store.overview import Duplicates, Embedded, Problems, StaleRun, Totals
from tests.support.small_workspace import failure_row, image_row, land, new_dataset
from tests.support.visit import visit

CLEAN = health.Findings(
    Totals(9, 9, 0, 0, 0, 0),
    Duplicates(0, 0, 0, 0, 0, 0),
    NearCounts(0, 0, 0, 0, 0, 0),
    Problems(0, 0),
    Embedded(None, 0),
    [],
    [],
    50,
)


@pytest.fixture
def page(app_workspace):
    return partial(visit, "overview/page.py")


def words(app: AppTest) -> str:
    assert not app.exception and not app.error, app.error
    return "\n".join(str(element.value) for kind in ("title", "markdown", "caption") for element in app.get(kind))


def add_birds() -> int:
    """Nine images of two classes and two splits; two share their bytes under different labels; one file failed."""
    workspace = owner.get().workspace
    dataset = new_dataset(workspace, "my *birds* <b>")
    rows = [image_row(f"{i}.png", label=int(i < 2), split="train" if i % 2 else "test") for i in range(8)]
    rows += [image_row("8.png", content="0.png", label=0, split="test"), failure_row("bad.png")]
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES (1, 0, 'tit', NULL), (1, 1, '$ro:red[ok]', NULL)")
    return dataset.id


def test_an_empty_workspace_offers_an_import(page) -> None:
    assert "There is no dataset in this workspace yet" in words(page())


def test_a_dataset_without_images_says_so(page) -> None:
    new_dataset(owner.get().workspace)
    text = words(page())
    assert "There are no pictures here yet" in text
    assert "no classes to compare" in text


def test_the_numbers_and_the_balance_are_said_in_words(page) -> None:
    add_birds()
    app = page()
    assert {metric.label: metric.value for metric in app.metric} == {
        "Images": "9",
        "Classes": "2",
        "Splits": "2",
        "Size on disk": "900 bytes",
    }
    text = words(app)
    assert "The largest class, **tit**, has **3.5 times** as many images as the smallest" in text
    assert "9 of 9 pictures, drawn at random (seed 0)" in text
    assert "**2** duplicates with conflicting labels" in text
    assert "Look at the 2 pictures that carry different labels" in text
    assert "**1** files not taken in" in text


def test_names_of_strangers_are_shown_as_text(page) -> None:
    add_birds()
    text = words(page())
    assert r"my \*birds\* \<b\>" in text
    assert r"\$ro\:red\[ok\]" in text
    assert "$ro:red[ok]" not in text


@pytest.mark.parametrize("bars", ["counts", "shares"])
@pytest.mark.parametrize("axis", ["linear", "log"])
@pytest.mark.parametrize("splits", ["stacked", "grouped", "together"])
@pytest.mark.long
def test_every_way_to_draw_the_balance_works_from_its_link(page, bars: str, axis: str, splits: str) -> None:
    add_birds()
    app = page(bars=bars, axis=axis, splits=splits)
    words(app)
    assert [control.value for control in app.get("segmented_control")] == [bars, axis, splits]


def test_the_floor_in_the_link_decides_which_classes_are_small(page) -> None:
    add_birds()
    assert "**1** class under 3 images" in words(page(floor="3"))
    assert "**2** classes under 50 images" in words(page())


def test_a_strange_link_is_no_error(page) -> None:
    add_birds()
    words(page(seed="-1; x", sheet="99", floor="no", bars="odd", image="7"))
    add = page(image="999")
    assert any("has no image 999" in warning.value for warning in add.warning)


def test_a_second_visit_asks_the_file_nothing_new(page, monkeypatch) -> None:
    add_birds()
    app = page()
    from store import overview

    monkeypatch.setattr(overview, "duplicates", lambda *args: pytest.fail("the figures were read again"))
    words(app.run())


def test_a_clean_dataset_has_nothing_pressing() -> None:
    checks = health.checks(CLEAN, kinds={})
    assert {check.severity for check in checks} == {health.OK}
    assert health.next_steps(checks, n_images=9) == []


def test_what_spoils_scores_comes_before_what_is_merely_missing() -> None:
    found = health.Findings(
        Totals(9, 9, 0, 0, 9, 0),
        Duplicates(3, 6, 1, 2, 2, 4),
        NearCounts(2, 4, 0, 0, 0, 0),
        Problems(5, 0),
        Embedded(None, 9),
        [StaleRun(3, "embed", "a_b", ["labels", "removals"])],
        ["x"],
        50,
    )
    checks = {check.key: check for check in health.checks(found, kinds=all_kinds())}
    assert {key for key, check in checks.items() if check.severity == health.ACT} == {"across-splits", "conflicting"}
    assert [check.key for _, check in health.next_steps(list(checks.values()), n_images=9)] == [
        "across-splits",
        "conflicting",
    ]
    assert checks["unlabelled"].sentence == "No image has a label yet."
    assert checks["small-classes"].query == {"class": "x"}
    assert checks["stale"].sentence == (
        r"Since they were computed, labels changed, and pictures were removed or restored: Embedding a\_b. Run again "
        "what you rely on."
    )


def test_what_was_found_comes_first_and_analyse_is_offered(page) -> None:
    add_birds()
    app = page()
    assert "1 group of identical pictures carries different labels" in words(app)
    assert [button.label for button in app.button if button.key == "analyse"] == ["Analyse"]


def test_analyse_is_one_order_and_its_steps_are_in_sight(page) -> None:
    add_birds()
    app = page()
    app.button(key="analyse").click().run()
    analysis = owner.get().supervisor.analyses.newest("my *birds* <b>")
    assert analysis is not None and analysis.is_active and not app.exception
    assert "Label check" in words(app) and not [button for button in app.button if button.key == "analyse"]
    app.button(key=f"cancel_{analysis.id}").click().run()
    supervisor = owner.get().supervisor
    while (
        supervisor.analyses.newest("my *birds* <b>").is_active or supervisor.active()
    ):  # its worker takes a moment to end
        time.sleep(0.1)
    after = page()
    assert [button.label for button in after.button if button.key == "analyse"] == ["Refresh what is stale"]


def test_a_recipe_that_cannot_be_run_is_refused_on_the_page(page) -> None:
    add_birds()
    app = page()
    app.text_area(key="recipe_text").set_value("[steps.paint]").run()
    app.button(key="recipe_run").click().run()
    assert (
        "There is no job kind" in app.error[0].value
        and owner.get().supervisor.analyses.newest("my *birds* <b>") is None
    )
    app.button(key="recipe_keep").click().run()
    assert "There is no job kind" in app.error[0].value

"""Origin and licences on pages: the picture's card, filters, the Overview, the ethics sheet, takedowns, queries."""

import contextlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import blurring, owner
from store import acting
from store.acting import CURATOR, LINK, VIEWER, Actor
from store.datasets import find_dataset
from store.project import write_project_text
from store.statements import sql
from store.takedown import list_takedowns, take_down
from tests.support.collected_rows import NAME, collected_dataset
from tests.support.finished_run import ran
from tests.support.seen_page import button, sent, texts
from tests.support.visit import TIMEOUT_S


def fill(workspace) -> None:
    collected_dataset(workspace, n=8)


FILLED_BY = {"cats": fill}


@pytest.fixture
def page(open_app_page):
    return open_app_page


@pytest.fixture
def cats(app_workspace):
    return find_dataset(owner.get().workspace, NAME)


@contextlib.contextmanager
def visited_by(actor: Actor) -> Iterator[None]:
    """Within it, pages are drawn for somebody."""
    before = acting.resolve_by(lambda: actor)
    try:
        yield
    finally:
        acting.resolve_by(before)


def html_of(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def section_of(name: str) -> AppTest:
    """A section of the page Collect, by itself."""

    def script(name: str) -> None:
        import importlib

        from pages.ui import job_cards, session

        dataset = session.require_dataset()
        job_cards.show_refusal()
        importlib.import_module(f"pages.collect.{name}").section(dataset)

    return AppTest.from_function(script, args=(name,), default_timeout=TIMEOUT_S)


def test_the_card_says_where_a_picture_is_from(page, cats) -> None:
    said = html_of(page("pictures/page.py", image="1"))
    assert "Wikimedia Commons, number 1 of the answer to “cheetah animal”" in said and "Ada 0" in said
    assert '<a href="https://creativecommons.org/licenses/by/4.0/" target="_blank"' in said and "CC-BY-4.0" in said
    assert '<a href="https://www.commons.example/photos/0"' in said and "20 November 2026, 09:30 UTC" in said
    assert "Cat 0 in &lt;b&gt;grass&lt;/b&gt;" in said and "<b>grass" not in said
    assert "(no commercial use)" in html_of(page("pictures/page.py", image="4"))


def test_no_address_is_shown_to_whom_people_in_the_picture_are_hidden_from(page, cats, monkeypatch) -> None:
    monkeypatch.setattr(blurring, "what_to_blur", lambda *_: blurring.Hidden(np.empty((0, 4))))
    with visited_by(Actor(role=VIEWER, how=LINK, name="Vi", sees_people=False)):
        said = html_of(page("pictures/page.py", image="1"))
    assert "commons.example" not in said and "people in it are blurred for you" in said and "Ada 0" in said


def test_pictures_are_filtered_by_licence_source_and_query(page, cats) -> None:
    assert "Showing all 3 pictures" in texts(page("pictures/page.py", licence="No known licence"))
    assert "Showing all 3 pictures" in texts(page("pictures/page.py", licence="Forbids changes"))
    both = page("pictures/page.py", licence="CC-BY-SA-3.0", source="openverse", query="lynx")
    assert "Showing all 2 pictures" in texts(both)
    assert "Showing all 9 pictures" in texts(page("pictures/page.py", source="commons"))
    assert "Showing all 3 pictures" in texts(page("pictures/page.py", query="lynx animal"))
    assert "Showing all 24 pictures" in texts(page("pictures/page.py"))


def test_the_overview_counts_licences_and_checks_them_by_what_the_sheet_says(page, cats) -> None:
    said = texts(page("overview/page.py"))
    assert "The licence of 88 % of 24 pictures is known, of each by itself." in said
    assert "**3** pictures without a known licence" in said and "Forbids commercial use." in said
    assert "not for commercial use" not in said
    workspace = owner.get().workspace
    for field in ("use-commercial", "use-changed"):
        write_project_text(workspace, cats.id, field=field, text="yes", edition=0, who="ada")
    said = texts(page("overview/page.py"))
    assert "**3** pictures not for commercial use" in said and "**3** pictures not to be changed" in said


def test_the_sheet_shows_the_numbers_that_answer(page, cats) -> None:
    workspace = owner.get().workspace
    take_down(workspace, cats.id, what="author", value="Ada 1", who="ada")
    said = texts(page("project/page.py")).replace("\\", "")
    assert "No detector has looked for people" in said and "The licence of" in said
    assert "1 takedown stands, for" in said and "by 6 queries at 2 sources" in said


def test_a_takedown_is_recorded_listed_and_withdrawn_on_the_page(page, cats) -> None:
    app = section_of("takedown").run()
    assert "Nobody has asked" in texts(app)
    app.segmented_control(key="takedown_what").set_value("Author").run()
    app.text_input(key="takedown_value").set_value("Ada 2").run()
    app.text_input(key="takedown_reason").set_value("a letter of 3 May").run()
    button(app, "Take down").click().run()
    (made,) = list_takedowns(owner.get().workspace, cats.id)
    assert (made.what, made.value, made.reason) == ("author", "Ada 2", "a letter of 3 May") and made.n_images
    assert "Ada 2" in texts(app) and "a letter of 3 May" in texts(app)
    app.segmented_control(key="takedown_what").set_value("Address").run()
    app.text_input(key="takedown_value").set_value("nowhere").run()
    button(app, "Take down").click().run()
    assert "names no host" in texts(app).replace("\\", "")
    button(app, "Withdraw").click().run()
    assert not list_takedowns(owner.get().workspace, cats.id)[0].stands and "withdrawn" in texts(app)


def test_a_picture_that_is_taken_down_is_not_drawn(page, cats) -> None:
    take_down(owner.get().workspace, cats.id, what="picture", value="1", reason="<i>please</i>", who="ada")
    app = page("pictures/page.py", image="1", check="Removed")
    assert "Taken down on" in texts(app) and "/vitrine/picture/1?" not in html_of(app)
    assert len(sent(app, holding="sections")[-1]["sections"][0]["items"]) == 1
    with visited_by(Actor(role=VIEWER, how=LINK, name="Vi")):
        said = texts(page("pictures/page.py", image="1", check="Removed"))
    assert "Taken down on" in said and "please" not in said and "by ada" not in said


def test_a_curator_takes_down_from_the_card_and_a_viewer_does_not(page, cats) -> None:
    app = page("pictures/page.py", image="2")
    app.button(key="down_2").click().run()
    (made,) = list_takedowns(owner.get().workspace, cats.id)
    assert made.what == "picture" and made.n_images == 1
    for role, offered in ((CURATOR, True), (VIEWER, False)):
        with visited_by(Actor(role=role, how=LINK, name="Vi", dataset_ids=frozenset([cats.id]))):
            assert ("down_3" in {each.key for each in page("pictures/page.py", image="3").button}) is offered


def test_the_table_of_queries_says_which_was_worth_it(page, cats) -> None:
    app = section_of("worth").run()
    (table,) = [each.value for each in app.dataframe]
    rows = table.set_index(["Source", "Query"])
    found = rows.loc[("Openverse", "lynx")]
    assert (found["Found"], found["Kept"], found["In the dataset"]) == (9, 5, 5)
    assert found["Found"] == found[["Kept", "Duplicates", "Refused", "Failed", "Left"]].sum()
    assert (found["Duplicates"], found["of other queries"]) == (1, 1)
    assert "Of 36 pictures found by 6 queries, 24 are in the dataset" in texts(app)
    assert "lynx (Openverse) found 1 picture that lynx animal (Wikimedia Commons) had brought" in texts(app).replace(
        "\\", ""
    )
    take_down(owner.get().workspace, cats.id, what="site", value="commons.example", who="ada")
    app = section_of("worth").run()
    assert "15 are in the dataset" in texts(app)


def test_words_are_proposed_where_zero_shot_takes_a_class_for_another(page, cats) -> None:
    workspace = owner.get().workspace
    run_id = ran(workspace, "zero-shot", {"balanced_accuracy": 0.5})
    with workspace.writing(cats.id) as cursor:
        cursor.execute("UPDATE image SET label = 1")  # all leopards, so that there are enough of one class
        ids = [image_id for (image_id,) in cursor.execute("SELECT id FROM image ORDER BY id").fetchall()]
        taken = [[0.7, 0.2, 0.1] if n % 3 == 0 else [0.1, 0.8, 0.1] for n in range(len(ids))]
        table = pa.table({"image_id": ids, "fold": pa.nulls(len(ids), pa.int32()), "probabilities": taken})
        cursor.register("incoming", table)
        cursor.execute(sql("insert_predictions"), {"run_id": run_id})
    said = texts(section_of("worth").run()).replace("\\", "")
    assert "leopard is taken for cheetah by its name, 33 % of 24 pictures: search `leopard -cheetah`" in said


def test_the_page_that_collects_ends_with_both(page, cats) -> None:
    said = texts(page("collect/page.py", step="4 Look back"))
    assert "Which query was worth it" in said and "Takedowns" in said and "that is chosen in the sidebar" in said

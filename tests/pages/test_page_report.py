"""The pages Report and Project: begun complete, worked on, presented, and what two people do to each other's words."""

import pytest

from evidence.report.reports import begin
from pages.ui import owner
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.project import project_texts, write_project_text
from store.report_blocks import BlockDraft, change_block, list_blocks
from store.reports import add_block, list_reports
from tests.support.compared_workspace import compared
from tests.support.seen_page import button, texts
from tests.support.small_workspace import new_dataset

PAGE, PROJECT = "report/page.py", "project/page.py"
FILLED_BY = {"birds": compared}
STRANGE = "<script>alert(1)</script> **قطة** 🐈 :red[x] $a$"


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


@pytest.fixture
def report_id(birds) -> int:
    return begin(owner.get().workspace, birds, who="Ada")


def blocks() -> list:
    workspace = owner.get().workspace
    (report,) = list_reports(workspace, 1)
    return list_blocks(workspace, report.id)


def test_an_empty_workspace_gets_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"
    assert open_app_page(PROJECT).title[0].value == "An empty display case"


def test_a_dataset_without_a_picture_cannot_have_one(open_app_page) -> None:
    new_dataset(owner.get().workspace)
    assert button(open_app_page(PAGE), "Begin a report").disabled


def test_a_report_is_complete_from_the_first_click(open_app_page, birds) -> None:
    app = open_app_page(PAGE)
    assert "starts **complete**" in texts(app)
    button(app, "Begin a report").click().run(timeout=60)
    assert not app.exception and not app.error
    told = texts(app)
    for chapter in ("In short", "What is in it", "Cleaning, step by step", "Ethics", "How to reproduce this"):
        assert chapter in [header.value for header in app.header]
    assert "No map has been drawn yet\\." in told and "vitrine run projection --dataset birds" in told


def test_a_block_is_old_after_a_decision_and_is_drawn_anew(open_app_page, birds, report_id) -> None:
    decide(owner.get().workspace, birds.id, [Act(1, "remove")], who="Ben")
    app = open_app_page(PAGE)
    assert "1 picture removed by Ben" in texts(app)
    button(app, "Draw anew what is old").click().run(timeout=60)
    assert not app.exception and "Since it was drawn" not in texts(app)


def test_blocks_are_moved_hidden_worded_and_taken_out(open_app_page, birds, report_id) -> None:
    app = open_app_page(PAGE, view="Edit")
    first, second = blocks()[:2]
    app.button(key=f"block_down_{first.id}_1").click().run()
    assert [each.id for each in blocks()[:2]] == [second.id, first.id]
    app.button(key=f"block_hide_{second.id}_1").click().run()
    assert blocks()[0].hidden and ":gray-badge[hidden]" in texts(app)
    app.button(key=f"block_edit_{second.id}_2").click().run()
    app.text_area(key=f"block_words_{second.id}_2").set_value(STRANGE).run()
    app.button(key=f"block_save_{second.id}_2").click().run()
    assert not app.exception and not app.error and blocks()[0].text == STRANGE
    app.button(key=f"block_out_{first.id}_2").click().run()
    assert first.id not in [each.id for each in blocks()]
    button(app, "Put it back").click().run()
    assert first.id in [each.id for each in blocks()] and not app.error


def test_who_saves_second_is_told_so(open_app_page, birds, report_id) -> None:
    app = open_app_page(PAGE, view="Edit")
    block = blocks()[1]
    app.button(key=f"block_edit_{block.id}_1").click().run()
    change_block(owner.get().workspace, block, BlockDraft(block.kind, title="Ben's"), who="Ben")
    app.text_input(key=f"block_title_{block.id}_1").set_value("Mine").run()
    app.button(key=f"block_save_{block.id}_1").click().run()
    assert "Ben changed the block" in app.error[0].value and blocks()[1].title == "Ben's"


def test_a_block_of_words_is_added(open_app_page, birds, report_id) -> None:
    app = open_app_page(PAGE, view="Edit")
    button(app, "Add a block at the end").click().run()
    app.text_area(key="block_add_words_text").set_value("What we think.").run()
    app.button(key="block_add").click().run()
    assert not app.exception and blocks()[-1].text == "What we think."


def test_a_chart_of_a_page_is_added_with_its_address(open_app_page, birds, report_id) -> None:
    app = open_app_page("overview/page.py", floor="7")
    [app_button for app_button in app.button if str(app_button.key).startswith("to_report_")][0].click().run()
    assert not app.exception
    key = next(each.key for each in app.button if str(each.key).startswith("to_report_add_"))
    app.button(key=key).click().run()
    assert not app.exception and not app.error
    added = blocks()[-1]
    assert (added.kind, added.page) == ("figure", "overview") and "floor=7" in added.query
    told = texts(open_app_page(PAGE))
    assert "Images of each class" in told


def test_slides_step_through_what_is_not_hidden(open_app_page, birds, report_id) -> None:
    shown = [each for each in blocks() if not each.hidden]
    app = open_app_page(PAGE, present="1")
    assert app.title[0].value == "Report on birds" and f"1 / {len(shown) + 1}" in texts(app)
    app.button(key="present_on").click().run()
    assert app.title[0].value == "In short" and app.query_params["present"] in ("2", ["2"])
    app.button(key="present_end").click().run()
    assert "present" not in app.query_params and not app.exception
    assert f"{len(shown) + 1} / {len(shown) + 1}" in texts(open_app_page(PAGE, present="999999"))


def test_strangers_words_stay_letters(open_app_page, birds, report_id) -> None:
    workspace = owner.get().workspace
    add_block(workspace, birds.id, BlockDraft("section", title=STRANGE), report_id=report_id, who="Ada")
    told = texts(open_app_page(PAGE))
    assert "<script>" not in told and "\\<script\\>" in told


def test_a_field_of_the_sheet_is_saved_when_it_is_left(open_app_page, birds) -> None:
    app = open_app_page(PROJECT)
    app.text_area(key=f"sheet_{birds.id}_theme").set_value("Birds at a feeder").run()
    assert not app.exception and project_texts(owner.get().workspace, birds.id)["theme"].text == "Birds at a feeder"
    app.text_area(key=f"sheet_{birds.id}_theme").set_value("Birds at two feeders").run()
    assert project_texts(owner.get().workspace, birds.id)["theme"].edition == 2


@pytest.mark.parametrize(("choice", "kept"), [("Save mine", "mine"), ("Take theirs", "theirs")])
def test_two_people_in_one_field_lose_nothing(open_app_page, birds, choice, kept) -> None:
    workspace = owner.get().workspace
    app = open_app_page(PROJECT)
    write_project_text(workspace, birds.id, field="theme", text="theirs", edition=0, who="Ben")
    app.text_area(key=f"sheet_{birds.id}_theme").set_value("mine").run()
    assert "Ben wrote something else meanwhile" in app.warning[0].value
    assert app.text_area(key=f"sheet_{birds.id}_theme").value == "mine" and "> theirs" in texts(app)
    button(app, choice).click().run()
    assert not app.exception and not app.warning
    assert app.text_area(key=f"sheet_{birds.id}_theme").value == kept
    assert project_texts(workspace, birds.id)["theme"].text == kept


def test_a_note_stands_on_the_timeline(open_app_page, birds) -> None:
    app = open_app_page(PROJECT, part="Timeline")
    app.text_input(key="note_text").set_value("Went to the park")
    button(app, "Add the note").click().run()
    assert not app.exception and "Went to the park" in texts(app)
    app = open_app_page(PROJECT, part="Timeline")
    app.button(key="note_out_1").click().run()
    assert not app.exception and "Went to the park" not in texts(app)

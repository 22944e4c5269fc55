"""The page Claims and “Keep as a claim”: kept from a page, asked again, edited, forgotten; and strangers' words."""

import pytest

from evidence.case import Case
from evidence.claims import Proposal, keep
from pages.ui import owner
from store.claims import list_claims
from store.datasets import find_dataset
from store.decisions import Act, decide
from tests.support.compared_workspace import FIRST, SECOND, SET, compared
from tests.support.seen_page import button, texts
from tests.support.small_workspace import new_dataset

PAGE = "claims/page.py"
FILLED_BY = {"birds": compared}
STRANGE = "<script>alert(1)</script> **قطة** 🐈 {images} {} :red[x] $a$"


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


def claimed(birds, measure: str, sentence: str = "", **parameters: object) -> int:
    workspace = owner.get().workspace
    draft = Proposal(measure, parameters).draft(Case(workspace, birds), sentence=sentence)
    return keep(workspace, birds, draft, who="Ada")


def test_an_empty_workspace_gets_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"


def test_without_claims_the_page_says_what_one_is(open_app_page) -> None:
    new_dataset(owner.get().workspace)
    app = open_app_page(PAGE)
    assert "A claim is a sentence that rests on a number" in texts(app)
    button(app, "Add a claim").click().run()
    assert not app.exception and not app.error


def test_a_number_is_kept_from_the_overview_and_stands_on_the_page(open_app_page, birds) -> None:
    app = open_app_page("overview/page.py", floor="7")
    button(app, "Keep as a claim").click().run()
    assert app.text_area(key="keep_words_overview_0").value == "The dataset has {images} images."
    assert "> The dataset has 120 images\\." in texts(app)
    app.text_area(key="keep_words_overview_0").set_value("We have {images} birds.").run()
    app.button(key="keep_it_overview_0").click().run()
    assert not app.exception and not app.error
    (claim,) = list_claims(owner.get().workspace, birds.id)
    assert (claim.sentence, claim.page, claim.query["floor"]) == ("We have {images} birds.", "overview", "7")
    assert claim.kept_by == "test@example.com"
    assert "**We have 120 birds\\.**" in texts(open_app_page(PAGE))


def test_another_number_of_the_page_can_be_chosen(open_app_page, birds) -> None:
    app = open_app_page("compare/page.py", runs=["Nearest neighbours, run 11", "Logistic regression, run 12"], on=SET)
    button(app, "Keep as a claim").click().run()
    assert app.text_area(key="keep_words_compare_0").value.startswith(f"Run {SECOND} differs from run {FIRST}")
    options = app.selectbox(key="keep_which_compare").options
    place = next(n for n, words in enumerate(options) if f"Run {FIRST} reaches … accuracy on Held back" in words)
    app.selectbox(key="keep_which_compare").set_value(place).run()
    app.button(key=f"keep_it_compare_{place}").click().run()
    (claim,) = list_claims(owner.get().workspace, birds.id)
    assert claim.measures["score"]["parameters"]["runs"] == [FIRST, SECOND] and claim.query["on"] == SET
    assert claim.query["runs"] == ["Nearest neighbours, run 11", "Logistic regression, run 12"]


def test_then_now_verdict_and_why_after_fifty_decisions(open_app_page, birds) -> None:
    claimed(birds, "images")
    claimed(birds, "classes")
    decide(owner.get().workspace, birds.id, [Act(n, "remove") for n in range(1, 51)], who="Ben")
    app = open_app_page(PAGE)
    assert "**2 claims**: 2 hold." in texts(app) and "Something was decided, imported or computed since" in texts(app)
    app.button(key="claims_check").click().run()
    said = texts(app)
    assert "**2 claims**: 1 holds and 1 moved." in said and "Now: The dataset has 70 images\\." in said
    assert "Since then: 50 pictures removed by Ben" in said.replace("\\", "")
    assert "Something was decided" not in said
    app = open_app_page(PAGE, verdict="Hold")
    assert "The dataset has" not in texts(app).replace("The dataset has 3 classes", "")


def test_a_strangers_words_stay_text(open_app_page, birds) -> None:
    claimed(birds, "images", f"{STRANGE} and {{images}}.", class_index=1)
    claimed(birds, "images", class_index=1)
    said = texts(open_app_page(PAGE))
    assert "\\<script\\>" in said and "<script>" not in said and "**قطة**" not in said and "<b>" not in said


def test_the_words_of_a_claim_are_edited_and_the_second_editor_is_told(open_app_page, birds) -> None:
    claimed(birds, "images")
    first, second = open_app_page(PAGE), open_app_page(PAGE)
    for app in (first, second):
        app.button(key="claim_edit_1").click().run()
    first.text_area(key="claim_words_1_1").set_value("Birds: {images}.").run()
    first.button(key="claim_save_1_1").click().run()
    assert "**Birds: 120" in texts(first).replace("\\", "")
    second.text_area(key="claim_words_1_1").set_value("Mine: {images}.").run()
    second.button(key="claim_save_1_1").click().run()
    assert "changed claim 1 meanwhile" in second.error[0].value
    assert [each.sentence for each in list_claims(owner.get().workspace, birds.id)] == ["Birds: {images}."]


def test_a_claim_is_forgotten_and_one_takes_over_the_numbers_of_now(open_app_page, birds) -> None:
    claimed(birds, "images")
    claimed(birds, "classes")
    decide(owner.get().workspace, birds.id, [Act(1, "remove")], who="Ben")
    app = open_app_page(PAGE)
    app.button(key="claims_check").click().run()
    app.button(key="claim_edit_1").click().run()
    history = app.dataframe[0].value
    assert list(history["Value"]) == ["119", "120"] and list(history["Why"]) == ["checked", "kept"]
    app.button(key="claim_anew_1_1").click().run()
    assert "**The dataset has 119 images" in texts(app)
    app.button(key="claim_edit_2").click().run()
    app.button(key="claim_forget_2_1").click().run()
    assert not app.exception and [each.id for each in list_claims(owner.get().workspace, birds.id)] == [1]


def test_many_claims_come_in_pages(open_app_page, birds) -> None:
    for _ in range(23):
        claimed(birds, "images")
    app = open_app_page(PAGE)
    assert "20 of 23 claims" in texts(app) and len([each for each in app.button if each.label == "Edit"]) == 20
    assert len([each for each in open_app_page(PAGE, page="2").button if each.label == "Edit"]) == 3


def test_a_page_that_is_no_more_is_no_link_and_no_error(open_app_page, birds) -> None:
    claimed(birds, "images")
    with owner.get().workspace.writing() as cursor:
        cursor.execute("UPDATE claim SET page = 'gone', query = '{\"a\": [1, {\"b\": 2}]}'")
    assert "The dataset has 120 images" in texts(open_app_page(PAGE))


def test_freezing_from_the_page_records_the_claims(open_app_page, birds) -> None:
    from store.claims import value_history

    claimed(birds, "images")
    app = open_app_page("versions/page.py")
    app.button(key="version_freeze").click().run()
    assert not app.exception and not app.error
    newest = value_history(owner.get().workspace, birds.id, claim_id=1)[0]
    assert (newest.occasion, newest.frozen, newest.number) == ("frozen", "v1", 120)

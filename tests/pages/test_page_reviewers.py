"""The page Reviewers, comments beside what they are about, and the rubric: by clicks, by files, by two at a time."""

import pytest

from evidence.case import Case
from evidence.claims import Proposal, keep
from evidence.report import reports
from pages.reviewers.criteria import changed
from pages.reviewers.inbox import link_of
from pages.ui import owner
from store import comments as store
from store.comments import list_threads, write_comment
from store.datasets import find_dataset
from store.pins import Pin
from store.report_blocks import list_blocks
from store.reviews import merge_review
from store.rubric import FIRST, Criterion, Score, sheet_of, write_rubric, write_sheet
from store.versions import freeze, list_versions
from tests.support.compared_workspace import compared
from tests.support.review_file import AT, STRANGE, on, review
from tests.support.seen_page import button, texts
from tests.support.small_workspace import new_dataset

PAGE, ME = "reviewers/page.py", "test@example.com"
FILLED_BY = {"birds": compared}
ALL = Pin(kind="general")


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


def general() -> bytes:
    comments = [{"id": "a", "on": {"kind": "general"}, "text": STRANGE, "at": AT}]
    return review(comments=comments, opinions=[], reviewer=STRANGE)


def threads(birds):
    return list_threads(owner.get().workspace, birds.id)


def write(birds, text: str, *, pin: Pin = ALL, who: str = "Cleo") -> str:
    return write_comment(owner.get().workspace, birds.id, pin, text=text, who=who)


def test_an_empty_workspace_gets_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"


def test_before_anybody_wrote_every_view_says_how_they_can(open_app_page) -> None:
    new_dataset(owner.get().workspace)
    assert "in a **bundle**" in texts(open_app_page(PAGE)).replace("\n", " ")
    assert "No sheet has been written yet" in texts(open_app_page(PAGE, view="Summary"))
    assert "No reviewer has said anything of a label" in texts(open_app_page(PAGE, view="Words on labels"))
    assert "Creativity of theme" in texts(open_app_page(PAGE, view="Your sheet"))


def test_a_file_is_taken_in_by_a_click_and_its_words_stay_letters(open_app_page, birds) -> None:
    app = open_app_page(PAGE)
    app.file_uploader(key="review_file").upload("review.json", general()).run()
    button(app, "Take it in").click().run()
    assert not app.exception and "1 comment, 1 score and 0 words on labels came in" in app.success[0].value
    told = texts(app)
    assert "<script>" not in told and "\\<script\\>alert" in told and ", from a bundle" in told
    app = open_app_page(PAGE, view="Summary")
    assert app.dataframe[1].value["Criterion"].tolist() == ["Cleaning"]  # of no criterion of the rubric
    assert "came with a review.json" in texts(app)


def test_a_file_that_is_none_is_refused_in_a_sentence(open_app_page, birds) -> None:
    app = open_app_page(PAGE)
    app.file_uploader(key="review_file").upload("review.json", b"{}").run()
    button(app, "Take it in").click().run()
    assert not app.exception and "no review.json of a bundle" in app.error[0].value.replace("\\", "")


def test_words_on_labels_are_shown(open_app_page, birds) -> None:
    path, sha256 = (
        owner.get().workspace.read_text("SELECT path, sha256 FROM image WHERE id = 3").to_pylist()[0].values()
    )
    word = {**on(path, 3), "sha256": sha256, "verdict": "wrong", "at": AT}
    merge_review(owner.get().workspace, birds.id, review(comments=[], opinions=[word]), who="Ana")
    assert "1 wrong" in texts(open_app_page(PAGE, view="Words on labels"))


def test_a_comment_is_written_answered_and_resolved(open_app_page, birds) -> None:
    app = open_app_page(PAGE)
    app.text_area(key="comment_new_general_0").set_value("How do you **know**?").run()
    app.button(key="comment_save_general").click().run()
    (thread,) = threads(birds)
    assert (thread.first.text, thread.first.who) == ("How do you **know**?", ME)
    assert "How do you **know**?" in texts(app) and app.text_area(key="comment_new_general_1").value == ""
    button(app, "Answer").click().run()
    assert not app.exception and not app.error
    app.text_area(key=f"comment_reply_inbox_{thread.first.id}").set_value("From run 3.").run()
    button(app, "Send").click().run()
    button(app, "Resolve").click().run()
    assert not app.exception and not app.error
    (thread,) = threads(birds)
    assert [each.text for each in thread.answers] == ["From run 3."] and thread.state.resolved
    assert "No comment of that kind" in texts(app)
    assert "From run 3" in texts(open_app_page(PAGE, state="Resolved"))


def test_a_comment_without_a_word_is_refused_in_a_sentence(open_app_page, birds) -> None:
    app = open_app_page(PAGE)
    app.button(key="comment_save_general").click().run()
    assert "without a word" in app.error[0].value and not threads(birds)


def test_ones_own_is_edited_and_deleted_and_anothers_is_not(open_app_page, birds) -> None:
    mine, other = write(birds, "Mine", who=ME), write(birds, "Not mine")
    app = open_app_page(PAGE)
    labels = [each.label for each in app.button]
    assert labels.count("Edit") == 1 and labels.count("Delete") == 1
    app.button(key=f"comment_edit_inbox_{mine}").click().run()
    assert not app.exception and not app.error
    app.text_area(key=f"comment_words_inbox_{mine}_1").set_value("Mine, better").run()
    app.button(key=f"comment_anew_inbox_{mine}").click().run()
    assert "Mine, better" in texts(app) and ", edited" in texts(app)
    app.button(key=f"comment_delete_inbox_{mine}").click().run()
    assert not app.error and [each.first.id for each in threads(birds)] == [other]


def test_who_saves_a_wording_second_is_told(open_app_page, birds) -> None:
    mine = write(birds, "Mine", who=ME)
    first, second = open_app_page(PAGE), open_app_page(PAGE)
    for app in (first, second):
        app.button(key=f"comment_edit_inbox_{mine}").click().run()
        app.text_area(key=f"comment_words_inbox_{mine}_1").set_value("Other").run()
    first.button(key=f"comment_anew_inbox_{mine}").click().run()
    second.button(key=f"comment_anew_inbox_{mine}").click().run()
    assert "changed this comment meanwhile" in second.error[0].value


def test_new_is_what_came_since_one_looked(open_app_page, birds) -> None:
    write(birds, "First words")
    app = open_app_page(PAGE)
    assert "1 open; 1 new." in texts(app)
    app.button(key="inbox_seen").click().run()
    assert "0 new since you looked last" in texts(app)
    write(birds, "Second words", who="Ben")
    told = texts(open_app_page(PAGE, state="New"))
    assert "1 new since" in told and "Second words" in told and "First words" not in told


def test_filters_are_in_the_address(open_app_page, birds) -> None:
    write(birds, "Of Cleo")
    write(birds, "Of Ben", who="Ben", pin=Pin(kind="picture", image_id=1))
    assert "Of Ben" not in texts(open_app_page(PAGE, of="Cleo"))
    told = texts(open_app_page(PAGE, about="Pictures"))
    assert "Of Ben" in told and "Of Cleo" not in told


def test_many_threads_come_in_pages(open_app_page, birds) -> None:
    for n in range(23):
        write(birds, f"Words {n}")
    assert "20 of 23 threads" in texts(open_app_page(PAGE))
    assert "3 of 23 threads" in texts(open_app_page(PAGE, page="2"))


def test_a_page_is_commented_on_with_its_filters(open_app_page, birds) -> None:
    app = open_app_page("overview/page.py", floor="7")
    button(app, "Comment on this page").click().run()
    app.text_area(key="comment_new_page-overview_0").set_value("Why 7?").run()
    app.button(key="comment_save_page-overview").click().run()
    (thread,) = threads(birds)
    assert (thread.first.page, thread.first.query["floor"], thread.first.title) == ("overview", "7", "Overview")
    assert "comments" not in thread.first.query
    folder, query = link_of(thread.first, dataset="birds") or ("", {})
    assert folder == "overview" and query["floor"] == "7" and query["comments"] == "page-overview"
    told = texts(open_app_page("overview/page.py", comments="page-overview"))
    assert "Why 7" in told and "other filters: floor" in told


def test_a_picture_is_commented_on_in_a_place(open_app_page, birds) -> None:
    write(birds, "All of it", pin=Pin(kind="picture", image_id=2))
    app = open_app_page("pictures/page.py", image="2")
    app.toggle(key="place_on_2_0").set_value(True).run()
    app.slider(key="place_x_2_0").set_value(25).run()
    app.text_area(key="comment_new_picture-2_0").set_value("This corner").run()
    app.button(key="comment_save_picture-2").click().run()
    assert not app.exception and not app.error
    newest = threads(birds)[0].first
    assert (newest.text, newest.image_id, newest.x, newest.y) == ("This corner", 2, 0.25, 0.5)
    told = texts(app)
    assert "25 % from the left" in told and "All of it" in told
    assert app.toggle(key="place_on_2_1").value is False  # the next one is on all of it


def test_a_claim_a_version_and_a_block_are_commented_on(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    keep(workspace, birds, Proposal("images").draft(Case(workspace, birds)), who="Ada")
    freeze(workspace, birds.id, name="v1", who="Ada")
    report_id = reports.begin(workspace, birds, who="Ada")
    block = next(each for each in list_blocks(workspace, report_id) if each.kind != "section")
    version = list_versions(workspace, birds.id)[0]
    for file, key, target in (
        ("claims/page.py", "comments_claim_1", "claim-1"),
        ("versions/page.py", f"comments_version_{version.id}", f"version-{version.id}"),
        ("report/page.py", f"comments_block_{block.id}", f"block-{block.id}"),
    ):
        app = open_app_page(file)
        app.button(key=key).click().run()
        app.text_area(key=f"comment_new_{target}_0").set_value(f"On {target}").run()
        app.button(key=f"comment_save_{target}").click().run()
        assert not app.exception and not app.error
        again = open_app_page(file, comments=target)
        assert f"On {target}" in texts(again).replace("\\", "")
    found = {each.first.target: each.first for each in threads(birds)}
    assert found["claim-1"].title == "The dataset has 120 images." and found[f"version-{version.id}"].title == "v1"
    assert found[f"block-{block.id}"].query == {"report": str(report_id)}
    assert len([each for each in open_app_page(PAGE).button if each.label == "Answer"]) == 3


@pytest.mark.parametrize("target", ["claim-99", "page-map", "picture-1", "1e309", "<b>", ""])
def test_an_address_that_names_nothing_opens_nothing(open_app_page, birds, target) -> None:
    app = open_app_page("overview/page.py", comments=target)
    assert "A comment" not in [each.label for each in app.text_area]


def test_a_picture_and_comments_in_one_address_open_the_picture(open_app_page, birds) -> None:
    app = open_app_page("pictures/page.py", image="2", comments="page-pictures")
    assert not app.exception and "number 2" not in texts(app)  # its facts are HTML
    assert [each for each in app.button if each.label == "Previous"]


def test_a_strangers_names_and_titles_stay_letters(open_app_page, birds) -> None:
    write(birds, STRANGE, who=STRANGE, pin=Pin(kind="page", page="gone", query={STRANGE: [STRANGE]}, title=STRANGE))
    write(birds, STRANGE, who=STRANGE, pin=Pin(kind="page", page="map", query={STRANGE: [STRANGE]}, title=STRANGE))
    told = texts(open_app_page(PAGE))
    assert "<script>" not in told and told.count("\\<script\\>") >= 4


def test_the_overview_says_how_many_are_open(open_app_page, birds) -> None:
    def links() -> list[str]:
        return [each.proto.label for each in open_app_page("overview/page.py").get("page_link")]

    assert not [label for label in links() if "open comment" in label]
    write(birds, "Words")
    assert "1 open comment" in links()


def test_a_sheet_is_kept_as_a_draft_submitted_and_reopened(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    app = open_app_page(PAGE, view="Your sheet")
    key = f"sheet_{ME}_0_0"
    app.button_group(key=f"score_{key}_0").set_value(4).run()
    app.text_area(key=f"note_{key}_0").set_value("Clean.").run()
    app.button(key="sheet_draft").click().run()
    sheet = sheet_of(workspace, birds.id, ME)
    assert (sheet.state, sheet.scores["dataset"]) == ("draft", Score(4, 5, "Clean.", FIRST.criteria[0].title))
    app.button(key="sheet_submit").click().run()
    assert not app.exception and not app.error and "Submitted" in app.success[0].value
    app = open_app_page(PAGE, view="Summary")
    assert app.dataframe[0].value["Mean"].tolist()[0] == "4.00" and "80 %" in texts(app)
    app.button(key="sheet_reopen_0").click().run()
    assert sheet_of(workspace, birds.id, ME).state == "reopened"
    assert "Reopened" in texts(open_app_page(PAGE, view="Your sheet"))


def test_who_saves_a_sheet_second_is_told(open_app_page, birds) -> None:
    first, second = open_app_page(PAGE, view="Your sheet"), open_app_page(PAGE, view="Your sheet")
    for app in (first, second):
        app.button_group(key=f"score_sheet_{ME}_0_0_1").set_value(3).run()
    first.button(key="sheet_draft").click().run()
    second.button(key="sheet_draft").click().run()
    assert "meanwhile" in second.error[0].value


def test_scores_of_criteria_that_are_no_more_stay_on_the_sheet(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    write_sheet(workspace, birds.id, sheet_of(workspace, birds.id, ME), {"task": Score(2)}, rubric=FIRST, submit=False,
                who=ME)  # fmt: skip
    write_rubric(workspace, birds.id, [Criterion("fun", "Fun", most=50)], edition=0, who="Ada")
    app = open_app_page(PAGE, view="Your sheet")
    app.number_input(key=f"score_sheet_{ME}_1_1_0").set_value(41).run()
    app.button(key="sheet_draft").click().run()
    kept = sheet_of(workspace, birds.id, ME).scores
    assert kept["task"].score == 2 and (kept["fun"].score, kept["fun"].of) == (41, 50)


def test_what_the_editor_says_is_what_the_criteria_become() -> None:
    edits = {
        "edited_rows": {"0": {"title": "Data", "weight": 2}},
        "added_rows": [{"title": "Fun", "most": 3}, {"title": "Fun"}, {}],
        "deleted_rows": [1, 3],
    }
    found = changed(FIRST.criteria, edits)
    assert [(each.name, each.title, each.most, each.weight) for each in found] == [
        ("dataset", "Data", 5, 2),
        ("theme", "Creativity of theme", 5, 1),
        ("fun", "Fun", 3, 1),
        ("fun-2", "Fun", 5, 1),
        ("criterion", "", 5, 1),
    ]
    assert changed(FIRST.criteria, {}) == list(FIRST.criteria)


def test_the_report_tells_what_reviewers_said(birds) -> None:
    workspace = owner.get().workspace
    write(birds, "Done")
    store.set_resolved(workspace, birds.id, threads(birds)[0].state, resolved=True, who="Ada")
    write(birds, STRANGE)
    write_sheet(workspace, birds.id, sheet_of(workspace, birds.id, "Cleo"), {"task": Score(4, 5)}, rubric=FIRST,
                submit=True, who="Cleo")  # fmt: skip
    report_id = reports.begin(workspace, birds, who="Ada")
    (block,) = [
        each.block for each in reports.shown(workspace, birds, report_id=report_id) if each.row.kind == "reviewers"
    ]
    facts, rubric, still_open = block.parts
    assert dict(facts.rows)["Comments that are open"] == "1" and dict(facts.rows)["Comments that are resolved"] == "1"
    assert rubric.rows == [["Adherence to the task", 1.0, 4.0, None, "4 to 4", "1 to 5", 1]]
    assert still_open.rows[0][0] == STRANGE


def test_a_new_report_has_no_chapter_of_reviews_while_there_is_none(birds) -> None:
    report_id = reports.begin(owner.get().workspace, birds, who="Ada")
    assert "Reviews" not in [each.title for each in list_blocks(owner.get().workspace, report_id)]

"""“From reviewers” on the page Review: a review.json taken in, and what strangers wrote as letters."""

import pytest

from pages.ui import owner
from store.datasets import find_dataset
from store.reviews import merge_review
from tests.support.compared_workspace import compared
from tests.support.review_file import AT, STRANGE, review
from tests.support.seen_page import button, texts

PAGE, VIEW = "review/page.py", "From reviewers"
FILLED_BY = {"birds": compared}


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


def general() -> bytes:
    comments = [{"id": "a", "on": {"kind": "general"}, "text": STRANGE, "at": AT}]
    return review(comments=comments, opinions=[], reviewer=STRANGE)


def test_before_anybody_wrote_the_page_says_how_they_can(open_app_page, birds) -> None:
    assert "Give somebody the **bundle**" in texts(open_app_page(PAGE, view=VIEW))


def test_what_they_wrote_stands_there_as_letters(open_app_page, birds) -> None:
    merge_review(owner.get().workspace, birds.id, general(), who="Ana")
    app = open_app_page(PAGE, view=VIEW)
    told = texts(app)
    assert not app.exception and "<script>" not in told and "\\<script\\>alert" in told
    assert app.dataframe[0].value["Score"].tolist() == ["4 of 5"]


def test_a_file_is_taken_in_by_a_click(open_app_page, birds) -> None:
    app = open_app_page(PAGE, view=VIEW)
    app.file_uploader(key="review_file").upload("review.json", general()).run()
    button(app, "Take it in").click().run()
    assert not app.exception and "1 comment, 1 score and 0 words on labels came in" in app.success[0].value


def test_a_file_that_is_none_is_refused_in_a_sentence(open_app_page, birds) -> None:
    app = open_app_page(PAGE, view=VIEW)
    app.file_uploader(key="review_file").upload("review.json", b"{}").run()
    button(app, "Take it in").click().run()
    assert not app.exception and "no review.json of a bundle" in app.error[0].value.replace("\\", "")

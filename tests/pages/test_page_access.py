"""The page Access: a link is made, shown once, revoked; roles are given and taken away; what was done is listed."""

import pytest

from pages.ui import owner, visitors
from store import access, acting
from store.acting import LINK, Actor
from store.audit import list_audit
from tests.support.seen_page import button, texts
from tests.support.small_workspace import image_row, land, new_dataset

PAGE = "access/page.py"


@pytest.fixture
def workspace(app_workspace):
    opened = owner.get().workspace
    land(opened, new_dataset(opened, "pets").id, [image_row("1.png")])
    return opened


def test_a_link_is_made_shown_once_and_revoked(open_app_page, workspace) -> None:
    app = open_app_page(PAGE)
    app.text_input(key="link_title").set_value("The **course**")
    app.selectbox(key="link_role").set_value("viewer")
    app.selectbox(key="link_dataset").set_value("pets").run()
    button(app, "Make a link").click().run()
    assert not app.exception and not app.error
    (code,) = [each.value for each in app.get("code")]
    (link,) = access.list_links(workspace)
    assert (link.title, link.role, link.dataset_id, link.is_open) == ("The **course**", "viewer", 1, True)
    assert "/vitrine/enter/" in code and "The \\*\\*course\\*\\*" in texts(app)
    app.run()
    assert not app.get("code")  # and never again
    button(app, "Revoke").click().run()
    assert not app.error and "revoked by" in texts(app)
    assert not access.list_links(workspace)[0].is_open


def test_a_role_is_given_and_taken_away(open_app_page, workspace) -> None:
    app = open_app_page(PAGE, view="People who sign in")
    app.text_input(key="grant_address").set_value("Ana@Uni.example")
    app.selectbox(key="grant_role").set_value("curator").run()
    button(app, "Give this role").click().run()
    assert not app.error and "curator" in texts(app)
    assert visitors.role_of(workspace, "ANA@uni.example").role == "curator"
    assert visitors.role_of(workspace, "bo@uni.example") is None
    button(app, "Take away").click().run()
    assert "Nobody has a role yet" in texts(app) and visitors.role_of(workspace, "ana@uni.example") is None


def test_what_is_no_address_is_refused_in_a_sentence(open_app_page, workspace) -> None:
    app = open_app_page(PAGE, view="People who sign in")
    app.text_input(key="grant_address").set_value("everybody").run()
    button(app, "Give this role").click().run()
    assert "no e\\-mail address" in app.error[0].value and not access.list_grants(workspace)


def test_the_files_people_count_before_the_pages(open_app_page, workspace) -> None:
    access.grant(workspace, address="ana@uni.example", role="owner", who="Bo")
    access.grant(workspace, address="@uni.example", role="viewer", who="Bo")
    file = workspace.root / "access.toml"
    file.write_text('[[person]]\nwho = "ANA@uni.example"\nrole = "reviewer"\ndatasets = ["pets"]\n')
    found = visitors.role_of(workspace, "ana@uni.example")
    assert (found.role, visitors.datasets_of(workspace, found)) == ("reviewer", frozenset([1]))
    assert visitors.role_of(workspace, "carl@uni.example").role == "viewer"
    app = open_app_page(PAGE, view="People who sign in")
    assert "the file says otherwise" in texts(app) and "From access" in texts(app)
    file.write_text('[[person]]\nwho = "ana@uni.example"\nrole = "emperor"\n')
    assert visitors.role_of(workspace, "ana@uni.example").role == "owner"  # of the page: the file says nothing
    assert "person 1" in visitors.trouble(workspace)


def test_what_was_done_is_listed_with_filters(open_app_page, workspace) -> None:
    access.grant(workspace, address="ana@uni.example", role="owner", who="Bo")
    with acting.acting(Actor(role="owner", how=LINK, name="=Rita", came_from="192.0.2.7")):
        access.grant(workspace, address="carl@uni.example", role="viewer", who="=Rita")
    app = open_app_page(PAGE, view="What was done")
    table = app.dataframe[0].value
    assert list(table["Did"])[:2] == ["gave somebody a role"] * 2
    assert list(table["Who"])[:2] == ["'=Rita", "Bo"]  # no formula for a spreadsheet
    assert table["From"][0] == "192.0.2.7" and "carl@uni.example" in table["About"][0]
    app.selectbox(key="log_act").set_value("Made a share link").run()
    assert "Nothing of that kind was done" in texts(app)


def test_the_log_goes_back_page_by_page(open_app_page, workspace) -> None:
    for number in range(210):
        access.grant(workspace, address=f"p{number}@uni.example", role="viewer", who="Bo")
    n = len(list_audit(workspace, n_rows=1_000))
    app = open_app_page(PAGE, view="What was done")
    button(app, "Older").click().run()
    assert len(app.dataframe[0].value) == n - 200
    button(app, "The newest").click().run()
    assert len(app.dataframe[0].value) == 200

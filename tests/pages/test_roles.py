"""What somebody's role does not hold is not drawn, and what does not exist for them is not there: page by page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from jobs.engine.query import Queries
from jobs.engine.supervisor import Supervisor
from pages.ui import owner, registry
from store import acting, spot_checks
from store.acting import CURATOR, LINK, REVIEWER, VIEWER, Actor
from store.datasets import find_dataset
from store.errors import UnknownDataset
from tests.support.places import FRAME
from tests.support.seen_page import texts
from tests.support.shown import REFUSAL, everything, hollow_popovers, said
from tests.support.two_datasets import OTHER, OTHERS_WORDS, SHOWN, two_datasets, without_results
from tests.support.visit import TIMEOUT_S, visit

FILLED_BY = {"full": two_datasets, "bare": without_results}
ACTORS = {
    role: Actor(role=role, how=LINK, name=role.title(), dataset_ids=frozenset([1]), sees_people=role == CURATOR)
    for role in (VIEWER, REVIEWER, CURATOR)
}
# What is drawn of a page besides the page as it opens.
QUERIES: dict[str, list[dict[str, str]]] = {
    "pictures": [{"image": "12"}, {"check": "Exact duplicates"}],
    "label_noise": [{"view": "Noise matrix"}, {"view": "Outliers"}],
    "review": [{"view": "When to stop"}, {"view": "Two opinions"}, {"view": "History"}, {"queue": "Blind sample"}],
    "spot_check": [{"view": "Plan"}, {"view": "Result"}],
    "versions": [{"part": part} for part in ("Compare", "Validation set", "Export", "Check a submission")],
    "project": [{"part": "Timeline"}],
    "report": [{"view": "Edit"}, {"present": "2"}],
    "reviewers": [{"view": view} for view in ("Your sheet", "Summary", "Words on labels")],
    "detections": [{"view": "By label"}, {"view": "Places and sizes"}],
    "neighbours": [{"by": "Your picture"}, {"by": "Words"}],
    "compare": [{"view": "Matrices"}],
    "health": [{"view": "Drift"}, {"view": "Limits"}],
}
# Every button that is left, by page; numbers in keys are #. Who looks turns pages, draws others, opens pictures.
VIEWER_BUTTONS = {
    "overview": {"Draw others"},
    "pictures": {"Previous", "Next"},
    "map": {"map_filter_open"},
    "neighbours": {"Previous", "Next", "Random", "All that is known of it"},
    "review": {"review_before", "review_behind"},
    "versions": {"Compare with now-#", "Compare with before-#", "comments_version_#"},
    "report": {"present_start", "present_back", "present_on", "present_end"},
}
COMMENTING = {"comment_answer_#", "comment_state_#", "comment_save_#"}
REVIEWER_BUTTONS = {  # and those of a viewer, and on each page but Reviewers `comments_page`
    "pictures": COMMENTING,
    "claims": {"comments_claim_#"},
    "report": {"comments_block_#"},
    "reviewers": {"inbox_seen", "sheet_submit", "sheet_draft", *COMMENTING},
}
SEARCHES = {"Name contains", "File name contains", "Find by name", "Search tables and columns", "What to look for"}
SEARCHES |= {"Is there a … in the pictures?", "You are"}
REVIEWER_FIELDS = {"pictures": {"A comment"}, "reviewers": {"A comment", "Words on"}}
OWNERS_BUTTONS = {"blur_on", "blur_off", "spot_begin", "spot_close", "criteria_save", "sheet_reopen_#", "health_expect"}
FOR_ALL_BUTTONS = {"recipe_keep", "recipe_default"}  # of the workspace: not of whom one dataset exists for
ALL = {"Every score (CSV)"}  # what may be taken away by all


@pytest.fixture
def no_worker(monkeypatch) -> None:
    """Jobs are written down and not begun, and nobody waits for a model."""
    monkeypatch.setattr(Supervisor, "_launch", lambda self, job: None)
    monkeypatch.setattr(Queries, "reads_words", lambda self, space: "")


@pytest.fixture
def full(app_workspace, no_worker):
    """The app on birds with every kind of result, and hidden otters."""
    return owner.get().workspace


@pytest.fixture
def bare(app_workspace, no_worker):
    """The app on birds of which nothing was computed, and hidden otters."""
    return owner.get().workspace


@pytest.fixture
def become() -> Iterator[Callable[[Actor], None]]:
    """become(actor): pages are drawn for them from now on."""
    before = acting.resolve_by(lambda: acting.AT_HOME)

    def be(actor: Actor) -> None:
        acting.resolve_by(lambda: actor)

    yield be
    acting.resolve_by(before)


def key_of(button) -> str:
    """A button's key without its numbers; its label where it has none."""
    key = re.sub(r"(inbox|picture-\d+|general)_?[0-9a-f]{32}|[0-9a-f]{32}|picture-\d+|\d+", "#", button.key or "")
    return re.sub(r"_(general|#_#|##)$", "_#", key) or button.label


def shown_pages(actor: Actor) -> list[str]:
    return [name for name, page in registry.all_pages().items() if page.is_for(actor)]


def drawings(page: str, role: str) -> Iterator[tuple[AppTest, dict[str, str]]]:
    for query in ({}, *QUERIES.get(page, [])):
        app = visit(f"{page}/page.py", dataset=SHOWN, **query)
        assert not app.exception and not app.error, (page, role, query, app.exception, app.error)
        yield app, query


def assert_nothing_leaks(app: AppTest, workspace, *, where: object, paths: bool = True) -> None:
    sent = said(app)
    words = [*OTHERS_WORDS]
    if paths:
        words += [str(workspace.root), str(workspace.root.parent), find_dataset(workspace, SHOWN).root]
    found = [word for word in words if word.encode() in sent]
    assert not found, (where, found)


def assert_only_to_own_pages(app: AppTest, actor: Actor, *, where: object) -> None:
    own = {name for name in shown_pages(actor)} | {registry.all_pages()[name].address for name in shown_pages(actor)}
    led = {urlsplit(link.proto.page).path.strip("/") for link in app.get("page_link")}
    assert led <= own, (where, led - own)


def allowed_buttons(page: str, role: str) -> set[str]:
    allowed = set(VIEWER_BUTTONS.get(page, set()))
    if role == REVIEWER:
        allowed |= REVIEWER_BUTTONS.get(page, set()) | ({"comments_page"} if page != "reviewers" else set())
    return allowed


def assert_only_to_look(app: AppTest, page: str, role: str, query: object) -> None:
    """No button, field or component but those that the tables above name."""
    where = (page, role, query)
    keys = {key_of(button) for button in app.button}
    assert keys <= allowed_buttons(page, role), (where, keys - allowed_buttons(page, role))
    fields = [each.label for kind in ("text_input", "text_area") for each in getattr(app, kind)]
    allowed = SEARCHES | (REVIEWER_FIELDS.get(page, set()) if role == REVIEWER else set())
    prompts = {"cat", "<b>lynx</b>", "wolf", "Templates", "Temperature"} if page == "prompt_lab" else set()  # a draft
    assert all(any(field.startswith(each) for each in allowed | prompts) for field in fields), (where, fields)
    assert not app.get("file_uploader") and not app.get("chat_input"), where
    edited = [each for each in app.get("arrow_data_frame") if each.proto.editing_mode]
    assert not edited, where
    assert not hollow_popovers(app), where
    taken = {each.proto.label for each in app.get("download_button")}
    assert taken <= ALL, (where, taken)
    components = {each.proto.component_name for each in app.get("bidi_component")}
    assert not any("vitrine_review" in name for name in components), where
    assert role == REVIEWER or not any("spot_check" in name for name in components), where


def click_each(page: str, query: dict[str, str], app: AppTest, role: str) -> None:
    """Click one button of each kind, on a page drawn anew each time: none may be one that is refused."""
    first: dict[str, int] = {}
    for place, button in enumerate(app.button):
        if not button.disabled:
            first.setdefault(key_of(button), place)
    for key, place in first.items():
        fresh = visit(f"{page}/page.py", dataset=SHOWN, **query)
        if place >= len(fresh.button) or key_of(fresh.button[place]) != key:
            continue  # an earlier click has changed what is drawn
        fresh.button[place].click().run()
        told = [each.value for each in (*fresh.error, *fresh.exception, *fresh.warning)]
        assert not any(REFUSAL in each or "no such dataset here" in each for each in told), (page, role, key, told)
        assert not fresh.exception, (page, role, key, told)


@pytest.mark.parametrize("role", [VIEWER, REVIEWER])
@pytest.mark.parametrize("page", ["overview", "pictures", "versions"])
def test_who_may_not_write_finds_nothing_to_write_with(full, become, page, role) -> None:
    become(ACTORS[role])
    for app, query in drawings(page, role):
        assert_only_to_look(app, page, role, query)
        assert_only_to_own_pages(app, ACTORS[role], where=(page, role, query))
        assert_nothing_leaks(app, full, where=(page, role, query))


@pytest.mark.long
@pytest.mark.parametrize("role", [VIEWER, REVIEWER])
def test_every_page_with_every_result_is_only_to_look_at(full, become, role) -> None:
    become(ACTORS[role])
    for page in shown_pages(ACTORS[role]):
        for app, query in drawings(page, role):
            assert_only_to_look(app, page, role, query)
            assert_only_to_own_pages(app, ACTORS[role], where=(page, role, query))
            assert_nothing_leaks(app, full, where=(page, role, query))
            click_each(page, query, app, role)


@pytest.mark.long
@pytest.mark.parametrize("role", [VIEWER, REVIEWER])
def test_every_page_without_a_result_says_so_instead_of_offering_to_compute_it(bare, become, role) -> None:
    become(ACTORS[role])
    for page in shown_pages(ACTORS[role]):
        for app, query in drawings(page, role):
            assert_only_to_look(app, page, role, query)
            assert_only_to_own_pages(app, ACTORS[role], where=(page, role, query))
            assert_nothing_leaks(app, bare, where=(page, role, query))


@pytest.mark.long
@pytest.mark.parametrize("role", list(ACTORS))
def test_an_empty_workspace_is_calm_for_everybody(app_workspace, become, role) -> None:
    owner.get()
    become(ACTORS[role])
    for page in shown_pages(ACTORS[role]):
        app = visit(f"{page}/page.py")
        assert not app.exception and not app.error, page
        assert role == CURATOR or not {key_of(each) for each in app.button} - {"comments_page"}, page


@pytest.mark.long
@pytest.mark.parametrize(
    "page", [name for name in registry.all_pages() if registry.all_pages()[name].is_for(ACTORS[CURATOR])]
)
def test_a_curator_of_one_dataset_is_offered_nothing_that_is_refused(full, become, page) -> None:
    become(ACTORS[CURATOR])
    for app, query in drawings(page, CURATOR):
        keys = {key_of(button) for button in app.button}
        assert not keys & (OWNERS_BUTTONS | FOR_ALL_BUTTONS), (page, query, keys)
        assert_only_to_own_pages(app, ACTORS[CURATOR], where=(page, query))
        assert_nothing_leaks(app, full, where=(page, query), paths=False)
        click_each(page, query, app, CURATOR)


@pytest.mark.long
@pytest.mark.parametrize("page", ["label_noise", "map", "train", "duplicates", "jobs", "representatives"])
def test_a_curator_of_one_dataset_may_start_what_its_forms_offer(bare, become, page) -> None:
    become(ACTORS[CURATOR])
    for app, query in drawings(page, CURATOR):
        assert any("start" in key_of(button) for button in app.button), page
        assert_nothing_leaks(app, bare, where=(page, query), paths=False)
        click_each(page, query, app, CURATOR)


def test_a_role_sees_what_it_may_do(full, become) -> None:
    become(replace(ACTORS[CURATOR], dataset_ids=None))
    assert {key_of(button) for button in visit("overview/page.py", dataset=SHOWN).button} >= FOR_ALL_BUTTONS
    become(ACTORS[REVIEWER])
    assert "comments_page" in {key_of(button) for button in visit("claims/page.py", dataset=SHOWN).button}
    assert "Go to jobs" not in [link.proto.label for link in visit("overview/page.py", dataset=SHOWN).get("page_link")]


def test_a_refusal_names_only_datasets_that_exist_for_whoever_asks(full) -> None:
    with acting.acting(ACTORS[CURATOR]), pytest.raises(UnknownDataset) as refused:
        find_dataset(full, OTHER)
    assert SHOWN in str(refused.value) and "'hidden otters' in this workspace (datasets: 'birds')" in str(refused.value)


def test_another_dataset_in_the_address_is_as_if_it_were_not_there(full, become) -> None:
    become(ACTORS[VIEWER])
    app = visit("pictures/page.py", dataset="no such name")
    other = visit("pictures/page.py", dataset=OTHER)
    assert other.title[0].value == app.title[0].value == f"Pictures of {SHOWN}"
    sent = said(other)
    assert not [word for word in OTHERS_WORDS[1:] if word.encode() in sent]


def version_actor(workspace, role: str = REVIEWER) -> Actor:
    first = workspace.read_text("SELECT min(id) AS id FROM version WHERE dataset_id = 1")["id"][0].as_py()
    return replace(ACTORS[role], version_id=first)


def test_who_has_a_link_to_one_version_has_its_pages_and_nothing_of_the_others(full, become) -> None:
    actor = version_actor(full)
    become(actor)
    assert shown_pages(actor) == ["spot_check", "versions", "reviewers"]
    for page in shown_pages(actor):
        for query in ({}, *QUERIES[page], {"image": "12"}, {"comments": "general"}, {"comments": "picture-12"}):
            app = visit(f"{page}/page.py", dataset=SHOWN, **query)
            assert not app.exception and not app.error, (page, query)
            sent = said(app)
            of_now = [word for word in (b"late draft", b"Compare with now", b"taken back") if word in sent]
            assert not of_now, (page, query, of_now)
            assert_nothing_leaks(app, full, where=(page, query))
            assert_only_to_own_pages(app, actor, where=(page, query))


def test_a_version_by_itself_shows_its_pictures_as_they_were_frozen(full, become) -> None:
    actor = version_actor(full)
    with full.writing(1, changes_data=True) as cursor:
        cursor.execute("UPDATE version_item SET label = 2, split = 'frozen' WHERE version_id = ?", [actor.version_id])
    become(actor)
    app = visit("versions/page.py", dataset=SHOWN, image="12")
    assert b"frozen" in said(app)
    assert not [each for each in everything(app) if each.type == "button" and "undo" in (each.key or "")]
    removed = full.read_text("SELECT id FROM image WHERE path = '080.png'")["id"][0].as_py()  # by a decision before
    assert "This version has no image" in [
        each.value[: len("This version has no image")]
        for each in visit("versions/page.py", dataset=SHOWN, image=str(removed)).warning
    ]


def test_only_comments_on_the_version_of_a_link_are_there(full, become) -> None:
    become(version_actor(full))
    app = visit("reviewers/page.py", dataset=SHOWN)
    assert "1 thread" in texts(app) and [link.proto.label for link in app.get("page_link")] == ["Version early draft"]
    assert "comment_save_#" not in {key_of(button) for button in app.button}  # on all of it


def test_only_spot_checks_of_the_version_of_a_link_are_there(full, become) -> None:
    assert spot_checks.list_checks(full, 1)  # of the labels as they stood
    become(version_actor(full))
    assert "No spot check has been begun yet" in texts(visit("spot_check/page.py", dataset=SHOWN))


def test_who_comes_by_a_link_to_a_version_begins_with_it(full, become) -> None:
    become(version_actor(full))
    app = AppTest.from_file(FRAME, default_timeout=TIMEOUT_S).run()
    assert not app.exception and app.title[0].value == f"Versions of {SHOWN}" and "early draft" in texts(app)


def test_a_popover_that_only_says_no_is_seen() -> None:
    app = AppTest.from_string(
        "import streamlit as st\n"
        "with st.popover('Shell'): st.info('no')\n"
        "with st.popover('Full'): st.info('a'); st.button('b')\n"
    ).run()
    assert hollow_popovers(app) == ["Shell"]

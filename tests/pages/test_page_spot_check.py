"""The page Spot check: planned with its precision, answered blind and safely, its result shown and claimed."""

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from evidence.measure import measure
from pages.spot_check import http
from pages.spot_check.http import Seat, seat_of, token_of
from pages.ui import owner
from store import spot_checks
from store.claims import list_claims
from store.datasets import find_dataset
from tests.support.seen_page import button, metric, sent, texts
from tests.support.small_workspace import image_row, land, new_dataset
from tests.support.spot_checked import NAMES, answer_all, begun, judged, mislabelled

PAGE, REVIEW = "spot_check/page.py", "review/page.py"
FILLED_BY = {"seen": judged, "birds": mislabelled}


@pytest.fixture
def seen(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


def ask(what: str, token: str, **told: object):
    """What the route answers: its status and what it tells."""
    answer = http.respond(what, json.dumps({"token": token, **told}).encode())
    return answer.status_code, json.loads(bytes(answer.body))


def test_an_empty_workspace_gets_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"


def test_a_dataset_with_several_labels_a_picture_is_told_so(open_app_page) -> None:
    new_dataset(owner.get().workspace, task="multi")
    assert "several labels a picture" in texts(open_app_page(PAGE))


@pytest.mark.parametrize("view", ["Plan", "Answer", "Result"])
def test_a_dataset_without_labels_or_checks_stops_no_view(open_app_page, view) -> None:
    dataset = new_dataset(owner.get().workspace)
    said = texts(open_app_page(PAGE, view=view))
    assert ("no picture with a label" in said) if view == "Plan" else ("No spot check has been begun yet" in said)
    land(owner.get().workspace, dataset.id, [image_row("a.png", label=0), image_row("b.png")])
    assert not open_app_page(PAGE, view=view).exception


def test_the_plan_says_n_and_the_expected_width_before_it_begins(open_app_page, birds) -> None:
    app = open_app_page(PAGE, n="100", guess="10", twice="10")
    assert metric(app, "Pictures") == "100" and metric(app, "Answers") == "110"
    assert metric(app, "Expected precision").startswith("± ")
    said = texts(app)
    assert "If 10 % of the labels are wrong, 100 pictures say: between **" in said
    table = app.dataframe[0].value
    assert list(table["Pictures"]) == [50, 100, 200]
    assert list(table["From"]) == sorted(table["From"])  # more pictures, a narrower interval
    wider = open_app_page(PAGE, n="50")
    assert float(metric(wider, "Expected precision").split()[1]) > float(metric(app, "Expected precision").split()[1])
    assert spot_checks.list_checks(owner.get().workspace, birds.id) == []


def test_strata_are_chosen_and_the_check_begins_with_them(open_app_page, birds) -> None:
    app = open_app_page(PAGE, strata="Changed or not", each="As I choose", numbers="40, 20", people="2")
    strata = app.dataframe[-1].value
    assert list(strata["Stratum"]) == ["not changed", "changed"] and list(strata["Asked for"]) == [40, 20]
    button(app, "Begin the spot check").click().run()
    assert not app.exception and not app.error
    (check,) = spot_checks.list_checks(owner.get().workspace, birds.id)
    assert (check.n_pictures, check.n_twice, check.n_reviewers, check.who) == (60, 6, 2, "test@example.com")
    assert check.design["strata"][1] == {"title": "changed", "size": 30, "asked": 20}
    assert len(sent(app, holding="token")) == 1  # it goes on with answering


@pytest.mark.parametrize(
    ("numbers", "word"), [("40", "2 strata and 1 numbers"), ("a, b", "whole numbers"), ("40, 99", "between 2 and 30")]
)
def test_numbers_that_cannot_be_are_said_to_be_so(open_app_page, birds, numbers, word) -> None:
    app = open_app_page(PAGE, strata="Changed or not", each="As I choose", numbers=numbers)
    assert word in texts(app).replace("\\", "") and not [each for each in app.button if "Begin" in each.label]


def test_the_desk_shows_no_label_no_path_and_nobodys_answer(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    check_id = begun(workspace, birds, n=30, n_reviewers=2, twice=0)
    answer_all(workspace, birds, check_id, "Ben", n=5)
    app = open_app_page(PAGE)
    (data,) = sent(app, holding="token")
    assert set(data) == {"token", "url", "label", "classes", "items", "n_answered", "n_all"}
    assert all(set(each) == {"item", "picture"} for each in data["items"]) and (data["n_answered"], data["n_all"]) == (
        0,
        30,
    )
    assert [each["name"] for each in data["classes"]] == list(NAMES) and [each["key"] for each in data["classes"]] == [
        "0",
        "1",
        "2",
    ]
    assert ".png" not in json.dumps(data) and "Ben" not in json.dumps(data) and ".png" not in texts(app)


def test_answers_are_saved_taken_back_and_handed_in(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    check_id = begun(workspace, birds, n=3, twice=0)
    token = token_of(Seat(birds.id, check_id, "Ben"))
    status, told = ask("answer", token, item=0, said="class", class_index=1, ms=900)
    assert status == 200 and told["n_answered"] == 1 and [each["item"] for each in told["items"]] == [1, 2]
    ask("answer", token, item=0, said="class", class_index=2)  # a second tab
    ask("answer", token, item=1, said="none")
    status, told = ask("undo", token)
    assert (status, told["said"], told["n_answered"]) == (200, "Taken back", 1) and told["items"][0]["item"] == 1
    ask("answer", token, item=1, said="cannot-tell")
    status, told = ask("answer", token, item=2, said="class", class_index=0)
    assert told["items"] == [] and told["n_answered"] == 3
    standing = [(each.item, each.said, each.class_index) for each in spot_checks.answers(workspace, check_id)]
    assert sorted(standing) == [(0, "class", 2), (1, "cannot-tell", None), (2, "class", 0)]
    app = open_app_page(PAGE)
    assert "Every picture is answered" in texts(app)  # the visitor is somebody else
    spot_checks.submit(workspace, birds.id, check_id=check_id, reviewer="Ben")
    status, told = ask("answer", token, item=0, said="class", class_index=1)
    assert status == 409 and "takes no more answers" in told["error"]


def test_the_end_of_the_sample_offers_to_hand_in(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    check_id = begun(workspace, birds, n=4, twice=0.5)
    answer_all(workspace, birds, check_id, "test@example.com")
    app = open_app_page(PAGE)
    assert "That was the whole sample: 6 answers." in texts(app)
    app.button(key="spot_back").click().run()
    assert len(sent(app, holding="token")) == 1
    answer_all(workspace, birds, check_id, "test@example.com")
    app = open_app_page(PAGE)
    app.button(key="spot_submit").click().run()
    assert "has handed in" in texts(app) and not app.error


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"item": 0},
        {"item": "0", "said": "none"},
        {"item": 0, "said": "taken-back"},
        {"item": -1, "said": "none"},
        {"item": 0, "said": "none", "more": 1},
        {"item": 0, "said": "class", "class_index": 99},
        {"item": 2**40, "said": "none"},
    ],
)
def test_what_is_no_answer_is_refused(app_workspace, birds, told) -> None:
    check_id = begun(owner.get().workspace, birds, n=5)
    status, answer = ask("answer", token_of(Seat(birds.id, check_id, "Ben")), **told)
    assert status == 409 and answer["error"] and spot_checks.answers(owner.get().workspace, check_id) == []


def test_only_what_the_page_signed_counts(app_workspace, birds) -> None:
    check_id = begun(owner.get().workspace, birds, n=5)
    token = token_of(Seat(birds.id, check_id, "Ben"))
    assert seat_of(token) == Seat(birds.id, check_id, "Ben")
    text, _, signature = token.partition(".")
    for forged in (None, 3, "", ".", "x.y", f"{text}.", f"{text[:-4]}AAAA.{signature}", f"\ud800.{signature}"):
        assert seat_of(forged) is None
        assert ask("answer", forged if isinstance(forged, str) else "", item=0, said="none")[0] in (400, 410)


@pytest.mark.parametrize("body", [b" " * 10_001, json.dumps({"token": "x" * 10_000}).encode()])
def test_a_request_has_a_length(monkeypatch, body) -> None:
    monkeypatch.setattr(http, "respond", lambda *_: pytest.fail("it was read"))
    client = TestClient(Starlette(routes=http.ROUTES))
    assert client.post("/vitrine/spot-check/answer", content=body).status_code == 413
    assert client.post("/vitrine/spot-check/close", content=b"").status_code == 404


def test_an_open_check_shows_how_far_it_is_and_its_result_on_demand(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    check_id = begun(workspace, birds, n=30, twice=0)
    answer_all(workspace, birds, check_id, "Ben", n=12)
    app = open_app_page(PAGE, view="Result")
    assert "12 pictures judged of 30" in texts(app) and "Labels wrong as imported" not in texts(app)
    app.toggle(key="peek").set_value(True).run()
    assert metric(app, "Labels wrong as imported") and not [each for each in app.button if "claim" in each.label]
    app.button(key="spot_close").click().run()
    assert not app.error and "closed by test" in texts(app).replace("\\", "")


def test_the_result_is_that_of_the_measures_and_is_claimed_with_one_click(open_app_page, seen) -> None:
    workspace = owner.get().workspace
    app = open_app_page(PAGE, view="Result")
    value = measure(workspace, seen, "spot-check-wrong", {"when": "before"})
    assert metric(app, "Labels wrong as imported") == f"{100 * value.number:.1f} %"
    (below,) = [each.delta for each in app.metric if each.label == "Labels wrong as imported"]
    assert below == f"{100 * value.interval.low:.1f} % to {100 * value.interval.high:.1f} %"
    kappa = measure(workspace, seen, "spot-check-kappa", {})
    assert metric(app, "Agreement, Cohen's kappa") == f"{kappa.number:.2f}"
    button(app, "Keep as a claim").click().run()
    app.button(key="keep_it_spot_check_0").click().run()
    assert not app.exception and not app.error
    (claim,) = list_claims(workspace, seen.id)
    assert claim.page == "spot_check" and claim.query["view"] == "Result"
    assert claim.measures["spot_check_wrong"]["parameters"] == {"check": 1, "when": "before"}


def test_what_people_differ_on_is_shown_and_is_a_queue_of_the_review(open_app_page, seen) -> None:
    app = open_app_page(PAGE, view="Result")
    (gallery,) = sent(app, holding="sections")
    notes = [each["note"] for section in gallery["sections"] for each in section["items"]]
    assert notes and all("Ben: " in note and "Cleo: " in note for note in notes)
    review = open_app_page(REVIEW, queue="Where people differ", spot="1")
    (shown,) = sent(review, holding="items")
    ids = [each["id"] for section in gallery["sections"] for each in section["items"]]
    assert [each["id"] for each in shown["items"]] == ids[:24]


def test_without_a_closed_check_the_queue_says_so(open_app_page, birds) -> None:
    begun(owner.get().workspace, birds, n=5)
    assert "No spot check has been closed yet" in texts(open_app_page(REVIEW, queue="Where people differ"))


def test_names_of_strangers_stay_text(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    check_id = begun(workspace, birds, n=20, n_reviewers=2)
    for seed, who in enumerate(("**Ben**", "<script>alert(1)</script>")):
        answer_all(workspace, birds, check_id, who, errs=0.5, seed=seed)
    spot_checks.close(workspace, birds.id, check_id=check_id, who="*Ada* :red[x]")
    said = texts(open_app_page(PAGE, view="Result"))
    assert "closed by \\*Ada\\* \\:red" in said and "<script>" not in said
    assert "**Ben**" not in said

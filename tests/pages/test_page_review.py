"""The review and quality pages: their states, their words, what they link to and what their buttons decide."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from jobs.engine.supervisor import Supervisor
from pages.ui import owner
from store import review
from store.datasets import find_dataset
from store.decisions import Act, decide, disagreements, history
from store.label_issues import list_label_runs
from store.selections import save_selection
from tests.support.noisy_workspace import checked_birds, noisy_birds
from tests.support.running import run_job
from tests.support.seen_page import button, texts
from tests.support.small_workspace import image_row, land, new_dataset

PAGE, QUALITY = "review/page.py", "quality/page.py"
FILLED_BY = {"checked": checked_birds, "birds": noisy_birds}


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


@pytest.fixture
def checked(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


def shown(app: AppTest) -> dict[str, object]:
    """What the component was given."""
    (found,) = [each for each in app.get("bidi_component") if "review" in each.proto.component_name]
    return json.loads(found.proto.json)


@pytest.mark.parametrize("page", [PAGE, QUALITY])
def test_an_empty_workspace_gets_a_friendly_word(open_app_page, page: str) -> None:
    assert open_app_page(page).title[0].value == "An empty display case"


@pytest.mark.parametrize("page", [PAGE, QUALITY])
def test_a_dataset_without_pictures_is_no_error(open_app_page, page: str) -> None:
    new_dataset(owner.get().workspace)
    said = texts(open_app_page(page))
    assert "nothing to review here" in said or "no picture to measure" in said


def test_without_a_check_classes_can_be_reviewed_and_the_rest_says_what_is_missing(open_app_page, birds) -> None:
    assert "Showing 1 to 24 of" in texts(open_app_page(PAGE))
    for queue in ("Doubted labels", "Blind sample", "What teaches most"):
        assert "needs a check of the labels" in texts(open_app_page(PAGE, queue=queue))
    assert "needs a check of the labels" in texts(open_app_page(PAGE, view="When to stop"))


@pytest.mark.parametrize(
    ("queue", "words"),
    [
        ("Doubted labels", "certain errors first"),
        ("Outliers", "the furthest first"),
        ("A class", "believes least first"),
        ("Without a label", "Showing 1 to 1 of 1"),
        ("Duplicates", "Showing 1 to 2 of 2"),
        ("Blind sample", "without saying which"),
        ("What teaches most", "medoids lead"),
    ],
)
@pytest.mark.long
def test_every_queue_is_drawn(open_app_page, checked, queue: str, words: str) -> None:
    assert words in texts(open_app_page(PAGE, queue=queue))


def test_a_saved_selection_is_a_queue(open_app_page, checked) -> None:
    import numpy as np

    assert "No selection has been saved" in texts(open_app_page(PAGE, queue="A saved selection"))
    save_selection(owner.get().workspace, checked.id, name="mine", image_ids=np.array([4, 7, 9]), who="Ada")
    app = open_app_page(PAGE, queue="A saved selection", selection="mine")
    assert "Showing 1 to 3 of 3; 0 decided" in texts(app)


def test_the_page_begins_at_the_first_open_picture_and_keeps_the_place_of_a_link(open_app_page, checked) -> None:
    workspace = owner.get().workspace
    run_id = list_label_runs(workspace, checked.id)[0].run_id
    queue = review.queue_ids(workspace, checked.id, queue=review.ReviewQueue("class", run_id, class_index=0))
    decide(workspace, checked.id, [Act(int(one), "keep") for one in queue[:30]], who="Ada")
    app = open_app_page(PAGE, queue="A class")
    assert f"Showing 31 to 54 of {len(queue)}; 30 decided" in texts(app) and app.query_params["from"] == "31"
    there = open_app_page(PAGE, queue="A class", **{"from": "3"})
    assert "Showing 3 to 26" in texts(there)
    assert "Showing 31 to 54" in texts(open_app_page(PAGE, queue="A class", **{"from": "999999"}))


def test_what_everybody_decided_is_done(open_app_page, checked) -> None:
    decide(owner.get().workspace, checked.id, [Act(41, "keep"), Act(42, "remove")], who="Ada")
    assert "All 2 have been decided on" in texts(open_app_page(PAGE, queue="Duplicates"))


def test_a_whole_queue_is_decided_in_one_batch(open_app_page, checked) -> None:
    app = open_app_page(PAGE, queue="Outliers")
    n = int(button(app, "Label is right:").label.split(": ")[1].split()[0])
    button(app, "Label is right:").click().run()
    acts = history(owner.get().workspace, checked.id).to_pylist()
    assert (
        len(acts) == n
        and {act["act"] for act in acts} == {"keep"}
        and {act["who"] for act in acts} == {"test@example.com"}
    )
    assert len({act["batch"] for act in acts}) == 1 and f"All {n} have been decided on" in texts(app)


def test_a_blind_sample_shows_no_suggestion_and_no_bulk(open_app_page, checked) -> None:
    app = open_app_page(PAGE, queue="Blind sample")
    assert not [each for each in app.button if "Label is right:" in each.label]


def test_when_to_stop_says_how_right_the_ranking_was_and_what_remains(open_app_page, checked) -> None:
    workspace = owner.get().workspace
    run_id = list_label_runs(workspace, checked.id)[0].run_id
    queue = review.queue_ids(workspace, checked.id, queue=review.ReviewQueue("doubted", run_id))
    assert "Nothing of the ranking has been reviewed" in texts(open_app_page(PAGE, view="When to stop"))
    decide(workspace, checked.id, [Act(int(one), "remove") for one in queue[:12]], who="Ada")
    app = open_app_page(PAGE, view="When to stop")
    assert "12 of 12 reviewed were really wrong (100 %)" in texts(app) and "blind sample would tell" in texts(app)
    sample = review.blind_sample(workspace, checked.id, run_id=run_id, n=100, seed=run_id)
    evidence = {"queue": "blind", "run": run_id}
    judged = [int(one) for one in sample.image_ids[~sample.flagged]]
    decide(workspace, checked.id, [Act(one, "keep", evidence=evidence) for one in judged], who="Ada")
    app = open_app_page(PAGE, view="When to stop")
    assert "**Going on pays.**" in texts(app) and f"0 wrong of {len(judged)} drawn at random" in texts(app)


def test_planted_errors_are_counted_on_the_page(open_app_page, checked, monkeypatch) -> None:
    run_job(owner.get().workspace, "planted-labels", checked.name, share=0.1)
    asked: list[str] = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append(kind))
    app = open_app_page(PAGE, view="When to stop")
    assert "wrong labels planted among pictures" in texts(app)
    assert any(metric.label == "Any other class: found" for metric in app.metric)
    app.button(key="plant").click().run()
    assert asked == ["planted-labels"]


def test_two_peoples_disagreement_is_listed_and_settled(open_app_page, checked) -> None:
    workspace = owner.get().workspace
    assert "No two people have decided differently" in texts(open_app_page(PAGE, view="Two opinions"))
    decide(workspace, checked.id, [Act(5, "keep"), Act(6, "remove")], who="Ada")
    decide(workspace, checked.id, [Act(5, "relabel", label=1), Act(6, "remove")], who="<b>Bo</b>")
    app = open_app_page(PAGE, view="Two opinions")
    assert "Showing 1 picture on which" in texts(app) and "<b>" not in texts(app)
    first = [each for each in app.button if each.label == "This one counts"][0]
    first.click().run()
    assert not app.exception and not disagreements(workspace, checked.id).num_rows
    (row,) = review.items(workspace, checked.id, image_ids=[5], run_id=0)
    assert (row["act"], row["who"]) == ("keep", "Ada")


def test_the_history_takes_back_and_does_again(open_app_page, checked) -> None:
    workspace = owner.get().workspace
    assert "Nothing has been decided yet" in texts(open_app_page(PAGE, view="History"))
    decide(workspace, checked.id, [Act(5, "remove"), Act(6, "remove")], who="Ada")
    app = open_app_page(PAGE, view="History")
    assert "**2 pictures removed** by Ada" in texts(app)
    button(app, "Take back").click().run()
    assert not len(review.decided_ids(workspace, checked.id))
    button(app, "Do again").click().run()
    assert review.decided_ids(workspace, checked.id).tolist() == [5, 6]


def test_a_picture_tells_its_history(open_app_page, checked) -> None:
    evidence = {"queue": "doubted", "margin": -0.51234}
    decide(
        owner.get().workspace, checked.id, [Act(5, "relabel", label=2, reason="a wolf", evidence=evidence)], who="Ada"
    )
    app = open_app_page(PAGE, image="5")
    (row,) = app.dataframe[0].value.to_dict("records")
    assert (row["who"], row["act"], row["after"], row["reason"]) == ("Ada", "relabel", "wolf", "a wolf")
    assert row["shown"] == "queue doubted, margin -0.512"


def test_evidence_that_is_no_json_stops_no_page(open_app_page, checked) -> None:
    workspace = owner.get().workspace
    decide(workspace, checked.id, [Act(5, "keep")], who="Ada")
    with workspace.writing(checked.id, changes_data=True) as cursor:
        cursor.execute("UPDATE decision SET evidence = 'seen by eye'")
    assert not open_app_page(PAGE, view="When to stop").exception
    assert not open_app_page(PAGE, queue="Blind sample").exception
    (row,) = open_app_page(PAGE, image="5").dataframe[0].value.to_dict("records")
    assert row["shown"] == "note seen by eye"


@pytest.fixture
def measured(open_app_page):
    """Ten pictures, three of them dark, one blurry."""
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    rows = [
        image_row(
            f"{i}.png", label=0, brightness=5.0 * i if i < 3 else 120.0, sharpness=1.0 if i == 9 else 900.0, entropy=7.0
        )
        for i in range(10)
    ]
    land(workspace, dataset.id, rows)
    return dataset


def test_both_sides_of_the_line_move_with_the_slider(open_app_page, measured) -> None:
    app = open_app_page(QUALITY)
    assert "Below the line: 3 of 10 (30 %)" in texts(app)
    app.slider(key="below_dark").set_value(0.01).run()
    assert "Below the line: 1 of 10" in texts(app)
    assert "Below the line: 1 of 10" in texts(open_app_page(QUALITY, check="Blurry"))
    assert "Below the line: 10 of 10" in texts(
        open_app_page(QUALITY, check="Odd aspect ratio", below_odd_aspect_ratio="0.8")
    )


def test_dark_pictures_are_removed_in_one_batch_with_their_evidence_and_taken_back(open_app_page, measured) -> None:
    workspace = owner.get().workspace
    app = open_app_page(QUALITY)
    button(app, "Remove 3 pictures").click().run()
    acts = history(workspace, measured.id).to_pylist()
    assert len(acts) == 3 and len({act["batch"] for act in acts}) == 1 and acts[0]["reason"] == "quality: dark"
    seen = json.loads(acts[-1]["evidence"])
    assert seen == {"check": "dark", "raw": 0.0, "score": 0.0, "threshold": 0.12}
    assert "Below the line: 0 of 7" in texts(app)
    button(app, "Take it back").click().run()
    assert "Below the line: 3 of 10" in texts(app)

"""The prompt lab: live scores of a draft, what it changes, pictures beside prompts, sets that are kept."""

import hashlib

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from jobs.engine.query import Queries
from jobs.engine.supervisor import Supervisor
from pages.prompt_lab.queries import ask, load_data, load_pictures
from pages.ui import owner
from store.class_names import correct_names
from store.connection import Workspace
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.prompts import list_prompts, save_prompts
from store.selections import save_selection
from tests.support.noisy_workspace import NAMES, N, checked_birds, truth_and_labels
from tests.support.seen_page import texts
from tests.support.small_workspace import image_row, land, land_random_vectors, land_these_vectors, new_dataset

DIM = 8
asked: list[str] = []


def read(self: Queries, space: object, texts: list[str]) -> np.ndarray:
    """In place of the child: a text that names a class points where its pictures lie, any other elsewhere."""
    out = np.empty((len(texts), DIM), np.float32)
    for row, text in zip(out, texts, strict=True):
        asked.append(text)
        named = [index for index, name in enumerate(NAMES) if name in text]
        seed = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
        row[:] = np.eye(3, DIM)[named[0]] if named else np.random.default_rng(seed).normal(size=DIM)
        row /= np.linalg.norm(row)
    return out


@pytest.fixture
def page(open_app_page, monkeypatch):
    monkeypatch.setattr(Queries, "text_vectors", read)
    monkeypatch.setattr(Queries, "temperature", lambda self, space: 0.05)
    asked.clear()

    def opened(**query: str) -> AppTest:
        return open_app_page("prompt_lab/page.py", **query)

    return opened


def land_birds(workspace: Workspace) -> None:
    """The noisy birds with vectors near their true class in a space that words can be compared in, and a check."""
    dataset = checked_birds(workspace)
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    truth, _ = truth_and_labels()
    vectors = np.eye(3, DIM)[truth] * 5 + np.random.default_rng(5).normal(size=(N, DIM))
    land_these_vectors(workspace, dataset.id, images, vectors, name="clip", model="open_clip/Tiny")


FILLED_BY = {"birds": land_birds}


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


def percent(app: AppTest) -> float:
    return float(app.metric[0].value.split(" ")[0])


def prompt(app: AppTest, index: int):
    return app.text_area[index]


def test_what_lacks_is_said_with_the_way(page) -> None:
    assert "no dataset" in texts(page())
    workspace = owner.get().workspace
    dataset = new_dataset(workspace, "birds")
    assert "fewer than two" in texts(page())
    land(workspace, dataset.id, [image_row(f"{i}.png", label=i % 2) for i in range(4)])
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name VALUES (1, 0, 'a', NULL), (1, 1, 'b', NULL)")
    assert "this dataset has none yet" in texts(page())
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    assert "No words are known to tiny" in texts(page()) and "EfficientNet-Lite0" in texts(page())
    new_dataset(workspace, "multi", task="multi")
    app = page()
    app.selectbox(key="dataset").select("multi").run()
    assert "several labels each" in texts(app)


@pytest.mark.long
def test_the_score_says_on_which_labels_and_cleaner_ones_score_higher(page, birds) -> None:
    app = page()
    assert "unclean labels" in texts(app) and app.metric[0].label == "Balanced accuracy"
    assert 80 < percent(app) < 97
    cleaner = page(score="Where classifier and neighbours agree")
    assert percent(cleaner) > 97 and "without zero-shot's help" in texts(cleaner)
    assert "<b>" not in texts(app)  # a class's name is a stranger's


def test_a_changed_prompt_reads_only_its_own_texts_and_changes_the_score(page, birds) -> None:
    app = page()
    before = percent(app)
    n_read = len(asked)
    assert n_read == 6  # three names in two templates, each once though two sets are compared
    prompt(app, 0).set_value("no such thing\ncat").run()
    assert not app.exception
    assert set(asked[n_read:]) >= {"no such thing", "a photo of a no such thing"}
    prompt(app, 0).set_value("no such thing").run()
    assert percent(app) < before and app.metric[0].delta.startswith("-")


def test_a_draft_that_nothing_can_be_asked_with_is_a_sentence_and_the_name_is_offered(page, birds) -> None:
    app = page()
    prompt(app, 1).set_value("  ").run()
    assert "has no prompt: write one, or take its name" in app.warning[0].value.replace("\\", "")
    assert not app.metric
    next(button for button in app.button if button.label.startswith("Take the name")).click().run()
    assert prompt(app, 1).value == NAMES[1] and percent(app) > 80
    app.number_input[0].set_value(0.0).run()
    assert "above 0, not 0" in app.warning[0].value.replace("\\", "")
    app.number_input[0].set_value(0.5).run()
    app.text_area[3].set_value("no slot").run()
    assert "where the prompt goes" in app.warning[0].value
    assert not app.exception


def test_a_set_is_kept_in_the_history_and_two_tabs_cannot_take_one_name(page, birds) -> None:
    app = page()
    prompt(app, 0).set_value("cat\ntom cat").run()
    app.text_input(key="lab_name").set_value("toms").run()
    app.button(key="lab_save").click().run()
    (saved,) = list_prompts(owner.get().workspace, birds.id)
    assert saved.by_class[0] == ("cat", "tom cat") and app.selectbox(key="set").value == "toms"
    assert prompt(app, 0).value == "cat\ntom cat"
    other = page()
    other.text_input(key="lab_name").set_value("Toms").run()
    other.button(key="lab_save").click().run()
    assert "already" in other.error[0].value
    history = page(view="History")
    assert history.dataframe[0].value["Set"].tolist() == ["toms"]
    assert "%" in history.dataframe[0].value["Balanced accuracy"][0]


def test_what_changed_names_the_classes_that_moved_and_pages_the_flipped(page, birds) -> None:
    workspace = owner.get().workspace
    correct_names(workspace, birds.id, names={0: NAMES[2], 2: NAMES[0]}, who="me")
    app = page(view="What changed", against="Names as imported")
    assert "called otherwise than by" in texts(app)
    table = app.dataframe[0].value
    assert [float(text.split(" ")[0]) < -50 for text in table["Recall"]] == [True, False, True]
    assert table["Now right"].sum() < table["No longer right"].sum()
    here = (str(workspace.root), birds.id, workspace.generation(birds.id))
    data = load_data(*here)
    assert list(data.sets) == ["Class names", "Names as imported"]
    lost = page(view="What changed", against="Names as imported", flip="No longer right")
    n_lost = int(table["No longer right"].sum())
    assert f"1 to 60 of {n_lost} pictures" in texts(lost) and n_lost > 60
    other = page(view="What changed", against="Names as imported", flip="No longer right", page="2")
    assert f"61 to {min(n_lost, 120)} of" in texts(other)
    same = page(view="What changed", against="Class names")
    assert "no picture is called otherwise" in texts(same)


def test_pictures_and_prompts_are_chosen_by_class_selection_or_number(page, birds) -> None:
    workspace = owner.get().workspace
    save_selection(workspace, birds.id, name="some", image_ids=np.array([5, 6, 7]), who="me")
    numbers = {"from": "By number", "pictures": "5, 6 7 x 99999"}
    for query in ({"class": "wolf"}, {"from": "A saved selection"}, numbers):
        app = page(view="Pictures and prompts", **query)
        assert "Cosines from" in texts(app) and not app.exception
    assert "3 of 4 pictures" in texts(app)
    html = " ".join(element.proto.body for element in app.get("html"))
    assert "&lt;b&gt;lynx" in html and "<b>lynx" not in html
    each = page(view="Pictures and prompts", against_what="Every text", picture="7", **numbers)
    assert "Cosines from" in texts(each)
    none = page(view="Pictures and prompts", **{"from": "By number", "pictures": "99999"})
    assert "None of these pictures is kept" in texts(none)


def test_save_as_run_starts_the_job_with_these_prompts(page, birds, monkeypatch) -> None:
    started = []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: started.append((kind, named)) or "x")
    app = page()
    prompt(app, 0).set_value("cat\ntom").run()
    app.button(key="lab_run").click().run()
    ((kind, named),) = started
    assert kind == "zero-shot" and named["parameters"]["space"] == "clip"
    assert named["parameters"]["prompts"].startswith('[["cat", "tom"]') and named["parameters"]["temperature"] == "auto"


def test_decisions_move_the_score_and_not_the_vectors(page, birds) -> None:
    workspace = owner.get().workspace
    before = percent(page())
    truth, labels = truth_and_labels()
    decide(workspace, birds.id, [Act(i + 1, "relabel", label=int(truth[i])) for i in range(18)], who="me")
    n_read = len(asked)
    assert percent(page()) > before
    assert len(asked) == n_read  # nothing was read again
    here = (str(workspace.root), birds.id, workspace.generation(birds.id))
    data = load_data(*here)
    pictures = load_pictures(*here, data.spaces[0], data.label_run)
    named = ask(here, data.spaces[0], data.sets["Class names"], pictures)
    assert (named.predicted == np.where(pictures.labels < 0, named.predicted, pictures.labels)).mean() > 0.95


def test_a_set_of_other_classes_is_listed_and_not_offered(page, birds) -> None:
    workspace = owner.get().workspace
    values = {"by_class": [["a"], ["b"]], "templates": ["{}"], "temperature": None, "who": "me"}
    save_prompts(workspace, birds.id, name="two", **values)
    app = page(view="History")
    assert app.dataframe[0].value["Balanced accuracy"].tolist() == ["–"]
    assert app.selectbox(key="set").options == ["Class names"]

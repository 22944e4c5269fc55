"""The page Compare: its states, its numbers and their names, what its links and its form do."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from pages.compare import matrix, wording
from pages.ui import owner
from store.comparison import list_prediction_runs
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.references import list_references, save_reference
from tests.support.compared_workspace import FIRST, N_TEST, SECOND, SET, ZERO, compared
from tests.support.small_workspace import image_row, land, new_dataset

PAGE = "compare/page.py"
A, B = "Nearest neighbours, run 11", "Logistic regression, run 12"
FOLDS, ZERO_SHOT = "Label check (tiny), run 13", "Zero-shot (tiny), run 14"
FILLED_BY = {"birds": compared}


@pytest.fixture
def birds(app_workspace):
    return find_dataset(owner.get().workspace, "birds")


def opened(open_app_page, *runs: str, **query: str) -> AppTest:
    """The page with these runs."""
    return open_app_page(PAGE, runs=list(runs or (A, B)), on=query.pop("on", SET), **query)


def texts(app: AppTest) -> str:
    kinds = ("title", "markdown", "caption", "info", "warning", "success", "subheader", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def test_an_empty_workspace_gets_a_friendly_word(open_app_page) -> None:
    assert open_app_page(PAGE).title[0].value == "An empty display case"


def test_several_labels_an_image_are_explained(open_app_page) -> None:
    new_dataset(owner.get().workspace, "scenes", task="multi")
    assert "for one label a picture" in texts(open_app_page(PAGE))


def test_without_runs_the_page_says_what_makes_them(open_app_page) -> None:
    dataset = new_dataset(owner.get().workspace)
    land(owner.get().workspace, dataset.id, [image_row("a.png", label=0)])
    assert "Nothing has predicted" in texts(open_app_page(PAGE))


def test_the_newest_two_runs_are_compared_without_being_asked(open_app_page, birds) -> None:
    app = open_app_page(PAGE)
    assert app.multiselect(key="runs").value == [FOLDS, ZERO_SHOT]
    assert app.selectbox(key="on").value == "All labelled pictures"
    assert "119 pictures, labels as they are now (unclean)" in texts(app)
    assert "1 picture without a label cannot be scored" in texts(app)


def test_scores_are_right_and_name_what_they_stand_on(open_app_page, birds) -> None:
    app = opened(open_app_page)
    scores = app.dataframe[0].value
    assert list(scores["Run"]) == [f"A: {A}", f"B: {B}"]
    assert scores["Accuracy"][0].startswith("50.0 % [") and scores["Accuracy"][1].startswith("75.0 % [")
    assert set(scores["Evaluation set"]) == {SET} and set(scores["Labels"]) == {"as they are now (unclean)"}
    said = texts(app)
    assert said.count(f"“{SET}”, {N_TEST} pictures, labels as they are now (unclean)") >= 4
    assert "none is one that a person decided on" in said
    assert "B: Logistic regression, run 12 is better than A" in said and "balanced accuracy: significant (p" in said


def test_a_difference_that_may_be_chance_is_called_not_significant(open_app_page, birds) -> None:
    said = texts(opened(open_app_page, B, ZERO_SHOT))
    assert "is not significant" in said and "0 only A" not in said


def test_several_runs_are_adjusted_for_and_say_so(open_app_page, birds) -> None:
    app = opened(open_app_page, A, B, ZERO_SHOT)
    assert "after Holm's adjustment" in texts(app) and "for 3 pairs at once" in texts(app)
    assert list(app.dataframe[1].value["Pair"]) == ["B less A", "C less A", "C less B"]
    app = opened(open_app_page, A, B, ZERO_SHOT, view="Confusion")
    assert app.selectbox(key="a").value == f"A: {A}" and app.selectbox(key="b").value == f"C: {ZERO_SHOT}"


def test_the_sides_of_a_pair_carry_the_letters_of_their_runs(open_app_page, birds) -> None:
    app = opened(open_app_page, A, B, ZERO_SHOT, view="Pictures", b=f"C: {ZERO_SHOT}", group="Only C right", by="C")
    assert [metric.label for metric in app.metric][1:3] == ["Only A right", "Only C right"]
    assert "Showing 1 to 15 of 15" in texts(app) and app.selectbox(key="by").value == "B"


def test_one_run_alone_has_scores_and_nothing_to_be_compared_with(open_app_page, birds) -> None:
    for view, n in (("Scores", 1), ("Confusion", 1), ("Calibration", 2), ("Pictures", 0), ("Before and after", 0)):
        app = opened(open_app_page, A, view=view)
        assert charts(app) == n and "Is the difference" not in texts(app)


def test_what_a_run_learnt_from_is_left_out_and_said(open_app_page, birds) -> None:
    said = texts(opened(open_app_page, A, ZERO_SHOT, on="All labelled pictures"))
    assert f"{N_TEST} pictures, labels as they are now" in said
    assert "it was trained on (49)" in said  # of the 50 one has no label
    assert "it chose the settings (8) and a near duplicate was trained on (2)" in said


def test_runs_with_nothing_in_common_are_explained(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    with workspace.writing(birds.id) as cursor:
        cursor.execute(f"UPDATE run_item SET part = 'train' WHERE run_id = {FIRST}")
    assert "No picture is left" in texts(opened(open_app_page))


@pytest.mark.long
def test_labels_of_now_and_of_the_import_give_other_scores_and_the_page_says_which(open_app_page, birds) -> None:
    workspace = owner.get().workspace
    assert "No label of “Held back” has been changed" in texts(opened(open_app_page))
    acts = [Act(image_id, "relabel", label=image_id % 3) for image_id in range(63, 120, 4)]  # A says so of them
    decide(workspace, birds.id, [*acts, Act(61, "remove")], who="me")
    app = opened(open_app_page)
    assert "15 labels of “Held back” have been changed and 1 picture removed" in texts(app)
    assert "(partly checked)" in texts(app) and f"{N_TEST - 1} pictures" in texts(app)
    effect = app.dataframe[3].value
    assert effect["Balanced accuracy, imported"][0] == "50.0 %" and effect["Change of balanced accuracy"][0] != "–"
    before = opened(open_app_page, labels="As imported")
    assert f"“{SET}”, {N_TEST} pictures, labels as imported (unclean)" in texts(before)
    frozen = opened(open_app_page, labels="As when the set was made")
    assert "as when the set was made" in texts(frozen) and "to see what the change" in texts(frozen)


def test_labels_that_people_all_looked_at_are_not_called_unclean(open_app_page, birds) -> None:
    decide(owner.get().workspace, birds.id, [Act(image_id, "keep") for image_id in range(61, 121)], who="me")
    said = texts(opened(open_app_page))
    assert "each checked by a person" in said and "Unclean" not in said


def test_a_click_on_a_cell_leads_to_its_pictures(open_app_page, birds) -> None:
    assert charts(opened(open_app_page, view="Confusion")) == 3
    app = opened(open_app_page, view="Pictures", true="cat", said="<b>lynx</b>", by="A")
    assert "Showing 1 to 10 of 10" in texts(app)
    app = opened(open_app_page, view="Pictures", true="cat", said="cat", by="A")
    assert "Showing 1 to 10 of 10" in texts(app)


def test_more_classes_than_a_matrix_can_show_are_listed(open_app_page, birds, monkeypatch) -> None:
    monkeypatch.setattr(matrix, "MOST_CLASSES", 2)
    app = opened(open_app_page, view="Confusion")
    assert charts(app) == 0 and list(app.dataframe[0].value.columns) == ["label", "said", "A", "B"]
    assert app.dataframe[0].value[["A", "B"]].to_numpy().sum() == 2 * N_TEST


def test_the_four_groups_are_counted_and_shown(open_app_page, birds) -> None:
    app = opened(open_app_page, view="Pictures")
    assert [(each.label, each.value) for each in app.metric] == [
        ("Both right", "30"),
        ("Only A right", "0"),
        ("Only B right", "15"),
        ("Both wrong", "15"),
    ]
    for group, n in (("Only B right", 15), ("Both wrong", 15), ("Every run wrong", 15), ("Both right", 30)):
        assert f"of {n}, on" in texts(opened(open_app_page, view="Pictures", group=group))
    assert "No picture fits" in texts(opened(open_app_page, view="Pictures", group="Only A right"))


def test_what_every_run_gets_wrong_is_one_click_from_the_review(open_app_page, birds) -> None:
    app = opened(open_app_page, view="Pictures")
    assert "15 pictures" in texts(app) and "both runs get wrong" in texts(app)
    wrong = {"queue": "Wrong by every run", "wrong": "11,12", "wrong_on": SET, "wrong_labels": "now"}
    said = texts(open_app_page("review/page.py", **wrong))
    assert "Showing 1 to 15 of 15" in said and "all compared runs get wrong" in said
    assert "Choose runs on the page Compare" in texts(
        open_app_page("review/page.py", queue="Wrong by every run", wrong="x")
    )


def test_calibration_and_curves_of_every_run_are_drawn(open_app_page, birds) -> None:
    app = opened(open_app_page, view="Calibration")
    table = app.dataframe[0].value
    assert table["By chance up to"][0].endswith(" %") and "by chance up to" in texts(app)
    assert charts(app) == 2 and table["ECE"][0] == "30.0 %" and "to" in table["Temperature"][0]
    app = opened(open_app_page, view="Precision and recall", **{"class": "wolf"})
    assert charts(app) == 1 and app.selectbox(key="class").value == "wolf"
    assert list(app.dataframe[0].value.columns) == ["Class", "A", "B"]


def test_a_published_result_is_entered_beside_the_runs_and_marked(open_app_page, birds) -> None:
    app = opened(open_app_page, view="Before and after")
    assert "no published result" in texts(app)
    app.text_input(key="reference_name").set_value("course")
    app.text_input(key="reference_source").set_value("page 3")
    app.number_input(key="reference_whole").set_value(36.22)
    next(button for button in app.button if button.label == "Keep this result").click().run()
    assert not app.exception and not app.error
    (kept,) = list_references(owner.get().workspace, birds.id)
    assert kept.balanced_accuracy == pytest.approx(0.3622) and kept.recalls == (None, None, None)
    app = opened(open_app_page, view="Before and after")
    table = app.dataframe[0].value
    assert list(table["course"][:2]) == ["another evaluation set", "36.2 %"]
    assert table["Score"][0] == "Evaluation set" and table[f"A: {A}"][0] == SET
    assert "Another evaluation set" in texts(app)
    assert "points [" in table["B less A"][1] and table["Score"][3] == "Recall of <b>lynx</b>"
    next(button for button in app.button if button.label == "Forget").click().run()
    assert list_references(owner.get().workspace, birds.id) == []


def test_a_published_result_on_the_same_set_is_not_marked(open_app_page, birds) -> None:
    given = {"recalls": [0.1, 0.2, 0.3], "source": "page", "who": "me"}
    save_reference(owner.get().workspace, birds.id, name="same", set_id=1, **given)
    app = opened(open_app_page, view="Before and after")
    assert app.dataframe[0].value["same"][0] == SET and "Another evaluation set" not in texts(app)
    app = opened(open_app_page, B, view="Before and after", on="All labelled pictures")
    assert app.dataframe[0].value["same"][0] == "another evaluation set" and "Another evaluation set" in texts(app)


def test_a_result_that_cannot_be_is_refused_in_words(open_app_page, birds) -> None:
    app = opened(open_app_page, view="Before and after")
    next(button for button in app.button if button.label == "Keep this result").click().run()
    assert "needs a name" in texts(app) and not list_references(owner.get().workspace, birds.id)


def test_class_names_of_strangers_are_never_markup(open_app_page, birds) -> None:
    for view in ("Scores", "Confusion", "Pictures", "Precision and recall", "Before and after"):
        app = opened(open_app_page, view=view, **{"class": "<b>lynx</b>"})
        drawn = [str(element.value) for kind in ("markdown", "caption", "warning") for element in getattr(app, kind)]
        assert not any(re.search(r"(?<!\\)<b", text) for text in drawn)


def test_titles_of_runs_differ(open_app_page, birds) -> None:
    runs = list_prediction_runs(owner.get().workspace, birds.id)
    assert len({wording.run_title(run) for run in runs}) == 4
    assert [run.run_id for run in runs] == [ZERO, 13, SECOND, FIRST]

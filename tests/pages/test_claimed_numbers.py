"""What a page shows and what a measure says are one number: on each page that offers its numbers as claims."""

import json

import pytest

from evidence.measure import measure
from evidence.value import Value
from evidence.wording import written
from pages.ui import owner
from store.datasets import Dataset, find_dataset
from store.decisions import Act, decide
from store.label_issues import list_label_runs
from tests.support.compared_workspace import FIRST, SECOND, SET, compared
from tests.support.noisy_workspace import checked_birds
from tests.support.running import run_job
from tests.support.seen_page import button, metric, texts


def analysed_birds(workspace) -> None:
    """Noisy birds with a label check, duplicates, representatives, a map and a data budget."""
    name = checked_birds(workspace).name
    for kind, parameters in (
        ("neighbours", {"k": 10}),
        ("duplicates", {}),
        ("medoids", {"k_max": 6}),
        ("projection", {"method": "pca"}),
        ("data-budget", {"smallest": 20, "sizes": 4, "seeds": 2, "per_class": 10, "parts": "cleanliness"}),
    ):
        job = run_job(workspace, kind, name, **parameters)
        assert job.state == "done", job


FILLED_BY = {"analysed": analysed_birds, "birds": compared}
pytestmark = pytest.mark.long


@pytest.fixture
def analysed(app_workspace) -> Dataset:
    return find_dataset(owner.get().workspace, "birds")


@pytest.fixture
def birds(app_workspace) -> Dataset:
    return find_dataset(owner.get().workspace, "birds")


def asked(dataset: Dataset, name: str, **parameters: object) -> Value:
    value = measure(owner.get().workspace, dataset, name, parameters)
    assert value.number is not None, value.reason
    return value


def said(dataset: Dataset, name: str, **parameters: object) -> str:
    value = asked(dataset, name, **parameters)
    return written(value.number, value.unit)


def test_overview(open_app_page, analysed) -> None:
    decide(owner.get().workspace, analysed.id, [Act(n, "remove") for n in (1, 2, 3)], who="Ada")
    app = open_app_page("overview/page.py")
    assert metric(app, "Images") == said(analysed, "images") == "237"
    assert metric(app, "Classes") == said(analysed, "classes") == "3"
    assert metric(app, "Removed") == said(analysed, "images-apart") == "3"
    assert metric(app, "Size on disk") == said(analysed, "size-on-disk")
    ratio = asked(analysed, "imbalance-ratio").known
    effective = asked(analysed, "effective-classes").known
    assert f"**{ratio:,.1f} times**" in texts(app) and f"that of {effective:,.1f} equal classes" in texts(app)
    exact = asked(analysed, "exact-duplicates", what="images").known
    assert f"**{exact:,.0f}** exact duplicates" in texts(app) and exact == 2


def test_label_noise(open_app_page, analysed) -> None:
    app = open_app_page("label_noise/page.py")
    assert metric(app, "Labels judged") == said(analysed, "label-check", what="judged") == "239"
    assert metric(app, "Doubted labels") == said(analysed, "label-check", what="doubted")
    assert metric(app, "Outliers") == said(analysed, "label-check", what="outliers")
    assert metric(app, "Copies at odds") == said(analysed, "label-check", what="copies-at-odds")
    assert metric(app, "Labels wrong, about") == said(analysed, "share-wrong")
    (run,) = list_label_runs(owner.get().workspace, analysed.id)
    assert [asked(analysed, "share-wrong").known] == run.figures["noise"]["total"][:1]
    assert f"Showing all {asked(analysed, 'doubts-open').known:,.0f}, ranked" in texts(app)


def test_duplicates_at_thresholds_of_ones_own(open_app_page, analysed) -> None:
    for cosine, bits in ((0.95, 4), (0.9, 2)):
        app = open_app_page("duplicates/page.py", cosine=str(cosine), bits=str(bits))
        at = {"min_cosine": cosine, "max_bits": bits}
        for title, what in (
            ("Groups", "groups"),
            ("Pictures in them", "images"),
            ("Conflicting labels", "conflicting"),
            ("Across splits", "across"),
        ):
            assert metric(app, title) == said(analysed, "duplicate-groups", what=what, **at)
    assert metric(app, "Groups") != "0"


def test_representatives(open_app_page, analysed) -> None:
    app = open_app_page("representatives/page.py", view="How many?", cosine="0.7")
    share = asked(analysed, "medoid-coverage", percent=70).known
    k = asked(analysed, "representatives").known
    shown = f"{share * 100:.0f} %" if share >= 0.1 else f"{share * 100:.1f} %"
    assert f"With k = {k:,.0f}, **{shown}** of the pictures" in texts(app)
    assert f"**{asked(analysed, 'medoid-distance').known:.4f}**" in texts(app)


def test_map(open_app_page, analysed) -> None:
    app = open_app_page("map/page.py")
    for what, words in (("trustworthiness", "Trustworthiness"), ("continuity", "Continuity")):
        assert f"**{words} {said(analysed, 'map-trust', what=what)}** of 1" in texts(app)


def test_data_budget(open_app_page, analysed) -> None:
    app = open_app_page("data_budget/page.py")
    assert metric(app, "Raw, all pictures") == said(analysed, "budget-accuracy", line="raw")
    best = next(each for each in app.metric if each.label.startswith("Best: "))
    line = best.label.removeprefix("Best: ")
    assert best.value == said(analysed, "budget-accuracy", line=line)
    gain = asked(analysed, "budget-gain", line=line, against="raw")
    assert best.delta == f"{100 * gain.known:+.1f} points"
    rows = {row["State of the data"].split(": ")[0]: row for row in app.dataframe[0].value.to_dict("records")}
    low, high = 100 * gain.interval.low, 100 * gain.interval.high
    assert f"({low:+.1f} to {high:+.1f})" in rows[line]["Against raw"]


def test_review(open_app_page, analysed) -> None:
    workspace = owner.get().workspace
    (run,) = list_label_runs(workspace, analysed.id)
    evidence = {"queue": "blind", "run": run.run_id}
    decide(workspace, analysed.id, [Act(n, "keep" if n % 3 else "remove") for n in range(1, 13)], who="Ada")
    blind = [Act(n, "remove" if n == 100 else "keep", evidence=evidence) for n in range(100, 145)]
    decide(workspace, analysed.id, blind, who="Ada")
    app = open_app_page("review/page.py", view="When to stop")
    found = asked(analysed, "precision-so-far")
    n_wrong = round(found.known * found.n)
    assert f"{n_wrong:,} of {found.n:,} reviewed were really wrong" in texts(app)
    remaining = asked(analysed, "errors-remaining")
    assert metric(app, "Left among labels not doubted, about") == said(analysed, "errors-remaining")
    low, high = remaining.interval.low, remaining.interval.high
    assert f"95 % interval {low:,.0f} to {high:,.0f}" in texts(app)


def test_compare(open_app_page, birds) -> None:
    runs = ["Nearest neighbours, run 11", "Logistic regression, run 12"]
    on = {"runs": [FIRST, SECOND], "source": "set", "number": 1}
    app = open_app_page("compare/page.py", runs=runs, on=SET)
    table = app.dataframe[0].value
    titles = {"balanced_accuracy": "Balanced accuracy", "macro_f1": "Macro F1", "accuracy": "Accuracy"}
    for place, run_id in enumerate((FIRST, SECOND)):
        for score, title in titles.items():
            value = asked(birds, "score", **on, of=run_id, score=score)
            low, high = 100 * value.interval.low, 100 * value.interval.high
            assert table[title][place] == f"{100 * value.known:.1f} % [{low:.1f}, {high:.1f}]"
    pair = app.dataframe[1].value.to_dict("records")[0]
    for score, title in list(titles.items())[:2]:
        value = asked(birds, "difference", **on, score=score)
        low, high = 100 * value.interval.low, 100 * value.interval.high
        assert pair[title] == f"{100 * value.known:+.1f} points [{low:+.1f}, {high:+.1f}]"
    p = asked(birds, "mcnemar-p", **on).known
    assert ("p < 0.001" if p < 0.001 else f"p = {p:.3f}") in pair["McNemar, accuracy"]


def test_what_is_kept_from_a_page_is_what_it_showed(open_app_page, analysed) -> None:
    app = open_app_page("label_noise/page.py")
    shown = metric(app, "Labels wrong, about")
    button(app, "Keep as a claim").click().run()
    app.button(key="keep_it_label_noise_0").click().run()
    kept = texts(open_app_page("claims/page.py")).replace("\\", "")
    assert f"About {shown} of the labels are wrong" in kept
    with owner.get().workspace.writing() as cursor:
        ((measures,),) = cursor.execute("SELECT measures FROM claim").fetchall()
    assert json.loads(measures) == {"share_wrong": {"measure": "share-wrong", "parameters": {}}}

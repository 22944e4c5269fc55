"""The page Collect: what is asked becomes an order, a sample is drawn, and what became of all candidates adds up."""

import ast

import pytest
from streamlit.testing.v1 import AppTest

from importers.collecting.about import SOURCES
from jobs.engine.supervisor import Supervisor
from pages.collect import form, plan, results, sample
from pages.collect.plan import Plan
from pages.collect.wording import REASONS, licence_text, why
from pages.ui import owner, registry
from store.acting import CURATOR, LINK, REVIEWER, VIEWER, Actor
from tests.support import collected_workspace as made
from tests.support.places import PROJECT
from tests.support.seen_page import button, metric, texts
from tests.support.visit import visit

FILLED_BY = {"pilot": made.piloted, "both": made.collected}
ASK, PILOT, COLLECT = "1 Ask", "2 Pilot", "3 Collect"
KITE = Plan(dataset="kites", rows=({"class": "kite", "query": "red kite", "n": None},))


@pytest.fixture(autouse=True)
def no_worker(monkeypatch) -> None:
    """Jobs are written down and not begun."""
    monkeypatch.setattr(Supervisor, "_launch", lambda self, job: None)
    for name in ("FLICKR", "SERPAPI"):
        monkeypatch.delenv(f"VITRINE_{name}_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nowhere")


@pytest.fixture
def pilot(app_workspace):
    return made.at_home(owner.get().workspace)


@pytest.fixture
def both(app_workspace):
    return made.at_home(owner.get().workspace)


def page(step: str = ASK, asked: Plan | None = None, **query: str) -> AppTest:
    """The page at a step, for somebody who has asked for something on it before."""
    app = visit("collect/page.py", step=COLLECT if asked else step, **query)
    if asked is not None:  # before the fields of the other steps are drawn for the first time
        for key, value in (("collect_plan", asked), ("collect_dataset", asked.dataset), ("step", step)):
            app.session_state[key] = value
        app.run()
    assert not app.exception
    return app


def only_job(kind: str):
    (job,) = [each for each in owner.get().supervisor.jobs() if each.kind == kind]
    return job


def test_an_empty_workspace_is_asked_what_to_collect(app_workspace) -> None:
    app = page()
    assert not app.error and "Write at least one query" in texts(app)
    assert button(app, "Show a sample").disabled
    assert "No pilot of this dataset yet" in texts(page(PILOT))
    assert "Nothing has been collected" in texts(page(COLLECT)) and "no pilot of this dataset" in texts(page(COLLECT))


def test_each_source_says_its_terms_its_limit_its_licences_and_whether_its_key_is_there(
    app_workspace, monkeypatch
) -> None:
    monkeypatch.setenv("VITRINE_FLICKR_KEY", "0123456789")
    app = page()
    said = texts(app)
    for about in SOURCES.values():
        if not about.needs_file:
            assert about.terms in said and about.terms_url in said and about.limit in said and about.licences in said
    assert "were retired on 11 August 2025" in said and "closed to new customers" in said
    assert said.count("key found") == 1 and said.count("key missing") == 2 and said.count("no key needed") == 3
    assert "0123456789" not in said
    assert app.checkbox(key="collect_source_google-images").disabled
    assert not app.checkbox(key="collect_source_flickr").disabled
    assert app.checkbox(key="collect_source_openverse").value and app.checkbox(key="collect_source_commons").value


def test_what_is_asked_becomes_the_order_of_a_pilot(app_workspace) -> None:
    app = page(ASK, KITE)
    app.checkbox(key="collect_source_commons").uncheck().run()
    app.selectbox(key="collect_licences").set_value("codes").run()
    app.multiselect(key="collect_codes").set_value(["cc0", "cc-by"]).run()
    app.selectbox(key="collect_kind").set_value("photo")
    app.text_input(key="collect_sites").set_value("shop.example")
    app.toggle(key="collect_safe").set_value(False)
    app.number_input(key="collect_each").set_value(80).run()
    assert "Told by Openverse" not in texts(app) and "None of the chosen sources can tell" in texts(app)  # colour
    button(app, "On to the pilot").click().run()
    assert app.session_state["step"] == PILOT
    app.number_input(key="collect_pilot").set_value(20).run()
    button(app, "Run the pilot").click().run()
    assert not app.error and not app.exception
    asked = only_job("collect").parameters
    assert asked["queries"] == [{"query": "red kite", "class": "kite", "n": 0}]
    assert (asked["sources"], asked["licences"], asked["pilot"], asked["n"]) == ("openverse", "cc0,cc-by", 20, 80)
    assert (asked["kind"], asked["safe"], asked["exclude_sites"]) == ("photo", False, "shop.example")
    assert only_job("collect").dataset == "kites"


def test_without_a_name_nothing_is_started(app_workspace) -> None:
    app = page(PILOT, Plan(rows=KITE.rows))
    assert button(app, "Run the pilot").disabled and "Name the dataset above" in texts(app)


def test_the_classes_of_the_dataset_become_rows(pilot) -> None:
    app = page(ASK, Plan(dataset=made.NAME, rows=({"class": "kite", "query": "red kite", "n": 5},)))
    button(app, "A row for each class").click().run()
    assert [dict(row) for row in app.session_state["collect_plan"].rows] == [
        {"class": "kite", "query": "red kite", "n": 5},
        {"class": "buzzard", "query": "buzzard", "n": None},
    ]


def test_a_dataset_begins_with_what_it_was_asked_the_last_time(both) -> None:
    app = page()
    asked = app.session_state["collect_plan"]
    assert (asked.dataset, asked.sources, asked.licences, asked.codes) == (
        made.NAME, ("openverse", "commons"), "codes", ("cc0", "cc-by"),
    )  # fmt: skip
    assert [row["query"] for row in asked.rows] == ["red kite bird", "buzzard"] and not asked.safe
    assert not [each for each in app.button if each.label == "As the last time"]
    app.toggle(key="collect_safe").set_value(True).run()
    button(app, "As the last time").click().run()
    assert not app.session_state["collect_plan"].safe and not app.toggle(key="collect_safe").value


def test_an_order_and_its_plan_say_the_same() -> None:
    for one in (
        KITE,
        Plan(dataset="d", way="list", file="/a/list.csv", licences=plan.ANY),
        Plan(dataset="d", rows=KITE.rows, licences=plan.CODES, codes=("cc0",), colour="red", language="de"),
    ):
        order = owner_read(one.parameters())
        again = plan.of_order(one.dataset, order)
        assert again.parameters() == one.parameters()


def owner_read(parameters: dict[str, object]) -> dict[str, object]:
    """An order as it is kept."""
    from jobs.engine.kinds import load_kind

    return load_kind("collect").read(parameters).as_json()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Plan(), "Write at least one query."),
        (Plan(rows=KITE.rows, sources=()), "Choose at least one source."),
        (Plan(way="list"), "Name the file or folder."),
        (Plan(rows=KITE.rows, licences=plan.CODES, codes=()), "Choose at least one licence."),
        (Plan(rows=({"class": "kite", "query": "  ", "n": 3},)), "Write at least one query."),
        (KITE, ""),
        (Plan(rows=KITE.rows, sources=("google-images",), licences=plan.ANY), ""),
    ],
)
def test_what_is_lacking_is_said(asked: Plan, sentence: str) -> None:
    assert asked.lacking() == sentence


def test_sources_without_licences_are_no_use_where_only_known_ones_are_taken() -> None:
    assert "unknown licence" in Plan(rows=KITE.rows, sources=("google-images",)).lacking()


def test_a_sample_is_ordered_and_followed(app_workspace) -> None:
    app = page(ASK, KITE)
    button(app, "Show a sample").click().run()
    assert not app.error and not app.exception
    job = only_job("collect-sample")
    assert app.query_params["sample"] in (job.id, [job.id])
    assert job.parameters["queries"] == [{"query": "red kite", "class": "kite", "n": 0}]
    assert job.dataset_id == 0 and not owner.get().workspace.rows("list_datasets")


def test_a_sample_shows_thumbnails_with_licence_and_author_and_what_could_not_be_asked(pilot) -> None:
    rows = [
        made.sample_row(0, title="<b>Kite</b>", page_url="javascript:alert(1)"),
        made.sample_row(1, licence=None, licence_version=None, picture=None, reason="The host did not answer in time."),
    ]
    job_id = made.add_sample(pilot, {"troubles": {"commons": "Wikimedia Commons could not be reached."}}, rows)
    app = page(ASK, KITE, sample=job_id)
    (html,) = [each.proto.body for each in app.get("html")]
    assert html.count("data:image/jpeg;base64,") == 1 and "The host did not answer in time." in html
    assert "CC BY 4.0" in html and "licence unknown" in html and "Ana" in html
    assert "&lt;b&gt;Kite&lt;/b&gt;" in html and "<b>Kite" not in html
    assert "javascript:" not in html and 'href="https://photos.example/1"' in html
    assert "Wikimedia Commons could not be reached" in app.warning[0].value
    assert "2 candidates drawn, 1 with a known licence" in texts(app)


def test_a_sample_of_nothing_says_so(pilot) -> None:
    job_id = made.add_sample(pilot, {"troubles": {}}, [])
    assert "Nobody had anything" in texts(page(ASK, KITE, sample=job_id))


def test_an_unknown_sample_in_the_address_is_no_error(pilot) -> None:
    assert not page(ASK, KITE, sample="collect-sample-ffffff").error
    assert not page(ASK, KITE, sample="../etc").error


def test_every_candidate_of_a_pilot_is_accounted_for(pilot) -> None:
    app = page(PILOT)
    counts = {label: metric(app, label) for label, _ in results._COUNTS.values()}
    assert counts == {
        "Found": "7", "Kept": "3", "Already had": "0", "Duplicates": "1", "Refused": "1", "Failed": "1", "Left": "1",
    }  # fmt: skip
    assert "= 7: every candidate is accounted for" in texts(app)
    asks, reasons, requests, hosts, pairs = (table.value for table in app.dataframe)
    assert list(asks["found"]) == [4, 3] and list(asks["kept"]) == [2, 1]
    assert list(asks["source"]) == ["Openverse", "Wikimedia Commons"]
    assert set(reasons["why"]) >= {"the site answered 404", "the same file as another"}
    assert any("robots.txt" in each for each in reasons["why"])
    assert list(requests["requests"]) == [2, 1] and list(hosts["host"]) == ["static.photos.example"]
    assert pairs.to_dict("records") == [
        {"query": "buzzard (buzzard)", "other": "red kite bird (kite)", "n": 1, "classes": "differ"}
    ]


def test_a_pilot_leads_to_a_class_sheet_a_map_and_the_large_run(pilot) -> None:
    app = page(PILOT)
    assert "A look at each class" in texts(app)
    assert button(app, "Analyse") and {link.proto.label for link in app.get("page_link")} >= {"Map", "Duplicates"}
    button(app, "On to the large run").click().run()
    assert app.session_state["step"] == COLLECT and "no pilot" not in texts(app)


def test_a_repeat_asks_what_is_new_since(both) -> None:
    app = page(COLLECT)
    assert metric(app, "Already had") == "1" and "Wikimedia Commons could not be reached" in app.warning[0].value
    app.selectbox(key="collect_run").select_index(1).run()
    assert metric(app, "Already had") == "0"
    app.number_input(key="collect_requests").set_value(300).run()
    button(app, "What is new since").click().run()
    assert not app.error
    (job,) = [each for each in owner.get().supervisor.jobs() if each.is_active]
    assert (job.parameters["new_only"], job.parameters["max_requests"], job.parameters["pilot"]) == (True, 300, 0)
    assert button(app, "What is new since").disabled and "A collection of this dataset is at work" in texts(app)


def test_what_cannot_be_collected_is_refused_in_a_sentence(app_workspace) -> None:
    app = page(PILOT, Plan(dataset="k", way="list", file="/nowhere/list.csv"))
    button(app, "Run the pilot").click().run()
    assert not app.exception and app.error and not owner.get().supervisor.jobs()


def test_the_page_is_for_curators_of_all_datasets() -> None:
    page = registry.all_pages()["collect"]
    assert page.is_for(Actor(role=CURATOR, how=LINK, name="Ana"))
    assert not page.is_for(Actor(role=CURATOR, how=LINK, name="Ana", dataset_ids=frozenset([1])))
    assert not any(page.is_for(Actor(role=role, how=LINK, name="Ana")) for role in (VIEWER, REVIEWER))


def test_licences_and_reasons_in_words() -> None:
    assert licence_text("CC-BY-SA", "4.0") == "CC BY-SA 4.0" and licence_text("CC0", None) == "CC0"
    assert licence_text(None, None) == "licence unknown" and licence_text("PDM", None) == "public domain"
    assert why("http 503") == "the site answered 503" and why("") == "no reason was noted" and why("odd") == "odd"


def test_every_reason_of_a_fetch_has_words() -> None:
    folder = PROJECT / "importers" / "collecting" / "fetching"
    calls = [
        node
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "FetchError" and len(node.args) > 1
    ]
    codes = {node.args[1].value for node in calls if isinstance(node.args[1], ast.Constant)}
    assert len(codes) > 15 and not codes - set(REASONS) - {"not JSON"}  # the last is said of a source, not a picture


def test_the_editors_table_gives_rows_with_what_was_left_empty() -> None:
    frame = form._frame(({"class": "kite", "query": "red kite", "n": None}, {"class": "", "query": "x", "n": 3}))
    assert form._records(frame) == [
        {"class": "kite", "query": "red kite", "n": None},
        {"class": "", "query": "x", "n": 3},
    ]
    assert len(form._frame(())) == 2


def test_a_thumbnail_leads_only_to_pages_of_the_web() -> None:
    assert sample._linked("x", 'https://a.example/?q="<b>') == (
        '<a href="https://a.example/?q=&quot;&lt;b&gt;" target="_blank" rel="noopener noreferrer" '
        'style="color:inherit">x</a>'
    )
    assert sample._linked("x", "javascript:alert(1)") == sample._linked("x", None) == "x"
    assert sample._linked("x", "http://[broken") == "x"

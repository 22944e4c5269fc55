"""The page Qdrant: what lies there and how far it lags, who may send; and neighbours that are asked there."""

import pytest

from jobs.sync_qdrant import job
from jobs.sync_qdrant.plan import DELETE, SAY_ANEW, UPSERT, todo_of
from pages.neighbours import qdrant as asked
from pages.qdrant import view
from pages.ui import owner
from service.qdrant.reading import Reader
from store.acting import CURATOR, LINK, Actor, acting
from store.decisions import Act, decide
from store.qdrant import Lag, lag, list_collections, points_now, points_there
from store.vectors import image_vector, list_spaces
from tests.support.qdrant_rest import rest_qdrant
from tests.support.seen_page import texts
from tests.support.synced import AT_HOME, InMemory, N, embedded_birds, synced
from tests.support.visit import visit

PAGE = "qdrant/page.py"
ALIAS = "vitrine_birds_tiny"


@pytest.fixture
def birds(app_workspace):
    return embedded_birds(owner.get().workspace)


@pytest.fixture
def server(monkeypatch) -> InMemory:
    """A server in memory, that syncs and searches find at AT_HOME."""
    there = InMemory()
    monkeypatch.setattr(job, "open_store", lambda url: there)
    monkeypatch.setattr(asked, "Reader", lambda url, alias: Reader(url, alias, store=there))
    return there


def said_by(app) -> str:
    """What a page says, without what keeps names and addresses from being read as Markdown."""
    return texts(app).replace("\\", "").replace("\u2060", "")


def sync() -> None:
    synced(owner.get().workspace, AT_HOME)


def test_an_empty_workspace_has_a_friendly_page(open_app_page) -> None:
    assert "empty display case" in texts(open_app_page(PAGE))


def test_without_vectors_the_way_to_them_is_shown(app_workspace) -> None:
    from tests.support.small_workspace import new_dataset

    new_dataset(owner.get().workspace)
    app = visit(PAGE)
    assert not app.exception and "no vectors to bring" in texts(app)
    assert not [button for button in app.button if button.label == "Sync"]


def test_what_lies_there_and_what_has_changed_since_is_told(birds, server) -> None:
    sync()
    app = visit(PAGE)
    told = said_by(app)
    assert not app.exception and f"**{ALIAS}** at {AT_HOME}" in told and f"{N} points of the embedding tiny" in told
    assert "It says what the dataset says now." in told and "QDRANT_API_KEY is not set" in told
    acts = [Act(2, "relabel", label=0), Act(3, "relabel", label=0), Act(4, "remove")]
    decide(owner.get().workspace, birds.id, acts, who="me")
    told = said_by(visit(PAGE))
    assert (
        "3 pictures have changed since the last sync: 2 with another class, split, flag or version and 1 gone." in told
    )


def test_the_lag_is_what_a_sync_would_send(workspace, server) -> None:
    dataset = embedded_birds(workspace)
    synced(workspace, AT_HOME)
    acts = [Act(2, "relabel", label=0), Act(4, "remove"), Act(5, "remove")]
    decide(workspace, dataset.id, acts, who="me")
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("UPDATE vector_1 SET run_id = 77 WHERE image_id IN (7, 8, 9)")
    (one,), space = list_collections(workspace, dataset.id), list_spaces(workspace, dataset.id)[0]
    todo = todo_of(points_now(workspace, dataset, space), points_there(workspace, one.id))["action"].to_pylist()
    found = lag(workspace, dataset, space, one)
    assert (found.n_new, found.n_changed, found.n_gone) == (3, 1, 2)
    assert [todo.count(action) for action in (UPSERT, SAY_ANEW, DELETE)] == [3, 1, 2] and found.n == 6


def test_a_click_orders_the_sync_of_before_again(birds, server, monkeypatch) -> None:
    synced(owner.get().workspace, AT_HOME, quantisation="scalar", batch=20, full=True)
    ordered = []
    monkeypatch.setattr(owner.get().supervisor, "start", lambda kind, **named: ordered.append((kind, named)))
    app = visit(PAGE)
    next(button for button in app.button if button.label == "Sync again").click().run()
    ((kind, named),) = ordered
    given = named["parameters"]
    assert kind == "sync-qdrant" and named["dataset"] == "birds" and not given["full"]
    assert (given["url"], given["alias"], given["quantisation"], given["batch"]) == (AT_HOME, ALIAS, "scalar", 20)


def test_what_is_no_address_is_refused_in_words(birds) -> None:
    app = visit(PAGE)
    next(field for field in app.text_input if field.label == "Address").set_value("localhost:6333").run()
    next(button for button in app.button if button.label == "Sync").click().run()
    assert any("is an address such as" in error.value for error in app.error)


def test_who_is_not_the_owner_may_look_and_send_nothing(birds, server) -> None:
    sync()
    with acting(Actor(role=CURATOR, how=LINK, name="Rita")):
        assert not view.form.may_send()
        assert view.place_of(list_collections(owner.get().workspace, birds.id)[0]) == AT_HOME
    assert view.form.may_send()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "is not there any more"),
        (Lag(0, 0, 0), "says what the dataset says now"),
        (Lag(1, 0, 0), "1 picture has changed since the last sync: 1 new or with another vector."),
        (Lag(2, 0, 3), "5 pictures have changed since the last sync: 2 new or with another vector and 3 gone."),
    ],
)
def test_the_lag_in_words(found, said) -> None:
    assert said in view.sentence(found)


def test_neighbours_are_asked_of_qdrant_where_that_is_wished(birds, server) -> None:
    workspace = owner.get().workspace
    assert "searched_by" not in [control.key for control in visit("neighbours/page.py").get("button_group")]
    sync()
    ours = texts(visit("neighbours/page.py", picture="5"))
    theirs = visit("neighbours/page.py", picture="5", searched_by="Qdrant")
    assert not theirs.exception and "Found by comparing all vectors" in ours
    assert "Found by Qdrant, as of its last sync" in texts(theirs)
    space = list_spaces(workspace, birds.id)[0]
    near = asked.near_picture(birds.id, space, list_collections(workspace, birds.id)[0], 5, n=8)
    from pages.neighbours.queries import load_near
    from pages.ui import session

    exact = load_near(*session.here(birds.id), space, 0, 5, 8)
    assert [row.image_id for row in near.rows] == [row.image_id for row in exact.rows]
    assert near.similarities == pytest.approx(exact.similarities, abs=1e-5)


def test_where_qdrant_does_not_answer_the_page_goes_on_with_its_own(birds, server) -> None:
    sync()
    server.drop(server.behind(ALIAS))
    app = visit("neighbours/page.py", picture="5", searched_by="Qdrant")
    assert not app.exception and any("What follows was found by Vitrine" in error.value for error in app.error)
    assert "Found by comparing all vectors" in texts(app)


@pytest.mark.long
def test_the_lines_for_python_are_right_for_the_engine(workspace, tmp_path, capsys) -> None:
    dataset = embedded_birds(workspace)
    synced(workspace, f"edge:{tmp_path / 'engine'}")
    (one,) = list_collections(workspace, dataset.id)
    vector = image_vector(workspace, list_spaces(workspace, dataset.id)[0], 5).values.tolist()
    given = {"vector": vector}
    exec(view.python_lines(one), given)
    given["shard"].close()
    assert capsys.readouterr().out.splitlines()[-10].endswith("004.png gull")


def test_the_lines_for_python_are_right_for_a_server(workspace, monkeypatch, capsys) -> None:
    dataset = embedded_birds(workspace)
    monkeypatch.delenv("QDRANT_API_KEY", raising=False)
    with rest_qdrant() as server:
        synced(workspace, server.url)
        (one,) = list_collections(workspace, dataset.id)
        vector = image_vector(workspace, list_spaces(workspace, dataset.id)[0], 5).values.tolist()
        lines = view.python_lines(one).replace("NAME", "gull")
        given = {"vector": vector}
        exec(lines.replace("QdrantClient(", "QdrantClient(check_compatibility=False, url="), given)
        given["client"].close()
    assert capsys.readouterr().out.splitlines()[-10].endswith("004.png gull")

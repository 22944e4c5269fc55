"""Every function that writes says which deed it is, and who may not do it does not: tried with each role."""

import ast
import contextlib
import importlib
import inspect

import pytest

from jobs.engine.supervisor import Supervisor
from store import access, acting, comments, decisions, spot_checks
from store.acting import AT_HOME, BY_ITSELF, LINK, ROLES, WRITERS, Actor, does
from store.acts import ACTS
from store.audit import list_audit
from store.decisions import Act
from store.errors import NotAllowed, UnknownDataset
from tests.support.places import PROJECT
from tests.support.small_workspace import image_row, land, new_dataset

ROOMS = ("store", "jobs", "evidence", "pages", "cli", "service")
# What the machine does with what a job has computed, or at the start of one: never by itself for somebody.
BY_THE_MACHINE = {
    "store.duplicates.drop_older_duplicates",
    "store.neighbours.drop_older_graphs",
    "store.training.save_epochs",
    "store.ledger.save_job",
    "store.ledger.land_segments",
    "store.images.reconcile_source",
    "store.points.settle_points",
    "store.qdrant.settle_collection",
    "store.service_keys.use_service_key",
    "store.health.save_sample",
    "store.health.raise_alert",
    "store.health.end_alert",
    "store.health.save_delivery",
    "jobs.engine.prepare.lay_out",
    "jobs.engine.tracking.save_end",
}
# Parts of functions that say it.
WITHIN = {
    "store.class_names._write": ("correct_names", "undo_names"),
    "store.comments._write_new": ("write_comment", "answer"),
    "store.comments._change": ("edit_comment", "delete_comment"),
    "store.decisions._save_together": ("decide", "redo"),
    "store.rubric._add_edition": ("write_sheet", "reopen_sheet"),
}


def actor(role: str, **more) -> Actor:
    return Actor(role=role, how=LINK, name="Rita", **more)


def writing_functions() -> set[str]:
    """Every function of ours that opens a transaction, by its module and name."""
    found = set()
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            module = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and any(_opens(inner) for inner in ast.walk(node)):
                    found.add(f"{module}.{node.name}")
    return found


def _opens(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "writing"


def load_all() -> None:
    for name in writing_functions():
        importlib.import_module(name.rpartition(".")[0])
    importlib.import_module("jobs.engine.analyses")


load_all()


def test_each_function_that_writes_says_what_it_does() -> None:
    unruled = writing_functions() - set(WRITERS) - BY_THE_MACHINE - set(WITHIN)
    assert not unruled, f"say by @does(...) of store.acting what these do, or list them here with a reason: {unruled}"
    for name, callers in WITHIN.items():
        module = name.rpartition(".")[0]
        assert {f"{module}.{caller}" for caller in callers} <= set(WRITERS)
        text = inspect.getsource(importlib.import_module(module))
        assert all(f"def {caller}(" in text for caller in callers)


def test_each_deed_is_somebodys() -> None:
    assert set(ACTS) == set(WRITERS.values()) | {"change"}


def function_of(name: str):
    module, _, rest = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), rest)
    except ModuleNotFoundError:  # a method
        module, _, kind = module.rpartition(".")
        return getattr(getattr(importlib.import_module(module), kind), rest)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(WRITERS))
def test_who_may_not_write_does_not(name, role) -> None:
    """Whoever may gets further, to where nonsense is no workspace; whoever may not is refused before anything."""
    function, act = function_of(name), ACTS[WRITERS[name]]
    parameters = inspect.signature(function).parameters.values()
    positional = [None for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    named = {each.name: None for each in parameters if each.kind is each.KEYWORD_ONLY}
    is_allowed = ROLES.index(role) >= ROLES.index(act.least)
    with acting.acting(actor(role)):
        if is_allowed:
            with contextlib.suppress(Exception):
                try:
                    function(*positional, **named)
                except NotAllowed as error:
                    raise AssertionError(f"{role} may do {name}") from error
        else:
            with pytest.raises(NotAllowed, match=f"for a {act.least}"):
                function(*positional, **named)


@pytest.mark.parametrize("role", ROLES[:-1])
def test_a_write_without_a_rule_is_the_owners_alone(workspace, role) -> None:
    with acting.acting(actor(role)), pytest.raises(NotAllowed), workspace.writing():
        raise AssertionError("a transaction was opened")
    with acting.acting(actor("owner")), workspace.writing() as cursor:
        cursor.execute("SELECT 1")


@pytest.fixture
def pets(workspace):
    dataset = new_dataset(workspace, "pets")
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name (dataset_id, index, name) VALUES (1, 0, 'cat'), (1, 1, 'dog')")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=n % 2) for n in range(4)])
    return dataset


def test_somebody_with_a_name_acts_under_no_other(workspace, pets) -> None:
    image = 1
    with acting.acting(actor("curator")):
        with pytest.raises(NotAllowed, match="as Rita"):
            decisions.decide(workspace, pets.id, [Act(image, "keep")], who="Ana")
        decisions.decide(workspace, pets.id, [Act(image, "keep")], who="Rita")
    with acting.acting(actor("reviewer")), pytest.raises(NotAllowed, match="as Rita"):
        spot_checks.answer(
            workspace, pets.id, check_id=1, item=0, reviewer="Ana", said="none", class_index=None, ms=None
        )


def test_a_dataset_that_does_not_exist_for_somebody_is_not_written_to(workspace, pets) -> None:
    other = new_dataset(workspace, "other")
    guest = actor("curator", dataset_ids=frozenset([other.id]))
    with acting.acting(guest):
        with pytest.raises(UnknownDataset):
            decisions.decide(workspace, pets.id, [Act(1, "remove")], who="Rita")
        with pytest.raises(UnknownDataset), workspace.writing(pets.id):
            raise AssertionError("a transaction was opened")
        with pytest.raises(UnknownDataset):
            comments.note_look(workspace, pets.id, who="Rita", at=None)


def test_jobs_of_another_dataset_are_not_theirs_to_start_or_end(workspace, pets) -> None:
    other = new_dataset(workspace, "other")
    supervisor = Supervisor(workspace)
    job = supervisor.start("duplicates", dataset="pets", hold=True)
    try:
        with acting.acting(actor("curator", dataset_ids=frozenset([other.id]))):
            for asked in (
                lambda: supervisor.start("duplicates", dataset="pets"),
                lambda: supervisor.start("import", dataset="new", parameters={"folder": "/"}),
                lambda: supervisor.cancel(job),
                lambda: supervisor.resume(job),
                lambda: supervisor.retry(job),
                lambda: supervisor.land(job),
                lambda: supervisor.analyses.start("pets"),
                lambda: supervisor.analyses.keep_recipe(""),
            ):
                with pytest.raises(UnknownDataset):
                    asked()
    finally:
        supervisor.stop()


def test_a_deed_is_one_line_of_the_log_and_a_refused_one_none(workspace, pets) -> None:
    before = len(list_audit(workspace))
    guest = actor("curator", came_from="192.0.2.7", link_id=3)
    with acting.acting(guest):
        decisions.decide(workspace, pets.id, [Act(1, "remove")], who="Rita", batch="b1")
        with pytest.raises(NotAllowed):
            access.share(workspace, title="x", role="viewer", expires_at=None, who="Rita")
    (line,) = list_audit(workspace)[: len(list_audit(workspace)) - before]
    assert (line.who, line.role, line.how, line.came_from, line.act) == ("Rita", "curator", LINK, "192.0.2.7", "decide")
    assert (line.dataset, line.words) == ("pets", "decided on pictures") and '"b1"' in line.about


def test_a_write_that_is_rolled_back_leaves_no_line(workspace, pets) -> None:
    before = len(list_audit(workspace))
    with acting.acting(actor("owner")), pytest.raises(ZeroDivisionError), workspace.writing(pets.id):
        raise ZeroDivisionError
    assert len(list_audit(workspace)) == before


def test_one_deed_of_several_transactions_is_one_line(workspace, pets) -> None:
    @does("freeze")
    def twice(dataset_id: int, *, who: str) -> None:
        for _ in range(2):
            with workspace.writing(dataset_id):
                pass

    before = len(list_audit(workspace))
    twice(pets.id, who="Ana")
    assert [(line.who, line.act) for line in list_audit(workspace)][: len(list_audit(workspace)) - before] == [
        ("Ana", "freeze")
    ]


def test_what_the_machine_does_by_itself_is_in_no_log(workspace, pets) -> None:
    before = len(list_audit(workspace))
    with acting.acting(BY_ITSELF), workspace.writing(pets.id):
        pass
    assert len(list_audit(workspace)) == before
    assert acting.current() is AT_HOME  # a process without visitors is whoever started it


def test_no_statement_changes_the_log() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (PROJECT / "store" / "sql").glob("*.sql")]
    flat = " ".join(" ".join(texts).split()).lower()
    assert "insert into audit " in flat
    assert not any(f"{verb} audit" in flat for verb in ("update", "delete from", "truncate", "drop table"))


def test_nobody_is_stopped_by_a_name_that_was_not_said(workspace, pets) -> None:
    with acting.acting(AT_HOME):
        decisions.decide(workspace, pets.id, [Act(1, "keep")], who="Ana")
        decisions.decide(workspace, pets.id, [Act(2, "keep")], who="Bo")
    assert [line.who for line in list_audit(workspace, act="decide")] == ["Bo", "Ana"]

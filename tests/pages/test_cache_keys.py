"""What pages keep of the store is kept for as long as what it rests on stays: told by the type of its key."""

import ast
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from pages.quality import view as quality
from pages.review import queries as review_queries
from pages.ui import owner, session
from store.connection import Workspace
from store.decisions import Act, decide
from store.ledger import land_segment
from store.review import ActiveInputs
from tests.support.places import PROJECT
from tests.support.small_workspace import image_row, land, new_dataset

KEYS = {"Generation", "SettledGeneration", "DataGeneration"}
# Kept by the vectors of a space and not by the dataset's generation: `state` is store.zero_shot.vectors_state.
BY_VECTORS = {"pages/ui/readable.py _load", "pages/prompt_lab/queries.py _ask"}


def cached_functions() -> Iterator[tuple[str, dict[str, str]]]:
    """Every function under st.cache_data or st.cache_resource: its file and name, and its parameters with types."""
    for path in sorted((PROJECT / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any("cache_" in ast.unparse(each) for each in node.decorator_list):
                types = {each.arg: ast.unparse(each.annotation or ast.Constant(None)) for each in node.args.args}
                if any(ast.unparse(each).startswith("st.cache_") for each in node.decorator_list):
                    yield f"{path.relative_to(PROJECT)} {node.name}", types


def test_every_cached_read_has_a_key_of_what_it_reads() -> None:
    lacking = [
        name
        for name, types in cached_functions()
        if name not in BY_VECTORS and not ("root" in types and types.get("generation") in KEYS)
    ]
    assert not lacking, f"give them root and generation, a {' or '.join(sorted(KEYS))}: {lacking}"


def test_the_walk_sees_them_all() -> None:
    names = {name for name, _ in cached_functions()}
    assert len(names) > 80 and names >= BY_VECTORS
    written = sum(path.read_text(encoding="utf-8").count("@st.cache_") for path in (PROJECT / "pages").rglob("*.py"))
    assert len(names) == written


@pytest.fixture
def birds(tmp_path, monkeypatch) -> Iterator[tuple[Workspace, int]]:
    """The app's open workspace with three images, and their dataset's id."""
    monkeypatch.setenv("VITRINE_WORKSPACE", str(tmp_path / "w"))
    owner.close()
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{name}.jpg", label=0) for name in "abc"])
    yield workspace, dataset.id
    owner.close()


def land_vectors_of(workspace: Workspace, dataset_id: int) -> None:
    """A segment of an embedding, as the owner takes it in."""
    table = pa.table({"image_id": [1]})
    land_segment(
        workspace,
        dataset_id=dataset_id,
        job_id="embed-000001",
        n=0,
        table=table,
        n_failed=0,
        land=lambda cursor, rows: None,
    )


def test_a_landing_segment_empties_no_cache_and_a_decision_does(birds) -> None:
    workspace, dataset_id = birds
    before = session.here(dataset_id), session.here_of_data(dataset_id), session.generation(dataset_id)
    land_vectors_of(workspace, dataset_id)
    after = session.here(dataset_id), session.here_of_data(dataset_id), session.generation(dataset_id)
    assert after[:2] == before[:2] and after[2] > before[2]
    decide(workspace, dataset_id, [Act(1, "remove")], who="Ada")
    assert session.here(dataset_id) > before[0] and session.here_of_data(dataset_id) > before[1]


def test_a_result_that_settles_leaves_reads_of_data_alone(birds) -> None:
    workspace, dataset_id = birds
    before = session.here(dataset_id), session.here_of_data(dataset_id)
    decide(workspace, dataset_id, [Act(1, "keep")], who="Ada")
    assert session.here(dataset_id) > before[0]
    assert session.here_of_data(dataset_id) == before[1]


def test_measures_are_read_again_when_a_picture_goes_and_not_while_an_embedding_runs(birds, monkeypatch) -> None:
    workspace, dataset_id = birds
    reads = []
    read = quality.read_measures
    monkeypatch.setattr(quality, "read_measures", lambda *given: reads.append(given) or read(*given))
    quality.load_measures.clear()
    assert len(quality.load_measures(*session.here_of_data(dataset_id)).image_ids) == 3
    land_vectors_of(workspace, dataset_id)
    quality.load_measures(*session.here_of_data(dataset_id))
    assert len(reads) == 1
    decide(workspace, dataset_id, [Act(1, "remove")], who="Ada")
    assert len(quality.load_measures(*session.here_of_data(dataset_id)).image_ids) == 2


def test_what_teaches_most_is_asked_again_after_a_decision(birds, monkeypatch) -> None:
    workspace, dataset_id = birds
    reads = []

    def inputs(*_: object, run_id: int) -> ActiveInputs:
        reads.append(run_id)
        one = np.ones(1, bool)
        return ActiveInputs(np.ones(1, np.int64), one, one, np.ones((1, 1), np.float32), np.zeros((1, 5), np.int64))

    monkeypatch.setattr(review_queries.review, "active_inputs", inputs)
    review_queries.load_active.clear()
    for n_reads in (1, 2):
        for _ in range(2):
            review_queries.load_active(*session.here(dataset_id), 1, "space", "entropy", False)
        assert len(reads) == n_reads
        decide(workspace, dataset_id, [Act(1, "remove" if n_reads == 1 else "restore")], who="Ada")

"""The duplicates job from its order to its groups, with and without a neighbour graph, and what is counted of them."""

import numpy as np
import pytest

from analytics.duplicates import Pairs, grouped, near_enough
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from store.decisions import Act, decide
from store.duplicates import facts, latest_comparison, near_counts, read_pairs
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land, land_these_vectors, new_dataset

FAR = (0x0F0F_0F0F_0F0F_0F0F, 0xF0F0_0F0F_F0F0_0F0F, 0x1234_5678_9ABC_DEF0, 0xAAAA_5555_AAAA_5555)


@pytest.fixture
def birds(workspace):
    """1, 2: one file. 3: their pixels in other bytes. 4: a hash 2 bits off. 5, 6: alike by vector. 7, 8: alone."""
    dataset = new_dataset(workspace)
    rows = [
        image_row("1.png", content="a", phash=FAR[0], label=0, split="train"),
        image_row("2.png", content="a", phash=FAR[0], label=1, split="train"),
        image_row(
            "3.png",
            content="b",
            pixel_sha256=image_row("x", content="a")["sha256"],
            phash=FAR[0],
            label=0,
            split="test",
        ),
        image_row("4.png", content="c", phash=FAR[0] ^ 0b101, label=0, split="train"),
        image_row("5.png", content="d", phash=FAR[1], label=2, split="train"),
        image_row("6.png", content="e", phash=FAR[2], label=2, split="train"),
        image_row("7.png", content="f", phash=FAR[3], label=2, split="test"),
        image_row("8.png", content="g", phash=FAR[3] ^ 0xFFFF, label=2, split="test"),
    ]
    land(workspace, dataset.id, rows)
    return dataset


def land_vectors_of(workspace, birds) -> None:
    vectors = np.eye(8, dtype=np.float32)
    vectors[5] = 0.98 * vectors[4] + 0.2 * vectors[5]
    images = workspace.read("images_to_embed", dataset_id=birds.id)
    land_these_vectors(workspace, birds.id, images, vectors)


def pairs_of(workspace, birds) -> Pairs:
    run = latest_comparison(workspace, birds.id)
    return Pairs(**read_pairs(workspace, birds.id, run_id=run.run_id if run else 0))


def groups_of(pairs: Pairs, **wanted: object) -> list[list[int]]:
    groups = grouped(near_enough(pairs, **{"min_cosine": 0.95, "max_bits": 4, **wanted}))
    return [groups.image_ids[groups.number == number].tolist() for number in range(groups.n_groups)]


def test_exact_groups_are_known_without_any_job(workspace, birds) -> None:
    pairs = pairs_of(workspace, birds)
    assert groups_of(pairs, kinds=["file"]) == [[1, 2]]
    assert groups_of(pairs, kinds=["pixels"]) == [[1, 2, 3]]


def test_without_a_graph_hashes_are_compared_and_the_run_says_so(workspace, birds) -> None:
    job = run_job(workspace, "duplicates", birds.name)
    assert job.state == DONE and job.figures["n_pairs_by_embedding"] == 0
    assert latest_comparison(workspace, birds.id).parameters["graph_run"] == 0
    assert groups_of(pairs_of(workspace, birds)) == [[1, 2, 3, 4]]


def test_with_a_graph_pairs_by_vector_are_found_too(workspace, birds) -> None:
    land_vectors_of(workspace, birds)
    run_job(workspace, "neighbours", birds.name, k=3)
    job = run_job(workspace, "duplicates", birds.name)
    assert job.figures["n_groups"] == 2 and job.figures["n_in_groups"] == 6
    pairs = pairs_of(workspace, birds)
    assert groups_of(pairs) == [[1, 2, 3, 4], [5, 6]]
    assert groups_of(pairs, min_cosine=0.99) == [[1, 2, 3, 4]]
    assert groups_of(pairs, kinds=["embedding"]) == [[5, 6]]
    with workspace.writing() as cursor:
        rows = cursor.execute(
            "SELECT image_id, reasons FROM duplicate_group ORDER BY group_number, image_id"
        ).fetchall()
    assert rows[0] == (1, "file,pixels,hash") and rows[-1] == (6, "embedding")


def test_removed_images_leave_their_groups_and_the_overview_counts_what_is_left(workspace, birds) -> None:
    run_job(workspace, "duplicates", birds.name)
    counts = near_counts(workspace, birds.id)
    assert (counts.n_groups, counts.n_images, counts.n_groups_across, counts.n_groups_conflicting) == (1, 4, 1, 1)
    decide(workspace, birds.id, [Act(3, "remove"), Act(2, "remove")], who="Ada")
    counts = near_counts(workspace, birds.id)
    assert (counts.n_groups, counts.n_images, counts.n_groups_across, counts.n_groups_conflicting) == (1, 2, 0, 0)
    assert groups_of(pairs_of(workspace, birds)) == [[1, 4]]
    assert latest_comparison(workspace, birds.id).is_stale


def test_a_second_run_takes_the_first_ones_place(workspace, birds) -> None:
    run_job(workspace, "duplicates", birds.name)
    run_job(workspace, "duplicates", birds.name, hamming_bits=0)
    with workspace.writing() as cursor:
        assert cursor.execute("SELECT count(DISTINCT run_id) FROM duplicate_pair").fetchall() == [(1,)]
        assert cursor.execute("SELECT image_id FROM duplicate_group ORDER BY 1").fetchall() == [(1,), (2,), (3,)]


def test_facts_come_in_the_order_asked_for(workspace, birds) -> None:
    table = facts(workspace, birds.id, np.array([5, 1, 3]))
    assert table["path"].to_pylist() == ["5.png", "1.png", "3.png"]
    assert facts(workspace, birds.id, np.array([], np.int64)).num_rows == 0


def test_a_wrong_order_is_refused(workspace, birds) -> None:
    supervisor = Supervisor(workspace)
    with pytest.raises(UnknownParameter, match="min_cosine must lie above 0 and at most at 1, not 1.5"):
        supervisor.start("duplicates", dataset=birds.name, parameters={"min_cosine": 1.5})
    with pytest.raises(UnknownParameter, match="hamming_bits must lie between 0 and 16, not 17"):
        supervisor.start("duplicates", dataset=birds.name, parameters={"hamming_bits": 17})
    empty = new_dataset(workspace, "empty")
    with pytest.raises(NothingToDo, match="no images to compare"):
        supervisor.start("duplicates", dataset=empty.name)

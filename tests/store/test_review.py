"""Review: queues, what is decided in them, what a key press saves, and what it may not."""

import json

import numpy as np
import pytest

from pages.review import batches
from pages.review.batches import Batch
from pages.review.http import respond
from pages.review.marks import class_keys, mark_of
from pages.ui import owner
from store import review
from store.connection import open_workspace
from store.datasets import class_names, find_dataset
from store.decisions import Act, decide, history, redo, undo
from store.label_issues import IssueFilters, list_issues, list_label_runs
from store.neighbours import land_neighbours
from store.review import ReviewQueue
from store.selections import save_selection
from tests.support.noisy_workspace import N_WRONG, NAMES, N, checked_birds, noisy_birds, truth_and_labels
from tests.support.small_workspace import image_row, land, new_dataset

FILLED_BY = {"birds": checked_birds}


@pytest.fixture
def workspace(app_workspace):
    """An open workspace, which the routes of the app have too."""
    return owner.get().workspace


@pytest.fixture
def birds(workspace):
    return find_dataset(workspace, "birds")


@pytest.fixture
def run_id(workspace, birds) -> int:
    return list_label_runs(workspace, birds.id)[0].run_id


def batch_of(
    dataset, image_ids, *, who: str = "Ada", blind_run: int | None = None, run_id: int = 0, multi: bool = False
):
    evidence = {int(image_id): {"queue": "blind" if blind_run else "doubted", "run": run_id} for image_id in image_ids}
    return batches.remember(Batch(dataset.id, who, "", tuple(NAMES), multi, blind_run, blind_run or run_id, evidence))


def press(what: str, token: str, *acts: dict[str, object]) -> tuple[int, dict[str, object]]:
    answer = respond(what, json.dumps({"token": token, "acts": list(acts)}).encode())
    return answer.status_code, json.loads(answer.body)


def test_doubted_labels_come_in_the_order_of_the_label_noise_page(workspace, birds, run_id) -> None:
    queue = review.queue_ids(workspace, birds.id, queue=ReviewQueue("doubted", run_id))
    listed = list_issues(workspace, birds.id, run_id=run_id, filters=IssueFilters(), first=0, n_rows=500)
    assert queue.tolist() == listed["image_id"].to_pylist()
    assert len(set(queue.tolist()) & set(range(1, N_WRONG + 1))) >= N_WRONG * 0.8
    of_class = review.queue_ids(workspace, birds.id, queue=ReviewQueue("doubted", run_id, class_index=1))
    assert 0 < len(of_class) < len(queue) and set(of_class) < set(queue)
    out = review.queue_ids(workspace, birds.id, queue=ReviewQueue("outliers", run_id))
    assert len(set(range(N - 3, N + 1)) & set(out.tolist())) >= 3


def test_a_queue_of_a_class_keeps_its_places_while_labels_change(workspace, birds, run_id) -> None:
    wanted = ReviewQueue("class", run_id, class_index=0)
    before = review.queue_ids(workspace, birds.id, queue=wanted)
    assert len(before) == int((truth_and_labels()[1] == 0).sum())
    decide(workspace, birds.id, [Act(int(before[0]), "relabel", label=2), Act(int(before[3]), "remove")], who="Ada")
    assert review.queue_ids(workspace, birds.id, queue=wanted).tolist() == before.tolist()
    assert review.decided_ids(workspace, birds.id).tolist() == sorted([before[0], before[3]])


def test_pictures_without_a_label_duplicates_and_selections_are_queues_too(workspace, birds, run_id) -> None:
    assert review.queue_ids(workspace, birds.id, queue=ReviewQueue("unlabelled")).tolist() == [31]
    assert review.queue_ids(workspace, birds.id, queue=ReviewQueue("duplicates")).tolist() == [41, 42]
    saved = save_selection(workspace, birds.id, name="mine", image_ids=np.array([9, 4, 7]), who="Ada")
    chosen = review.queue_ids(workspace, birds.id, queue=ReviewQueue("selection", selection_id=saved.id))
    assert chosen.tolist() == [4, 7, 9]
    with pytest.raises(ValueError, match="not 'all'"):
        ReviewQueue("all")


def test_a_class_of_one_and_an_empty_dataset_can_be_reviewed(workspace) -> None:
    dataset = new_dataset(workspace, "few")
    for queue in ("class", "unlabelled", "duplicates", "doubted"):
        assert not len(review.queue_ids(workspace, dataset.id, queue=ReviewQueue(queue, class_index=0)))
    land(workspace, dataset.id, [image_row("a.png", label=0), image_row("b.png")])
    (only,) = review.queue_ids(workspace, dataset.id, queue=ReviewQueue("class", class_index=0)).tolist()
    (row,) = review.items(workspace, dataset.id, image_ids=[only], run_id=0)
    assert (row["label_now"], row["act"], row["severity"]) == (0, None, None)


def test_a_blind_sample_is_drawn_at_random_and_nested(workspace, birds, run_id) -> None:
    small = review.blind_sample(workspace, birds.id, run_id=run_id, n=40, seed=5)
    large = review.blind_sample(workspace, birds.id, run_id=run_id, n=60, seed=5)
    assert len(small.image_ids) == 40 and small.flagged.sum() == 10
    assert set(small.image_ids) <= set(large.image_ids)
    other = review.blind_sample(workspace, birds.id, run_id=run_id, n=40, seed=6)
    assert set(other.image_ids) != set(small.image_ids)
    assert 31 not in large.image_ids.tolist()  # no label, nothing to judge


def test_a_key_press_is_saved_with_what_was_shown(workspace, birds, run_id) -> None:
    token = batch_of(birds, [1, 2, 3], run_id=run_id)
    status, told = press("act", token, {"id": 1, "act": "relabel", "label": 2}, {"id": 2, "act": "remove"})
    assert status == 200 and told["said"] == "Saved: 2 pictures relabelled and removed"
    first, second = reversed(history(workspace, birds.id).to_pylist())
    assert (first["label_after"], first["who"], first["reason"]) == (2, "Ada", "review")
    assert json.loads(first["evidence"]) == {"queue": "doubted", "run": run_id}
    assert first["batch"] == second["batch"] and second["act"] == "remove"
    assert told["marks"]["1"]["words"] == "→ wolf" and told["marks"]["1"]["now"] == [2]


def test_the_class_it_has_means_that_its_label_is_right(workspace, birds) -> None:
    label = int(truth_and_labels()[1][4])
    status, _ = press("act", batch_of(birds, [5]), {"id": 5, "act": "relabel", "label": label})
    assert status == 200 and history(workspace, birds.id)["act"].to_pylist() == ["keep"]


def test_undo_and_redo_go_step_by_step_and_tell_the_page(workspace, birds) -> None:
    token = batch_of(birds, [1, 2, 3])
    press("act", token, {"id": 1, "act": "remove"})
    press("act", token, {"id": 2, "act": "keep"}, {"id": 3, "act": "keep"})
    status, told = press("undo", token)
    assert (status, told["changed"], told["marks"]) == (200, [2, 3], {"2": None, "3": None})
    assert press("undo", token)[1]["changed"] == [1]
    assert press("undo", token)[0] == 409
    assert press("redo", token)[1]["marks"]["1"]["act"] == "remove"
    assert press("redo", token)[1]["changed"] == [2, 3]
    assert "nothing was taken back" in press("redo", token)[1]["error"]
    press("undo", token)
    press("act", token, {"id": 1, "act": "keep"})
    assert press("redo", token)[0] == 409  # a new act ends what can be done again by a key
    assert review.decided_ids(workspace, birds.id).tolist() == [1]


def test_an_undo_that_reaches_beyond_the_page_says_so(workspace, birds) -> None:
    press("act", batch_of(birds, [9]), {"id": 9, "act": "remove"})
    _, told = press("undo", batch_of(birds, [1]))
    assert told["elsewhere"] == 9 and told["said"].endswith("on other pages")


def test_one_persons_undo_leaves_anothers_act(workspace, birds) -> None:
    press("act", batch_of(birds, [1], who="Ada"), {"id": 1, "act": "remove"})
    assert press("undo", batch_of(birds, [1], who="Bo"))[0] == 409
    assert review.decided_ids(workspace, birds.id).tolist() == [1]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 400, "not JSON"),
        (b"[" * 50_000, 400, "not JSON"),
        (b'{"token": "\\ud800"}', 400, "not JSON"),
        (b"[]", 410, "Reload"),
        (b'{"token": ["x"]}', 410, "Reload"),
        (b'{"token": "guess", "acts": []}', 410, "Reload"),
    ],
)
def test_a_stranger_can_decide_nothing(workspace, birds, body: bytes, status: int, words: str) -> None:
    answer = respond("act", body)
    assert answer.status_code == status and words in json.loads(answer.body)["error"]
    assert not history(workspace, birds.id).num_rows


@pytest.mark.parametrize(
    "act",
    [
        {"id": 7, "act": "remove"},  # not on the page
        {"id": 1, "act": "burn"},
        {"id": 1, "act": "relabel"},
        {"id": 1, "act": "relabel", "label": 3},
        {"id": 1, "act": "relabel", "label": True},
        {"id": "1", "act": "keep"},
        {"id": True, "act": "keep"},
        {"id": 1e309, "act": "keep"},
        {"id": 10**30, "act": "keep"},
        {"id": 1, "act": {}},
        {"id": {}, "act": ["keep"]},
        {"id": 1, "act": "relabel", "label": {}},
        {"id": 1, "act": "relabel", "label": 10**30},
        "keep",
        [],
    ],
)
def test_what_was_not_on_the_page_is_refused_whole(workspace, birds, act: object) -> None:
    token = batch_of(birds, [1, 2])
    assert press("act", token, {"id": 2, "act": "keep"}, act)[0] == 409
    assert not history(workspace, birds.id).num_rows


def test_with_several_labels_a_key_puts_a_class_in_or_out(workspace) -> None:
    scenes = new_dataset(workspace, "scenes", task="multi")
    with workspace.writing(scenes.id) as cursor:
        for index, name in enumerate(NAMES):
            cursor.execute("INSERT INTO class_name VALUES ($1, $2, $3, NULL)", [scenes.id, index, name])
    land(workspace, scenes.id, [image_row("a.png", labels=[0])])
    token = batch_of(scenes, [1], multi=True)
    assert press("act", token, {"id": 1, "act": "relabel", "label": 2})[1]["marks"]["1"]["now"] == [0, 2]
    assert press("act", token, {"id": 1, "act": "relabel", "label": 0})[1]["marks"]["1"]["now"] == [2]


def test_blind_verdicts_count_only_what_was_judged_blind(workspace, birds, run_id) -> None:
    sample = review.blind_sample(workspace, birds.id, run_id=run_id, n=40, seed=run_id)
    plain = [int(one) for one in sample.image_ids[~sample.flagged]]
    flagged = [int(one) for one in sample.image_ids[sample.flagged]]
    decide(workspace, birds.id, [Act(plain[5], "keep")], who="Ada")
    token = batch_of(birds, sample.image_ids, blind_run=run_id, run_id=run_id)
    press("act", token, {"id": plain[0], "act": "keep"}, {"id": plain[1], "act": "remove"})
    press("act", token, {"id": flagged[0], "act": "remove"})
    said, wrong = review.blind_verdicts(workspace, birds.id, run_id=run_id)
    assert sorted(zip(said.tolist(), wrong.tolist(), strict=True)) == [(False, False), (False, True), (True, True)]
    assert len(review.decided_ids(workspace, birds.id, blind_run=run_id)) == 3
    assert len(review.decided_ids(workspace, birds.id)) == 4
    press("undo", token)
    assert len(review.blind_verdicts(workspace, birds.id, run_id=run_id)[0]) == 2


def test_verdicts_say_whose_label_was_really_wrong(workspace, birds, run_id) -> None:
    labels = truth_and_labels()[1]
    acts = [
        Act(1, "relabel", label=int((labels[0] + 1) % 3)),
        Act(2, "remove"),
        Act(3, "keep"),
        Act(4, "remove", evidence={"group_size": 2}),  # a copy set aside says nothing of its label
    ]
    decide(workspace, birds.id, acts, who="Ada")
    ids, wrong = review.verdicts(workspace, birds.id, run_id=run_id)
    assert dict(zip(ids.tolist(), wrong.tolist(), strict=True)) == {1: True, 2: True, 3: False}
    totals = review.totals(workspace, birds.id, run_id=run_id)
    assert totals.n_plain + totals.n_flagged == N - 1 - 2  # one has no label, two were removed
    assert totals.n_flagged_open < totals.n_flagged


def test_what_teaches_most_lines_up_with_its_pictures(workspace, birds, run_id) -> None:
    known = review.active_inputs(workspace, birds.id, run_id=run_id)
    assert known.image_ids.tolist() == list(range(1, N + 1)) and known.probabilities.shape == (N, 3)
    assert (~known.labelled).nonzero()[0].tolist() == [30] and known.kept.all()
    truth = truth_and_labels()[0]
    assert (known.votes[: N - 4, 0] == truth[: N - 4]).mean() > 0.95
    assert set(np.unique(known.votes)) <= {-1, 0, 1, 2}


def test_what_looks_alike_comes_nearest_first_with_the_same_label(workspace, birds) -> None:
    import pyarrow as pa

    with workspace.writing(birds.id) as cursor:
        table = pa.table(
            {
                "image_id": [50],
                "neighbours": pa.array([[51, 52, 53, 54]], pa.list_(pa.int64())),
                "similarities": pa.array([[0.99, 0.95, 0.9, 0.6]], pa.list_(pa.float32())),
                "reason": pa.nulls(1, pa.string()),
            }
        )
        land_neighbours(cursor, table, run_id=77)
    labels = truth_and_labels()[1]
    found = review.alike(workspace, birds.id, graph_run=77, image_id=50, min_cosine=0.8, same_label=False)
    assert found.tolist() == [50, 51, 52, 53]
    nth = [review.cosine_of_nth(workspace, birds.id, graph_run=77, image_id=50, n=n) for n in (1, 4, 9)]
    assert nth == pytest.approx([0.99, 0.6, 0.6])
    assert review.cosine_of_nth(workspace, birds.id, graph_run=77, image_id=99, n=5) == 1
    same = review.alike(workspace, birds.id, graph_run=77, image_id=50, min_cosine=0.8, same_label=True)
    assert same.tolist() == [50, *(one for one in (51, 52, 53) if labels[one - 1] == labels[49])]
    assert review.alike(workspace, birds.id, graph_run=77, image_id=99, min_cosine=0.5, same_label=True).tolist() == [
        99
    ]


def test_marks_in_words() -> None:
    row = {"act": None, "removed": False, "label_now": 1, "labels_now": None}
    assert mark_of(row, names=NAMES) is None
    assert mark_of({**row, "act": "keep"}, names=NAMES)["words"] == "kept"
    assert mark_of({**row, "act": "restore"}, names=NAMES) is None
    assert mark_of({**row, "act": "remove", "removed": True}, names=NAMES)["act"] == "remove"
    keys = class_keys(30)
    assert (
        keys[:11] == list("0123456789b")
        and keys[-1] == ""
        and not {"k", "x", "s", "u", "y", "l", "n", "a", "i"} & set(keys)
    )


def test_the_same_batch_has_the_same_token_and_another_another() -> None:
    batch = Batch(1, "Ada", "", ("a",), False, None, 0, {1: {"queue": "doubted"}})
    assert batches.remember(batch) == batches.remember(batch)
    assert batches.remember(Batch(1, "Bo", "", ("a",), False, None, 0, {1: {}})) != batches.remember(batch)
    assert batches.find("x") is None and batches.find(None) is None


def test_decisions_survive_a_restart(tmp_path) -> None:
    opened = open_workspace(tmp_path / "v")
    dataset = noisy_birds(opened)
    saved = decide(opened, dataset.id, [Act(1, "remove"), Act(2, "keep")], who="Ada")
    undo(opened, dataset.id, who="Ada", batch=saved.batch)
    redo(opened, dataset.id, who="Ada", batch=saved.batch)
    opened.close()
    again = open_workspace(tmp_path / "v")
    assert review.decided_ids(again, dataset.id).tolist() == [1, 2] and len(class_names(again, dataset.id)) == 3
    again.close()

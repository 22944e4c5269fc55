"""Review: pictures to decide on, one key each; when to stop; what was decided, and how to take it back."""

import numpy as np
import streamlit as st

from analytics.queue_places import next_open, still_open
from pages.label_noise.queries import LabelData, load_data
from pages.review import bulk, history, look, merge, queries, stop
from pages.review import queue as review_queue
from pages.review import view as review_view
from pages.review.queue import Queue
from pages.review.view import BATCH, Heard, Shown
from pages.ui import explain, job_cards, picture, session
from pages.ui.session import Here
from pages.ui.text import plain
from store.datasets import Dataset

VIEWS = ("Review", "When to stop", "Two opinions", "History")


def draw_how() -> None:
    """The popover on the method."""
    explain.how(
        "A picture is judged by one key, and saved at once. Decisions are only ever added: an undo is a decision too, "
        "and no file is touched. A decision keeps what was shown at that moment. **Blind sample**: drawn at random by "
        "the check's number, three quarters from labels that the check doubts in no way, one quarter doubted, mixed, "
        "without saying which; what is found in it, divided by what was judged, says how many errors remain.",
        parameters=[
            "Really wrong: relabelled to another class, or removed. Kept: a false alarm. A copy removed as a duplicate "
            "counts as neither.",
            "What teaches most: entropy of the held-out probabilities, smallest margin between the two likeliest "
            "classes, or vote entropy of classifier, neighbours, copies and zero-shot; of the best "
            f"{queries.CANDIDATES}, {queries.LEADS} medoids (FasterPAM, cosine) come first.",
            "What looks alike: the picture's neighbours in the newest neighbour graph from the chosen cosine on.",
            "Intervals are Wilson's, 95 %.",
        ],
        sources=[
            "Wilson, JASA 1927 (interval of a share)",
            "Lewis and Gale, SIGIR 1994 (uncertainty sampling)",
            "Dagan and Engelson, ICML 1995 (vote entropy)",
            "Schubert and Rousseeuw, 2021 (FasterPAM)",
        ],
    )


def draw_review(here: Here, data: LabelData) -> list[int]:
    """The choice of a queue and its next pictures; the ids that are drawn."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        queue = review_queue.choose(dataset, here, data)
        who, reason = ask_who() if session.may("decide") else ("", "")
    alike = review_queue.alike(here, data)
    queue = alike or queue
    run_id = data.runs[0].run_id if data.runs else 0
    decided = queries.load_decided(*here, queue.blind_run)
    asked = review_queue.place()
    progress = queries.progress(queue.ids, decided, start=asked or 0)
    first = asked if asked is not None and asked < len(queue.ids) else progress.first
    bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    if not len(queue.ids):
        review_queue.say_missing(queue)
        return []
    if progress.first is None:
        st.success(f"All {len(queue.ids):,} have been decided on.", icon=":material/check:")
    first = first or 0
    review_queue.go_to(first)
    ids = queue.ids[first : first + BATCH]
    rows = queries.load_items(here, queue.ids[first : first + 2 * BATCH], run_id=run_id)
    drawn = {int(image_id) for image_id in ids}
    with bar:
        last = first + len(ids)
        st.caption(
            f"Showing {first + 1:,} to {last:,} of {len(queue.ids):,}; {progress.n_decided:,} decided. "
            + review_queue.ABOUT.get(queue.title, "")
        )
        if queue.blind_run is None and session.may("decide"):
            bulk.show(
                dataset,
                queue,
                still_open(queue.ids, decided=decided),
                names=data.names,
                run_id=run_id,
                who=who,
                reason=reason,
            )
    shown = Shown(
        queue=review_queue.NAMES.get(queue.title, "alike"),
        first=first,
        rows=[row for row in rows if row["image_id"] in drawn],
        names=data.names,
        is_multi=dataset.task == "multi",
        run_id=run_id,
        is_blind=queue.blind_run is not None,
        open_ids=frozenset(still_open(ids, decided=decided).tolist()) if queue.blind_run is not None else frozenset(),
        ahead=[row for row in rows if row["image_id"] not in drawn],
        can_find_alike=queries.load_graph(*here) is not None and alike is None,
    )
    if not session.may("decide"):
        look.show(shown, n_all=len(queue.ids))
        return [row["image_id"] for row in shown.rows]
    heard = Heard(lambda: turn(queue, first, data), picture.ask_for, review_queue.ask_alike)
    review_view.show(shown, dataset_id=dataset.id, who=who, reason=reason, heard=heard, key="review_gallery")
    return [row["image_id"] for row in shown.rows]


def ask_who() -> tuple[str, str]:
    """Under which name and for what reason is decided."""
    who = review_queue.reviewer()
    reason = str(st.text_input("Reason", key="review_reason", placeholder="review", width=150, max_chars=200)).strip()
    return who, reason


def turn(queue: Queue, first: int, data: LabelData) -> None:
    """Go on to the next batch that holds an open picture; a callback, so it reads what is decided by now."""
    now = session.here(dataset.id)
    decided = queries.load_decided(*now, queue.blind_run)
    following = next_open(queue.ids, decided=decided, start=first + BATCH)
    if following is None:
        following = next_open(queue.ids, decided=decided, start=0)  # those skipped
    if following is not None:
        review_queue.go_to(following)


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"Review of {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
data = load_data(*here)
view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
)
shown: list[int] = []
if view == VIEWS[1]:
    if data.runs:
        stop.show(dataset, here, data.runs[0])
    else:
        review_queue.say_missing(Queue(review_queue.DOUBTED, np.zeros(0, np.int64), note="check"))
elif view in (VIEWS[2], VIEWS[3]):
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        who = review_queue.reviewer() if session.may("decide") else ""
        if session.may("merge_decisions"):
            merge.show(dataset)
    if view == VIEWS[2]:
        shown = history.show_disagreements(dataset, here, names=data.names, who=who)
    else:
        history.show_batches(dataset, here, who=who)
else:
    shown = draw_review(here, data)

picture.open_asked(dataset, names=data.names, neighbours=shown)

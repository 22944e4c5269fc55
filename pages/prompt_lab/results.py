"""How well prompts do: balanced accuracy and each class's recall, beside another set; the history of sets."""

import json
from collections.abc import Sequence

import streamlit as st

from analytics.zero_shot import Scored
from figures.class_scores import recall_against
from figures.names import one_line
from jobs.engine.supervisor import REFUSALS
from pages.prompt_lab.queries import AGREED, Named, Pictures, PromptData, ask, score, title_of
from pages.ui import charts, tables
from pages.ui.session import Here
from pages.ui.staleness import what_changed
from pages.ui.text import percent, plain
from store.vectors import Space
from store.zero_shot import ZeroShotRun

_HISTORY = 12  # sets whose score is computed for the table


def points(value: float) -> str:
    """'+3.1 points'."""
    return f"{100 * value:+.1f} points"


def draw_figures(named: Named, mine: Scored, other: Scored | None, *, against: str, score_on: str) -> None:
    """The numbers at the top, and how far they can be believed."""
    n = int(mine.support.sum())
    with st.container(horizontal=True, gap="medium"):
        delta = None if other is None else points(mine.balanced_accuracy - other.balanced_accuracy)
        st.metric(
            "Balanced accuracy",
            percent(mine.balanced_accuracy),
            delta=delta,
            width="content",
            help="The mean of the classes' recalls." + ("" if other is None else f" Against “{plain(against)}”."),
        )
        st.metric("Scored on", f"{n:,}", width="content", help="Kept pictures with a vector and a label.")
        st.metric("Temperature", f"{named.temperature:.3g}", width="content")
        took = "under 0.1 s" if named.seconds < 0.1 else f"{named.seconds:.1f} s"
        st.metric("Answered in", took, width="content", help="Texts that were not read before, and all pictures.")
    if score_on == AGREED:
        st.caption(
            "Scored where a classifier that never saw the picture and the majority of its neighbours both say its "
            "label: cleaner than the rest, easier than the rest, and chosen without zero-shot's help."
        )
    else:
        st.caption(
            ":orange-badge[:material/warning: unclean labels] Scored against the labels as they are now: what is wrong "
            "among them counts as zero-shot's mistake."
        )


def draw_recalls(mine: Scored, other: Scored | None, *, against: str, names: Sequence[str]) -> None:
    """A bar a class; a tick where the other set stands."""
    charts.draw(recall_against(mine, other, names=names, against=against))
    if other is not None:
        st.caption(f"Grey ticks: {plain(against)}.")


def draw_history(here: Here, space: Space, data: PromptData, pictures: Pictures, *, score_on: str) -> None:
    """Every set that was kept and every run, with what they come to on this space and these labels."""
    truth = pictures.truth(score_on)
    rows = []
    for saved in data.saved[:_HISTORY]:
        prompts = data.sets.get(title_of(saved.name))
        try:
            found = None if prompts is None else score(ask(here, space, prompts, pictures), truth)
            accuracy = percent(None if found is None else found.balanced_accuracy)
        except REFUSALS as error:
            accuracy = one_line(error)
        rows.append(
            {
                "Set": one_line(saved.name),
                "Balanced accuracy": accuracy,
                "Prompts": sum(map(len, saved.by_class)),
                "Templates": len(saved.templates),
                "Note": one_line(saved.note or ""),
                "By": one_line(saved.who),
                "Kept": saved.created_at,
            }
        )
    if rows:
        st.markdown("**Sets**, newest first. Choose one above to begin from it or to compare with it.")
        tables.show(rows, hide_index=True, height="content")
        if len(data.saved) > _HISTORY:
            st.caption(f"The newest {_HISTORY} of {len(data.saved)}; all of them can be chosen above.")
    else:
        st.info("No set has been kept yet. “Keep as a set” keeps the prompts at hand under a name.")
    if data.runs:
        st.markdown("**Runs**: probabilities of every picture, kept for comparison and for the map.")
        tables.show([_run_row(run, data) for run in data.runs], hide_index=True, height="content")


def _run_row(run: ZeroShotRun, data: PromptData) -> dict[str, object]:
    figures, asked = run.figures, json.loads(str(run.parameters["prompts"]))
    same = [title for title, prompts in data.sets.items() if [list(each) for each in prompts.by_class] == asked]
    return {
        "Run": run.run_id,
        "By": "ConSE" if figures.get("method") == "conse" else "open_clip",
        "Embedding": one_line(run.space),
        "Asked with": one_line(same[0] if same else "prompts of its own"),
        "Balanced accuracy": percent(figures.get("balanced_accuracy")),
        "Where both agree": percent(figures.get("agreed_balanced_accuracy")),
        "State": f"older: {what_changed(run.changed)} since" if run.is_stale else "up to date",
        "Finished": run.finished_at,
    }

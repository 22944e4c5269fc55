"""What was found, and the button that finds it: the recipe at work on a dataset, step by step."""

from collections.abc import Sequence

import streamlit as st

from evidence.findings import Finding, find
from jobs.engine.analysis import FRESH, LEFT_OUT, STEP_FAILED, WAITING, Analysis, StepState
from jobs.engine.spec import CANCELLED, DONE, QUEUED, RUNNING, JobView
from pages.ui import explain, gallery, job_cards, job_wording, picture, session
from pages.ui.session import PAGES, Here, SettledGeneration
from pages.ui.text import LONGEST_TEXT, count, plain
from store.datasets import Dataset

ICONS = {
    WAITING: ":material/hourglass_empty:",
    RUNNING: ":material/play_arrow:",
    DONE: ":material/check:",
    FRESH: ":material/check:",
    LEFT_OUT: ":material/remove:",
    STEP_FAILED: ":material/error:",
    CANCELLED: ":material/cancel:",
}
# The page that shows what a kind of job found.
PAGE_OF = {
    "duplicates": "duplicates",
    "zero-shot": "prompt_lab",
    "label-issues": "label_noise",
    "projection": "map",
    "medoids": "representatives",
    "train": "compare",
    "data-budget": "data_budget",
    "detect": "detections",
    "neighbours": "neighbours",
    "attributes": "attributes",
    "import-vectors": "features",
    "saliency": "saliency",
    "report": "report",
}


@st.cache_data(max_entries=8, show_spinner=False)
def load_findings(root: str, dataset_id: int, generation: SettledGeneration) -> list[Finding]:
    """The findings of one generation of a dataset."""
    workspace = session.workspace()
    dataset = next(one for one in session.datasets() if one.id == dataset_id)
    return find(workspace, dataset)


def show(dataset: Dataset, here: Here) -> None:
    """The findings, and the analysis that is at work or was last."""
    findings = load_findings(*here)
    analysis = session.supervisor().analyses.newest(dataset.name)
    is_active = analysis is not None and analysis.is_active
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader("What was found")
        with st.container(horizontal=True, width="content", gap="small"):
            if session.may("analyse"):
                _draw_recipe(dataset, is_active=is_active)
            if not is_active and session.may("analyse"):
                _draw_button(dataset, is_first=analysis is None)
    if is_active or analysis is not None:
        st.fragment(_draw_analysis, run_every=job_cards.LIVE_S if is_active else None)(dataset.name, is_active)
    if findings:
        _draw_findings(findings, dataset=dataset.name)
    elif not is_active and session.may_or_say("analyse"):
        st.markdown(
            "Nothing has been looked for yet. **Analyse** computes vectors, a map, duplicates, a check of every label, "
            "representatives and a first classifier, one after the other, and says here what it found."
        )


def _draw_button(dataset: Dataset, *, is_first: bool) -> None:
    st.button(
        "Analyse" if is_first else "Refresh what is stale",
        type="primary" if is_first else "secondary",
        icon=":material/auto_awesome:" if is_first else ":material/refresh:",
        key="analyse",
        disabled=not dataset.n_images,
        on_click=job_cards.attempt,
        args=(session.supervisor().analyses.start, dataset.name),
        kwargs={"who": job_cards.who()},
        help="Runs what is missing, and what rests on something that has changed since; all else stays as it is.",
    )


def _draw_recipe(dataset: Dataset, *, is_active: bool) -> None:
    """The recipe, to be read, edited and kept."""
    with st.popover("Recipe", icon=":material/list_alt:", width="content"):
        st.caption("What Analyse runs: a table a step, in TOML. Kept, it is this workspace's own.")
        kept = session.supervisor().analyses.recipe()
        text = st.text_area(
            "Recipe",
            value=kept,
            height=360,
            max_chars=LONGEST_TEXT,
            key="recipe_text",
            label_visibility="collapsed",
        )
        with st.container(horizontal=True):
            if session.may_everywhere("keep_recipe"):
                _draw_keeping(text)
            st.button(
                "Run this once",
                icon=":material/play_arrow:",
                disabled=is_active,
                on_click=job_cards.attempt,
                args=(session.supervisor().analyses.start, dataset.name),
                kwargs={"who": job_cards.who(), "recipe": text},
                key="recipe_run",
            )


def _draw_keeping(text: str) -> None:
    """The recipe is the workspace's: a change is one for all of its datasets."""
    st.button("Keep", icon=":material/save:", on_click=job_cards.attempt, args=(_keep, text), key="recipe_keep")
    st.button(
        "Back to the default",
        icon=":material/undo:",
        on_click=job_cards.attempt,
        args=(_keep, ""),
        key="recipe_default",
    )


def _keep(text: str) -> None:
    session.supervisor().analyses.keep_recipe(text)
    st.session_state["recipe_text"] = session.supervisor().analyses.recipe()


def _draw_analysis(dataset: str, was_active: bool) -> None:
    """The steps: while they are at work in sight, afterwards folded away."""
    analysis = session.supervisor().analyses.newest(dataset)
    if analysis is None or analysis.is_active != was_active:
        st.rerun()
    if not analysis.is_active:
        with st.expander(_ended(analysis), icon=":material/checklist:"):
            for step in analysis.steps:
                _draw_step(step, None, of=analysis)
        return
    jobs = {job.id: job for job in session.active_jobs()}
    n_over = sum(step.is_over for step in analysis.steps)
    left = job_wording.span(_left_s(analysis, jobs))
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(
                _share(analysis, jobs), text=f"{n_over} of {count(len(analysis.steps), 'step')}, about {left} left"
            )
            if session.may("cancel_analysis"):
                st.button(
                    "Cancel",
                    key=f"cancel_{analysis.id}",
                    icon=":material/stop_circle:",
                    on_click=job_cards.attempt,
                    args=(session.supervisor().analyses.cancel, analysis.id),
                )
        if analysis.trouble and session.may("analyse"):
            st.warning(plain(analysis.trouble), icon=":material/warning:")
        for step in analysis.steps:
            _draw_step(step, jobs.get(step.job_id), of=analysis)


def _draw_step(step: StepState, job: JobView | None, *, of: Analysis) -> None:
    """A line: what it is, how it stands or what it found, and where to see that."""
    title = job_wording.kind_title(step.kind, kinds=session.supervisor().kinds())
    if sum(other.kind == step.kind for other in of.steps) > 1:
        title += f" ({step.name})"
    said = step.sentence if step.state in (DONE, FRESH) or session.may("analyse") else ""
    if step.state == RUNNING:
        said = job_wording.at_a_glance(job) if job is not None else "ending"
    elif step.state == FRESH:
        said = f"{said} It was up to date."
    is_waiting = step.state == WAITING or (job is not None and job.state == QUEUED)
    icon = ICONS[WAITING if is_waiting else step.state]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{icon} **{plain(title)}** &ensp;{plain(said)}", width="stretch")
        page = PAGE_OF.get(step.kind)
        if page and step.state in (DONE, FRESH):
            session.link(
                getattr(PAGES, page),
                label="Look",
                icon=":material/arrow_forward:",
                query_params={"dataset": of.dataset},
            )


def _ended(analysis: Analysis) -> str:
    """How an analysis ended, in a line."""
    parts = [f"{analysis.count(DONE, FRESH)} of {count(len(analysis.steps), 'step')} done"]
    for state, words in ((LEFT_OUT, "left out"), (STEP_FAILED, "failed"), (CANCELLED, "cancelled")):
        if analysis.count(state):
            parts.append(f"{analysis.count(state)} {words}")
    return f"The last analysis: {', '.join(parts)}, in {job_wording.span(analysis.seconds)}"


def _done_share(step: StepState, jobs: dict[str, JobView]) -> float:
    job = jobs.get(step.job_id)
    return 1.0 if step.is_over else job.progress.share if job is not None and step.state == RUNNING else 0.0


def _share(analysis: Analysis, jobs: dict[str, JobView]) -> float:
    """How much of the whole is done, by the time that each step may take."""
    whole = sum(max(step.expected_s, 0.1) for step in analysis.steps)
    done = sum(max(step.expected_s, 0.1) * _done_share(step, jobs) for step in analysis.steps)
    return min(1.0, done / whole)


def _left_s(analysis: Analysis, jobs: dict[str, JobView]) -> float:
    """Seconds that all of it may still take."""
    left = 0.0
    for step in analysis.steps:
        job = jobs.get(step.job_id)
        own = (1 - _done_share(step, jobs)) * step.expected_s
        left += job.progress.left_s if job is not None and job.progress.left_s else own
    return left


def _draw_findings(findings: Sequence[Finding], *, dataset: str) -> None:
    for number, finding in enumerate(findings):
        with st.container(border=True, key=f"finding_{number}"):
            left, middle, way = st.columns([5, 5, 1.2], gap="medium", vertical_alignment="center")
            left.markdown(plain(finding.sentence))
            if finding.pictures:
                with middle:
                    gallery.show(
                        [gallery.Section([gallery.Item(*pair) for pair in finding.pictures])],
                        key=f"finding_pictures_{number}",
                        label=f"Pictures: {finding.key}",
                        side=48,
                        on_open=picture.ask_for,
                    )
            with way:
                session.link(
                    getattr(PAGES, finding.page),
                    label="Look",
                    icon=":material/arrow_forward:",
                    query_params={"dataset": dataset, **finding.query},
                )
    explain.how(
        "Counts of what stands in the file, and figures of the newest finished run of each kind, the most "
        "consequential first, at most seven. Intervals are 95 % intervals of the run that made them; its page says "
        "how.",
        parameters=[_origin(finding) for finding in findings],
    )


def _origin(finding: Finding) -> str:
    run = f"run {finding.run_id}" if finding.run_id else "counted now"
    return f"{plain(finding.sentence)} ({count(finding.n, 'picture')}, {run})"

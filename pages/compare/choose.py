"""What is compared: the choice of runs, of what they are scored on and by which labels, all in the URL."""

from dataclasses import dataclass

import streamlit as st

from pages.compare import wording
from pages.compare.queries import ALL_PICTURES, FROZEN, NOW, CompareData, Wanted, load_scored
from pages.compare.wording import BASES
from pages.ui import session
from pages.ui.session import Here
from pages.ui.text import count, plain
from store.comparison import HELD_OUT, PredictionRun, Source

MOST_RUNS = 6


@dataclass(frozen=True)
class Chosen:
    """What is compared, with the words for it. ground: names the evaluation set beside every number."""

    wanted: Wanted
    runs: list[PredictionRun]
    titles: list[str]
    title: str
    ground: str

    @property
    def lettered(self) -> list[str]:
        """'A: Logistic regression, run 8' for each run."""
        return [f"{wording.letter(place)}: {title}" for place, title in enumerate(self.titles)]


def choose(here: Here, data: CompareData) -> Chosen | None:
    """Draw the choices; None where no run is chosen."""
    by_title = {wording.run_title(run): run for run in data.runs}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.multiselect(
            "Runs",
            list(by_title),
            default=_default(data),
            key="runs",
            bind="query-params",
            max_selections=MOST_RUNS,
            width=720,
            help="The first is A, the second B: choose what was before, then what came after.",
        )
        runs = [by_title[title] for title in picked]
        on = st.selectbox(
            "Scored on",
            list(data.sources),
            index=_usual(data, runs),
            key="on",
            bind="query-params",
            width=320,
            help="Only pictures that taught none of the runs anything are scored, whatever you choose.",
        )
        title = str(on) if on in data.sources else ALL_PICTURES
        source = data.sources[title]
        offered = [words for words, basis in BASES.items() if basis != FROZEN or source.source in ("set", "version")]
        labels = st.segmented_control(
            "Labels",
            offered,
            default=offered[0],
            required=True,
            key="labels",
            bind="query-params",
            help="A picture keeps its place in an evaluation set whatever is decided on its label.",
        )
    if not runs:
        st.info("Choose the runs to compare.", icon=":material/compare_arrows:")
        return None
    wanted = Wanted(tuple(run.run_id for run in runs), source, BASES.get(str(labels), NOW))
    ground = wording.ground_title(title, wanted.basis, load_scored(*here, wanted).ground)
    return Chosen(wanted, runs, list(picked), title, ground)


def say_ground(here: Here, data: CompareData, chosen: Chosen) -> None:
    """What every number on the page stands on; what was left out, and why; how clean the labels are."""
    ground = load_scored(*here, chosen.wanted).ground
    n_out = ground.n_asked - ground.n
    st.markdown(f"Scored on {plain(chosen.ground)}.")
    lines = wording.dropped_sentences(ground, chosen.lettered)
    of_all = f", and why {n_out:,} of {count(ground.n_asked, 'picture')} do not count" if n_out else ""
    with st.expander(f"How the runs came about{of_all}"):
        for title, run in zip(chosen.lettered, chosen.runs, strict=True):
            st.markdown(f"**{plain(title)}**: {plain(wording.about_run(run))}.")
        for line in lines:
            st.caption(plain(line))
    unclean = wording.unclean_sentence(ground, has_check=bool(data.label_run))
    if unclean:
        st.warning(unclean, icon=":material/cleaning_services:")
        if chosen.wanted.source == Source("all"):
            return
        if not ground.n_checked:
            session.link(
                session.PAGES.versions,
                label="Build a validation set whose labels are right",
                icon=":material/verified:",
                query_params={"part": "Validation set"},
            )


def _default(data: CompareData) -> list[str]:
    """The two newest runs, the older first."""
    return [wording.run_title(run) for run in data.runs[:2][::-1]]


def _usual(data: CompareData, runs: list[PredictionRun]) -> int:
    """The evaluation set that the newest chosen training run was made with; all pictures where there is none."""
    titles = list(data.sources)
    for run in runs[::-1]:
        name = str(run.parameters.get("evaluation") or "")
        if run.prediction_kind == HELD_OUT and name in titles:
            return titles.index(name)
    return titles.index(ALL_PICTURES)

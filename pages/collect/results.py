"""What became of what was found: per source and query, why, from whom; while a run is at work and after."""

import streamlit as st

from jobs.engine.spec import JobView
from pages.collect.queries import Collected, load_collected
from pages.collect.wording import OUTCOMES, STATES, source_title, why, with_title
from pages.ui import explain, job_wording, session, tables
from pages.ui.text import count, file_size, plain
from store.connection import utc_now

KIND = "collect"
LOOK_S = 2.0
_COUNTS = {
    "found": ("Found", "Candidates that the source's answers held."),
    "kept": ("Kept", "Pictures that are in the folder now."),
    "had": (
        "Already had",
        "Of an address that an earlier run of the dataset has fetched; it is not asked again.",
    ),
    "duplicate": (
        "Duplicates",
        "The same address, bytes or pixels as another picture, or nearly.",
    ),
    "refused": ("Refused", "By a rule: licence, robots.txt, noai, size, site, address, what came is no picture."),
    "failed": ("Failed", "Not fetched, or broken."),
    "left": ("Left", "Not tried: the number or a limit was reached."),
}


def runs_of(dataset: str) -> list[JobView]:
    """The collections of a dataset, by its name, the newest first."""
    return [job for job in session.jobs() if job.kind == KIND and job.dataset == dataset]


def is_pilot(job: JobView) -> bool:
    """Whether a collection is a pilot."""
    return bool(job.parameters.get("pilot"))


def show(job: JobView) -> None:
    """A run's counts, which follow it while it is at work."""
    st.fragment(_show, run_every=LOOK_S if job.is_active else None)(job.id, job.is_active)


def _show(job_id: str, was_active: bool) -> None:
    job = session.supervisor().job(job_id)
    if job.is_active != was_active:
        st.rerun()
    root, dataset_id = str(session.workspace().root), job.dataset_id
    collected = load_collected(root, dataset_id, session.generation(dataset_id), job.run_id)
    if not collected.asks:
        st.caption("Nobody has answered yet." if job.is_active else "Nothing was found by this run.")
        return
    _draw_totals(collected)
    _draw_asks(collected)
    _draw_reasons(collected)
    _draw_whom(collected, job)


def _draw_totals(collected: Collected) -> None:
    n = _numbers(collected)
    with st.grid("auto", min_column_width=110):
        for name, (label, words) in _COUNTS.items():
            st.metric(label, f"{n[name]:,}", help=words)
    parts = n["kept"] + n["had"] + n["duplicate"] + n["refused"] + n["failed"] + n["left"]
    sum_ = (
        f"{n['kept']:,} kept + {n['had']:,} already had + {count(n['duplicate'], 'duplicate')} + "
        f"{n['refused']:,} refused + {n['failed']:,} failed + {n['left']:,} left = {parts:,}"
    )
    if parts == n["found"]:
        st.caption(f"{sum_}: every candidate is accounted for.")
    else:
        st.warning(
            f"{sum_}, and {count(n['found'], 'candidate was', 'candidates were')} found.", icon=":material/error:"
        )


def _numbers(collected: Collected) -> dict[str, int]:
    n = {name: collected.total(name) for name in _COUNTS}
    n["duplicate"] -= n["had"]  # each candidate stands in one column
    return n


def _draw_asks(collected: Collected) -> None:
    rows = []
    for ask in collected.asks:
        numbers = {name: int(getattr(ask, f"n_{name}")) for name in _COUNTS}
        numbers["duplicate"] -= numbers["had"]
        rows.append(
            {
                "query": ask.query,
                "class": ask.class_name or "",
                "source": source_title(ask.source),
                **numbers,
                "state": STATES.get(ask.state, ask.state),
            }
        )
    settings: dict[str, object] = {
        name: st.column_config.NumberColumn(label, help=words, format="localized", width="small")
        for name, (label, words) in _COUNTS.items()
    }
    titles = {"query": "Query", "class": "Class", "source": "Source", "state": "Why it ended"}
    settings |= {name: st.column_config.TextColumn(title) for name, title in titles.items()}
    tables.show(rows, hide_index=True, column_config=settings, alt="Counts by query and source")
    failed = [ask for ask in collected.asks if ask.sentence and ask.state == "failed"]
    for sentence in dict.fromkeys(with_title(source_title(ask.source), ask.sentence) for ask in failed):
        st.warning(plain(sentence), icon=":material/cloud_off:")


def _draw_reasons(collected: Collected) -> None:
    if not collected.reasons:
        return
    with st.expander("Why what was found was not kept", icon=":material/rule:"):
        summed: dict[tuple[str, str, str], int] = {}
        for each in collected.reasons:
            key = (each.outcome, each.reason, each.source)
            summed[key] = summed.get(key, 0) + each.n
        rows = [
            {"outcome": OUTCOMES.get(outcome, outcome), "why": why(reason), "source": source_title(source), "n": n}
            for (outcome, reason, source), n in sorted(summed.items(), key=lambda item: -item[1])
        ]
        settings = {
            "outcome": st.column_config.TextColumn("What became of it", width="small"),
            "why": st.column_config.TextColumn("Why", width="large"),
            "source": st.column_config.TextColumn("Source", width="small"),
            "n": st.column_config.NumberColumn("Candidates", format="localized", width="small"),
        }
        tables.show(rows, hide_index=True, column_config=settings, alt="Reasons with their number")


def _draw_whom(collected: Collected, job: JobView) -> None:
    """What was asked of whom, and how fast it went."""
    n_bytes = sum(ask.n_bytes for ask in collected.asks)
    seconds = job_wording.duration_s(job) or (
        (utc_now() - job.started_at).total_seconds() if job.is_active and job.started_at else 0.0
    )
    n_fetched = sum(host.n for host in collected.hosts)
    parts = [f"{file_size(n_bytes)} kept"] if n_bytes else []
    if n_fetched and seconds:
        parts.append(f"{job_wording.rate(n_fetched / seconds)} pictures a second over {job_wording.span(seconds)}")
    if parts:
        st.caption(plain(", ".join(parts) + "."))
    with st.expander("What was asked of whom", icon=":material/public:"):
        asked: dict[str, int] = {}
        for ask in collected.asks:
            asked[ask.source] = asked.get(ask.source, 0) + ask.n_requests
        left, right = st.columns(2, gap="large")
        with left:
            st.markdown("**For results**")
            tables.show(
                [{"source": source_title(source), "requests": n} for source, n in asked.items()],
                hide_index=True,
                column_config={
                    "source": st.column_config.TextColumn("Source"),
                    "requests": st.column_config.NumberColumn("Requests", format="localized"),
                },
                alt="Requests by source",
            )
        with right:
            st.markdown("**For pictures**")
            tables.show(
                [{"host": host.host, "pictures": host.n} for host in collected.hosts],
                hide_index=True,
                column_config={
                    "host": st.column_config.TextColumn("Host"),
                    "pictures": st.column_config.NumberColumn("Pictures fetched", format="localized"),
                },
                alt="Pictures by host",
            )


def draw_pairs(collected: Collected) -> None:
    """Which queries found the same pictures."""
    st.markdown("**Duplicates between queries**")
    if not collected.pairs:
        st.caption("No two queries found the same picture.")
        return
    rows = [
        {
            "query": _of_class(pair.query, pair.class_name),
            "other": _of_class(pair.other_query, pair.other_class),
            "n": pair.n,
            "classes": "differ" if pair.class_name != pair.other_class else "",
        }
        for pair in collected.pairs
    ]
    settings = {
        "query": st.column_config.TextColumn("Query", width="medium"),
        "other": st.column_config.TextColumn("Found before by", width="medium"),
        "n": st.column_config.NumberColumn("Pictures", format="localized", width="small"),
        "classes": st.column_config.TextColumn(
            "Classes", help="One picture cannot be two classes: one of the queries is too wide.", width="small"
        ),
    }
    tables.show(rows, hide_index=True, column_config=settings, alt="Queries that found the same pictures")


def explain_counts() -> None:
    """How the counts come about."""
    explain.how(
        "Each source is asked for pages of results, at its own rate. Every candidate is one row, with one outcome: "
        "found = kept + already had + duplicates + refused + failed + left, always. A picture is a duplicate if its "
        "address, its bytes (SHA-256) or its pixels are another's, or its perceptual hash nearly is, of this run or of "
        "the dataset.",
        parameters=[
            "Addresses that an earlier run has fetched are not asked for again.",
            "robots.txt and *noai* are honoured; a host is asked at a polite rate.",
            "Pictures a second are pictures that were fetched, kept or not, over the time of the last attempt.",
        ],
        sources=["Zauner, 2010"],
    )


def _of_class(query: str, class_name: str | None) -> str:
    return f"{query} ({class_name})" if class_name else query

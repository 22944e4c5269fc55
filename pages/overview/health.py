"""The health of a dataset in words: what each check found, how much it matters, where to deal with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from evidence.licences import NO_CHANGES, NO_COMMERCE, NO_LICENCE, Terms
from pages.ui import session
from pages.ui.filters import CHECK_TITLES
from pages.ui.job_wording import Kinds, kind_title
from pages.ui.session import PAGES
from pages.ui.staleness import what_changed
from pages.ui.text import count, listed, plain
from store.duplicates import NearCounts
from store.overview import Duplicates, Embedded, Problems, StaleRun, Totals

OK, LOOK, ACT = "ok", "look", "act"
_STAND = "group of nearly the same pictures stands", "groups of nearly the same pictures stand"
_CARRY = tuple(
    f"{noun} of pictures that are nearly the same {verb}" for noun, verb in (("group", "carries"), ("groups", "carry"))
)
BADGES = {
    OK: ":green-badge[:material/check: ok]",
    LOOK: ":orange-badge[:material/visibility: look]",
    ACT: ":red-badge[:material/priority_high: act]",
}


@dataclass(frozen=True)
class Check:
    """One row of the health table. sentence: Markdown, names in it made plain. query: for the link's URL."""

    key: str
    title: str
    n: int
    severity: str
    sentence: str
    page: str = "pictures"
    link: str = "Show them"
    query: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """What the checks are made from; small_classes: names of the classes under the floor."""

    totals: Totals
    duplicates: Duplicates
    near: NearCounts
    problems: Problems
    embedded: Embedded
    stale: Sequence[StaleRun]
    small_classes: Sequence[str]
    floor: int
    terms: Terms | None = None


def checks(findings: Findings, *, kinds: Kinds) -> list[Check]:
    """Every check with its count and severity, in the order in which one would deal with them."""
    twins = [*_twin_checks(findings.duplicates), *_near_checks(findings.near)]
    terms = [] if findings.terms is None else _licence_checks(findings.terms)
    return [*_file_checks(findings), *twins, *_label_checks(findings), *_result_checks(findings, kinds=kinds), *terms]


def next_steps(all_checks: Sequence[Check], *, n_images: int) -> list[tuple[str, Check | None]]:
    """The one or two most useful things to do now, as sentences, each with the check it deals with."""
    if n_images == 0:
        return [("There are no pictures here yet. Import a folder, or look at what could not be taken in.", None)]
    urgent = sorted((c for c in all_checks if c.n and c.key in _STEPS), key=lambda c: _ORDER.index(c.key))
    return [(_STEPS[check.key][check.n > 1].format(n=f"{check.n:,}"), check) for check in urgent[:2]]


def show(all_checks: Sequence[Check], *, dataset: str) -> None:
    """Draw what was found as rows, the pressing first; checks that found nothing are folded away."""
    findings = sorted((c for c in all_checks if c.severity != OK), key=lambda c: c.severity != ACT)
    for check in findings:
        left, middle, way = st.columns([4.4, 6.2, 1.9], gap="small", vertical_alignment="center")
        left.markdown(f"{BADGES[check.severity]} &ensp;**{check.n:,}** {check.title}")
        middle.caption(check.sentence)
        with way:
            link(check, dataset=dataset)
    clean = [check for check in all_checks if check.severity == OK]
    if clean:
        title = f"{count(len(clean), 'check')} found nothing" if findings else "All checks found nothing"
        with st.expander(title, icon=":material/check:"):
            st.markdown("\n".join(f"- {BADGES[OK]} **0** {check.title}" for check in clean))


def link(check: Check, *, dataset: str) -> None:
    """Draw the link to the page that deals with a check."""
    page = getattr(PAGES, check.page)
    session.link(
        page, label=check.link, icon=":material/arrow_forward:", query_params={"dataset": dataset, **check.query}
    )


def say_positions(totals: Totals) -> str:
    """How many pictures say where they were taken, and what becomes of that."""
    n, n_unknown = totals.n_with_position, totals.n_position_unknown
    said = "No picture is known to carry a GPS position."
    if n:
        said = (
            f"{count(n, 'picture carries', 'pictures carry')} a GPS position. What this app serves and exports leaves "
            "it out, unless an export is told to keep it."
        )
    if n_unknown:
        were = "it was" if n_unknown == 1 else "they were"
        said += (
            f" Of {count(n_unknown, 'picture')} it is not known, as {were} imported before Vitrine looked for it; "
            "`vitrine run import --dataset NAME --again yes` finds out. Nothing of it leaves all the same."
        )
    return said


def _file_checks(findings: Findings) -> list[Check]:
    totals, problems = findings.totals, findings.problems
    return [
        _check(
            "missing",
            "missing files",
            totals.n_missing,
            ACT,
            "Imported before, but no longer on the disk. They are left out of all counts.",
        ),
        _check(
            "failures",
            "files not taken in",
            problems.n_failures,
            LOOK,
            "Files in the folder that could not be read as pictures, each with its reason.",
            page="failures",
        ),
        _check(
            "label-problems",
            "label problems",
            problems.n_label_problems,
            LOOK,
            "Lines of the label file that could not be used, each with its reason.",
            page="failures",
        ),
    ]


def _twin_checks(twins: Duplicates) -> list[Check]:
    return [
        _check(
            "across-splits",
            "duplicates across splits",
            twins.n_images_across,
            ACT,
            f"{count(twins.n_groups_across, 'picture')} in more than one split: the model is tested on what it learnt.",
        ),
        _check(
            "conflicting",
            "duplicates with conflicting labels",
            twins.n_images_conflicting,
            ACT,
            f"{count(twins.n_groups_conflicting, 'picture')} stored more than once, under different labels: "
            "at least one of them is wrong.",
        ),
        _check(
            "duplicates",
            "exact duplicates",
            twins.n_images,
            LOOK,
            f"{count(twins.n_groups, 'picture')} stored more than once, byte for byte.",
        ),
    ]


def _near_checks(near: NearCounts) -> list[Check]:
    """Near duplicates that the newest comparison found; the exact ones have rows of their own."""
    return [
        _check(
            "near-across",
            "near duplicates across splits",
            near.n_images_across,
            ACT,
            f"{count(near.n_groups_across, *_STAND)} in more than one split.",
            page="duplicates",
            link="Settle them",
            query={"which": "Across splits"},
        ),
        _check(
            "near-conflicting",
            "near duplicates with conflicting labels",
            near.n_images_conflicting,
            ACT,
            f"{count(near.n_groups_conflicting, *_CARRY)} different labels.",
            page="duplicates",
            link="Settle them",
            query={"which": "Conflicting labels"},
        ),
        _check(
            "near-duplicates",
            "near duplicates",
            near.n_images,
            LOOK,
            f"{count(near.n_groups, 'group')} of pictures that are nearly the same.",
            page="duplicates",
        ),
    ]


def _label_checks(findings: Findings) -> list[Check]:
    small = list(findings.small_classes)
    named = listed([plain(name) for name in small])
    n_unlabelled, n_images = findings.totals.n_unlabelled, findings.totals.n_images
    query = {"class": small[0]} if len(small) == 1 else {}
    unlabelled = "No image has a label yet." if n_unlabelled == n_images else "Images that belong to no class."
    return [
        Check(
            "small-classes",
            f"{'class' if len(small) == 1 else 'classes'} under {count(findings.floor, 'image')}",
            len(small),
            LOOK if small else OK,
            f"Too few to learn from or to measure: {named}." if small else "",
            query=query,
            link="Show it" if query else "Show the pictures",
        ),
        _check("unlabelled", "images without a label", n_unlabelled, LOOK, unlabelled),
    ]


def _result_checks(findings: Findings, *, kinds: Kinds) -> list[Check]:
    space, n_without = findings.embedded.space, findings.embedded.n_without
    lacking = "No embedding was computed yet; similarity, maps and label checks build on one."
    if space is not None:
        lacking = f"They have no vector of {plain(space.model)} yet; another run computes only those."
    titles = listed([plain(f"{kind_title(run.kind, kinds=kinds)} {run.model or ''}".strip()) for run in findings.stale])
    changed = what_changed({subject for run in findings.stale for subject in run.changed})
    stale = f"Since they were computed, {changed}: {titles}. Run again what you rely on."
    return [
        _check(
            "without-embedding", "images without an embedding", n_without, LOOK, lacking, page="jobs", link="Go to jobs"
        ),
        _check("stale", "stale results", len(findings.stale), LOOK, stale, page="jobs", link="Go to jobs"),
    ]


def _licence_checks(terms: Terms) -> list[Check]:
    """What is to be known before pictures are passed on, by what the project sheet says that they are for."""
    found = [
        (
            "licence-unknown",
            "without a known licence",
            terms.n_unknown,
            LOOK,
            "Unknown is not free: ask before you pass them on, or leave them out.",
            NO_LICENCE,
        )
    ]
    if terms.is_commercial:
        said = "The project sheet says that the pictures will be used commercially; these licences forbid it."
        found.append(("no-commerce", "not for commercial use", terms.n_no_commerce, ACT, said, NO_COMMERCE))
    if terms.is_passed_on:
        said = "The project sheet says that changed pictures will be passed on; these licences forbid it."
        found.append(("no-changes", "not to be changed", terms.n_no_changes, ACT, said, NO_CHANGES))
    return [
        Check(
            key, f"{'picture' if n == 1 else 'pictures'} {what}", n, severity if n else OK, said, query={"licence": way}
        )
        for key, what, n, severity, said, way in found
    ]


def _check(
    key: str,
    title: str,
    n: int,
    severity: str,
    sentence: str,
    page: str = "pictures",
    link: str = "Show them",
    query: dict[str, str] | None = None,
) -> Check:
    query = {"check": CHECK_TITLES[key]} if page == "pictures" else query or {}
    return Check(key, title, n, severity if n else OK, sentence, page, link, query)


# In order of what a team should do first.
_STEPS = {  # for one, and for several
    "missing": (
        "Put the missing file back, or import the folder again.",
        "Put the {n} missing files back, or import the folder again.",
    ),
    "across-splits": (
        "Settle the picture that stands in more than one split: scores cannot be trusted before.",
        "Settle the {n} pictures that stand in more than one split: scores cannot be trusted before.",
    ),
    "conflicting": (
        "Look at the picture that carries different labels for the same bytes, and settle it.",
        "Look at the {n} pictures that carry different labels for the same bytes, and settle them.",
    ),
    "near-across": (
        "Settle the near duplicate that stands in more than one split.",
        "Settle the {n} near duplicates that stand in more than one split.",
    ),
    "near-conflicting": (
        "Look at the near duplicate that carries different labels.",
        "Look at the {n} near duplicates that carry different labels.",
    ),
    "failures": ("See why a file could not be taken in.", "See why {n} files could not be taken in."),
    "without-embedding": (
        "Compute an embedding of the one image without: similarity and label checks build on it.",
        "Compute an embedding of {n} images: similarity and label checks build on it.",
    ),
    "stale": ("Run the outdated result again.", "Run {n} outdated results again."),
    "label-problems": ("See which label could not be used.", "See which {n} labels could not be used."),
    "unlabelled": (
        "Give one image a label, or leave it out knowingly.",
        "Give {n} images a label, or leave them out knowingly.",
    ),
}
_ORDER = list(_STEPS)

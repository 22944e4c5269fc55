"""The numbers that answer what the ethics sheet asks: people, licences, takedowns, sources, balance."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analytics.balance import balance
from analytics.wording import count
from evidence.case import Case
from evidence.licences import NO_LICENCE, terms_of
from evidence.measures.counts import class_sizes
from store.origin import collected_queries
from store.privacy import MIN_SCORE, blurred_datasets, people_count, privacy_of
from store.takedown import list_takedowns

MOST_SOURCES = 4
EVEN = 1.05  # largest class over smallest, up to which they are of the same size


@dataclass(frozen=True)
class Answer:
    """A number that says something to a question of the sheet. question: its field; sentence: holds names as they are.

    page, query: where it is shown. is_known: whether there is a number; else the sentence says what nobody looked for.
    """

    question: str
    title: str
    sentence: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)
    is_known: bool = True


def answers(case: Case) -> list[Answer]:
    """What the workspace knows, in the order in which the sheet asks; nothing of a dataset without pictures."""
    if not terms_of(case).n:
        return []
    return [*_people(case), *_rights(case), *_takedowns(case), *_sources(case), *_balance(case)]


def _people(case: Case) -> Iterator[Answer]:
    switch = privacy_of(case.workspace, case.dataset.id)
    score = switch.min_score if switch is not None else MIN_SCORE
    found = people_count(case.workspace, case.dataset.id, score=score)
    if not found.n_scanned:
        said = "No detector has looked for people, so how many pictures show some is not known."
    else:
        is_blurred = case.dataset.id in blurred_datasets(case.workspace)
        some = count(found.n_with, "picture shows", "pictures show")
        of = f"of {count(found.n_scanned, 'picture')} that a detector looked at, from a score of {score:g} on"
        blurred = "they are blurred" if is_blurred else "nobody is blurred"
        said = f"{some} people, {of}; {blurred}." if found.n_with else f"No people were found in any {of}."
    yield Answer("ethics-people", "People", said, "detections", is_known=found.n_scanned > 0)


def _rights(case: Case) -> Iterator[Answer]:
    terms = terms_of(case)
    known = f"The licence of {terms.n - terms.n_unknown:,} of {count(terms.n, 'picture')} is known"
    forbids = [
        f"{count(n, 'picture')} {what}"
        for n, what in (
            (terms.n_no_commerce, "may not be used commercially"),
            (terms.n_no_changes, "may not be passed on changed"),
        )
        if n
    ]
    query = {"licence": NO_LICENCE} if terms.n_unknown else {}
    yield Answer("ethics-rights", "Licences", f"{'; '.join([known, *forbids])}.", "pictures", query)


def _takedowns(case: Case) -> Iterator[Answer]:
    standing = [each for each in list_takedowns(case.workspace, case.dataset.id) if each.stands]
    if standing:
        n = sum(each.n_images for each in standing)
        stand = count(len(standing), "takedown stands", "takedowns stand")
        yield Answer("ethics-rights", "Takedowns", f"{stand}, for {count(n, 'picture')}.", "collect")


def _sources(case: Case) -> Iterator[Answer]:
    queries = collected_queries(case.workspace, case.dataset.id)
    if not queries:
        return
    by_source: Counter[str] = Counter()
    for each in queries:
        by_source[each.source] += each.n
    n, of = sum(by_source.values()), terms_of(case).n
    shares = ", ".join(f"{name} {100 * share / n:.0f} %" for name, share in by_source.most_common(MOST_SOURCES))
    some = "All pictures were" if n == of else f"{n:,} of {count(of, 'picture')} were"
    asked = count(len(queries), "query", "queries")
    said = f"{some} collected, by {asked} at {count(len(by_source), 'source')}: {shares}."
    yield Answer("ethics-balance", "Sources", said, "collect")


def _balance(case: Case) -> Iterator[Answer]:
    sizes = class_sizes(case)
    found = balance(sizes) if sizes.any() else None
    if found is not None and found.n_filled > 1:
        if found.imbalance_ratio < EVEN:
            yield Answer("ethics-balance", "Balance", "The classes are of nearly the same size.", "overview")
            return
        large, small = case.name(found.largest), case.name(found.smallest)
        said = f"{large} has {found.imbalance_ratio:,.1f} times as many pictures as {small}, the smallest class."
        yield Answer("ethics-balance", "Balance", said, "overview")

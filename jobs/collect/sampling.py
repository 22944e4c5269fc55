"""The first candidates of an order, named and judged, without a single picture being fetched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from importers.collecting.candidate import Candidate
from importers.collecting.fetching import FetchError, GuardedClient, Known
from importers.collecting.keys import KeyMissing
from importers.collecting.sources import SourceError, named_source
from jobs.collect.asks import Ask, asks_of
from jobs.collect.inputs import Inputs, judged
from jobs.collect.kind import CollectParameters
from jobs.collect.run import filters_of, limits_of, permission
from jobs.collect.searching import keep_pace, sentence_of

_NOTHING_KNOWN = Inputs({}, Known(), {})


@dataclass(frozen=True)
class Sample:
    """What a question gave first. candidates: each with why it would not be taken, "" if it would be.

    sentence: why nothing was given, of a source that cannot be asked.
    """

    ask: Ask
    candidates: tuple[tuple[Candidate, str], ...]
    sentence: str = ""


async def samples(parameters: CollectParameters, *, n: int) -> list[Sample]:
    """The first `n` candidates of each question; one page of each source is asked for, where that is enough."""
    async with GuardedClient(limits_of(parameters), permission=permission()) as client:
        for name in parameters.source_names:
            keep_pace(client, name)
        return [await _sample(ask, parameters, client, n=n) for ask in asks_of(parameters)]


def as_rows(found: list[Sample]) -> Iterator[Mapping[str, Any]]:
    """The candidates as rows: source, query, rank, licence, width, height, author, title, file_url, why."""
    for sample in found:
        for candidate, why in sample.candidates:
            version = f" {candidate.licence_version}" if candidate.licence_version else ""
            yield {
                "source": candidate.source,
                "query": candidate.query,
                "rank": candidate.rank,
                "licence": f"{candidate.licence}{version}" if candidate.licence else "unknown",
                "width": candidate.width,
                "height": candidate.height,
                "author": candidate.author,
                "title": candidate.title,
                "file_url": candidate.file_url,
                "why": why,
            }


async def _sample(ask: Ask, parameters: CollectParameters, client: GuardedClient, *, n: int) -> Sample:
    found: list[Candidate] = []
    source = named_source(ask.source, file=parameters.file)
    try:
        async for page in source.search(ask.query, filters_of(parameters), client, ""):
            found += page.candidates
            if len(found) >= n:
                break
    except (FetchError, SourceError, KeyMissing) as error:
        return Sample(ask, (), sentence_of(ask.source, error))
    verdicts = [judged(each, _NOTHING_KNOWN, parameters) for each in found[:n]]
    whys = (verdict.reason if verdict is not None else "" for verdict in verdicts)
    return Sample(ask, tuple(zip(found[:n], whys, strict=True)))

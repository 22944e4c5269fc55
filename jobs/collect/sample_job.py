"""The collect-sample job: sources are asked for their first pages, and thumbnails drawn of what they name.

A thumbnail is drawn from the very file that a collection would fetch, by the same rules: what could not be kept shows
its reason. The files are cleared away.
"""

import asyncio
import contextlib
import dataclasses
import io
import shutil
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from PIL import Image

from importers.collecting.about import SIDECARS
from importers.collecting.candidate import Candidate
from importers.collecting.fetching import (
    Fetched,
    FetchError,
    FetchLimits,
    GuardedClient,
    Known,
    Wanted,
    fetch_all,
)
from importers.collecting.keys import KeyMissing
from importers.collecting.sources import SourceError, named_source
from importers.collecting.sources.sidecars import pictures_beside
from importers.picture import PictureError, read_picture
from jobs.collect.asks import Ask, asks_of
from jobs.collect.inputs import Inputs, judged, read_inputs, write_inputs
from jobs.collect.kind import CollectParameters
from jobs.collect.run import filters_of, limits_of, permission
from jobs.collect.sample_kind import CollectSampleParameters
from jobs.collect.searching import keep_pace, sentence_of
from jobs.engine.errors import JobFailed
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from store.collect_samples import has_sampled, land_samples
from store.collected import OF_A_SOURCE
from store.connection import Workspace
from store.datasets import list_datasets

NO_DATASET = 0  # what is sampled is none yet
MOST_QUERIES, MOST_DRAWN = 12, 144
LONGEST_SIDE = 192  # pixels of a thumbnail
MAX_BYTES = 15 << 20  # of a file: a sample waits for no larger one
THUMBNAILS_S = 90.0  # seconds for all thumbnails together
SCHEMA = pa.schema(
    [
        ("n", pa.int32()),
        *OF_A_SOURCE,
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("picture", pa.binary()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class _Sampled:
    """A candidate of a question. reason: why it needs no thumbnail, "" where it does; file: of one that is here."""

    ask: Ask
    candidate: Candidate
    reason: str = ""
    file: Path | None = None


@dataclass
class _Answers:
    """What the sources answered. troubles: a sentence by source; n_passed_over: candidates that a rule leaves out."""

    sampled: list[_Sampled] = dataclasses.field(default_factory=list)
    troubles: dict[str, str] = dataclasses.field(default_factory=dict)
    n_passed_over: int = 0


def prepare(
    workspace: Workspace, dataset: str, parameters: CollectSampleParameters, run_id: int
) -> Prepared[CollectSampleParameters]:
    """The questions to ask; none where the sample has landed."""
    known_id = next((each.id for each in list_datasets(workspace) if each.name == dataset), NO_DATASET)
    asks = () if has_sampled(workspace, run_id) else _first_asks(parameters)
    todo = pa.table({"ask": pa.array([ask.number for ask in asks], pa.int64())})

    def leave(folder: Path) -> None:
        write_inputs(workspace, known_id, folder, run_id=run_id)

    root = str(workspace.root)
    return Prepared(NO_DATASET, dataset, root, todo, parameters, write_inputs=leave)


def compute(work: Work[CollectSampleParameters]) -> Figures:
    """Ask, draw, and publish the sample in one segment. Raises JobFailed where every source failed."""
    answers, rows = asyncio.run(_look(work))
    if answers.troubles and not rows and len(answers.troubles) == len(work.parameters.source_names):
        raise JobFailed(" ".join(answers.troubles.values()))
    if rows:
        work.publish(pa.Table.from_pylist(rows, schema=SCHEMA))
    work.report(work.n_todo, message="Drawn")
    return {
        "n_candidates": len(rows),
        "n_drawn": sum(row["picture"] is not None for row in rows),
        "n_passed_over": answers.n_passed_over,
        "n_queries_left": max(0, len(work.parameters.rows) - MOST_QUERIES),
        "troubles": answers.troubles,
    }


def land(cursor: duckdb.DuckDBPyConnection, job: Job[CollectSampleParameters], table: pa.Table) -> None:
    """Take the sample into the file."""
    land_samples(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[CollectSampleParameters]) -> Figures:
    """Nothing to clear away, nothing to add."""
    return {}


def _first_asks(parameters: CollectParameters) -> tuple[Ask, ...]:
    return tuple(ask for ask in asks_of(parameters) if ask.row < MOST_QUERIES)


async def _look(work: Work[CollectSampleParameters]) -> tuple[_Answers, list[dict[str, object]]]:
    parameters, inputs = work.parameters, read_inputs(work.folder.path)
    asks = _first_asks(parameters)
    each = max(1, min(parameters.sampled, MOST_DRAWN // max(1, len(asks))))
    answers = _Answers()
    async with GuardedClient(_limits(parameters), permission=permission()) as client:
        work.report(0, message="Asking")
        await asyncio.gather(
            *(
                _ask_source(name, [ask for ask in asks if ask.source == name], client, inputs, answers, each, work)
                for name in parameters.source_names
            )
        )
        answers.sampled.sort(key=lambda sampled: (sampled.ask.number, sampled.candidate.rank))
        del answers.sampled[MOST_DRAWN:]
        work.report(work.n_todo // 2, message="Drawing")
        pictures = await _pictures(answers.sampled, client, folder=work.folder.path / "sample")
    return answers, [_row(n, sampled, pictures[n]) for n, sampled in enumerate(answers.sampled)]


async def _ask_source(
    name: str,
    asks: Sequence[Ask],
    client: GuardedClient,
    inputs: Inputs,
    answers: _Answers,
    each: int,
    work: Work[CollectSampleParameters],
) -> None:
    """Put every question to a source, at its rate; the first that fails is the last."""
    keep_pace(client, name)
    try:
        for ask in asks:
            n_taken = 0
            async with contextlib.aclosing(_candidates(ask, work.parameters, client)) as found:
                async for sampled in found:
                    verdict = judged(sampled.candidate, inputs, work.parameters)
                    if verdict is not None and verdict.outcome == "refused":
                        answers.n_passed_over += 1
                        continue
                    reason = "" if verdict is None else "The dataset has it already."
                    answers.sampled.append(dataclasses.replace(sampled, reason=reason))
                    n_taken += 1
                    if n_taken == each:
                        break
    except (FetchError, SourceError, KeyMissing) as error:
        answers.troubles[name] = sentence_of(name, error)
        work.log(answers.troubles[name])


async def _candidates(ask: Ask, parameters: CollectParameters, client: GuardedClient) -> AsyncGenerator[_Sampled]:
    """What a source names first: its first page, or the pictures of a folder that have a JSON file beside them."""
    if ask.source == SIDECARS:
        folder = Path(parameters.file).expanduser()
        for beside in pictures_beside(folder, query=ask.query):
            if beside.candidate is not None:
                yield _Sampled(ask, beside.candidate, file=folder / beside.path)
        return
    pages = named_source(ask.source, file=parameters.file).search(ask.query, filters_of(parameters), client)
    async for page in pages:
        for candidate in page.candidates:
            yield _Sampled(ask, candidate)
        return


async def _pictures(
    sampled: Sequence[_Sampled], client: GuardedClient, *, folder: Path
) -> list[tuple[bytes | None, str]]:
    """The thumbnail of each as JPEG, or None and why there is none, in a sentence."""
    shutil.rmtree(folder, ignore_errors=True)  # of an attempt that ended early
    folder.mkdir()
    wanted = [
        Wanted(number, each.candidate.file_url)
        for number, each in enumerate(sampled)
        if not each.reason and each.file is None
    ]
    fetched: dict[int, Fetched] = {}
    try:
        results = fetch_all(
            wanted,
            lambda number: "of-sample",
            root=folder / "pictures",
            journal=folder / "journal.jsonl",
            limits=client.limits,
            known=Known(),
            client=client,
        )
        try:
            async with asyncio.timeout(THUMBNAILS_S):
                async for each in results:
                    fetched[each.number] = each
        except TimeoutError:
            pass  # what has not come says so
        finally:
            if isinstance(results, AsyncGenerator):
                await results.aclose()
        return [_picture_of(each, fetched.get(number), root=folder / "pictures") for number, each in enumerate(sampled)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _picture_of(sampled: _Sampled, fetched: Fetched | None, *, root: Path) -> tuple[bytes | None, str]:
    if sampled.reason:
        return None, sampled.reason
    if sampled.file is not None:
        return _drawn(sampled.file)
    if fetched is None:
        return None, "It was not fetched in time."
    path = fetched.path or fetched.duplicate_of
    return _drawn(root / path) if path else (None, fetched.sentence or fetched.reason or "It was not fetched.")


def _drawn(path: Path) -> tuple[bytes | None, str]:
    try:
        pixels = read_picture(path, min_side=LONGEST_SIDE).pixels
    except PictureError as error:
        return None, str(error)
    small = Image.fromarray(pixels)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    held = io.BytesIO()
    small.save(held, "JPEG", quality=82)
    return held.getvalue(), ""


def _row(n: int, sampled: _Sampled, picture: tuple[bytes | None, str]) -> dict[str, object]:
    candidate = sampled.candidate
    names = ("source", "rank", "page_url", "file_url", "title", "author", "licence", "licence_version", "licence_url")
    row = {name: getattr(candidate, name) for name in (*names, "width", "height")}
    class_name = sampled.ask.class_name or candidate.class_name
    content, reason = picture
    return {
        "n": n,
        "query": sampled.ask.query,
        "class": class_name,
        **row,
        "picture": content,
        "reason": reason or None,
    }


def _limits(parameters: CollectParameters) -> FetchLimits:
    """Those of a collection, but nobody waits long for a sample."""
    limits = limits_of(parameters)
    return dataclasses.replace(
        limits,
        read_s=10.0,
        total_s=20.0,
        retries=1,
        max_wait_s=20.0,
        max_bytes=min(limits.max_bytes, MAX_BYTES),
        readers=1,
    )


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)

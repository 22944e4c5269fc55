"""The zero-shot job: class probabilities of every picture from cached vectors and from what the classes are called.

By an open_clip model's own text half, or by ConSE on vectors of EfficientNet-Lite0.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa

from analytics import zero_shot
from analytics.errors import BadParameter
from analytics.zero_shot import Prompts
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space, weights_of
from jobs.engine.worker import Work
from jobs.zero_shot.kind import AUTO, ZeroShotParameters
from models.catalogue import text_half
from store.connection import Workspace
from store.datasets import class_names, find_dataset
from store.label_issues import list_label_runs
from store.projections import write_vectors
from store.prompts import find_prompts
from store.vectors import Space, list_spaces
from store.zero_shot import images_to_name, land_names, named_labels

VECTORS, ABOUT = "vectors.npy", "about.json"
TITLES = {"clip": "open_clip", "conse": "ConSE"}
_NUMBERS_A_SEGMENT = 4_000_000


@dataclass(frozen=True)
class About:
    """How a space's pictures are compared with words. weights: the file that the space was made from, or None.

    names: of the classes, by index; () for an attribute.
    """

    method: str
    model: str
    weights: str | None
    weights_sha256: str | None
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, space: Space, *, names: Sequence[str] = ()) -> Self:
        """How the pictures of `space` are compared."""
        return cls(text_half(space.model), space.model, weights_of(space), space.weights_sha256, tuple(names))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What the owner left in a job's folder."""
        values = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        return cls(**{**values, "names": tuple(values.get("names", ()))})

    def write(self, folder: Path) -> None:
        """Leave it in a job's folder."""
        (folder / ABOUT).write_text(json.dumps(asdict(self)), encoding="utf-8")


@dataclass(frozen=True)
class Reader:
    """Compares pictures with the classes. cosines(vectors (n, d)) -> (n, c). about: what it is made of."""

    cosines: Callable[[np.ndarray], np.ndarray]
    temperature: float
    about: str


def compute(work: Work[ZeroShotParameters]) -> Figures:
    """Read the prompts, compare every vector with them, and publish probabilities."""
    about = About.read(work.folder.path)
    prompts = prompts_of(work.parameters, names=about.names)
    ids = np.concatenate([piece["image_id"].to_numpy() for piece in work.todo()])
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r")
    work.report(0, message="Reading the prompts")
    reader = work.once("reader", lambda: reader_of(about, prompts))
    temperature = prompts.temperature or reader.temperature
    work.log(f"{reader.about}; temperature {temperature:g}")
    step = max(1, _NUMBERS_A_SEGMENT // len(prompts.by_class))
    n_failed = 0
    confidence: list[np.ndarray] = []
    for first in range(0, len(ids), step):
        rows = slice(first, first + step)
        shares = zero_shot.probabilities(reader.cosines(np.asarray(vectors[rows])), temperature=temperature)
        is_usable = np.asarray(np.isfinite(shares).all(axis=1))
        n_failed += int((~is_usable).sum())
        confidence.append(shares[is_usable].max(axis=1, initial=0))
        work.publish(_rows(ids[rows], shares, is_usable))
        work.report(
            min(first + step, len(ids)),
            failed=n_failed,
            message=f"Comparing pictures with {len(prompts.by_class)} classes",
        )
    n_answered = sum(map(len, confidence))
    return {
        "method": about.method,
        "about": reader.about,
        "temperature": temperature,
        "n_texts": len(zero_shot.texts_of(prompts).texts),
        "n_failed": n_failed,
        "mean_confidence": round(float(np.concatenate(confidence).mean()), 4) if n_answered else None,
    }


def reader_of(about: About, prompts: Prompts) -> Reader:
    """What compares pictures with the classes: the model is loaded, the prompts are read.

    Raises ModelError, also for a prompt that is too long, and UnknownParameter where the weights at hand are not those
    of the space.
    """
    return _conse(about, prompts) if about.method == "conse" else _clip(about, prompts)


def _conse(about: About, prompts: Prompts) -> Reader:
    from models import conse

    texts = zero_shot.texts_of(prompts)
    read = conse.sentence_vectors(texts.texts)
    scores = zero_shot.directions(read, owner=texts.owner, n_classes=len(prompts.by_class)) @ conse.class_vectors().T

    def cosines(vectors: np.ndarray) -> np.ndarray:
        is_usable = np.isfinite(vectors).all(axis=1) & vectors.any(axis=1)
        mixed = conse.mixtures(np.where(is_usable[:, None], vectors, 0), model=about.model)
        out = zero_shot.mixed_cosines(mixed.classes, mixed.weights, mixed.lengths, scores)
        return np.where(is_usable[:, None], out, np.nan)

    return Reader(cosines, conse.TEMPERATURE, conse.describe())


def _clip(about: About, prompts: Prompts) -> Reader:
    from models.clip_text import load_text_encoder

    encoder = load_text_encoder(about.model, weights=Path(about.weights) if about.weights else None)
    if encoder.weights_sha256 != about.weights_sha256:
        raise UnknownParameter(
            f"zero-shot: the weights of {about.model} at hand ({encoder.weights_sha256[:12]}) are not those that "
            f"made the space ({str(about.weights_sha256)[:12]}). Embed the pictures again."
        )
    texts = zero_shot.texts_of(prompts)
    read = [encoder.encode(list(texts.texts[first : first + 64])) for first in range(0, len(texts.texts), 64)]
    named = zero_shot.directions(np.concatenate(read), owner=texts.owner, n_classes=len(prompts.by_class))
    return Reader(lambda vectors: zero_shot.cosines(vectors, named), encoder.temperature, f"text half of {about.model}")


def prompts_of(parameters: ZeroShotParameters, *, names: Sequence[str]) -> Prompts:
    """The prompts in a job's parameters; without any, the classes' names. Raises UnknownParameter.

    prompts: JSON, a list of prompts a class, or an object of them by class name or index; a class that it leaves out
    keeps its name. templates: a JSON list.
    """
    templates = tuple(_strings(_json(parameters.templates, "templates", '["a photo of a {}"]'), "templates"))
    given = _json(parameters.prompts, "prompts", '{"Jaguar": ["a jaguar"]}')
    prompts = Prompts(_by_class(given, names), templates, parameters.own_temperature)
    try:
        zero_shot.check(prompts, names=names)
    except BadParameter as error:
        raise UnknownParameter(f"zero-shot: {error}") from error
    return prompts


def _json(text: str, name: str, example: str) -> object:
    try:
        return json.loads(text) if text else {}
    except json.JSONDecodeError as error:
        raise UnknownParameter(f"zero-shot: {name} is JSON such as {example}; it breaks off at {error}.") from error


def _by_class(given: object, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    if isinstance(given, list):
        return tuple(tuple(_strings(each, "prompts")) for each in given)
    if not isinstance(given, dict):
        raise UnknownParameter("zero-shot: prompts is a list of prompts for each class, or an object by class name.")
    unknown = [key for key in given if key not in names and not (key.isdecimal() and int(key) < len(names))]
    if unknown:
        raise UnknownParameter(f"zero-shot: there is no class {unknown[0]!r} (classes: {', '.join(names[:20])}).")
    chosen = {
        names.index(key) if key in names else int(key): _strings(value, "prompts") for key, value in given.items()
    }
    return tuple(tuple(chosen.get(index, [name])) for index, name in enumerate(names))


def _strings(value: object, what: str) -> list[str]:
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UnknownParameter(f"zero-shot: {what} must be strings, not {str(value)[:60]!r}.")
    return [each.strip() for each in value]


def _rows(ids: np.ndarray, shares: np.ndarray, is_usable: np.ndarray) -> pa.Table:
    offsets = pa.array(np.arange(len(ids) + 1, dtype=np.int32) * shares.shape[1])
    lists = pa.ListArray.from_arrays(offsets, pa.array(np.nan_to_num(shares).ravel()))
    reasons = pa.array([None if fine else "The vector is zero, or holds what is not a number." for fine in is_usable])
    return pa.table(
        {
            "image_id": pa.array(ids, pa.int64()),
            "fold": pa.nulls(len(ids), pa.int32()),
            "probabilities": pa.compute.if_else(pa.array(is_usable), lists, pa.scalar(None, lists.type)),
            "reason": reasons.cast(pa.string()),
        }
    )


def space_of(workspace: Workspace, dataset_id: int, *, name: str) -> Space:
    """The space called `name`, or the fullest that words can be compared in; raises UnknownParameter, NothingToDo."""
    space = chosen_space(workspace, dataset_id, name=name, kind="zero-shot")
    if not text_half(space.model) and not name:
        readable = [each for each in list_spaces(workspace, dataset_id) if text_half(each.model) and each.n_vectors]
        space = max(readable, key=lambda each: each.n_vectors, default=space)
    if not text_half(space.model):
        raise UnknownParameter(
            f"zero-shot: the space {space.name!r} has no text half: {space.model} knows pictures but no words. Embed "
            "the pictures with an open_clip model, or with efficientnet-lite0, whose vectors ConSE reads."
        )
    return space


def prepare(
    workspace: Workspace, dataset: str, parameters: ZeroShotParameters, run_id: int
) -> Prepared[ZeroShotParameters]:
    """Compare the pictures that the run has no answer for yet."""
    found = find_dataset(workspace, dataset)
    if found.task != "single":
        raise NothingToDo(
            f"{found.name} gives a picture several labels; zero-shot divides one probability among the classes, which "
            "says nothing where several can be right."
        )
    names = class_names(workspace, found.id)
    if len(names) < 2:
        raise NothingToDo(f"Zero-shot chooses between classes, and {found.name} has {len(names)}.")
    space = space_of(workspace, found.id, name=parameters.space)
    about = About.of(space, names=names)
    if parameters.method not in (AUTO, about.method):
        raise UnknownParameter(
            f"zero-shot: the space {space.name!r} is read by {about.method!r}; method is that or {AUTO!r}, not "
            f"{parameters.method!r}."
        )
    label_run = next((run.run_id for run in list_label_runs(workspace, found.id)), 0)
    chosen = _resolved(workspace, found.id, parameters, names).changed(
        space=space.name, method=about.method, label_run=label_run
    )
    todo = images_to_name(workspace, found.id, space=space, run_id=run_id)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        about.write(folder)

    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def _resolved(
    workspace: Workspace, dataset_id: int, parameters: ZeroShotParameters, names: list[str]
) -> ZeroShotParameters:
    """Prompts, templates and temperature as the run will have used them: with every class, and from a set by name."""
    if parameters.prompt_set and not parameters.prompts:
        kept = find_prompts(workspace, dataset_id, name=parameters.prompt_set)
        parameters = _with_prompts(parameters, Prompts(kept.by_class, kept.templates, kept.temperature))
    return _with_prompts(parameters, prompts_of(parameters, names=names))


def _with_prompts(parameters: ZeroShotParameters, prompts: Prompts) -> ZeroShotParameters:
    return parameters.changed(
        prompts=json.dumps([list(each) for each in prompts.by_class]),
        templates=json.dumps(list(prompts.templates)),
        temperature=prompts.temperature or AUTO,
    )


def land(cursor: duckdb.DuckDBPyConnection, job: Job[ZeroShotParameters], table: pa.Table) -> None:
    """Take probabilities into the file."""
    land_names(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[ZeroShotParameters]) -> Figures:
    """Scores against the labels as they are now, on all pictures and on those that need no zero-shot to be believed."""
    (job_folder(workspace.root, job.spec.id).path / VECTORS).unlink(missing_ok=True)  # large, and in the file anyway
    names = class_names(workspace, job.dataset_id)
    table = named_labels(workspace, run_id=job.run_id, label_run=job.parameters.label_run)
    truth, predicted = (table[name].fill_null(-1).to_numpy().astype(np.int64) for name in ("label", "predicted"))
    agreed = table["agreed"].to_numpy(zero_copy_only=False).astype(bool)
    figures: Figures = {"space": job.parameters.space, "n_images": table.num_rows, "classes": names}
    figures |= _scores(truth, predicted, n_classes=len(names)) | {"labels": "as they are now, not cleaned"}
    if agreed.any():
        clean = _scores(np.where(agreed, truth, -1), predicted, n_classes=len(names))
        figures |= {f"agreed_{name}": value for name, value in clean.items()}
    return figures


def _scores(truth: np.ndarray, predicted: np.ndarray, *, n_classes: int) -> Figures:
    scored = zero_shot.scored(truth, predicted=predicted, n_classes=n_classes)
    mean = None if np.isnan(scored.balanced_accuracy) else round(scored.balanced_accuracy, 5)
    recalls = [None if np.isnan(value) else round(float(value), 4) for value in scored.recalls]
    return {"balanced_accuracy": mean, "recalls": recalls, "n_scored": int(scored.support.sum())}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)

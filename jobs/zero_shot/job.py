"""The zero-shot job: class probabilities of every picture from cached vectors and from what the classes are called.

By an open_clip model's own text half, or by ConSE on vectors of EfficientNet-Lite0.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics import zero_shot
from analytics.errors import BadParameter
from analytics.zero_shot import Prompts
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import COMPUTE
from jobs.engine.spaces import chosen_space, text_half, weights_of
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from store.connection import Workspace
from store.datasets import class_names, find_dataset
from store.label_issues import list_label_runs
from store.projections import write_vectors
from store.prompts import find_prompts
from store.vectors import Space, list_spaces
from store.zero_shot import images_to_name, land_names, named_labels

VECTORS, ABOUT = "vectors.npy", "about.json"
AUTO = "auto"
TITLES = {"clip": "open_clip", "conse": "ConSE"}
_NUMBERS_A_SEGMENT = 4_000_000
DEFAULTS: dict[str, object] = {
    "space": "",
    "method": AUTO,
    "prompts": "",
    "templates": json.dumps(list(zero_shot.TEMPLATES)),
    "temperature": AUTO,
    "prompt_set": "",
    "label_run": 0,
}


@dataclass(frozen=True)
class Reader:
    """Compares pictures with the classes. cosines(vectors (n, d)) -> (n, c). about: what it is made of."""

    cosines: Callable[[np.ndarray], np.ndarray]
    temperature: float
    about: str


def compute(work: Work) -> dict[str, object]:
    """Read the prompts, compare every vector with them, and publish probabilities."""
    about = json.loads((work.folder.path / ABOUT).read_text(encoding="utf-8"))
    prompts = prompts_of(work.parameters, names=about["names"])
    ids = np.concatenate([piece["image_id"].to_numpy() for piece in work.todo()])
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r")
    work.report(0, message="Reading the prompts")
    reader = reader_of(about, prompts)
    temperature = prompts.temperature or reader.temperature
    work.log(f"{reader.about}; temperature {temperature:g}")
    step = max(1, _NUMBERS_A_SEGMENT // len(prompts.by_class))
    n_failed, sure = 0, []
    for first in range(0, len(ids), step):
        rows = slice(first, first + step)
        shares = zero_shot.probabilities(reader.cosines(np.asarray(vectors[rows])), temperature=temperature)
        known = np.isfinite(shares).all(axis=1)
        n_failed += int((~known).sum())
        sure.append(shares[known].max(axis=1, initial=0))
        work.publish(_rows(ids[rows], shares, known))
        work.report(
            min(first + step, len(ids)),
            failed=n_failed,
            message=f"Comparing pictures with {len(prompts.by_class)} classes",
        )
    n_sure = sum(map(len, sure))
    return {
        "method": about["method"],
        "about": reader.about,
        "temperature": temperature,
        "n_texts": len(zero_shot.texts_of(prompts).texts),
        "n_failed": n_failed,
        "mean_confidence": round(float(np.concatenate(sure).mean()), 4) if n_sure else None,
    }


def reader_of(about: Mapping[str, object], prompts: Prompts) -> Reader:
    """What compares pictures with the classes: the model is loaded, the prompts are read.

    about: method, model, weights (a file or None), weights_sha256. Raises ModelError, also for a prompt that is too
    long, and UnknownParameter where the weights at hand are not those of the space.
    """
    return _conse(about, prompts) if about["method"] == "conse" else _clip(about, prompts)


def _conse(about: Mapping[str, object], prompts: Prompts) -> Reader:
    from models import conse

    texts = zero_shot.texts_of(prompts)
    read = conse.sentence_vectors(texts.texts)
    scores = zero_shot.directions(read, owner=texts.owner, n_classes=len(prompts.by_class)) @ conse.class_vectors().T

    def cosines(vectors: np.ndarray) -> np.ndarray:
        known = np.isfinite(vectors).all(axis=1) & vectors.any(axis=1)
        found = conse.mixtures(np.where(known[:, None], vectors, 0), model=str(about["model"]))
        out = zero_shot.mixed_cosines(found.classes, found.weights, found.lengths, scores)
        return np.where(known[:, None], out, np.nan)

    return Reader(cosines, conse.TEMPERATURE, conse.describe())


def _clip(about: Mapping[str, object], prompts: Prompts) -> Reader:
    from models.clip_text import load_text_encoder

    encoder = load_text_encoder(str(about["model"]), weights=Path(str(about["weights"])) if about["weights"] else None)
    if encoder.weights_sha256 != about["weights_sha256"]:
        raise UnknownParameter(
            f"zero-shot: the weights of {about['model']} at hand ({encoder.weights_sha256[:12]}) are not those that "
            f"made the space ({str(about['weights_sha256'])[:12]}). Embed the pictures again."
        )
    texts = zero_shot.texts_of(prompts)
    read = [encoder.encode(list(texts.texts[first : first + 64])) for first in range(0, len(texts.texts), 64)]
    named = zero_shot.directions(np.concatenate(read), owner=texts.owner, n_classes=len(prompts.by_class))
    return Reader(
        lambda vectors: zero_shot.cosines(vectors, named), encoder.temperature, f"text half of {about['model']}"
    )


def prompts_of(parameters: Mapping[str, object], *, names: list[str]) -> Prompts:
    """The prompts in a job's parameters; without any, the classes' names. Raises UnknownParameter.

    prompts: JSON, a list of prompts a class, or an object of them by class name or index; a class that it leaves out
    keeps its name. templates: a JSON list. temperature: "auto" or a number.
    """
    try:
        temperature = None if parameters["temperature"] == AUTO else float(str(parameters["temperature"]))
    except ValueError:
        raise UnknownParameter(
            f"zero-shot: the temperature is {AUTO!r} or a number above 0, not {parameters['temperature']!r}."
        ) from None
    templates = tuple(_strings(_json(parameters, "templates"), "templates"))
    prompts = Prompts(_by_class(_json(parameters, "prompts"), names), templates, temperature)
    try:
        zero_shot.check(prompts, names=names)
    except BadParameter as error:
        raise UnknownParameter(f"zero-shot: {error}") from error
    return prompts


def _json(parameters: Mapping[str, object], name: str) -> object:
    try:
        return json.loads(str(parameters[name])) if parameters[name] else {}
    except json.JSONDecodeError as error:
        example = '{"Jaguar": ["a jaguar"]}' if name == "prompts" else '["a photo of a {}"]'
        raise UnknownParameter(f"zero-shot: {name} is JSON such as {example}; it breaks off at {error}.") from error


def _by_class(given: object, names: list[str]) -> tuple[tuple[str, ...], ...]:
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


def _rows(ids: np.ndarray, shares: np.ndarray, known: np.ndarray) -> pa.Table:
    offsets = pa.array(np.arange(len(ids) + 1, dtype=np.int32) * shares.shape[1])
    lists = pa.ListArray.from_arrays(offsets, pa.array(np.nan_to_num(shares).ravel()))
    reasons = pa.array([None if fine else "The vector is zero, or holds what is not a number." for fine in known])
    return pa.table(
        {
            "image_id": pa.array(ids, pa.int64()),
            "fold": pa.nulls(len(ids), pa.int32()),
            "probabilities": pa.compute.if_else(pa.array(known), lists, pa.scalar(None, lists.type)),
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


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    found = find_dataset(workspace, dataset)
    if found.task != "single":
        raise NothingToDo(
            f"{found.name} gives a picture several labels; zero-shot divides one probability among the classes, which "
            "says nothing where several can be right."
        )
    names = class_names(workspace, found.id)
    if len(names) < 2:
        raise NothingToDo(f"Zero-shot chooses between classes, and {found.name} has {len(names)}.")
    space = space_of(workspace, found.id, name=str(parameters["space"]))
    method = text_half(space.model)
    if parameters["method"] not in (AUTO, method):
        raise UnknownParameter(
            f"zero-shot: the space {space.name!r} is read by {method!r}; method is that or {AUTO!r}, not "
            f"{parameters['method']!r}."
        )
    chosen = {**parameters, "space": space.name, "method": method} | _resolved(workspace, found.id, parameters, names)
    chosen["label_run"] = next((run.run_id for run in list_label_runs(workspace, found.id)), 0)
    todo = images_to_name(workspace, found.id, space=space, run_id=run_id)
    about = {"method": method, "model": space.model, "weights": weights_of(space), "names": names}

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        (folder / ABOUT).write_text(json.dumps({**about, "weights_sha256": space.weights_sha256}), encoding="utf-8")

    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def _resolved(
    workspace: Workspace, dataset_id: int, parameters: Mapping[str, object], names: list[str]
) -> dict[str, object]:
    """Prompts, templates and temperature as the run will have used them: with every class, and from a set by name."""
    wanted = dict(parameters)
    if parameters["prompt_set"] and not parameters["prompts"]:
        kept = find_prompts(workspace, dataset_id, name=str(parameters["prompt_set"]))
        wanted |= {"prompts": json.dumps([list(each) for each in kept.by_class])}
        wanted |= {"templates": json.dumps(list(kept.templates)), "temperature": kept.temperature or AUTO}
    prompts = prompts_of(wanted, names=names)
    return {
        "prompts": json.dumps([list(each) for each in prompts.by_class]),
        "templates": json.dumps(list(prompts.templates)),
        "temperature": prompts.temperature or AUTO,
    }


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_names(cursor, table, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    """Scores against the labels as they are now, on all pictures and on those that need no zero-shot to be believed."""
    (job_folder(workspace.root, spec.id).path / VECTORS).unlink(missing_ok=True)  # large, and in the file anyway
    names = class_names(workspace, spec.dataset_id)
    table = named_labels(workspace, run_id=spec.run_id, label_run=int(spec.parameters["label_run"]))
    truth, predicted = (table[name].fill_null(-1).to_numpy().astype(np.int64) for name in ("label", "predicted"))
    agreed = table["agreed"].to_numpy(zero_copy_only=False).astype(bool)
    figures = {"space": spec.parameters["space"], "n_images": table.num_rows, "classes": names}
    figures |= _scores(truth, predicted, n_classes=len(names)) | {"labels": "as they are now, not cleaned"}
    if agreed.any():
        clean = _scores(np.where(agreed, truth, -1), predicted, n_classes=len(names))
        figures |= {f"agreed_{name}": value for name, value in clean.items()}
    return figures


def _scores(truth: np.ndarray, predicted: np.ndarray, *, n_classes: int) -> dict[str, object]:
    found = zero_shot.scored(truth, predicted=predicted, n_classes=n_classes)
    mean = None if np.isnan(found.balanced_accuracy) else round(found.balanced_accuracy, 5)
    recalls = [None if np.isnan(value) else round(float(value), 4) for value in found.recalls]
    return {"balanced_accuracy": mean, "recalls": recalls, "n_scored": int(found.support.sum())}


KIND = Kind("zero-shot", COMPUTE, DEFAULTS, _prepare, _land, _finish)

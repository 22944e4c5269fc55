"""The demo workspace: the digits of cli.demo.digits, imported and analysed by the same jobs as any dataset."""

import contextlib
import getpass
import json
from collections.abc import Callable
from pathlib import Path

from cli.analyse import asked_analysis, steps_of, stored_analysis
from cli.client import Client
from cli.demo.boxes import write_boxes
from cli.demo.digits import make_digits, read_truth
from cli.demo.ink import write_ink
from cli.demo.sheet import sheet
from jobs.engine.analysis import FRESH, LEFT_OUT, STEP_FAILED, Analysis, is_good, load_all, summary
from jobs.engine.errors import JobError, JobFailed
from jobs.engine.recipes import IMPORT, default_text
from jobs.engine.spec import DONE
from store.errors import StoreError

DATASET = "digits"
ONLY_VECTORS = "[steps.embed]"
ALIKE = 0.98  # ink on paper is alike to a network that knows photographs: at 0.95 a thousand digits are one group
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# What shows something on the pages that the default recipe leaves empty. The network comes last: it takes longest, and
# nothing else needs it.
MORE_STEPS = """
[steps.round]
kind = "attributes"
parameters = {{ name = "round", with = "a ring|a ball", without = "a stick|a ladder" }}
needs = ["embed"]

[steps.ink]
kind = "import-vectors"
parameters = {{ files = {ink}, space = "ink", id_column = "file", model = "ink in 8 x 8 cells" }}
after = ["embed"]

[steps.network]
kind = "train"
parameters = {{ model = "resnet18", epochs = 3, batch_size = 32, onnx = false }}
after = ["classifier", "data-budget", "map", "medoids", "round", "ink", "detect"]

[steps.saliency]
needs = ["network"]

[steps.report]
parameters = {{ format = "html" }}
after = ["network", "saliency"]
"""
# What the finished demo claims, by measure, so that the page has something to say
CLAIMS: tuple[tuple[str, dict[str, object]], ...] = (
    ("share-wrong", {}),
    ("exact-duplicates", {"what": "conflicting"}),
    ("imbalance-ratio", {}),
    ("zero-shot-accuracy", {}),
    ("medoid-coverage", {"percent": 90}),
    ("budget-gain", {}),
    ("budget-doubling", {}),
    ("licences-known", {}),
)
SOURCE = "scikit-learn's digits (E. Alpaydin, C. Kaynak, UCI 1998), with planted defects: see demo/truth.json"


def run_demo(client: Client, *, analyses: bool, waits: bool, say: Callable[[str], None]) -> None:
    """Draw the pictures if they are not there, import and analyse what is missing, and print one JSON line.

    analyses: run the whole recipe; else nothing but the embedding. waits: until it has ended; else until the pictures
    are in, and whoever opens the workspace next goes on.
    """
    folder = client.root / "demo"
    truth = str(folder / "truth.json")
    if analyses and _is_ready(client):
        print(json.dumps({"dataset": DATASET, "truth": truth, "message": "It is there already."}))
        return
    if not (folder / "truth.json").is_file():
        say("Drawing 1,797 digits and planting defects ...")
        make_digits(folder)
    say("Importing them, and looking for what was planted ...")
    source = {"folder": str(folder / "pictures"), "source": SOURCE, "licence": "CC BY 4.0"}
    analysis_id = asked_analysis(
        client, dataset=DATASET, recipe=recipe_of(folder) if analyses else ONLY_VECTORS, source=source
    )
    for step in steps_of(client, analysis_id):
        if step.state == STEP_FAILED:
            continue
        if analyses and waits:
            _claim(client)
        if step.kind != IMPORT:
            continue
        if analyses:
            _freeze(client)
            _write_sheet(client)
        if not waits:
            if analyses:
                _claim(client)
            say("The pictures are in. The dashboard goes on with the rest, and can be used meanwhile.")
            line = {"dataset": DATASET, "truth": truth, "analysis": analysis_id, "state": "at work"}
            print(json.dumps(line))
            return
    done = stored_analysis(client, analysis_id)
    _require_whole(done)
    if analyses:
        _claim(client)
    print(json.dumps({"dataset": DATASET, "truth": truth, **summary(done)}, default=str))


def recipe_of(folder: Path) -> str:
    """The default recipe, and what shows something on the pages that it leaves empty."""
    boxes, ink = folder / "boxes.json", folder / "ink.csv"
    if not boxes.is_file():
        write_boxes(read_truth(folder / "truth.json"), boxes)
    if not ink.is_file():
        write_ink(read_truth(folder / "truth.json"), ink)
    prompts = json.dumps([[f"the number {word}"] for word in WORDS])
    usual = default_text()
    for step, parameters in (
        ("duplicates", f"min_cosine = {ALIKE}"),
        ("zero-shot", f"prompts = {json.dumps(prompts)}"),
        ("detect", f'model = "coco-file", weights = {json.dumps(str(boxes))}'),
    ):
        usual = usual.replace(f"[steps.{step}]", f"[steps.{step}]\nparameters = {{ {parameters} }}")
    return f"{usual}\n{MORE_STEPS.format(ink=json.dumps(str(ink)))}"


def _freeze(client: Client) -> None:
    with contextlib.suppress(JobError, StoreError):  # there is one of that name
        note = "The digits with all that was planted, before anybody decided on anything."
        client.ask("freeze", dataset=DATASET, name="as drawn", note=note, who=getpass.getuser())


def _write_sheet(client: Client) -> None:
    """Tell the demo's story where nobody has told another."""
    if not client.ask("sheet", dataset=DATASET):
        client.ask("write-sheet", dataset=DATASET, texts=sheet(), who=getpass.getuser())


def _claim(client: Client) -> None:
    """Keep the claims of a first look whose numbers are known by now and that nobody has kept yet.

    Asked after each step, so that the report, the last of them, holds them all.
    """
    kept = {claim["measure"] for claim in client.ask("claims", dataset=DATASET)}
    for measure, parameters in CLAIMS:
        if measure in kept:
            continue
        with contextlib.suppress(JobError, StoreError):  # what has not been computed has no number to claim
            about = {"measure": measure, "parameters": parameters, "sentence": ""}
            client.ask("add-claim", dataset=DATASET, **about, who=getpass.getuser())


def _require_whole(analysis: Analysis) -> None:
    if not is_good(analysis):
        failed = [
            f"{step.name}: {step.sentence}" for step in analysis.steps if step.state not in (DONE, FRESH, LEFT_OUT)
        ]
        raise JobFailed(f"The demo is not whole. {' '.join(failed)}")


def _is_ready(client: Client) -> bool:
    """Whether the demo has been analysed before."""
    return any(each.dataset == DATASET and len(each.steps) > 2 and is_good(each) for each in load_all(client.root))

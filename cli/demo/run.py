"""The demo workspace: the digits of cli.demo.digits, imported and analysed by the same jobs as any dataset."""

import contextlib
import getpass
import json
from collections.abc import Callable
from pathlib import Path

from cli.analyse import waited_analysis
from cli.client import Client
from cli.demo.boxes import write_boxes
from cli.demo.digits import make_digits, read_truth
from jobs.engine.analysis import FRESH, LEFT_OUT, is_good, load_all, summary
from jobs.engine.errors import JobError, JobFailed
from jobs.engine.recipes import default_text
from jobs.engine.spec import DONE
from store.errors import StoreError

DATASET = "digits"
ONLY_VECTORS = "[steps.embed]"
ATTRIBUTE = """
[steps.round]
kind = "attributes"
parameters = { name = "round", with = "a ring|a ball", without = "a stick|a ladder" }
needs = ["embed"]
"""
SOURCE = "scikit-learn's digits (E. Alpaydin, C. Kaynak, UCI 1998), with planted defects: see demo/truth.json"


def run_demo(client: Client, *, analyses: bool, say: Callable[[str], None]) -> None:
    """Draw the pictures if they are not there, import and analyse what is missing, and print one JSON line.

    analyses: run the whole recipe; else nothing but the embedding.
    """
    folder = client.root / "demo"
    if analyses and _is_ready(client):
        print(json.dumps({"dataset": DATASET, "truth": str(folder / "truth.json"), "message": "It is there already."}))
        return
    if not (folder / "truth.json").is_file():
        say("Drawing 1,797 digits and planting defects ...")
        make_digits(folder)
    say("Importing them, and looking for what was planted ...")
    source = {"folder": str(folder / "pictures"), "source": SOURCE, "licence": "CC BY 4.0"}
    done = waited_analysis(
        client, dataset=DATASET, recipe=recipe_of(folder) if analyses else ONLY_VECTORS, source=source
    )
    if not is_good(done):
        failed = [f"{step.name}: {step.sentence}" for step in done.steps if step.state not in (DONE, FRESH, LEFT_OUT)]
        raise JobFailed(f"The demo is not whole. {' '.join(failed)}")
    if analyses:
        with contextlib.suppress(JobError, StoreError):  # there is one of that name
            note = "The digits with all that was planted, before anybody decided on anything."
            client.ask("freeze", dataset=DATASET, name="as drawn", note=note, who=getpass.getuser())
    print(json.dumps({"dataset": DATASET, "truth": str(folder / "truth.json"), **summary(done)}, default=str))


def recipe_of(folder: Path) -> str:
    """The default recipe, and what shows something on the pages that it leaves empty: an attribute, and boxes."""
    boxes = folder / "boxes.json"
    if not boxes.is_file():
        write_boxes(read_truth(folder / "truth.json"), boxes)
    parameters = f'parameters = {{ model = "coco-file", weights = {json.dumps(str(boxes))} }}'
    return f"{default_text().replace('[steps.detect]', f'[steps.detect]{chr(10)}{parameters}')}\n{ATTRIBUTE}"


def _is_ready(client: Client) -> bool:
    """Whether the demo has been analysed before."""
    return any(each.dataset == DATASET and len(each.steps) > 2 and is_good(each) for each in load_all(client.root))

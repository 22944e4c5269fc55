"""The demo workspace: the digits of cli.demo.digits, imported and analysed by the same jobs as any dataset."""

import json
from collections.abc import Callable

from cli.analyse import waited_analysis
from cli.client import Client
from cli.demo.digits import make_digits
from jobs.engine.analysis import FRESH, LEFT_OUT, is_good, load_all, summary
from jobs.engine.errors import JobFailed
from jobs.engine.recipes import default_text
from jobs.engine.spec import DONE

DATASET = "digits"
ONLY_VECTORS = "[steps.embed]"
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
    done = waited_analysis(client, dataset=DATASET, recipe=default_text() if analyses else ONLY_VECTORS, source=source)
    if not is_good(done):
        failed = [f"{step.name}: {step.sentence}" for step in done.steps if step.state not in (DONE, FRESH, LEFT_OUT)]
        raise JobFailed(f"The demo is not whole. {' '.join(failed)}")
    print(json.dumps({"dataset": DATASET, "truth": str(folder / "truth.json"), **summary(done)}, default=str))


def _is_ready(client: Client) -> bool:
    """Whether the demo has been analysed before."""
    return any(each.dataset == DATASET and len(each.steps) > 2 and is_good(each) for each in load_all(client.root))

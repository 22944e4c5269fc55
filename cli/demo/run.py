"""The demo workspace: the digits of cli.demo.digits, imported and embedded by the same jobs as any dataset."""

import getpass
import json
from collections.abc import Callable

from cli.client import Client, outcome
from cli.demo.digits import make_digits
from cli.progress import ProgressLine
from jobs.engine.folder import all_job_folders
from jobs.engine.spec import DONE

DATASET = "digits"
SOURCE = "scikit-learn's digits (E. Alpaydin, C. Kaynak, UCI 1998), with planted defects: see demo/truth.json"


def run_demo(client: Client, *, say: Callable[[str], None]) -> None:
    """Draw the pictures if they are not there, import and embed what is missing, and print one JSON line."""
    folder = client.root / "demo"
    if _is_ready(client):
        print(json.dumps({"dataset": DATASET, "truth": str(folder / "truth.json"), "message": "It is there already."}))
        return
    if not (folder / "truth.json").is_file():
        say("Drawing 1,797 digits and planting defects ...")
        make_digits(folder)
    figures = {}
    for kind, parameters in (
        ("import", {"folder": str(folder / "pictures"), "source": SOURCE, "licence": "CC BY 4.0"}),
        ("embed", {}),
    ):
        say(f"{kind}: {DATASET} ...")
        started = client.ask("start", kind=kind, dataset=DATASET, parameters=parameters, who=getpass.getuser())
        with ProgressLine(str(started)) as line:
            figures[kind] = outcome(client.wait(str(started), report=line.show))
    print(json.dumps({"dataset": DATASET, "truth": str(folder / "truth.json"), **figures}, default=str))


def _is_ready(client: Client) -> bool:
    """Whether the demo has been imported and embedded before."""
    states = [folder.state() for folder in all_job_folders(client.root)]
    done = {state["kind"] for state in states if (state.get("dataset"), state.get("state")) == (DATASET, DONE)}
    return done >= {"import", "embed"}

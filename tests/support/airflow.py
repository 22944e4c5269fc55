"""A real Airflow for the daily DAG, in an environment of its own: SQLite, and runs by `airflow dags test`."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.places import PROJECT

DAGS = PROJECT / "deploy" / "airflow"
DAG = "vitrine_daily"
_MOST_S = 1500

# The command as the DAG calls it. The first `embed` of the category in kill-once is killed with its worker, by their
# ids, as soon as that is at work, as a machine that loses its power would.
_COMMAND = """\
#!{python}
import json, os, signal, subprocess, sys, time
from pathlib import Path

wish = Path({folder!r}, "kill-once")
command = [{python!r}, "-m", "vitrine", *sys.argv[1:]]
is_it = sys.argv[1:3] == ["run", "embed"] and wish.exists() and wish.read_text() in sys.argv
jobs = Path(sys.argv[sys.argv.index("--workspace") + 1], "jobs") if is_it else Path()
before = set(jobs.glob("embed-*")) if is_it else set()
child = subprocess.Popen(command, cwd={project!r})
if is_it:
    wish.rename(wish.with_name("killed"))
    while not (found := [path for path in set(jobs.glob("embed-*")) - before if (path / "worker.json").exists()]):
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    os.kill(json.loads((found[0] / "worker.json").read_text())["pid"], signal.SIGKILL)
sys.exit(child.wait() and 1)
"""

_FACTS = """\
import json, runpy, sys

dag = runpy.run_path(sys.argv[1])["daily"]
tasks = {
    task.task_id: {"pool": task.pool, "retries": task.retries, "backs_off": bool(task.retry_exponential_backoff)}
    for task in dag.tasks
}
timetable = [dag.timetable.expression, str(dag.timetable.timezone)]
facts = {"timetable": timetable, "catchup": dag.catchup, "max_active_runs": dag.max_active_runs, "tasks": tasks}
print(json.dumps(facts))
"""


def airflow_python() -> Path:
    """The Python of Airflow's environment: $VITRINE_AIRFLOW, or .venv-airflow; skips the test where there is none."""
    named = Path(os.environ.get("VITRINE_AIRFLOW") or PROJECT / ".venv-airflow" / "bin" / "python")
    if not named.exists():
        pytest.skip("Airflow is missing: no .venv-airflow (make test-airflow)")
    return named


@dataclass(frozen=True)
class Run:
    """A run that has ended. summary: what the DAG wrote of it."""

    status: int
    log: str
    summary: dict


class Airflow:
    """An Airflow at home in a folder, with a source, a workspace and a target beside it."""

    def __init__(self, folder: Path):
        self.folder, self.python = folder, airflow_python()
        for name in ("home", "source", "target"):
            (folder / name).mkdir()
        command = folder / "vitrine"
        text = _COMMAND.format(python=sys.executable, folder=str(folder), project=str(PROJECT))
        command.write_text(text, encoding="utf-8")
        command.chmod(0o755)
        self.call("db", "migrate")
        self.call("pools", "import", str(DAGS / "pools.json"))

    @property
    def workspace(self) -> Path:
        """Where the datasets are."""
        return self.folder / "workspace"

    def kill_once(self, category: str) -> None:
        """Have the next embedding of a category killed in the middle."""
        (self.folder / "kill-once").write_text(category, encoding="utf-8")

    def run_day(self, day: str, **parameters: object) -> Run:
        """The whole DAG for a day, to its end."""
        before = set(self._summaries())
        told = self._ask("dags", "test", DAG, "--conf", json.dumps({"day": day, **parameters}))
        new = [path for path in self._summaries() if path not in before]
        summary = json.loads(new[0].read_text(encoding="utf-8")) if new else {}
        return Run(told.returncode, told.stdout, summary)

    def dag_facts(self) -> dict:
        """What the DAG says of itself once Airflow has read it."""
        command = [str(self.python), "-c", _FACTS, str(DAGS / f"{DAG}.py")]
        told = subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, timeout=_MOST_S, check=True
        )
        return json.loads(told.stdout.splitlines()[-1])

    def call(self, *arguments: str) -> str:
        """What a command says that has to succeed."""
        told = self._ask(*arguments)
        assert told.returncode == 0, told.stdout[-3000:]
        return told.stdout

    def _summaries(self) -> list[Path]:
        return sorted((self.workspace / "exports" / "daily").glob("*.json"))

    def _ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.python), "-m", "airflow", *arguments]
        return subprocess.run(
            command, env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=_MOST_S, cwd=self.folder, check=False,
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "VITRINE_"))}
        return own | {
            "AIRFLOW_HOME": str(self.folder / "home"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
            "VITRINE_COMMAND": str(self.folder / "vitrine"),
            "VITRINE_RETRY_SECONDS": "1",
            "VITRINE_SOURCE": str(self.folder / "source"),
            "VITRINE_WORKSPACE": str(self.workspace),
            "VITRINE_TARGET": str(self.folder / "target"),
            "VITRINE_TIME_ZONE": "Europe/Vienna",
        }

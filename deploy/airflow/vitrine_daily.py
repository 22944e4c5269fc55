"""Every day at seven: each category of a source imported, embedded, checked, exported, reported on and brought away.

For Airflow 3 with its standard provider. docs/airflow.md says how it is set up, and what each gate asks. A category is
a folder below the source, and becomes a dataset of its name. All that touches the workspace goes through the command
`vitrine` and through the pool of that name, which has one slot: one DuckDB file, one owner. Every step may be repeated;
a day that is run again finds everything done.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import CronTriggerTimetable, Param, dag, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowFailException

POOL = "vitrine"
TIME_ZONE = os.environ.get("VITRINE_TIME_ZONE", "Europe/Berlin")
COMMAND = os.environ.get("VITRINE_COMMAND", "vitrine")  # no parameter: those are set by whoever starts a run
RETRIES = 3
RETRY_DELAY = timedelta(seconds=float(os.environ.get("VITRINE_RETRY_SECONDS", "60")))
RECIPE = Path(__file__).with_name("label_check.toml")
NAME = re.compile(r"\w[\w .-]{0,99}")
INTAKE, PUBLISH = "intake", "publish"
SUMS = "SHA256SUMS"

PARAMS = {
    "source": Param(
        os.environ.get("VITRINE_SOURCE", ""),
        type="string",
        description="the folder, or s3://BUCKET/PREFIX, with a folder of pictures for each category",
    ),
    "categories": Param(
        [],
        type="array",
        items={"type": "string"},
        description="which of them; none named: all there are (of a bucket they have to be named)",
    ),
    "workspace": Param(os.environ.get("VITRINE_WORKSPACE", ""), type="string", description="Vitrine's workspace"),
    "target": Param(
        os.environ.get("VITRINE_TARGET", ""),
        type="string",
        description="a folder, or s3://BUCKET/PREFIX, for each day's results",
    ),
    "day": Param(
        "", type="string", pattern=r"^(\d{4}-\d{2}-\d{2})?$", description="the day that is meant; none: the run's own"
    ),
    "model": Param("efficientnet-lite0", type="string", description="the network that embeds"),
    "format": Param("parquet", enum=["parquet", "csv"], description="of the parts"),
    "rows_per_file": Param(100_000, type="integer", minimum=1, description="of each part"),
    "limits": Param(
        "", type="string", description="limits of quality gates, such as import.failures=0.05,freshness.import=26"
    ),
}
DAY = "{{ params.day or (dag_run.run_after.astimezone(dag.timezone) | ds) }}"
# What the commands are given: by the environment, for no name of a folder is ever read as a command.
GIVEN = {
    "VITRINE": COMMAND,
    "WORKSPACE": "{{ params.workspace }}",
    "SOURCE": "{{ params.source }}",
    "MODEL": "{{ params.model }}",
    "FORMAT": "{{ params.format }}",
    "ROWS": "{{ params.rows_per_file }}",
    "LIMITS": "{{ params.limits }}",
    "RECIPE": str(RECIPE),
    "DAILY": "{{ params.workspace }}/exports/daily/" + DAY,
}
VERIFY = '"$VITRINE" run verify --workspace "$WORKSPACE" --dataset "$CATEGORY" --limits "$LIMITS"'
IMPORT = """\
"$VITRINE" run import --workspace "$WORKSPACE" --dataset "$CATEGORY" --folder "${SOURCE%/}/$CATEGORY\""""
EMBED = '"$VITRINE" run embed --workspace "$WORKSPACE" --dataset "$CATEGORY" --model "$MODEL"'
PARTS = """\
"$VITRINE" run export-vectors --workspace "$WORKSPACE" --dataset "$CATEGORY" --space "$MODEL" --format "$FORMAT" \
--rows-per-file "$ROWS" --folder "$DAILY/$CATEGORY/vectors" --again yes"""
LABEL_CHECK = '"$VITRINE" analyse "$CATEGORY" --workspace "$WORKSPACE" --recipe "$RECIPE"'
# A report is written anew where the day's parts are newer than it.
REPORT = """\
set -e
report="$DAILY/$CATEGORY/report.html"
if [ -e "$report" ] && [ ! "$DAILY/$CATEGORY/vectors/.vitrine-vectors.json" -nt "$report" ]; then
    echo '{"state": "done", "message": "The report of the day is there."}'
else
    rm -f "$report"
    "$VITRINE" run report --workspace "$WORKSPACE" --dataset "$CATEGORY" --anew yes --file "$report"
fi"""


def vitrine(name: str, command: str, category: str, *, retries: int = RETRIES) -> BashOperator:
    """A task that runs a command for a category; the JSON line that it ends with is what the task gives."""
    return BashOperator(
        task_id=name,
        bash_command=command,
        env=GIVEN | {"CATEGORY": category},
        append_env=True,
        output_processor=json.loads,
        pool=POOL,
        retries=retries,
    )


def gates(name: str, category: str, more: str) -> BashOperator:
    """A task that fails with a gate. A gate that failed fails again, so one more try is for what was interrupted."""
    return vitrine(name, f"{VERIFY} {more}", category, retries=1)


@task_group(group_id=INTAKE)
def take_in(category: str) -> None:
    """A category from its folder to parts that were checked."""
    (
        vitrine("import", IMPORT, category)
        >> gates("verify_import", category, "--only import,freshness")
        >> vitrine("embed", EMBED, category)
        >> gates("verify_vectors", category, '--only vectors --space "$MODEL"')
        >> vitrine("write_parts", PARTS, category)
        >> gates("verify_parts", category, '--only parts --space "$MODEL" --folder "$DAILY/$CATEGORY/vectors"')
    )


@task_group(group_id=PUBLISH)
def make_public(category: str) -> None:
    """A category that was taken in: its labels checked, its report as of today, both brought away with the parts."""
    (
        vitrine("check_labels", LABEL_CHECK, category)
        >> gates("verify_labels", category, "--only labels")
        >> vitrine("report", REPORT, category)
        >> upload(category)
    )


@task
def find_categories() -> list[str]:
    """The names of the categories, in their order; fails where there is none."""
    params = get_current_context()["params"]
    for name in ("source", "workspace", "target"):
        if not params[name]:
            raise AirflowFailException(f"The parameter {name} says where, and is empty.")
    names = sorted(params["categories"] or _folders(params["source"]))
    bad = [name for name in names if not NAME.fullmatch(name)]
    if bad or not names:
        raise AirflowFailException(
            f"{bad[0]!r} cannot be the name of a category." if bad else f"{params['source']} holds no category."
        )
    return names


@task(trigger_rule="all_done")
def taken_in(categories: list[str]) -> list[str]:
    """The categories whose parts were checked; the others wait for tomorrow, or for somebody to clear them."""
    return [name for name, states in _states(categories, INTAKE).items() if set(states.values()) == {"success"}]


@task(pool=POOL, retries=RETRIES)
def upload(category: str) -> dict[str, object]:
    """Bring a category's day to the target; what lies there already, byte by byte, is left alone."""
    context = get_current_context()
    params = context["params"]
    day = params["day"] or context["dag_run"].run_after.astimezone(context["dag"].timezone).strftime("%Y-%m-%d")
    folder = Path(params["workspace"], "exports", "daily", day, category)
    target = f"{params['target'].rstrip('/')}/{day}/{category}"
    if target.startswith("s3://"):
        return _to_bucket(folder, target, params["workspace"])
    return _to_folder(folder, Path(target))


@task(trigger_rule="all_done")
def summary(categories: list[str]) -> dict[str, object]:
    """Write down what came of each category, and fail where one did not get through."""
    context = get_current_context()
    params, run = context["params"], context["dag_run"]
    states = {group: _states(categories, group) for group in (INTAKE, PUBLISH)}
    came = {name: _came_of(states[INTAKE][name], states[PUBLISH].get(name, {})) for name in categories}
    told = {"run": run.run_id, "categories": came, "n_done": sum(one["done"] for one in came.values())}
    folder = Path(params["workspace"], "exports", "daily")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{re.sub(r'[^0-9A-Za-z]+', '-', run.run_id)}.json").write_text(
        json.dumps(told, indent=1), encoding="utf-8"
    )
    failed = [f"{name}: {one['failed']}" for name, one in came.items() if not one["done"]]
    context["ti"].xcom_push("summary", told)
    if failed or not came:
        raise AirflowFailException(f"{told['n_done']} of {len(came)} categories are done. {'; '.join(failed)}")
    return told


def _folders(source: str) -> list[str]:
    if source.startswith("s3://"):
        raise AirflowFailException("The categories of a bucket are named by the parameter categories.")
    try:
        return [path.name for path in Path(source).iterdir() if path.is_dir() and not path.name.startswith(".")]
    except OSError as error:
        raise AirflowFailException(f"{source} cannot be looked into: {error.strerror}.") from None


def _states(categories: list[str], group: str) -> dict[str, dict[str, str]]:
    """The state of each task of a group by the category's name, by the task's."""
    context = get_current_context()
    run_id = context["dag_run"].run_id
    told = context["ti"].get_task_states(dag_id=context["dag"].dag_id, task_group_id=group, run_ids=[run_id])
    of_run = told.get(run_id, {})
    names = categories if group == INTAKE else context["ti"].xcom_pull(task_ids="taken_in") or []
    states: dict[str, dict[str, str]] = {name: {} for name in names}
    for place, name in enumerate(names):
        for key, state in of_run.items():
            task_id, _, index = key.rpartition("_")
            if index == str(place):
                states[name][task_id.removeprefix(f"{group}.")] = state
    return states


def _came_of(intake: dict[str, str], publish: dict[str, str]) -> dict[str, object]:
    """Whether every task of a category was a success, and else which one was not."""
    states = {**intake, **publish}
    failed = next((name for name, state in states.items() if state == "failed"), "")
    done = bool(publish) and set(states.values()) == {"success"}
    return {"done": done, "failed": "" if done else failed or "not reached", "states": states}


def _to_bucket(folder: Path, target: str, workspace: str) -> dict[str, object]:
    command = [COMMAND, "upload", str(folder), target, "--workspace", workspace]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    print(ended.stderr)
    if ended.returncode:
        raise RuntimeError(ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else "The upload failed.")
    told: dict[str, object] = json.loads(ended.stdout.splitlines()[-1])
    return told


def _to_folder(folder: Path, target: Path) -> dict[str, object]:
    """Copy what is not there as it should be, each file whole or not at all; the list of sums comes last."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    n_copied = 0
    lines = []
    for path in files:
        name = path.relative_to(folder)
        sha256, there = _sha256(path), target / name
        lines.append(f"{sha256}  {name}\n")
        if there.is_file() and _sha256(there) == sha256:
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        part = there.with_name(f".{there.name}.part")
        shutil.copyfile(path, part)
        if _sha256(part) != sha256:
            raise RuntimeError(f"{there} holds other bytes than {path} after it was copied.")
        part.replace(there)
        n_copied += 1
    listed = "".join(lines)
    if not (target / SUMS).is_file() or (target / SUMS).read_text(encoding="utf-8") != listed:
        (target / SUMS).write_text(listed, encoding="utf-8")
    return {"to": str(target), "n_files": len(files), "n_copied": n_copied}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dag(
    dag_id="vitrine_daily",
    schedule=CronTriggerTimetable("0 7 * * *", timezone=TIME_ZONE),
    start_date=pendulum.datetime(2026, 1, 1, tz=TIME_ZONE),
    catchup=False,
    max_active_runs=1,
    params=PARAMS,
    render_template_as_native_obj=False,
    default_args={
        "retries": RETRIES,
        "retry_delay": RETRY_DELAY,
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["vitrine"],
)
def vitrine_daily() -> None:
    """Categories are taken in side by side, as far as the pool lets them; those that got through are published."""
    categories = find_categories()
    through = taken_in(categories)
    take_in.expand(category=categories) >> through
    make_public.expand(category=through) >> summary(categories)


daily = vitrine_daily()

"""What stands in deploy/: parsed, held to what was promised of it, and linted where the programs are at hand."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.places import PROJECT

DEPLOY = PROJECT / "deploy"
COMPOSE = ("compose.yaml", "compose.gpu.yaml", "compose.https.yaml")
OURS = ("dashboard", "service")
STORES = PROJECT / ".venv-stores" / "bin"


def compose(name: str) -> dict:
    """A compose file with its variables at their defaults, as `up` sees it without any set."""
    text = re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", lambda found: found[2] or "", (DEPLOY / name).read_text("utf-8"))
    return yaml.safe_load(text)


def services() -> dict:
    return compose("compose.yaml")["services"]


def refused(content: dict) -> str:
    """What the compose specification has against this content; "" for nothing."""
    python = STORES / "python"
    if not python.exists():
        pytest.skip("the specification is missing: no .venv-stores (make test-stores)")
    code = "import sys, compose_spec; compose_spec.PyCompose.from_json(sys.stdin.read()).validate()"
    done = subprocess.run([python, "-c", code], input=json.dumps(content), capture_output=True, text=True)
    return done.stderr if done.returncode else ""


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_files_follow_the_specification(name) -> None:
    content = compose(name)
    assert refused({**content, "services": {"x": {"image": "x", "prots": ["1:1"]}}})  # what is none is refused
    if name != "compose.yaml":  # they are read on top of it
        base = compose("compose.yaml")
        content = {
            "services": {
                each: {**base["services"].get(each, {}), **content["services"].get(each, {})}
                for each in {**base["services"], **content["services"]}
            },
            "volumes": {**base["volumes"], **content.get("volumes", {})},
            "secrets": base["secrets"],
        }
    assert refused(content) == ""


@pytest.mark.parametrize("service", ["dashboard", "service", "qdrant", "store"])
def test_every_container_is_shut_in(service) -> None:
    found = services()[service]
    assert found["read_only"] is True and found["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in found["security_opt"] and found["restart"] == "unless-stopped"
    assert all(port.startswith("127.0.0.1:") for port in found["ports"])  # this machine alone, until a proxy is set up
    assert any(mount.split(":")[1] in ("/workspace", "/data", "/qdrant/storage") for mount in found["volumes"])


def test_ours_run_as_nobody_and_one_up_needs_nothing_but_the_project() -> None:
    for name in OURS:
        assert services()[name]["user"] == "10001:10001"
    assert [name for name, each in services().items() if not each.get("profiles")] == ["dashboard"]
    for secret in compose("compose.yaml")["secrets"].values():
        path = (DEPLOY / secret["file"]).resolve()
        assert path.is_file() and path.is_relative_to(DEPLOY / "secrets")


def test_every_container_says_whether_it_is_well() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert "HEALTHCHECK" in dockerfile and "/_stcore/health" in dockerfile  # the dashboard's
    for name in ("service", "qdrant", "store"):
        assert services()[name]["healthcheck"]["test"]
    assert compose("compose.https.yaml")["services"]["proxy"]["healthcheck"]["test"]


def test_secrets_are_files_and_what_is_committed_grants_nothing() -> None:
    text = "".join((DEPLOY / name).read_text("utf-8") for name in COMPOSE)
    assert not re.search(r"SECRET_ACCESS_KEY|ACCESS_KEY_ID|API_KEY|PASSWORD", text)
    assert (DEPLOY / "secrets" / "none").read_bytes() == b""
    assert json.loads((DEPLOY / "secrets" / "nobody.json").read_text()) == {"identities": []}
    assert "*" in (DEPLOY / "secrets" / ".gitignore").read_text().split()


def test_the_dashboard_reads_pictures_and_writes_to_its_workspace_alone() -> None:
    mounts = dict(mount.rsplit(":", 2)[-2:] if mount.endswith(":ro") else (mount.split(":")[1], "rw")
                  for mount in services()["dashboard"]["volumes"])  # fmt: skip
    assert mounts == {"/workspace": "rw", "/pictures": "ro"}
    assert "--import-root=/pictures" in services()["dashboard"]["command"]
    assert services()["service"]["volumes"] == ["workspace:/workspace:ro"]


def test_the_image_gets_every_room_and_nothing_that_is_not_ours() -> None:
    rooms = re.search(r"^ROOMS = \((.*?)\)", (PROJECT / "setup.py").read_text("utf-8"), re.M | re.S)
    named = set(re.findall(r'"(\w+)"', rooms[1]))
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines and named <= let_in and {"vitrine", "app.py", "setup.py", "requirements.txt"} <= let_in
    assert not {"tests", "workspace", "benchmarks", ".git", "deploy/secrets"} & let_in
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert "USER 10001:10001" in dockerfile and dockerfile.count("FROM python:3.11-slim-bookworm") == 2


def test_the_dockerfile_is_linted() -> None:
    program = shutil.which("hadolint") or str(STORES / "hadolint")
    if not os.path.exists(program):
        pytest.skip("the linter is missing: no hadolint (make test-stores)")
    done = subprocess.run([program, DEPLOY / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_steps_are_a_shell_script_that_can_be_read() -> None:
    assert subprocess.run(["sh", "-n", DEPLOY / "image" / "install.sh"]).returncode == 0
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    for step in ("packages", "vitrine", "slim"):
        assert f"install.sh {step} " in dockerfile


def test_the_unit_and_the_example_for_kubernetes_start_what_the_image_starts() -> None:
    unit = (DEPLOY / "systemd" / "vitrine.service").read_text("utf-8")
    assert re.search(r"^ExecStart=\S+/vitrine open --workspace ", unit, re.M) and "ProtectSystem=strict" in unit
    documents = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "vitrine.yaml").read_text("utf-8")))
    assert [each["kind"] for each in documents] == ["PersistentVolumeClaim", "Deployment", "Service"]
    (container,) = documents[1]["spec"]["template"]["spec"]["containers"]
    assert container["args"][:2] == ["open", "--workspace=/workspace"] and documents[1]["spec"]["replicas"] == 1
    assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_the_page_names_every_variable_of_the_compose_files() -> None:
    page = (PROJECT / "docs" / "containers.md").read_text("utf-8")
    for name in COMPOSE:
        for variable in re.findall(r"\$\{(\w+)", (DEPLOY / name).read_text("utf-8")):
            assert f"`{variable}`" in page, variable


def commands_of(page: Path) -> list[str]:
    """The lines of the page's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.S)
    return [line for block in blocks for line in block.splitlines() if line and not line.startswith("#")]


def test_the_commands_of_the_page_name_files_and_profiles_that_are_there() -> None:
    lines = commands_of(PROJECT / "docs" / "containers.md")
    assert len(lines) > 8
    profiles = {profile for each in services().values() for profile in each.get("profiles", ())}
    for line in lines:
        for path in re.findall(r"(?:-f |sh )(deploy/\S+)", line):
            assert (PROJECT / path).is_file(), line
        for profile in re.findall(r"--profile (\w+)", line):
            assert profile in profiles, line

"""The service alone, as people start it: commands, a process of its own, a swap while it is asked."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable

import pytest

from cli.main import main
from service import alone, layout
from service.alone import Plan, is_local, require_keys
from tests.support.browser import free_port
from tests.support.picture_workspace import coloured
from tests.support.places import PROJECT
from tests.support.running import run_job
from tests.support.served import N, client_of, drawn, write_version
from vitrine.client import Client, NotAnswered


def said(capsys, *words: str) -> tuple[int, dict, str]:
    """A command's status, its JSON line, and what it said to the person."""
    status = main(list(words))
    told = capsys.readouterr()
    return status, json.loads(told.out.splitlines()[-1]) if told.out.strip() else {}, told.err


def test_keys_are_made_listed_and_revoked_by_commands(tmp_path, capsys) -> None:
    at = ("--index", str(tmp_path))
    status, made, words = said(capsys, "key", "add", "the tool", "--dataset", "birds", "--days", "3", *at)
    assert status == 0 and made["key"] in words and made["datasets"] == ["birds"]
    _, listed, words = said(capsys, "key", "list", *at)
    (kept,) = listed["keys"]
    assert kept["valid"] and made["key"] not in json.dumps(listed) and "1 key of 1" in words
    assert said(capsys, "key", "revoke", kept["id"], *at)[0] == 0
    assert not said(capsys, "key", "list", *at)[1]["keys"][0]["valid"]
    assert said(capsys, "key", "revoke", kept["id"], *at)[0] == 2
    assert said(capsys, "key", "add", " ", *at)[0] == 2


def test_other_machines_are_not_served_without_a_key(tmp_path, capsys) -> None:
    write_version(tmp_path)
    status, _, words = said(
        capsys, "serve", "--index", str(tmp_path), "--address", "0.0.0.0", "--port", str(free_port())
    )
    assert status == 1 and "there is no key yet" in words
    said(capsys, "key", "add", "k", "--index", str(tmp_path))
    require_keys(Plan(tmp_path, "0.0.0.0", 1, "0"))


def test_a_folder_that_is_no_index_is_refused(tmp_path, capsys) -> None:
    status, _, words = said(capsys, "serve", "--index", str(tmp_path / "nothing"))
    assert status == 2 and "vitrine index" in words


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.4", False),
        ("pc", False),
    ],
)
def test_which_addresses_other_machines_reach(address: str, local: bool) -> None:
    assert is_local(address) is local


def test_no_other_name_leads_a_browser_to_this_machine(tmp_path) -> None:
    write_version(tmp_path)
    plan = Plan(tmp_path, "127.0.0.1", 1, "0", loads_models=False)
    service, catalogue = alone.build(plan)
    catalogue.look()
    client = client_of(type(service)(service.api, alone.with_hosts(service.asgi, plan), service.serving))
    assert client.get("/datasets").status_code == 200
    assert client.get("/datasets", headers={"Host": "evil.example"}).status_code == 400


def test_the_service_needs_neither_streamlit_nor_duckdb() -> None:
    code = "import sys, service.alone; print({'streamlit', 'duckdb', 'torch'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.fixture
def serving(tmp_path):
    """`vitrine serve` as a process; its address, and the folder of its index."""
    index, port = tmp_path / "index", free_port()
    write_version(index)
    command = [sys.executable, "-m", "vitrine", "serve", "--index", str(index), "--port", str(port), "--lazy"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log, env={**os.environ})
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/ready", timeout=2).close()
            break
        except OSError:
            assert process.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)
    yield address, index
    process.terminate()
    process.wait(timeout=30)


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; a busy machine has two minutes."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.2)
    raise AssertionError("it never came")


@pytest.mark.faults
@pytest.mark.long
def test_a_new_version_is_taken_up_while_many_ask_and_nobody_notices(serving) -> None:
    address, index = serving
    ended, versions, failures = threading.Event(), set(), []

    def ask_on() -> None:
        client = Client(address, seconds=20)
        while not ended.is_set():
            try:
                versions.add(client.get("/datasets/colours/images/4/similar")["version"])
            except NotAnswered as error:
                failures.append(str(error))

    threads = [threading.Thread(target=ask_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    write_version(index, ids=range(1, 11))
    until(lambda: "000002" in versions)
    damaged = write_version(index.parent / "elsewhere", ids=range(1, 6))
    (damaged / layout.VECTORS).write_bytes(b"")
    damaged.rename(layout.folder_of(index, "colours") / "000003")
    write_version(index, ids=range(1, N))
    until(lambda: "000004" in versions)
    ended.set()
    for thread in threads:
        thread.join(30)
    assert not failures and versions == {"000001", "000002", "000004"}


@pytest.mark.faults
@pytest.mark.long
@pytest.mark.timeout(600)
def test_an_index_of_a_workspace_is_served_with_the_model_that_embedded_it(workspace, tmp_path) -> None:
    """The whole way: pictures, vectors by the default model, an index, the service's own process, the same vectors."""
    dataset = coloured(workspace, tmp_path / "pictures")
    run_job(workspace, "embed", dataset.name)
    run_job(workspace, "service-index", dataset.name, folder=str(tmp_path / "index"))
    plan = Plan(tmp_path / "index", "127.0.0.1", 1, "0", loads_models=False)
    service, catalogue = alone.build(plan)
    catalogue.look()
    client = client_of(service)
    content = (tmp_path / "pictures" / "010.png").read_bytes()
    found = client.post("/datasets/squares/similar/picture?limit=3", files={"picture": ("a.png", content)}).json()
    assert found["neighbours"][0]["id"] == 11 and found["neighbours"][0]["cosine"] > 0.9999
    words = client.get("/datasets/squares/similar/words?text=a+red+wall&limit=3")
    assert words.status_code == 200 and len(words.json()["neighbours"]) == 3
    copies = client.post("/datasets/squares/duplicates?min_cosine=0.999", files={"picture": ("a.png", drawn(3))})
    assert copies.status_code == 200
    assert client.post("/datasets/squares/classify", files={"picture": ("a.png", content)}).status_code == 409

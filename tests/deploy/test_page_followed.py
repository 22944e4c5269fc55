"""docs/containers.md followed: the commands of "Without Docker", one after the other, in a folder of their own."""

import json
import os
import re
import subprocess
import sys
import urllib.request

import pytest

from tests.support.encoded_pictures import encoded, noise
from tests.support.places import PROJECT
from tests.support.weed import OWNER

pytestmark = pytest.mark.long


def test_the_commands_without_docker_do_what_the_page_says(store, tmp_path, monkeypatch) -> None:
    page = (PROJECT / "docs" / "containers.md").read_text("utf-8")
    block = re.search(r"### Without Docker.*?```sh\n(.*?)```", page, re.S)[1]
    lines = [line for line in block.splitlines() if line.startswith("vitrine ")]
    assert len(lines) == 6 and len(lines) == len([line for line in block.splitlines() if "vitrine" in line])
    for kind in ("cat", "dog"):
        (tmp_path / "DIR" / kind).mkdir(parents=True)
        for n in range(4):
            (tmp_path / "DIR" / kind / f"{n}.png").write_bytes(encoded(noise(40, 40, seed=n + len(kind)), "PNG"))
    credentials = tmp_path / "aws_credentials"  # as the page has them: in a file
    credentials.write_text(f"[default]\naws_access_key_id = {OWNER[0]}\naws_secret_access_key = {OWNER[1]}\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    said = []
    for line in lines:
        if "export-vectors" in line:  # which needs vectors, as the page says
            _run("vitrine run embed --dataset animals", tmp_path)
        said.append(_run(line, tmp_path))
    there = store.objects("versions/v1")
    assert sum(path.endswith(".png") for path in there) == 8 and "SHA256SUMS" in there
    vectors = store.objects("vectors/v1")
    assert vectors["vectors-00000.csv"].count(b"\n") == 9
    with urllib.request.urlopen(said[-1].strip()) as answer:
        assert len(json.load(answer)["files"]) == len(there) - 2
    for path, data in there.items():
        (tmp_path / "fetched" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fetched" / path).write_bytes(data)
    checked = subprocess.run(
        ["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path / "fetched", capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


def _run(line: str, folder) -> str:
    words = [sys.executable, "-m", "vitrine", *line.split()[1:]]
    done = subprocess.run(words, cwd=folder, env=os.environ, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, f"{line}: {done.stderr}"
    return done.stdout

"""The image's steps without Docker: its own script, on the files that it gets, and then run as in a container.

Packages that are at hand stand for those that the first step fetches; all other steps are the image's own.
"""

import contextlib
import fnmatch
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

from tests.support.encoded_pictures import encoded, noise
from tests.support.places import PROJECT

pytestmark = pytest.mark.long
NOBODY = 10001


def let_through(target: Path) -> None:
    """What Dockerfile.dockerignore lets through, copied."""
    lines = (PROJECT / "deploy" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    target.mkdir()
    for path in [line[1:] for line in lines if line.startswith("!")]:
        source = PROJECT / path
        if source.is_dir():
            shutil.copytree(source, target / path, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        elif source.is_file():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / path)
    assert not any(fnmatch.fnmatch(path.name, "*.pyc") for path in target.rglob("*"))


def interpreter() -> str:
    """A Python of this version that any user may run: one below somebody's home may be theirs alone."""
    system = f"/usr/bin/python3.{sys.version_info.minor}"
    return system if os.access(system, os.X_OK) else sys.executable


def may_become_nobody(image: Path) -> bool:
    """Whether this process may become the container's user, and that user may run what was installed."""
    if os.getuid() != 0:
        return False
    try:
        done = subprocess.run([image / "bin" / "python", "-c", ""], user=NOBODY, group=NOBODY, extra_groups=[])
    except PermissionError:
        return False
    return done.returncode == 0


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """What lies in the image: /opt/vitrine, in a folder that anybody may read and nobody write."""
    place = Path("/tmp") / f"vitrine-image-{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o755)
    try:
        let_through(place / "source")
        prefix = place / "opt"
        subprocess.run([interpreter(), "-m", "venv", "--without-pip", prefix], check=True)
        inside = subprocess.run(
            [prefix / "bin" / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        (Path(inside) / "at-hand.pth").write_text(sysconfig.get_path("purelib"))
        script = place / "source" / "deploy" / "image" / "install.sh"
        for words in (["vitrine", place / "source", prefix], ["slim", prefix]):
            done = subprocess.run(["sh", script, *words], capture_output=True, text=True, cwd="/")
            assert done.returncode == 0, done.stderr
        shutil.copy(place / "source" / "deploy" / "image" / "health.py", prefix / "health.py")
        shutil.rmtree(place / "source")
        yield prefix
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def room(tmp_path_factory):
    """The folders that a container may write to, owned by the user that it runs as, and pictures that it may read."""
    place = Path("/tmp") / f"vitrine-room-{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    for name in ("workspace", "tmp", "pictures"):
        (place / name).mkdir(parents=True)
    for kind in ("cat", "dog"):
        (place / "pictures" / kind).mkdir()
        for n in range(4):
            (place / "pictures" / kind / f"{n}.png").write_bytes(encoded(noise(40, 40, seed=n), "PNG"))
    if os.getuid() == 0:
        for name in ("workspace", "tmp"):
            os.chown(place / name, NOBODY, NOBODY)
    yield place
    shutil.rmtree(place, ignore_errors=True)


def start(image: Path, room: Path, *words: str) -> subprocess.Popen:
    """A command of the image with its environment, as its user where this one may become another."""
    environment = {
        "PATH": f"{image}/bin:/usr/bin:/bin",
        "HOME": str(room / "tmp"),
        "LOGNAME": "vitrine",
        "TMPDIR": str(room / "tmp"),
        "MPLCONFIGDIR": str(room / "tmp" / "matplotlib"),
        "NUMBA_CACHE_DIR": str(room / "tmp" / "numba"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "VITRINE_PUBLIC": "1",
        "VITRINE_OPEN_TO_ALL": "1",
        "AWS_ENDPOINT_URL": "",
        "AWS_SHARED_CREDENTIALS_FILE": str(PROJECT / "deploy" / "secrets" / "none"),
    }
    become = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if may_become_nobody(image) else {}
    return subprocess.Popen(
        [image / "bin" / "vitrine", *words],
        env=environment, cwd=room / "workspace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **become,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_well(image: Path, port: int) -> bool:
    """What the container's health check says."""
    url = f"http://127.0.0.1:{port}/_stcore/health"
    return subprocess.run([image / "bin" / "python", image / "health.py", url], capture_output=True).returncode == 0


def test_the_image_imports_and_shows_as_nobody_with_nothing_but_its_workspace(image, room) -> None:
    before = sorted(str(path) for path in image.rglob("*"))
    workspace, pictures = f"--workspace={room / 'workspace'}", str(room / "pictures")
    done = start(image, room, "import", pictures, workspace, "--name", "pets", "--yes")
    out, _ = done.communicate(timeout=240)
    assert done.returncode == 0 and '"n_images": 8' in out, out
    port = free_port()
    assert not is_well(image, port)
    app = start(image, room, "open", workspace, "--no-browser", "--address=127.0.0.1", f"--port={port}",
                "--host=localhost", "--host=127.0.0.1", f"--import-root={pictures}")  # fmt: skip
    try:
        began = time.monotonic()
        while not is_well(image, port):
            assert app.poll() is None, app.stdout.read()
            assert time.monotonic() - began < 120
            time.sleep(0.5)
        if may_become_nobody(image):
            owner = (room / "workspace" / "vitrine.duckdb").stat()
            assert (owner.st_uid, owner.st_gid) == (NOBODY, NOBODY)
    finally:
        app.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            app.communicate(timeout=30)
        app.kill()
    assert sorted(str(path) for path in image.rglob("*")) == before  # nothing was written beside what is installed


def test_the_image_says_its_version(image, room) -> None:
    done = start(image, room, "--version")
    out, _ = done.communicate(timeout=60)
    assert done.returncode == 0 and out.startswith("vitrine ")

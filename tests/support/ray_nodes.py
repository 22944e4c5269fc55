"""A Ray cluster of two nodes on this machine, started by a test and ended by it, each process by its number.

Ray comes from requirements-ray.txt (`make test-ray`). The nodes have this machine's own address: Ray takes 127.0.0.1
for the address of any machine, and two nodes would not find each other.
"""

import contextlib
import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

CPUS_A_NODE = 2  # with one, nothing is left for what a node does besides
STORE_BYTES = 80_000_000
UP_WITHIN_S, TRIES = 90.0, 3  # a busy machine may not start a node's agents in the 15 s that Ray gives them
# `ray` as a module, so that it is this environment's, whatever lies on the path
_RAY = "from ray.scripts.scripts import main; main()"


def is_there() -> bool:
    """Whether Ray is installed where the tests run."""
    return importlib.util.find_spec("ray") is not None


def require_ray() -> None:
    """Skip, by name, where there is no Ray."""
    if not is_there():
        pytest.skip("Ray is missing (make test-ray installs it, in an environment of its own)")


@dataclass
class Node:
    """A node. process: `ray start`, whose children do the rest."""

    process: subprocess.Popen[bytes]
    family: dict[int, psutil.Process] = field(default_factory=dict)

    def look(self) -> set[int]:
        """The numbers of the node's processes, of those there are now; all that were ever seen are remembered."""
        now: set[int] = set()
        with contextlib.suppress(psutil.Error):
            for process in (psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(True)):
                self.family.setdefault(process.pid, process)
                now.add(process.pid)
        return now

    def kill(self) -> None:
        """End all of it at once (-9), as a machine that loses its power."""
        self.look()
        for process in self.family.values():
            with contextlib.suppress(psutil.Error):
                process.kill()  # psutil looks whether the number is still the same process's
        self.process.wait()
        psutil.wait_procs(list(self.family.values()), timeout=10)


@dataclass
class Cluster:
    """Its nodes. address: of the first, HOST:PORT. n_cpus: of each."""

    address: str
    nodes: list[Node]
    folder: Path
    n_cpus: int

    @property
    def on(self) -> str:
        """What --on calls it."""
        return f"ray://{self.address}"

    def add_node(self) -> Node:
        """Start another node; it has joined when this returns."""
        node = _started(
            self.folder, f"--address={self.address}", host=self.address.partition(":")[0], n_cpus=self.n_cpus
        )
        self.nodes.append(node)
        return node


@contextlib.contextmanager
def running_cluster(folder: Path, *, n_nodes: int = 2, n_cpus: int = CPUS_A_NODE) -> Iterator[Cluster]:
    """Start nodes, whose logs lie in `folder`, and end them. n_cpus: of each, as Ray counts them."""
    require_ray()
    host = own_address()
    nodes: list[Node] = []
    # the path of a node's sockets may have 107 bytes, and a test's folder is longer
    with tempfile.TemporaryDirectory(prefix="vray-", ignore_cleanup_errors=True) as short:
        port = _free_port(host)
        words = ["--head", f"--port={port}", f"--temp-dir={short}", "--include-dashboard=false"]
        try:
            words.append(f"--ray-client-server-port={_free_port(host)}")
            nodes.append(_started(folder, *words, host=host, n_cpus=n_cpus))
            cluster = Cluster(f"{host}:{port}", nodes, folder, n_cpus)
            for _ in range(n_nodes - 1):
                cluster.add_node()
            yield cluster
        finally:
            for node in reversed(nodes):
                node.kill()


def own_address() -> str:
    """This machine's own address; skips, by name, where it has none but loopback's."""
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family == socket.AF_INET and not address.address.startswith("127."):
                return address.address
    pytest.skip("this machine has no address but 127.0.0.1, and two Ray nodes would not find each other there")


def _started(folder: Path, *words: str, host: str, n_cpus: int) -> Node:
    for attempt in range(TRIES):
        log = folder / f"node-{len(list(folder.glob('node-*')))}.log"
        node = Node(_start(log, *words, host=host, n_cpus=n_cpus))
        if _is_up(node, log):
            return node
        node.kill()
        print(f"A Ray node did not start ({attempt + 1} of {TRIES}): {log.read_text(errors='replace')[-600:]}")
    pytest.fail(f"No Ray node could be started: {log.read_text(errors='replace')[-2000:]}")


def _start(log: Path, *words: str, host: str, n_cpus: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _RAY, "start", "--block", f"--node-ip-address={host}", *words]
    command += [f"--num-cpus={n_cpus}", "--num-gpus=0", f"--object-store-memory={STORE_BYTES}"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # Ray lets its workers wait for every other process (nice 15): beside other tests they got a twentieth of a core.
    environment |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
    with log.open("wb") as output:
        return subprocess.Popen(command, cwd=log.parent, env=environment, stdout=output, stderr=output)


def _is_up(node: Node, log: Path) -> bool:
    began = time.monotonic()
    while time.monotonic() - began < UP_WITHIN_S and node.process.poll() is None:
        node.look()
        if b"Ray runtime started" in log.read_bytes():
            return True
        time.sleep(0.2)
    return False


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])

"""A fetch that was ended goes on from its journal: nothing is lost, nothing is asked again, nothing is kept twice."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from importers.collecting.fetching import Fetched, Known, Quota
from importers.collecting.fetching import journal as journals
from importers.collecting.fetching.journal import Journal, JournalError
from importers.collecting.fetching.keeping import Keeper
from tests.support.bad_server import BadServer, drawn, running
from tests.support.fetched import LIMITS, fetch, fetch_paths, files_of
from tests.support.places import PROJECT


@pytest.fixture
def server() -> Iterator[BadServer]:
    with running() as server:
        yield server


def lines_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()[1:]]


def test_what_has_a_line_is_told_again_and_not_asked_again(server: BadServer, tmp_path: Path) -> None:
    paths = ["/good/1", "/good/2", "/octets/2", "/html/1", "/status/404", "/good/1?again"]
    found = fetch_paths(server, paths, tmp_path)
    asked = server.counts()
    again = fetch_paths(server, [*paths, "/good/3"], tmp_path)
    assert again.pop("/good/3").outcome == "kept" and again == found
    assert server.counts() - asked == Counter({"/good/3": 1})


def test_a_number_with_another_address_is_another_picture(server: BadServer, tmp_path: Path) -> None:
    fetch({0: server.url("/good/1")}, tmp_path)
    found = fetch({0: server.url("/good/2")}, tmp_path)
    assert found[0].final_url.endswith("/good/2") and server.counts() == {"/good/1": 1, "/good/2": 1}


def test_a_line_that_was_begun_is_cut_off(server: BadServer, tmp_path: Path) -> None:
    fetch_paths(server, ["/good/1", "/good/2"], tmp_path)
    journal = tmp_path / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-20])
    found = fetch_paths(server, ["/good/1", "/good/2"], tmp_path)
    assert sum(server.counts().values()) == 3 and [each.outcome for each in found.values()] == ["kept", "kept"]
    assert len(files_of(tmp_path)) == 2 and len(lines_of(tmp_path)) == 2


@pytest.mark.parametrize("where", ["nowhere", "on its way", "cut short"])
@pytest.mark.long
def test_a_kept_file_that_had_not_taken_its_place_does_so_or_is_fetched_again(
    server: BadServer, tmp_path: Path, where: str
) -> None:
    (found,) = fetch_paths(server, ["/good/1"], tmp_path).values()
    place = tmp_path / "root" / found.path
    keeper = Keeper(tmp_path / "root", tmp_path / "journal.jsonl", known=Known(), quota=Quota(), limits=LIMITS)
    if where == "on its way":
        os.replace(place, keeper.part_of(0))
    elif where == "cut short":
        place.write_bytes(place.read_bytes()[:-1])
    else:
        place.unlink()
    keeper.journal.close()
    (again,) = fetch_paths(server, ["/good/1"], tmp_path).values()
    assert again.path == found.path and place.read_bytes() == drawn(1)
    assert server.counts()["/good/1"] == (1 if where == "on its way" else 2)


def test_files_are_hashed_after_the_machine_went_down(
    server: BadServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = fetch_paths(server, ["/good/1"], tmp_path).values()
    place = tmp_path / "root" / found.path
    place.write_bytes(bytes(found.n_bytes))  # what a disk may hold after a power cut
    fetch_paths(server, ["/good/1"], tmp_path)
    assert place.read_bytes() == bytes(found.n_bytes)  # of the same boot it is believed by its size
    (tmp_path / "boot").write_text("another\n")
    monkeypatch.setattr(journals, "_BOOT_ID", tmp_path / "boot")
    (again,) = fetch_paths(server, ["/good/1"], tmp_path).values()
    assert again.outcome == "kept" and place.read_bytes() == drawn(1) and server.counts()["/good/1"] == 2


@pytest.mark.long
def test_a_taking_back_that_was_ended_in_its_middle_is_finished(server: BadServer, tmp_path: Path) -> None:
    paths = [f"/placeholder/{number}" for number in range(4)]
    fetch_paths(server, paths, tmp_path, limits=replace(LIMITS, at_once=1))
    journal = tmp_path / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    assert len(lines) == 1 + 4 + 3
    for n_lines in range(5, 8):  # killed after so many: the last candidate is refused, the others not yet all
        journal.write_bytes(b"".join(lines[:n_lines]))
        found = fetch_paths(server, paths, tmp_path, limits=replace(LIMITS, at_once=1))
        assert {each.reason for each in found.values()} == {"placeholder"} and files_of(tmp_path) == []


@pytest.mark.long
def test_a_full_disk_ends_the_fetch_and_it_goes_on_when_there_is_room(
    server: BadServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Journal, line: bytes, at: int) -> None:
        raise OSError(28, "No space left on device")

    paths = [f"/good/{number}" for number in range(4)]
    fetch_paths(server, paths[:1], tmp_path)
    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space"):
        patched.setattr(Journal, "_write", full)
        fetch_paths(server, paths, tmp_path)
    assert len(files_of(tmp_path)) == 1
    found = fetch_paths(server, paths, tmp_path)
    assert {each.outcome for each in found.values()} == {"kept"}


def test_a_file_that_is_no_journal_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not ours\nat all\n")
    with pytest.raises(JournalError):
        Journal(path)
    assert path.read_text() == "not ours\nat all\n"


def test_an_address_of_any_length_leaves_a_line_that_can_be_read(tmp_path: Path) -> None:
    url = "http://example.org/" + "\u00fc\ud800" * 1_000_000
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(url, Fetched(1, "refused", "address"))
    journal.close()
    journal = Journal(tmp_path / "journal.jsonl")
    found = journal.find(1, url)
    journal.close()
    assert found == Fetched(1, "refused", "address")


CHILD = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from importers.collecting.fetching import Wanted, fetch_all
from tests.support.fetched import LIMITS, LOOPBACK
port, folder = sys.argv[1], Path(sys.argv[2])
async def main():
    wanted = [Wanted(n, f"http://127.0.0.1:{port}/{'good' if n % 3 else 'octets'}/{n // 2}") for n in range(160)]
    limits = replace(LIMITS, per_host_at_once=4)
    results = fetch_all(wanted, lambda n: "pictures", root=folder / "root", journal=folder / "journal.jsonl",
        limits=limits, permission=LOOPBACK)
    n = 0
    async for fetched in results:
        n += 1
        print(n, flush=True)
asyncio.run(main())
print("done", flush=True)
"""


@pytest.mark.faults
@pytest.mark.long
def test_ten_kills_lose_nothing_and_ask_nothing_twice_but_what_was_under_way(tmp_path: Path) -> None:
    with running(latency_s=0.01) as server:
        n_killed = 0
        for attempt in range(40):
            command = [sys.executable, "-c", CHILD, str(server.port), str(tmp_path)]
            with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as child:
                assert child.stdout is not None
                told = 0
                for line in child.stdout:
                    told = 0 if line == "done\n" else told + 1
                    if n_killed < 10 and told >= 14 * (attempt + 1):
                        child.send_signal(signal.SIGKILL)
                        n_killed += 1
                        break
            if n_killed == 10 and child.returncode == 0:
                break
        assert n_killed == 10 and child.returncode == 0
        counts = server.counts()
    last = {line["number"]: line for line in lines_of(tmp_path)}
    kept = [line for line in last.values() if line["outcome"] == "kept"]
    assert len(last) == 160 == len(lines_of(tmp_path))
    assert Counter(line["outcome"] for line in last.values()).total() == 160
    assert len({line["sha256"] for line in kept}) == len(kept) == 80
    assert files_of(tmp_path) == sorted(str(line["path"]) for line in kept)
    addresses = len(counts)
    # under way at a kill: four requests, and of those before, what the one process that decodes had before it
    assert counts.total() - addresses <= 10 * (4 + 8 + 4), "asked twice: more than was under way at ten kills"

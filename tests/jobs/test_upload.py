"""What an upload remembers, in which parts a file goes, and how links and targets are asked for: without a store."""

import json

import pytest

from jobs.engine.bucket_links import seconds_of
from jobs.engine.errors import ExportRefused, FolderNotAllowed, NothingToDo, UnknownParameter
from jobs.engine.kinds import load_kind
from jobs.engine.supervisor import Supervisor
from jobs.upload.bring import files_in
from jobs.upload.limits import GIB, MIB, TIB, Limits, parts_of
from jobs.upload.manifest import MANIFEST, SUMS, names_of, write_manifest
from jobs.upload.receipts import Begun, LocalFile, Receipts, Sent
from store.acting import CURATOR, LINK, Actor, acting
from store.datasets import ensure_dataset


@pytest.mark.parametrize(
    ("n_bytes", "part_bytes"),
    [
        (0, 0),
        (64 * MIB, 0),  # at once
        (64 * MIB + 1, 64 * MIB),
        (5 * GIB, 64 * MIB),
        (640_000 * MIB, 64 * MIB),  # 10,000 parts of 64 MiB
        (640_000 * MIB + 1, 64 * MIB + 1),  # larger parts, so that there are no more
        (5 * TIB, -(-5 * TIB // 10_000)),
    ],
)
def test_a_file_goes_in_at_most_10000_parts(n_bytes, part_bytes) -> None:
    assert Limits().part_bytes(n_bytes) == part_bytes
    if part_bytes:
        n_parts = -(-n_bytes // part_bytes)
        assert n_parts <= 10_000


def test_what_is_put_at_once_is_no_larger_than_s3_allows_whatever_is_asked() -> None:
    limits = Limits(part=8 * GIB)
    assert limits.part_bytes(5 * GIB) == 0
    assert limits.part_bytes(5 * GIB + 1) == 5 * GIB
    assert parts_of(12, part_bytes=5) == [(0, 5), (5, 5), (10, 2)]


def test_a_file_that_no_bucket_takes_is_refused_before_a_byte_is_sent() -> None:
    with pytest.raises(ExportRefused, match="larger than an object may be"):
        Limits().part_bytes(5 * TIB + 1)
    with pytest.raises(ExportRefused, match="in 4 parts"):
        Limits(part=10, most_parts=4, most_part=100, most_object=1000).part_bytes(401)
    assert Limits(part=10, most_parts=4, most_part=100, most_object=1000).part_bytes(400) == 100


def test_receipts_survive_a_line_that_a_kill_cut_short(tmp_path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    file = LocalFile.of("a", tmp_path / "a")
    receipts = Receipts(tmp_path / "r.jsonl", target="s3://bucket/x")
    receipts.note_sent(file, Sent("a", 3, "aa", "ee"))
    receipts.note_begun(Begun("b", "bb", "upload-1", 5))
    with (tmp_path / "r.jsonl").open("ab") as out:
        out.write(b'\n{"sent": {"path": "c", "n_by')
    again = Receipts(tmp_path / "r.jsonl", target="s3://bucket/x")
    again.note_sent(LocalFile("d", tmp_path / "a", 3, 1), Sent("d", 3, "dd", "ff"))
    read = Receipts(tmp_path / "r.jsonl", target="s3://bucket/x")
    assert read.sent(file) == Sent("a", 3, "aa", "ee")
    assert read.sent(LocalFile("d", tmp_path / "a", 3, 1)) is not None
    assert read.begun("b", sha256="bb") == Begun("b", "bb", "upload-1", 5)
    assert read.begun("b", sha256="other") is None  # the file has changed since
    assert Receipts(tmp_path / "r.jsonl", target="s3://bucket/y").sent(file) is None


def test_a_receipt_of_a_file_that_changed_counts_for_nothing(tmp_path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    receipts = Receipts(tmp_path / "r.jsonl", target="s3://bucket/x")
    file = LocalFile.of("a", tmp_path / "a")
    receipts.note_sent(file, Sent("a", 3, "aa", "ee"))
    assert receipts.sent(LocalFile("a", file.file, 3, file.mtime_ns + 1)) is None
    assert receipts.sent(LocalFile("a", file.file, 4, file.mtime_ns)) is None


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("24h", 86_400), ("7d", 604_800), (" 90S ", 90)])
def test_how_long_a_link_lasts_is_written_shortly(text, seconds) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("bad", ["", "0h", "8d", "1w", "-1h", "1.5h", "999999999999s", "h"])
def test_a_link_lasts_a_week_at_most(bad) -> None:
    with pytest.raises(UnknownParameter, match="7d"):
        seconds_of(bad)


def test_every_file_below_a_folder_goes_by_its_path(tmp_path) -> None:
    for path in ("b/2.txt", "a/1.txt", "a/ä b.txt", "top.csv"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "nowhere")
    assert [file.path for file in files_in(tmp_path)] == ["top.csv", "a/1.txt", "a/ä b.txt", "b/2.txt"]
    assert [file.path for file in files_in(tmp_path / "top.csv")] == ["top.csv"]
    with pytest.raises(ExportRefused, match="There is no file or folder"):
        files_in(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ExportRefused, match="holds no files"):
        files_in(tmp_path / "empty")


def test_the_manifest_says_the_sum_of_every_file(tmp_path) -> None:
    sent = [Sent("a/1.txt", 3, "aa" * 32, "e1"), Sent("b.bin", 9, "bb" * 32, "e2-2", 5)]
    files = write_manifest(tmp_path, (MANIFEST, SUMS), sent, about={"dataset": "pets"})
    assert [file.path for file in files] == [SUMS, MANIFEST]  # the manifest is the last to go
    content = json.loads((tmp_path / MANIFEST).read_text())
    assert (content["dataset"], content["n_files"], content["n_bytes"]) == ("pets", 2, 12)
    assert content["files"][1] == {"path": "b.bin", "bytes": 9, "sha256": "bb" * 32, "etag": "e2-2", "part_bytes": 5}
    assert (tmp_path / SUMS).read_text() == f"{'aa' * 32}  a/1.txt\n{'bb' * 32}  b.bin\n"
    one = [LocalFile("report.html", tmp_path, 1, 1)]
    assert names_of(one, is_folder=False) == ("report.html.manifest.json", "report.html.sha256")


@pytest.mark.parametrize("kind", ["export", "report", "bundle", "export-vectors", "upload"])
def test_an_order_says_where_else_to_and_what_is_no_address_is_refused(kind) -> None:
    assert load_kind(kind).read({"to": "s3://bucket/x/"}).to == "s3://bucket/x"
    for bad in ("/tmp/x", "s3://", "https://bucket/x"):
        with pytest.raises(UnknownParameter, match="is no address"):
            load_kind(kind).read({"to": bad})


def test_visitors_write_to_no_bucket_with_the_credentials_of_the_server(workspace) -> None:
    intake = Supervisor(workspace, import_roots=["s3://bucket/x"]).intake
    kind = load_kind("export")
    parameters = kind.read({"version": "v1", "to": "s3://bucket/x"}).as_json()
    with pytest.raises(FolderNotAllowed):
        intake.check_paths(kind, parameters)
    own = Supervisor(workspace).intake
    own.check_paths(kind, parameters)
    with acting(Actor(role=CURATOR, how=LINK)), pytest.raises(FolderNotAllowed, match="Only the owner"):
        own.check_paths(kind, parameters)
    with acting(Actor(role=CURATOR, how=LINK)), pytest.raises(FolderNotAllowed, match="Only the owner"):
        own.link_to("s3://bucket/x", lasts="24h")


def test_an_upload_without_a_target_or_of_a_job_that_wrote_nothing_is_refused(workspace, tmp_path) -> None:
    ensure_dataset(workspace, "pets", root=str(tmp_path), task="single", layout="flat")
    supervisor = Supervisor(workspace)
    with pytest.raises(UnknownParameter, match="to says where"):
        supervisor.start("upload", dataset="pets", parameters={"path": str(tmp_path)}, trusted=True)
    with pytest.raises(UnknownParameter, match="job names the job"):
        supervisor.start("upload", dataset="pets", parameters={"to": "s3://bucket/x"}, trusted=True)
    (tmp_path / "a").write_text("x")
    held = supervisor.start(
        "upload",
        dataset="pets",
        parameters={"to": "s3://bucket/x", "path": str(tmp_path / "a")},
        hold=True,
        trusted=True,
    )
    with pytest.raises(NothingToDo, match="has written no file"):
        supervisor.start("upload", dataset="pets", parameters={"to": "s3://bucket/x", "job": held}, trusted=True)

"""Exports brought to a real store: whole, checked, gone on with after a kill, over nothing, in public only if asked."""

import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

import numpy as np
import pyarrow.parquet as pq
import pytest

from importers.stores import address_of
from jobs.engine.bucket_links import presigned
from jobs.engine.errors import ExportRefused, JobFailed
from jobs.engine.folder import job_folder
from jobs.engine.public_buckets import why_public
from jobs.upload.bring import bring
from jobs.upload.limits import MIB, Limits
from jobs.upload.manifest import MANIFEST, SUMS
from store.datasets import find_dataset
from store.versions import freeze
from tests.support.encoded_pictures import encoded, noise
from tests.support.places import PROJECT
from tests.support.running import run_job
from tests.support.small_workspace import land_random_vectors
from tests.support.weed import BUCKET, NOBODY, OPEN_BUCKET, OWNER, READER, sign_in

pytestmark = pytest.mark.long
ODD = ["a b.txt", "ä/猫.txt", "50%.txt", "x?y=1&z#.txt", "it's.txt", "+plus.txt", "deep/er/and/deeper.txt"]


def url(prefix: str, bucket: str = BUCKET) -> str:
    return f"s3://{bucket}/{prefix}"


def brought(source, prefix: str, tmp_path, **options):
    return bring(
        source,
        address_of(options.pop("to", url(prefix))),
        receipts=tmp_path / f"receipts-{prefix}.jsonl",
        about={"dataset": "pets"},
        say=lambda n, total, message: None,
        **options,
    )


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def folder(tmp_path):
    """Forty files, odd names among them, and one of 12 MiB."""
    place = tmp_path / "out"
    for n, path in enumerate([*ODD, *(f"part/{n:02}.bin" for n in range(32))]):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(os.urandom(1000 + n))
    (place / "large.bin").write_bytes(os.urandom(12 * MIB + 345))
    return place


SMALL_PARTS = Limits(part=5 * MIB)


def test_a_folder_lies_there_whole_with_a_manifest_that_says_every_sum(store, folder, tmp_path) -> None:
    done = brought(folder, "whole", tmp_path, limits=SMALL_PARTS)
    there = store.objects("whole")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert (done.n_files, done.tally.n_sent, done.tally.n_parts, done.public) == (40, 40, 3, [])
    manifest = json.loads(there.pop(MANIFEST))
    sums = there.pop(SUMS).decode()
    assert there == files
    assert {each["path"]: each["sha256"] for each in manifest["files"]} == {p: sha256(d) for p, d in files.items()}
    assert dict(reversed(line.split("  ", 1)) for line in sums.splitlines()) == {p: sha256(d) for p, d in files.items()}
    assert (manifest["n_files"], manifest["n_bytes"]) == (40, sum(map(len, files.values())))


def test_the_same_again_sends_nothing_with_and_without_its_receipts(store, folder, tmp_path) -> None:
    brought(folder, "twice", tmp_path, limits=SMALL_PARTS)
    before = store.objects("twice")
    again = brought(folder, "twice", tmp_path, limits=SMALL_PARTS)
    assert (again.tally.n_sent, again.tally.n_kept, again.tally.n_parts) == (0, 40, 0)
    (tmp_path / "receipts-twice.jsonl").unlink()
    without = brought(folder, "twice", tmp_path, limits=SMALL_PARTS)
    assert (without.tally.n_sent, without.tally.n_kept, without.tally.n_parts) == (0, 40, 0)
    assert store.objects("twice") == before


def test_nothing_is_written_over(store, folder, tmp_path) -> None:
    store.put("taken/part/03.bin", b"of somebody else")
    with pytest.raises(ExportRefused, match="nothing was written"):
        brought(folder, "taken", tmp_path)
    assert store.objects("taken") == {"part/03.bin": b"of somebody else"}
    same_size = bytes((folder / "part" / "03.bin").stat().st_size)
    store.put("taken2/part/03.bin", same_size)
    with pytest.raises(ExportRefused, match="holds something else"):
        brought(folder, "taken2", tmp_path)
    there = store.objects("taken2")
    assert there["part/03.bin"] == same_size and MANIFEST not in there


def test_an_object_that_comes_between_look_and_write_is_not_written_over(store, folder, tmp_path, monkeypatch) -> None:
    from jobs.upload import sending

    listed = sending.Sender._there

    def looks_then_it_comes(self, files):
        found = listed(self, files)
        store.put("race/top.bin", b"faster")
        return found

    monkeypatch.setattr(sending.Sender, "_there", looks_then_it_comes)
    (folder / "top.bin").write_bytes(b"slower")
    with pytest.raises(ExportRefused, match="holds something else"):
        brought(folder, "race", tmp_path)
    assert store.objects("race")["top.bin"] == b"faster"


def test_what_came_to_harm_in_the_store_is_found_at_the_end(store, folder, tmp_path, monkeypatch) -> None:
    from jobs.upload import sending

    sent = sending.Sender.send

    def sends_then_one_rots(self, files, *, report):
        done = sent(self, files, report=report)
        if len(files) > 1:
            data = bytearray((folder / "part" / "05.bin").read_bytes())
            data[7] ^= 1
            store.put("rot/part/05.bin", bytes(data))
        return done

    monkeypatch.setattr(sending.Sender, "send", sends_then_one_rots)
    with pytest.raises(JobFailed, match=r"rot/part/05.bin holds other bytes"):
        brought(folder, "rot", tmp_path)
    assert MANIFEST not in store.objects("rot")  # which says that all is well


UPLOADS = """
import os, signal, sys
from pathlib import Path
from importers.stores import address_of
from jobs.upload import sending
from jobs.upload.bring import bring
from jobs.upload.limits import Limits, MIB
from jobs.upload.receipts import Receipts

source, to, receipts = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
n_files, n_parts = map(int, sys.argv[4:])
sending.PARTS_AT_ONCE = 1
note = Receipts.note_sent
count = [0]
def note_sent(self, file, sent):
    note(self, file, sent)
    count[0] += 1
    if count[0] == n_files:
        os.kill(os.getpid(), signal.SIGKILL)
Receipts.note_sent = note_sent
upload_part = sending.client().upload_part
parts = [0]
def part(**arguments):
    answer = upload_part(**arguments)
    parts[0] += 1
    if parts[0] == n_parts:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
sending.client().upload_part = part
bring(source, address_of(to), receipts=receipts, about={}, say=lambda *_: None, limits=Limits(part=5 * MIB), at_once=2)
"""


def killed(source, prefix: str, tmp_path, *, n_files: int = 0, n_parts: int = 0) -> None:
    """An upload in a process of its own that is killed after so many files, or so many parts."""
    words = [source, url(prefix), tmp_path / f"receipts-{prefix}.jsonl", n_files, n_parts]
    ended = subprocess.run([sys.executable, "-c", UPLOADS, *map(str, words)], cwd=PROJECT, capture_output=True)
    assert ended.returncode == -9, ended.stderr.decode()


def test_killed_in_mid_upload_it_goes_on_and_the_counts_are_exact(store, folder, tmp_path) -> None:
    killed(folder, "killed", tmp_path, n_files=13)
    half = store.objects("killed")
    assert 13 <= len(half) < 40 and MANIFEST not in half
    done = brought(folder, "killed", tmp_path, limits=SMALL_PARTS)
    assert done.n_files == 40 and done.tally.n_kept == len(half) and done.tally.n_sent == 40 - len(half)
    assert len(store.objects("killed")) == 42 and len(json.loads(store.objects("killed")[MANIFEST])["files"]) == 40


def test_killed_in_mid_file_its_parts_are_not_sent_again(store, folder, tmp_path) -> None:
    killed(folder, "parts", tmp_path, n_parts=2)
    assert "large.bin" not in store.objects("parts")  # whole or not there
    done = brought(folder, "parts", tmp_path, limits=SMALL_PARTS)
    assert (done.tally.n_parts_kept, done.tally.n_parts, done.tally.n_kept) == (2, 1, 39)
    assert store.objects("parts")["large.bin"] == (folder / "large.bin").read_bytes()


def test_an_upload_that_the_store_forgot_is_begun_anew(store, folder, tmp_path) -> None:
    killed(folder, "forgot", tmp_path, n_parts=2)
    client = store.client()
    for upload in client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", ()):
        client.abort_multipart_upload(Bucket=BUCKET, Key=upload["Key"], UploadId=upload["UploadId"])
    done = brought(folder, "forgot", tmp_path, limits=SMALL_PARTS)
    assert (done.tally.n_parts_kept, done.tally.n_parts) == (0, 3)
    assert store.objects("forgot")["large.bin"] == (folder / "large.bin").read_bytes()


def test_a_reader_and_a_wrong_key_write_nothing_and_it_is_said(store, folder, tmp_path, monkeypatch) -> None:
    sign_in(monkeypatch, store, READER)
    with pytest.raises(JobFailed, match="does not let these credentials") as refused:
        brought(folder, "denied", tmp_path)
    assert READER[0] not in str(refused.value) and READER[1] not in str(refused.value)
    sign_in(monkeypatch, store, NOBODY)
    with pytest.raises(JobFailed, match="refuses the credentials"):
        brought(folder, "denied", tmp_path)
    assert not store.objects("denied")


def test_a_link_works_without_credentials_until_it_expires(store, tmp_path) -> None:
    store.put("linked/a b 猫.txt", b"hello")
    link = presigned(url("linked/a b 猫.txt"), seconds=60)
    assert OWNER[1] not in link and "X-Amz-Expires=60" in link  # the fourth version of signatures
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"hello"
    short = presigned(url("linked/a b 猫.txt"), seconds=1)
    time.sleep(2.5)
    with pytest.raises(urllib.error.HTTPError) as expired:
        urllib.request.urlopen(short)
    assert expired.value.code == 403
    expired.value.close()
    with pytest.raises(ExportRefused, match="no object"):
        presigned(url("linked/none.txt"), seconds=60)


def test_a_private_bucket_is_not_called_public(store) -> None:
    store.put("something/x", b"1")
    assert why_public(address_of(url("x"))) == []


def test_a_bucket_that_anybody_reads_is_refused_before_anything_is_written(store, folder, tmp_path) -> None:
    to = url("never", OPEN_BUCKET)
    assert any("without credentials" in way for way in why_public(address_of(to)))
    with pytest.raises(ExportRefused, match="Nothing was written"):
        brought(folder, "never", tmp_path, to=to)
    assert not store.objects("never", bucket=OPEN_BUCKET)
    meant = brought(folder, "never", tmp_path, to=to, to_public=True)
    assert meant.public and len(store.objects("never", bucket=OPEN_BUCKET)) == 42


def test_a_public_acl_and_a_public_policy_are_seen(store) -> None:
    client = store.client()
    client.create_bucket(Bucket="by-acl")
    client.put_bucket_acl(Bucket="by-acl", ACL="public-read")
    assert any("ACL gives everybody READ" in way for way in why_public(address_of("s3://by-acl/x")))
    client.create_bucket(Bucket="by-policy")
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::by-policy/*"}
        ],
    }
    client.put_bucket_policy(Bucket="by-policy", Policy=json.dumps(policy))
    assert any("policy" in way for way in why_public(address_of("s3://by-policy/x")))


@pytest.fixture
def pets(store, workspace, tmp_path):
    """A dataset of six pictures in a bucket, with vectors and a version."""
    for kind in ("cat", "dog"):
        for n in range(3):
            store.put(f"pets-{tmp_path.name}/{kind}/{n}.png", encoded(noise(20, 20, seed=n + 10 * len(kind)), "PNG"))
    run_job(workspace, "import", "pets", folder=url(f"pets-{tmp_path.name}"))
    dataset = find_dataset(workspace, "pets")
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    freeze(workspace, dataset.id, name="v1", note="", who="Ada")
    return dataset


def test_a_version_goes_from_bucket_to_bucket_by_jobs(store, workspace, pets) -> None:
    exported = run_job(workspace, "export", "pets", version="v1", to=url("of-jobs/v1"))
    uploaded = run_job(workspace, "upload", "pets", job=exported.id, to=url("of-jobs/v1"))
    there = store.objects("of-jobs/v1")
    assert sum(path.endswith(".png") for path in there) == 6
    assert uploaded.figures["n_files"] == len(there) - 2
    manifest = json.loads(there[MANIFEST])
    assert (manifest["dataset"], manifest["written_by_job"], manifest["job"]) == ("pets", exported.id, uploaded.id)
    again = run_job(workspace, "import", "again", folder=url("of-jobs/v1"))
    assert again.figures["n_read"] == 6  # an export reads itself back, from a bucket as well


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_vectors_go_in_files_of_so_many_rows_and_read_back_to_the_bit(store, workspace, pets, form, tmp_path) -> None:
    exported = run_job(workspace, "export-vectors", "pets", format=form, rows_per_file=4, to=url(f"vectors-{form}"))
    assert (exported.figures["n_vectors"], exported.figures["n_files"]) == (6, 2)
    run_job(workspace, "upload", "pets", job=exported.id, to=url(f"vectors-{form}"))
    there = store.objects(f"vectors-{form}")
    for name in (f"vectors-00000.{form}", f"vectors-00001.{form}"):
        (tmp_path / "back" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "back" / name).write_bytes(there[name])
    taken = run_job(workspace, "import-vectors", "pets", files=str(tmp_path / "back"), space="back", id_column="path")
    assert taken.figures["n_taken"] == 6
    from store.vectors import list_spaces, read_vectors

    spaces = {space.name: space for space in list_spaces(workspace, pets.id)}
    first = next(space for name, space in spaces.items() if name != "back")
    one, other = read_vectors(workspace, first), read_vectors(workspace, spaces["back"])
    assert np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])
    if form == "parquet":
        table = pq.read_table(tmp_path / "back" / "vectors-00000.parquet")
        assert table.column_names == ["path", "label", "split", "vector"] and table.num_rows == 4


def test_no_credentials_are_left_by_an_upload(store, workspace, pets) -> None:
    exported = run_job(workspace, "export", "pets", version="v1")
    run_job(workspace, "upload", "pets", job=exported.id, to=url("clean"))
    workspace.close()
    for path in workspace.root.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert not any(word.encode() in held for word in (*OWNER, store.url)), path
    assert not any(word.encode() in data for data in store.objects("clean").values() for word in OWNER)


def vitrine(*words: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "jobs", *map(str, words)], cwd=PROJECT, capture_output=True, text=True, timeout=240
    )


def test_the_command_line_imports_exports_snapshots_and_links(store, tmp_path) -> None:
    for n in range(6):
        store.put(f"cli/{'ab'[n % 2]}/{n}.png", encoded(noise(20, 20, seed=n), "PNG"))
    w = ("--workspace", tmp_path / "w")
    done = vitrine("import", url("cli"), *w, "--yes")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n_images"] == 6
    assert vitrine("freeze", "v1", "--dataset", "cli", *w).returncode == 0
    done = vitrine("run", "export", "--dataset", "cli", "--version", "v1", "--to", url("cli-out"), *w)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["then"]["kind"] == "upload" and said["then"]["state"] == "done"
    assert MANIFEST in store.objects("cli-out")
    done = vitrine("snapshot", url("cli-snap"), *w)
    assert done.returncode == 0, done.stderr
    names = sorted(store.objects("cli-snap"))
    assert [name.rpartition(".duckdb")[2] for name in names] == ["", ".manifest.json", ".sha256"]
    assert not list((tmp_path / "w" / "exports").glob("*.duckdb"))
    link = vitrine("link", url(f"cli-snap/{names[0]}"), "--expires", "5m").stdout.strip()
    with urllib.request.urlopen(link) as answer:
        assert len(answer.read()) == json.loads(done.stdout)["n_bytes"]
    refused = vitrine("upload", tmp_path / "w" / "exports", url("x", OPEN_BUCKET), *w)
    assert refused.returncode == 1 and "Anybody can read" in refused.stderr
    assert not store.objects("x", bucket=OPEN_BUCKET)
    assert job_folder(tmp_path / "w", said["job"]).ending()[0] == "done"
    assert not any(word in done.stdout + done.stderr + refused.stderr for word in OWNER)

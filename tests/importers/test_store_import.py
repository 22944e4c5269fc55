"""A bucket imported as a dataset, from a real store: the same rows as from a folder, and counts that are exact."""

import json
import os
import shutil

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from importers.object_cache import ObjectCache
from importers.sources import StoreFolder
from importers.stores import BucketError
from jobs.engine import worker
from jobs.engine.errors import JobError
from jobs.engine.folder import all_job_folders, job_folder
from jobs.engine.pack import pack
from jobs.engine.supervisor import Supervisor
from pages.ui import media, owner
from store.datasets import find_dataset
from store.images import import_totals
from store.versions import freeze
from tests.support.encoded_pictures import encoded, noise
from tests.support.running import run_job
from tests.support.weed import BUCKET, NOBODY, OWNER, READER, sign_in

pytestmark = pytest.mark.long

ODD_NAMES = [
    "a b.png", "ä+ö&ü.png", "50%.png", "%41.png", "q?x=1&y#2.png", "猫.png", "it's \"quoted\".png", "[1]{2}.png",
    "tab\tin.png", "new\nline.png", "~tilde.png", "=1+2.png", "x..dots..png", "UPPER.PNG", "$HOME.png", "*star.png",
]  # fmt: skip
COLUMNS = "path, sha256, pixel_sha256, phash, width, height, bytes, format, label, split, brightness, sharpness"


def draw(folder, names) -> None:
    for place, kind in enumerate(("cat", "dog")):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for n, name in enumerate(names):
            (folder / kind / name).write_bytes(encoded(noise(24, 20, seed=100 * place + n), "PNG"))


def rows(workspace, name: str):
    dataset = find_dataset(workspace, name)
    text = f"SELECT {COLUMNS} FROM image WHERE dataset_id = $d AND NOT missing ORDER BY path"
    return workspace.read_text(text, d=dataset.id).to_pylist()


def failures(workspace, name: str):
    dataset = find_dataset(workspace, name)
    return workspace.read_text("SELECT path, code FROM import_failure WHERE dataset_id = $d", d=dataset.id).to_pylist()


def counts(workspace, name: str) -> tuple[int, int]:
    """How many images are there, and how many files are not."""
    totals = import_totals(workspace, find_dataset(workspace, name).id)
    return totals.n_images, totals.n_failures


def url(prefix: str) -> str:
    return f"s3://{BUCKET}/{prefix}"


@pytest.fixture
def pets(store, tmp_path):
    """Eight pictures in two class folders, in a folder and below a prefix of its own."""
    draw(tmp_path / "pets", ["0.png", "1.png", "2.png", "3.png"])
    prefix = f"pets-{tmp_path.name}"
    store.put_folder(tmp_path / "pets", prefix)
    return prefix


def test_a_prefix_gives_the_same_rows_as_the_folder_with_odd_names_too(store, workspace, tmp_path) -> None:
    draw(tmp_path / "odd", ODD_NAMES)
    (tmp_path / "odd" / "cat" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (tmp_path / "odd" / "cat" / "empty.jpg").write_bytes(b"")
    (tmp_path / "odd" / ".DS_Store").write_bytes(b"x")
    store.put_folder(tmp_path / "odd", "odd")
    run_job(workspace, "import", "here", folder=str(tmp_path / "odd"))
    there = run_job(workspace, "import", "there", folder=url("odd"))
    n = 2 * len(ODD_NAMES)
    assert (there.figures["n_read"], counts(workspace, "there")) == (n + 2, (n, 2))
    assert rows(workspace, "there") == rows(workspace, "here") and len(rows(workspace, "there")) == n
    assert sorted(map(str, failures(workspace, "there"))) == sorted(map(str, failures(workspace, "here")))
    assert find_dataset(workspace, "there").root == url("odd")


def test_a_second_import_takes_in_what_is_new_changed_and_gone(store, workspace, pets) -> None:
    same_size = [encoded(noise(24, 20, seed=seed), "BMP") for seed in (501, 502)]
    assert len(same_size[0]) == len(same_size[1])
    store.put(f"{pets}/cat/0.png", same_size[0])
    run_job(workspace, "import", "pets", folder=url(pets))
    store.put(f"{pets}/cat/0.png", same_size[1])
    store.put(f"{pets}/dog/9.png", encoded(noise(24, 20, seed=999), "PNG"))
    store.client().delete_object(Bucket=BUCKET, Key=f"{pets}/dog/3.png")
    again = run_job(workspace, "import", "pets")
    assert (again.figures["n_read"], again.figures["n_changed"]) == (2, 1)
    assert import_totals(workspace, find_dataset(workspace, "pets").id).n_missing == 1
    assert counts(workspace, "pets")[0] == len(rows(workspace, "pets")) == 8


def test_an_object_that_vanishes_between_listing_and_reading_is_a_failure_of_its_own(store, workspace, pets) -> None:
    job_id = Supervisor(workspace).start("import", dataset="pets", parameters={"folder": url(pets)}, hold=True)
    store.client().delete_object(Bucket=BUCKET, Key=f"{pets}/cat/1.png")
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 0
    how, figures = folder.ending()
    assert how == "done" and (figures["n_read"], figures["n_failed"]) == (8, 1)
    segment = next(iter(sorted((folder.path / "segments").glob("*.parquet"))))
    import pyarrow.parquet as pq

    (gone,) = [row for row in pq.read_table(segment).to_pylist() if row["code"]]
    assert (gone["path"], gone["code"]) == ("cat/1.png", "missing")


def test_refused_credentials_end_in_a_sentence_and_make_no_dataset(store, workspace, pets, monkeypatch) -> None:
    for keys in (NOBODY, (OWNER[0], "wrong-secret-123456")):
        sign_in(monkeypatch, store, keys)
        with pytest.raises(Exception, match="refuses the credentials") as refused:
            run_job(workspace, "import", "pets", folder=url(pets))
        assert keys[0] not in str(refused.value) and keys[1] not in str(refused.value)
    assert not workspace.read("list_datasets").num_rows


def test_a_bucket_or_a_prefix_that_is_not_there_is_said(store, workspace) -> None:
    with pytest.raises(Exception, match="holds no objects"):
        run_job(workspace, "import", "none", folder=url("nothing-here"))
    with pytest.raises(Exception, match="no such object or bucket"):
        run_job(workspace, "import", "none", folder="s3://no-such-bucket-9/x")


def test_a_store_that_is_not_running_stops_the_job_and_counts_nothing_as_broken(
    store, workspace, pets, monkeypatch
) -> None:
    job_id = Supervisor(workspace).start("import", dataset="pets", parameters={"folder": url(pets)}, hold=True)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    from tests.support.weed import forget_connections

    forget_connections()
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 1
    how, figures = folder.ending()
    assert how == "failed" and "cannot be reached at 127.0.0.1:9" in figures["reason"]
    assert not list((folder.path / "segments").glob("*.parquet"))


def test_a_reader_may_import(store, workspace, pets, monkeypatch) -> None:
    sign_in(monkeypatch, store, READER)
    run_job(workspace, "import", "pets", folder=url(pets))
    assert counts(workspace, "pets") == (8, 0)


def test_label_files_of_a_prefix_are_read_and_named_ones_as_well(store, workspace, tmp_path) -> None:
    draw(tmp_path / "set", ["0.png", "1.png"])
    lines = ["name,label", *(f"{kind}/{n}.png,{kind}s" for kind in ("cat", "dog") for n in range(2))]
    (tmp_path / "set" / "labels.csv").write_text("\n".join(lines), encoding="utf-8")
    boxes = {
        "images": [{"id": 1, "file_name": "cat/0.png", "width": 24, "height": 20}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 8], "area": 80, "iscrowd": 0}],
        "categories": [{"id": 1, "name": "animal"}],
    }
    (tmp_path / "set" / "boxes.json").write_text(json.dumps(boxes), encoding="utf-8")
    store.put_folder(tmp_path / "set", "set")
    run_job(workspace, "import", "here", folder=str(tmp_path / "set"), reading="labels:labels.csv")
    run_job(workspace, "import", "there", folder=url("set"), reading="labels:labels.csv")
    assert rows(workspace, "there") == rows(workspace, "here")
    run_job(workspace, "import", "boxes", folder=url("set"), reading="labels:boxes.json")
    detected = run_job(workspace, "detect", "boxes", model="as-annotated")
    assert detected.figures["n_objects"] == 1
    run_job(workspace, "import", "named", folder=url("set"), labels=url("set/labels.csv"), reading="labels:labels.csv")
    assert counts(workspace, "named") == (4, 1)  # boxes.json, which is no picture


def test_what_was_read_is_kept_by_its_etag_below_the_bound(store, workspace, pets, monkeypatch) -> None:
    run_job(workspace, "import", "pets", folder=url(pets))
    folder = StoreFolder(url(pets), workspace.root / "cache")
    kept = [path for path in (workspace.root / "cache" / "objects").rglob("*") if path.is_file()]
    assert len(kept) == 8
    first = (folder / "cat/0.png").local()
    assert first in kept and first.read_bytes() == store.objects(pets)["cat/0.png"]
    store.put(f"{pets}/cat/0.png", b"another")
    assert (folder / "cat/0.png").local().read_bytes() == b"another"
    cache = ObjectCache(workspace.root / "cache" / "objects", bound=1500, clock=lambda: 4e9)
    assert cache.make_room() <= 1500
    assert (folder / "dog/1.png").local().read_bytes() == store.objects(pets)["dog/1.png"]  # and comes back


def test_a_browser_gets_originals_of_a_bucket(store, app_workspace, pets, tmp_path) -> None:
    workspace = owner.get().workspace
    run_job(workspace, "import", "pets", folder=url(pets))
    client = TestClient(Starlette(routes=media.ROUTES))
    found = workspace.read_text("SELECT id, path FROM image ORDER BY path").to_pylist()
    for row in found[1:]:
        answer = client.get(f"/vitrine/picture/{row['id']}")
        assert answer.status_code == 200 and answer.content == (tmp_path / "pets" / row["path"]).read_bytes()
    store.client().delete_object(Bucket=BUCKET, Key=f"{pets}/{found[0]['path']}")
    assert client.get(f"/vitrine/picture/{found[0]['id']}").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("form", ["folders", "webdataset"])
def test_a_version_of_a_bucket_exports_the_same_files(store, workspace, pets, tmp_path, form) -> None:
    for name, folder in (("here", str(tmp_path / "pets")), ("there", url(pets))):
        run_job(workspace, "import", name, folder=folder)
        freeze(workspace, find_dataset(workspace, name).id, name="v1", note="", who="Ada")
        shutil.rmtree(workspace.root / "cache", ignore_errors=True)  # nothing that was read before is needed
        run_job(workspace, "export", name, version="v1", format=form, folder=str(tmp_path / f"out-{name}"))
    held = [
        {
            path.relative_to(tmp_path / f"out-{name}").as_posix(): path.read_bytes()
            for path in (tmp_path / f"out-{name}").rglob("*")
            if path.suffix in (".png", ".tar")
        }
        for name in ("here", "there")
    ]
    if form == "folders":
        assert held[0] == held[1] and len(held[0]) == 8
    else:
        assert held[0].keys() == held[1].keys() and held[1]


def test_a_version_whose_object_was_written_over_is_not_exported(store, workspace, pets) -> None:
    run_job(workspace, "import", "pets", folder=url(pets))
    freeze(workspace, find_dataset(workspace, "pets").id, name="v1", note="", who="Ada")
    store.put(f"{pets}/cat/0.png", encoded(noise(24, 20, seed=77), "PNG"))
    with pytest.raises(AssertionError, match="is not there as it was frozen"):
        run_job(workspace, "export", "pets", version="v1", folder=str(workspace.root / "out"))
    assert not (workspace.root / "out").exists()


def test_a_job_on_a_bucket_is_packed_with_its_pictures(store, workspace, pets, tmp_path) -> None:
    run_job(workspace, "import", "pets", folder=url(pets))
    job_id = Supervisor(workspace).start("embed", dataset="pets", hold=True)
    assert pack(workspace.root, job_id, tmp_path / "job.zip", report=lambda done, total: None) == 8
    import zipfile

    with zipfile.ZipFile(tmp_path / "job.zip") as archive:
        packed = {name for name in archive.namelist() if name.startswith("pictures/")}
        assert archive.read("pictures/cat/0.png") == (tmp_path / "pets" / "cat" / "0.png").read_bytes()
        assert OWNER[1].encode() not in archive.read("job/spec.json")
    assert len(packed) == 8


def test_a_dataset_moves_from_a_folder_to_a_bucket_and_keeps_what_it_has(store, workspace, pets, tmp_path) -> None:
    run_job(workspace, "import", "pets", folder=str(tmp_path / "pets"))
    moved = run_job(workspace, "move", "pets", folder=url(pets))
    assert moved.figures["n_same"] == 8 and find_dataset(workspace, "pets").root == url(pets)
    again = run_job(workspace, "import", "pets", again=True)
    assert (again.figures["n_changed"], counts(workspace, "pets")) == (8, (8, 0))


def test_no_credentials_are_left_anywhere(store, workspace, pets) -> None:
    run_job(workspace, "import", "pets", folder=url(pets))
    run_job(workspace, "embed", "pets")
    workspace.close()
    n_files = 0
    for path in workspace.root.rglob("*"):
        if path.is_file():
            n_files += 1
            held = path.read_bytes()
            assert not any(word.encode() in held for word in OWNER), path
            assert store.url.encode() not in held, path  # nor where the store is
    assert n_files > 10 and len(list(all_job_folders(workspace.root))) == 2


def test_visitors_read_only_below_the_prefixes_that_were_named(store, workspace, pets) -> None:
    intake = Supervisor(workspace, import_roots=[url(pets)]).intake
    assert intake.inspect_folder(url(pets)).files.num_rows == 8
    assert intake.inspect_folder(url(f"{pets}/cat")).files.num_rows == 4
    for other in (url("odd"), f"{url(pets)}x", f"s3://{BUCKET}", "s3://open-to-all"):
        with pytest.raises(JobError, match="outside the folders"):
            intake.inspect_folder(other)
    with pytest.raises(JobError, match="outside the folders"):
        Supervisor(workspace, import_roots=[]).intake.inspect_folder(url(pets))


def test_an_object_is_never_half_of_one_and_half_of_another(store, workspace, monkeypatch) -> None:
    """Written over between the head and the read: what comes out is one of the two, whole, under its own ETag."""
    one, other = os.urandom(3000), os.urandom(5000)
    store.put("swap/x.bin", one)
    folder = StoreFolder(url("swap"), workspace.root / "cache")
    from importers import sources

    opened, swapped = sources._Opened.__init__, []

    def opens_then_swaps(self, address):
        opened(self, address)
        if not swapped:
            swapped.append(True)
            store.put("swap/x.bin", other)

    monkeypatch.setattr(sources._Opened, "__init__", opens_then_swaps)
    assert (folder / "x.bin").read(max_bytes=10**6, check=lambda head: None).data == other
    assert (folder / "x.bin").local().read_bytes() == other


def test_a_large_object_is_refused_by_its_size_before_it_is_fetched(store, workspace) -> None:
    store.put("large/x.png", bytes(200_000))
    folder = StoreFolder(url("large"), workspace.root / "cache")
    assert (folder / "x.png").read(max_bytes=1000, check=lambda head: None) == 200_000
    assert not (workspace.root / "cache" / "objects").exists()
    with pytest.raises(FileNotFoundError):
        (folder / "none.png").local()
    with pytest.raises((BucketError, FileNotFoundError)):
        (StoreFolder("s3://no-such-bucket-9/x", workspace.root / "cache") / "a").local()


def test_a_map_for_the_projector_shows_originals_of_a_bucket(store, workspace, pets, tmp_path) -> None:
    from pages.map.projector import _tile

    row = {"sha256": "0" * 64, "has_thumb": False, "root": url(pets), "path": "cat/0.png", "width": 24, "height": 20}
    there = _tile(row, workspace.root, 24, None)
    here = _tile({**row, "root": str(tmp_path / "pets")}, workspace.root, 24, None)
    assert there.tobytes() == here.tobytes() and len(there.getcolors(1000)) > 50

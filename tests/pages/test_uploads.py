"""What visitors upload is bounded in memory and on the disk, by its size before it comes and while it does."""

import ast
import io
import shutil
import tomllib
import zipfile
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from importers import archive, room
from importers.archive import ArchiveRefused
from jobs.engine import intake as intake_module
from jobs.engine.intake import Intake
from pages.neighbours import view
from pages.ui import owner, uploads
from pages.ui.uploads import Uploads
from tests.support.places import PROJECT
from tests.support.widgets import calls

PATH = "/_stcore/upload_file/session/file"
CONFIG = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["server"]


@pytest.fixture
def client(monkeypatch) -> TestClient:
    seen = []

    async def answer(request) -> PlainTextResponse:
        seen.append(len(await request.body()))
        return PlainTextResponse("kept")

    routes = [Route(path, answer, methods=["GET", "PUT", "POST"]) for path in (PATH, "/elsewhere")]
    client = TestClient(Starlette(routes=routes, middleware=[Middleware(Uploads)]))
    client.seen = seen
    monkeypatch.setattr(uploads, "most_held_bytes", lambda: 1_000)
    return client


def with_room(monkeypatch, n_bytes: int) -> None:
    intake = SimpleNamespace(room_for_uploads=lambda: n_bytes)
    monkeypatch.setattr(owner, "opened", lambda: SimpleNamespace(supervisor=SimpleNamespace(intake=intake)))


def test_all_uploads_together_have_a_bound(client, monkeypatch) -> None:
    assert client.put(PATH, content=b"x" * 1_000).text == "kept"
    answer = client.put(PATH, content=b"x" * 1_001)
    assert answer.status_code == 413 and "may hold 1,000" in answer.text
    monkeypatch.setattr(uploads, "held_bytes", lambda: 900)
    assert client.put(PATH, content=b"x" * 100).status_code == 200
    assert client.put(PATH, content=b"x" * 101).status_code == 413
    assert client.seen == [1_000, 100]  # what was refused was not read
    assert client.put("/elsewhere", content=b"x" * 5_000).text == "kept"


def test_an_upload_that_does_not_say_its_size_is_refused(client) -> None:
    assert client.put(PATH, content=iter([b"x"] * 3)).status_code == 411
    for said in ("", "-1", "1e3", "9" * 400):
        assert client.put(PATH, content=b"", headers={"content-length": said}).status_code == 411, said
    assert not client.seen


def test_the_disk_keeps_its_reserve(client, monkeypatch) -> None:
    with_room(monkeypatch, 500)
    assert client.put(PATH, content=b"x" * 500).text == "kept"
    answer = client.put(PATH, content=b"x" * 501)
    assert answer.status_code == 507 and "the disk takes 500 more" in answer.text


def test_uploads_that_are_on_their_way_count(monkeypatch) -> None:
    monkeypatch.setattr(uploads, "most_held_bytes", lambda: 1_000)
    answers = []

    async def answer(request) -> PlainTextResponse:
        answers.append(uploads.refused(300, held=uploads.held_bytes() + layer._arriving, arriving=layer._arriving))
        raise RuntimeError("gone in the middle")

    layer = Uploads(Starlette(routes=[Route(PATH, answer, methods=["PUT"])]))
    with pytest.raises(RuntimeError):
        TestClient(layer).put(PATH, content=b"x" * 800)
    assert answers[0] is not None and answers[0][0] == 413
    assert layer._arriving == 0  # also where it ended early


def test_what_streamlit_holds_is_counted(monkeypatch) -> None:
    stored = {"a": {"1": SimpleNamespace(data=b"x" * 30)}, "b": {"2": SimpleNamespace(data=b"x" * 12)}}
    monkeypatch.setattr(uploads.runtime, "exists", lambda: True)
    monkeypatch.setattr(
        uploads.runtime,
        "get_instance",
        lambda: SimpleNamespace(uploaded_file_mgr=SimpleNamespace(file_storage=stored)),
    )
    assert uploads.held_bytes() == 42


def test_streamlit_keeps_uploads_where_we_count_them() -> None:
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.uploaded_file_manager import UploadedFileRec

    manager = MemoryUploadedFileManager("/upload")
    manager.add_file("session", UploadedFileRec("id", "a.zip", "zip", b"four"))
    assert [len(file.data) for files in manager.file_storage.values() for file in files.values()] == [4]


def test_the_app_has_the_bound_and_its_settings_are_no_larger() -> None:
    assert "Middleware(uploads.Uploads)" in (PROJECT / "app.py").read_text()
    assert CONFIG["maxUploadSize"] <= 512 and CONFIG["maxMessageSize"] <= 64
    assert uploads.MAX_HELD_BYTES <= 2 << 30


def test_every_uploader_says_how_much_it_takes() -> None:
    found = list(calls("file_uploader"))
    assert len(found) >= 4
    assert not [where for where, given, _ in found if "max_upload_size" not in given]


def test_no_page_lets_streamlit_decode_a_visitors_picture() -> None:
    assert not [where for where, _, node in calls("image") if "getvalue" in ast.dump(node)]
    png = b"\x89PNG\r\n\x1a\n" + bytes(20)
    assert view.own_picture(png).startswith('<img src="data:image/png;base64,')
    for content in (b"<svg onload=alert(1)>", b"", png + bytes(view.MOST_SHOWN_BYTES), b'"><script>'):
        assert "<img" not in view.own_picture(content) and "script" not in view.own_picture(content)


@pytest.fixture
def zipped() -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("a/b.png", bytes(5_000))
        out.writestr("c/d.png", b"x")
    return packed


def disk(monkeypatch, *free: int) -> None:
    """A disk of 100 GiB with so many bytes free above its reserve, at one question after the other."""
    left = iter(free)
    usage = shutil.disk_usage("/")
    last = [free[0]]

    def asked(_):
        last[0] = next(left, last[0])
        return usage._replace(total=100 << 30, free=(1 << 30) + last[0])

    monkeypatch.setattr(room.shutil, "disk_usage", asked)


def test_a_zip_for_which_there_is_no_room_is_refused_before_it_is_written(tmp_path, monkeypatch, zipped) -> None:
    intake = Intake(tmp_path, import_roots=None)
    disk(monkeypatch, 4_000)
    with pytest.raises(ArchiveRefused, match=r"The zip has [0-9,]+ bytes, and the disk takes 4,000 more"):
        intake.receive_zip(zipped, "a.zip")
    assert list(intake.uploads.iterdir()) == []


def test_a_disk_that_fills_while_a_zip_is_written_stops_it(tmp_path, monkeypatch, zipped) -> None:
    monkeypatch.setattr(intake_module, "_BLOCK", 1_000)
    intake = Intake(tmp_path, import_roots=None)
    disk(monkeypatch, 10_000, 5_000, 2_000, 0)
    with pytest.raises(ArchiveRefused, match="as full as visitors may make it"):
        intake.receive_zip(zipped, "a.zip")
    assert list(intake.uploads.iterdir()) == []


def test_what_a_zip_may_unpack_to_follows_the_room(tmp_path, monkeypatch) -> None:
    intake = Intake(tmp_path, import_roots=None)
    disk(monkeypatch, 3 << 30)
    assert intake.room_for_uploads() == intake.largest_unpacked() == 3 << 30
    disk(monkeypatch, 90 << 30)
    assert intake.largest_unpacked() == archive.MAX_BYTES

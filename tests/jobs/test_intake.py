"""What comes in through the page: folders within the roots, zips without tricks, and uploads that nobody used."""

import io
import os
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from importers.archive import ArchiveRefused
from jobs.engine.errors import FolderNotAllowed
from jobs.engine.intake import UNUSED_UPLOAD_STAYS_S, Intake


@pytest.fixture
def zipped():
    picture = io.BytesIO()
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(picture, "PNG")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("pets/cat/1.png", "pets/dog/2.png"):
            archive.writestr(name, picture.getvalue())
    packed.seek(0)
    return packed


def test_without_named_roots_any_folder_is_allowed(tmp_path):
    assert Intake(tmp_path / "w", import_roots=None).allowed_folder(tmp_path) == tmp_path.resolve()


def test_with_named_roots_no_path_leads_out_of_them(tmp_path):
    root, secret = tmp_path / "root", tmp_path / "secret"
    for folder in (root, secret):
        folder.mkdir()
    (root / "link").symlink_to(secret)
    intake = Intake(tmp_path / "w", import_roots=[root])
    assert intake.allowed_folder(root / "inside") == root.resolve() / "inside"
    for path in (secret, root / ".." / "secret", root / "link", tmp_path, "/", "~"):
        with pytest.raises(FolderNotAllowed, match="outside the folders this server may import from"):
            intake.allowed_folder(path)
    with pytest.raises(FolderNotAllowed):
        intake.inspect_folder(root, labels=str(secret / "labels.json"))


def test_with_no_root_named_only_uploads_are_allowed(tmp_path, zipped):
    intake = Intake(tmp_path, import_roots=[])
    folder = intake.receive_zip(zipped, "pets.zip") if intake.uploads.mkdir() is None else None
    assert intake.allowed_folder(folder) == folder.resolve()
    with pytest.raises(FolderNotAllowed, match="none was named"):
        intake.allowed_folder(tmp_path.parent)


def test_a_zips_wrapping_folder_is_no_class(tmp_path, zipped):
    intake = Intake(tmp_path, import_roots=None)
    intake.uploads.mkdir()
    folder = intake.receive_zip(zipped, "../../my pets?.zip")
    assert folder.name == "pets"
    assert folder.parent.parent == intake.uploads
    assert intake.inspect_folder(folder).class_names == ("cat", "dog")


def test_a_refused_zip_leaves_nothing(tmp_path):
    intake = Intake(tmp_path, import_roots=None)
    intake.uploads.mkdir()
    with pytest.raises(ArchiveRefused):
        intake.receive_zip(io.BytesIO(b"no zip"), "x.zip")
    assert list(intake.uploads.iterdir()) == []


def test_old_uploads_that_no_dataset_stands_on_are_removed(tmp_path):
    intake = Intake(tmp_path, import_roots=None)
    long_ago = time.time() - UNUSED_UPLOAD_STAYS_S - 60
    for name in ("used-1", "unused-2", "young-3"):
        (intake.uploads / name / "cat").mkdir(parents=True)
        if name != "young-3":
            os.utime(intake.uploads / name, (long_ago, long_ago))
    intake.clear_unused([str(intake.uploads.resolve() / "used-1" / "cat")])
    assert sorted(entry.name for entry in intake.uploads.iterdir()) == ["used-1", "young-3"]

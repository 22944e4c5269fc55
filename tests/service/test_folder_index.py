"""Versions of an index: opened, swapped while somebody asks, and left where they are damaged."""

import json
import re
import shutil

import numpy as np
import pytest

from service import layout
from service.catalogue import FolderCatalogue
from service.folder_index import open_version
from service.layout import BadIndex
from service.metrics import Metrics
from service.search import Query
from tests.support.served import N, client_of, manifest_of, service_over, write_manifest, write_version


def test_arrays_are_mapped_and_not_read(tmp_path) -> None:
    index = open_version(write_version(tmp_path))
    assert isinstance(index.vectors, np.memmap) and index.images.num_rows == N


def test_a_new_version_takes_the_place_of_the_old_and_who_holds_that_goes_on(tmp_path) -> None:
    write_version(tmp_path)
    service = service_over(tmp_path)
    client, catalogue = client_of(service), service.serving.catalogue
    held = catalogue.find("colours")
    first = write_version(tmp_path, ids=range(1, 11))
    assert client.get("/datasets/colours").json()["version"] == "000001"
    assert catalogue.look() == 1 and catalogue.look() == 0
    assert client.get("/datasets/colours").json()["n_images"] == 10
    assert client.get("/datasets/colours/images/20").status_code == 404
    shutil.rmtree(first.parent / "000001")
    (hits,) = held.search.nearest([Query(np.asarray(held.vectors[20]), 1)])
    assert held.images.num_rows == N and hits.rows.tolist() == [20]
    assert held.pictures.thumbnail(0).content[:2] == b"\xff\xd8"


def test_a_version_without_a_manifest_is_not_there(tmp_path) -> None:
    version = write_version(tmp_path)
    (version / layout.MANIFEST).unlink()
    assert layout.newest_versions(tmp_path) == [] and layout.next_version(version.parent).name == "000002"


@pytest.mark.parametrize("name", [layout.VECTORS, layout.IMAGES, layout.THUMBS, layout.CLASSIFIER, layout.OBJECTS])
@pytest.mark.parametrize("harm", ["gone", "cut", "changed"])
def test_a_damaged_version_leaves_the_one_before_in_its_place(tmp_path, name: str, harm: str) -> None:
    write_version(tmp_path)
    catalogue = FolderCatalogue(tmp_path, Metrics())
    catalogue.look()
    path = write_version(tmp_path, ids=range(1, 11)) / name
    content = path.read_bytes()
    harmed = {"gone": None, "cut": content[:-1], "changed": content[:-1] + bytes([content[-1] ^ 1])}[harm]
    path.unlink() if harmed is None else path.write_bytes(harmed)
    assert catalogue.look() == 0 and catalogue.find("colours").version == "000001"
    assert name in next(iter(catalogue.troubles.values())) and not catalogue.is_ready()
    write_version(tmp_path, ids=range(1, 6))
    assert catalogue.look() == 1 and catalogue.find("colours").version == "000003" and catalogue.is_ready()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"format": 2}, "format 2"),
        ({"format": None}, "no manifest|format None"),
        ({"classes": 3}, "no manifest"),
        ({"space": None}, "vectors"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path, facts: dict, said: str) -> None:
    version = write_version(tmp_path)
    values = manifest_of(version, "colours", n=N, facts={})
    values["files"].pop(layout.MANIFEST, None)
    (version / layout.MANIFEST).write_text(json.dumps({**values, **facts}))
    with pytest.raises(BadIndex, match=said):
        open_version(version)


@pytest.mark.parametrize("name", ["../outside", ".hidden", "a/b"])
def test_a_manifest_that_names_files_elsewhere_is_refused(tmp_path, name: str) -> None:
    version = write_version(tmp_path)
    values = manifest_of(version, "colours", n=N, facts={})
    values["files"].pop(layout.MANIFEST, None)
    write_manifest(version, {**values, "files": {**values["files"], name: {"bytes": 1, "sha256": "0" * 64}}})
    (version.parent / "outside").write_bytes(b"x")
    with pytest.raises(BadIndex, match="lacks"):
        open_version(version)


def test_thumbnails_that_do_not_fit_their_starts_are_refused(tmp_path) -> None:
    version = write_version(tmp_path)
    starts = np.load(version / layout.THUMB_STARTS)
    starts[3] = 10**9
    np.save(version / layout.THUMB_STARTS, starts)
    values = manifest_of(version, "colours", n=N, facts={})
    values["files"].pop(layout.MANIFEST, None)
    write_manifest(version, values)
    with pytest.raises(BadIndex, match="does not fit"):
        open_version(version)


def test_a_dataset_that_is_gone_is_forgotten(tmp_path) -> None:
    version = write_version(tmp_path)
    catalogue = FolderCatalogue(tmp_path, Metrics())
    catalogue.look()
    shutil.rmtree(version.parent)
    catalogue.look()
    assert catalogue.names() == [] and not catalogue.is_ready()


def test_names_of_datasets_become_folders_that_differ() -> None:
    names = ["a b", "a/b", "A b", "..", "", "größe", "x" * 300]
    slugs = [layout.slug_of(name) for name in names]
    assert len(set(slugs)) == len(slugs) and all(re.fullmatch(r"[\w.-]{3,80}", slug, re.ASCII) for slug in slugs)
    assert not any(slug.startswith(".") for slug in slugs)

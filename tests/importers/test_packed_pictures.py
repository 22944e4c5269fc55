"""Pictures in tables and shards become files with a table of labels, and an import reads them."""

import io
import json
import tarfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from importers.inspect import inspect_folder
from importers.packed_pictures import unpack_pictures
from importers.types import LayoutError
from tests.support.laid_out import labels_of, make, splits_of


def picture(kind: str = "PNG", side: int = 8) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, kind)
    return out.getvalue()


def shard(path, labels, *, names=(), cell=lambda data, n: {"bytes": data, "path": f"{n}.png"}):
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({"image": [cell(picture(side=8 + n), n) for n in range(len(labels))], "label": labels})
    if names:
        about = {"info": {"features": {"label": {"names": list(names), "_type": "ClassLabel"}}}}
        table = table.replace_schema_metadata({"huggingface": json.dumps(about)})
    pq.write_table(table, path)


def test_hugging_faces_parquet_comes_out_with_names_and_splits(tmp_path):
    shard(tmp_path / "data/train-00000-of-00001.parquet", [0, 1, 0], names=["cat", "dog"])
    shard(tmp_path / "data/test-00000-of-00001.parquet", [1], names=["cat", "dog"])
    done = unpack_pictures(tmp_path / "data", tmp_path / "out")
    assert (done.n_pictures, done.n_labelled) == (4, 4)
    found = inspect_folder(tmp_path / "out")
    assert sorted(filter(None, labels_of(found).values())) == ["cat", "cat", "dog", "dog"]
    assert sorted(splits_of(found).values()) == ["test", "train", "train", "train"]
    assert all(path.endswith(".png") for path in labels_of(found))


@pytest.mark.parametrize("labels", [["cat", "dog", None], [["cat", "dog"], ["dog"], []], [3, 5, 3]])
def test_labels_of_other_kinds_come_out_as_they_are(tmp_path, labels):
    shard(tmp_path / "a.parquet", labels, cell=lambda data, n: data)
    unpack_pictures(tmp_path / "a.parquet", tmp_path / "out")
    said = list(labels_of(inspect_folder(tmp_path / "out")).values())
    assert said == [str(label) if isinstance(label, int) else label for label in labels]


@pytest.mark.parametrize(("ending", "mode"), [("tar", "w"), ("TAR", "w"), ("tar.gz", "w:gz"), ("tgz", "w:gz")])
def test_webdatasets_shards_come_out_with_their_labels(tmp_path, ending, mode):
    shard_path = tmp_path / f"train-000000.{ending}"
    with tarfile.open(shard_path, mode) as archive:
        for n, kind in enumerate(("cat", "dog")):
            about = json.dumps({"label": kind}).encode()
            for name, data in ((f"{n:06d}.jpg", picture("JPEG")), (f"{n:06d}.json", about)):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        lost = tarfile.TarInfo("../../evil/000009.cls")
        lost.size = 1
        archive.addfile(lost, io.BytesIO(b"1"))
    done = unpack_pictures(shard_path, tmp_path / "out")
    assert (done.n_pictures, done.without) == (2, {shard_path.name: 1})
    assert list(labels_of(inspect_folder(tmp_path / "out")).values()) == ["cat", "dog"]
    assert not (tmp_path.parent / "evil").exists()


def test_what_holds_no_pictures_or_is_damaged_or_has_no_room_is_a_sentence(tmp_path):
    pq.write_table(pa.table({"x": [1]}), tmp_path / "a.parquet")
    with pytest.raises(LayoutError, match="No picture lies in"):
        unpack_pictures(tmp_path / "a.parquet", tmp_path / "out")
    (tmp_path / "b.tar").write_bytes(b"no tar at all" * 100)
    with pytest.raises(LayoutError, match="b.tar cannot be read"):
        unpack_pictures(tmp_path / "b.tar", tmp_path / "out2")
    with pytest.raises(LayoutError, match="is not empty"):
        unpack_pictures(tmp_path / "a.parquet", tmp_path)
    with pytest.raises(LayoutError, match="no Parquet tables and no tar shards"):
        unpack_pictures(tmp_path / "out", tmp_path / "out3")


def test_a_folder_with_such_a_table_says_what_to_do(tmp_path):
    shard(tmp_path / "data/train.parquet", [0, 1])
    assert any("unpack-pictures" in said for said in inspect_folder(tmp_path).said)


@pytest.mark.parametrize("names", [["train.tfrecord"], ["a/train.tfrecord-00000-of-00002", "a/B.TFREC"]])
def test_tfrecords_are_told_and_what_to_do_is_said(tmp_path, names):
    make(tmp_path, "cat/a.jpg", *names)
    (told,) = [said for said in inspect_folder(tmp_path).said if "TFRecord" in said]
    assert names[0] in told or names[1] in told
    assert "TFRecordDataset" in told
    with pytest.raises(LayoutError, match=r"no tar shards in .*TFRecord"):
        unpack_pictures(tmp_path, tmp_path / "out")

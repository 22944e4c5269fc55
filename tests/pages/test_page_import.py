import io
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from importers.inspect import inspect_folder
from jobs.engine.supervisor import Supervisor
from pages.import_data import found as import_data_found
from pages.import_data import preview as import_data_preview
from pages.ui import owner
from store.datasets import ensure_dataset
from tests.support.annotated_folders import coco, pictures
from tests.support.small_workspace import image_row, land, new_dataset
from tests.support.visit import visit


def picture(path: Path, *, side: int = 12) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((side, side, 3), len(str(path)) * 5 % 255, np.uint8)).save(path)


def png(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def zoo(tmp_path) -> Path:
    """Two classes in folders, one of them with markdown for a name; one broken file."""
    root = tmp_path / "zoo"
    for name, n in (("cat", 9), ("*dog* <b>", 3)):
        for number in range(n):
            picture(root / name / f"{number}.png")
    (root / "cat" / "broken.png").write_bytes(b"not a picture")
    return root


def test_a_preview_counts_classes_and_shows_at_most_six_of_each(zoo):
    preview = import_data_found.summarise(inspect_folder(zoo))
    assert [(found.name, found.n) for found in preview.classes] == [("*dog* <b>", 3), ("cat", 10)]
    assert [len(found.paths) for found in preview.classes] == [3, 6]
    assert (preview.n_files, preview.n_labelled, preview.options) == (13, 13, ())


def test_a_preview_of_several_labels_a_picture_counts_each_label(tmp_path):
    for number in range(4):
        picture(tmp_path / f"{number}.png")
    (tmp_path / "labels.csv").write_text("path,labels\n0.png,sea|sky\n1.png,sea|sky\n2.png,sea\n")
    preview = import_data_found.summarise(inspect_folder(tmp_path))
    assert {found.name: found.n for found in preview.classes} == {"sea": 3, "sky": 2}
    assert (preview.task, preview.n_labelled, preview.unlabelled.n) == ("multi", 3, 1)
    assert preview.unlabelled.paths == ("3.png",)


def test_a_preview_groups_what_is_wrong_by_reason(tmp_path):
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.png")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere")
    (tmp_path / "labels.json").write_text('{"a": [1, 0], "b": [0, 0], "c": [1, 0]}')
    preview = import_data_found.summarise(inspect_folder(tmp_path))
    assert [(wrong.code, wrong.n) for wrong in preview.unreadable] == [("broken-link", 1)]
    assert {wrong.code for wrong in preview.label_problems} == {"no-ones", "missing-file"}
    assert preview.names_are_numbers


def test_class_names_are_typed_one_a_line_or_with_commas():
    assert import_data_found.names_from_text("Cat, Guinea Pig,Wolf ") == ("Cat", "Guinea Pig", "Wolf")
    assert import_data_found.names_from_text("Cat, domestic\nWolf\n") == ("Cat, domestic", "Wolf")
    assert import_data_found.names_from_text(" \n") == ()


def test_a_suggested_name_is_not_taken():
    assert import_data_found.suggested_name("zoo", []) == "zoo"
    assert import_data_found.suggested_name("zoo", ["zoo", "zoo 2"]) == "zoo 3"
    assert import_data_found.suggested_name("\n", []) == "pictures"


def test_a_small_picture_is_small_and_a_broken_one_is_none(tmp_path):
    picture(tmp_path / "a.png", side=1000)
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:40])
    assert len(import_data_preview.small_picture(tmp_path / "a.png")) < 4000
    assert import_data_preview.small_picture(tmp_path / "b.png") is None
    assert import_data_preview.small_picture(tmp_path / "none.png") is None


def test_a_contact_sheet_escapes_names_and_stops_when_it_takes_too_long(zoo):
    preview = import_data_found.summarise(inspect_folder(zoo))
    sheet = import_data_preview.contact_sheet(preview)
    assert "*dog* &lt;b&gt;" in sheet and "<b>*dog*" not in sheet.replace("<b>*dog* &lt;", "")
    assert sheet.count("data:image/jpeg") + sheet.count("cannot be drawn") == 9
    ticks = iter(range(0, 1000, 100))
    late = import_data_preview.contact_sheet(preview, clock=lambda: next(ticks))
    assert "data:image/jpeg" not in late and "not drawn" in late


def test_a_second_import_knows_beforehand_what_is_new(zoo):
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    size, time = (zoo / "cat/0.png").stat().st_size, (zoo / "cat/0.png").stat().st_mtime_ns
    rows = [image_row("cat/0.png", bytes=size, mtime_ns=time), image_row("cat/1.png", bytes=1, mtime_ns=time)]
    land(workspace, dataset.id, rows)
    paths = pa.chunked_array([["cat/0.png", "cat/1.png", "cat/2.png"]])
    found = import_data_found.changes(workspace, dataset.id, root=str(zoo), paths=paths)
    assert (found.n_same, found.n_changed, found.n_new) == (1, 1, 1)


@pytest.fixture(autouse=True)
def workspace(app_workspace, monkeypatch):
    monkeypatch.setattr(Supervisor, "_launch_waiting", lambda self: None)  # no processes here: jobs stay waiting


def page() -> AppTest:
    return visit("import_data/page.py")


def look_at(app: AppTest, folder: Path | str) -> AppTest:
    app.text_input(key="import_folder_path").set_value(str(folder))
    next(button for button in app.button if button.label == "Look at it").click()
    return app.run()


def words(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "subheader")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind)).replace("\\", "")


def button(app: AppTest, label: str):
    return next(found for found in app.button if found.label == label)


def test_a_folder_that_is_not_there_is_one_sentence():
    app = look_at(page(), "/no/such/folder")
    assert not app.exception
    assert "There is no folder /no/such/folder" in words(app)


def test_a_look_shows_what_was_found_and_an_import_of_it_is_one_job(zoo):
    app = look_at(page(), zoo)
    assert not app.exception
    assert "2 classes" in words(app) and "13" in [metric.value for metric in app.metric]
    button(app, "Import").click()
    app.run()
    assert not app.exception
    (started,) = owner.get().supervisor.jobs()
    assert (started.kind, started.dataset, started.n_todo) == ("import", "zoo", 13)
    assert started.id in app.query_params["job"]


@pytest.mark.long
def test_a_name_of_another_folders_dataset_is_refused_in_a_sentence(zoo):
    new_dataset(owner.get().workspace, "zoo")
    app = look_at(page(), zoo)
    name = next(found for found in app.text_input if found.label == "Name of the dataset")
    assert name.value == "zoo 2"
    name.set_value("zoo")
    button(app, "Import").click()
    app.run()
    assert not app.exception
    assert "Choose another name for this folder" in words(app)
    assert owner.get().supervisor.jobs() == []


@pytest.mark.long
def test_what_a_folder_leaves_open_is_asked_with_nothing_chosen(tmp_path):
    root = tmp_path / "open"
    for name in ("train", "test", "cats"):
        picture(root / name / "1.png")
    app = look_at(page(), root)
    assert app.radio(key="import_reading").value is None
    assert button(app, "Import").disabled
    app.radio(key="import_reading").set_value("flat").run()
    assert not app.exception
    assert not button(app, "Import").disabled
    assert "No labels" in words(app)


@pytest.mark.long
def test_numbered_classes_can_be_named_and_names_that_do_not_fit_are_refused(tmp_path):
    root = tmp_path / "numbered"
    for number in range(4):
        picture(root / "imgs" / f"{number}.png")
    labels = "".join(f'"{number}": [{int(number % 2 == 0)}, {number % 2}], ' for number in range(4))
    (root / "labels.json").write_text("{" + labels.removesuffix(", ") + "}")
    app = look_at(page(), root)
    app.text_area(key="import_names").set_value("Cat").run()
    assert "1 class names were given" in words(app)
    assert button(app, "Import").disabled
    app.text_area(key="import_names").set_value("Cat, Lynx").run()
    assert not app.exception
    button(app, "Import").click()
    app.run()
    assert owner.get().supervisor.jobs()[0].parameters["class_names"] == '["Cat", "Lynx"]'


def test_a_server_for_others_imports_only_from_its_roots(tmp_path, zoo, monkeypatch):
    monkeypatch.setenv("VITRINE_IMPORT_ROOTS", str(tmp_path / "allowed"))
    owner.close()
    app = look_at(page(), zoo)
    assert not app.exception
    assert "This server imports from" in words(app)
    assert "is outside the folders this server may import from" in words(app)


def move_cats(zoo: Path) -> Path:
    """The zoo as the dataset "zoo", and then in another place."""
    workspace = owner.get().workspace
    dataset = ensure_dataset(workspace, "zoo", root=str(zoo), task="single", layout="classes")
    rows = [image_row(f"cat/{n}.png", bytes=(zoo / "cat" / f"{n}.png").stat().st_size) for n in range(9)]
    land(workspace, dataset.id, rows)
    return zoo.rename(zoo.with_name("moved"))


def test_a_dataset_whose_folder_is_not_there_is_found_again_from_the_list(app_workspace, zoo, monkeypatch):
    there, asked = move_cats(zoo), []
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named)) or None)
    app = visit("import_data/page.py")
    assert not [button for button in app.button if button.key == "again-1"]
    app.text_input(key="moved-to-1").set_value(str(there))
    next(button for button in app.button if button.label == "Find it again").click().run()
    assert not app.exception and not app.error
    ((kind, named),) = asked
    assert (kind, named["dataset"], named["parameters"]) == ("move", "zoo", {"folder": str(there)})


@pytest.mark.long
def test_a_folder_that_holds_a_lost_datasets_pictures_offers_to_be_its_new_place(app_workspace, zoo, monkeypatch):
    there, asked = move_cats(zoo), []
    app = visit("import_data/page.py")
    app.text_input(key="import_folder_path").set_value(str(there))
    next(button for button in app.button if button.label == "Look at it").click().run()
    assert any("look like the pictures of **zoo**" in block.value for block in app.markdown)
    monkeypatch.setattr(Supervisor, "start", lambda self, kind, **named: asked.append((kind, named)) or None)
    app.button(key="moved_here").click().run()
    ((kind, named),) = asked
    assert (kind, named["dataset"], named["parameters"]) == ("move", "zoo", {"folder": str(there)})


def test_the_overview_says_that_a_folder_is_not_there(app_workspace, zoo):
    move_cats(zoo)
    said = [warning.value for warning in visit("overview/page.py").warning]
    assert any("The folder is not there" in text for text in said)


@pytest.fixture
def birds_by_table(tmp_path) -> Path:
    """Four pictures and a table with two columns that may be the label."""
    root = tmp_path / "birds"
    for letter in "abcd":
        picture(root / "images" / f"{letter}.png")
    (root / "t.csv").write_text("pic,kind,place\na,wren,home\nb,owl,home\nc,wren,park\nd,owl,park\n")
    return root


@pytest.mark.long
def test_a_table_is_read_as_it_was_said_by_hand_and_the_answer_can_be_changed(birds_by_table):
    app = look_at(page(), birds_by_table)
    assert not app.exception and app.radio(key="import_reading").value is None
    assert "is taken for the label" in words(app)
    app.radio(key="import_reading").set_value("labels:t.csv?label=place").run()
    assert app.radio(key="import_reading").value == "labels:t.csv?label=place"
    next(found for found in app.selectbox if found.label == "Column of the label").set_value("kind")
    button(app, "Read it so").click()
    app.run()
    assert not app.exception and app.radio(key="import_reading").value == "labels:t.csv?label=kind"
    button(app, "Import").click()
    app.run()
    assert owner.get().supervisor.jobs()[0].parameters["reading"] == "labels:t.csv?label=kind"


@pytest.mark.long
def test_levels_that_mean_nothing_are_refused_and_the_folder_stays_as_it_was_read(zoo):
    app = look_at(page(), zoo)
    levels = next(found for found in app.text_input if found.label == "Levels of folders")
    levels.set_value("klass")
    button(app, "Read it so").click()
    app.run()
    assert not app.exception and "Levels are named from the top" in words(app) and "2 classes" in words(app)


@pytest.mark.long
def test_links_are_followed_when_the_box_is_ticked(tmp_path):
    for letter in "ab":
        picture(tmp_path / "store" / f"{letter}.png")
    (tmp_path / "set/cat").mkdir(parents=True)
    for letter in "ab":
        (tmp_path / f"set/cat/{letter}.png").symlink_to(tmp_path / f"store/{letter}.png")
    picture(tmp_path / "set/dog/c.png")
    app = look_at(page(), tmp_path / "set")
    assert {metric.label: metric.value for metric in app.metric}["Files"] == "1"
    app.checkbox(key="import_links").check().run()
    assert not app.exception and {metric.label: metric.value for metric in app.metric}["Files"] == "3"


@pytest.mark.long
def test_what_is_said_by_hand_counts_though_something_else_was_chosen_before(birds_by_table):
    app = look_at(page(), birds_by_table)
    app.radio(key="import_reading").set_value("labels:t.csv?label=place").run()
    next(found for found in app.selectbox if found.label == "Rows").set_value("apart")
    button(app, "Read it so").click()
    app.run()
    assert not app.exception and app.radio(key="import_reading").value != "labels:t.csv?label=place"
    button(app, "Import").click()
    app.run()
    assert "rows=apart" in owner.get().supervisor.jobs()[0].parameters["reading"]


@pytest.mark.long
@pytest.mark.parametrize("tick", [True, False])
def test_boxes_come_with_the_import_unless_the_tick_is_taken_away(tmp_path, tick):
    said = {"a.png": [("cat", 1, 1, 4, 4), ("dog", 2, 2, 4, 4)]}
    pictures(tmp_path / "pets", list(said))
    coco(tmp_path / "pets", said)
    app = look_at(page(), tmp_path / "pets")
    box = next(found for found in app.checkbox if "boxes" in found.label)
    assert box.label == "And its 2 boxes, as annotated" and box.value is True
    box.set_value(tick)
    button(app, "Import").click()
    app.run()
    assert not app.exception
    (started,) = owner.get().supervisor.jobs()
    assert started.parameters["boxes"] == ("yes" if tick else "no")


@pytest.mark.long
def test_packed_pictures_are_unpacked_by_a_button_and_then_looked_at(tmp_path, monkeypatch):
    cells = [{"bytes": cell, "path": f"{n}.png"} for n, cell in enumerate(map(png, (8, 9, 10)))]
    (tmp_path / "packed").mkdir()
    pq.write_table(pa.table({"image": cells, "label": ["cat", "dog", "cat"]}), tmp_path / "packed" / "a.parquet")
    app = look_at(page(), tmp_path / "packed")
    assert "**3 pictures lie packed** in 1 file" in words(app)
    app.text_input(key="import_unpack_to").set_value(str(tmp_path / "new"))
    monkeypatch.undo()  # from here on jobs run
    button(app, "Unpack the pictures").click()
    app.run()
    assert not app.exception
    supervisor = owner.get().supervisor
    (job,) = supervisor.jobs()
    for _ in range(600):
        supervisor.tick()
        if not supervisor.job(job.id).is_active:
            break
        time.sleep(0.1)
    app.run()
    assert not app.exception
    assert "3 pictures, 3 with a label" in words(app) and "2 classes, one label a picture" in words(app)
    name = next(found for found in app.text_input if found.label == "Name of the dataset")
    assert name.value == "packed" and (tmp_path / "new" / "metadata.csv").is_file()

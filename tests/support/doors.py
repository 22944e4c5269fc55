"""The doors that strangers and bad files come in by, each with what is tried on it and what it may answer."""

from hypothesis import strategies as st

from tests.support.doors_app import addresses, links, open_address, open_link
from tests.support.doors_labels import COCO, folders, import_folder, label_files, read_labels
from tests.support.doors_orders import prediction_files, read_boxes, read_predictions, unpack_one, zips
from tests.support.doors_pictures import decode_one, noted_pictures, pictures, take_notes_out
from tests.support.doors_workspace import DECISIONS, ask, bring_results, merge, requests, segments
from tests.support.forms import as_json
from tests.support.target import Target
from tests.support.wild import changed, damaged

TARGETS = {
    "label files": Target(label_files(), read_labels),
    "pictures": Target(damaged(pictures()), decode_one),
    "pictures with notes": Target(damaged(noted_pictures()), take_notes_out),
    "folders": Target(folders(), import_folder),
    "COCO files": Target(changed(COCO), read_boxes),
    "predictions": Target(prediction_files(), read_predictions),
    "zips": Target(damaged(zips()), unpack_one),
    "decisions files": Target(st.one_of(changed(DECISIONS), damaged([as_json(DECISIONS)])), merge),
    "results zips": Target(segments(), bring_results),
    "requests": Target(requests(), ask),
    "routes": Target(addresses(), open_address),
    "deep links": Target(links(), open_link),
}

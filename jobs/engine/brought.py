"""What was computed elsewhere, looked through before any of it is landed."""

import shutil

from jobs.engine.errors import PackRefused
from jobs.engine.folder import JobFolder
from jobs.engine.kinds import load_kind
from jobs.engine.segment_schema import Known, check_segments
from store.connection import Workspace
from store.datasets import class_names
from store.images import numbers_of_images


def check_incoming(workspace: Workspace, folder: JobFolder) -> None:
    """Look through the segments in a job's `incoming` folder by what its kind states of them.

    Raises PackRefused with a count of what cannot be, and clears them away.
    """
    incoming = folder.path / "incoming"
    spec = folder.spec()
    segment = load_kind(spec.kind).segment
    if segment is None or not incoming.is_dir():  # a kind without a statement is never unpacked
        return
    try:
        known = Known(numbers_of_images(workspace, spec.dataset_id), len(class_names(workspace, spec.dataset_id)))
        check_segments(sorted(incoming.iterdir()), segment, known)
    except PackRefused:
        shutil.rmtree(incoming, ignore_errors=True)
        raise

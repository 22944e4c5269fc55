"""What a bundle for reviewers carries of a dataset: every image, opinions on labels, decisions, the chosen pictures."""

from collections.abc import Sequence

import pyarrow as pa

from store.connection import Workspace


def every_image(workspace: Workspace, dataset_id: int) -> pa.Table:
    """image_id, path, sha256, split, label, labels, given_label, given_labels, bytes, and flags, by id.

    The flags: missing, removed, relabelled, has_position, has_licence, is_checked, is_decided.
    """
    return workspace.read("bundle_images", dataset_id=dataset_id)


def opinions(workspace: Workspace, run_id: int) -> pa.Table:
    """What a label check said of every image that it judged, by id; classes are indices."""
    return workspace.read("bundle_opinions", run_id=run_id)


def decisions(workspace: Workspace, dataset_id: int, *, n_rows: int) -> tuple[pa.Table, int]:
    """The newest acts with who, when and why, newest first; and how many there are in all."""
    table = workspace.read("bundle_decisions", dataset_id=dataset_id, n_rows=n_rows)
    return table, workspace.count("bundle_decision_count", dataset_id=dataset_id)


def near_groups(workspace: Workspace, run_id: int) -> pa.Table:
    """image_id, group_number of a search for duplicates."""
    return workspace.read("bundle_near", run_id=run_id)


def pictures(workspace: Workspace, dataset_id: int, *, image_ids: Sequence[int]) -> pa.Table:
    """image_id, path, sha256, width, height, format, has_thumb of these images, in their order."""
    return workspace.read("bundle_pictures", dataset_id=dataset_id, image_ids=list(image_ids))

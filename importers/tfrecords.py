"""TFRecords: TensorFlow's files of examples, which are told from others and not read (docs/decisions.md)."""

import re
from collections.abc import Sequence

from analytics.wording import count

_NAME = re.compile(r"\.(tfrecords?|tfrec)(-\d+-of-\d+)?(\.gz)?$", re.IGNORECASE)


def about_tfrecords(paths: Sequence[str]) -> str:
    """What is to be said of the TFRecords among files: what they are and what can be done; "" where there are none."""
    found = [path for path in paths if _NAME.search(path)]
    if not found:
        return ""
    which = (
        f"{found[0]} is a TFRecord, a file" if len(found) == 1 else f"{count(len(found), 'file')} are TFRecords, files"
    )
    first = "" if len(found) == 1 else f" (the first is {found[0]})"
    return (
        f"{which} of TensorFlow's examples{first}, which {'is' if len(found) == 1 else 'are'} not read here. Write the "
        "pictures out with tf.data.TFRecordDataset, as files in folders of their classes or as Parquet or tar shards, "
        "and import those."
    )

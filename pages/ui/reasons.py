"""Reasons in plain words: what a failed file's or an unusable label's code means, and what can be done."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """A reason's short title, and what a person can do about it."""

    title: str
    remedy: str


_READ_AGAIN = "Copy or download the file again, then import again."
_CONVERT = "Convert it to JPEG or PNG, then import again."
_RIGHTS = "Give the account that runs Vitrine the right to read it, then import again."
_LINK = "Put the file itself into the folder instead of the link."
FILE_ADVICE = {
    "empty": Advice("Empty: zero bytes", _READ_AGAIN),
    "truncated": Advice("Cut short: the file ends too early", _READ_AGAIN),
    "damaged": Advice("Damaged picture data", _READ_AGAIN),
    "not-an-image": Advice("Not an image", "Move it out of the folder, or leave it: it does no harm."),
    "pointer": Advice(
        "Kept elsewhere: a pointer lies in its place", "Fetch it with the tool that keeps it, then import again."
    ),
    "unsupported": Advice("A format Vitrine cannot read", _CONVERT),
    "too-many-pixels": Advice(
        "More pixels than the limit",
        "Make it smaller; or, if you trust the file, import on the command line with a higher --max-pixels.",
    ),
    "too-many-bytes": Advice("A larger file than the limit", "Save it smaller, then import again."),
    "out-of-memory": Advice("Too large for this computer's memory", "Make it smaller, then import again."),
    "missing": Advice("Gone while it was being read", "Import again once the folder holds still."),
    "unreadable": Advice("No permission to read the file", _RIGHTS),
    "unreadable-folder": Advice("No permission to read a folder", _RIGHTS),
    "not-a-file": Advice("Not a regular file (a pipe, a device)", "Move it out of the folder."),
    "name-not-utf8": Advice("A file name that is not valid UTF-8", "Rename the file, then import again."),
    "broken-link": Advice("A broken link", _LINK),
    "link-to-folder": Advice("A link to a folder", "Import that folder itself, or move it into this one."),
    "link-outside": Advice("A link that leads outside the folder", _LINK),
    "odd-key": Advice("A key that is no path", "Copy the object to a key without empty parts, `.` or `..`."),
    "decoder-crashed": Advice("The decoder crashed on it", _CONVERT),
}
_RELABEL = "Correct the label file, then import again."
LABEL_ADVICE = {
    "missing-file": Advice("The label's file is not there", "Add the picture, or drop the row; then import again."),
    "ambiguous-key": Advice("Several files have that name", "Write the path instead of the name, then import again."),
    "no-label": Advice("A picture without a label", "Add its label, or leave it: it is imported without one."),
    "duplicate-key": Advice("Listed twice with different labels", _RELABEL),
    "repeated-key": Advice("Listed twice with the same label", "Nothing is lost; the second row can go."),
    "no-ones": Advice("No class at all", _RELABEL),
    "several-ones": Advice("Several classes where one is meant", _RELABEL),
    "not-one-hot": Advice("Numbers other than 0 and 1", _RELABEL),
    "wrong-length": Advice("A list of another length", _RELABEL),
    "wrong-type": Advice("A label of another kind than the rest", _RELABEL),
    "not-a-number": Advice("Not a number", _RELABEL),
    "out-of-range": Advice("A class that does not exist", _RELABEL),
    "unknown-class": Advice("A class name that was not given", "Correct the name, or give it with the class names."),
}


def file_advice(code: str) -> Advice:
    """What a failed file's code means; a code of a later version is shown as it is."""
    return FILE_ADVICE.get(code) or _unknown(code, _READ_AGAIN)


def label_advice(code: str) -> Advice:
    """What a label problem's code means; a code of a later version is shown as it is."""
    return LABEL_ADVICE.get(code) or _unknown(code, _RELABEL)


def _unknown(code: str, remedy: str) -> Advice:
    return Advice(code.replace("-", " ").capitalize(), remedy)

"""What the splits of a dataset are called, in folders and in the names of files."""

import re
from collections.abc import Sequence

_SPLIT_WORDS = {
    **dict.fromkeys(("train", "training", "trn"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev", "development"), "val"),
    **dict.fromkeys(("test", "testing", "tst"), "test"),
    **{word: word for word in ("eval", "evaluation", "holdout", "hold-out", "trainval", "unseen")},
}
_SPLIT_ENDING = re.compile(r"[-_ ]?(set|data|images|imgs|split|(19|20)\d\d)$")


def split_word(name: str) -> str | None:
    """Give the split that a folder's name stands for ('train', 'val', 'test', ...), or None."""
    name = name.lower()
    return _SPLIT_WORDS.get(name) or _SPLIT_WORDS.get(_SPLIT_ENDING.sub("", name))


def split_of_set(name: str) -> str | None:
    """The split that a set's folder stands for, also behind somebody's name: 'team-training-set' is train."""
    last = re.split(r"[-_ ]", _SPLIT_ENDING.sub("", name.lower()))[-1]
    return split_word(name) or split_word(last)


def split_of_path(folder: str) -> str | None:
    """The split that a path's folders name, by the first of them that is named like one; None without."""
    return next((found for name in folder.split("/") if (found := split_word(name))), None)


def split_of_file(name: str) -> str | None:
    """The split that a file's name speaks of: "instances_train2017.json" is train; None where it names several."""
    stem = name.rpartition("/")[2].rpartition(".")[0] or name
    words = {split_word(word) for word in re.split(r"[-_. ]+", stem)} - {None}
    return words.pop() if len(words) == 1 else None


def splits_of_tops(tops: Sequence[str]) -> dict[str, str] | None:
    """The split of each of the folders at the top where all are splits: by name, or alike behind the same word."""
    words = {top: split_word(top) for top in tops}
    if all(words.values()):
        return {top: word for top, word in words.items() if word}
    sets = {top: split_of_set(top) or _unlabelled_set(top) for top in tops}
    if len(tops) < 2 or not all(sets.values()) or len(set(sets.values())) < len(tops):
        return None
    return {top: word for top, word in sets.items() if word}


def _unlabelled_set(name: str) -> str | None:
    """'seg_pred' beside 'seg_train' is a set to be predicted; alone the word would mean nothing."""
    return "pred" if re.search(r"(^|[-_ ])(pred|predict|prediction)$", name.lower()) else None

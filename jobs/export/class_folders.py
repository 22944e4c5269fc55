"""Class folders: a folder for each split and class."""

from dataclasses import replace

from importers.split_words import split_word
from jobs.export.content import Content, Format, file_names, split_folders, write_names
from jobs.export.plan import Entry, folder_names


def _place_in_folders(content: Content) -> list[Entry]:
    classes = _class_folders(content)
    splits = split_folders(content)
    placed = []
    for entry, name in zip(content.entries, file_names(content), strict=True):
        inner = "".join(f"{classes[index]}/" for index in content.held(entry)[:1])
        placed.append(replace(entry, path=f"{splits[entry.split]}{inner}{name}"))
    return placed


def _class_folders(content: Content) -> list[str]:
    """A class may be called like a split; an import would then have to ask which it is."""
    names = folder_names(content.classes)
    return [str(i) for i in range(len(names))] if any(split_word(name) for name in names) else names


def _folders_reading(content: Content) -> str:
    if not any(content.held(entry) for entry in content.entries):
        return "splits" if content.has_splits else "flat"
    return "splits/classes" if content.has_splits else "classes"


CLASS_FOLDERS = Format("Class folders", _place_in_folders, write_names, _folders_reading, needs_one_label=True)

"""The error of everything here that reads people's folders, prefixes and label files."""


class LayoutError(Exception):
    """A folder or a label file that can't be read as a dataset; the message says why and what to do."""

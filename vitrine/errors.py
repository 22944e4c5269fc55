"""What may go wrong in a notebook.

VitrineError
├── NotThere      no workspace, dataset, space or run of that name
├── Unreadable    a workspace that cannot be read: of another version, damaged, or held by a process that won't answer
└── NotShown      pictures that could not be imported, or an app that did not start
"""


class VitrineError(Exception):
    """Anything that Vitrine refuses, as a sentence that says what to do."""


class NotThere(VitrineError, LookupError):
    """What was asked for by name is not there; the message lists what is."""


class Unreadable(VitrineError):
    """The workspace cannot be read."""


class NotShown(VitrineError):
    """The pictures cannot be shown."""

"""What analytics raises.

AnalyticsError
  EmptyImage      a picture with a side of 0
  WrongShape      an array whose shape or dtype is not the documented one
"""


class AnalyticsError(Exception):
    """Anything analytics refuses."""


class EmptyImage(AnalyticsError):
    """A picture with a side of 0."""


class WrongShape(AnalyticsError):
    """An array whose shape or dtype is not the documented one."""

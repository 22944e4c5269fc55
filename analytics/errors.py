"""What analytics raises.

AnalyticsError
  EmptyImage      a picture with a side of 0
  WrongShape      an array whose shape or dtype is not the documented one
  BadParameter    a parameter outside its range; the message names it, the range and the value seen
  InSample        class probabilities from a model that had seen the pictures it judges
  UnknownClass    class names that do not match the dataset's
  OddFile         a picture file whose layout cannot be followed
  Unshowable      a picture of a kind that cannot be turned into RGB; the message says which
"""


class AnalyticsError(Exception):
    """Anything analytics refuses."""


class EmptyImage(AnalyticsError):
    """A picture with a side of 0."""


class WrongShape(AnalyticsError):
    """An array whose shape or dtype is not the documented one."""


class BadParameter(AnalyticsError):
    """A parameter outside its range."""


class InSample(AnalyticsError):
    """Class probabilities from a model that had seen the pictures it judges."""


class UnknownClass(AnalyticsError):
    """Class names that do not match the dataset's."""


class OddFile(AnalyticsError):
    """A picture file whose layout cannot be followed, so that nobody can say what stands in it."""


class Unshowable(AnalyticsError):
    """A picture of a kind that cannot be turned into RGB."""

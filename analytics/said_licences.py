"""What is said of a licence, in a table, by a person or a source: its code where it can be read, else the words.

A code is SPDX's where there is one (CC-BY-SA-4.0, MIT), else analytics.licences'; PD is the public domain, ARR all
rights reserved. Nothing is ever taken for free because nothing was said.
"""

from dataclasses import dataclass

from analytics.licences import CC0, PDM, read_licence

UNKNOWN = ""
_NOTHING = ("", "unknown", "not known", "not recorded", "n/a", "na", "none", "null", "?", "-")  # as in the file
_ONE_VERSION = {CC0: "1.0", PDM: "1.0"}
_OTHERS = {  # licences of software, data and texts, which ask for a notice and forbid nothing
    "mit": "MIT",
    "apache-2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "bsd-3-clause": "BSD-3-Clause",
    "odbl": "ODbL-1.0",
    "odbl-1.0": "ODbL-1.0",
}
_LONGEST = 100  # characters of words that no code is known for


@dataclass(frozen=True)
class SaidLicence:
    """A licence that was said. code: with its version; "" for unknown, or the words where they are none that is known.

    is_read: what it forbids is known. url: of its text, "" where that is not known.
    """

    code: str
    name: str = ""
    version: str = ""
    url: str = ""
    is_read: bool = False
    forbids_commercial: bool = False
    forbids_changes: bool = False
    asks_for_credit: bool = True


def read_said(text: str | None, *, version: str | None = None) -> SaidLicence:
    """The licence that a text says. version: where it stands apart. Words that say nothing ("n/a") are unknown."""
    said = " ".join((text or "").split())
    low = said.lower()
    if low in _NOTHING:
        return SaidLicence(UNKNOWN)
    other = _OTHERS.get(low.removesuffix(" licence").removesuffix(" license"))
    if other is not None:
        return SaidLicence(other, other, is_read=True)
    found = read_licence(said, version=version)
    if found is None:
        return SaidLicence(said[:_LONGEST], said[:_LONGEST])
    number = found.version or _ONE_VERSION.get(found.code, "")
    return SaidLicence(
        code=f"{found.code}-{number}" if number else found.code,
        name=found.code,
        version=number,
        url=found.url,
        is_read=True,
        forbids_commercial=not found.allows_commercial_use,
        forbids_changes=not found.allows_derivatives,
        asks_for_credit=found.needs_attribution,
    )

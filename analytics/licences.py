"""Licences as codes: every way in which they are written becomes an SPDX-like code and a version, or nothing.

What is not recognised is None, which stands for "unknown" and never for "free".
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

CC0, PDM, PD, ARR = "CC0", "PDM", "PD", "ARR"
_ALLOWED = {  # derivatives, commercial use, needs attribution
    CC0: (True, True, False),
    PDM: (True, True, False),
    PD: (True, True, False),
    "CC-BY": (True, True, True),
    "CC-BY-SA": (True, True, True),
    "CC-BY-ND": (False, True, True),
    "CC-BY-NC": (True, False, True),
    "CC-BY-NC-SA": (True, False, True),
    "CC-BY-NC-ND": (False, False, True),
    ARR: (False, False, True),
}
CODES = tuple(_ALLOWED)
_LONGEST = 300  # characters that are looked at
_CC_URL = re.compile(
    r"^/(?P<kind>licenses|publicdomain)/(?P<code>[a-z0-9+-]+)(?:/(?P<version>\d+(?:\.\d+)?))?(?:/(?P<port>[a-z]{2,4}))?"
    r"(?:/(?:deed|legalcode)(?:[._-][a-z-]+)?)?/?$"
)
_PARTS = {
    **dict.fromkeys(("by", "attribution"), "by"),
    **dict.fromkeys(("nc", "noncommercial"), "nc"),
    **dict.fromkeys(("nd", "noderivs", "noderivatives", "noderiv"), "nd"),
    **dict.fromkeys(("sa", "sharealike"), "sa"),
}
_TWO_WORDS = (
    (r"\bnon commercial\b", "noncommercial"),
    (r"\bno deriv(?:s|atives?)?(?: works?)?\b", "noderivs"),
    (r"\bshare alike\b", "sharealike"),
    (r"\bccby\b", "cc by"),
    (r"(?<![.\d])(\d) (\d)(?![.\d])", r"\1.\2"),
)
_CREATIVE_COMMONS = ("cc", "creative", "commons", "creativecommons")
_FILLERS = ("license", "licence", "licensed", "under", "the", "a", "public", "terms", "of")
_PORTS = ("international", "unported", "generic", "intergovernmental", "igo", "scotland")
_ELSE = (
    (
        CC0,
        re.compile(
            r"(?:cc|creative commons)? ?(?:cc ?0|zero)(?: (?P<version>1\.0))?(?: universal)?"
            r"(?: public domain dedication)?|public domain dedication|no rights reserved"
        ),
    ),
    (PDM, re.compile(r"(?:cc )?(?:pdm|public domain mark)(?: (?P<version>1\.0))?")),
    (
        PD,
        re.compile(
            r"pd|public ?domain|pd (?:old|us|usgov|nasa|self|author|art|gov|uk|eu|1923|1996|ineligible)(?: [a-z0-9]+)*"
            r"|public domain (?:in the )?(?:usa?|united states|worldwide)|(?:united states|us|u\.s\.) government work"
        ),
    ),
    (ARR, re.compile(r"(?:copyright|©|\(c\))?[ ,.]*all rights reserved|arr|copyright(?:ed)?|in copyright")),
)
_IN_COPYRIGHT = ("inc", "inc-ow-eu", "inc-edu", "inc-nc", "inc-ruu")  # of rightsstatements.org


@dataclass(frozen=True)
class Licence:
    """A licence that was recognised. code: of CODES. version, url: "" where they are not known."""

    code: str
    version: str = ""
    url: str = ""

    @property
    def allows_derivatives(self) -> bool:
        """Whether changed copies may be passed on."""
        return _ALLOWED[self.code][0]

    @property
    def allows_commercial_use(self) -> bool:
        """Whether it may be used to earn money."""
        return _ALLOWED[self.code][1]

    @property
    def needs_attribution(self) -> bool:
        """Whether its author has to be named."""
        return _ALLOWED[self.code][2]

    @property
    def is_open(self) -> bool:
        """Whether anybody may copy it under stated terms."""
        return self.code != ARR

    @property
    def title(self) -> str:
        """As it is written in sentences: 'CC BY-SA 4.0'."""
        names = {CC0: "CC0", PDM: "Public Domain Mark", PD: "public domain", ARR: "all rights reserved"}
        name = names.get(self.code) or f"CC {self.code.removeprefix('CC-')}"
        return f"{name} {self.version}".strip()


def read_licence(text: object, *, version: object = None, url: object = None) -> Licence | None:
    """The licence that a code, a name or an address stands for; None where that is not known.

    version: where the source gives it apart. url: where the source gives one; it is asked where the text says nothing,
    and kept as the address of the licence's text where it is one of Creative Commons.
    """
    by_url, by_text = _of_url(_text(url)), _of_text(_text(text))
    found = by_text or by_url
    if found is None:
        return None
    given = _text(version)
    number = given if re.fullmatch(r"\d(\.\d)?", given) else ""
    agreed = by_url if by_url is not None and by_url.code == found.code else None
    number = found.version or number or (agreed.version if agreed else "")
    return Licence(
        found.code, _full(number), (agreed.url if agreed else "") or found.url or _address(found.code, _full(number))
    )


def _text(value: object) -> str:
    return value.strip()[:_LONGEST] if isinstance(value, str) else ""


def _of_url(url: str) -> Licence | None:
    if not url:
        return None
    parts = urlsplit(url.lower() if "//" in url else f"//{url.lower()}")
    host = (parts.hostname or "").removeprefix("www.")
    if host == "creativecommons.org":
        return _of_cc(parts.path)
    if host == "rightsstatements.org":
        words = parts.path.strip("/").split("/")
        return Licence(ARR, url=url) if words[:1] == ["vocab"] and words[1:2] and words[1] in _IN_COPYRIGHT else None
    return None


def _of_cc(path: str) -> Licence | None:
    match = _CC_URL.match(path)
    if match is None:
        return None
    version = match["version"] or ""
    if match["kind"] == "publicdomain":
        code = {"zero": CC0, "mark": PDM, "certification": PD}.get(match["code"])
        return Licence(code, version, _address(code, version)) if code else None
    code = _cc_code(set(match["code"].split("-")))
    if code is None:
        return None
    port = f"{match['port']}/" if match["port"] and match["port"] not in ("deed",) else ""
    address = _address(code, version)
    return Licence(code, version, f"{address}{port}" if address else "")


def _of_text(text: str) -> Licence | None:
    if "//" in text or text.lower().startswith(("creativecommons.org", "www.creativecommons.org")):
        match = re.search(r"(?:https?:)?//[^\s<>\"')]+|(?:www\.)?creativecommons\.org/[^\s<>\"')]+", text)
        return _of_url(match[0].rstrip(".,;")) if match else None
    plain = _plain(text)
    if not plain or re.fullmatch(r"attribution(?: licen[cs]e)?", plain):  # a licence of that name is none of CC's
        return None
    for code, pattern in _ELSE:
        if match := pattern.fullmatch(plain):
            version = match.groupdict().get("version") or ""
            return Licence(code, version, _address(code, version))
    return _of_words(plain.split())


def _of_words(words: list[str]) -> Licence | None:
    """A licence of Creative Commons; None where a single word is none of its name's."""
    parts: set[str] = set()
    version = ""
    for word in words:
        if word in _PARTS and not version:
            parts.add(_PARTS[word])
        elif re.fullmatch(r"\d(?:\.\d)?", word):
            version = version or word  # of several, the first
        elif version and (word in _PORTS or re.fullmatch(r"[a-z]{2}", word)):
            continue
        elif word not in _CREATIVE_COMMONS and word not in _FILLERS:
            return None
    code = _cc_code(parts)
    return Licence(code, _full(version), _address(code, _full(version))) if code else None


def _plain(text: str) -> str:
    """In small letters, with one blank between words, and names of two words as one."""
    plain = " ".join(re.sub(r"[-\u2010-\u2013_/,()]+", " ", text.lower()).split())
    plain = re.sub(r"\bv(?=\d)", "", plain)
    plain = re.sub(r"(?<=[a-z])(?=\d\.\d)", " ", plain)
    for pattern, word in _TWO_WORDS:
        plain = re.sub(pattern, word, plain)
    return plain


def _cc_code(parts: set[str]) -> str | None:
    """CC-BY-NC-SA of {by, nc, sa}; None where they are no licence of Creative Commons."""
    code = "-".join(["CC", *(name for name in ("by", "nc", "sa", "nd") if name in parts)]).upper()
    return code if code in _ALLOWED and parts <= {"by", "nc", "sa", "nd"} else None


def _address(code: str, version: str) -> str:
    """The address of a licence's text at Creative Commons; "" where there is none, or no version is known."""
    if code == CC0:
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    if code == PDM:
        return "https://creativecommons.org/publicdomain/mark/1.0/"
    if not code.startswith("CC-") or not version:
        return ""
    return f"https://creativecommons.org/licenses/{code.removeprefix('CC-').lower()}/{version}/"


def _full(version: str) -> str:
    return f"{version}.0" if re.fullmatch(r"\d", version) else version

"""A collection in words: outcomes, reasons, licences. Nothing here draws."""

from collections.abc import Mapping

from importers.collecting.about import SOURCES

LICENCES: Mapping[str, str] = {
    "CC0": "CC0 (no rights reserved)",
    "PDM": "Public domain",
    "CC-BY": "CC BY",
    "CC-BY-SA": "CC BY-SA",
    "CC-BY-NC": "CC BY-NC (not commercial)",
    "CC-BY-NC-SA": "CC BY-NC-SA (not commercial)",
    "CC-BY-ND": "CC BY-ND (not changed)",
    "CC-BY-NC-ND": "CC BY-NC-ND (neither)",
}
OUTCOMES: Mapping[str, str] = {
    "duplicate": "a duplicate",
    "refused": "refused",
    "failed": "failed",
    "left": "not tried",
}
STATES: Mapping[str, str] = {
    "asking": "still asking",
    "enough": "enough was found",
    "end": "the end of the results",
    "nothing new": "nothing new came",
    "limit": "a limit was reached",
    "failed": "the source failed",
}
REASONS: Mapping[str, str] = {
    "had already": "the dataset has this address already",
    "same bytes": "the same file as another",
    "same pixels": "the same pixels as another",
    "nearly the same": "nearly the same as another",
    "same address": "another query found the same address",
    "robots": "the site's robots.txt asks that it be left alone",
    "noai": "the site asks not to be used for training (noai)",
    "licence": "its licence is not among those that were asked for",
    "address": "its address leads where nothing may be fetched from",
    "too small": "smaller than was asked for",
    "too large": "larger than may be fetched",
    "taken down": "somebody asked that it be taken down",
    "not a picture": "what came is no picture",
    "placeholder": "a placeholder that stands for many pictures",
    "excluded site": "its site was excluded",
    "broken": "the file is damaged",
    "timeout": "the site did not answer in time",
    "truncated": "the file ended too early",
    "unsupported": "a kind of picture that cannot be read",
    "tracker": "a picture of a pixel or two, as they count visits",
    "login": "the site asks who we are",
    "redirects": "its address leads on and on",
    "no answer": "the site cannot be reached",
    "host silent": "the site has not answered for a while, so it was asked no more",
    "host busy": "the site asked for a longer pause than a run makes",
    "protocol": "the site's answer is no HTTP",
    "encoding": "the file came packed in a way that was not asked for",
    "certificate": "the site could not show that it is who it says",
    "enough": "enough was kept of its query",
    "limit": "a limit of the run was reached",
    "requests": "the limit of requests was reached",
    "bytes": "the limit of bytes was reached",
}


def why(reason: str | None) -> str:
    """A reason's code in words; an unknown code as it is, "http 404" as what the site answered."""
    if not reason:
        return "no reason was noted"
    if reason.startswith("http "):
        return f"the site answered {reason.removeprefix('http ')}"
    return REASONS.get(reason, reason)


def licence_text(code: str | None, version: str | None) -> str:
    """'CC BY 4.0', or that it is unknown: which never means free."""
    if not code:
        return "licence unknown"
    name = {"PDM": "public domain", "ARR": "all rights reserved"}.get(code, code)
    name = "CC " + name.removeprefix("CC-") if name.startswith("CC-") else name
    return f"{name} {version}" if version else name


def with_title(title: str, sentence: str) -> str:
    """What is said of a source, naming it once."""
    return sentence if sentence.startswith(title) else f"{title}: {sentence}"


def source_title(source: str) -> str:
    """What a source is called on pages."""
    return SOURCES[source].title if source in SOURCES else source

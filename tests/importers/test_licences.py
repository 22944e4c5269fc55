"""Licences: every spelling becomes the one code, and what is not known is never free."""

import pytest

from importers.collecting.licences import ARR, CODES, Licence, attribution, codes_allowed, is_allowed, read_licence

BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("text", "code", "version"),
    [
        ("by", "CC-BY", ""),
        ("by-nc-sa", "CC-BY-NC-SA", ""),
        ("cc-by", "CC-BY", ""),
        ("cc-by-nc-nd", "CC-BY-NC-ND", ""),
        ("CC BY-SA 4.0", "CC-BY-SA", "4.0"),
        ("CC-BY-4.0", "CC-BY", "4.0"),
        ("cc_by_nc_4_0", "CC-BY-NC", "4.0"),
        ("CC_BY_4_0", "CC-BY", "4.0"),
        ("cc-by-sa-3.0,2.5,2.0", "CC-BY-SA", "3.0"),
        ("CC BY-SA 3.0 de", "CC-BY-SA", "3.0"),
        ("CC BY 4.0 International License", "CC-BY", "4.0"),
        ("Creative Commons Attribution 4.0 International", "CC-BY", "4.0"),
        ("Creative Commons Attribution-Share Alike 3.0 Unported", "CC-BY-SA", "3.0"),
        ("Attribution-NonCommercial-NoDerivs License", "CC-BY-NC-ND", ""),
        ("Attribution-NonCommercial-ShareAlike License", "CC-BY-NC-SA", ""),
        ("https://creativecommons.org/licenses/by-nc/3.0/de/", "CC-BY-NC", "3.0"),
        ("http://creativecommons.org/licenses/by/2.0/legalcode", "CC-BY", "2.0"),
        ("https://creativecommons.org/licenses/by-nc/4.0/deed.de", "CC-BY-NC", "4.0"),
        ("//creativecommons.org/licenses/by-sa/4.0", "CC-BY-SA", "4.0"),
        ("cc0", "CC0", ""),
        ("CC0 1.0 Universal", "CC0", "1.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0", "1.0"),
        ("pdm", "PDM", ""),
        ("Public Domain Mark 1.0", "PDM", "1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "PDM", "1.0"),
        ("Public domain", "PD", ""),
        ("PD-old-100", "PD", ""),
        ("United States Government Work", "PD", ""),
        ("All rights reserved", "ARR", ""),
        ("© All Rights Reserved", "ARR", ""),
        ("http://rightsstatements.org/vocab/InC/1.0/", "ARR", ""),
    ],
)
def test_a_licence_is_known_by_each_of_its_spellings(text: str, code: str, version: str) -> None:
    found = read_licence(text)
    assert found is not None and (found.code, found.version) == (code, version)


@pytest.mark.parametrize(
    "text",
    [
        *("", "free", "royalty-free", "GFDL", "Attribution", "attribution license", "cc", "nd", "cc sa 1.0"),
        *("by the author", "No known copyright restrictions", "Public domain status unknown", "not public domain"),
        *("Copyrighted free use", "CC BY 4.0 except the logo", "https://example.org/licenses/by/4.0/"),
        *("by-nc-sa-nd", "see the page", "unknown"),
        *(None, 4, ["by"], {"code": "by"}, "\x00", "by" * 1_000),
    ],
)  # fmt: skip
def test_what_is_not_known_is_unknown_and_not_free(text: object) -> None:
    assert read_licence(text) is None
    assert not is_allowed(None, ("free",)) and not is_allowed(None, ("commercial", "derivatives", "cc0"))
    assert is_allowed(None, ("unknown",)) and is_allowed(None, ("any",))


def test_every_address_that_is_written_is_read_back() -> None:
    for code in CODES:
        licence = read_licence(code, version="4.0" if code.startswith("CC-") else "")
        assert licence is not None and licence.code == code
        assert not licence.url or read_licence(licence.url) is not None and read_licence(licence.url).code == code


def test_a_version_that_comes_apart_is_taken_and_the_port_stays_in_the_address() -> None:
    ported = "https://creativecommons.org/licenses/by-sa/3.0/de/"
    assert read_licence("by-sa", version="3.0", url=ported) == Licence("CC-BY-SA", "3.0", ported)
    assert read_licence("by", version="4.0") == Licence("CC-BY", "4.0", BY)
    assert read_licence("by", version="four") == Licence("CC-BY", "", "")
    # the text counts where the address says another: no address of another licence is kept with it
    assert read_licence("by-nc", version="4.0", url=BY) == Licence(
        "CC-BY-NC", "4.0", "https://creativecommons.org/licenses/by-nc/4.0/"
    )


@pytest.mark.parametrize(
    ("code", "derivatives", "commercial", "attributed"),
    [
        ("CC0", True, True, False),
        ("PDM", True, True, False),
        ("CC-BY", True, True, True),
        ("CC-BY-SA", True, True, True),
        ("CC-BY-ND", False, True, True),
        ("CC-BY-NC", True, False, True),
        ("CC-BY-NC-ND", False, False, True),
        ("ARR", False, False, True),
    ],
)
def test_what_a_licence_allows(code: str, derivatives: bool, commercial: bool, attributed: bool) -> None:
    licence = Licence(code)
    assert (licence.allows_derivatives, licence.allows_commercial_use, licence.needs_attribution) == (
        derivatives,
        commercial,
        attributed,
    )
    assert is_allowed(licence, ("derivatives",)) is derivatives
    assert is_allowed(licence, ("commercial",)) is commercial
    assert is_allowed(licence, ("commercial", "derivatives")) is (derivatives and commercial)
    assert is_allowed(licence, ("free",)) is (code != ARR)
    assert is_allowed(licence, (code.lower(),))


def test_sources_are_asked_for_the_codes_that_an_order_takes() -> None:
    assert codes_allowed(("cc-by", "cc0")) == ("CC0", "CC-BY")
    assert "ARR" not in codes_allowed(("free",)) and "CC-BY-NC" in codes_allowed(("free",))
    assert codes_allowed(("commercial", "derivatives")) == ("CC0", "PDM", "PD", "CC-BY", "CC-BY-SA")
    assert codes_allowed(("cc0", "unknown")) == () == codes_allowed(("any",))


def test_an_attribution_names_title_author_source_and_licence() -> None:
    licence = read_licence("by", version="4.0")
    told = attribution(licence, title="Wall", author="Ada", page_url="https://example.org/1")
    assert told == f'"Wall" (https://example.org/1) by Ada is licensed under CC BY 4.0 ({BY}).'
    assert attribution(licence, title=None, author=None, page_url=None) == (
        f"This picture is licensed under CC BY 4.0 ({BY})."
    )
    assert attribution(None, title="Wall", author="Ada", page_url=None) is None
    assert (
        attribution(Licence(ARR), title="A\nB\x1b[1m", author=None, page_url=None) == '"A B[1m", all rights reserved.'
    )
    assert "is marked with CC0 1.0" in str(attribution(read_licence("CC0 1.0"), title="x", author=None, page_url=None))

"""Keys of sources: where they are found, and that a file which others may read is not read."""

import pytest

from importers.collecting.elsewhere import VARIABLE, Imitations, imitations
from importers.collecting.keys import KeyMissing, has_key, keys_file, read_key, without_keys


def test_a_key_comes_from_the_environment_before_the_file(tmp_path) -> None:
    file = tmp_path / "vitrine" / "keys.toml"
    file.parent.mkdir()
    file.write_text('flickr = "of the file"\nserpapi = 7\n')
    file.chmod(0o600)
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert keys_file(environment) == file
    assert read_key("flickr", environment=environment) == "of the file"
    assert read_key("flickr", environment={**environment, "VITRINE_FLICKR_KEY": " mine "}) == "mine"
    with pytest.raises(KeyMissing, match="serpapi needs a key, and there is none. Set VITRINE_SERPAPI_KEY"):
        read_key("serpapi", environment=environment)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_not_read(tmp_path, mode: int) -> None:
    file = tmp_path / "vitrine" / "keys.toml"
    file.parent.mkdir()
    file.write_text('flickr = "secret"\n')
    file.chmod(mode)
    with pytest.raises(KeyMissing, match="others on this machine may read it. Close it: chmod 600") as error:
        read_key("flickr", environment={"XDG_CONFIG_HOME": str(tmp_path)})
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("content", [b"flickr = ", b"\xff\xfe", b"secret"])
def test_a_file_that_cannot_be_read_is_a_sentence_without_its_content(tmp_path, content: bytes) -> None:
    file = tmp_path / "vitrine" / "keys.toml"
    file.parent.mkdir()
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(KeyMissing, match="cannot be read as TOML") as error:
        read_key("flickr", environment={"XDG_CONFIG_HOME": str(tmp_path)})
    assert "secret" not in str(error.value)


def test_whether_a_key_is_there_is_asked_without_its_being_said(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("VITRINE_FLICKR_KEY", raising=False)
    assert has_key("") and not has_key("flickr")
    monkeypatch.setenv("VITRINE_FLICKR_KEY", "x")
    assert has_key("flickr")


def test_keys_are_cut_out_as_they_are_and_as_addresses_write_them() -> None:
    told = without_keys("a b/c at https://x.example/?api_key=a+b%2Fc&k=a%20b%2Fc", "a b/c", "")
    assert told == "[key] at https://x.example/?api_key=[key]&k=[key]"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sources": 3}', '{"sources": {}}', "null"])
def test_imitations_are_none_unless_the_environment_says_both(text: str) -> None:
    assert imitations({VARIABLE: text}) == Imitations()
    assert imitations({}) == Imitations()

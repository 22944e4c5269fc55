"""What a visitor types has a length: Streamlit cuts it there on the server, too, whatever a browser sends."""

from streamlit.elements.widgets.text_widgets import TextAreaSerde, TextInputSerde

from pages.ui import text
from tests.support.widgets import calls


def test_every_field_for_text_says_how_long_it_may_be() -> None:
    found = list(calls("text_input", "text_area"))
    assert len(found) > 30
    assert not [where for where, given, _ in found if "max_chars" not in given]
    assert max(text.LONGEST_LINE, text.LONGEST_PATH, text.LONGEST_TEXT) <= 200_000


def test_streamlit_cuts_what_is_longer_on_the_server() -> None:
    for field in (TextInputSerde(None, max_chars=5), TextAreaSerde(None, max_chars=5)):
        assert field.deserialize("x" * 1_000) == "xxxxx"


def test_no_page_has_a_field_without_a_length_by_another_name() -> None:
    assert not list(calls("chat_input"))

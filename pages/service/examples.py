"""Lines for a shell and for Python that ask the service about the dataset at hand."""

import streamlit as st

from pages.ui import session
from service.serving import slug_of
from store.datasets import Dataset
from store.neighbours import random_image


def show(dataset: Dataset, *, address: str) -> None:
    """The lines, to be copied."""
    image_id = random_image(session.workspace(), dataset.id, seed=801) or 1
    shell, python = st.tabs(["In a shell", "In Python"])
    shell.code(curl_lines(dataset.name, image_id, address=address), language="bash")
    python.code(python_lines(dataset.name, image_id, address=address), language="python")
    st.caption("From another machine a key goes with each request: `-H 'Authorization: Bearer KEY'`.")


def curl_lines(dataset: str, image_id: int, *, address: str) -> str:
    """What asks the service from a shell. The dataset is named by its slug, which needs no quoting."""
    at = f"{address}/datasets/{slug_of(dataset)}"
    return f"""\
curl '{at}/images/{image_id}/similar?limit=5'        # like a picture of the dataset
curl -F picture=@photo.jpg '{at}/similar/picture'    # like one of yours
curl -F picture=@photo.jpg '{at}/duplicates'         # is it here already?
curl -F picture=@photo.jpg '{at}/classify'           # what is in it?
curl '{at}/similar/words?text=in+the+grass'          # like words
curl '{at}/images?class=NAME&min_sharpness=100'      # pictures by what they are"""


def python_lines(dataset: str, image_id: int, *, address: str) -> str:
    """What asks the service from Python, with the client that an installation brings."""
    return f"""\
from vitrine.client import Client

service = Client({address!r}, key=None)
pictures = service.dataset({slug_of(dataset)!r})
for near in pictures.similar({image_id}, limit=5):
    print(near["id"], near["cosine"], near["labels"])
print(pictures.duplicates("photo.jpg")["is_in"])"""

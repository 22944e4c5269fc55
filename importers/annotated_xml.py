"""Annotations in XML: Pascal VOC's file a picture, and CVAT's one file for all."""

import math
import xml.etree.ElementTree as ET
from pathlib import Path

from importers.annotated import (
    MAX_SIDE_BYTES,
    AnnotatedPicture,
    Annotations,
    ClassPlaces,
    Object,
    one_file_a_picture,
)
from importers.keys import FileIndex, composed
from importers.label_limits import MAX_LABEL_BYTES
from importers.listing import Listing
from importers.split_words import split_word

VOC, CVAT = "voc:", "cvat:"


def find_voc(listing: Listing, index: FileIndex, said: list[str]) -> Annotations | None:
    """The annotations of a folder with an XML a picture, as Pascal VOC has them; None without."""

    def parsed(path: Path) -> ET.Element | None:
        root = _parsed(path, MAX_SIDE_BYTES)
        return root if root.tag == "annotation" else None

    def picture_of(root: ET.Element, path: str, places: ClassPlaces) -> AnnotatedPicture:
        return _voc_picture(root, path, index, places)

    files = [path for path in listing.paths if path.lower().endswith(".xml")]
    return one_file_a_picture(
        listing.root, files, parsed=parsed, picture_of=picture_of, key=VOC, name="Pascal VOC", said=said
    )


def find_cvat(listing: Listing, said: list[str]) -> Annotations | None:
    """The annotations of a folder with CVAT's annotations.xml; None without. said: takes why one was not used."""
    for path in (path for path in listing.paths if path.lower().endswith(".xml") and path.count("/") < 2):
        try:
            with (listing.root / path).open("rb") as file:
                if b"<annotations" not in file.read(4096).replace(b"\0", b""):
                    continue
            root = _parsed(listing.root / path, MAX_LABEL_BYTES // 4)
        except (OSError, ValueError) as error:
            said.append(f"{path} was not used for labels: {error}.")
            continue
        images = root.findall("image")
        if root.tag != "annotations" or not images:
            continue
        places = ClassPlaces([composed(name.text.strip()) for name in root.iterfind(".//label/name") if name.text])
        pictures = [_cvat_picture(image, places) for image in images]
        return Annotations(f"{CVAT}{path}", "CVAT", path, places.names, pictures, frozenset((path,)))
    return None


def _parsed(path: Path, most: int) -> ET.Element:
    """A file's root element. Raises ValueError for what is too large, no XML, or declares entities of its own."""
    try:
        if path.stat().st_size > most:
            raise ValueError(f"it has more than {most:,} bytes")
        text = path.read_bytes()
        plain = text.replace(b"\0", b"")  # letters of two bytes
        if b"<!ENTITY" in plain or b"<!DOCTYPE" in plain:
            raise ValueError("it declares a document type, which annotations do not need")
        return ET.fromstring(text)
    except (OSError, ET.ParseError, UnicodeError, LookupError) as error:
        raise ValueError(f"it is no XML ({error})") from error


def _voc_picture(root: ET.Element, path: str, index: FileIndex, places: ClassPlaces) -> AnnotatedPicture:
    name = (root.findtext("filename") or "").strip()
    stem = path.rpartition("/")[2].rpartition(".")[0]
    key = name if name and index.find(name) != "missing-file" else stem
    found = index.find(key)
    if found == "ambiguous-key":  # the folder beside, as images/train for annotations/train
        key = f"{path.rpartition('/')[0].rpartition('/')[2]}/{key}"
    objects = []
    for entry in root.iterfind("object"):
        label = (entry.findtext("name") or "").strip()
        if not label:
            continue
        sides = [_number(entry.findtext(f"bndbox/{side}")) for side in ("xmin", "ymin", "xmax", "ymax")]
        box = tuple(side for side in sides if side is not None)
        objects.append(Object(places.of(composed(label)), (box[0], box[1], box[2], box[3]) if len(box) == 4 else None))
    return AnnotatedPicture(key, tuple(objects), _size(root.findtext("size/width"), root.findtext("size/height")))


def _cvat_picture(image: ET.Element, places: ClassPlaces) -> AnnotatedPicture:
    objects, labels = [], []
    for entry in image:
        label = (entry.get("label") or "").strip()
        if not label:
            continue
        place = places.of(composed(label))
        if entry.tag == "tag":
            labels.append(place)
        elif entry.tag == "box":
            sides = [_number(entry.get(side)) for side in ("xtl", "ytl", "xbr", "ybr")]
            box = tuple(side for side in sides if side is not None)
            objects.append(Object(place, (box[0], box[1], box[2], box[3]) if len(box) == 4 else None))
        elif entry.tag in ("polygon", "polyline", "points"):
            objects.append(_outlined(place, entry.get("points") or ""))
        else:
            objects.append(Object(place, None))
    split = split_word(image.get("subset") or "")
    size = _size(image.get("width"), image.get("height"))
    return AnnotatedPicture(image.get("name") or "", tuple(objects), size, tuple(labels), split)


def _outlined(place: int, points: str) -> Object:
    corners = [_number(side) for point in points.split(";") for side in point.split(",")]
    outline = tuple(side for side in corners if side is not None)
    if len(outline) < 6 or len(outline) != len(corners):
        return Object(place, None)
    return Object(place, (min(outline[::2]), min(outline[1::2]), max(outline[::2]), max(outline[1::2])), outline)


def _size(width: str | None, height: str | None) -> tuple[int, int] | None:
    sides = _number(width), _number(height)
    return (int(sides[0]), int(sides[1])) if sides[0] and sides[1] and min(sides[0], sides[1]) >= 1 else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < 1e9 else None

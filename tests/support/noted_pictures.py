"""Pictures with notes: EXIF with a GPS position and an orientation, XMP, comments, in each format."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin, TiffImagePlugin

from analytics.bare import bare

LATITUDE, LONGITUDE = 2, 4  # tags of the GPS directory
GPS, ORIENTATION, MAKER_NOTE, SERIAL = 0x8825, 0x0112, 0x927C, 0xA431
SECRET = b"SN-4711-SECRET"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description exif:GPSLatitude="52,5.1N" exif:GPSLongitude="4,18.2E"/></rdf:RDF></x:xmpmeta>'
)


def exif(*, orientation: int = 6, position: bool = True) -> Image.Exif:
    """A camera's block."""
    made = Image.Exif()
    made[ORIENTATION] = orientation
    made[0x010F] = "Vitrine Camera Works"
    if position:
        made[GPS] = {1: "N", LATITUDE: (52.0, 5.0, 6.0), 3: "E", LONGITUDE: (4.0, 18.0, 12.0)}
    made[0x8769] = {SERIAL: SECRET.decode(), MAKER_NOTE: SECRET}
    return made


def pixels(seed: int = 0, *, width: int = 48, height: int = 32) -> Image.Image:
    """A picture that is no other way up the same."""
    blocks = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize((width, height), Image.Resampling.BICUBIC)


def noted(form: str, *, orientation: int = 6, **options: object) -> bytes:
    """A file of `form` (Pillow's word) with EXIF and XMP; AVIF turns its pixels by its own means."""
    out = io.BytesIO()
    picture = pixels()
    if form in ("JPEG", "PNG", "WEBP", "AVIF", "MPO"):
        options = {"exif": exif(orientation=orientation), **({"xmp": XMP} if form != "PNG" else {}), **options}
    if form == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
        text.add_text("Comment", SECRET.decode())
        options["pnginfo"] = text
    if form == "JPEG":
        options["comment"] = SECRET
    if form == "MPO":
        options |= {"save_all": True, "append_images": [pixels(1)]}
    if form == "TIFF":
        return noted_tiff(orientation=orientation, **options)
    if form == "GIF":
        return noted_gif()
    if form == "JPEG2000":
        return noted_jp2()
    picture.save(out, form, **options)
    return out.getvalue()


def noted_tiff(*, orientation: int = 6, **options: object) -> bytes:
    """A TIFF with a GPS directory, XMP, and text."""
    out = io.BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[ORIENTATION] = orientation
    tags[270] = SECRET.decode()
    tags[700] = XMP
    tags.tagtype[700] = 1
    tags[0x010F] = "Vitrine Camera Works"
    if "compression" not in options:  # libtiff writes no directories of ours
        tags[GPS] = {1: "N", LATITUDE: (52.0, 5.0, 6.0), 3: "E", LONGITUDE: (4.0, 18.0, 12.0)}
        tags[0x8769] = {SERIAL: SECRET.decode()}
    pixels().save(out, "TIFF", tiffinfo=tags, **options)
    return out.getvalue()


def noted_gif() -> bytes:
    """Three frames, a comment, and XMP as an application's block."""
    out = io.BytesIO()
    frames = [pixels(seed).quantize(16) for seed in range(3)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=40, loop=0, comment=SECRET)
    plain = out.getvalue()
    at = 13 + (3 << ((plain[10] & 7) + 1) if plain[10] & 0x80 else 0)
    block = b"!\xff\x0bXMP DataXMP" + bytes([len(XMP[:200])]) + XMP[:200] + b"\0"
    return plain[:at] + block + plain[at:]


def noted_jp2() -> bytes:
    """A JPEG 2000 file with an XML box, a UUID box of XMP and a comment in its codestream."""
    out = io.BytesIO()
    pixels().save(out, "JPEG2000", comment=SECRET)
    return out.getvalue() + b"".join(
        struct.pack(">I4s", 8 + len(content), kind) + content
        for kind, content in ((b"xml ", XMP), (b"uuid", bytes(16) + SECRET))
    )


def with_chunk(png: bytes, kind: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk behind its head."""
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return png[:33] + chunk + png[33:]


def without_notes(content: bytes) -> bytes | None:
    """What `analytics.bare` leaves of a file; None: it may be used as it is."""
    left = bare(io.BytesIO(content))
    return None if left is None else b"".join(left.chunks(io.BytesIO(content)))


def upright(content: bytes) -> Image.Image:
    """The picture as it is to be seen."""
    with Image.open(io.BytesIO(content)) as opened:
        return ImageOps.exif_transpose(opened).convert("RGB")


def gps_in(content: bytes) -> bool:
    """Whether Pillow finds a position in a file: in EXIF, or in XMP as it comes."""
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        said = GPS in picture.getexif() and bool(picture.getexif().get_ifd(GPS))
        texts = [value for value in picture.info.values() if isinstance(value, bytes | str)]
    return said or any((b"GPSLatitude" if isinstance(text, bytes) else "GPSLatitude") in text for text in texts)

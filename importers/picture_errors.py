"""Why some bytes are no picture that can be taken in, as a code and a sentence for a person."""

import re
import struct

MAX_SNIFFED = 4096  # bytes from the start of a file that are enough to say what it is

# Signatures of the formats that picture.py decodes, and of some that it knows but does not.
_DECODED = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    *((bytes([0x50, digit, space]), "PPM") for digit in b"123456" for space in b"\n\r\t "),
)
_UNSUPPORTED = (
    (b"8BPS", "a Photoshop (PSD) file"),
    (b"%!PS", "a PostScript (EPS) file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript (EPS) file"),
    (b"%PDF", "a PDF file"),
    (b"\0\0\x01\0", "an icon (ICO) file"),
    (b"qoif", "a QOI picture"),
    (b"DDS ", "a DirectDraw surface (DDS)"),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"SIMPLE  =", "a FITS file"),
    (b"NRRD", "an NRRD volume"),
    (b"FUJIFILMCCD-RAW", "a camera's raw photograph (RAF)"),
    (b"IIRO", "a camera's raw photograph (ORF)"),
    (b"IIRS", "a camera's raw photograph (ORF)"),
    (b"IIU\0", "a camera's raw photograph (RW2)"),
    (b"FOVb", "a camera's raw photograph (X3F)"),
    (b"gimp xcf", "a GIMP (XCF) file"),
    (b"\xd7\xcd\xc6\x9a", "a Windows metafile"),
    (b"AT&TFORM", "a DjVu document"),
)
_OTHER = (
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"PAR1", "a Parquet table"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound or video file"),
    (b"\x1aE\xdf\xa3", "a video (Matroska or WebM)"),
    (b"FLV\x01", "a video (Flash)"),
    (b"\0\0\x01\xba", "a video (MPEG)"),
    (b"\0\0\x01\xb3", "a video (MPEG)"),
    (b"0&\xb2u\x8ef\xcf\x11", "a video or sound file (Windows Media)"),
    (b"\xff\xfb", "a sound file (MP3)"),
    (b"fLaC", "a sound file (FLAC)"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"(\xb5/\xfd", "a Zstandard archive"),
    (b"MATLAB 5.0", "a MATLAB file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
# A DICOM file without its preamble: group 8 or 2, an element, a value representation.
_DICOM = re.compile(rb"[\x02\x08]\0[\x00-\x18]\0(?:UL|UI|CS|OB|SH|DA|LO|PN)")
_RIFF = {b"AVI ": "looks like a video (AVI)", b"WAVE": "looks like a sound file (WAV)"}
_AVIF_BRANDS = (b"avif", b"avis")


def picture_format(head: bytes) -> str | None:
    """Name the decodable format that the first bytes of a file announce, or None."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp" and _brands(head) & set(_AVIF_BRANDS):
        return "AVIF"
    return next((name for signature, name in _DECODED if head.startswith(signature)), None)


def refusal(head: bytes) -> tuple[str, str]:
    """Say why a file with these first bytes is no picture we decode: (code, sentence).

    head: the first MAX_SNIFFED bytes, or fewer if the file is shorter. code: unsupported, not-an-image, pointer.
    """
    keeper = _kept_by(head)
    if keeper:
        return "pointer", keeper
    kind = _unsupported_kind(head)
    if kind:
        return (
            "unsupported",
            f"Vitrine can't read this kind of file: it is {kind}. Convert it to JPEG or PNG.",
        )
    return "not-an-image", f"Not an image: {_what_it_looks_like(head)}."


def ends_early(data: bytes) -> bool:
    """Say whether a picture file lacks the end that its format prescribes."""
    needed = needed_bytes(data)
    if needed is not None:
        return needed > len(data)
    if data.startswith(b"\xff\xd8"):
        return b"\xff\xd9" not in data[-64:]
    if data.startswith(b"GIF8"):
        return b";" not in data[-16:]
    return False


def truncation_sentence(data: bytes) -> str:
    """Say how much of a file that ends too early is there."""
    needed = needed_bytes(data)
    if needed is not None and needed > len(data):
        return f"The file ends too early: {len(data):,} of at least {needed:,} bytes are there."
    return f"The file ends too early: the picture needs more than the {len(data):,} bytes that are there."


def needed_bytes(data: bytes) -> int | None:
    """Give the bytes a file must at least have by its own header (PNG, WebP, BMP), or None."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png_bytes(data)
    if data[:4] == b"RIFF" and len(data) >= 8:
        return int(struct.unpack_from("<I", data, 4)[0]) + 8
    if data[:2] == b"BM" and len(data) >= 6:
        return int(struct.unpack_from("<I", data, 2)[0])
    return None


def _png_bytes(data: bytes) -> int:
    """Follow the chunk lengths to IEND, or to the first chunk that is not all there."""
    at: int = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if kind == b"IEND" or at > len(data):
            return at
    return at + 12


def _kept_by(head: bytes) -> str | None:
    """What a file is that a large-file store left in a picture's place: a few lines that say where the picture is."""
    if head.startswith(b"version https://git-lfs.github.com/"):
        size = re.search(rb"\nsize (\d{1,15})\s", head + b"\n")
        of = f" of {int(size[1]):,} bytes" if size else ""
        return f"Not the picture but a Git LFS pointer to it{of}. Fetch it with `git lfs pull`, then import again."
    if head.startswith((b"/annex/objects/", b".git/annex/objects/")) or b"/.git/annex/objects/" in head[:64]:
        return "Not the picture but a git-annex pointer to it. Fetch it with `git annex get`, then import again."
    if head.startswith((b"outs:\n", b"outs:\r\n", b"md5: ")) and (b"md5:" in head and b"path:" in head):
        return "Not the picture but a DVC pointer to it. Fetch it with `dvc pull`, then import again."
    if head.startswith(b"# xet version"):
        return "Not the picture but a Xet pointer to it. Fetch it from where it is kept, then import again."
    return None


def _unsupported_kind(head: bytes) -> str | None:
    if head[4:8] == b"ftyp" and _brands(head) & set(_HEIC_BRANDS):
        return "a HEIC/HEIF photograph"
    if head[4:12] == b"ftypcrx ":
        return "a camera's raw photograph (CR3)"
    if head[128:132] == b"DICM" or _DICOM.match(head):
        return "a DICOM file, as medical devices write them"
    if head[344:348] in (b"n+1\0", b"ni1\0"):
        return "a NIfTI volume"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in start):
        return "an SVG drawing"
    return next((kind for signature, kind in _UNSUPPORTED if head.startswith(signature)), None)


def _what_it_looks_like(head: bytes) -> str:
    if not head.strip(b"\0"):
        return "it begins with nothing but zero bytes, as a broken download or copy does"
    if head[4:8] == b"ftyp":
        return "looks like a sound file" if head[8:11] in (b"M4A", b"M4B") else "looks like a video"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"skip") or (head[:1] == b"G" and head[188:189] == b"G"):
        return "looks like a video"
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "looks like a RIFF file, which holds no picture")
    for signature, kind in _OTHER:
        if head.startswith(signature):
            return f"looks like {kind}"
    text = _as_text(head)
    if text is None:
        return f"it begins with the bytes {head[:8].hex(' ')}, which no picture format does"
    start = text.lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")) or (start[:1] == "<" and "<html" in start):
        return "looks like a web page"
    if start.startswith("<?xml") or (start.startswith("<error") and ">" in start):
        is_error = "<error" in start or "<code>" in start
        return "looks like a server's error message (XML)" if is_error else "looks like XML"
    if start.startswith(("data:image/", "/9j/", "ivborw0kgg", "r0lgod")):
        return "looks like a picture that was written as text (base64)"
    if start.startswith(("http://", "https://", "[internetshortcut]")):
        return "looks like an address, where a picture may be, and not the picture"
    if start.startswith(("{", "[")):
        return "looks like JSON"
    return "looks like text"


def _as_text(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8", "replace")
    try:
        text = head[: MAX_SNIFFED - 4].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head[: MAX_SNIFFED - 4]) - 3:
            return None
        text = head[: error.start].decode("utf-8")
    printable = sum(letter.isprintable() or letter in "\t\r\n\ufeff" for letter in text)
    return text if text and printable >= 0.95 * len(text) else None


def _brands(head: bytes) -> set[bytes]:
    """The major and compatible brands of an ISO media file's first box."""
    size = min(int.from_bytes(head[:4], "big"), 64, len(head))
    return {head[at : at + 4] for at in (8, *range(16, size, 4))}

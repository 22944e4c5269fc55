"""The pictures of an export brought to their places: linked, copied, blurred or drawn, or handed to what packs them."""

import os
from pathlib import Path

from importers.sources import Root, StoreFolder
from jobs.engine.bare_copies import UNREADABLE
from jobs.engine.errors import ExportRefused
from jobs.engine.worker import Work
from jobs.export.augment import draw, save
from jobs.export.blur import Hidden, save_blurred
from jobs.export.content import Content
from jobs.export.files import Placed, found_file
from jobs.export.formats import FORMATS
from jobs.export.kind import ExportParameters
from jobs.export.plan import Entry, ExportRow

PACKING = ".packing"  # a picture on its way into a shard


def place_all(
    work: Work[ExportParameters], part: Path, content: Content, placed: Placed, *, hidden: Hidden
) -> dict[str, str]:
    """Bring all pictures into the folder; the SHA-256, by path, of those that became other files."""
    files = _files(work.root, content)
    pack, written = FORMATS[work.parameters.format].pack, {}
    packer = pack(part, content) if pack is not None else None
    for n, entry in enumerate(content.entries):
        path = os.path.join(part, entry.path if packer is None else PACKING)
        file = files[entry.row] or _fetched(work.root, content.row(entry))
        sha256 = _bring(work, entry, file, path, content=content, placed=placed, hidden=hidden)
        if sha256 is not None:
            written[entry.path] = sha256
        if packer is not None:
            packer.add(entry, Path(path).read_bytes())
            os.unlink(path)
            placed.n_packed += 1
        if n % 256 == 0:
            share = n / len(content.entries)
            work.report(int(0.99 * share * work.n_todo), message="Writing pictures")
    if packer is not None:
        packer.close()
    return written


def _bring(
    work: Work[ExportParameters],
    entry: Entry,
    file: str,
    path: str,
    *,
    content: Content,
    placed: Placed,
    hidden: Hidden,
) -> str | None:
    """Link, copy, blur or draw one picture as `path`; its SHA-256 where it is another file than the original."""
    row = content.row(entry)
    if entry.technique not in ("", "oversampling"):
        placed.make_room(path)
        save(draw(work.root, content.rows, entry, seed=work.parameters.seed, hidden=hidden), path)
        placed.n_made += 1
        return None
    if row.image_id in hidden:
        placed.make_room(path)
        placed.n_blurred += 1
        return save_blurred(Path(file), row, hidden[row.image_id], target=path)
    return _take_over(file, path, row, placed, work.parameters)


def _take_over(file: str, path: str, row: ExportRow, placed: Placed, parameters: ExportParameters) -> str | None:
    """Bring a picture to its place, without its notes where those are to stay; raises ExportRefused, which names it."""
    try:
        sha256 = placed.place_bare(file, path) if parameters.positions == "strip" else None
    except UNREADABLE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ExportRefused(
            f"{row.path} may say where it was taken and cannot be written without that: {error} Take it out of the "
            "version, or export with --positions keep."
        ) from error
    if sha256 is None:
        placed.place(file, path, copies=parameters.copies or FORMATS[parameters.format].is_mended(file))
    return sha256


def _fetched(root: Root, row: ExportRow) -> str:
    """A copy of a picture that lies in a bucket; raises ExportRefused if it is gone or is another than was frozen."""
    file = found_file(root, row)
    if file is None:
        raise ExportRefused(
            f"{root}/{row.path} is not there as it was frozen. Put it back, or import again and freeze a new version."
        )
    return file


def _files(root: Root, content: Content) -> list[str]:
    """Where each picture of the version lies; raises ExportRefused if one is gone or is another than was frozen.

    Of a bucket all are "": each is fetched when it is its turn, since the cache need not hold all of them at once.
    """
    if isinstance(root, StoreFolder):
        return [""] * len(content.rows)
    files, gone = [], []
    for row in content.rows:
        file = found_file(root, row)
        if file is None:
            gone.append(row.path)
        else:
            files.append(file)
    if gone:
        raise ExportRefused(
            f"{len(gone):,} of the version's pictures are not on the disk as they were frozen; the first is {gone[0]}. "
            "Put them back, or import again and freeze a new version."
        )
    return files

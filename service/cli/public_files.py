"""All that the service gives to everybody alike, as files: so that any web server can serve verification alone."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from service.flows.publishing import publish
from service.flows.publishing.publish import Published
from service.flows.register import Register
from service.pages.assets import PREFIX, shipped
from service.pages.shells import static_files
from service.web.headers import ANY_ORIGIN, SAME_ORIGIN

_MODE: Final = 0o644  # whatever the register's own files are: these are for everybody
_LISTS: Final = "/status-lists/[1-9][0-9]{0,9}"
_ASSETS: Final = f"{PREFIX.removeprefix('/')}/"


@dataclass(frozen=True, slots=True)
class PublicFile:
    """What is served at an address: ``path`` begins with a slash and has no query; ``headers`` beside Content-Type.

    ``name`` is the file's in the folder. They differ where an address is that of a file and of a folder at once, and
    where it has no ending, by which web servers know what a file is. ``pattern`` is a regular expression for the
    addresses of all files of its kind, where more may come.
    """

    path: str
    name: str
    body: bytes
    media_type: str
    headers: Mapping[str, str]
    pattern: str | None = None


def data_files(register: Register) -> Iterator[PublicFile]:
    """Yield the key document, every status list with the list of lists, and the verifier bundle, signed now."""
    yield _data("/.well-known/zhengka-keys", ".well-known/zhengka-keys", publish.key_document(register))
    for number in publish.list_numbers(register):
        published = publish.status_list(register, number)
        assert published is not None  # lists are never taken away
        yield replace(_data(f"/status-lists/{number}", f"status-lists/{number}", published), pattern=_LISTS)
    yield _data("/status-lists", "status-lists/index.json", publish.aggregation(register))
    yield _data("/verifier-bundle", "verifier-bundle", publish.bundle(register))


def page_files(register: Register) -> Iterator[PublicFile]:
    """Yield the pages, scripts, styles and pictures that need no service behind them."""
    version = shipped().version
    for file in static_files(register):
        name = file.path.removeprefix("/")
        yield PublicFile(
            file.path,
            name if name.startswith(_ASSETS) or Path(name).suffix else f"{name}.html",
            file.body,
            file.media_type,
            {**SAME_ORIGIN, **file.headers},
            # Whatever the version: an update of the program needs no other configuration of the web server.
            re.escape(file.path).replace(version, f"[0-9a-f]{{{len(version)}}}") if name.startswith(_ASSETS) else None,
        )


def write(folder: Path, files: Iterable[PublicFile]) -> tuple[str, ...]:
    """Write files below a folder, each whole or not at all; return the names of those that have changed.

    What is as it should be is left alone with its time of change, from which web servers make ETags. Nothing is
    removed: pages that are open still ask for the assets of the version before.
    """
    return tuple(file.name for file in files if write_if_changed(folder / file.name, file.body))


def write_if_changed(path: Path, body: bytes) -> bool:
    """Put a file in its place, readable by everybody; return whether it was another before. Raises OSError."""
    try:
        if path.read_bytes() == body:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(body)
            os.fchmod(descriptor, _MODE)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink()
        raise
    return True


def _data(path: str, name: str, published: Published) -> PublicFile:
    headers = dict(ANY_ORIGIN) | {"Cache-Control": f"public, max-age={published.max_age}, must-revalidate"}
    return PublicFile(path, name, published.body, published.media_type, headers)

"""The files that pages load: read once, each under an address that changes when any of them does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from service.web.representations import Represented

FOLDER: Final = Path(__file__).parent / "assets"
MANUAL: Final = Path(__file__).parent / "built_docs"
"""Where ``make docs`` puts the manual, and a wheel holds it."""
PREFIX: Final = "/assets"

_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".xml": "application/xml",
    "": "text/plain; charset=utf-8",  # LICENSE: the licence goes with what is served
}
_FOR_DEVELOPERS: Final = (".d.ts", ".map", ".md", "SHA256SUMS")


@dataclass(frozen=True)
class Asset(Represented):
    """A file as it is served; ``name`` is its path below the folder, with slashes."""

    name: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by name. ``version`` is a hash of them all, and part of every address."""

    files: Mapping[str, Asset]
    version: str

    def url(self, name: str) -> str:
        """Return the address of a file. Raises KeyError for one that is not there: a misspelt template never ships."""
        return f"{PREFIX}/{self.version}/{self.files[name].name}"


def read_assets(folder: Path) -> Assets:
    """Read every file below a folder that a browser can want."""
    files: dict[str, Asset] = {}
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if name.endswith(_FOR_DEVELOPERS):
            continue
        body = path.read_bytes()
        digest.update(b"%d %s %d " % (len(name.encode()), name.encode(), len(body)) + body)
        files[name] = Asset(body, _MEDIA_TYPES[path.suffix], name)
    return Assets(files, digest.hexdigest()[:12])


@cache
def shipped() -> Assets:
    """Return the assets that come with the program."""
    return read_assets(FOLDER)


@cache
def manual() -> Assets:
    """Return the built manual; no files where it has not been built."""
    return read_assets(MANUAL)


def compress_all() -> None:
    """Compress whatever is served compressed, so that no visitor waits for it: when the service starts."""
    for assets in (shipped(), manual()):
        for file in assets.files.values():
            _ = file.packed

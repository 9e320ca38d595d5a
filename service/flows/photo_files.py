"""Normalised photographs as files named by their SHA-256: written once, never changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from keys.files import replace
from service.flows.errors import Refused

_SUFFIX: Final = ".jpg"


def store_photo(folder: Path, jpeg: bytes) -> bytes:
    """Keep a photograph and give its digest; a crash leaves the whole file or none."""
    digest = digest_of(jpeg)
    path = _path(folder, digest)
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        replace(path, jpeg)
    return digest


def digest_of(jpeg: bytes) -> bytes:
    """Name a photograph by its SHA-256."""
    return hashlib.sha256(jpeg).digest()


def read_photo(folder: Path, digest: bytes) -> bytes:
    """Read a photograph. Raises Refused where the file is lost or is not what was stored."""
    try:
        jpeg = _path(folder, digest).read_bytes()
    except FileNotFoundError:
        jpeg = b""
    if digest_of(jpeg) != digest:
        raise Refused(
            "photo-lost",
            f"照片文件 {digest.hex()[:12]} 丢失或被改动，请从备份恢复",
            f"the photograph {digest.hex()[:12]} is lost or was altered: restore it from a backup",
        )
    return jpeg


def has_photo(folder: Path, digest: bytes) -> bool:
    """Tell whether the photograph's file is there."""
    return _path(folder, digest).is_file()


def _path(folder: Path, digest: bytes) -> Path:
    name = digest.hex()
    return folder / name[:2] / (name + _SUFFIX)

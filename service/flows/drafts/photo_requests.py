"""What is announced of photographs before they are sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from msgspec import Struct

from service.flows.drafts.views import Crop
from service.flows.requests.fields import described
from service.flows.requests.types import line

Sha256: TypeAlias = Annotated[str, described("sha256", pattern="^[0-9a-f]{64}$", examples=["0" * 63 + "1"])]


class Announced(Struct, frozen=True, forbid_unknown_fields=True):
    """A photograph, or a zip archive of them, that somebody has: its SHA-256, name and size in bytes."""

    sha256: Sha256
    name: Annotated[str, line("file_name", 200, min_length=1)]
    size: Annotated[int, described("file_size", ge=1, le=600 * 1024 * 1024)]


PhotoItem: TypeAlias = Annotated[
    str, described("photo_list", pattern=r"^[0-9a-f]{64} [1-9][0-9]{0,8} [^\x00-\x1f\x7f]{1,200}$")
]


class PhotoPiece(Struct, frozen=True, forbid_unknown_fields=True):
    """The next bytes of a photograph that was announced."""

    sha256: Sha256
    at: Annotated[int, described("piece_at", ge=0)]
    content: Annotated[bytes, described("piece")]

    def __repr__(self) -> str:
        return "<PhotoPiece>"


@dataclass(frozen=True, slots=True)
class PhotoClaim:
    """A photograph for a row, by its id; None: the one that its name finds."""

    row: int
    photo: int | None


@dataclass(frozen=True, slots=True)
class RowCrop:
    """A part of the working copy of a row's photograph; None: as it is cut without a hand."""

    row: int
    crop: Crop | None


def announced(items: Iterable[str]) -> tuple[Announced, ...]:
    """Read a list of photographs, each its SHA-256, bytes and name."""
    parted = (item.split(" ", 2) for item in items)
    return tuple(Announced(sha256, name, int(size)) for sha256, size, name in parted)


class Missing(Struct, frozen=True):
    """A file that has not come whole: at which byte it goes on."""

    sha256: str
    at: int

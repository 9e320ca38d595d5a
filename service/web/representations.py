"""Files that are the same for everybody: compressed once, answered as the client takes them, or with 304."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Final

from litestar import Response

from service.web.refusals import AnyRequest

_SMALLEST: Final = 1024
_COMPRESSIBLE: Final = re.compile(r"text/.*|application/(json|wasm|xml|manifest\+json)|image/svg\+xml")
_LEVEL: Final = 9
_QUALITY: Final = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Represented:
    """A body with its two forms. ``media_type`` may have a charset."""

    body: bytes
    media_type: str

    @cached_property
    def packed(self) -> bytes | None:
        """The body as gzip writes it; None where it is small, of a kind that is compressed already, or saves little."""
        if len(self.body) < _SMALLEST or not _COMPRESSIBLE.fullmatch(self.media_type.partition(";")[0]):
            return None
        packed = gzip.compress(self.body, _LEVEL, mtime=0)
        return packed if len(packed) < len(self.body) * 0.9 else None

    @cached_property
    def digest(self) -> str:
        """What the entity tags are made from."""
        return hashlib.sha256(self.body).hexdigest()[:32]


def represent(request: AnyRequest, file: Represented, headers: Mapping[str, str]) -> Response[bytes]:
    """Answer with a file, compressed if the client takes that, or with 304 if it has it (RFC 9110 8.8.3, 12.5.3).

    Each form has a strong tag of its own; a client that has either form is answered 304.
    """
    own = dict(headers)
    packed = file.packed
    if packed is not None:
        own["Vary"] = "Accept-Encoding"
    is_packed = packed is not None and takes_gzip(request.headers.get("accept-encoding"))
    plain, compressed = f'"{file.digest}"', f'"{file.digest}-gzip"'
    own["ETag"] = compressed if is_packed else plain
    kind = file.media_type.partition(";")[0]  # the framework adds the charset of text
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if known & {"*", plain, compressed}:
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, media_type=kind, headers=own)
    if packed is None or not is_packed:
        return Response(file.body, media_type=kind, headers=own)
    return Response(packed, media_type=kind, headers=own | {"Content-Encoding": "gzip"})


def takes_gzip(accept_encoding: str | None) -> bool:
    """Return True if a client asks for gzip, by its name or by ``*`` (RFC 9110 12.5.3); without the header: False."""
    stated: dict[str, float] = {}
    for one in (accept_encoding or "").split(","):
        name, _, parameter = one.partition(";")
        quality = _QUALITY.fullmatch(parameter) if parameter.strip() else None
        if parameter.strip() and quality is None:
            continue
        stated[name.strip().lower()] = float(quality[1]) if quality else 1.0
    return stated.get("gzip", stated.get("x-gzip", stated.get("*", 0.0))) > 0

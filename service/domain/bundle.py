"""The verifier bundle: all that a checker needs with no network, in one file.

A deterministic CBOR map (RFC 8949 4.2); each part carries its own signature, so the map needs none::

    1  key document, as published
    2  [status list, …] in order of their numbers, as published
    3  names, signed with a status key: {"centre": text, "institutions": {code: name}, "occupations": {code: name}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar, cast

import cbor2

from service.domain.errors import DomainError
from service.domain.shared import LIMITS

MEDIA_TYPE: Final = "application/vnd.zhengka.bundle+cbor"
NAMES_AAD: Final = b"zhengka/names/1"
"""external_aad of the names' signature (RFC 9052 4.3)."""

MAX_BUNDLE_BYTES: Final = LIMITS.bundle_bytes
_KEY_DOCUMENT, _LISTS, _NAMES = 1, 2, 3

Typed = TypeVar("Typed")


class BundleInvalid(DomainError):
    """A file that is no verifier bundle."""

    default_code = "bundle-invalid"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The signed parts, unopened."""

    key_document: bytes
    status_lists: tuple[bytes, ...]
    names: bytes


@dataclass(frozen=True, slots=True)
class Names:
    """What the codes in a credential stand for: institutions by code, occupations by national code."""

    centre: str
    institutions: Mapping[str, str]
    occupations: Mapping[str, str]


def encode_bundle(bundle: Bundle) -> bytes:
    """Put the parts into one file."""
    return cbor2.dumps(
        {_KEY_DOCUMENT: bundle.key_document, _LISTS: list(bundle.status_lists), _NAMES: bundle.names}, canonical=True
    )


def decode_bundle(data: bytes) -> Bundle:
    """Take a file apart; nothing of it is trusted yet. Raises BundleInvalid."""
    if len(data) > MAX_BUNDLE_BYTES:
        raise _invalid(f"{len(data):,} bytes, at most {MAX_BUNDLE_BYTES:,} are read")
    try:
        content: dict[int, object] = _typed(cast("object", cbor2.loads(data, max_depth=3)), dict)
        bundle = Bundle(
            key_document=_typed(content[_KEY_DOCUMENT], bytes),
            status_lists=tuple(_typed(body, bytes) for body in _typed(content[_LISTS], list)),
            names=_typed(content[_NAMES], bytes),
        )
    except (cbor2.CBORDecodeError, KeyError) as error:
        raise _invalid(str(error)) from error
    if encode_bundle(bundle) != data:
        raise _invalid("not in its deterministic encoding, or with other parts")
    return bundle


def encode_names(names: Names) -> bytes:
    """Encode the names for signing."""
    return cbor2.dumps(
        {
            "centre": names.centre,
            "institutions": dict(names.institutions),
            "occupations": dict(names.occupations),
        },
        canonical=True,
    )


def decode_names(payload: bytes) -> Names:
    """Read names whose signature holds. Raises BundleInvalid."""
    try:
        content: dict[str, object] = _typed(cast("object", cbor2.loads(payload, max_depth=3)), dict)
        names = Names(
            centre=_typed(content["centre"], str),
            institutions=_texts(content["institutions"]),
            occupations=_texts(content["occupations"]),
        )
    except (cbor2.CBORDecodeError, KeyError) as error:
        raise _invalid(f"names: {error}") from error
    if encode_names(names) != payload:
        raise _invalid("the names are not in their deterministic encoding")
    return names


def _texts(value: object) -> dict[str, str]:
    return {_typed(key, str): _typed(text, str) for key, text in _typed(value, dict).items()}


def _typed(value: object, kind: type[Typed]) -> Typed:
    if type(value) is not kind:
        raise _invalid(f"expected {kind.__name__}, got {type(value).__name__}")
    return value


def _invalid(what: str) -> BundleInvalid:
    return BundleInvalid(
        "这不是可用的离线查验包，请重新下载", f"this is no usable verifier bundle, download it again: {what}"
    )

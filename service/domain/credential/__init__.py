"""The credential in the QR, version 1: claims ⇄ bytes ⇄ digits ⇄ text.

``claims`` holds what is signed and its one encoding, ``text`` what is printed, ``portrait`` the small picture
inside. Signing and the envelope are the ``keys`` library's.
"""

from __future__ import annotations

from service.domain.credential.claims import (
    CARD_AAD,
    MAX_NAME_BYTES,
    MAX_OCCUPATION_BYTES,
    MAX_WORK_UNIT_BYTES,
    Claims,
    decode_claims,
    encode_claims,
    occupation_claim,
    occupation_code,
)
from service.domain.credential.errors import CredentialError
from service.domain.credential.portrait import bitstream_of, webp_of
from service.domain.credential.text import (
    CredentialText,
    bytes_of,
    check_host,
    digits_of,
    is_credential_text,
    leading_digits,
    parse_text,
    prefix_of,
    text_of,
)

__all__ = [
    "CARD_AAD",
    "MAX_NAME_BYTES",
    "MAX_OCCUPATION_BYTES",
    "MAX_WORK_UNIT_BYTES",
    "Claims",
    "CredentialError",
    "CredentialText",
    "bitstream_of",
    "bytes_of",
    "check_host",
    "decode_claims",
    "digits_of",
    "encode_claims",
    "is_credential_text",
    "leading_digits",
    "occupation_claim",
    "occupation_code",
    "parse_text",
    "prefix_of",
    "text_of",
    "webp_of",
]

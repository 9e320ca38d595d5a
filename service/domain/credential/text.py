"""What the QR holds: ``https://<host>/1#<digits>``, and the digits that stand for bytes.

Bytes are cut into blocks of 17; each block is one big-endian number, zero-padded to 41 digits, since 41 is the
fewest that hold 17 bytes and QR packs digits at 3⅓ bits each (ISO/IEC 18004 7.4.3), 99.8 % of the information. A
last block of 1–16 bytes takes the fewest digits that hold it. No two texts stand for the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from service.domain.credential.errors import CredentialError
from service.domain.shared import LIMITS

VERSION: Final = "1"
MAX_DIGITS: Final = LIMITS.code_digits
MAX_HOST: Final = LIMITS.host_characters

_BLOCK_BYTES: Final = 17
# Digits for 0…17 bytes: the length of 256ⁿ - 1 in decimal.
_DIGITS: Final = (0, 3, 5, 8, 10, 13, 15, 17, 20, 22, 25, 27, 29, 32, 34, 37, 39, 41)
_BLOCK_DIGITS: Final = _DIGITS[_BLOCK_BYTES]
_BYTES: Final = {digits: size for size, digits in enumerate(_DIGITS)}
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
# A port is part of it, as in the browser's location.host.
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[1-9][0-9]{{0,4}})?")
_TEXT: Final = re.compile(r"https://(?P<host>[^/?#]*)/(?P<version>[0-9]{1,3})#(?P<digits>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CredentialText:
    """A credential's text taken apart. The host is not signed: it counts only if the key document names it."""

    host: str
    envelope: bytes


def text_of(host: str, envelope: bytes) -> str:
    """Write the text of a credential. Raises CredentialError for a bad host or too many bytes."""
    return prefix_of(host) + digits_of(envelope)


def is_credential_text(text: str) -> bool:
    """Return True if a code's text has a credential's form, whoever made it: of several codes in view it is the card's.

    A forged one has the form too. Codes of other services beside the card do not.
    """
    return _TEXT.fullmatch(text) is not None


def prefix_of(host: str) -> str:
    """Write the part before the digits, up to and with ``#``: the QR's BYTE segment. Raises CredentialError."""
    check_host(host)
    return f"https://{host}/{VERSION}#"


def check_host(host: str) -> None:
    """Refuse what cannot be a credential's host: lower-case ASCII, at most 32 characters. Raises CredentialError."""
    if len(host) > MAX_HOST or not _HOST.fullmatch(host):
        raise CredentialError(
            f"主机名“{host[:MAX_HOST]}”不可用：须为小写 ASCII 域名，至多 {MAX_HOST} 个字符",
            f"host {host[:MAX_HOST]!r} cannot be used: lower-case ASCII, at most {MAX_HOST} characters",
            code="host-malformed",
        )


def parse_text(text: str) -> CredentialText:
    """Take a credential's text apart: the inverse of ``text_of``. Raises CredentialError."""
    match = _TEXT.fullmatch(text)
    if match is None:
        raise CredentialError(
            "这不是证卡二维码的内容",
            "not the text of a card: expected https://<host>/1#<digits>",
            code="text-malformed",
        )
    if match["version"] != VERSION:
        raise CredentialError(
            f"证卡凭证版本为 {match['version']}，本程序只识别版本 {VERSION}，请更新",
            f"a credential of version {match['version']}; this program knows version {VERSION}: update it",
            code="text-version",
        )
    check_host(match["host"])
    return CredentialText(match["host"], bytes_of(match["digits"]))


def leading_digits(text: str) -> str:
    """Return the digits 0–9 with which an address goes on, up to the first other character.

    Share tools append ``&from=…`` or ``#wechat_redirect``: what follows the digits is never part of a credential.
    """
    return text[: len(text) - len(text.lstrip("0123456789"))]


def digits_of(data: bytes) -> str:
    """Write bytes as digits. Raises CredentialError if they would be more than 2,500."""
    blocks = (data[at : at + _BLOCK_BYTES] for at in range(0, len(data), _BLOCK_BYTES))
    digits = "".join(f"{int.from_bytes(block, 'big'):0{_DIGITS[len(block)]}d}" for block in blocks)
    _check_count(digits)
    return digits


def bytes_of(digits: str) -> bytes:
    """Read digits as bytes: the inverse of ``digits_of``. Raises CredentialError."""
    _check_count(digits)
    if digits and not (digits.isascii() and digits.isdigit()):  # int() alone takes １, ١, _ and blanks
        raise CredentialError(
            "二维码数据部分只能是数字 0—9", "the data part holds the ASCII digits 0-9 only", code="digits-malformed"
        )
    return b"".join(_bytes_of_block(digits[at : at + _BLOCK_DIGITS]) for at in range(0, len(digits), _BLOCK_DIGITS))


def _bytes_of_block(digits: str) -> bytes:
    size = _BYTES.get(len(digits))
    if size is None:
        raise CredentialError(
            "二维码数据不完整或有多余数字",
            f"digits missing or too many: no number of bytes is written with {len(digits)} digits",
            code="digits-length",
        )
    number = int(digits)
    if number >> (8 * size):
        raise CredentialError(
            "二维码数据超出范围", f"a block of digits exceeds the {size} bytes it stands for", code="digits-overflow"
        )
    return number.to_bytes(size, "big")


def _check_count(digits: str) -> None:
    if len(digits) > MAX_DIGITS:
        raise CredentialError(
            f"二维码数据至多 {MAX_DIGITS} 位数字，收到 {len(digits)} 位",
            f"at most {MAX_DIGITS} digits, got {len(digits)}",
            code="digits-too-many",
        )

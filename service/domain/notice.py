"""What others are told when a card changes, and how it is signed and sent again: Standard Webhooks.

A message names the card by its number and nothing else of anybody. Its id stays the same over all tries, so that
whoever gets it twice knows it. https://www.standardwebhooks.com
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

import msgspec

from service.domain.errors import DomainError
from service.domain.event import Json


class Topic(StrEnum):
    """What a message is about; the value is its permanent type."""

    ISSUED = "card.issued"
    REVOKED = "card.revoked"
    REPLACED = "card.replaced"
    AMENDED = "card.amended"
    VOIDED = "card.voided"
    SUPERSEDED = "card.superseded"
    CORRECTED = "card.cancellation-corrected"
    EXPIRING = "card.expiring"
    DUTIES = "duties.due"


OF_EVENT: Final = {
    "card-issued": Topic.ISSUED,
    "card-revoked": Topic.REVOKED,
    "card-replaced": Topic.REPLACED,
    "card-amended": Topic.AMENDED,
    "card-voided": Topic.VOIDED,
    "card-superseded": Topic.SUPERSEDED,
    "cancellation-corrected": Topic.CORRECTED,
}
"""By the journal's kind: changes that are told in the transaction that makes them."""

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - by it a secret is recognised
GIVES_UP_AFTER: Final = timedelta(days=3)
"""How long a message is tried, and how long an address may fail before it is told no more."""

MAX_TARGET: Final = 300
_STEPS: Final = (5, 60, 300, 1800, 7200, 18_000, 36_000)  # seconds; the last one again and again
_MAIL: Final = re.compile(r"mailto:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]")


class TargetInvalid(DomainError):
    """An address that nothing can be sent to. Codes: webhook-address."""

    default_code = "webhook-address"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message: its id, what it is about, when that was, and its data, in which nobody is named."""

    key: str
    topic: Topic
    at: datetime
    data: dict[str, Json]

    @property
    def body(self) -> bytes:
        """The JSON that is sent and signed, the same over all tries."""
        at = self.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return msgspec.json.encode({"type": self.topic.value, "timestamp": at, "data": self.data})


def is_mail(target: str) -> bool:
    """Return True for a target that gets mail."""
    return target.startswith("mailto:")


def check_target(target: str) -> str:
    """Return an address of the form that is sent to: https, http for a local network, mailto. Raises TargetInvalid."""
    if is_mail(target):
        fits = _MAIL.fullmatch(target) is not None
    else:
        try:
            parts = urlsplit(target)
            host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc
        except ValueError:
            fits = False
        else:
            fits = parts.scheme in {"https", "http"} and not parts.fragment and _HOST.fullmatch(host) is not None
    if not fits or len(target) > MAX_TARGET or not target.isascii() or any(one <= " " for one in target):
        raise TargetInvalid(
            f"地址应为 https://… 或 mailto:…，至多 {MAX_TARGET} 个字符，不含用户名和片段",
            f"expected https://… or mailto:…, {MAX_TARGET} characters at most, without user name and fragment",
        )
    return target


def new_secret(random: bytes) -> str:
    """Write the secret of an address from random bytes, 24 to 64 of them."""
    return SECRET_PREFIX + base64.b64encode(random).decode()


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """Return the header ``webhook-signature``: v1 and the HMAC-SHA256 of id, timestamp and body, in Base64."""
    raw = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.new(raw, f"{key}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def next_try(attempts: int, made_at: datetime, now: datetime) -> datetime | None:
    """Return when a message is tried again after so many failures; None once it is given up."""
    at = now + timedelta(seconds=_STEPS[min(attempts, len(_STEPS)) - 1])
    return at if at - made_at <= GIVES_UP_AFTER else None

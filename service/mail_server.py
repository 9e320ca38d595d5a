"""The server that mail goes to, as an address states it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

_PORTS: Final = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


@dataclass(frozen=True, slots=True)
class Mail:
    """The server that mail goes to; ``is_tls``: from the first byte, ``is_plain``: never, else by STARTTLS."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    is_tls: bool = False
    is_plain: bool = False


def parse_mail(text: str, sender: str) -> Mail:
    """Read an address of a mail server. Raises ValueError, whose text may quote what came."""
    parts = urlsplit(text)
    host, port = parts.hostname, parts.port
    if parts.scheme not in _PORTS or not host:
        raise ValueError("no address of a mail server")
    return Mail(
        host,
        port or _PORTS[parts.scheme],
        sender or f"zhengka@{host}",
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
        is_tls=parts.scheme == "smtps",
        is_plain=parts.scheme == "smtp+plain",
    )

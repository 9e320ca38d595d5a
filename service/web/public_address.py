"""What any visitor is shown at the public address of the service, fetched from there."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from service.flows.running.check_up import PublicAnswer

TIMEOUT_S: Final = 10
MAX_BYTES: Final = 1024 * 1024
_PATH: Final = "/.well-known/zhengka-keys"


def ask_public(address: str, now: Callable[[], datetime]) -> PublicAnswer:
    """Fetch from an address (``https://HOST[:PORT]``) the key document; no error of the network gets out."""
    nothing = PublicAnswer(now())
    parts = urlsplit(address)
    try:
        connection = (
            http.client.HTTPSConnection(
                parts.netloc, timeout=TIMEOUT_S, context=ssl.create_default_context()
            )  # which holds the certificate against the authorities and the host name
            if parts.scheme == "https"
            else http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
        )
        try:
            connection.connect()
            until = _until(connection.sock)
            connection.request("GET", _PATH, headers={"user-agent": "zhengka-doctor"})
            answer = connection.getresponse()
            return replace(
                nothing,
                asked_at=now(),
                body=answer.read(MAX_BYTES),
                status=answer.status,
                date=_date(answer.getheader("date")),
                certificate_until=until,
            )
        finally:
            connection.close()
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message or "certificate refused"
        return replace(nothing, problem=(f"{address} 的证书不被接受：{why}", f"the certificate of {address}: {why}"))
    except socket.gaierror:
        return replace(nothing, problem=(f"{address} 的域名查不到", f"the host of {address} is not known"))
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        return replace(nothing, problem=(f"{address} 连不上：{why}", f"{address} cannot be reached: {why}"))


def _until(sock: object) -> datetime | None:
    if not isinstance(sock, ssl.SSLSocket):
        return None
    end = (sock.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(end)), UTC) if end else None


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)

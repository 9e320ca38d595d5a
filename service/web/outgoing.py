"""Send messages to others: by HTTP to addresses that may be asked, and by mail.

Nothing is sent but to addresses that somebody entered. A host is looked up once and connected to by the address that
was looked at, so no name leads elsewhere meanwhile (SSRF, DNS rebinding). Redirects are not followed, answers are not
read beyond their status.
"""

from __future__ import annotations

import http.client
import smtplib
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

from service.domain.notice import is_mail
from service.flows.notices.deliver import Answered, Outgoing
from service.flows.notices.mail_words import mail_words
from service.mail_server import Mail
from service.settings import Network, Settings

TIMEOUT_S: Final = 10
_HTTPS: Final = 443
_HTTP: Final = 80

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Sender:
    """What sends, as the operator's settings allow it."""

    settings: Settings
    host: str

    def __call__(self, message: Outgoing) -> Answered:
        """Send one message, and return how it ended; no error of the network gets out."""
        try:
            if is_mail(message.target):
                return _mail(message, self.settings.mail, self.host)
            return _post(message, self.settings.webhook_networks)
        except (OSError, http.client.HTTPException, smtplib.SMTPException, UnicodeError, ValueError) as error:
            return Answered(None, _word(error))


def may_be_asked(address: Address, allowed: Iterable[Network]) -> bool:
    """Return True for a public address, and for one in a network that the operator allows."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    real = mapped or address
    return (real.is_global and not real.is_multicast) or any(real in network for network in allowed)


def _post(message: Outgoing, allowed: tuple[Network, ...]) -> Answered:
    parts = urlsplit(message.target)
    host = parts.hostname or ""
    is_https = parts.scheme == "https"
    port = parts.port or (_HTTPS if is_https else _HTTP)
    addresses = [ip_address(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not addresses or not all(may_be_asked(one, allowed) for one in addresses):
        return Answered(None, "address-private")
    if not is_https and not all(one.is_loopback for one in addresses):
        return Answered(None, "https-needed")
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    connected = socket.create_connection((str(addresses[0]), port), TIMEOUT_S)
    connection.sock = (
        ssl.create_default_context().wrap_socket(connected, server_hostname=host) if is_https else connected
    )
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, message.body, {**message.headers, "user-agent": "zhengka"})
        return Answered(connection.getresponse().status)
    finally:
        connection.close()


def _mail(message: Outgoing, mail: Mail | None, host: str) -> Answered:
    if mail is None:
        return Answered(None, "mail-not-set")
    subject, text = mail_words(message.notice, host)
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"], letter["Subject"] = mail.sender, message.target.removeprefix("mailto:"), subject
    letter["Message-ID"] = f"<{message.notice.key}@{host.partition(':')[0]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT_S, context=context)
        if mail.is_tls
        else smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_S)
    ) as server:
        if not mail.is_tls and not mail.is_plain:
            server.starttls(context=context)
        if mail.user is not None:
            server.login(mail.user, mail.password or "")
        server.send_message(letter)
    return Answered(250)


def _word(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "timed-out"
        case ssl.SSLError():
            return "tls-failed"
        case socket.gaierror():
            return "host-unknown"
        case smtplib.SMTPException():
            return "mail-refused"
        case _:
            return "not-reached"

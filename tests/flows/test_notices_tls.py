"""Messages go over TLS to a server whose certificate a trusted authority has signed for its name, and to no other."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from service.flows.notices.deliver import deliver_due
from service.flows.notices.subscriptions import webhook_with_deliveries
from service.web.outgoing import Sender
from tests.flows.office import Office, applicant
from tests.flows.test_notices import CENTRE, LOOPBACK, http_server, subscribe

HERE = x509.IPAddress(ip_address("127.0.0.1"))
ELSEWHERE = x509.DNSName("hooks.example.cn")


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = signed_by("a root of ours", "a root of ours", key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        return cls(key, builder.sign(key, SHA256()))

    def file(self, folder: Path) -> Path:
        """Write the certificate as an operator has it."""
        path = folder / "root.pem"
        path.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return path

    def server(self, folder: Path, name: x509.GeneralName) -> ssl.SSLContext:
        """Make a server's key, and sign a certificate for its name."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = signed_by("a server", "a root of ours", key).add_extension(
            x509.SubjectAlternativeName([name]), critical=False
        )
        certificate = builder.sign(self.key, SHA256())
        path = folder / "server.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def signed_by(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
    )


@pytest.mark.parametrize(
    ("name", "is_trusted", "said"),
    [(HERE, True, "200"), (HERE, False, "tls-failed"), (ELSEWHERE, True, "tls-failed")],
    ids=["trusted", "untrusted", "another-name"],
)
def test_a_server_is_told_over_tls_where_its_certificate_is_trusted(
    lite: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: x509.GeneralName,
    said: str,
    *,
    is_trusted: bool,
) -> None:
    authority = Authority.made()
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file(tmp_path)))
    with http_server(authority.server(tmp_path, name)) as server:
        hook = subscribe(lite, f"https://127.0.0.1:{server.port}/hook").webhook
        number = lite.issue_one(applicant("external", 1))
        deliver_due(lite.register, Sender(replace(lite.settings, webhook_networks=LOOPBACK), "zk.example.cn"))
    _, (sent,) = webhook_with_deliveries(lite.register, CENTRE.by, hook.id)
    assert (sent.outcome, sent.done_at is not None) == (said, said == "200")
    assert [number in body.decode() for _, body in server.requests] == [True] * (said == "200")

"""What all vectors share: hosts, and cards signed by test keys."""

from __future__ import annotations

from typing import Any, Final

from keys.envelope import Envelope, to_be_signed
from service.domain.credential import CARD_AAD
from tests.vectors import seeds

Json = dict[str, Any]

HOST: Final = "zk.cqpta.example"  # 16 characters
HOSTS: Final = (HOST, "check.zhengka.example")


def sign(payload: bytes, key: str = seeds.CARD, aad: bytes = CARD_AAD) -> Envelope:
    """Sign a payload, whatever it is."""
    signer = seeds.signer(key)
    return Envelope(signer.kid, payload, signer.sign(to_be_signed(signer.kid, payload, aad)))

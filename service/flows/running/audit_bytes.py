"""Check that the photographs and documents which the register names are there, and are what was stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from service.flows.running.audit_entries import Fault
from service.store import blobs
from service.store.blobs import Use

_WHAT: Final = {
    "card": ("照片", "the photograph"),
    "proposal": ("建议所附文件", "the document of a proposal"),
    "cancellation": ("取消资格决定所附文件", "the document of the decision to cancel"),
    "correction": ("更正所附文件", "the document of the correction"),
}


def byte_faults(connection: Connection, *, read: bool = True) -> Iterator[Fault]:
    """Yield a fault for every row whose photograph or document is missing or was altered.

    Reads all stored bytes, a few at a time; without ``read`` it only looks whether they are there.
    """
    for use in blobs.unmet(connection):
        yield _fault(use, "缺失", "is missing")
    if not read:
        return
    altered = {digest for digest, one in blobs.every(connection) if one.digest != digest}
    if altered:
        for use in blobs.uses(connection):
            if use.digest in altered:
                yield _fault(use, "被改动", "was altered")


def _fault(use: Use, zh: str, en: str) -> Fault:
    what_zh, what_en = _WHAT[use.what]
    return Fault(
        f"证卡 {use.number}：{what_zh}{zh}（{use.digest.hex()[:12]}）",
        f"card {use.number}: {what_en} {en} ({use.digest.hex()[:12]})",
        "bytes",
        use.what,
        use.number,
    )

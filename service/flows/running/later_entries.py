"""Read from the journal's mirror what came after a backup, and check that it continues the backup's journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from keys.keyring import KeyRecord
from service.domain.merkle import Frontier, leaf_hash, root_of
from service.flows.errors import Refused
from service.flows.running import mirror_files
from service.flows.running.audit import SignedHead, is_signed, read_head
from service.store import journal

_PAGE: Final = 5_000


def read_later_entries(connection: Connection, folder: Path, known: Iterable[KeyRecord]) -> tuple[bytes, ...]:
    """Return the entries that a mirror has beyond the restored journal, as they are.

    Raises Refused, with the place, where the mirror is damaged, does not begin with the very entries of the backup, or
    is not what the signed heads beside it say.
    """
    if mirror_files.position(folder) is None:
        raise Refused(
            "mirror-missing",
            f"{folder} 不是日志镜像，或共享未挂载",
            f"{folder} is no journal mirror, or its share is not mounted",
        )
    size = journal.head(connection).size
    entries = mirror_files.read(folder)
    place = 0
    while place < size:
        for own in journal.entries(connection, place, _PAGE):
            _check_same(own, next(entries, None), place, size, folder)
            place += 1
    later = tuple(entries)
    _check_heads(connection, folder, later, tuple(known))
    return later


def check_head(connection: Connection, head: SignedHead, known: Iterable[KeyRecord]) -> bool:
    """Return True if the journal has come as far as a head, and contains it; False if the head is further.

    Raises Refused for a head that is not signed by this register, or of another journal.
    """
    is_reached = head.size <= journal.head(connection).size
    if is_reached and root_of(journal.leaves(connection, head.size)).hex() != head.root:
        raise Refused(
            "head-of-another-journal",
            "日志头与日志不符，不是同一登记库的，或备份、镜像已被改动",
            "the head is not of this journal: it is another register's, or the backup or its mirror was altered",
        )
    if not is_signed(head, known):
        raise Refused(
            "head-not-signed",
            "日志头的签名不符：内容被改动，或不是由本登记库签署",
            "the head's signature does not hold: it was altered, or another register signed it",
        )
    return is_reached


def _check_same(own: bytes, mirrored: bytes | None, place: int, size: int, folder: Path) -> None:
    if mirrored is None:
        raise Refused(
            "mirror-older",
            f"日志镜像 {folder} 止于 {place} 条，备份已到 {size} 条：镜像没有备份之后的内容",
            f"the mirror {folder} ends after {place} entries, the backup has {size}: it has nothing that came later",
        )
    if mirrored != own:
        raise Refused(
            "mirror-not-ours",
            f"日志镜像 {folder} 的第 {place} 条与备份不同：不是同一登记库的，或其中之一被改动；未恢复任何数据",
            f"entry {place} of the mirror {folder} is not the backup's: it is another register's, or one of them was "
            "altered; nothing has been restored",
        )


def _check_heads(connection: Connection, folder: Path, later: Sequence[bytes], known: tuple[KeyRecord, ...]) -> None:
    """Hold the signed heads beside the mirror against its entries; one that a key made since signed tells nothing."""
    leaves = journal.leaves(connection, journal.head(connection).size)
    heads = [(path, read_head(content)) for path, content in mirror_files.heads(folder)]
    heads = [(path, head) for path, head in heads if any(record.kid.hex() == head.kid for record in known)]
    edge, place = Frontier(), 0
    rest = iter((*leaves, *map(leaf_hash, later)))
    for path, head in sorted(heads, key=lambda one: one[1].size):
        edge, place = edge.extend(list(islice(rest, head.size - place))), head.size
        if not is_signed(head, known) or edge.size != head.size or edge.root.hex() != head.root:
            raise Refused(
                "mirror-altered",
                f"日志镜像与签名的日志头 {path} 不符：条目或日志头被改动；未恢复任何数据",
                f"the mirror is not what the signed head {path} says: entries or the head were altered; nothing has "
                "been restored",
            )

"""What tells of the time after a backup, and whether it is enough to restore by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from service.flows.errors import Refused
from service.flows.running.audit import SignedHead
from service.flows.running.backup_file import (
    Manifest,
)


@dataclass(frozen=True, slots=True)
class Later:
    """What tells of the time after the backup.

    ``head``: the journal's last exported head; ``mirror``: folder of the journal's mirror; ``published``: folder with
    status lists; ``void_ahead``: how many numbers of every series are given up, where nothing tells how far they went.
    ``despite_faults``: whether a backup is taken whose rows are not what its own journal says.
    """

    head: SignedHead | None = None
    mirror: Path | None = None
    published: Path | None = None
    void_ahead: int | None = None
    despite_faults: bool = False


def reason_of(later: Later) -> str:
    """Name what was told, for the journal."""
    told = {
        "journal": later.mirror is not None,
        "published": later.published is not None,
        "head": later.head is not None,
        f"void-ahead {later.void_ahead}": later.void_ahead is not None,
    }
    return ", ".join(word for word, given in told.items() if given)


def check_told(manifest: Manifest, later: Later) -> None:
    """Refuse where nothing tells how far numbering went, or that nothing came after the backup."""
    if later.void_ahead is not None or later.mirror is not None:
        return
    if later.head is None:
        raise Refused(
            "restore-needs-head",
            "备份之后核发的编号可能已打印，此后的取消、补发也不在备份中。须有以下之一，先有先用：日志镜像；"
            "此后签发的状态列表，并作废各段其后若干个号；证明备份之后没有变化的日志头；"
            "都没有则作废其后的号，证卡须经确认才答有效",
            "numbers issued after the backup may be printed already, and it lacks what was cancelled since: "
            "the first that there is of these is needed: the journal's mirror; status lists signed since, with the "
            "next numbers of every series voided; a journal head that shows that nothing came after; without any of "
            "them the next numbers are voided, and cards read valid once they are confirmed",
        )
    if later.published is not None:
        return
    if later.head.size > manifest.journal_size:
        raise behind_head(manifest.journal_size, later.head)
    if later.head.size < manifest.journal_size:
        raise _head_too_old()


def behind_head(size: int, head: SignedHead) -> Refused:
    """Return the refusal of a backup and mirror that end before a head."""
    return Refused(
        "backup-older-than-head",
        f"备份（及镜像）止于日志第 {size} 条，日志头已到 {head.size} 条：其间编号或已打印，须作废其后的号",
        f"backup and mirror end at entry {size}, the head says {head.size}: numbers given since may be printed, "
        "so the next ones are to be voided",
    )


def check_not_older(manifest: Manifest, head: SignedHead) -> None:
    """Refuse a head from before the backup."""
    if head.size == manifest.journal_size and datetime.fromisoformat(head.at) < manifest.made_at:
        raise _head_too_old()


def _head_too_old() -> Refused:
    return Refused(
        "head-older-than-backup",
        "日志头早于备份，不能说明备份之后没有核发：须有备份之后导出的日志头，或作废其后若干个号",
        "the head is from before the backup and does not show that nothing came after it: one exported since is "
        "needed, or the next numbers are to be voided",
    )

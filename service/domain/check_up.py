"""Judge how an installation stands: what is well, what somebody should look at, what is bad. Facts in, findings out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

KEY_AHEAD_DAYS: Final = 30
"""Days before a signing key ends from which its rotation is told."""

BACKUP_LATE: Final = timedelta(days=7)
"""Since the last backup, when it is told in red."""

LIST_LATE: Final = timedelta(hours=2)
"""Since a status list was signed, when nobody signs them: the service does so every hour."""

DOCUMENT_AHEAD: Final = timedelta(days=7)
CERTIFICATE_AHEAD_DAYS: Final = 14
CERTIFICATE_LATE_DAYS: Final = 3
CLOCK_LOOK_S: Final = 5
CLOCK_BAD_S: Final = 60
_FREE_LOOK: Final = 0.1
_FREE_BAD: Final = 0.03
_MIB: Final = 1024 * 1024
_FREE_BAD_BYTES: Final = 500 * _MIB
_PRIVATE_MODE: Final = 0o077
_WIDE: Final = {4: 8, 6: 16}
"""Lengths of prefix below which a network holds strangers."""
_SIGN_INS_THAT_TELL: Final = 5


class Standing(StrEnum):
    """How something stands, the worst last."""

    OK = "ok"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: the check's name, how it stands, a sentence in two languages, and the code of a remedy."""

    check: str
    standing: Standing
    zh: str
    en: str
    remedy: str = ""


def worst(findings: Iterable[Finding]) -> Standing:
    """Return the worst standing there is."""
    order = tuple(Standing)
    return max((one.standing for one in findings), key=order.index, default=Standing.OK)


def judge_certificate(until: datetime, now: datetime) -> Finding:
    """Judge how long the public address's certificate lasts."""
    days = (until - now).days
    standing = _by(days, CERTIFICATE_AHEAD_DAYS, CERTIFICATE_LATE_DAYS)
    return Finding(
        "tls",
        standing,
        f"证书至 {until:%Y-%m-%d}，还有 {days} 天",
        f"the certificate ends on {until:%Y-%m-%d}, in {days} days",
        "" if standing is Standing.OK else "certificate-ends",
    )


def judge_clock(whose: tuple[str, str], seconds: float) -> Finding:
    """Judge by how many seconds our clock is ahead of another, which is named in two languages."""
    off = abs(seconds)
    standing = Standing.OK if off <= CLOCK_LOOK_S else Standing.LOOK if off <= CLOCK_BAD_S else Standing.BAD
    return Finding(
        "clock",
        standing,
        f"本机时钟与{whose[0]}相差 {off:.0f} 秒",
        f"the clock differs from {whose[1]} by {off:.0f} s",
        "" if standing is Standing.OK else "clock-off",
    )


def judge_key(purpose: str, until: date | None, today: date) -> Finding:
    """Judge how long the active key of a purpose still signs."""
    if until is None:
        return Finding(
            "keys",
            Standing.BAD,
            f"{purpose} 没有可签名的密钥",
            f"no key of {purpose} signs today",
            "key-ends",
        )
    days = (until - today).days
    standing = Standing.OK if days > KEY_AHEAD_DAYS else Standing.LOOK
    return Finding(
        "keys",
        standing,
        f"{purpose} 密钥签到 {until}，还有 {days} 天",
        f"the key of {purpose} signs until {until}, {days} days more",
        "" if standing is Standing.OK else "key-ends",
    )


def judge_document(valid_until: datetime, now: datetime) -> Finding:
    """Judge how long offline checkers believe the key document."""
    left = valid_until - now
    standing = Standing.BAD if left <= timedelta() else Standing.LOOK if left < DOCUMENT_AHEAD else Standing.OK
    return Finding(
        "keys",
        standing,
        f"密钥文件有效至 {valid_until:%Y-%m-%d}",
        f"the key document is valid until {valid_until:%Y-%m-%d}",
        "" if standing is Standing.OK else "key-ends",
    )


def judge_backup(made_at: datetime | None, now: datetime) -> Finding:
    """Judge when the register was last backed up from this data folder."""
    if made_at is None:
        return Finding(
            "backup",
            Standing.BAD,
            "从未在此数据目录作过备份",
            "no backup was ever made from this data folder",
            "backup-late",
        )
    age = now - made_at
    is_late = age > BACKUP_LATE
    return Finding(
        "backup",
        Standing.BAD if is_late else Standing.OK,
        f"上次备份在 {age.days} 天 {age.seconds // 3600} 小时前",
        f"the last backup was made {age.days} d {age.seconds // 3600} h ago",
        "backup-late" if is_late else "",
    )


def judge_lists(age: timedelta | None, *, is_held: bool) -> Finding:
    """Judge when the oldest status list was signed; None: none is yet."""
    if is_held:
        return Finding(
            "lists",
            Standing.LOOK,
            "有证卡待确认，确认前不签发状态列表",
            "cards wait to be confirmed, and no status list is signed before that",
            "register-unconfirmed",
        )
    if age is None:
        return Finding("lists", Standing.LOOK, "尚未签发过状态列表", "no status list was ever signed", "lists-late")
    hours = age.total_seconds() / 3600
    is_late = age > LIST_LATE
    return Finding(
        "lists",
        Standing.BAD if is_late else Standing.OK,
        f"状态列表签于 {hours:.1f} 小时前",
        f"the oldest status list was signed {hours:.1f} h ago",
        "lists-late" if is_late else "",
    )


def judge_mode(path: str, mode: int) -> Finding:
    """Judge who may read what only the service's user may."""
    is_open = bool(mode & _PRIVATE_MODE)
    return Finding(
        "modes",
        Standing.BAD if is_open else Standing.OK,
        f"{path} 权限 {mode:04o}" + ("，其他用户可读写" if is_open else ""),
        f"{path} has mode {mode:04o}" + (": others may use it" if is_open else ""),
        "mode-open" if is_open else "",
    )


def judge_disk(path: str, free: int, total: int) -> Finding:
    """Judge how much room a file system has, in bytes."""
    part = free / total if total else 0.0
    is_bad = part < _FREE_BAD or free < _FREE_BAD_BYTES
    standing = Standing.BAD if is_bad else Standing.LOOK if part < _FREE_LOOK else Standing.OK
    return Finding(
        "disk",
        standing,
        f"{path} 剩余 {free // _MIB} MiB（{part:.0%}）",
        f"{path}: {free // _MIB} MiB free ({part:.0%})",
        "" if standing is Standing.OK else "disk-short",
    )


def judge_proxies(trusted: Sequence[IPv4Network | IPv6Network], sign_ins: Sequence[tuple[str, int]]) -> Finding:
    """Judge whose ``X-Forwarded-For`` is believed, by the networks from which people have signed in of late."""
    wide = [one for one in trusted if one.prefixlen < _WIDE[one.version]]
    if wide:
        return Finding(
            "proxy",
            Standing.BAD,
            f"采信网段 {wide[0]} 太宽：外人可以冒充任意地址",
            f"{wide[0]} is trusted as a proxy, which lets strangers name any address as theirs",
            "proxy-wide",
        )
    total = sum(many for _, many in sign_ins)
    if total >= _SIGN_INS_THAT_TELL and len(sign_ins) == 1 and (standing := _of_one(sign_ins[0][0])) is not Standing.OK:
        return Finding(
            "proxy",
            standing,
            f"近期 {total} 次登录都来自 {sign_ins[0][0]}，应是没有被采信的反向代理：所有人合用一份限额",
            f"all {total} sign-ins of late came from {sign_ins[0][0]}, which seems to be a proxy that is not trusted: "
            "everybody shares one allotment",
            "proxy-untrusted",
        )
    if not trusted:
        return Finding("proxy", Standing.OK, "不采信任何代理", "no proxy is trusted")
    named = ", ".join(map(str, trusted))
    return Finding("proxy", Standing.OK, f"采信代理 {named}", f"trusted proxies: {named}")


def _of_one(network: str) -> Standing:
    """Judge a network from which everybody comes: this machine is a proxy for sure, a private address may be one."""
    try:
        found = ip_network(network, strict=False)
    except ValueError:
        return Standing.BAD  # of a Unix socket
    return Standing.BAD if found.is_loopback else Standing.LOOK if found.is_private else Standing.OK


def _by(days: int, look: int, bad: int) -> Standing:
    return Standing.BAD if days < bad else Standing.LOOK if days < look else Standing.OK

"""Look at a running installation from its own host: read only, without a passphrase, and without any secret's value."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from keys.document import open_document
from keys.errors import KeysError
from service.domain import check_up as judge
from service.domain.access_record import Act
from service.domain.check_up import Finding, Standing
from service.effects import Effects
from service.flows.errors import Refused
from service.flows.keys.passphrases import exposures
from service.flows.register import VAULT_FILE, Register, open_register
from service.flows.running.clock import clock_state
from service.flows.running.desk_state import desk_state
from service.flows.running.journal_mirror import mirror_state
from service.flows.running.set_up import ROOT_FILE
from service.flows.running.token_state import held_files, token_findings
from service.settings import PASSPHRASE_NAME, ROOT_PASSPHRASE_NAME, Settings
from service.store import access_records, clocks, journal, notices, restored
from service.store.errors import StoreError
from service.store.schema import is_behind

_OF_LATE: Final = timedelta(days=7)
_DATABASE_CLOCK: Final = ("数据库", "the database's")
_PUBLIC_CLOCK: Final = ("公开地址", "the public address's")


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """What the public address answered when asked for the key document.

    ``certificate_until`` None: without TLS. ``date``: the clock of who answered. ``problem``: why there is no answer.
    """

    asked_at: datetime
    body: bytes = b""
    status: int = 0
    date: datetime | None = None
    certificate_until: datetime | None = None
    problem: tuple[str, str] | None = None


def check_up(
    settings: Settings, effects: Effects, *, pin: str | None, ask: Callable[[str], PublicAnswer] | None
) -> tuple[Finding, ...]:
    """Look at everything that can be looked at.

    ``pin``: fingerprint of the root key as checkers have pinned it. ``ask`` asks the public address of a host for the
    key document; without it nothing is asked over the network. What cannot be looked at is a finding of its own.
    """
    found = [*_of_files(settings)]
    try:
        register = open_register(settings, effects)
    except (Refused, StoreError) as error:
        found.append(Finding("register", Standing.BAD, error.zh, error.en, error.code))
        return tuple(found)
    with register:
        for look in (_of_register, _of_keys, _of_clock, _of_lists_and_backup, _of_mirror, _of_notices, _of_proxies):
            try:
                found.extend(look(register))
            except StoreError as error:
                found.append(Finding("register", Standing.BAD, error.zh, error.en, error.code))
        found.extend(token_findings(register))
        found.extend(_of_root(register, pin))
        if ask is not None:
            found.extend(_of_public(register, ask(register.host)))
    return tuple(found)


def _of_files(settings: Settings) -> Iterator[Finding]:
    """Look at modes and room; what is not there is told by the register."""
    database = make_url(settings.database_url)
    file = Path(database.database or "") if database.get_backend_name() == "sqlite" else None
    private = [
        settings.data,
        *(settings.data / name for name in (VAULT_FILE, PASSPHRASE_NAME, ROOT_FILE, ROOT_PASSPHRASE_NAME)),
        *(held for held in held_files(settings) if held is not None),
    ]
    if file is not None and not _is_within(file, settings.data):
        private.append(file)
    for path in dict.fromkeys(private):
        if path.exists():
            yield judge.judge_mode(str(path), path.stat().st_mode & 0o7777)
    seen: set[int] = set()
    for folder in (settings.data, *(() if file is None else (file.parent,))):
        if folder.is_dir() and folder.stat().st_dev not in seen:
            seen.add(folder.stat().st_dev)
            usage = shutil.disk_usage(folder)
            yield judge.judge_disk(str(folder), usage.free, usage.total)


def _is_within(file: Path, folder: Path) -> bool:
    """Return True for a file in a folder that is closed itself."""
    return file.resolve().is_relative_to(folder.resolve())


def _of_register(register: Register) -> Iterator[Finding]:
    with register.database.read() as connection:
        size, behind = journal.head(connection).size, is_behind(connection)
    zh, en = ("已由新版本升级", "were upgraded by a later one") if behind else ("为本版本", "are of this version")
    yield Finding(
        "register",
        Standing.LOOK if behind else Standing.OK,
        f"登记库（{register.database.dialect}）可读，结构{zh}，日志 {size} 条",
        f"the register ({register.database.dialect}) answers, its tables {en}, {size} journal entries",
        "schema-newer" if behind else "",
    )
    yield Finding("host", Standing.OK, f"域名 {register.host}", f"host name {register.host}")


def _of_keys(register: Register) -> Iterator[Finding]:
    today, now = register.effects.today(), register.effects.now()
    for purpose, until in desk_state(register).keys_until.items():
        yield judge.judge_key(purpose.value, until, today)
    document = register.trusted_keys().document
    yield judge.judge_document(datetime.fromtimestamp(document.valid_until, UTC), now)


def _of_root(register: Register, pin: str | None) -> Iterator[Finding]:
    """Hold the root key that signed the key document against the fingerprint that checkers have pinned."""
    try:
        _, root = open_document(register.trusted_keys().body, pin=None)
    except KeysError:
        yield Finding(
            "root",
            Standing.BAD,
            "密钥文件与其签名不符",
            "the key document is not what its root key signed",
            "root-other",
        )
        return
    if pin is None:
        yield Finding(
            "root",
            Standing.LOOK,
            f"根密钥指纹 {root.root}，未与查验端核对",
            f"root fingerprint {root.root}, not compared with the one that checkers have pinned",
            "root-unpinned",
        )
    elif pin == root.root:
        yield Finding("root", Standing.OK, "根密钥指纹相符", "the root key is the pinned one")
    else:
        yield Finding(
            "root",
            Standing.BAD,
            f"根密钥指纹为 {root.root}，与所给的不符",
            f"the root fingerprint is {root.root}, which is not the pinned one",
            "root-other",
        )
    for one in exposures(register):
        yield Finding("root", Standing.LOOK, one.zh, one.en, one.code)


def _of_clock(register: Register) -> Iterator[Finding]:
    state = clock_state(register)
    if state.is_alarm:
        yield Finding(
            "clock",
            Standing.BAD,
            f"时钟比实际经过的时间快 {state.ahead_s / 60:.0f} 分钟，暂停签署",
            f"the clock is {state.ahead_s / 60:.0f} min ahead of what has passed, and nothing is signed",
            "clock-ahead",
        )
    with register.database.read() as connection:
        theirs = clocks.database_time(connection)
    if theirs is not None:
        yield judge.judge_clock(_DATABASE_CLOCK, register.effects.now().timestamp() - theirs)
    elif not state.is_alarm:
        yield Finding("clock", Standing.OK, "时钟与上次签署相符", "the clock agrees with the last signing")


def _of_lists_and_backup(register: Register) -> Iterator[Finding]:
    state = desk_state(register)
    with register.database.read() as connection:
        is_held = restored.holds_lists(connection)
    yield judge.judge_lists(state.list_age, is_held=is_held)
    yield judge.judge_backup(state.backup_at, register.effects.now())


def _of_mirror(register: Register) -> Iterator[Finding]:
    mirror = mirror_state(register.database)
    if mirror.folder is None:
        yield Finding("mirror", Standing.LOOK, "没有设置日志镜像", "the journal has no mirror", "mirror-none")
    elif mirror.is_behind:
        zh, en = mirror.problem or ("落后于登记库", "it lacks entries")
        yield Finding(
            "mirror",
            Standing.BAD,
            f"日志镜像 {mirror.folder}：{zh}",
            f"the journal's mirror {mirror.folder}: {en}",
            "mirror-behind",
        )
    else:
        yield Finding(
            "mirror",
            Standing.OK,
            f"日志镜像 {mirror.folder} 完整",
            f"the journal's mirror {mirror.folder} has every entry",
        )


def _of_notices(register: Register) -> Iterator[Finding]:
    with register.database.read() as connection:
        failing = notices.count_failing(connection, None)
    yield Finding(
        "notices",
        Standing.BAD if failing else Standing.OK,
        f"收不到变更通知的地址 {failing} 个",
        f"addresses that take no notices: {failing}",
        "notices-fail" if failing else "",
    )


def _of_proxies(register: Register) -> Iterator[Finding]:
    since = register.effects.now() - _OF_LATE
    with register.database.read() as connection:
        networks = access_records.networks(connection, Act.SIGN_IN, since)
    yield judge.judge_proxies(register.settings.trusted_proxies, networks)


def _of_public(register: Register, answer: PublicAnswer) -> Iterator[Finding]:
    """Look at what visitors are shown under the host name."""
    if answer.problem is not None:
        zh, en = answer.problem
        yield Finding("public", Standing.BAD, f"公开地址：{zh}", f"the public address: {en}", "public-unreachable")
        return
    if answer.certificate_until is None:
        yield Finding("tls", Standing.BAD, "公开地址没有 TLS", "the public address has no TLS", "public-unreachable")
    else:
        yield judge.judge_certificate(answer.certificate_until, register.effects.now())
    if answer.date is not None:
        yield judge.judge_clock(_PUBLIC_CLOCK, (answer.asked_at - answer.date).total_seconds())
    if answer.body == register.trusted_keys().body:
        yield Finding(
            "public",
            Standing.OK,
            "公开地址提供的是本登记库的密钥文件",
            "the public address shows this register's key document",
        )
    else:
        yield Finding(
            "public",
            Standing.BAD,
            f"公开地址提供的不是本登记库的密钥文件（HTTP {answer.status}）",
            f"the public address does not show this register's key document (HTTP {answer.status})",
            "public-other",
        )

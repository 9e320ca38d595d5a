"""Turn what a database driver raises into the store's own errors: the only place that reads driver errors."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import psycopg
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.exc import DBAPIError

from service.store.errors import (
    AlreadyCancelled,
    AlreadyCorrected,
    AppendOnly,
    AuthorityTaken,
    Busy,
    CaseClosed,
    Conflict,
    ConstraintBroken,
    CopyTaken,
    DiskFull,
    DispatchTaken,
    InstitutionTaken,
    KeyTaken,
    NumberStep,
    NumberTaken,
    PublicationStale,
    ReadOnly,
    ReferenceMissing,
    RegisterMoved,
    ScopeTaken,
    StoreError,
    TokenTaken,
    Unreachable,
    UserTaken,
    WordingTaken,
)
from service.store.tables import metadata


@dataclass(frozen=True, slots=True)
class _Refusal:
    conflict: type[Conflict]
    zh: str
    en: str


_NUMBER_TAKEN: Final = _Refusal(
    NumberTaken,
    "该证卡编号已登记在册，不能再次使用；请核对编号",
    "this card number is already in the ledger; check the number",
)
_COPY_TAKEN: Final = _Refusal(
    CopyTaken,
    "证卡副本标识或状态序号已被占用，或该证卡已有有效副本",
    "the copy id or status index is in use, or the card already has a live copy",
)
_KEY_TAKEN: Final = _Refusal(
    KeyTaken, "该公钥或密钥文件版本已登记", "this public key or key document version is already recorded"
)

_REFUSALS: Final = {
    "pk_number": _NUMBER_TAKEN,
    "uq_number_prefix_sequence": _NUMBER_TAKEN,
    "pk_card": _NUMBER_TAKEN,
    "number_steps": _Refusal(
        NumberStep,
        "该编号的状态不允许此操作：作废的编号不得再用，已发的编号只能作废（督附3）",
        "the number's state does not allow this: a voided number is never reused, an issued one can only be voided "
        "(督附3)",
    ),
    "uq_card_scope_live": _Refusal(
        ScopeTaken,
        "此人在同一范围内已有有效证卡；换发须同时注明原证卡（督§10、考§12）",
        "the person already has a live card for this scope; a renewal names the card it follows (督§10, 考§12)",
    ),
    "pk_copy": _COPY_TAKEN,
    "uq_copy_list_no_list_index": _COPY_TAKEN,
    "uq_copy_live": _COPY_TAKEN,
    "pk_cancellation": _Refusal(
        AlreadyCancelled, "该证卡的资格此前已取消", "the card's qualification is already cancelled"
    ),
    "pk_correction": _Refusal(
        AlreadyCorrected, "该取消资格的决定此前已更正", "this cancellation has been corrected already"
    ),
    "pk_case_closing": _Refusal(CaseClosed, "此事项已办结", "the case has been closed already"),
    "uq_dispatch_visit": _Refusal(
        DispatchTaken,
        "该证卡当日已委派到本机构（同一评价计划）",
        "the card's holder is already sent to this institution on this day, for the same plan",
    ),
    "pk_institution": _Refusal(InstitutionTaken, "该机构代码已登记", "this institution code is already in use"),
    "uq_authority_name": _Refusal(AuthorityTaken, "人社部门名单中已有此名称", "this authority is on the list already"),
    "uq_account_name": _Refusal(
        UserTaken, "该用户名已被使用（包括已停用的账户）", "this user name is in use, or was: names are not given twice"
    ),
    "uq_token_account_id_label": _Refusal(
        TokenTaken, "该账户已有同名令牌", "the account already has a token of this name"
    ),
    "pk_key_record": _KEY_TAKEN,
    "pk_key_document": _KEY_TAKEN,
    "pk_card_wording": _Refusal(
        WordingTaken,
        "证卡字样刚被他人改过，请重新打开页面再改",
        "the words of cards have just been changed by somebody else: open them anew",
    ),
    "register_moved": _Refusal(
        RegisterMoved,
        "登记库已迁至另一数据库，此处不再写入任何内容",
        "the register was moved to another database; nothing is stored here any more",
    ),
    "status_publication_forward": _Refusal(
        PublicationStale,
        "同一状态列表已发布过同样新或更新的版本",
        "a status list at least as new has already been published",
    ),
}
_WRITE_FAILED: Final = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMMAP,
    }
)
"""SQLite's codes of a disk that did not take what was written, for want of room or otherwise."""

_PRIMARY: Final = 0xFF
"""The part of SQLite's extended result codes that is the primary one."""

_APPEND_ONLY: Final = frozenset({"forward", "identity", "fixed", "kept"})
"""Last words of the names of the other rules in the migrations."""

_REFERENCE: Final = "_known"
"""Last word of the names of the triggers that stand for foreign keys."""


def translate(error: DBAPIError) -> StoreError | None:
    """Find the store's error for a driver's, or None if it is none the register foresees (a defect)."""
    match error.orig:
        case psycopg.Error() as cause:
            return _of_postgresql(cause)
        case sqlite3.Error() as cause:
            return _of_sqlite(cause)
        case _:
            return None


def unreachable() -> Unreachable:
    """Report that the database cannot be opened; the address stays out of it, for it may hold a password."""
    return Unreachable(
        "无法打开数据库：请检查数据库地址、服务是否运行以及目录权限",
        "the database cannot be opened: check its address, whether the server runs, and the folder's permissions",
    )


def disk_full() -> DiskFull:
    """Report that the disk takes no more."""
    return DiskFull(
        "服务器磁盘已满，未写入任何内容；查验不受影响，请通知管理员清理磁盘后重试",
        "the server's disk is full; nothing was stored. Checking goes on; tell the administrator, then try again",
    )


def read_only() -> ReadOnly:
    """Report that nothing can be written now."""
    return ReadOnly(
        "登记库目前只读，未写入任何内容；查验不受影响，请通知管理员后重试",
        "the register is read-only now; nothing was stored. Checking goes on; tell the administrator, then try again",
    )


def of_file(error: OSError) -> Busy | None:
    """Return what a file that could not be written means, None where it is something else."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return disk_full()
    return read_only() if error.errno == errno.EROFS else None


def _of_postgresql(cause: psycopg.Error) -> StoreError | None:
    match cause:
        case psycopg.errors.ForeignKeyViolation():
            return _reference_missing()
        case psycopg.IntegrityError():
            return _of_name(cause.diag.constraint_name or cause.diag.column_name or "")
        case psycopg.errors.LockNotAvailable() | psycopg.errors.DeadlockDetected():
            return _busy()
        case psycopg.errors.DiskFull() | psycopg.errors.ReadOnlySqlTransaction():
            return disk_full() if isinstance(cause, psycopg.errors.DiskFull) else read_only()
        case psycopg.OperationalError():
            return unreachable()
        case _:
            return None


def _of_sqlite(cause: sqlite3.Error) -> StoreError | None:
    # What the module raises by itself, not the library, has no code.
    match getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK):
        case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
            return _reference_missing()
        case code if code & _PRIMARY == sqlite3.SQLITE_CONSTRAINT:
            # The message ends in the columns of a unique constraint, with their table, in the name of a check, or
            # is the name of a trigger alone.
            detail = str(cause).rpartition(" constraint failed: ")[2]
            return _of_name(_NAME_OF_COLUMNS.get(detail, detail))
        case code if code & _PRIMARY == sqlite3.SQLITE_BUSY:
            return _busy()
        case code if code & _PRIMARY == sqlite3.SQLITE_FULL or code in _WRITE_FAILED:
            return disk_full()
        case code if code & _PRIMARY in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
            return read_only() if code & _PRIMARY == sqlite3.SQLITE_READONLY else unreachable()
        case _:
            return None


def _of_name(name: str) -> Conflict:
    known = _REFUSALS.get(name)
    if known is not None:
        return known.conflict(known.zh, known.en)
    if name.endswith(_REFERENCE):
        return _reference_missing()
    if name.rpartition("_")[2] in _APPEND_ONLY:
        return AppendOnly(
            f"登记记录只能追加，不得改写或删除（{name}）", f"the record only grows; this would rewrite it ({name})"
        )
    return ConstraintBroken(f"违反登记规则 {name}", f"the register's rule {name} stands against this")


def _reference_missing() -> ReferenceMissing:
    return ReferenceMissing(
        "所引用的证卡、人员、机构、编号、批次、照片或附件不存在",
        "a card, person, institution, number, batch, photograph or document that is referred to does not exist",
    )


def _busy() -> Busy:
    return Busy("数据库正忙，未写入任何内容，请稍后重试", "the database is busy; nothing was stored, try again")


def _unique_names(table: Table) -> Iterator[tuple[str, str]]:
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            yield ", ".join(f"{table.name}.{column.name}" for column in constraint.columns), str(constraint.name)
    for index in table.indexes:
        if index.unique:
            yield ", ".join(f"{table.name}.{column.name}" for column in index.columns), str(index.name)


# SQLite names the columns of a unique constraint, not the constraint.
_NAME_OF_COLUMNS: Final = {columns: name for table in metadata.sorted_tables for columns, name in _unique_names(table)}

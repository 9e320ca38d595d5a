"""Check the journal's tree and the ledger of numbers against each other; sign the journal's head."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection

from keys.keyring import KeyRecord, Purpose
from keys.standing import vouches
from keys.suites import ED25519
from service.domain.merkle import EMPTY_ROOT, Frontier
from service.domain.validity import civil_date
from service.flows.errors import Refused
from service.flows.publishing.proofs import Inclusion, inclusion_at
from service.flows.register import Register
from service.flows.running.audit_bytes import byte_faults
from service.flows.running.audit_entries import Fault, Replayed, replay_entries
from service.flows.running.audit_rows import issue_faults, row_faults, status_faults
from service.store import journal, key_records, number_audit
from service.store.number_audit import Fault as SeriesFault
from service.store.schema import check_whole

HEAD_CONTEXT: Final = b"zhengka/head/1\0"
"""Stands before the signed bytes: a head's signature counts for nothing else."""

NAMED: Final = 20
"""Faults that one refusal names."""

_PAGE: Final = 5_000


class SignedHead(msgspec.Struct, frozen=True, kw_only=True):
    """The journal at one moment. ``signature``, hex: Ed25519 over HEAD_CONTEXT and this JSON with it empty."""

    size: int
    root: str
    at: str
    host: str
    kid: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found; empty ``faults`` means that all agrees."""

    size: int
    root: str
    cards: int
    faults: tuple[Fault, ...]


def audit(register: Register, earlier: SignedHead | None = None) -> Audit:
    """Recompute the journal's tree, replay it to every row and every card's status, and look for gaps in the numbers.

    ``earlier`` is a head exported before: the journal must still begin with what it covered, which is hashed again
    and not taken apart. Reads one snapshot. A fault names a row and says in two languages what is wrong; none means
    that no entry was altered or lost, every row and card is as the journal says, no number is missing or doubled
    (督附3, 考附2), and every photograph and document is there; without ``earlier`` their bytes are held against their
    digests too.
    ``docs/en/proof.md`` says what that proves and what not. Raises SchemaMismatch where a later version has added
    tables or columns.
    """
    with register.database.read() as connection:
        check_whole(connection)
        return audit_on(connection, earlier)


def audit_on(
    connection: Connection,
    earlier: SignedHead | None = None,
    *,
    with_rows: bool = True,
    with_bytes: bool = True,
    reshaped: Collection[str] = (),
) -> Audit:
    """Audit on a connection, a restored backup before it is trusted for one.

    Without ``with_rows`` the rows' digests are left out: for a register whose entries carry none yet; those of tables
    that an upgrade has ``reshaped`` are left out too. Without
    ``with_bytes``, and where a trusted head covers what came before, photographs and documents are not read, and only
    looked for.
    """
    head = journal.head(connection)
    unsigned = earlier is not None and not is_signed(earlier, key_records.all_of(connection))
    trusted = 0 if earlier is None or unsigned else earlier.size
    told = replay_entries(connection, trusted)
    count, statuses = status_faults(connection, told)
    faults = (
        *_tree_faults(told.frontier, head),
        *(_head_faults(earlier, told, unsigned=unsigned) if earlier else ()),
        *told.faults,
        *statuses,
        *issue_faults(connection, told),
        *(row_faults(connection, told, reshaped) if with_rows else ()),
        *_number_faults(number_audit.audit(connection)),
        *byte_faults(connection, read=with_bytes and not trusted),
    )
    return Audit(head.size, head.root.hex(), count, faults)


def faults_refused(code: str, faults: Sequence[Fault], zh: str, en: str) -> Refused:
    """Return the refusal of what was altered: sentences with ``{count}`` in them, and the first faults by name."""
    named = faults[:NAMED]
    return Refused(
        code,
        f"{zh.format(count=len(faults))}：{'；'.join(one.zh for one in named)}",
        f"{en.format(count=len(faults))}: {'; '.join(one.en for one in named)}",
    )


def _tree_faults(found: Frontier, head: Frontier) -> Iterator[Fault]:
    if found != head:
        yield Fault(
            "日志与其哈希树不符：有条目被改动、增加或删除",
            "the journal differs from its tree: entries were altered, added or deleted",
            "journal-tree",
            "journal_head",
            "1",
        )


def _head_faults(earlier: SignedHead, told: Replayed, *, unsigned: bool) -> Iterator[Fault]:
    """Hold an exported head against the journal of today: its first entries still have the head's root."""
    if unsigned:
        yield Fault(
            "所给日志头的签名不符，或所用密钥已报失窃、当时不在使用期内",
            "the exported head is not signed by a head key of this register that was in use then and is not stolen",
            "head-unsigned",
        )
    elif earlier.size > told.frontier.size:
        yield Fault(
            f"登记库被退回：导出时日志有 {earlier.size} 条，现有 {told.frontier.size} 条",
            f"the register was set back: {earlier.size} entries when the head was exported, {told.frontier.size} now",
            "head-ahead",
        )
    elif earlier.root != (told.covered_root or EMPTY_ROOT).hex():
        yield Fault("日志头之前的条目被改动", "entries that the exported head covers were altered", "head-differs")


def is_signed(head: SignedHead, known: Iterable[KeyRecord]) -> bool:
    """Return whether a head key that vouches for the head's day has signed it as it stands."""
    message = _signed_bytes(head)
    try:
        signature = bytes.fromhex(head.signature)
        bytes.fromhex(head.root)
        at = datetime.fromisoformat(head.at)
        on = civil_date(at) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return False
    if on is None:  # no instant: nobody's head is dated so
        return False
    keys = (record for record in known if record.purpose is Purpose.HEAD and record.kid.hex() == head.kid)
    return any(ED25519.load_public(record.public)(signature, message) for record in keys if vouches(record, on))


def _number_faults(found: Iterable[SeriesFault]) -> Iterator[Fault]:
    for one in found:
        yield Fault(
            f"编号段 {one.prefix}：缺号 {one.missing}，无卡 {one.without_card}，未发 {one.not_issued}",
            f"series {one.prefix}: missing {one.missing}, no card {one.without_card}, not issued {one.not_issued}",
            "numbers",
            "series",
            one.prefix,
        )


def signed_head(register: Register) -> SignedHead:
    """Sign the journal's head as it is now: kept elsewhere, it shows whether the register was set back."""
    with register.database.read() as connection:
        head = journal.head(connection)
    signed = sign_head(register, head)
    register.mirror.write_head(signed.size, signed.kid, msgspec.json.encode(signed))
    return signed


def prove_signed(register: Register, seq: int) -> tuple[Inclusion, SignedHead]:
    """Show that one entry is in the journal, with the signed head of that very moment. Raises JournalInvalid."""
    with register.database.read() as connection:
        head = journal.head(connection)
        proof = inclusion_at(register, connection, head, seq)
    return proof, sign_head(register, head)


def sign_head(register: Register, head: Frontier) -> SignedHead:
    """Sign a head of the journal. Raises NoPassphrase."""
    signer = register.signer(Purpose.HEAD)
    unsigned = SignedHead(
        size=head.size,
        root=head.root.hex(),
        at=register.effects.now().isoformat(timespec="seconds"),
        host=register.host,
        kid=signer.kid.hex(),
    )
    return msgspec.structs.replace(unsigned, signature=signer.sign(_signed_bytes(unsigned)).hex())


def read_head(data: bytes) -> SignedHead:
    """Read a head that ``signed_head`` gave. Raises Refused for anything else."""
    try:
        return msgspec.json.decode(data, type=SignedHead)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("head-malformed", "这不是导出的日志头", f"this is no exported journal head: {error}") from error


def export_journal(register: Register) -> Iterator[bytes]:
    """Return every entry's canonical bytes, in order: hashed and put into the tree they yield the head's root."""
    with register.database.read() as connection:
        yield from _entries(connection)


def _signed_bytes(head: SignedHead) -> bytes:
    return HEAD_CONTEXT + msgspec.json.encode(msgspec.structs.replace(head, signature=""))


def _entries(connection: Connection) -> Iterator[bytes]:
    first = 0
    while page := journal.entries(connection, first, _PAGE):
        yield from page
        first += _PAGE  # and not the page's length: a page from which entries were taken out is shorter

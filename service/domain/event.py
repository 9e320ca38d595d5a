"""The closed vocabulary of what can happen in a register, as the journal keeps it.

No event holds an identity number, a telephone number or a photograph: the journal is shown to auditors and is
never rewritten. A new kind of event is an addition; the meaning of one that stands here never changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from service.domain.errors import JournalInvalid

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""What an entry may hold: JSON without fractions, which have no single canonical form."""

_CARD: Final = frozenset({"person", "kind", "issuer", "issued_on", "expires_on", "copy", "scopes"})
_KEY: Final = frozenset({"purpose", "kid"})
_NONE: Final[frozenset[str]] = frozenset()

VOCABULARY: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    # kind: (keys every such event has, keys it may have); the subject stands in the comment
    "register-created": (frozenset({"jurisdiction"}), _NONE),  # the register
    "contact-set": (frozenset({"zh", "en"}), _NONE),  # the register
    "register-restored": (  # the register; entries of the backup, entries replayed since, kinds that were not; cards
        frozenset({"entries", "reason"}),
        frozenset({"replayed", "not_replayed", "lost", "taken", "unconfirmed", "faults"}),
    ),
    "card-texts-set": (  # card-texts:N; by field what they are now and were; of which others they were taken again
        frozenset({"on", "reason", "texts", "before"}),
        frozenset({"again"}),
    ),
    "register-moved": (frozenset({"rows"}), _NONE),  # the register; into the database that has this entry
    "journal-mirror-set": (frozenset({"folder"}), _NONE),  # the register; an empty folder: no longer
    "institution-added": (frozenset({"letter", "name"}), frozenset({"authority"})),  # institution code
    "institution-changed": (frozenset({"fact", "on", "reason"}), frozenset({"value", "before"})),
    "job-filed": (frozenset({"occupation", "levels", "on", "reason"}), _NONE),  # institution code
    "occupations-added": (frozenset({"occupations"}), _NONE),  # the register; names by code
    "authority-added": (_NONE, _NONE),  # the authority's name
    "portrait-in-code-set": (frozenset({"on"}), _NONE),  # issuer: the centre or an institution code
    "user-added": (frozenset({"role"}), frozenset({"issuer", "name"})),  # user name
    "access-records-kept-for": (frozenset({"days"}), _NONE),  # the register
    "second-factor-required": (frozenset({"roles"}), _NONE),  # accounts
    "second-factor-begun": (frozenset({"role"}), _NONE),  # user name
    "second-factor-set": (frozenset({"role"}), _NONE),  # user name
    "second-factor-reset": (frozenset({"role"}), _NONE),
    "recovery-code-used": (frozenset({"left"}), _NONE),
    "user-named": (frozenset({"name"}), _NONE),
    "user-disabled": (frozenset({"role"}), _NONE),
    "user-enabled": (frozenset({"role"}), _NONE),
    "sign-ins-ended": (frozenset({"ended"}), frozenset({"device"})),  # user name; by somebody else
    "webhook-added": (frozenset({"target", "topics"}), frozenset({"issuer"})),  # webhook:N
    "webhook-removed": (_NONE, _NONE),
    "webhook-replayed": (frozenset({"message"}), _NONE),
    "webhook-disabled": (frozenset({"reason"}), _NONE),
    "webhook-enabled": (_NONE, _NONE),
    "device-invited": (frozenset({"device"}), _NONE),  # user name; a code on a screen lets a telephone sign in
    "user-password-set": (frozenset({"role"}), frozenset({"tokens"})),
    "user-password-rehashed": (frozenset({"role"}), _NONE),  # the same password, hashed as today's settings ask
    "token-added": (frozenset({"label", "scopes", "expires_on"}), _NONE),  # user name
    "token-revoked": (frozenset({"label"}), _NONE),  # user name
    "key-introduced": (_KEY, _NONE),  # public key, hex
    "key-promoted": (_KEY, _NONE),
    "key-retired": (_KEY, _NONE),
    "key-compromised": (_KEY, frozenset({"reason"})),
    "root-copied": (frozenset({"token", "serial"}), _NONE),
    "passphrase-changed": (_NONE, _NONE),  # vault or root
    "clock-confirmed": (frozenset({"ahead"}), _NONE),  # the register; seconds
    "batch-issued": (
        frozenset({"cards", "refused", "reviewed_by"}),
        frozenset({"issuer", "roster", "notice"}),
    ),  # batch
    "application-refused": (frozenset({"row", "reasons"}), frozenset({"reason"})),  # batch
    "cards-printed": (frozenset({"numbers"}), frozenset({"sheet", "job", "body"})),  # batch, or the first number
    "cards-reprinted": (frozenset({"numbers", "reason", "job", "body"}), frozenset({"sheet"})),  # the first number
    "card-checked": (frozenset({"copy", "body"}), _NONE),  # the print that came out, by its code and its face
    "cards-handed-out": (frozenset({"numbers", "delivery", "body"}), frozenset({"tracking"})),  # the first number
    "card-reported": (frozenset({"body"}), _NONE),  # report:N
    "card-report-closed": (_NONE, _NONE),  # report:N
    "printer-set": (frozenset({"name", "sheet", "flip", "front", "back"}), _NONE),  # printer:N
    "printer-removed": (_NONE, _NONE),  # printer:N
    "printing-at-centre-set": (frozenset({"value"}), _NONE),  # institution
    "numbers-reserved": (frozenset({"first", "last", "reason"}), _NONE),  # prefix
    "counter-move-confirmed": (frozenset({"before", "value"}), _NONE),  # prefix; last number, before and after
    "number-voided": (frozenset({"reason"}), _NONE),  # number that no card has
    "card-issued": (_CARD, frozenset({"predecessor", "number_reason"})),  # card number, here and below
    "card-imported": (_CARD | {"status"}, frozenset({"status_on", "predecessor"})),
    "card-revoked": (
        frozenset({"on", "ground", "body", "decided_on", "decided_by", "reason"}),
        frozenset({"document", "attachment"}),
    ),
    "card-voided": (frozenset({"on", "reason"}), _NONE),
    "card-replaced": (frozenset({"on", "reason", "copy", "former_copy"}), _NONE),
    "card-amended": (  # a fact put right, and a new copy; what the card stands for now, as at its issue
        _CARD | {"on", "facts", "reason", "old_card", "former_copy"},
        frozenset({"predecessor", "evidence", "occupation"}),
    ),
    "card-lost": (frozenset({"copies"}), _NONE),  # issued after the backup: the register has its number, and no card
    "copy-lost": (frozenset({"copy"}), _NONE),  # the live copy, made after the backup
    "card-status-taken": (frozenset({"on", "status", "list", "iat"}), _NONE),  # from a status list, at a restore
    "copy-replacement-taken": (frozenset({"on", "copy", "list", "iat"}), _NONE),  # likewise
    "card-confirmed": (frozenset({"reason"}), _NONE),  # by the office, after a restore
    "cards-confirmed": (frozenset({"cards", "reason"}), _NONE),  # the register; all that were open
    "portrait-consent-withdrawn": (frozenset({"on"}), _NONE),
    "card-superseded": (frozenset({"on", "scopes", "by", "complete"}), _NONE),
    "revocation-proposed": (
        frozenset({"ground", "reason", "proposed_by"}),
        frozenset({"document", "attachment", "body", "proposal"}),
    ),
    "revocation-proposal-decided": (frozenset({"proposal", "body", "decided_by"}), _NONE),
    "revocation-proposal-declined": (frozenset({"proposal", "body", "decided_by", "reason"}), _NONE),
    "cancellation-corrected": (
        frozenset({"on", "body", "decided_by", "reason"}),
        frozenset({"document", "attachment"}),
    ),
    "decision-refused": (frozenset({"act", "body"}), frozenset({"ground"})),
    "engagement-made": (
        frozenset({"engagement", "institution", "since", "until", "as_internal"}),
        frozenset({"document", "shown"}),
    ),
    "engagement-ended": (frozenset({"engagement", "on", "reason"}), _NONE),
    "dispatch-made": (frozenset({"dispatch", "institution", "on", "authority"}), frozenset({"plan"})),
    "dispatch-withdrawn": (frozenset({"dispatch", "on", "reason"}), _NONE),
    "copy-found": (frozenset({"on", "reported_by", "copies"}), _NONE),
    "integrity-recorded": (
        frozenset({"what", "on"}),
        frozenset({"article", "outcome", "points", "note", "entry", "body"}),
    ),
    "assessment-planned": (
        frozenset({"institution", "on", "numbers", "people"}),
        frozenset({"replaces"}),
    ),  # assessment:N
    "assessment-cancelled": (frozenset({"on", "reason"}), _NONE),
    "assessment-roll-called": (frozenset({"came", "numbers"}), _NONE),
    "assessment-recorded": (frozenset({"digest", "verdict"}), _NONE),
    "assessment-record-kept": (frozenset({"record", "entry"}), _NONE),
    "status-list-published": (frozenset({"iat", "digest", "indices"}), _NONE),  # status-list:N
    "facts-stated": (frozenset({"facts"}), _NONE),  # the register: what the entries before it have no room for
    # the register: from the first page on, facts are what the pages state and nothing else
    "facts-restated": (frozenset({"page", "pages", "reason"}), _NONE),
    "case-closed": (frozenset({"entry", "ground", "body"}), frozenset({"outcome", "points", "reason"})),
}

_ASSESSMENT_EVENTS: Final = ("planned", "cancelled", "roll-called", "recorded", "record-kept")
_FORMER: Final = {f"session-{what}": f"assessment-{what}" for what in _ASSESSMENT_EVENTS}


def current_kind(kind: str) -> str:
    """Return a kind by the name it has today. Journals of before version 1.0 call an assessment ``session``."""
    return _FORMER.get(kind, kind)


def names_of_kind(kind: str) -> tuple[str, ...]:
    """Return every name that entries of a kind bear in a journal, today's first."""
    return (kind, *(former for former, today in _FORMER.items() if today == kind))


def names_of_subject(subject: str) -> tuple[str, ...]:
    """Return every name that a subject bears in a journal: ``assessment:7`` was ``session:7`` before version 1.0."""
    what, colon, which = subject.partition(":")
    return (subject, f"session:{which}") if colon and what == "assessment" else (subject,)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one subject.

    ``kind`` is a word of VOCABULARY, ``subject`` a card number, prefix, person, batch or key. Dates in ``data`` are
    ISO 8601 text, byte strings lower-case hex. Raises JournalInvalid.
    """

    kind: str
    subject: str
    data: Mapping[str, Json]

    def __post_init__(self) -> None:
        known = VOCABULARY.get(current_kind(self.kind))
        if known is None:
            raise JournalInvalid(
                f"未知的事件类型“{self.kind}”", f"{self.kind!r} is no kind of event", code="event-kind"
            )
        required, optional = known
        missing, foreign = required - self.data.keys(), self.data.keys() - required - optional
        if missing or foreign:
            raise JournalInvalid(
                f"事件 {self.kind} 缺少 {sorted(missing)}，多出 {sorted(foreign)}",
                f"event {self.kind} lacks {sorted(missing)} and should not have {sorted(foreign)}",
                code="event-data",
            )

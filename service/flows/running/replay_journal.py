"""Replay onto a restored register what the journal's mirror tells of the time after the backup.

Each entry does to the rows what it did then, as far as it holds what they need. A card that was issued after the backup
is not there to be changed: what is known of it is kept beside the register (``store.restored``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Connection

from keys.passwords import hash_password
from keys.sealing import SALT_SIZE
from keys.vault import DEFAULT_COST
from service.domain.cancellation import Correction, Decision, Proposal, parse_ground
from service.domain.card_number import CardNumber
from service.domain.engagement import NewEngagement
from service.domain.event import Event, current_kind
from service.domain.issuer import Institution
from service.domain.journal import Entry
from service.domain.jurisdiction import Contact
from service.domain.replaying import LostCard, day, follow, follow_lost, lost_card, text_of
from service.domain.validity import civil_date
from service.effects import Effects
from service.flows.issue.portraits import put_switch, withdraw_consent
from service.flows.people.accounts import random_password
from service.flows.publishing.contact import put_contact
from service.store import (
    accounts,
    cancellations,
    cards,
    copies,
    dispatches,
    dump,
    engagements,
    institutions,
    numbers,
    proposals,
    restored,
)
from service.store.errors import NotFound
from service.store.states import ProposalState

LOST: Final = "恢复备份时丢失：备份之后核发 lost in a restore: issued after the backup"
"""Why the ledger has a number that no card has."""

_FILE_LOST: Final = "附件未能恢复 the file was lost in a restore"
_SILENT: Final = frozenset(
    {
        "batch-issued",
        "application-refused",
        "cards-printed",
        "decision-refused",
        "copy-found",
        "journal-mirror-set",
        "card-confirmed",
        "cards-confirmed",
        "register-restored",
        "card-lost",
        "copy-lost",
        "status-list-published",
        "assessment-record-kept",
        "second-factor-begun",
        "user-password-rehashed",
        "facts-stated",
        "facts-restated",
    }
)
"""Kinds of entries that stand for no row but their own, or for one that comes back with another's."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the later entries came to.

    ``lost`` are the cards issued after the backup, ``lost_copies`` the copies made after it of cards that it has, with
    the live one last; ``not_replayed`` counts entries by kind whose rows are for the office to enter again.
    """

    entries: int
    lost: tuple[LostCard, ...]
    lost_copies: Mapping[CardNumber, Mapping[bytes, date | None]]
    not_replayed: Mapping[str, int]

    @property
    def copies_made(self) -> int:
        """How many places in status lists were given after the backup."""
        return sum(len(one.copies) for one in self.lost) + sum(map(len, self.lost_copies.values()))


@dataclass(slots=True)
class _Replay:
    connection: Connection
    effects: Effects
    lost: dict[str, LostCard] = field(default_factory=dict[str, LostCard])
    lost_copies: dict[CardNumber, dict[bytes, date | None]] = field(
        default_factory=dict[CardNumber, dict[bytes, date | None]]
    )
    not_replayed: Counter[str] = field(default_factory=Counter[str])


def replay_entries(connection: Connection, entries: Iterable[Entry], effects: Effects) -> Replayed:
    """Replay entries in order, and return what they came to. Raises what the store raises for a contradiction."""
    replay = _Replay(connection, effects)
    count = 0
    for entry in entries:
        count += 1
        kind = current_kind(entry.event.kind)
        handler = _HANDLERS.get(kind)
        if handler is None:
            if kind not in _SILENT:
                replay.not_replayed[kind] += 1
        elif entry.event.subject in replay.lost and kind not in _BEYOND_CARDS:
            before = replay.lost[entry.event.subject]
            after = follow_lost(before, entry.event)
            replay.lost[entry.event.subject] = after
            if kind == "card-voided":
                numbers.void_many(
                    connection, (CardNumber(entry.event.subject),), str(entry.event.data["reason"]), entry.at
                )
            if after == before:
                replay.not_replayed[kind] += 1
        else:
            handler(replay, entry)
    restored.record_lost(connection, replay.lost.values())
    restored.record_lost_copies(
        connection,
        ((number, copy_id, on) for number, made in replay.lost_copies.items() for copy_id, on in made.items()),
    )
    dump.count_on(connection)
    return Replayed(count, tuple(replay.lost.values()), replay.lost_copies, dict(replay.not_replayed))


def _issued(replay: _Replay, entry: Entry) -> None:
    card = lost_card(entry.event)
    number = CardNumber(card.number)
    by_hand = "number_reason" in entry.event.data
    numbers.record_lost(replay.connection, number, LOST, entry.at, by_hand=by_hand)
    replay.lost[card.number] = card


def _changed(replay: _Replay, entry: Entry) -> None:
    """Revoke, void or supersede a card that the backup has."""
    event, number = entry.event, CardNumber(entry.event.subject)
    card = cards.for_update(replay.connection, (number,)).get(number)
    if card is None:
        raise NotFound(f"备份中没有证卡 {number}", f"the backup has no card {number}, of which the mirror tells")
    cards.save_many(replay.connection, (follow(card, event),), day(event, "on"))
    if event.kind == "card-voided":
        numbers.void_many(replay.connection, (number,), str(event.data["reason"]), entry.at)
    if event.kind == "card-revoked":
        decision = Decision(
            parse_ground(str(event.data["ground"])),
            str(event.data["body"]),
            day(event, "decided_on"),
            str(event.data["decided_by"]),
            str(event.data["reason"]),
            _document(event),
        )
        cancellations.record_many(replay.connection, (number,), decision, entry.at)


def _replaced(replay: _Replay, entry: Entry) -> None:
    event, number = entry.event, CardNumber(entry.event.subject)
    on = day(event, "on")
    copies.end_live(replay.connection, number, on)
    made = replay.lost_copies.setdefault(number, {})
    made.update({copy_id: on for copy_id, replaced_on in made.items() if replaced_on is None})
    made[bytes.fromhex(str(event.data["copy"]))] = None


def _copy_taken(replay: _Replay, entry: Entry) -> None:
    number = CardNumber(entry.event.subject)
    copies.end_live(replay.connection, number, day(entry.event, "on"))
    restored.doubt(replay.connection, (number,), entry.at)


def _corrected(replay: _Replay, entry: Entry) -> None:
    event = entry.event
    correction = Correction(
        str(event.data["body"]),
        day(event, "on"),
        str(event.data["decided_by"]),
        str(event.data["reason"]),
        _document(event),
    )
    cancellations.record_correction(replay.connection, CardNumber(event.subject), correction, entry.at)


def _reserved(replay: _Replay, entry: Entry) -> None:
    data = entry.event.data
    first, last = int(str(data["first"])), int(str(data["last"]))
    numbers.reserve(replay.connection, entry.event.subject, first, last, str(data["reason"]), entry.at)


def _number_voided(replay: _Replay, entry: Entry) -> None:
    number, reason = CardNumber(entry.event.subject), str(entry.event.data["reason"])
    if not numbers.is_entered(replay.connection, number):
        numbers.record_lost(replay.connection, number, LOST, entry.at)
    numbers.void_many(replay.connection, (number,), reason, entry.at)
    one = replay.lost.get(number)
    if one is not None:
        voided = Event("card-voided", number, {"on": civil_date(entry.at).isoformat(), "reason": reason})
        replay.lost[number] = follow_lost(one, voided)


def _proposed(replay: _Replay, entry: Entry) -> None:
    data = entry.event.data
    if "body" not in data or "proposal" not in data:
        replay.not_replayed[entry.event.kind] += 1
        return
    proposal = Proposal(
        parse_ground(str(data["ground"])),
        str(data["body"]),
        str(data["proposed_by"]),
        str(data["reason"]),
        _document(entry.event),
    )
    proposals.add(
        replay.connection, CardNumber(entry.event.subject), proposal, entry.at, identity=int(str(data["proposal"]))
    )


def _proposal_closed(replay: _Replay, entry: Entry) -> None:
    data = entry.event.data
    declined = entry.event.kind == "revocation-proposal-declined"
    proposals.close(
        replay.connection,
        int(str(data["proposal"])),
        ProposalState.DECLINED if declined else ProposalState.DECIDED,
        civil_date(entry.at),
        str(data["decided_by"]),
        str(data["reason"]) if declined else None,
    )


def _engaged(replay: _Replay, entry: Entry) -> None:
    event = entry.event
    new = NewEngagement(
        institution=str(event.data["institution"]),
        since=day(event, "since"),
        until=day(event, "until"),
        as_internal=event.data["as_internal"] is True,
        document=text_of(event.data.get("document")),
    )
    identity = int(str(event.data["engagement"]))
    engagements.add(replay.connection, CardNumber(event.subject), new, entry.at, identity=identity)


def _engagement_ended(replay: _Replay, entry: Entry) -> None:
    data = entry.event.data
    engagements.end(replay.connection, int(str(data["engagement"])), day(entry.event, "on"), str(data["reason"]))


def _sent(replay: _Replay, entry: Entry) -> None:
    event = entry.event
    dispatches.add(
        replay.connection,
        CardNumber(event.subject),
        str(event.data["institution"]),
        day(event, "on"),
        str(event.data["authority"]),
        str(event.data.get("plan", "")),
        entry.at,
        identity=int(str(event.data["dispatch"])),
    )


def _dispatch_withdrawn(replay: _Replay, entry: Entry) -> None:
    data = entry.event.data
    dispatches.withdraw(replay.connection, int(str(data["dispatch"])), day(entry.event, "on"), str(data["reason"]))


def _institution_added(replay: _Replay, entry: Entry) -> None:
    data = entry.event.data
    new = Institution(entry.event.subject, str(data["letter"]), str(data["name"]), text_of(data.get("authority")))
    institutions.add(replay.connection, new, entry.at)


def _portrait_switch(replay: _Replay, entry: Entry) -> None:
    put_switch(replay.connection, entry.event.subject, on=entry.event.data["on"] is True)


def _contact(replay: _Replay, entry: Entry) -> None:
    put_contact(replay.connection, Contact(str(entry.event.data["zh"]), str(entry.event.data["en"])))


def _consent_withdrawn(replay: _Replay, entry: Entry) -> None:
    found = cards.get(replay.connection, CardNumber(entry.event.subject))
    if found is not None:
        withdraw_consent(replay.connection, found.card, day(entry.event, "on"))


def _account(replay: _Replay, entry: Entry) -> None:
    """Close an account, or bar its old password: whoever was shut out stays so. One made since is not there."""
    found = accounts.find(replay.connection, entry.event.subject)
    if found is None or found.disabled_at is not None:
        replay.not_replayed[entry.event.kind] += 1
        return
    match entry.event.kind:
        case "user-disabled":
            accounts.disable(replay.connection, found.id, entry.at)
        case "user-named":
            accounts.set_person_name(replay.connection, found.id, str(entry.event.data["name"]))
        case "token-revoked":
            accounts.revoke_token(replay.connection, found.id, str(entry.event.data["label"]))
        case _:  # the new password is not in the journal: nobody has the one that is set here
            password, salt = random_password(replay.effects), replay.effects.random_bytes(SALT_SIZE)
            accounts.set_password(replay.connection, found.id, hash_password(password, salt, DEFAULT_COST))
            replay.not_replayed[entry.event.kind] += 1


_HANDLERS: Final[Mapping[str, Callable[[_Replay, Entry], None]]] = {
    "card-issued": _issued,
    "card-imported": _issued,
    "card-revoked": _changed,
    "card-voided": _changed,
    "card-superseded": _changed,
    "card-status-taken": _changed,
    "card-replaced": _replaced,
    "copy-replacement-taken": _copy_taken,
    "portrait-consent-withdrawn": _consent_withdrawn,
    "portrait-in-code-set": _portrait_switch,
    "cancellation-corrected": _corrected,
    "numbers-reserved": _reserved,
    "number-voided": _number_voided,
    "revocation-proposed": _proposed,
    "revocation-proposal-decided": _proposal_closed,
    "revocation-proposal-declined": _proposal_closed,
    "engagement-made": _engaged,
    "engagement-ended": _engagement_ended,
    "dispatch-made": _sent,
    "dispatch-withdrawn": _dispatch_withdrawn,
    "institution-added": _institution_added,
    "contact-set": _contact,
    "user-disabled": _account,
    "user-named": _account,
    "user-password-set": _account,
    "token-revoked": _account,
}
_BEYOND_CARDS: Final = frozenset({"number-voided", "card-issued", "card-imported"})
"""Kinds whose subject may be the number of a lost card, and which are not of that card's life."""


def _document(event: Event) -> str | None:
    """Return the document an event names; the file itself came after the backup and is not to be had."""
    named, attached = text_of(event.data.get("document")), "attachment" in event.data
    return f"{named or ''}（{_FILE_LOST}）" if attached else named

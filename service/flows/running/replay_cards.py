"""Entries of the journal about cards and numbers, entered again after a restore."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Connection

from service.domain.cancellation import Correction, Decision, Proposal, parse_ground
from service.domain.card_number import CardNumber
from service.domain.event import Event
from service.domain.journal import Entry
from service.domain.occupation import Occupation
from service.domain.replaying import LostCard, day, follow, follow_lost, lost_card, text_of
from service.domain.validity import civil_date
from service.effects import Effects
from service.flows.issue.portraits import withdraw_consent
from service.store import (
    amendments,
    cancellations,
    cards,
    copies,
    numbers,
    proposals,
    restored,
)
from service.store.errors import NotFound
from service.store.states import ProposalState

LOST: Final = "恢复备份时丢失：备份之后核发 lost in a restore: issued after the backup"


"""Why the ledger has a number that no card has."""


_FILE_LOST: Final = "附件未能恢复 the file was lost in a restore"


@dataclass(slots=True)
class Replay:
    """What a replay has come to so far."""

    connection: Connection
    effects: Effects
    lost: dict[str, LostCard] = field(default_factory=dict[str, LostCard])
    lost_copies: dict[CardNumber, dict[bytes, date | None]] = field(
        default_factory=dict[CardNumber, dict[bytes, date | None]]
    )
    not_replayed: Counter[str] = field(default_factory=Counter[str])


def issued(replay: Replay, entry: Entry) -> None:
    """Note a card that the backup lacks."""
    card = lost_card(entry.event)
    number = CardNumber(card.number)
    by_hand = "number_reason" in entry.event.data
    numbers.record_lost(replay.connection, number, LOST, entry.at, by_hand=by_hand)
    replay.lost[card.number] = card


def changed(replay: Replay, entry: Entry) -> None:
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


def replaced(replay: Replay, entry: Entry) -> None:
    """Note the copies of a card that was replaced."""
    event, number = entry.event, CardNumber(entry.event.subject)
    on = day(event, "on")
    copies.end_live(replay.connection, number, on)
    made = replay.lost_copies.setdefault(number, {})
    made.update({copy_id: on for copy_id, replaced_on in made.items() if replaced_on is None})
    made[bytes.fromhex(str(event.data["copy"]))] = None


def amended(replay: Replay, entry: Entry) -> None:
    """Note the copy; a job type's wording stands in the entry, the other facts are for the office to enter again."""
    replaced(replay, entry)
    event, number = entry.event, CardNumber(entry.event.subject)
    worded = event.data.get("occupation")
    if isinstance(worded, Mapping):
        now = Occupation(str(worded["name"]), text_of(worded["code"]))
        amendments.reword(replay.connection, number, str(worded["before"]), now)
    replay.not_replayed[event.kind] += 1


def copy_taken(replay: Replay, entry: Entry) -> None:
    """End the copy of which a later list told."""
    number = CardNumber(entry.event.subject)
    copies.end_live(replay.connection, number, day(entry.event, "on"))
    restored.doubt(replay.connection, (number,), entry.at)


def corrected(replay: Replay, entry: Entry) -> None:
    """Enter the correction of a cancellation."""
    event = entry.event
    correction = Correction(
        str(event.data["body"]),
        day(event, "on"),
        str(event.data["decided_by"]),
        str(event.data["reason"]),
        _document(event),
    )
    cancellations.record_correction(replay.connection, CardNumber(event.subject), correction, entry.at)


def reserved(replay: Replay, entry: Entry) -> None:
    """Reserve the numbers again."""
    data = entry.event.data
    first, last = int(str(data["first"])), int(str(data["last"]))
    numbers.reserve(replay.connection, entry.event.subject, first, last, str(data["reason"]), entry.at)


def number_voided(replay: Replay, entry: Entry) -> None:
    """Void a number again."""
    number, reason = CardNumber(entry.event.subject), str(entry.event.data["reason"])
    if not numbers.is_entered(replay.connection, number):
        numbers.record_lost(replay.connection, number, LOST, entry.at)
    numbers.void_many(replay.connection, (number,), reason, entry.at)
    one = replay.lost.get(number)
    if one is not None:
        voided = Event("card-voided", number, {"on": civil_date(entry.at).isoformat(), "reason": reason})
        replay.lost[number] = follow_lost(one, voided)


def proposed(replay: Replay, entry: Entry) -> None:
    """Enter a proposed cancellation."""
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


def proposal_closed(replay: Replay, entry: Entry) -> None:
    """Close a proposal as it was closed."""
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


def consent_withdrawn(replay: Replay, entry: Entry) -> None:
    """Withdraw the consent to a portrait in the code."""
    found = cards.get(replay.connection, CardNumber(entry.event.subject))
    if found is not None:
        withdraw_consent(replay.connection, found.card, day(entry.event, "on"))


def _document(event: Event) -> str | None:
    """Return the document an event names; the file itself came after the backup and is not to be had."""
    named, attached = text_of(event.data.get("document")), "attachment" in event.data
    return f"{named or ''}（{_FILE_LOST}）" if attached else named

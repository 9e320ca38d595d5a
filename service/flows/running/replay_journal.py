"""Replay onto a restored register what the journal's mirror tells of the time after the backup.

Each entry does to the rows what it did then, as far as it holds what they need. A card that was issued after the backup
is not there to be changed: what is known of it is kept beside the register (``store.restored``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, cast

from sqlalchemy import Connection

from keys.passwords import hash_password
from keys.sealing import SALT_SIZE
from keys.vault import DEFAULT_COST
from service.domain.card_number import CardNumber
from service.domain.card_text import Wording, holding, with_texts
from service.domain.engagement import NewEngagement
from service.domain.event import current_kind
from service.domain.filing import Change, Fact, FiledJob
from service.domain.issuer import Institution
from service.domain.journal import Entry
from service.domain.jurisdiction import Contact, parse_jurisdiction
from service.domain.kinds import SkillLevel
from service.domain.replaying import LostCard, day, follow_lost, text_of
from service.effects import Effects
from service.flows.issue.portraits import put_switch
from service.flows.people.accounts import random_password
from service.flows.publishing.catalogue import put_additions
from service.flows.publishing.contact import put_contact
from service.flows.register import META_JURISDICTION
from service.flows.running.replay_cards import (
    Replay,
    amended,
    changed,
    consent_withdrawn,
    copy_taken,
    corrected,
    issued,
    number_voided,
    proposal_closed,
    proposed,
    replaced,
    reserved,
)
from service.store import (
    accounts,
    authorities,
    dispatches,
    dump,
    engagements,
    institutions,
    meta,
    numbers,
    restored,
    wordings,
)

_SILENT: Final = frozenset(
    {
        "batch-issued",
        "counter-move-confirmed",
        "application-refused",
        "card-reported",
        "card-report-closed",
        "printer-set",
        "printer-removed",
        "printing-at-centre-set",
        "decision-refused",
        "copy-found",
        "journal-mirror-set",
        "device-invited",
        "webhook-disabled",
        "webhook-replayed",
        "webhook-enabled",
        "sign-ins-ended",
        "card-confirmed",
        "cards-confirmed",
        "register-restored",
        "register-moved",
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


def replay_entries(connection: Connection, entries: Iterable[Entry], effects: Effects) -> Replayed:
    """Replay entries in order, and return what they came to. Raises what the store raises for a contradiction."""
    replay = Replay(connection, effects)
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


def _engaged(replay: Replay, entry: Entry) -> None:
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


def _engagement_ended(replay: Replay, entry: Entry) -> None:
    data = entry.event.data
    engagements.end(replay.connection, int(str(data["engagement"])), day(entry.event, "on"), str(data["reason"]))


def _sent(replay: Replay, entry: Entry) -> None:
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


def _dispatch_withdrawn(replay: Replay, entry: Entry) -> None:
    data = entry.event.data
    dispatches.withdraw(replay.connection, int(str(data["dispatch"])), day(entry.event, "on"), str(data["reason"]))


def _institution_added(replay: Replay, entry: Entry) -> None:
    data = entry.event.data
    new = Institution(entry.event.subject, str(data["letter"]), str(data["name"]), text_of(data.get("authority")))
    institutions.add(replay.connection, new, entry.at)


def _institution_changed(replay: Replay, entry: Entry) -> None:
    data = entry.event.data
    one = Change(Fact(str(data["fact"])), text_of(data.get("value")), day(entry.event, "on"), str(data["reason"]))
    institutions.change(replay.connection, entry.event.subject, one, entry.at)


def _texts_set(replay: Replay, entry: Entry) -> None:
    """Enter the words of cards as they were made then: of those that held on their day, these texts put otherwise."""
    own = parse_jurisdiction(meta.get(replay.connection, META_JURISDICTION) or "").card
    data, on = entry.event.data, day(entry.event, "on")
    before = holding(own, wordings.entered(replay.connection), on).text
    text = with_texts(before, cast("dict[str, str]", data["texts"]))
    number = int(entry.event.subject.partition(":")[2])
    new = Wording(number, text, on, str(data["reason"]), entry.actor, entry.at)
    wordings.add(replay.connection, new, entry.at)


def _job_filed(replay: Replay, entry: Entry) -> None:
    data = entry.event.data
    levels = frozenset(map(SkillLevel, cast("list[str]", data["levels"])))
    job = FiledJob(str(data["occupation"]), levels, day(entry.event, "on"), str(data["reason"]))
    institutions.file(replay.connection, entry.event.subject, job, entry.at)


def _occupations_added(replay: Replay, entry: Entry) -> None:
    put_additions(replay.connection, cast("dict[str, str]", entry.event.data["occupations"]))


def _authority_added(replay: Replay, entry: Entry) -> None:
    authorities.add(replay.connection, entry.event.subject, entry.at)


def _portrait_switch(replay: Replay, entry: Entry) -> None:
    put_switch(replay.connection, entry.event.subject, on=entry.event.data["on"] is True)


def _contact(replay: Replay, entry: Entry) -> None:
    put_contact(replay.connection, Contact(str(entry.event.data["zh"]), str(entry.event.data["en"])))


def _account(replay: Replay, entry: Entry) -> None:
    """Close an account, or bar its old password: whoever was shut out stays so. One made since is not there."""
    found = accounts.find(replay.connection, entry.event.subject)
    is_shut = found is not None and found.disabled_at is not None
    if found is None or is_shut != (entry.event.kind == "user-enabled"):
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
            hashed = hash_password(password, salt, DEFAULT_COST)
            (accounts.enable if is_shut else accounts.set_password)(replay.connection, found.id, hashed)
            replay.not_replayed[entry.event.kind] += 1


_HANDLERS: Final[Mapping[str, Callable[[Replay, Entry], None]]] = {
    "card-issued": issued,
    "card-imported": issued,
    "card-revoked": changed,
    "card-voided": changed,
    "card-superseded": changed,
    "card-status-taken": changed,
    "card-replaced": replaced,
    "card-amended": amended,
    "copy-replacement-taken": copy_taken,
    "portrait-consent-withdrawn": consent_withdrawn,
    "portrait-in-code-set": _portrait_switch,
    "cancellation-corrected": corrected,
    "numbers-reserved": reserved,
    "number-voided": number_voided,
    "revocation-proposed": proposed,
    "revocation-proposal-decided": proposal_closed,
    "revocation-proposal-declined": proposal_closed,
    "engagement-made": _engaged,
    "engagement-ended": _engagement_ended,
    "dispatch-made": _sent,
    "dispatch-withdrawn": _dispatch_withdrawn,
    "institution-added": _institution_added,
    "institution-changed": _institution_changed,
    "job-filed": _job_filed,
    "occupations-added": _occupations_added,
    "authority-added": _authority_added,
    "contact-set": _contact,
    "card-texts-set": _texts_set,
    "user-disabled": _account,
    "user-enabled": _account,
    "user-named": _account,
    "user-password-set": _account,
    "token-revoked": _account,
}
_BEYOND_CARDS: Final = frozenset({"number-voided", "card-issued", "card-imported"})
"""Kinds whose subject may be the number of a lost card, and which are not of that card's life."""

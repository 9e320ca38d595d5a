"""Plan sessions of assessment (场次), check their people, and call the roll (督§13, §15, 督附1; 考§6, §14, §15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from service.domain.access import Principal, Role
from service.domain.card_number import CardNumber
from service.domain.event import Event, Json
from service.domain.fact import KEY_BYTES
from service.domain.issuer import CENTRE, Institution
from service.domain.problem import Problem
from service.domain.session import (
    Attendee,
    Composition,
    Declared,
    NewPerson,
    NewSession,
    SessionRefused,
    Stage,
    check_plan,
    compose,
    plan_refused,
)
from service.domain.session import Role as SessionRole
from service.domain.tidy import tidy_name
from service.domain.validity import SHANGHAI, civil_date
from service.domain.verdict_words import Word
from service.flows.assessments.session_people import People
from service.flows.errors import Refused
from service.flows.people.engagements import registered_institution
from service.flows.register import Register
from service.store import assessments, cards, institutions, journal, people
from service.store.assessments import Arrival, StoredSession

CLOCKS_DIFFER: Final = timedelta(minutes=10)
"""By how much a device at the door may be ahead of the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody called at the door: one of the plan by ``Attendee.person``, or the number of a card, or a name.

    The rest is as in ``Arrival``.
    """

    nonce: bytes
    role: SessionRole
    came_at: datetime
    person: str | None = None
    number: CardNumber | None = None
    copy: bytes | None = None
    name: str = ""
    verdict: Word | None = None
    is_holder: bool | None = None
    declared: Declared | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session with its people and what the rules say of its plan, and of who has come."""

    held: StoredSession
    place: Institution
    planned: tuple[Attendee, ...]
    called: tuple[Attendee, ...]
    plan_check: Composition
    roll_call: Composition

    @property
    def has_been_called(self) -> bool:
        """Return whether anybody has come."""
        return any(one.came_at is not None for one in self.called)


def plan_session(
    register: Register, new: NewSession, *, replaces: int | None = None, body: str | None = None, actor: str
) -> int:
    """Enter a session and give its id; with ``replaces`` it takes the place of one that is cancelled with it.

    Whether its people are enough is not asked here: a plan is entered as it stands and looked at. ``body`` is who
    plans: an institution its own sessions, the centre (or None) any. Raises SessionRefused with all that speaks
    against the plan, Refused for another body, an unknown institution or session.
    """
    now, today = register.effects.now(), register.effects.today()
    check_plan(new, today)
    with register.database.write() as connection:
        place = registered_institution(connection, new.session.institution)
        _check_body(place, body)
        rows = _rows(register, connection, new.people)
        key = register.effects.random_bytes(KEY_BYTES)
        identity = assessments.add(connection, new.session, new.plan.strip(), new.place.strip(), now, key)
        assessments.add_people(connection, identity, rows)
        data: dict[str, Json] = {
            "institution": place.code,
            "on": new.session.on.isoformat(),
            "numbers": [str(one.number) for one in new.people if one.number is not None],
            "people": len(new.people),
        }
        events = [Event("session-planned", subject_of(identity), data)]
        if replaces is not None:
            data["replaces"] = replaces
            reason = f"由场次 {identity} 代替"
            events.insert(0, _cancel(connection, replaces, body, today, reason))
        journal.append_many(connection, now, actor, events)
    return identity


def cancel_session(
    register: Register, identity: int, *, reason: str, body: str | None = None, actor: str
) -> StoredSession:
    """Note that a session is not held. Raises Refused for an unknown or a cancelled one, another body, no reason."""
    now, today = register.effects.now(), register.effects.today()
    if not reason.strip():
        raise Refused("session-cancel-reason", "取消场次须写明原因", "say why the session is not held")
    with register.database.write() as connection:
        journal.append_many(connection, now, actor, (_cancel(connection, identity, body, today, reason.strip()),))
        found = assessments.get(connection, identity)
    assert found is not None  # which has just been cancelled
    return found


def list_sessions(
    register: Register, *, institution: str | None = None, on: date | None = None, by: Principal | None = None
) -> tuple[tuple[StoredSession, Institution], ...]:
    """List sessions, the latest first: an institution its own, a district those of the institutions it keeps."""
    with register.database.read() as connection:
        places = {place.code: place for place in institutions.all_of(connection)}
        wanted = institution if by is None or by.sees_institution is None else by.sees_institution
        found = assessments.all_of(connection, wanted, on)
    return tuple(
        (one, places[one.session.institution])
        for one in found
        if by is None or _sees(by, places[one.session.institution])
    )


def read_session(register: Register, identity: int, by: Principal | None = None) -> SessionView:
    """Read a session with its people, and judge them. Raises Refused for one that is not there, or not one's own."""
    with register.database.read() as connection:
        held = assessments.get(connection, identity)
        place = None if held is None else institutions.get(connection, held.session.institution)
        if held is None or place is None or (by is not None and not _sees(by, place)):
            raise no_such_session(identity)
        who = People(register, connection, held, place)
        planned, called = who.planned(), who.called()
    return SessionView(
        held,
        place,
        planned,
        called,
        compose(held.session, planned, Stage.PLAN),
        compose(held.session, called, Stage.ROLL_CALL),
    )


def call_roll(
    register: Register,
    identity: int,
    calls: Sequence[Call],
    *,
    by: Principal | None = None,
    actor: str,
) -> SessionView:
    """Take down who has come, each once by its nonce, and judge those there.

    Raises Refused for a session that is not there or not one's own, SessionRefused for one that is cancelled, an
    arrival on another day, in the future, or of nobody: then none is taken.
    """
    held = read_session(register, identity, by).held
    now = register.effects.now()
    if held.cancelled_on is not None:
        raise SessionRefused(
            f"场次 {identity} 已于 {held.cancelled_on} 取消：{held.cancel_reason}",
            f"session {identity} has been cancelled on {held.cancelled_on}: {held.cancel_reason}",
            code="session-cancelled",
        )
    with register.database.write() as connection:
        who = People(register, connection, held, registered_institution(connection, held.session.institution))
        arrivals = [_arrival(held, who, one, now) for one in calls]
        account = None if by is None else by.account_id
        new = assessments.take(connection, identity, arrivals, account, now)
        if new:
            data: dict[str, Json] = {
                "came": len(new),
                "numbers": [one.number for one in new if one.number is not None],
            }
            journal.append_many(connection, now, actor, (Event("session-roll-called", subject_of(identity), data),))
    return read_session(register, identity, by)


def subject_of(identity: int) -> str:
    """Name a session in the journal."""
    return f"session:{identity}"


def no_such_session(identity: int) -> Refused:
    """Report that there is no session with an id, or none that the current_principal sees."""
    return Refused("no-such-session", f"没有编号为 {identity} 的场次", f"there is no session {identity}")


def _arrival(held: StoredSession, who: People, call: Call, now: datetime) -> Arrival:
    if call.came_at > now + CLOCKS_DIFFER:
        raise SessionRefused(
            "到场时间晚于现在，请核对设备时钟",
            "somebody is said to have come later than now: check the device's clock",
            code="session-future",
        )
    if civil_date(call.came_at) != held.session.on:
        came = call.came_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        raise SessionRefused(
            f"到场时间 {came} 不在场次当日（{held.session.on}）",
            f"somebody came at {came}, which is not on the session's day, {held.session.on}",
            code="session-day",
        )
    planned = None if call.person is None else who.find(call.person, call.role, call.number)
    if call.person is not None and planned is None:
        raise SessionRefused(
            f"场次 {held.id} 的计划中没有此人（{call.person}，{call.role.zh}）",
            f"session {held.id} plans nobody {call.person} as {call.role.en}",
            code="session-person",
        )
    if planned is None and call.number is None and not tidy_name(call.name):
        raise SessionRefused(
            "点名须有计划人员、证卡编号或姓名",
            "say who has come: somebody of the plan, a card number, or a name",
            code="session-person",
        )
    return Arrival(
        nonce=call.nonce,
        role=call.role,
        planned=planned,
        number=call.number,
        copy=call.copy,
        name=tidy_name(call.name),
        verdict=None if call.verdict is None else call.verdict.value,
        is_holder=call.is_holder,
        declared=call.declared,
        offline=call.offline,
        came_at=call.came_at,
    )


def _check_body(place: Institution, body: str | None) -> None:
    if body not in {None, CENTRE, place.code}:
        raise Refused("session-body", "机构只能安排本机构的场次", "an institution plans its own sessions only")


def _cancel(connection: Connection, identity: int, body: str | None, on: date, reason: str) -> Event:
    found = assessments.get(connection, identity, lock=True)
    if found is None:
        raise no_such_session(identity)
    _check_body(registered_institution(connection, found.session.institution), body)
    if found.cancelled_on is not None:
        raise Refused(
            "session-cancelled",
            f"场次 {identity} 已于 {found.cancelled_on} 取消",
            f"session {identity} has been cancelled on {found.cancelled_on}",
        )
    assessments.cancel(connection, identity, on, reason)
    return Event("session-cancelled", subject_of(identity), {"on": on.isoformat(), "reason": reason})


def _rows(register: Register, connection: Connection, new: Sequence[NewPerson]) -> list[dict[str, object]]:
    """Look everybody up: card holders by number, others by identity number where it is given."""
    rows: list[dict[str, object]] = []
    problems: list[Problem] = []
    for place, one in enumerate(new, start=1):
        blind = None if one.resident_id is None else register.blind.of(one.resident_id)
        person = None if blind is None else people.ids(connection, [blind]).get(blind)
        name = one.name
        if one.number is not None:
            record = cards.get(connection, one.number)
            if record is None:
                problems.append(_unknown_card(place, one.number))
                continue
            if person is not None and person != record.card.person:
                problems.append(_not_the_holder(place, one.number))
            person, name, blind = record.card.person, record.card.name, None
        rows.append(
            {
                "role": one.role.value,
                "number": None if one.number is None else str(one.number),
                "person_id": person,
                "blind_index": None if person is not None else blind,
                "name": tidy_name(name),
                "declared": None if one.declared is None else one.declared.value,
            }
        )
    if problems:
        raise plan_refused(tuple(problems))
    return rows


def _unknown_card(place: int, number: CardNumber) -> Problem:
    return Problem(
        "session-card-unknown",
        "people",
        "",
        f"第 {place} 人：登记库中没有证卡 {number}",
        f"person {place}: there is no card {number} in the register",
    )


def _not_the_holder(place: int, number: CardNumber) -> Problem:
    return Problem(
        "session-holder",
        "people",
        "",
        f"第 {place} 人：所填身份证号不是证卡 {number} 持证人的",
        f"person {place}: the identity number is not that of the holder of card {number}",
    )


def _sees(by: Principal, place: Institution) -> bool:
    account = by.account
    if account.role is Role.DISTRICT:
        return place.authority is not None and tidy_name(place.authority) == tidy_name(account.district or "")
    return account.institution in {None, place.code}

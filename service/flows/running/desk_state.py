"""How the service itself stands, for those who see to it: keys, status lists, clock, the journal's mirror."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from keys.keyring import KeyState, Purpose
from service.domain.access import Permission, Principal
from service.flows.register import Register
from service.flows.running.backups import last_backup
from service.flows.running.clock import clock_state
from service.store import accounts, status_lists


@dataclass(frozen=True, slots=True)
class DeskState:
    """How the service stands today.

    ``keys_until``: by purpose the last day of the active key, None without one. ``list_age``: since the oldest status
    list was signed, None where none is. ``accounts``: those that may sign in. ``mirror_behind``: None without a mirror.
    ``backup_at``: when the last backup was made from this data folder, None where none is known.
    """

    keys_until: dict[Purpose, date | None]
    list_age: timedelta | None
    is_clock_alarm: bool
    accounts: int
    mirror_behind: bool | None
    backup_at: datetime | None

    @property
    def first_key(self) -> date | None:
        """The day by which a key is to be rotated first."""
        days = self.keys_until.values()
        return None if None in days else min(filter(None, days))


def sees_state(principal: Principal) -> bool:
    """Return whether somebody sees to the service: the centre, and its administrator."""
    return principal.may(Permission.READ_METRICS) or principal.may(Permission.KEEP_BODIES)


def desk_state(register: Register) -> DeskState:
    """Read how the service stands, on one snapshot of the register."""
    now, today = register.effects.now(), register.effects.today()
    with register.database.read() as connection:
        keys = register.trusted_keys(connection).document.keys
        signed = [one.published for one in status_lists.standings(connection)]
        clock = clock_state(register, connection)
        may_sign_in = sum(one.disabled_at is None for one in accounts.all_of(connection))
    until: dict[Purpose, date | None] = {}
    for purpose in Purpose:
        days = [one.signs_until for one in keys if one.purpose is purpose and one.state is KeyState.ACTIVE]
        until[purpose] = max((day for day in days if day >= today), default=None)
    ages = [now.timestamp() - one.iat for one in signed if one is not None]
    mirror = register.mirror.last
    return DeskState(
        until,
        timedelta(seconds=max(0, *ages)) if ages else None,
        clock.is_alarm,
        may_sign_in,
        None if mirror.folder is None else mirror.is_behind,
        last_backup(register),
    )

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from service.domain.access_record import Access, Act
from service.flows.errors import Refused
from service.flows.people.access_records import forget_accesses, keep_days, seek_accesses, set_keep_days
from service.store import access_records
from service.store.errors import AppendOnly
from service.store.tables import access_record
from tests.flows.office import ACTOR, Office
from tests.flows.people_at_work import NETWORK


def test_the_record_is_added_to_and_forgotten_in_its_time_only(office: Office) -> None:
    """网络安全法§21: for six months at least."""
    register = office.register
    with pytest.raises(Refused) as refused:
        set_keep_days(register, 100, ACTOR)
    assert refused.value.code == "access-days"
    set_keep_days(register, 200, ACTOR)
    assert keep_days(register) == 200
    access, now = Access(act=Act.SIGN_IN, ground="password", network=NETWORK), office.effects.now()
    for keep_until in (date(2020, 1, 1), office.today + timedelta(days=20_000)):
        with register.database.write() as connection:
            access_records.add(connection, access, "user:x", now, keep_until)
    for statement in (update(access_record).values(actor="user:y"), delete(access_record)):
        with pytest.raises(AppendOnly), register.database.write() as connection:
            connection.execute(statement)
    assert seek_accesses(register, until=datetime.fromisoformat("2099-01-01T00:00:00+08:00")).total == 2
    assert forget_accesses(register) == 1
    office.clock.now += timedelta(days=30_000)  # a clock that runs ahead deletes nothing that the database holds to
    assert forget_accesses(register) == 0
    assert seek_accesses(register).total == 1

"""The catalogue grows while the service runs: in every process, in the bundle, and after a restore."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.domain.journal import parse_entry
from service.domain.occupation import CatalogueInvalid
from service.domain.verdict_words import Word
from service.flows.publishing.catalogue import add_occupations, list_occupations
from service.flows.publishing.publish import bundle
from service.flows.running.audit import audit, export_journal
from service.flows.running.replay_journal import replay_entries
from service.store import journal
from tests.flows.office import ACTOR, Office, applicant, make_office, reopened

NEW = (("4-14-02-99", "健康照护评估师"),)
JOB = {"occupations": "4-14-02-99 健康照护评估师", "qualification_occupation": None}


def test_what_is_added_is_known_at_once_to_every_process(lite: Office) -> None:
    """考§9: its card carries the code, and reads with the name, online and from the bundle."""
    other = reopened(lite.settings.data, lite.settings.database_url)
    assert other.register.catalogue.name_of(NEW[0][0]) is None
    before = bundle(lite.register).body
    assert add_occupations(lite.register, NEW, ACTOR) == dict(NEW)
    assert add_occupations(lite.register, NEW, ACTOR) == {}
    assert other.register.catalogue.name_of(NEW[0][0]) == NEW[0][1]
    assert list_occupations(other.register, "照护评估") == dict(NEW)
    other.register.close()
    number = lite.issue_one(applicant("standard", 1, **JOB))
    assert [(one.name, one.code) for one in lite.card(number).occupations] == [(NEW[0][1], NEW[0][0])]
    assert lite.check(number) is Word.VALID
    after = bundle(lite.register).body
    assert (NEW[0][1].encode() in before, NEW[0][1].encode() in after) == (False, True)
    assert audit(lite.register).faults == ()


def test_a_conflicting_file_adds_nothing_and_a_card_keeps_its_words(lite: Office) -> None:
    number = lite.issue_one(applicant("standard", 1))
    (held,) = lite.card(number).occupations
    events = len(lite.events())
    with pytest.raises(CatalogueInvalid) as refused:
        add_occupations(lite.register, (*NEW, (str(held.code), "另一个职业")), ACTOR)
    assert held.name in refused.value.zh
    assert "另一个职业" in refused.value.zh
    assert len(lite.events()) == events
    assert lite.register.catalogue.name_of(NEW[0][0]) is None
    assert lite.card(number).occupations == (held,)


def test_additions_are_replayed_from_the_journal(lite: Office, tmp_path: Path) -> None:
    known = len(lite.events())
    add_occupations(lite.register, NEW, ACTOR)
    add_occupations(lite.register, (("4-14-02-98", "另一个新职业"),), ACTOR)
    entries = [parse_entry(entry) for entry in export_journal(lite.register)][known:]
    other = make_office(tmp_path, f"sqlite:///{tmp_path}/other.db")
    with other.register.database.write() as connection:
        assert replay_entries(connection, entries, lite.effects).not_replayed == {}
        journal.restate(connection, lite.effects.now(), ACTOR, "test")
    assert other.register.catalogue.names == lite.register.catalogue.names
    other.register.close()

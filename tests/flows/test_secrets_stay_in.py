from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from cardlayout.render import Job
from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.cards.print_cards import Printing, print_cards
from service.flows.checking.lookup import lookup
from service.flows.checking.verify_offline import Memory, open_bundle
from service.flows.issue.import_cards import import_cards
from service.flows.keys.key_ceremony import unlock_root
from service.flows.publishing.publish import bundle
from service.flows.register import open_register
from service.flows.running.audit import export_journal, signed_head
from service.flows.running.back_up import back_up
from service.flows.running.set_up import ROOT_FILE
from service.settings import Settings
from service.store import cards, copies
from service.store.cards import CardRecord
from tests.flows.office import (
    ACTOR,
    PASSPHRASE,
    ROOT_PASSPHRASE,
    Office,
    applicant,
    name_of,
    one_of_each,
    photo,
    photos_of,
    resident_id,
)
from tests.flows.test_import_cards import earlier

PHONE = "13912345678"
PEOPLE = range(1, 30)


@pytest.fixture(autouse=True)
def everything_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The most talkative settings; at DEBUG SQLAlchemy shows the rows it reads, which nobody can hide."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "sqlalchemy.engine")


def secrets(office: Office, texts: list[str]) -> list[str]:
    """All that may stand in no log: identity numbers, telephone, passphrase, and credentials in every spelling."""
    with office.register.database.read() as connection:
        numbers = [card.number for card in cards.every(connection)]
        found = [copies.find_live(connection, number) for number in numbers]
    credentials = [one.copy.credential for one in found if one is not None]
    return [
        *map(resident_id, PEOPLE),
        PHONE,
        PASSPHRASE.decode(),
        ROOT_PASSPHRASE.decode(),
        *(text.partition("#")[2][:41] for text in texts),
        *(credential.hex()[:60] for credential in credentials),
        *(repr(credential)[2:40] for credential in credentials),
    ]


def told(error: BaseException) -> str:
    """What a log or a console shows of an error, with its causes."""
    return "".join(traceback.format_exception(error))


def test_no_use_case_logs_or_tells_a_secret(
    office: Office, caplog: pytest.LogCaptureFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = open_register(office.settings, office.effects)  # an engine made while everything is logged
    office.register.close()
    office.register = register
    rows = (
        *one_of_each(),
        applicant("external", 6, phone=PHONE, score=59),
        applicant("external", 7, phone=PHONE),
        applicant("external", 8, name="王\U00031350"),
        applicant("standard", 7, hr_staff="是"),
        applicant("external", 9, row=30, resident_id=resident_id(9)[:-1] + "?"),
        applicant("external", 1, row=31, photo=f"{resident_id(1)}.png"),
    )
    strays = photos_of(*rows, **{resident_id(20): photo(), f"{resident_id(21)} 副本": b"no picture"})
    outcome = office.issue(*rows, photos=strays, key="K")
    assert outcome.refused
    assert outcome.unused_photos
    issued = [CardNumber(row.number or "") for row in outcome.issued]
    texts = [office.text(number) for number in issued]
    office.issue(*rows, photos=strays, key="K")
    for text in (*texts, texts[0][:-1], resident_id(1), f"https://zk.example.cn/1#{resident_id(1)}"):
        office.verdict(text)
    lookup(register, issued[3], name_of(4))
    imported = import_cards(register, [earlier(11, "R50250001", phone=PHONE), earlier(12, "R50250001")], ACTOR)
    assert imported.refused
    import_cards(register, [earlier(11, "R50250001", phone=PHONE)], ACTOR)
    replace_card(register, issued[3], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    revoke_card(
        register, issued[1], RevocationRequest(ground="考§21(4)", reason="错判", decided_by="王主任"), By(ACTOR)
    )
    void_number(register, issued[2], VoidRequest(reason="印错"), By(ACTOR))
    print_cards(register, Printing(issued[3:], Job("证卡")), io.BytesIO(), actor=ACTOR)
    office.rotate()
    open_bundle(bundle(register).body, Memory(), office.clock.now).verify(texts[0], office.clock.now)
    back_up(register, tmp_path / "register.zip")
    shown = "\n".join(
        (
            caplog.text,
            *capsys.readouterr(),
            repr(outcome),
            repr(imported),
            repr(signed_head(register)),
            repr(register.vault),
            repr(register.settings),
            repr(rows),
            b"\n".join(export_journal(register)).decode(),
        )
    )
    assert "INSERT INTO card" in caplog.text, "the database's statements are logged in this test"
    assert [secret for secret in secrets(office, texts) if secret in shown] == []
    assert [row.name for row in outcome.issued if row.name in caplog.text] == []


def failures(office: Office, folder: Path) -> dict[str, Callable[[], object]]:
    """Errors from every room, each with a secret near at hand."""
    register = office.register
    number = office.issue_one(applicant("external", 1, phone=PHONE))
    with register.database.read() as connection:
        found, record = copies.find_live(connection, number), cards.get(connection, number)
    assert found is not None
    assert record is not None

    def insert_again(what: str) -> None:
        register.database.needs_entries = False  # past the use cases
        with register.database.write() as connection:
            if what == "copy":
                copies.insert_many(connection, [found.copy])
            else:
                cards.insert_many(connection, [CardRecord(card=record.card, application={"id": 1})], office.clock.now)

    def open_vault_of(settings: Settings) -> None:
        with open_register(settings, office.effects) as other:
            assert other.vault

    wrong = Settings(office.settings.data, office.settings.database_url, passphrase=PASSPHRASE + b"!")
    return {
        "scope taken": lambda: import_cards(register, [earlier(1, "R50250001", phone=PHONE)], ACTOR),
        "copy taken": lambda: insert_again("copy"),
        "card taken": lambda: insert_again("card"),
        "wrong passphrase": lambda: open_vault_of(wrong),
        "wrong root": lambda: unlock_root(register, folder / ROOT_FILE, ROOT_PASSPHRASE[:-1]),
        "wrong address": lambda: open_register(
            Settings(office.settings.data, "mysql://u:correct horse battery staple@h/n"), office.effects
        ),
        "reused key": lambda: (
            office.issue(applicant("external", 2), key="K"),
            office.issue(applicant("external", 3), key="K"),
        ),
    }


@pytest.mark.parametrize(
    "what",
    ["scope taken", "copy taken", "card taken", "wrong passphrase", "wrong root", "wrong address", "reused key"],
)
def test_no_error_tells_a_secret(office: Office, what: str, caplog: pytest.LogCaptureFixture) -> None:
    provoke = failures(office, office.settings.data)[what]
    texts = [office.text(CardNumber("R50260001"))]
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, it must not tell
        provoke()
    shown = told(caught.value) + caplog.text
    assert [secret for secret in secrets(office, texts) if secret in shown] == []

"""What the running service does by itself."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path

import pytest

from service.counters import REGISTRY
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.flows.cards.card_requests import VoidRequest
from service.flows.cards.lifecycle import void_number
from service.flows.register import Register
from service.flows.running import mirror_files
from service.flows.running.journal_mirror import set_mirror
from service.keeper import keeping
from service.store import status_lists
from service.store.status_lists import Standing
from tests.flows.office import ACTOR, Office, applicant, make_office

STEPS = 1200
STEP_S = 0.05


@pytest.fixture
def office(tmp_path: Path) -> Office:
    folder = tmp_path / "data"
    return make_office(folder, f"sqlite:///{folder / 'register.db'}")


def failures() -> tuple[float, float]:
    """How often publishing has failed in this process, and signing for a status list."""
    work = REGISTRY.get_sample_value("zhengka_background_failures_total", {"work": "publish"})
    signing = REGISTRY.get_sample_value("zhengka_signings_failed_total", {"purpose": "status"})
    assert work is not None, "what has not failed yet is told as 0"
    assert signing is not None
    return work, signing


def standing(register: Register) -> Standing:
    with register.database.read() as connection:
        (found,) = status_lists.standings(connection, 1)
    return found


async def until_published(register: Register) -> Standing:
    """Wait until nothing is left to sign."""
    for _ in range(STEPS):
        found = standing(register)
        if found.published is not None and not found.changed:
            return found
        await asyncio.sleep(STEP_S)
    pytest.fail("the list is not signed")


def test_lists_are_signed_with_nobody_asking_and_a_head_goes_to_the_mirror(office: Office, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    set_mirror(office.register.database, office.register.effects, office.register.mirror, mirror, ACTOR)
    number = office.issue_one(applicant("external", 1))

    async def running() -> tuple[Standing, Standing]:
        async with keeping(office.register, STEP_S):
            first = await until_published(office.register)
            void_number(office.register, CardNumber(number), VoidRequest(reason="印错"), By(ACTOR))
            return first, await until_published(office.register)

    first, second = asyncio.run(running())
    assert first.published is not None
    assert second.published is not None
    assert second.published.iat > first.published.iat
    assert len(list(mirror_files.heads(mirror))) == 1
    office.register.close()


def test_a_failure_is_logged_without_data_and_tried_again(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.issue_one(applicant("external", 1, name="欧阳娜娜"))
    sealed = office.settings.data / "vault.sealed"
    aside = office.settings.data / "vault.aside"
    office.register.close()
    register = office.open()
    before = failures()
    shutil.move(sealed, aside)

    async def running() -> Standing:
        async with keeping(register, STEP_S):
            for _ in range(STEPS):
                if "could not publish" in caplog.text:
                    break
                await asyncio.sleep(STEP_S)
            shutil.move(aside, sealed)
            return await until_published(register)

    with caplog.at_level(logging.ERROR, logger="zhengka.keeper"):
        assert asyncio.run(running()).published is not None
    assert "could not publish" in caplog.text
    assert all(now > then for now, then in zip(failures(), before, strict=True)), "counted, as work and as a signature"
    assert "欧阳娜娜" not in caplog.text
    assert str(office.settings.data) not in caplog.text
    register.close()

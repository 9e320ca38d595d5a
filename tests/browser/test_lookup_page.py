"""The public lookup in a browser, with scripts and without: they are not needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Watch, follow_enter
from tests.browser.conftest import Opener
from tests.browser.desks import forget_tries
from tests.browser.eyes import has_no_barriers
from tests.browser.office import BrowserOffice

with_and_without_scripts = pytest.mark.parametrize("has_script", [True, False], ids=["with scripts", "without"])


def ask(page: Page, number: str, name: str) -> None:
    page.locator("#number").fill(number)
    page.locator("#name").fill(name)
    follow_enter(page)
    page.locator("[role=status], [role=alert], [aria-invalid]").first.wait_for()


@with_and_without_scripts
def test_number_and_name_are_answered_with_the_name_masked(
    opened: Opener, office: BrowserOffice, *, has_script: bool
) -> None:
    page, watch = opened(java_script_enabled=has_script)
    for kind in ("valid", "revoked"):
        specimen = office.specimens[kind]
        page.goto("/lookup")
        ask(page, specimen.number.lower(), specimen.name)
        answer = page.locator("[role=status]")
        assert answer.get_attribute("data-verdict") == kind
        text = answer.inner_text()
        assert specimen.number in text
        assert specimen.name not in text
        assert specimen.name[0] in text
        if has_script:
            has_no_barriers(page)
    watch.clean()


@with_and_without_scripts
def test_a_wrong_name_and_no_such_card_are_one_and_the_same_page(
    opened: Opener, office: BrowserOffice, *, has_script: bool
) -> None:
    page, watch = opened(java_script_enabled=has_script)
    pages = []
    for number in (office.specimens["valid"].number, "26310029876"):
        page.goto("/lookup")
        ask(page, number, "赵钱孙")
        assert page.locator("[role=status]").get_attribute("data-verdict") == "none"
        expect(page.locator("#number"), "it need not be typed again").to_have_value(number)
        pages.append(page.content().replace(number, "…"))
    assert pages[0] == pages[1]
    if has_script:
        has_no_barriers(page)
    watch.clean(404)


def test_what_is_no_number_is_told_beside_the_field(opened: Opener) -> None:
    page, watch = opened()
    page.goto("/lookup?lang=en")
    ask(page, "4711", "赵钱孙")
    field = page.locator("#number")
    assert field.get_attribute("aria-invalid") == "true"
    described = str(field.get_attribute("aria-describedby")).split()
    assert "number-wrong" in described
    expect(page.locator("#number-wrong")).to_be_visible()
    has_no_barriers(page)
    watch.clean(400)


@pytest.fixture
def patient(opened: Opener, office: BrowserOffice) -> Iterator[tuple[Page, Watch]]:
    """A page, at a time when nobody has asked; for those who come next it is so again."""

    def wait() -> None:
        with office.office.open() as register:
            forget_tries(register)

    wait()
    yield opened()
    wait()


def test_whoever_has_asked_too_often_is_told_how_to_go_on(patient: tuple[Page, Watch], office: BrowserOffice) -> None:
    page, watch = patient
    number = office.specimens["revoked"].number
    page.goto("/lookup")
    for _ in range(40):
        ask(page, number, "赵钱孙")
        if page.locator("[role=alert]").count():
            break
    alert = page.locator("[role=alert]")
    expect(alert).to_be_visible()
    expect(alert.locator("a[href='/scan']")).to_be_visible()
    expect(page.locator("#number")).to_have_value(number)
    has_no_barriers(page)
    digits = office.specimens["valid"].digits
    page.goto(f"/1#{digits}")
    expect(page.locator(".vd")).to_have_attribute("data-verdict", "valid")  # the code is answered all the same
    watch.clean(404, 429)

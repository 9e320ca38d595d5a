"""Data for checking offline that must not be taken: each is refused in its own words, and what was there stays."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import cbor2
import pytest
from playwright.sync_api import Page, Route, expect

from keys.document import open_document, sign_document
from keys.keyring import KeyRecord, KeyState, Purpose
from keys.sign1 import sign_tagged
from keys.signer import Signer
from service.domain import bundle as bundles
from service.domain.bundle import Bundle, Names, decode_bundle, encode_bundle, encode_names
from service.domain.status_list import Status, decode_payload, encode_list, encode_payload
from service.flows.publishing.publish import STATUS_LIST_AAD, STATUS_LIST_HEADERS, bundle
from service.store import key_records
from tests.browser.chromium import pull_trigger, verdict_on
from tests.browser.conftest import Opener
from tests.browser.office import BrowserOffice
from tests.browser.server import Server
from tests.browser.test_scan_ways_in import at_gate, is_ready

REFUSED: Final = {
    "list older": "比已采用过的旧",
    "list altered": "状态列表被改动",
    "list by a card key": "状态列表不是用密钥文件中的状态密钥签署的",
    "list expired": "状态列表已过期",
    "list by a stolen key": "由已报失窃的状态密钥签署",
    "document older": "密钥文件比本机已采用过的旧",
    "document altered": "密钥文件被改动",
    "document by another root": "不是由本机已记录指纹的根密钥签署",
    "names by a card key": "名称表不是用密钥文件中的状态密钥签署的",
    "no bundle": "这不是可用的离线查验包",
}


@pytest.fixture(scope="module")
def doctored(office: BrowserOffice, server: Server) -> dict[str, bytes]:
    """Bundles as somebody might slip them in, some with our own keys in the wrong hands."""
    assert server.process is not None
    with office.office.open() as register:
        good = decode_bundle(bundle(register).body)
        status, card = register.signer(Purpose.STATUS), register.signer(Purpose.CARD)
        with register.database.read() as connection:
            version = key_records.latest_version(connection)
            former = key_records.document(connection, version - 1)
        root = office.office.root()
    document, _ = open_document(good.key_document, pin=None)
    (current,) = good.status_lists
    payload = decode_payload(cbor2.loads(current).value[2], number=1)
    while time.time() < payload.issued_at + 2:  # so that a list may have been signed after it and be over
        time.sleep(0.1)

    def signed(signer: Signer, **changes: Any) -> bytes:  # noqa: ANN401 - fields of the list
        changed = encode_payload(replace(payload, **changes))
        return sign_tagged(signer, STATUS_LIST_HEADERS, changed, STATUS_LIST_AAD)

    def with_list(body: bytes) -> Bundle:
        return replace(good, status_lists=(body,))

    in_force = with_list(signed(status, entries=encode_list(dict.fromkeys(range(40), Status.VALID))))
    new = Signer.from_private(bytes(range(1, 33)))
    keys = tuple(
        replace(key, state=KeyState.COMPROMISED) if key.purpose is Purpose.STATUS else key for key in document.keys
    )
    following = KeyRecord(Purpose.STATUS, new.public, keys[0].signs_from, keys[0].signs_until, KeyState.ACTIVE)
    reported = replace(document, keys=(*keys, following))
    names = cbor2.loads(good.names).value[2]

    found = {
        # By a second: an hour may lie on the day before the key's first.
        "list older": with_list(signed(status, issued_at=payload.issued_at - 1, expires_at=payload.expires_at - 1)),
        "list altered": with_list(current[:-1] + bytes([current[-1] ^ 1])),
        "list by a card key": with_list(signed(card)),
        "list expired": with_list(signed(status, expires_at=payload.issued_at + 1)),
        "list by a stolen key": replace(
            in_force,
            key_document=sign_document(reported, root),
            names=sign_tagged(new, {}, names, bundles.NAMES_AAD),
        ),
        "document older": replace(good, key_document=former),
        "document altered": replace(good, key_document=good.key_document[:-1] + bytes([good.key_document[-1] ^ 1])),
        "document by another root": replace(
            good, key_document=sign_document(document, Signer.from_private(bytes(range(32))))
        ),
        "names by a card key": replace(
            good, names=sign_tagged(card, {}, encode_names(Names("骗子", {}, {})), bundles.NAMES_AAD)
        ),
    }
    return {name: encode_bundle(content) for name, content in found.items()} | {"no bundle": b"<html>sign in</html>"}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_data_is_refused_in_its_own_words_and_the_old_stays_in_use(
    opened: Opener, office: BrowserOffice, doctored: dict[str, bytes], name: str
) -> None:
    page, watch = opened()
    at_gate(page)
    page.route("**/verifier-bundle", lambda route: route.fulfill(body=doctored[name]))
    page.route("**/api/**", lambda route: route.abort())
    banner = page.locator("[data-banner=refused]")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(banner).to_contain_text(REFUSED[name])
    for _ in range(2):
        for kind in ("valid", "revoked"):
            pull_trigger(page, office.specimens[kind].text)
            shown = verdict_on(page)
            assert (shown.verdict, shown.source) == (kind, "offline")
            page.locator("#next").click()
        page.reload()
        is_ready(page)
        expect(banner).to_contain_text(REFUSED[name])
    page.unroute("**/verifier-bundle")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(banner).to_have_count(0)
    assert watch.strangers == []


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait for what the page's requests bring about here."""
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        page.wait_for_timeout(20)


def test_a_root_that_was_pinned_by_hand_and_is_another_is_refused(opened: Opener, office: BrowserOffice) -> None:
    page, _ = opened()
    held: list[Route] = []
    page.route("**/verifier-bundle", lambda route: held.append(route))  # noqa: PLW0108 - it asks what the handler takes
    page.goto("/scan")
    page.locator("#data-age.old").wait_for()
    until(page, lambda: len(held) == 1)
    page.locator("#open-settings").click()
    page.locator("#root").fill("00" * 32)
    page.locator("#settings-form button.pri").click()
    until(page, lambda: len(held) == 2)
    held.pop().continue_()
    expect(page.locator("[data-banner=refused]")).to_contain_text(REFUSED["document by another root"])
    with page.expect_response("**/verifier-bundle") as late:
        held.pop().continue_()  # asked for before the root was pinned, and answered after
    late.value.finished()
    page.wait_for_timeout(500)  # in which it must change nothing
    page.route("**/api/**", lambda route: route.abort())
    pull_trigger(page, office.specimens["valid"].text)
    expect(page.locator("[data-banner=data].danger")).to_be_visible()
    assert page.locator(".vd:visible").count() == 0

"""The pages for everybody in three engines: each code its own answer, whatever was in the tab before."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from random import Random
from typing import Final

import pytest

from tests.browser.engines import ENGINES, Tab
from tests.browser.office import PASSWORD, WORDS, BrowserOffice
from tests.browser.server import Server

pytestmark = pytest.mark.slow

TAILS: Final = ("", "&from=singlemessage&isappinstalled=0", "#wechat_redirect", "%23wechat_redirect", "?from=timeline")
FRAGMENTS: Final = """
const answers = []
for (const fragment of given) {
  const taken = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }))
  location.href = '/1#' + fragment
  await taken
  const article = await until(() => document.querySelector('.vd'))
  const name = article.querySelector('[data-slot=card]').hidden
    ? '' : article.querySelector('[data-slot=name]').textContent
  answers.push([article.dataset.verdict, name, location.href, document.querySelectorAll('.vd').length])
}
return answers
"""
VERDICT: Final = "const vd = await until(() => document.querySelector('.vd')); return vd.dataset.verdict"
PULL: Final = """
await until(() => !document.getElementById('scanning').hidden)
for (const key of [...given, 'Enter']) {
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
}
const vd = await until(() => document.querySelector('#verdict-screen:not([hidden]) .vd'))
const found = [vd.dataset.verdict, vd.dataset.source]
document.getElementById('next').click()
return found
"""
LISTENS: Final = "await until(() => document.querySelector('#data-age:not(.old) #data-age-text:not(:empty)'))"
GONE: Final = """
const real = fetch
fetch = (url, init) => (String(url).startsWith('/api/') ? Promise.reject(new TypeError('gone')) : real(url, init))
"""
LOOK_UP: Final = """
document.getElementById('number').value = given
document.getElementById('name').value = more
document.querySelector('main form button').click()
"""
ANSWER: Final = "return (await until(() => document.querySelector('[role=status][data-verdict]'))).dataset.verdict"
ALBUM: Final = """
const bytes = Uint8Array.from(atob(given), (one) => one.charCodeAt(0))
const files = new DataTransfer()
files.items.add(new File([bytes], 'card.png', { type: 'image/png' }))
const album = document.getElementById('album')
album.files = files.files
if (album.files.length !== 1) throw new Error('the browser takes no file')
album.dispatchEvent(new Event('change'))
const vd = await until(() => document.querySelector('#verdict-screen:not([hidden]) .vd'))
const found = vd.dataset.verdict
document.getElementById('next').click()
return found
"""


IN_CI: Final = pytest.mark.thorough
"""Chromium finds what is wrong with the pages; the two others, what is wrong with them in their engines."""


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=() if name == "chromium" else IN_CI) for name in ENGINES]
)
def tab(request: pytest.FixtureRequest) -> Iterator[Tab]:
    """One browser of each engine for all tests of this module."""
    with ENGINES[request.param]() as opened:
        yield opened


def open_code(tab: Tab, server: Server, digits: str) -> None:
    """Load the page behind a code anew; from the page itself a browser moves to the fragment without waiting."""
    tab.go("about:blank")
    tab.go(f"{server.address}/1#{digits}")


def forged(digits: str, place: int) -> str:
    """Alter one digit of a code, as somebody would who hopes that nobody looks."""
    return digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]


def test_a_hundred_fragments_in_one_tab_each_get_their_own_answer(
    tab: Tab, office: BrowserOffice, server: Server
) -> None:
    chance = Random(31)
    kinds = [kind for kind in WORDS for _ in range(10)]
    chance.shuffle(kinds)
    fragments = [office.specimens[kind].digits + chance.choice(TAILS) for kind in kinds]
    tab.go(f"{server.address}/1")
    answers = [answer for at in range(0, 100, 10) for answer in tab.run(FRAGMENTS, fragments[at : at + 10])]
    for kind, (word, name, address, count) in zip(kinds, answers, strict=True):
        is_told = kind not in {"forged", "unknown_key", "unregistered"}
        assert word == WORDS[kind]
        assert name == (office.specimens[kind].name if is_told else "")
        assert (address, count) == (f"{server.address}/1", 1)


def test_a_forged_code_after_the_valid_one_it_was_made_of(tab: Tab, office: BrowserOffice, server: Server) -> None:
    digits = office.specimens["valid"].digits
    open_code(tab, server, digits)
    assert tab.run(VERDICT) == "valid"
    places = [len(digits) - 2, 60, 100, len(digits) // 2]
    answers = tab.run(FRAGMENTS, [*(forged(digits, place) for place in places), digits])
    assert [word != "valid" for word, *_ in answers] == [True] * len(places) + [False]


def test_a_browser_that_leaves_the_digits_in_the_address_gives_each_its_answer(
    tab: Tab, office: BrowserOffice, server: Server
) -> None:
    """WebKit refuses to replace an address more than a hundred times in half a minute."""
    digits = office.specimens["valid"].digits
    open_code(tab, server, digits)
    assert tab.run(VERDICT) == "valid"
    tab.run("history.replaceState = () => { throw new DOMException('more than 100 times', 'SecurityError') }")
    answers = tab.run(FRAGMENTS, [forged(digits, 60), digits, office.specimens["revoked"].digits])
    assert [word for word, *_ in answers] == ["forged", "valid", "revoked"]


def test_going_back_shows_no_answer_that_was_not_asked_for_again(
    tab: Tab, office: BrowserOffice, server: Server
) -> None:
    open_code(tab, server, office.specimens["revoked"].digits)
    assert tab.run(VERDICT) == "revoked"
    tab.run(FRAGMENTS, [office.specimens["valid"].digits])
    assert (
        tab.run("""
      document.querySelector('.vd').dataset.old = ''
      history.back()
      return (await until(() => document.querySelector('.vd:not([data-old])'))).dataset.verdict
    """)
        == "revoked"
    )
    tab.run("document.querySelector('.vd').dataset.old = ''")
    tab.go(f"{server.address}/lookup")
    tab.leave("history.back()")
    old, shown = tab.run("""
      await until(() => location.pathname === '/1' && document.readyState === 'complete')
      await until(() => document.querySelector('.vd:not([data-old]), #nothing:not([hidden])'))
      const vd = document.querySelector('.vd')
      return [document.querySelectorAll('[data-old]').length, vd === null ? 'nothing' : vd.dataset.verdict]
    """)
    assert old == 0
    assert shown in {"revoked", "nothing"}, "kept by the browser and asked anew, or loaded anew and asked nothing"


def test_the_language_is_changed_under_a_verdict(tab: Tab, office: BrowserOffice, server: Server) -> None:
    open_code(tab, server, office.specimens["revoked"].digits)
    said = tab.run("""
      const said = []
      for (let turn = 0; turn < 3; turn += 1) {
        const big = await until(() => document.querySelector('.vd [data-slot=big]'))
        said.push([document.documentElement.lang, big.textContent])
        document.querySelector('[data-action=language]').click()
      }
      document.querySelector('[data-action=language]').click()
      return said
    """)
    assert sorted(said[:2]) == [["en", "Revoked"], ["zh-CN", "已取消"]]
    assert said[2] == said[0]


def test_two_lookups_with_different_names_are_answered_each_for_itself(
    tab: Tab, office: BrowserOffice, server: Server
) -> None:
    card = office.specimens["revoked"]
    for name, word in ((card.name, "revoked"), ("赵钱孙", "none"), (card.name, "revoked")):
        tab.go(f"{server.address}/lookup")
        tab.leave(LOOK_UP, str(card.number), name)
        assert tab.run(ANSWER) == word


def test_the_scanner_takes_a_code_by_keys_album_and_number(tab: Tab, office: BrowserOffice, server: Server) -> None:
    name = office.staff()
    tab.go(f"{server.address}/sign-in?next=/scan")
    tab.leave(
        "document.getElementById('name').value = given; document.getElementById('password').value = more;"
        "document.querySelector('main form').requestSubmit()",
        name,
        PASSWORD,
    )
    tab.run("await until(() => location.pathname === '/scan' && document.readyState === 'complete')")
    tab.run(LISTENS)
    for kind in ("revoked", "valid", "forged"):
        assert tab.run(PULL, office.specimens[kind].text) == [WORDS[kind], "online"]
    for kind in ("valid", "expired"):
        picture = io.BytesIO()
        office.backs[kind].save(picture, "PNG")
        sent = base64.b64encode(picture.getvalue()).decode()
        assert tab.run(ALBUM, sent) == WORDS[kind]
    answered = tab.run(
        """
          document.getElementById('number').value = given
          document.getElementById('number-form').requestSubmit()
          const wrong = document.getElementById('number-wrong')
          await until(() => document.querySelector('#verdict-screen:not([hidden]) .vd') || wrong.textContent)
          return wrong.textContent === '' ? document.querySelector('#verdict-screen .vd').dataset.verdict : 'sign in'
        """,
        str(office.specimens["replaced"].number),
    )
    expected = "valid" if tab.signs_in else "sign in"
    assert answered == expected, "the number's card is in force, by its new copy"


def test_the_scanner_goes_on_without_the_service(tab: Tab, office: BrowserOffice, server: Server) -> None:
    tab.go(f"{server.address}/scan")
    tab.run(LISTENS)
    tab.run(GONE)
    for kind in ("revoked", "valid", "forged"):
        assert tab.run(PULL, office.specimens[kind].text) == [WORDS[kind], "offline"]

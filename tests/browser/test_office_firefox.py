"""The desk in Firefox: from a spreadsheet and photographs to cards in their holders' hands."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.printing import Delivery
from service.domain.verdict_words import Word
from service.flows.checking.read_codes import read_codes
from service.flows.checking.verify import verify_text
from service.flows.printing.checking import check_print, hand_out
from service.flows.printing.print_requests import HandOutRequest
from service.flows.printing.queue import print_log
from tests.browser.desks import Desks
from tests.browser.engines import Tab, firefox
from tests.browser.test_office_workbench import faces
from tests.flows.drafts_at_work import book_of
from tests.flows.office import ACTOR, applicant, name_of
from tests.flows.people_at_work import PASSWORD

PEOPLE = range(731, 739)
WHOLE = "document.readyState === 'complete'"
IS = f"return await until(() => {WHOLE} && location.pathname.match(given) && location.pathname)"
FILL = """
for (const [id, value] of Object.entries(given)) {
  const field = document.getElementById(id)
  field.value = value
  field.dispatchEvent(new Event('input', { bubbles: true }))
}
"""
PRESS = (
    "await until(() => document.readyState === 'complete'); (await until(() => document.querySelector(given))).click()"
)
SAYS = "return await until(() => document.readyState === 'complete' && document.querySelector(given)?.innerText)"
ISSUED = "return await until(() => /已签发 [0-9]+ 张证卡/.exec(document.querySelector('#work h2')?.innerText)?.[0])"
DRAWN = """
const side = await until(() => document.querySelector('.sides img'))
side.loading = 'eager'
await until(() => side.complete)
return side.naturalWidth
"""
TICKED = "return [...document.querySelectorAll('input[name=numbers]:checked')].map((one) => one.value)"


def saved(folder: Path | None) -> bytes:
    """Wait for the PDF that the page lets be saved."""
    assert folder is not None
    until = time.monotonic() + 60
    while not (found := [one for one in folder.glob("*.pdf") if one.stat().st_size]) or list(folder.glob("*.part")):
        assert time.monotonic() < until, list(folder.iterdir())
        time.sleep(0.1)
    return found[0].read_bytes()


def take_and_mend(tab: Tab, desks: Desks, folder: Path) -> str:
    """Hand in the roster and the photographs, mend the one row, and look at its card; return the batch's address."""
    day = desks.office.today
    rows = [applicant("standard", person, certified_on=day, applied_on=day) for person in PEOPLE]
    rows[2] = replace(rows[2], cells={**rows[2].cells, "skill_score": 5})
    (folder / "名单.xlsx").write_bytes(book_of(rows, above=("重庆市报名汇总",)))
    tab.go(f"{desks.server.address}/office/batches")
    tab.run(FILL, {"name": "火狐批"})
    tab.leave(PRESS, "button[value=batch]")
    path: str = tab.run(IS, "/roster$").removesuffix("/roster")
    tab.choose("#roster", [folder / "名单.xlsx"])
    tab.leave(PRESS, "#file button")
    tab.leave(PRESS, "button[value=take]")
    tab.run(IS, "/batches/[0-9]+$")
    tab.go(f"{desks.server.address}{path}/photos")
    tab.choose("#photos", faces(folder, *PEOPLE))
    told = tab.run("return await until(() => /8 人有照片/.exec(document.querySelector('.steps').innerText)?.[0])")
    assert told == "8 人有照片"
    tab.go(f"{desks.server.address}{path}")
    assert "1" in tab.run(SAYS, ".tabs .bad b")
    tab.leave(PRESS, ".group ~ tr a.btn")
    assert "考§11" in tab.run(SAYS, "#wrong-skill_score")
    tab.run(FILL, {"cell-skill_score": "75"})
    tab.leave(PRESS, "button[value=save]")
    assert "已保存并重新核对" in tab.run(SAYS, "[role=status]")
    assert tab.run(DRAWN) > 300
    return path


@pytest.mark.slow
@pytest.mark.thorough
def test_a_batch_goes_from_its_spreadsheet_to_the_holders_in_firefox(desks: Desks, tmp_path: Path) -> None:
    """考§11, 督附5."""
    desks.forget_tries()
    with firefox() as tab:
        tab.go(f"{desks.server.address}/sign-in?next=/office/batches")
        tab.run(FILL, {"name": "centre", "password": PASSWORD})
        tab.leave(PRESS, "main form button")
        tab.run(IS, "/office/batches$")
        path = take_and_mend(tab, desks, tmp_path)
        tab.go(f"{desks.server.address}{path}/issue")
        tab.run(FILL, {"reviewed_by": "李审核", "password": PASSWORD})
        tab.leave(PRESS, "form.panel button.go")
        assert tab.run(ISSUED) == "已签发 8 张证卡"
        tab.leave(PRESS, "#work .actionbar a.go")
        tab.run(IS, "/office/printing$")
        tab.leave(PRESS, "button[value=print]")
        assert "已记作打印" in tab.run(SAYS, ".alert.good")
        found = list(read_codes(saved(tab.downloads)))
        verdicts = [verify_text(desks.register, text) for text in found]
        assert [one.verdict for one in verdicts] == [Word.VALID] * len(PEOPLE)
        names = {one.card.name for one in verdicts if one.card is not None}
        assert names == {name_of(person) for person in PEOPLE}
        tab.go(f"{desks.server.address}/office/printing/check")
        tab.run(FILL, {"code": found[0]})
        tab.leave(PRESS, "#scan button.go")
        tab.leave(PRESS, ".found button.go")
        assert "校验通过" in tab.run(SAYS, ".alert.good")
        give_out(tab, desks, found)


def give_out(tab: Tab, desks: Desks, found: list[str]) -> None:
    """Hand out the first card; the list loaded again ticks nobody in its place."""
    centre = By(ACTOR, CENTRE)
    for text in found[1:3]:
        check_print(desks.register, text, centre)
    page = f"{desks.server.address}/office/printing?stage=checked"
    tab.go(page)
    waiting = tab.run("return [...document.querySelectorAll('input[name=numbers]')].map((one) => one.value)")
    tab.run("document.querySelector('input[name=numbers]').click()")
    assert tab.run(TICKED) == waiting[:1]
    hand_out(desks.register, HandOutRequest([CardNumber(waiting[0])], Delivery.SIGNED), centre)
    tab.leave("location.reload()")
    tab.run(
        "await until(() => document.readyState === 'complete' && !document.body.innerHTML.includes(given))", waiting[0]
    )
    assert tab.run(TICKED) == [], "the ticks of the page before stand for other people"
    tab.run("document.querySelector('input[name=numbers]').click()")
    tab.leave(PRESS, "#hand-out button.go")
    assert "已登记发放" in tab.run(SAYS, ".alert.good")
    (log,) = {tuple(one.step.value for one, _ in print_log(desks.register, CardNumber(waiting[1])))}
    assert log == ("printed", "checked", "handed-out")
